"""Has Python look for reference cycles seldom while reports are read and judged: they make many objects, and hardly any cycle."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_BETWEEN_SEARCHES = 50_000
_guard = threading.Lock()
_users = 0
_before = gc.get_threshold()


@contextmanager
def rare_cycle_search() -> Iterator[None]:
    """Makes the search rare inside the block.

    The search takes a fifteenth of the time that this process judges otherwise, and a twentieth of reading documents.

    Several threads may be inside. The last one that leaves puts back what the first one found.
    """
    global _users, _before
    with _guard:
        if not _users:
            _before = gc.get_threshold()
            gc.set_threshold(max(_before[0], OBJECTS_BETWEEN_SEARCHES), *_before[1:])
        _users += 1
    try:
        yield
    finally:
        with _guard:
            _users -= 1
            if not _users:
                gc.set_threshold(*_before)
