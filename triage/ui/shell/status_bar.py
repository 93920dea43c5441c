"""Defines the status bar, which shows the state of the machine.

Green is shown only for what was checked; what was not checked says so.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from triage.jobs.status import MachineStatus
from triage.model.media import RESTRICTION_DETAILS, Restriction
from triage.model.moment import format_pakistan_day
from triage.model.progress import Progress
from triage.ui.core.runner import Job
from triage.ui.kit import theme
from triage.ui.kit.widgets import KeyButton, chip, label, set_kind, set_tooltip
from triage.ui.shell import airgap
from triage.ui.shell.sweeping import SweepControl, SweepPhase
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, number, shown, stack_lines, tr, tr_message, trn, word
from triage.ui.unlock import session_lock
from triage.ui.unlock.session_lock import LockDetection

SHORT_NAMES = {
    "file and network rules (Landlock)": "Landlock",
    "system call filter (seccomp)": "seccomp",
    "job object": "job object",
    "process mitigations": "mitigations",
}
"""The restrictions that the bar names; its tooltip lists all."""
LEAST_WIDTH = 640  # pixels of the bar at its narrowest


class StatusDot(QWidget):
    """Shows a small coloured dot beside words that explain it."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self.colour = colour
        self.setFixedSize(8, 8)

    def set_colour(self, colour: str) -> None:
        """Sets the palette colour."""
        self.colour = colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().colour(self.colour))
        painter.drawEllipse(self.rect())


class SweepStatus(QWidget):
    """Shows the progress of the background comparison, with a button to pause it."""

    toggle_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.words = label("", "small")
        self.button = KeyButton.for_action("everywhere", "sweep", tr("Pause"), kind="mini", on=self.toggle_asked.emit)
        self.button.setFixedHeight(20)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.words)
        line.addWidget(self.button)
        self.hide()

    def press(self) -> None:
        """Asks to pause or continue, if the button is shown."""
        if not self.isHidden():
            self.toggle_asked.emit()

    def show_state(self, sweeping: SweepControl) -> None:
        """Updates the words, the tooltip and the button."""
        state = sweeping.state
        self.setVisible(state is not SweepPhase.REST)
        set_kind(self.words, "warn" if state is SweepPhase.FAILED else "small")
        doing = tr("Looking for rotated, cropped and possible matches.")
        if state is SweepPhase.HELD_UP:
            doing = tr("Another program or window is writing to the store; comparison continues when it is done.")
        set_tooltip(self.words, shown(sweeping.problem) or doing)
        self.button.set_words(tr("Continue") if state in (SweepPhase.PAUSED, SweepPhase.FAILED) else tr("Pause"))


def describe_sweep_in_short(sweeping: SweepControl) -> Safe:
    """Returns the state of the background comparison in few words, for a narrow bar."""
    match sweeping.state:
        case SweepPhase.PAUSED:
            return tr("Comparison paused")
        case SweepPhase.GIVES_WAY | SweepPhase.HELD_UP:
            return tr("Comparison waiting")
        case SweepPhase.FAILED:
            return tr("Comparison stopped")
    return tr("{left} left to compare", left=number(sweeping.left))


def describe_sweep(sweeping: SweepControl) -> Safe:
    """Returns the state of the background comparison with what is left."""
    left = number(sweeping.left)
    match sweeping.state:
        case SweepPhase.PAUSED:
            return tr("Comparing images: paused, {left} left", left=left)
        case SweepPhase.GIVES_WAY:
            return tr("Comparing images: waiting, {left} left", left=left)
        case SweepPhase.HELD_UP:
            return tr("Comparing images: waiting for another program, {left} left", left=left)
        case SweepPhase.FAILED:
            return tr("Comparing images: stopped, {left} left", left=left)
    if (seconds := sweeping.pace.seconds_left()) is not None:
        return tr("Comparing images: {left} left, about {time}", left=left, time=times.duration(seconds))
    return tr("Comparing images: {left} left", left=left)


