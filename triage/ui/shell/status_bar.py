"""The truth about the machine at the foot of the window. Green only for what was looked at; what was not, says so."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from triage.jobs.status import MachineStatus
from triage.model.progress import Progress
from triage.ui.core.runner import Job
from triage.ui.kit import theme
from triage.ui.kit.widgets import KeyButton, dress, label, tip
from triage.ui.shell import airgap
from triage.ui.shell.sweeping import State, Sweeping
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, number, shown, stack_lines, tr, tr_message, word
from triage.ui.unlock import session_lock
from triage.ui.unlock.session_lock import Noticed

SHORT_WALLS = {
    "file and network rules (Landlock)": "Landlock",
    "system call filter (seccomp)": "seccomp",
    "job object": "job object",
    "process mitigations": "mitigations",
}
"""The walls worth a place in the bar; all of them are in its tooltip."""
LEAST_WIDTH = 640


class Dot(QWidget):
    """A small round light; its colour is always explained by the words beside it."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self.colour = colour
        self.setFixedSize(8, 8)

    def set_colour(self, colour: str) -> None:
        self.colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().colour(self.colour))
        painter.drawEllipse(self.rect())


class SweepWords(QWidget):
    """How far the comparing of pictures is, with a button that pauses it or lets it go on; nothing when nothing waits."""

    toggle_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "small")
        self.button = KeyButton.of("everywhere", "sweep", tr("Pause"), kind="mini", on=self.toggle_asked.emit)
        self.button.setFixedHeight(20)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.words)
        line.addWidget(self.button)
        self.hide()

    def press(self) -> None:
        """The key does nothing where no button is."""
        if not self.isHidden():
            self.toggle_asked.emit()

    def show_state(self, sweeping: Sweeping) -> None:
        state = sweeping.state
        self.setVisible(state is not State.REST)
        dress(self.words, "warn" if state is State.FAILED else "small")
        doing = tr("Looking for rotated, cropped and possible matches.")
        if state is State.HELD_UP:
            doing = tr("Another program or window is writing to the store; comparison continues when it is done.")
        tip(self.words, shown(sweeping.problem) or doing)
        self.button.set_words(tr("Continue") if state in (State.PAUSED, State.FAILED) else tr("Pause"))


def short_sweep(sweeping: Sweeping) -> Safe:
    """Where the bar is too narrow for all."""
    match sweeping.state:
        case State.PAUSED:
            return tr("Comparison paused")
        case State.GIVES_WAY | State.HELD_UP:
            return tr("Comparison waiting")
        case State.FAILED:
            return tr("Comparison stopped")
    return tr("{left} left to compare", left=number(sweeping.left))


def sweep_words(sweeping: Sweeping) -> Safe:
    left = number(sweeping.left)
    match sweeping.state:
        case State.PAUSED:
            return tr("Comparing images: paused, {left} left", left=left)
        case State.GIVES_WAY:
            return tr("Comparing images: waiting, {left} left", left=left)
        case State.HELD_UP:
            return tr("Comparing images: waiting for another program, {left} left", left=left)
        case State.FAILED:
            return tr("Comparing images: stopped, {left} left", left=left)
    if (seconds := sweeping.pace.seconds_left()) is not None:
        return tr("Comparing images: {left} left, about {time}", left=left, time=times.duration(seconds))
    return tr("Comparing images: {left} left", left=left)


