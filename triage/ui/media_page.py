"""One medium on stage. It is blurred until a hand holds a step of the ladder open, and blurs when the hand lets go, the window
loses focus, is left, minimised or locked, or when the hold lasts too long.
"""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QVBoxLayout, QWidget

from triage import wellbeing
from triage.model.people import Right
from triage.model.views import ShowFile, ShowReport
from triage.ui import keys, media_words, times
from triage.ui.api import Api
from triage.ui.i18n import Safe, is_rtl, ltr, tr, word
from triage.ui.media_hidden import hidden
from triage.ui.media_panel import MediaPanel, held_words
from triage.ui.media_reveal import Held, Revealer, Wanted
from triage.ui.media_stage import Stage
from triage.ui.media_strip import FilmStrip
from triage.ui.refusals import refusal
from triage.ui.report import parts
from triage.ui.runner import Runner
from triage.ui.widgets import KeyButton, cap, label
from triage.wellbeing import Rung

HOLD_KEYS = {Qt.Key.Key_3: Rung.BLURRED, Qt.Key.Key_4: Rung.GREY, Qt.Key.Key_5: Rung.COLOUR}
SHIFT = timedelta(hours=12)
"""How far back one's own looks are asked for to advise a break."""


class MediaPage(QWidget):
    """The files of one report, one at a time. `closed` goes back to the report."""

    closed = Signal()
    said = Signal(str)
    hidden_changed = Signal()

    def __init__(self, api: Api, runner: Runner, report: ShowReport) -> None:
        super().__init__()
        self._api, self._runner, self._report = api, runner, report
        self._policy = wellbeing.Policy()
        self.at = 0
        self.reached: dict[int, Rung] = {}
        self.current = Rung.FACTS
        self.holding: Rung | None = None
        self._held_by: int | None = None
        self.revealer = Revealer(api, self)
        self.stage = Stage(api.user.name)
        self.panel = MediaPanel()
        self.film = FilmStrip(api, runner, report.files)
        self._longest = self._timer(self._policy.longest_hold, self._held_too_long)
        self._latched = self._timer(self._policy.latch, self.let_go)
        self._build()
        self._connect()

    def _timer(self, after: timedelta, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(round(after.total_seconds() * 1000))
        timer.timeout.connect(call)
        return timer

    def _build(self) -> None:
        bar = QWidget()
        bar.setProperty("kind", "bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(52)
        line = QHBoxLayout(bar)
        line.setContentsMargins(16, 0, 16, 0)
        line.setSpacing(8)
        self._name, self._where, self._known = label("", "title", selectable=True), label("", "muted"), parts.pill(Safe(""))
        self.hide_button = KeyButton.of("media", "hide", tr("Hide from me"), on=self.toggle_hidden)
        for part in (self._name, self._where, self._known):
            line.addWidget(part)
        line.addStretch(1)
        line.addWidget(KeyButton.of("media", "back", tr("Back"), on=self.closed.emit))
        line.addWidget(KeyButton.of("media", "previous", tr("Previous"), on=lambda: self.go(-1)))
        line.addWidget(KeyButton.of("media", "next", tr("Next"), on=lambda: self.go(1)))
        line.addWidget(self.hide_button)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 4, 16, 4)
        foot.setSpacing(8)
        self._foot = label("", "muted")
        foot.addStretch(1)
        foot.addWidget(cap(keys.key("media", "hold").cap))
        foot.addWidget(self._foot)
        foot.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self.stage, 1)
        left.addLayout(foot)
        left.addWidget(self.film)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addLayout(left, 1)
        body.addWidget(self.panel)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(bar)
        whole.addLayout(body, 1)

    def _connect(self) -> None:
        self.revealer.opened.connect(self._opened)
        self.revealer.closed.connect(lambda _step, _seconds: self._look_for_break())
        self.revealer.failed.connect(self._failed)
        self.stage.pressed.connect(self.hold_current)
        self.stage.released.connect(self.let_go)
        self.panel.ladder.held.connect(self.hold)
        self.panel.ladder.let_go.connect(self.let_go)
        self.panel.ladder.stepped.connect(self.step_on)
        self.panel.latch.clicked.connect(self.latch)
        self.film.chosen.connect(self.show_file)
        QGuiApplication.instance().applicationStateChanged.connect(self._application_state)  # type: ignore[union-attr]
        bound = {
            "back": self.closed.emit,
            "next": lambda: self.go(1),
            "previous": lambda: self.go(-1),
            "facts": lambda: self.step_on(Rung.FACTS),
            "verdict": lambda: self.step_on(Rung.VERDICT),
            "latch": self.latch,
            "hide": self.toggle_hidden,
            "undo": self.undo_hiding,
        }
        for action, call in bound.items():
            keys.bind(self, "media", action, call)
        for child in self.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                child.installEventFilter(self)

    # Which file

    def file(self) -> ShowFile:
        return self._report.files[self.at]

    def show_file(self, at: int) -> None:
        """Every file begins on the ladder's lowest rung that its warnings allow."""
        self.let_go()
        self.at = at
        file = self.file()
        warned = bool(wellbeing.warnings(file, self._report.annotations))
        self.current = self.reached.setdefault(at, wellbeing.first(warned))
        self.current = min(self.current, Rung.VERDICT)
        self._name.setText(parts.file_name(file))
        place = tr("{n} of {total}, report {report}", n=at + 1, total=len(self._report.files), report=ltr(self._report.report_id))
        self._where.setText(place)
        self._known.setText(word(media_words.KNOWN.get(file.verdict.known, file.verdict.known)))
        self._foot.setText(held_words(file))
        self.panel.show_file(file, self._report)
        self._film(again=False)
        self.stage.show_preview(None)
        self._state()
        self._ask_preview(file)
        self.stage.setFocus()

    def go(self, step: int) -> None:
        if 0 <= self.at + step < len(self._report.files):
            self.show_file(self.at + step)
        else:
            self.said.emit(tr("This is the last file.") if step > 0 else tr("This is the first file."))

    def _ask_preview(self, file: ShowFile) -> None:
        sha256, at = file.sha256, self.at
        if sha256 is None or not file.present or self.is_hidden():
            return
        self._runner.ask(
            lambda: self._api.preview(sha256),
            lambda grey: self.stage.show_preview(grey) if at == self.at else None,
            owner=self,
            failed=self.said.emit,
        )

    def _film(self, *, again: bool) -> None:
        self.film.show_at(self.at, again=again)

    # The ladder

    def is_hidden(self) -> bool:
        return self.file().sha256 in hidden(self._api)

    def shows(self) -> bool:
        """Is there a picture that this person may open?"""
        file = self.file()
        return file.present and file.sha256 is not None and not file.problem and not self.is_hidden()

    def step_on(self, rung: Rung) -> None:
        """A rung of words. Stepping on the verdict says that the warning was read."""
        self.let_go()
        self.current = rung
        self.reached[self.at] = max(self.reached[self.at], rung)
        self._state()

    def hold_current(self) -> None:
        """Of the picture and of Space: the step one is on, or the gentlest."""
        self.hold(max(self.current, Rung.BLURRED))

    def hold(self, rung: Rung) -> None:
        """Open a rung for as long as it is held."""
        refusal = self._refusal(rung)
        if refusal is not None:
            self.said.emit(refusal)
            return
        sha256 = self.file().sha256
        if self.holding is not None or sha256 is None:
            return
        self.holding = self.current = rung
        self._longest.start()
        self.revealer.hold(Wanted(self._report.report_id, sha256, wellbeing.STEPS[rung]))
        self._state()

    def _refusal(self, rung: Rung) -> str | None:
        if not self._api.may(Right.REVEAL):
            return tr("Your roles do not allow you to open media.")
        if not self.shows():
            return tr("There is nothing to show of this file.")
        if rung in wellbeing.allowed(self.reached[self.at]):
            return None
        if self.reached[self.at] < Rung.VERDICT:
            return tr("Read the warning first: {key}.", key=keys.key("media", "verdict").cap)
        return tr("Take step {n} first.", n=int(self.reached[self.at]) + 1)

    def latch(self) -> None:
        """Stands in for holding: opens the step one is on for a few seconds; again closes it."""
        if self.holding is not None:
            self.let_go()
            return
        self.hold_current()
        if self.holding is not None:
            self._latched.start()

    def let_go(self) -> None:
        """The pixels leave the screen and the memory before this returns."""
        self._longest.stop()
        self._latched.stop()
        self._held_by = None
        was, self.holding = self.holding, None
        self.stage.show_held(None) if self.stage.is_revealing() else None
        self.revealer.let_go()
        if was is not None:
            self._state()

    def conceal(self) -> None:
        """Let go, and wait until the look is recorded: before the page or the session goes."""
        self.let_go()
        self.revealer.finish()

    def _opened(self, held: Held) -> None:
        if self.holding is None:
            return
        self.reached[self.at] = max(self.reached[self.at], self.holding)
        self.stage.show_held(held)
        self._state()

    def _failed(self, sentence: str) -> None:
        self.let_go()
        self.said.emit(sentence)

    def _held_too_long(self) -> None:
        self.let_go()
        self.said.emit(tr("Held for {n} s: blurred again. Press once more to go on.", n=self._longest.interval() // 1000))

    def _state(self) -> None:
        reached = self.reached[self.at]
        self.panel.ladder.show_state(self.current, reached, shows=self.shows(), holding=self.holding)
        self.panel.latch.setEnabled(self.shows() and reached >= Rung.VERDICT)
        self.hide_button.set_words(tr("Show it to me again") if self.is_hidden() else tr("Hide from me"))
        self.stage.say_instead(*self._instead(reached))

    def _instead(self, reached: Rung) -> tuple[str | None, str]:
        file = self.file()
        if self.is_hidden():
            return tr("You hid this item"), tr("Only from yourself, until you lock. {key} shows it again.", key=_cap("hide"))
        if not file.present:
            return tr("The bytes are not here"), tr("The report only names this file. It may come with a later bundle.")
        if reached < Rung.VERDICT:
            return media_words.warning(file, self._report), tr("Press {key} when you have read this.", key=_cap("verdict"))
        if file.problem:
            return tr("Nothing can be shown"), refusal(file.problem)
        return None, ""

    # Hiding

    def toggle_hidden(self) -> None:
        sha256 = self.file().sha256
        if sha256 is None:
            return
        mine = hidden(self._api)
        if sha256 in mine:
            self.undo_hiding()
            return
        self.let_go()
        mine.add(sha256)
        self.said.emit(tr("Hidden from you alone. Undo: {key}", key=_cap("undo")))
        self._hidden_changed()

    def undo_hiding(self) -> None:
        if self.is_hidden():
            hidden(self._api).discard(self.file().sha256 or "")
            self._hidden_changed()
        else:
            self.said.emit(tr("There is nothing to undo."))

    def _hidden_changed(self) -> None:
        self.hidden_changed.emit()
        self._film(again=True)
        self.stage.show_preview(None)
        self._ask_preview(self.file())
        self._state()

    # Breaks

    def _look_for_break(self) -> None:
        since = times.now() - SHIFT
        self._runner.ask(
            lambda: self._api.exposures(since),
            lambda found: self.panel.advise(wellbeing.break_advice(found, times.now(), self._policy)),
            owner=self,
            failed=lambda _: None,
        )

    # Holding by key, and everything that ends it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QKeyEvent) and kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            return self._key(watched, event)
        left = watched is self.window() and kind in (QEvent.Type.WindowStateChange, QEvent.Type.Hide, QEvent.Type.Close)
        if left or kind == QEvent.Type.FocusOut:
            self.let_go()
        return False

    def _key(self, watched: QObject, event: QKeyEvent) -> bool:
        """True when the key was one of ours; then no button hears it."""
        pressed = event.type() == QEvent.Type.KeyPress
        code = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if code == Qt.Key.Key_Space or code in HOLD_KEYS:
            if not event.isAutoRepeat():
                self._hold_key(code, pressed=pressed)
            return True
        if code in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if pressed:
                self.go(1 if (code == Qt.Key.Key_Right) != is_rtl() else -1)
            return True
        if pressed and code in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, QAbstractButton):
            watched.click()
            return True
        return False

    def _hold_key(self, code: int, *, pressed: bool) -> None:
        if pressed and self.holding is None:
            self.hold(HOLD_KEYS[Qt.Key(code)]) if code in HOLD_KEYS else self.hold_current()
            self._held_by = code if self.holding is not None else None
        elif not pressed and code == self._held_by:
            self.let_go()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.let_go()

    def _application_state(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.let_go()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)
        self._film(again=False)
        self._look_for_break()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.conceal()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._report.files:
            self._film(again=False)


def _cap(action: str) -> str:
    return keys.key("media", action).cap
