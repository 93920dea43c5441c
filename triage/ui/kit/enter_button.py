"""Lets Enter press the button that a person reached by keys."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_WINDOW_CAME_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


class EnterButton:
    """Is mixed into a button that Enter presses on a page. In a dialog, Enter belongs to the dialog, apart from the way back.

    A button that was clicked keeps the focus, but not Enter: the next Enter is meant for the page.
    """

    clicked_before = False
    """Whether the focus came by a click."""
    goes_back = False
    """Whether the button leaves its dialog without an act: there Enter would record what it should end."""

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Remembers how the focus came, also over a dialog or a menu."""
        if event.reason() not in _WINDOW_CAME_BACK:
            self.clicked_before = event.reason() == Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)  # type: ignore[misc]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Presses the button on Enter."""
        if event.key() not in ENTER or not press_focused_button():
            super().keyPressEvent(event)  # type: ignore[misc]


def press_focused_button() -> bool:
    """Presses the button that has the focus by keys, in a dialog only the way back, and returns whether there is one."""
    button = QApplication.focusWidget()
    if not isinstance(button, EnterButton) or not isinstance(button, QAbstractButton) or button.clicked_before:
        return False
    if not button.isEnabled() or (isinstance(button.window(), QDialog) and not button.goes_back):
        return False
    button.click()
    return True