class StatusBar(QWidget):
    """`progress_asked` when a person presses the job under way."""

    progress_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28 if not theme.current().text_px > theme.TEXT else 34)
        self._dot = Dot("muted")
        self.record = label(tr("Store open, audit log not checked yet"), "small")
        self.cell = label(tr("Sandbox: not started yet"), "small")
        self.gap = label(tr("Air gap: not checked yet"), "small")
        self.screen_lock = label("", "warn")
        self.counts = label("", "small")
        self.clock = label("", "small")
        self._job_words = label("", "small")
        self._job_bar = QProgressBar()
        self._job_bar.setFixedWidth(96)
        self._job_bar.setTextVisible(False)
        self._job_open = KeyButton(tr("Show"), kind="mini", on=self.progress_asked.emit)
        self._job_open.setFixedHeight(20)
        self._job_parts: tuple[QWidget, ...] = (self._job_words, self._job_bar, self._job_open)
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(20)
        line.addWidget(self._dot)
        line.addSpacing(-12)
        for words in (self.record, self.cell, self.gap, self.screen_lock):
            line.addWidget(words)
        line.addStretch(1)
        self.sweep = SweepWords()
        for part in (self.sweep, *self._job_parts, self.counts, self.clock):
            line.addWidget(part)
        for part in (*self._job_parts, self.screen_lock):
            part.hide()
        self._long: dict[QLabel, Safe] = {part: Safe(part.text()) for part in (self.record, self.cell)}
        self._short: dict[QLabel, Safe] = {}
        self._looked: tuple[MachineStatus, str] | None = None
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.show_clock)
        self._tick.start()
        self.show_clock()

    def show_clock(self) -> None:
        utc = times.now()
        text = tr("{pkt} PKT / {utc} UTC", pkt=times.clock(utc.astimezone(times.PKT)), utc=times.clock(utc))
        if self.clock.text() != text:
            self.clock.setText(text)
            self._tell_record()

    def _tell_record(self) -> None:
        """How long ago it was looked at grows by itself: what was found then is not said to have been found just now."""
        if self._looked is not None:
            words, _ = record_words(*self._looked)
            self._say(self.record, words, short_record(*self._looked) or words)

    def _say(self, part: QLabel, words: Safe, short: Safe) -> None:
        """With what is said of it where the bar is too narrow for all; empty: nothing."""
        self._long[part], self._short[part] = words, short
        self._fit()

    def _fit(self) -> None:
        """Nothing is cut off: where it gets narrow the least needed parts say less, one after the other. Warnings never do."""
        layout = self.layout()
        if layout is None:
            return
        self._job_bar.setVisible(not self._job_words.isHidden())
        for part, words in self._long.items():
            part.setText(words)
            part.show()
        for part in (self.counts, self.record, self.cell, self.sweep.words):
            if layout.totalMinimumSize().width() <= self.width():
                return
            if short := self._short.get(part):
                part.setText(short)
            else:
                part.hide()
            self.sweep.updateGeometry()  # the layout around it would measure the longer words otherwise
        self._job_bar.setVisible(not self._job_words.isHidden() and layout.totalMinimumSize().width() <= self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_WIDTH, self.height())

    def show_counts(self, total: int, open_reports: int) -> None:
        said = tr("{total} reports, {open} open", total=number(total), open=number(open_reports))
        self._say(self.counts, said, Safe(""))

    def show_machine(self, machine: MachineStatus, looked: str) -> None:
        """What the machine said at the time `looked` (ISO 8601 UTC): green only for what was looked at and found so."""
        self._looked = machine, looked
        self._tell_record()
        colour = record_words(machine, looked)[1]
        self._dot.set_colour(colour)
        tip(self.record, stack_lines(tr("Signing key {key}", key=machine.fingerprint), *map(tr_message, machine.record_problems)))
        cell, cell_ok = cell_words(machine)
        self._say(self.cell, cell, tr("Sandbox: active") if cell_ok else cell)
        dress(self.cell, "small" if cell_ok else "bad")
        walls = (*machine.barriers.walls, *machine.hardening)
        tip(self.cell, stack_lines(*(_describe_barrier(name, state) for name, state in walls)))
        gap, gap_ok = airgap.words(airgap.live_interfaces())
        self.gap.setText(gap)
        dress(self.gap, "small" if gap_ok else "warn")
        self._fit()

    def show_screen_lock(self, noticed: Noticed) -> None:
        """Only when it may go unnoticed: then a person has to lock by hand."""
        said = session_lock.words(noticed)
        self.screen_lock.setText(said)
        self.screen_lock.setVisible(bool(said))
        self._fit()
        tip(self.screen_lock, tr("This desktop does not tell Triage when the screen is locked. Lock with Ctrl+L before you go."))

    def show_unknown(self, sentence: str) -> None:
        """Looking at the machine failed: nothing is green."""
        self._looked = None
        said = tr("Audit log not checked: {why}", why=sentence)
        self._say(self.record, said, said)
        self._dot.set_colour("bad")

    def show_sweep(self, sweeping: Sweeping) -> None:
        self.sweep.show_state(sweeping)
        self._say(self.sweep.words, sweep_words(sweeping), short_sweep(sweeping))

    def show_progress(self, job: Job | None, progress: Progress | None) -> None:
        for part in self._job_parts:
            part.setVisible(job is not None)
        if job is None:
            self._fit()
            return
        if progress is None or progress.total is None:
            self._job_bar.setRange(0, 0)
            self._job_words.setText(tr("Working"))
        else:
            self._job_bar.setRange(0, 1000)
            self._job_bar.setValue(int(1000 * progress.done / max(1, progress.total)))
            self._job_words.setText(tr("Import {percent}", percent=ltr(f"{100 * progress.done // max(1, progress.total)} %")))
        self._fit()


def record_words(machine: MachineStatus, looked: str) -> tuple[Safe, str]:
    if not machine.record_valid:
        return tr("The audit log is NOT intact: stop work and call your administrator"), "bad"
    if machine.unsettled_since is not None:
        when = ltr(machine.unsettled_since[:10])
        return tr("Restored from a backup of {when}: register of destructions not applied", when=when), "warn"
    entries, ago = number(machine.record_entries), times.ago(looked)
    return tr("Store encrypted, audit log intact ({n} entries, checked {ago})", n=entries, ago=ago), "good"


def short_record(machine: MachineStatus, looked: str) -> Safe | None:
    """None where the whole sentence is needed."""
    if not machine.record_valid:
        return None
    if machine.unsettled_since is not None:
        return tr("Restored: register of destructions not applied")
    return tr("Audit log intact, {ago}", ago=times.ago(looked))


def cell_words(machine: MachineStatus) -> tuple[Safe, bool]:
    if not machine.barriers.confined:
        return tr("Sandbox: NOT active, media stay closed"), False
    walls = [
        " ".join(filter(None, (SHORT_WALLS[name], state.removeprefix("ABI ") if state.startswith("ABI") else "")))
        for name, state in machine.barriers.walls
        if name in SHORT_WALLS and not state.startswith("off")
    ]
    return tr("Sandbox: {walls}", walls=ltr(" + ".join(walls))), True


def _describe_barrier(name: str, state: str) -> Safe:
    """Returns one restriction of a process and whether it holds. The reason why one does not is the system's own word."""
    short, colon, why = state.partition(": ")
    known = word(short) if short in ("on", "off", "blocked") else ltr(short)
    said = tr("{state}: {why}", state=known, why=why) if colon else known
    return Safe(f"{word(name)}: {said}")
