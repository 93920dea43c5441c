"""What the digest over the database's pages costs: `python bench/pages.py [BATCHES]`.

Prints the share of a batch's processor time that goes into it, for batches as an import makes them (32 media of 60 kB and 300
rows with an index of random keys, in a table of 100,000) and for batches of one entry; and the time to add up all pages, as
`triage check` does. Shares of processor time in one process do not depend on what else the machine does.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from triage.store.batch import Batch
from triage.store.key_form import Cost
from triage.store.pages import PageDigests
from triage.store.store import Store

_INSERT = "INSERT INTO thing (k, w) VALUES (?, ?)"
_BLOB = os.urandom(60_000)


def make_rows(count: int) -> list[tuple[str, bytes]]:
    """Returns random rows."""
    return [(os.urandom(8).hex(), os.urandom(300)) for _ in range(count)]


def fill_like_an_import(batch: Batch) -> None:
    """Fills a batch as an import does: 32 sealed blobs, 300 rows, one entry of the audit log."""
    for _ in range(32):
        batch.seal(_BLOB, sha256="00" * 32)
    batch.executemany(_INSERT, make_rows(300))
    batch.note("thing done")


def fill_with_one_entry(batch: Batch) -> None:
    """Fills a batch with one entry of the audit log."""
    batch.note("thing done")


class Spent:
    """Processor time inside the methods of Pages that every batch calls."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for name in ("after_step", "sealed", "opened"):
            setattr(PageDigests, name, self._timed(getattr(PageDigests, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*values: Any) -> Any:
            start = time.process_time()
            try:
                return method(*values)
            finally:
                self.seconds += time.process_time() - start

        return timed


def main() -> None:
    count, spent = int(sys.argv[1]) if len(sys.argv) > 1 else 100, Spent()
    with tempfile.TemporaryDirectory() as folder:
        store = Store.create(Path(folder) / "store", "first", "words", cost=Cost(64, 1, 1)).store
        with store, store.batch() as batch:
            batch.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, k TEXT, w BLOB)")
            batch.execute("CREATE INDEX thing_k ON thing (k)")
            batch.executemany(_INSERT, make_rows(100_000))
        store = Store.open(Path(folder) / "store", "first", "words")
        with store:
            for work in (fill_like_an_import, fill_with_one_entry):
                spent.seconds, start = 0.0, time.process_time()
                for _ in range(count):
                    with store.batch() as batch:
                        work(batch)
                whole = time.process_time() - start
                each = whole / count * 1000
                print(f"{work.__name__}: {each:.2f} ms of processor time a batch, {spent.seconds / whole:.1%} for the digest")
            with store.locked():
                pages, start = store.read().value("PRAGMA page_count"), time.process_time()
                store._heads.pages.digest_all(store._database.writer)
                took = time.process_time() - start
            print(f"all {pages} pages: {took * 1000:.0f} ms, {took / pages * 1e6:.1f} us a page")


if __name__ == "__main__":
    main()
