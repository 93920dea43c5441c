"""What a backup costs after a small change, in a store that is eight times as large by rows that never change.

A row of the suite: `python -m bench backups`; its size is the megabytes of those rows. The first backup copies the database whole.
Another after one changed row has to cost a small share of that: it looks at 64 bytes of each page, and copies the pages that changed.
Half of what it has to read again of older copies is small here, so that the change is measured and not the reading.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from bench.importing import CHEAP, cpu
from bench.suite.model import Place, Result
from triage import limits
from triage.store.backup import make_backup
from triage.store.restore import restore_backup
from triage.store.store import Store

WORDS = ("first", "seven green boats")
EARLIER = 8
ROW, ROWS_A_BATCH = 8_000, 500
REREAD = 2_000_000
CHANGES = 3
SHARE = 0.15
"""Of the first backup; copying the database whole after each change, as it once was, took 1.05 of it."""
SLOPE = 6.0
"""Beside a store of an eighth: the look at each page grows with the store, all else does not. A whole copy would take eight times as long."""
UNCHANGED_SHARE = 0.05


def measure_backups(size: int, place: Place) -> Iterator[Result]:
    """Yields what a small change costs beside the first backup and beside a smaller store, and what a restore brings back."""
    _, earlier, _, _ = spend_on_backups(place.scratch / "earlier", max(1, size // EARLIER))
    first, changed, unchanged, whole = spend_on_backups(place.scratch / "here", size)
    yield Result("backup after one row changed", 0, changed, "s", first, "the first", allowed=SHARE)
    yield Result("one row changed", 0, changed, "s", earlier, "an eighth", allowed=SLOPE)
    yield Result("backup of an unchanged store", 0, unchanged, "s", first, "the first", allowed=UNCHANGED_SHARE)
    yield Result("restored rows", 0, whole, "of all", 1.0, better="higher")


def spend_on_backups(folder: Path, megabytes: int) -> tuple[float, float, float, float]:
    """Returns processor time of the first backup, the quickest one after a small change, and one of an unchanged store.

    The fourth value is the share of the rows that a restore brought back.
    """
    usual, limits.BACKUP_REREAD = limits.BACKUP_REREAD, REREAD
    try:
        with Store.create(folder / "store", *WORDS, cost=CHEAP).store as store:
            write_rows(store, megabytes)
            first = spend(store, folder)
            changed = []
            for n in range(CHANGES):
                with store.batch() as batch:
                    batch.execute("UPDATE bench_row SET data = ? WHERE id = ?", (bytes([n]) * ROW, 1 + n))
                    batch.note("bench changed", row=n)
                changed.append(spend(store, folder))
            unchanged = spend(store, folder)
            rows = store.read().all("SELECT id, data FROM bench_row WHERE id % 97 < 5")
    finally:
        limits.BACKUP_REREAD = usual
    restore_backup(folder / "backup", folder / "restored", *WORDS)
    with Store.open(folder / "restored", *WORDS) as store:
        found = set(store.read().all("SELECT id, data FROM bench_row WHERE id % 97 < 5"))
    return first, min(changed), unchanged, sum(row in found for row in rows) / len(rows)


def write_rows(store: Store, megabytes: int) -> None:
    """Writes rows that no backup can leave out, and that stay."""
    with store.batch() as batch:
        batch.execute("CREATE TABLE bench_row (id INTEGER PRIMARY KEY, data BLOB)")
        batch.note("bench begun")
    for _ in range(0, megabytes * 1_000_000, ROW * ROWS_A_BATCH):
        with store.batch() as batch:
            batch.executemany("INSERT INTO bench_row (data) VALUES (?)", [(os.urandom(ROW),) for _ in range(ROWS_A_BATCH)])
            batch.note("bench filled")


def spend(store: Store, folder: Path) -> float:
    """Returns the processor time of a backup."""
    before = cpu()
    make_backup(store, folder / "backup")
    return cpu() - before