class StatusBar(QWidget):
    """Shows audit log, sandbox, air gap, counts, jobs and the time.

    `progress_asked` asks to show the running import.
    """

    progress_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "statusbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(28 if not theme.current().text_px > theme.TEXT else 34)
        self._dot = StatusDot("muted")
        self.training = chip(tr("TRAINING: invented data"), "grave")
        set_tooltip(self.training, tr("Everything here is invented. Import no real report."))
        self.training.hide()
        self.audit_log = label(tr("Store open, audit log not checked yet"), "small")
        self.sandbox = label(tr("Sandbox: not started yet"), "small")
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
        line.addWidget(self.training)
        line.addWidget(self._dot)
        line.addSpacing(-12)
        for words in (self.audit_log, self.sandbox, self.gap, self.screen_lock):
            line.addWidget(words)
        line.addStretch(1)
        self.sweep = SweepStatus()
        for part in (self.sweep, *self._job_parts, self.counts, self.clock):
            line.addWidget(part)
        for part in (*self._job_parts, self.screen_lock):
            part.hide()
        self._long: dict[QLabel, Safe] = {part: Safe(part.text()) for part in (self.audit_log, self.sandbox)}
        self._short: dict[QLabel, Safe] = {}
        self.looked: tuple[MachineStatus, str] | None = None
        self._capture = Safe("")
        self._behind: str | None = None
        """When the newest entry of the audit log was made, if the clock said less when it was checked."""
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self.show_clock)
        self._tick.start()
        self.show_clock()

    def show_clock(self) -> None:
        """Updates the time, and once a minute the age of the last check."""
        utc = times.now()
        text = tr("{pkt} PKT / {utc} UTC", pkt=times.clock(utc.astimezone(times.PKT)), utc=times.clock(utc))
        behind = self._behind is not None and utc < times.parse(self._behind)
        if behind:
            text = tr("Set the clock: {pkt} PKT", pkt=times.clock(utc.astimezone(times.PKT)))
        if self.clock.text() != text:
            self.clock.setText(text)
            set_kind(self.clock, "bad" if behind else "small")
            self._explain_clock()
            self._show_audit_log()

    def _show_audit_log(self) -> None:
        """Shows the state of the audit log with the age of its check."""
        if self.looked is not None:
            words, _ = describe_audit_log(*self.looked)
            self._set_words(self.audit_log, words, describe_audit_log_in_short(*self.looked) or words)

    def _set_words(self, part: QLabel, words: Safe, short: Safe) -> None:
        """Sets the long and the short words of a part; an empty short text hides it in a narrow bar."""
        self._long[part], self._short[part] = words, short
        self._fit()

    def _fit(self) -> None:
        """Shortens or hides parts until the bar fits, at last what is well beside two warnings. Warnings are never shortened."""
        layout = self.layout()
        if layout is None:
            return
        self._job_bar.setVisible(not self._job_words.isHidden())
        for part, words in self._long.items():
            part.setText(words)
            part.show()
        self.sweep.updateGeometry()  # the layout around it would measure the shorter words of the last width
        for part in (self.counts, self.audit_log, self.sandbox, self.sweep.words):
            if layout.totalMinimumSize().width() <= self.width():
                return
            if short := self._short.get(part):
                part.setText(short)
            else:
                part.hide()
            self.sweep.updateGeometry()  # the layout around it would measure the longer words otherwise
        for part in (self.sandbox, self.sweep.words):
            if layout.totalMinimumSize().width() > self.width() and part.property("kind") == "small":
                part.hide()
                self.sweep.updateGeometry()
        self._job_bar.setVisible(not self._job_words.isHidden() and layout.totalMinimumSize().width() <= self.width())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the parts to the new width."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Returns a width of 640 pixels."""
        return QSize(LEAST_WIDTH, self.height())

    def show_counts(self, total: int, open_reports: int) -> None:
        """Shows the number of all and of open reports."""
        said = tr("Reports: {total}, open: {open}", total=number(total), open=number(open_reports))
        self._set_words(self.counts, said, Safe(""))

    def show_machine(self, machine: MachineStatus, looked: str) -> None:
        """Shows the state of the machine at the time `looked` (ISO 8601 UTC)."""
        self.looked = machine, looked
        self._show_audit_log()
        colour = describe_audit_log(machine, looked)[1]
        self._dot.set_colour(colour)
        key = tr("Signing key {key}", key=machine.fingerprint)
        whole = tr("All entries were checked {ago}, since then the new ones.", ago=times.ago(machine.record_whole_at))
        set_tooltip(self.audit_log, stack_lines(key, whole, *map(tr_message, machine.record_problems)))
        cell, cell_ok = describe_sandbox(machine)
        self._set_words(self.sandbox, cell, tr("Sandbox: active") if cell_ok else cell)
        set_kind(self.sandbox, "small" if cell_ok else "bad")
        restrictions = (*machine.sandbox.restrictions, *machine.hardening)
        set_tooltip(self.sandbox, stack_lines(*map(_describe_restriction, restrictions)))
        gap, gap_ok = airgap.describe_air_gap(airgap.live_interfaces())
        self.gap.setText(gap)
        set_kind(self.gap, "small" if gap_ok else "warn")
        self._behind = machine.clock_behind
        self.show_clock()
        self._fit()

    def show_training(self) -> None:
        """Marks the window as one for training."""
        self.training.show()
        self._fit()

    def show_screen_lock(self, noticed: LockDetection) -> None:
        """Warns when the system's screen lock may not be detected."""
        said = session_lock.describe_detection(noticed)
        self.screen_lock.setText(said)
        self.screen_lock.setVisible(bool(said))
        self._fit()
        set_tooltip(
            self.screen_lock,
            tr("This desktop does not tell Triage when the screen is locked. Lock with Ctrl+L before you go."),
        )

    def show_capture(self, *, blocked: bool) -> None:
        """Tells beside the clock whether other programs can take pictures of the window."""
        said = tr("Screenshots and recordings of other programs do not see this window.")
        said_not = tr("This system cannot keep other programs from taking screenshots. Close what records or shares the screen.")
        self._capture = said if blocked else said_not
        self._explain_clock()

    def _explain_clock(self) -> None:
        """Puts into the clock's tooltip why it is wrong, and whether other programs can take pictures."""
        wrong = tr("The audit log has an entry of a later time than this machine's clock says.")
        is_wrong = self.clock.property("kind") == "bad"
        set_tooltip(self.clock, stack_lines(*([wrong] if is_wrong else []), *([self._capture] if self._capture else [])))

    def show_unknown(self, sentence: str) -> None:
        """Says that the check failed; nothing is shown green."""
        self.looked = None
        said = tr("Audit log not checked: {why}", why=sentence)
        self._set_words(self.audit_log, said, said)
        self._dot.set_colour("bad")

    def follow_sweep(self, sweeping: SweepControl) -> None:
        """Shows the comparison whenever it changes. A lambda would outlive the bar; a method is disconnected with it."""
        self._followed = sweeping
        sweeping.told.connect(self._show_followed)

    def _show_followed(self) -> None:
        self.show_sweep(self._followed)

    def show_sweep(self, sweeping: SweepControl) -> None:
        """Shows the state of the background comparison."""
        self.sweep.show_state(sweeping)
        self._set_words(self.sweep.words, describe_sweep(sweeping), describe_sweep_in_short(sweeping))

    def show_progress(self, job: Job | None, progress: Progress | None) -> None:
        """Shows the progress of an import; None as job hides it."""
        for part in self._job_parts:
            part.setVisible(job is not None)
        if job is None:
            self._fit()
            return
        if job.token.paused():
            self._job_words.setText(tr("Import paused"))
        elif progress is None or progress.overall is None:
            self._job_bar.setRange(0, 0)
            self._job_words.setText(tr("Working"))
        else:
            self._job_bar.setRange(0, 1000)
            self._job_bar.setValue(int(1000 * progress.overall))
            self._job_words.setText(tr("Import {percent}", percent=ltr(f"{int(100 * progress.overall)} %")))
        self._fit()


