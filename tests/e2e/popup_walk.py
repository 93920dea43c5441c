"""Opens every popup of every screen on a real display, and presses every key of that screen with it open.

Runs as a program of its own: `python -m tests.e2e.popup_walk`. What it prints is one JSON object.
"""

from __future__ import annotations

import ctypes
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial

import shiboken6
from PySide6.QtCore import QEvent, QKeyCombination, QObject, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit, QPushButton, QToolButton, QWidget

from tests.ui.screens import PictureApi
from triage.ui.app import application
from triage.ui.kit import keys
from triage_demo.screenshots.save import SIZES, show_all
from triage_demo.screenshots.screen_scenes import Scene

ARRIVES_SECONDS = 2.0
SYMBOLS = {
    Qt.Key.Key_Return: "Return", Qt.Key.Key_Enter: "KP_Enter", Qt.Key.Key_Escape: "Escape", Qt.Key.Key_Space: "space",
    Qt.Key.Key_Left: "Left", Qt.Key.Key_Right: "Right", Qt.Key.Key_Up: "Up", Qt.Key.Key_Down: "Down", Qt.Key.Key_F1: "F1",
    Qt.Key.Key_F5: "F5", Qt.Key.Key_Slash: "slash", Qt.Key.Key_Period: "period", Qt.Key.Key_Comma: "comma",
    Qt.Key.Key_Question: "question", Qt.Key.Key_Plus: "plus", Qt.Key.Key_Minus: "minus",
}  # fmt: skip
HELD = {
    Qt.KeyboardModifier.ControlModifier: "Control_L",
    Qt.KeyboardModifier.ShiftModifier: "Shift_L",
    Qt.KeyboardModifier.AltModifier: "Alt_L",
}
MENUS = frozenset({"F", "V", "P", "T", "S", "Ctrl+E"})
"""The keys that open a menu on one screen or another."""
RUSHED = ("Ctrl+G", "Y")
"""What opens a dialog at once, and the key of the page that would acknowledge the report."""
LOCK = "Ctrl+L"
"""The one key that acts whatever is open."""


class Keyboard:
    """Presses keys as a keyboard does: by the extension XTEST of the display."""

    def __init__(self) -> None:
        self._x, self._test = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XStringToKeysym.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))

    def press(self, combination: QKeyCombination) -> None:
        """Presses a key with its modifiers, and lets go."""
        names = [name for modifier, name in HELD.items() if modifier & combination.keyboardModifiers()]
        key = combination.key()
        name = SYMBOLS.get(key) or chr(key.value).lower()
        if name in ("question", "plus"):
            names.append("Shift_L")
        codes = [self._code(each) for each in (*names, name)]
        for code in codes:
            self._test.XTestFakeKeyEvent(self._display, code, 1, 0)
        for code in reversed(codes):
            self._test.XTestFakeKeyEvent(self._display, code, 0, 0)
        self._x.XSync(self._display, 0)

    def _code(self, name: str) -> int:
        symbol = ctypes.c_ulong(self._x.XStringToKeysym(name.encode()))
        return int(self._x.XKeysymToKeycode(self._display, symbol))


