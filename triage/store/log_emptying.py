"""Empties the write-ahead log while others read and write: nobody waits while its pages are copied into the database's file.

A step's pages must not reach the file before the head vouches for the step: its digest is computed from the older pages in the
file (pages.py). So a read transaction is begun with writers kept out: no checkpoint copies the pages of steps that come after it.
Writers are kept out once more, when the log is cut. By then it holds what they wrote meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, closing
from typing import TypeAlias

from triage.store.database import Database, store_errors
from triage.store.pages import PageDigests

_WAIT_SECONDS = 30.0
_CUT_SECONDS = 0.5
"""Writers wait so long for readers that look at the log while it is cut. Whoever reads for a moment only is through by then."""
_AGAIN_SECONDS = 0.2

Hold: TypeAlias = Callable[[bool], AbstractContextManager[object]]
"""Holds the writer's lock, and settles first what a killed writer left. With True it waits for as long as it takes."""


def empty_log(database: Database, pages: PageDigests, hold: Hold, then: Callable[[], None], waiting: Callable[[], None]) -> bool:
    """Copies the log into the file and empties it, and calls `then` before anybody writes, which may write a step.

    While somebody reads an older state it tries again for half a minute, and calls `waiting` once before.

    Returns:
        False when somebody still reads an older state.

    Raises:
        StoreError: if the disk refuses
    """
    end, told = time.monotonic() + _WAIT_SECONDS, False
    while True:
        if _fold_beside_writers(database, pages, hold):
            with hold(True):
                if _cut_log(database):
                    then()
                    _cut_log(database)
                    return True
        if not told:
            waiting()
            told = True
        if time.monotonic() >= end:
            return False
        time.sleep(_AGAIN_SECONDS)


def _fold_beside_writers(database: Database, pages: PageDigests, hold: Hold) -> bool:
    """Copies into the file what the log holds by now; returns False when somebody reads an older state."""
    with ExitStack() as stack:
        with hold(True):
            stack.enter_context(database.fresh_reader())
            frames = database.count_unfolded()
        if not frames:
            return True
        connection = stack.enter_context(closing(database.connect()))  # threads write by the other one
        with store_errors:
            _, _, folded = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    pages.flush_file()  # else the disk would write these pages while writers wait for the cut
    return int(folded) >= frames


def _cut_log(database: Database) -> bool:
    """Folds the rest and empties the log; returns False when somebody reads the log. The caller keeps writers out."""
    before = database.writer.value("PRAGMA busy_timeout")
    database.writer.first(f"PRAGMA busy_timeout = {round(_CUT_SECONDS * 1000)}")
    try:
        return database.empty_log()
    finally:
        database.writer.first(f"PRAGMA busy_timeout = {before}")
