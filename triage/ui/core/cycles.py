"""Has Python free its cycles of objects on the window's thread only.

Python looks for cycles wherever it happens to need memory, also in a thread that reads for the window. There it would delete
menus and other parts of closed pages while the window's thread works with them, which crashes now and then. A cycle is two
objects that hold each other, as a page and what it connected to its own buttons do.
"""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QCoreApplication, QObject, QTimer

EVERY_MS = 200
MANY = 5_000  # new objects that are worth a look; a full look comes only seconds later
WHOLE_SECONDS = 30.0
SHARE = 200.0  # of the time, looking through everything may take this part at most


class CycleCollector(QObject):
    """Looks for cycles between two events of the window, instead of anywhere.

    Objects that exist when it begins, most of them loaded modules, are never looked at again. This keeps each look short.
    """

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        gc.disable()
        gc.freeze()
        self._next_whole = time.monotonic() + WHOLE_SECONDS
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.collect_due)
        self._timer.start(EVERY_MS)

    def collect_due(self) -> None:
        """Frees cycles among new objects when there are many, and among all objects from time to time."""
        if time.monotonic() >= self._next_whole:
            self.collect_all()
        elif gc.get_count()[0] >= MANY:
            gc.collect(1)

    def collect_all(self) -> None:
        """Frees all cycles at once."""
        begun = time.monotonic()
        gc.collect()
        ended = time.monotonic()
        self._next_whole = ended + max(WHOLE_SECONDS, SHARE * (ended - begun))


def collect_on_this_thread(app: QCoreApplication) -> CycleCollector:
    """Returns the collector of this program, which begins with the first call."""
    return find_collector() or CycleCollector(app)


def find_collector() -> CycleCollector | None:
    """Returns the collector of this program, or None before it began."""
    app = QCoreApplication.instance()
    return None if app is None else app.findChild(CycleCollector)
