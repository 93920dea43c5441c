"""A page on which a hand holds media open: one, or two side by side at the same step. They are blurred until then, and blur when
the hand lets go, when the window loses focus, is left, minimised or locked, or when the hold lasts too long.
"""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QPushButton, QWidget

from triage import wellbeing
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.media.ladder import Ladder
from triage.ui.media.reveal import Held, Revealer, Wanted
from triage.ui.media.stage import Stage
from triage.ui.text import times
from triage.ui.text.i18n import Safe, is_rtl, tr
from triage.wellbeing import BreakAdvice, Rung

HOLD_KEYS = {Qt.Key.Key_3: Rung.BLURRED, Qt.Key.Key_4: Rung.GREY, Qt.Key.Key_5: Rung.COLOUR}
SHIFT = timedelta(hours=12)
"""How far back one's own looks are asked for to advise a break."""


class HoldingPage(QWidget):
    """What every page with a ladder does. A page says what there is to show (`shows`, `wanted`), how far the ladder was climbed
    (`climbed`, `climb`), what the arrows do (`go`), and draws itself (`show_state`, `advise`)."""

    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, media: int) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self._policy = wellbeing.ViewingPolicy()
        self.current = Rung.FACTS
        self.holding: Rung | None = None
        self._held_by: int | None = None
        self.stages = tuple(Stage(api.user.name) for _ in range(media))
        self.revealers = tuple(Revealer(api, self) for _ in range(media))
        self._longest = self._timer(self._policy.longest_hold, self._held_too_long)
        self._latched = self._timer(self._policy.latch, self.let_go)

    def _timer(self, after: timedelta, call: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(round(after.total_seconds() * 1000))
        timer.timeout.connect(call)
        return timer

    def listen(self, ladder: Ladder, latch: QPushButton) -> None:
        """Once the page is built: to the ladder, the latch, the mouse, and to whatever takes the hand away."""
        for place, (revealer, stage) in enumerate(zip(self.revealers, self.stages, strict=True)):
            revealer.opened.connect(lambda held, place=place: self._opened(place, held))
            revealer.closed.connect(lambda _step, _seconds: self.look_for_break())
            revealer.failed.connect(self._failed)
            stage.pressed.connect(self.hold_current)
            stage.released.connect(self.let_go)
        ladder.held.connect(self.hold)
        ladder.let_go.connect(self.let_go)
        ladder.stepped.connect(self.step_on)
        latch.clicked.connect(self.latch)
        QGuiApplication.instance().applicationStateChanged.connect(self._application_state)  # type: ignore[union-attr]
        for child in self.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                child.installEventFilter(self)

    # What a page says

    def shows(self) -> bool:
        """Is there a picture that this person may open?"""
        raise NotImplementedError

    def wanted(self, rung: Rung) -> tuple[Wanted | None, ...]:
        """For each stage what is to be opened; None where there is nothing to show."""
        raise NotImplementedError

    def climbed(self) -> Rung:
        raise NotImplementedError

    def climb(self, rung: Rung) -> None:
        raise NotImplementedError

    def go(self, step: int) -> None:
        raise NotImplementedError

    def show_state(self) -> None:
        raise NotImplementedError

    def advise(self, advice: BreakAdvice | None) -> None:
        raise NotImplementedError

    # The ladder

    def step_on(self, rung: Rung) -> None:
        """A rung of words. Stepping on the verdict says that the warning was read."""
        self.let_go()
        self.current = rung
        self.climb(max(self.climbed(), rung))
        self.show_state()

    def hold_current(self) -> None:
        """Of the picture and of Space: the step one is on, or the gentlest."""
        self.hold(max(self.current, Rung.BLURRED))

    def hold(self, rung: Rung) -> None:
        """Open a rung for as long as it is held."""
        refusal = self._refusal(rung)
        if refusal is not None:
            self.said.emit(refusal)
            return
        if self.holding is not None:
            return
        self.holding = self.current = rung
        self._longest.start()
        for revealer, wanted in zip(self.revealers, self.wanted(rung), strict=True):
            if wanted is not None:
                revealer.hold(wanted)
        self.show_state()

    def _refusal(self, rung: Rung) -> Safe | None:
        if not self._api.may(Right.REVEAL):
            return tr("Your roles do not allow you to open media.")
        if not self.shows():
            return tr("Nothing to show for this file.")
        if rung in wellbeing.allowed_rungs(self.climbed()):
            return None
        if self.climbed() < Rung.VERDICT:
            return tr("Read the warning first: {key}.", key=keys.key("media", "verdict").cap)
        return tr("Do step {n} first.", n=int(self.climbed()) + 1)

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
        for stage in self.stages:
            if stage.is_revealing():
                stage.show_held(None)
        for revealer in self.revealers:
            revealer.let_go()
        if was is not None:
            self.show_state()

    def conceal(self) -> None:
        """Let go, and wait until the look is recorded: before the page or the session goes."""
        self.let_go()
        for revealer in self.revealers:
            revealer.finish()

    def _opened(self, place: int, held: Held) -> None:
        if self.holding is None:
            return
        self.climb(max(self.climbed(), self.holding))
        self.stages[place].show_held(held)
        self.show_state()

    def _failed(self, sentence: str) -> None:
        self.let_go()
        self.said.emit(sentence)

    def _held_too_long(self) -> None:
        self.let_go()
        self.said.emit(tr("Viewed for {n} s: blurred again. Press once more to continue.", n=self._longest.interval() // 1000))

    # Breaks

    def look_for_break(self) -> None:
        since = times.now() - SHIFT
        self._runner.ask(
            lambda: self._api.exposures(since),
            lambda found: self.advise(wellbeing.advise_break(found, times.now(), self._policy)),
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
        self.look_for_break()

    def hideEvent(self, event: QHideEvent) -> None:
        self.let_go()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.conceal()
        super().closeEvent(event)
