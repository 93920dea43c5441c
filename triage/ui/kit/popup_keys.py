"""Gives every key to the popup, menu or list that is open, before a page's shortcuts can take it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QWindow
from PySide6.QtWidgets import QApplication

from triage.ui.kit.keys import find_key


class PopupKeys(QObject):
    """Keeps a page's shortcuts from taking what is typed into a popup above the page.

    Qt asks the window that has the keys whether it wants a key for itself, before it looks for a shortcut. A popup never becomes
    that window, so the window below says yes on its behalf.
    """

    def __init__(self, app: QGuiApplication) -> None:
        super().__init__(app)
        self._lock = [QKeySequence(each) for each in find_key("everywhere", "lock").keys]
        app.focusWindowChanged.connect(self._watch)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Has a key that no page may take delivered as usual. The key that locks acts whatever is open."""
        if event.type() != QEvent.Type.ShortcutOverride or QApplication.activePopupWidget() is None:
            return False
        if isinstance(event, QKeyEvent) and QKeySequence(event.keyCombination()) in self._lock:
            return False
        event.accept()
        return True

    def _watch(self, window: QWindow | None) -> None:
        """Watches a window from the first time it has the keys; a second time changes nothing."""
        if window is not None:
            window.installEventFilter(self)


def take_keys_first(app: QGuiApplication) -> None:
    """Has whatever is open above a page get its keys, from now on; a second call changes nothing."""
    if app.findChild(PopupKeys) is None:
        PopupKeys(app)
