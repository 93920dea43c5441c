"""Defines the base of the pages on which media are open only while a person holds a key or the mouse.

Media blur again on release, when the window loses focus or closes, when the page is left, and after the longest hold.
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
from triage.ui.media.held_key import HeldKey
from triage.ui.media.media_stage import MediaStage
from triage.ui.media.reveal import HeldPixels, Revealer, RevealRequest
from triage.ui.media.viewing_steps import ViewingSteps
from triage.ui.text import times
from triage.ui.text.i18n import Safe, is_rtl, tr
from triage.wellbeing import BreakAdvice, Rung

HOLD_KEYS = {
    Qt.Key.Key_3: Rung.BLURRED,
    Qt.Key.Key_4: Rung.EDGES,
    Qt.Key.Key_5: Rung.GREY,
    Qt.Key.Key_6: Rung.COLOUR,
}
SHIFT = timedelta(hours=12)
"""How far back one's own looks are asked for to advise a break."""


class HoldingPage(QWidget):
    """Opens one file, or two side by side, at a viewing step while a person holds it.

    A subclass provides what to show (`shows`, `wanted`), the reached step (`climbed`, `climb`), the arrow keys (`go`), and its
    own drawing (`show_state`, `advise`).
    """

    said = Signal(str)
    """A sentence; an empty one takes back the one before."""

    def __init__(self, api: Api, runner: Runner, media: int) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self._policy = wellbeing.ViewingPolicy()
        self.current = Rung.FACTS
        self.holding: Rung | None = None
        self._refused = False
        self._key = HeldKey(self)
        self._key.let_go.connect(self.let_go)
        self._key.interrupted.connect(self.let_go)
        self.stages = tuple(MediaStage(api.user.name) for _ in range(media))
        self.revealers = tuple(Revealer(api, self) for _ in range(media))
        self._longest = self._timer(self._policy.longest_hold, self._held_too_long)
        self._latched = self._timer(self._policy.latch, self.let_go)

    def _timer(self, after: timedelta, call: object) -> QTimer:
        """Builds a single-shot timer."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(round(after.total_seconds() * 1000))
        timer.timeout.connect(call)
        return timer

    def connect_controls(self, ladder: ViewingSteps, latch: QPushButton) -> None:
        """Connects the viewing steps, the latch and the stages; called once the page is built."""
        for place, (revealer, stage) in enumerate(zip(self.revealers, self.stages, strict=True)):
            revealer.opened.connect(lambda held, place=place: self._opened(place, held))
            revealer.closed.connect(lambda _step, _seconds: self.look_for_break())
            revealer.failed.connect(self._failed)
            stage.pressed.connect(self.hold_current)
            stage.released.connect(self.let_go)
        ladder.held.connect(self.hold)
        ladder.let_go.connect(self.let_go)
        ladder.stepped.connect(self.step_on)
        latch.clicked.connect(self.toggle_latch)
        QGuiApplication.instance().applicationStateChanged.connect(self._application_state)  # type: ignore[union-attr]
        for child in self.findChildren(QWidget):
            if child.focusPolicy() != Qt.FocusPolicy.NoFocus:
                child.installEventFilter(self)

    # What a page says

    def can_show(self) -> bool:
        """Returns whether there is an image that this person may open."""
        raise NotImplementedError

    def requests_for(self, rung: Rung) -> tuple[RevealRequest | None, ...]:
        """Returns for each stage what to reveal at this step, or None where there is nothing to show."""
        raise NotImplementedError

    def reached_step(self) -> Rung:
        """Returns the highest viewing step reached so far."""
        raise NotImplementedError

    def set_reached_step(self, rung: Rung) -> None:
        """Stores the highest viewing step reached."""
        raise NotImplementedError

    def go(self, step: int) -> None:
        """Shows the next or previous file or pair."""
        raise NotImplementedError

    def show_state(self) -> None:
        """Updates the viewing steps and the words on the stages."""
        raise NotImplementedError

    def show_advice(self, advice: BreakAdvice | None) -> None:
        """Shows the advice to take a break; None hides it."""
        raise NotImplementedError

    # The ladder

    def step_on(self, rung: Rung) -> None:
        """Goes to a step without an image.

        Choosing the verdict step states that the warning was read.
        """
        self.let_go()
        self._take_back_refusal()
        self.current = rung
        self.set_reached_step(max(self.reached_step(), rung))
        self.show_state()

    def hold_current(self) -> None:
        """Opens the current step, or the blurred step if the current one has no image."""
        self.hold(max(self.current, Rung.BLURRED))

    def hold(self, rung: Rung) -> None:
        """Opens a step until `let_go` is called, or says why it may not be opened."""
        refusal = self._refusal(rung)
        if refusal is not None:
            self._refused = True
            self.said.emit(refusal)
            return
        self._take_back_refusal()
        if self.holding is not None:
            return
        self.holding = self.current = rung
        self._longest.start()
        self._key.watch()
        for revealer, wanted in zip(self.revealers, self.requests_for(rung), strict=True):
            if wanted is not None:
                revealer.hold(wanted)
        self.show_state()

    def _take_back_refusal(self) -> None:
        """Takes back what was said of a step that could not be opened: the person does what it asks for."""
        if self._refused:
            self._refused = False
            self.said.emit(Safe(""))

    def _refusal(self, rung: Rung) -> Safe | None:
        """Returns why the step may not be opened, or None."""
        if not self._api.may(Right.REVEAL):
            return tr("Your roles do not allow you to open media.")
        if not self.can_show():
            return tr("Nothing to show for this file.")
        if rung in wellbeing.allowed_rungs(self.reached_step()):
            return None
        if self.reached_step() < Rung.VERDICT:
            return tr("Read the warning first: press {key}.", key=keys.find_key("media", "verdict").cap)
        return tr("Do step {n} first.", n=int(self.reached_step()) + 1)

    def toggle_latch(self) -> None:
        """Opens the current step for a few seconds without holding; a second call closes it."""
        if self.holding is not None:
            self.let_go()
            return
        self.hold_current()
        if self.holding is not None:
            self._latched.start()

    def let_go(self) -> None:
        """Closes what is open: pixels have left the screen and the memory when this returns."""
        self._longest.stop()
        self._latched.stop()
        self._key.forget()
        was, self.holding = self.holding, None
        for stage in self.stages:
            if stage.is_revealing():
                stage.show_held(None)
        for revealer in self.revealers:
            revealer.let_go()
        if was is not None:
            self.show_state()

    def _press_other(self) -> None:
        """Has closed views recorded at once: what another key does, such as grade, finds them recorded."""
        self._key.press_other()
        if self.holding is None:
            for revealer in self.revealers:
                revealer.end_view()

    def conceal(self) -> None:
        """Closes what is open, and returns after the views are recorded."""
        self.let_go()
        for revealer in self.revealers:
            revealer.finish()

    def _opened(self, place: int, held: HeldPixels) -> None:
        """Shows the revealed pixels on their stage, if the step is still held."""
        if self.holding is None:
            return
        self.set_reached_step(max(self.reached_step(), self.holding))
        self.stages[place].show_held(held)
        self.show_state()

    def _failed(self, sentence: str) -> None:
        """Closes what is open and says why revealing failed."""
        self.let_go()
        self.said.emit(sentence)

    def _held_too_long(self) -> None:
        """Closes what is open after the longest hold, and says so."""
        self.let_go()
        self.said.emit(tr("Viewed for {n} s: blurred again. Press once more to continue.", n=self._longest.interval() // 1000))

    # Breaks

    def look_for_break(self) -> None:
        """Reads this person's views of the last 12 hours and advises a break if one is due."""
        since = times.now() - SHIFT
        self._runner.ask(
            lambda: self._api.exposures(since),
            lambda found: self.show_advice(wellbeing.advise_break(found, times.now(), self._policy)),
            owner=self,
            failed=lambda _: None,
            about="break",
        )

    # Holding by key, and everything that ends it

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Handles the holding keys, and lets go when the focus or the window goes away."""
        kind = event.type()
        if not self.isVisible():
            return False  # a page that stays in the window while another one is shown hears the window's keys
        if isinstance(event, QKeyEvent):
            pressed = kind in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
            if pressed and event.key() not in HOLD_KEYS and event.key() != Qt.Key.Key_Space:
                self._press_other()
            return kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease) and self._handle_key(watched, event)
        left = watched is self.window() and kind in (QEvent.Type.WindowStateChange, QEvent.Type.Hide, QEvent.Type.Close)
        if left or kind == QEvent.Type.FocusOut:
            self.let_go()
        return False

    def _handle_key(self, watched: QObject, event: QKeyEvent) -> bool:
        """Handles a key, and returns True when no widget should receive it."""
        pressed = event.type() == QEvent.Type.KeyPress
        code = event.key()
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        if code == Qt.Key.Key_Space or code in HOLD_KEYS:
            self._hold_key(event, pressed=pressed)
            return True
        if code in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            if pressed:
                self.go(1 if (code == Qt.Key.Key_Right) != is_rtl() else -1)
            return True
        if pressed and code in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and isinstance(watched, QAbstractButton):
            watched.click()
            return True
        return False

    def _hold_key(self, event: QKeyEvent, *, pressed: bool) -> None:
        """Opens a step when its key is pressed, and has it closed once the key is up; repeats of a held key do neither."""
        code = event.key()
        if not pressed:
            self._key.release(event)
        elif self._key.press(event):
            opened_otherwise = self.holding is not None
            if not opened_otherwise:
                self.hold(HOLD_KEYS[Qt.Key(code)]) if code in HOLD_KEYS else self.hold_current()
            if opened_otherwise or self.holding is None:
                self._key.disown()

    def changeEvent(self, event: QEvent) -> None:
        """Lets go when the window becomes inactive."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.let_go()

    def _application_state(self, state: Qt.ApplicationState) -> None:
        """Lets go when the application becomes inactive."""
        if state != Qt.ApplicationState.ApplicationActive:
            self.let_go()

    def showEvent(self, event: QShowEvent) -> None:
        """Watches the window and looks for a break."""
        super().showEvent(event)
        self.window().installEventFilter(self)
        self.look_for_break()

    def hideEvent(self, event: QHideEvent) -> None:
        """Lets go when the page is hidden."""
        self.let_go()
        self._take_back_refusal()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Lets go, and waits until the views are recorded."""
        self.conceal()
        super().closeEvent(event)
