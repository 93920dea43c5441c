"""One window a store: a second start calls the first window to the front, or says who holds the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QMessageBox, QWidget

from triage.store.opening import KEYS
from triage.store.window_lock import WindowLock
from triage.ui.text.i18n import Safe, ltr, tr
from triage.ui.text.times import pkt

LOOK_MS = 500
ANSWER_SECONDS = 3.0
_STEP_SECONDS = 0.05


class SingleWindow(QObject):
    """Holds the claim of this desktop, and raises its window when another start calls."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._lock: WindowLock | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def claim(self, store: Path) -> bool:
        """Claims a store, and gives up the one before; returns False when another window has it.

        A folder without a store is not claimed.
        """
        if self._lock is not None and self._lock.store == store:
            return True
        self.free()
        if not (store / KEYS).exists():
            return True
        lock = WindowLock(store)
        if not lock.claim():
            lock.call()
            return False
        self._lock = lock
        self._timer.start()
        return True

    def look(self) -> None:
        """Raises the window when somebody called."""
        if self._lock is not None and self._lock.is_called():
            self._lock.answer()
            raise_window(self._window)

    def free(self) -> None:
        """Gives up the claim."""
        self._timer.stop()
        if self._lock is not None:
            self._lock.free()
            self._lock = None


def raise_window(window: QWidget) -> None:
    """Brings a window to the front, also when it was minimised."""
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()


def yields_to_first(store: Path, *, ask: Callable[[Safe], bool] | None = None) -> bool:
    """Returns whether this start ends, because another window has the store and was called to the front.

    When nobody answers, a person is told who holds the store, and decides whether to open it all the same.
    """
    if not (store / KEYS).exists():
        return False
    lock = WindowLock(store)
    if lock.claim():
        lock.free()
        return False
    lock.call()
    until = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < until:
        time.sleep(_STEP_SECONDS)
        if not lock.is_called():
            return True
    return not (ask or ask_to_open)(describe_holder(lock))


def describe_holder(lock: WindowLock) -> Safe:
    """Returns who holds a store that does not answer."""
    holder = lock.holder()
    if holder is None:
        return tr("Another program has this store open and does not answer.")
    return tr(
        "This store is open in another window, which does not answer: process {process}, since {when}.",
        process=ltr(str(holder.process)),
        when=pkt(holder.since),
    )


def ask_to_open(says: Safe) -> bool:
    """Asks whether to open the store all the same; the store itself allows several programs."""
    box = QMessageBox()
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Triage"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(says)
    box.setInformativeText(tr("Close that window, or open the store a second time. Two windows don't know of each other's work."))
    again = box.addButton(tr("Open all the same"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(tr("Don't open"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is again
