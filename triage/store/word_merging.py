"""Merges the search words in short steps, since words of deleted reports stay in their index until then.

Merging takes as long as all words of the store. So each step takes the writer's lock anew, and others write in between. The
index lies in segments, and a word of a deleted report stands in one of those that are there when the merging begins. When these
are gone, so is the word; what others write meanwhile lies in segments of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeAlias

from triage.store.batch import Batch
from triage.store.database import Database
from triage.store.queries import compaction as sql

_STEP_PAGES = 1000  # of the index, 4 MB: some 0.1 s of processor time
_BETWEEN_SECONDS = 0.03  # who waits for the lock looks for it each 0.02 s
_MOST_STEPS = 100_000  # 400 GB of words
_ROUNDS = 2  # a merge that was under way already only ends in the first one


Hold: TypeAlias = Callable[[bool], AbstractContextManager[object]]
"""Holds the writer's lock, and settles first what a killed writer left. With True it waits for as long as it takes."""
Transaction: TypeAlias = Callable[[], AbstractContextManager[Batch]]
"""Runs one batch under the writer's lock, as `Store._transaction` does."""


def merge_words_beside_writers(database: Database, hold: Hold, transaction: Transaction) -> int | None:
    """Merges the words of all reports that were erased so far, while others write.

    Returns:
        How many acts had erased something by then, or None when some words could not be merged so. Then somebody has to do it
        while writers wait.

    Raises:
        StoreError: if the disk refuses
    """
    acts = sql.count_acts(database.reader())
    for table in sql.WORD_TABLES:
        if not any(_merge_table(database, table, hold, transaction) for _ in range(_ROUNDS)):
            return None
    return acts


def _merge_table(database: Database, table: str, hold: Hold, transaction: Transaction) -> bool:
    """Merges the words of one index; returns whether no segment is left that was there before, or nothing has to be merged."""
    older, most = sql.list_segments(database.reader(), table), -_STEP_PAGES  # below 0: all segments are merged into one
    for _ in range(_MOST_STEPS):
        with hold(False), transaction() as batch:
            merged = sql.merge_some_words(batch, table, most)
            left = sql.list_segments(batch, table)
        older &= left  # the number of a segment that is gone may be given to a new one
        if not merged or not older:
            return not older or len(left) == 1
        most = _STEP_PAGES
        time.sleep(_BETWEEN_SECONDS)
    return False