class Arrivals(QObject):
    """Counts the keys that went up somewhere in the program."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.up = 0
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyRelease and watched.isWindowType():
            self.up += 1
        return False


@dataclass
class Found:
    """What was opened, how many keys were pressed and came in, and which acted on the page below."""

    popups: list[str] = field(default_factory=list)
    pressed: int = 0
    arrived: int = 0
    acted: list[str] = field(default_factory=list)
    rushed: list[str] = field(default_factory=list)
    """The keys that acted when one that opens a dialog and another came together."""


class Walk:
    """Tries all popups of one screen after the other."""

    def __init__(self, app: QApplication) -> None:
        self.app, self.keyboard, self.arrivals, self.found = app, Keyboard(), Arrivals(app), Found()
        self._tried: set[str] = set()
        self._hits: list[str] = []
        bind_sequence = keys.bind_sequence

        def bind_and_note(owner: QWidget, sequence: str, call: Callable[[], object]) -> QShortcut:
            def noted() -> None:
                self._hits.append(sequence)
                call()

            return bind_sequence(owner, sequence, noted)

        keys.bind_sequence = bind_and_note

    def look(self, scene: Scene) -> None:
        """Opens each popup that was not tried on this screen, and presses each key of the screen."""
        shown = scene.dialog or scene.window
        self.turn()
        queue = getattr(scene.window, "queue", None)
        view = queue and (queue.state.view, queue.state.to_view())
        texts = {line: line.text() for line in shown.findChildren(QLineEdit)}
        sequences = {each.key().toString(): each for each in self._live(scene.window)}
        for name, opener in list(self._popups(shown, scene, sequences)):
            if name in self._tried:
                continue
            self._tried.add(name)
            self._try(name, opener, sequences)
        for line, text in texts.items():
            if shiboken6.isValid(line) and line.text() != text:
                line.setText(text)  # the entry of a field's menu pasted something
        if queue and view:
            queue.state.use_view(*view)  # a menu's entry filtered it
        if isinstance(scene.dialog, QDialog):
            scene.dialog.done(0)  # what the keys chose in it would have it ask before it closes

    def _try(self, name: str, opener: Callable[[], object], sequences: dict[str, QShortcut]) -> None:
        for number, sequence in enumerate(sequences):
            if QApplication.activePopupWidget() is None:
                opener()
                self.turn()
            if QApplication.activePopupWidget() is None:
                return
            if not number:
                self.found.popups.append(name)
            if sequence == LOCK:
                continue
            self._hits.clear()
            self.type(sequence)
            if self._hits:
                self.found.acted += [f"{name}: {hit}" for hit in self._hits]
                break
        self.close_all()

    def rush(self, scene: Scene) -> None:
        """Presses a key right after one that opens a dialog, which has no keys yet."""
        self._hits.clear()
        before, end = self.arrivals.up, time.monotonic() + ARRIVES_SECONDS
        for sequence in RUSHED:
            self.keyboard.press(QKeySequence(sequence)[0])
        while self.arrivals.up < before + 1 and time.monotonic() < end:
            self.app.processEvents()
        dialog = QApplication.activeModalWidget()
        self.found.rushed = list(self._hits)
        if isinstance(dialog, QDialog):
            dialog.done(0)
        self.turn()

    def type(self, sequence: str) -> None:
        """Presses a key and waits until it came in."""
        before, end = self.arrivals.up, time.monotonic() + ARRIVES_SECONDS
        self.keyboard.press(QKeySequence(sequence)[0])
        self.found.pressed += 1
        while self.arrivals.up == before and time.monotonic() < end:
            self.app.processEvents()
        self.turn()
        self.found.arrived += self.arrivals.up > before

    def turn(self) -> None:
        for _ in range(3):
            self.app.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def close_all(self) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            self.turn()

    def _live(self, window: QWidget) -> Iterator[QShortcut]:
        """Yields the keys of what is visible."""
        for shortcut in window.findChildren(QShortcut):
            owner = shortcut.parent()
            if isinstance(owner, QWidget) and owner.isVisible() and shortcut.isEnabled() and not shortcut.key().isEmpty():
                yield shortcut

    def _popups(
        self, shown: QWidget, scene: Scene, sequences: dict[str, QShortcut]
    ) -> Iterator[tuple[str, Callable[[], object]]]:
        place = type(scene.dialog).__name__ if scene.dialog else scene.name
        usable = [each for each in shown.findChildren(QWidget) if is_usable(each) and each.window() is shown.window()]
        for combo in usable:
            if isinstance(combo, QComboBox) and combo.count():
                yield f"{place}: list {combo.accessibleName()}", combo.showPopup
        lines = [each for each in usable if isinstance(each, QLineEdit)]
        for line in lines:
            if (completer := line.completer()) is not None and completer.completionCount():
                yield f"{place}: completer {line.accessibleName()}", completer.complete
        if lines:
            yield f"{place}: menu of a field", partial(ask_menu, lines[0])
        for button in usable:
            menu = button.menu() if isinstance(button, QPushButton | QToolButton) else None
            if menu is not None:
                yield f"{place}: menu of {button.accessibleName()}", partial(menu.popup, button.mapToGlobal(QPoint()))
        if scene.dialog is None:
            for sequence, shortcut in sequences.items():
                if sequence in MENUS:
                    yield f"{place}: {sequence}", shortcut.activated.emit


def is_usable(widget: QWidget) -> bool:
    return widget.isVisible() and widget.isEnabled()


def ask_menu(line: QLineEdit) -> None:
    """Asks a field for its menu, as the right button does."""
    at = line.rect().center()
    QApplication.postEvent(line, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, line.mapToGlobal(at)))


def main() -> int:
    app = application()
    walk = Walk(app)
    for scene in show_all(app, PictureApi(), "en", "dark", SIZES[0]):
        if scene.name == "queue" and scene.dialog is None:
            walk.rush(scene)
        walk.look(scene)
        if walk.found.acted:
            break  # the page is no longer what the walk believes
    json.dump(asdict(walk.found), sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
