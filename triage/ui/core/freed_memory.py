"""Gives freed memory back to the system while the window works.

The C library keeps what is freed among things that stay: 60 MB over a store of two million reports, after a dozen filters.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QObject, QTimer

from triage.jobs.intake.memory import give_back_freed_memory, measure_memory
from triage.limits import MIB

EVERY_MS = 1_000
GROWN = 16 * MIB
"""So much more memory than after the last time is worth the 4 ms that giving it back takes."""


class FreedMemory(QObject):
    """Gives freed memory back whenever the program has grown by `GROWN`."""

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._before = measure_memory()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(EVERY_MS)

    def look(self) -> None:
        """Gives freed memory back if the program has grown."""
        if measure_memory() - self._before >= GROWN:
            give_back_freed_memory()
            self._before = measure_memory()


def watch_freed_memory(app: QCoreApplication) -> FreedMemory:
    """Returns the watcher of this program, which begins with the first call."""
    return app.findChild(FreedMemory) or FreedMemory(app)