def describe_audit_log(machine: MachineStatus, looked: str) -> tuple[Safe, str]:
    """Returns the state of the audit log in words, and its palette colour."""
    if not machine.record_valid:
        return tr("The audit log is NOT intact: stop work and call your administrator"), "bad"
    if machine.unsettled_since is not None:
        when = times.calendar_day(format_pakistan_day(machine.unsettled_since))
        return tr("Restored from a backup of {when}: register of destructions not applied", when=when), "warn"
    intact = trn(
        "Store encrypted, audit log intact ({n} entry, checked {ago})",
        "Store encrypted, audit log intact ({n} entries, checked {ago})",
        machine.record_entries,
        ago=times.ago(looked),
    )
    return intact, "good"


def describe_audit_log_in_short(machine: MachineStatus, looked: str) -> Safe | None:
    """Returns the state of the audit log in few words, or None where all words are needed."""
    if not machine.record_valid:
        return None
    if machine.unsettled_since is not None:
        return tr("Restored: register of destructions not applied")
    return tr("Audit log intact, {ago}", ago=times.ago(looked))


def describe_sandbox(machine: MachineStatus) -> tuple[Safe, bool]:
    """Returns the state of the sandbox in words, and whether it is active."""
    if not machine.sandbox.confined:
        return tr("Sandbox: NOT active, media stay closed"), False
    names = [SHORT_NAMES[each.name] for each in machine.sandbox.restrictions if each.name in SHORT_NAMES and each.holds]
    return tr("Sandbox: {walls}", walls=ltr(" + ".join(names))), True


def _describe_restriction(restriction: Restriction) -> Safe:
    """Returns one restriction of a process and whether it holds."""
    state = word(restriction.state)
    detail = restriction.detail
    why = isolated(word(detail)) if detail in RESTRICTION_DETAILS else isolated(detail)
    said = tr("{state}: {why}", state=state, why=why) if detail else state
    return Safe(f"{word(restriction.name)}: {said}")
