"""Tells a person of an error of the program, without content, and writes its place into the log.

Python's own report of an exception holds values of what was read. A terminal or the system's journal would keep it on disk, so it
is never printed.
"""

from __future__ import annotations

import logging
import secrets
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.store.log import log_error
from triage.ui.core.window_calls import make_window_call
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import ltr, tr

log = logging.getLogger(__name__)
MOST_DIALOGS = 3
"""Further errors of one run are only logged: an error in painting would come with every frame."""


class CrashDialog(FittingDialog):
    """Says that the program made an error, what that means, and what to do."""

    quit_asked = Signal()

    def __init__(self, number: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("An error of Triage"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(tr("Triage made an error."), "title"))
        column.addWidget(
            label(tr("What you recorded before is stored. The last step may not be: look whether it was done."), wrap=True)
        )
        column.addWidget(label(tr("Number in the log: {number}", number=ltr(number)), "strong", selectable=True))
        what = tr("Note the number and what you did, and tell your administrator. The log holds no content.")
        column.addWidget(label(what, "muted", wrap=True))
        go_on = KeyButton(tr("Continue"), tr("Enter"), kind="primary", on=self.accept)
        end = KeyButton(tr("Lock and quit"), on=self._end)
        column.addLayout(row(None, end, go_on))
        go_on.setDefault(True)
        go_on.setFocus()  # else Enter would press the first button of the line, which locks and quits
        self.setMinimumWidth(480)

    def _end(self) -> None:
        """Asks to lock and quit."""
        self.quit_asked.emit()
        self.accept()


class CrashWatch(QObject):
    """Catches exceptions that nobody handled, on any thread, until `end`.

    `crashed` carries the number under which the log has the error; it arrives on the window's thread.
    """

    crashed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.told = 0
        self._tell = make_window_call(self, self.crashed.emit)
        self._hooks = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._caught
        threading.excepthook = lambda found: self._caught(found.exc_type, found.exc_value, found.exc_traceback)
        sys.unraisablehook = lambda found: self._note(found.exc_value)

    def end(self) -> None:
        """Gives exceptions back to whoever caught them before."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._hooks

    def _caught(self, kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
        """Logs the error, and tells of it."""
        if issubclass(kind, KeyboardInterrupt):
            QCoreApplication.quit()
            return
        if issubclass(kind, SystemExit):
            return
        self._tell(self._note(error))

    def _note(self, error: BaseException | None) -> str:
        """Writes kind and place of the error into the log, and returns the number it has there."""
        number = secrets.token_hex(3)
        try:
            if error is not None and logging.getLogger("triage").handlers:
                log.error("crash %s", number, exc_info=error)
            elif error is not None:
                log_error(error)
            sys.stderr.write(f"Triage made an error; number {number} in the store's log.\n")
        except Exception:  # the log must not bring down what it reports
            return number
        return number


def watch_crashes(window: QWidget, quit_window: Callable[[], object]) -> CrashWatch:
    """Shows a dialog for each exception that nobody handled, at most MOST_DIALOGS of them."""
    watch = CrashWatch(window)

    def show(number: str) -> None:
        if watch.told < MOST_DIALOGS:
            watch.told += 1
            dialog = CrashDialog(number, window)
            dialog.quit_asked.connect(quit_window)
            dialog.open()

    watch.crashed.connect(show)
    return watch
