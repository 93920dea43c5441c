"""What storing costs: sealing into the vault beside plain appending, and the digest over the database's pages.

A row of the suite: `python -m bench storing`; its size is the bytes of one item. Sealing: one fsync for each batch, both ways in turn,
by the clock; the best of several rounds counts, since other work on the machine only ever adds. "put" is sealing into the vault with
its fsync, the digest at hand as an import has it: the goal is 1.3 times plain appending. "batch" is the whole batch: put, database and
head, five flushes instead of one. A virtual disk that allows only so many bytes at full speed slows whatever comes later, so each size
runs by itself. The page digest is a share of a batch's processor time.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.suite.model import Place, Result
from triage.limits import BATCH_BYTES, BATCH_ITEMS, MIB
from triage.store.batch import Batch
from triage.store.key_form import Cost
from triage.store.pages import PageDigests
from triage.store.store import Store
from triage.store.vault import VaultWriter

BYTES = 64 * MIB
RUNS = 7
PUT_TIMES, BATCH_TIMES = 1.3, 2.5
"""Of plain appending, at most."""
DIGEST_SHARE = 0.10
"""Of a batch's processor time, at most."""
_INSERT = "INSERT INTO thing (k, w) VALUES (?, ?)"
CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)


def measure_storing(size: int, place: Place) -> Iterator[Result]:
    """Yields what sealing items of `size` bytes and the digest of pages cost."""
    yield from measure_sealing(size, place.scratch)
    yield measure_digest(size, place.scratch)


def measure_sealing(size: int, folder: Path) -> Iterator[Result]:
    """Yields the rate of sealing beside plain appending."""
    vault, last = folder / "vault", None
    vault.mkdir()
    store = Store.create(folder / "store", "bench", "bench", cost=CHEAP).store
    items = [os.urandom(size) for _ in range(max(1, BYTES // size))]
    known = [hashlib.sha256(item).hexdigest() for item in items]
    times: dict[str, list[float]] = {"plain": [], "put": [], "batch": []}
    for run in range(RUNS):
        path = folder / f"plain{run}"
        times["plain"].append(measure_seconds(lambda path=path: write_plain(path, items)))  # type: ignore[misc]
        began = time.perf_counter()
        last = put(vault, last, items)
        times["put"].append(time.perf_counter() - began)
        times["batch"].append(measure_seconds(lambda: seal_items(store, items, known)))
        path.unlink()
    store.close()
    best = {way: min(took) * 1000 for way, took in times.items()}
    yield Result("put", 0, best["put"], "ms (clock)", best["plain"], "plain appending", allowed=PUT_TIMES)
    yield Result("whole batch", 0, best["batch"], "ms (clock)", best["plain"], "plain appending", allowed=BATCH_TIMES)


def split_batches(items: list[bytes]) -> Iterator[list[bytes]]:
    """Yields items in batches as large as an import's."""
    batch: list[bytes] = []
    for item in items:
        batch.append(item)
        if len(batch) == BATCH_ITEMS or sum(map(len, batch)) >= BATCH_BYTES:
            yield batch
            batch = []
    if batch:
        yield batch


def write_plain(path: Path, items: list[bytes]) -> None:
    """Writes the items in the clear, synced after each batch."""
    with path.open("ab", buffering=0) as out:
        for batch in split_batches(items):
            for item in batch:
                out.write(item)
            os.fsync(out.fileno())


def seal_items(store: Store, items: list[bytes], digests: list[str]) -> None:
    """Seals the items into a store, batch by batch."""
    at = 0
    for contents in split_batches(items):
        with store.batch() as batch:
            for item in contents:
                batch.seal(item, sha256=digests[at])
                at += 1
            batch.note("things sealed", items=len(contents))


def put(vault: Path, last: tuple[int, int] | None, items: list[bytes]) -> tuple[int, int]:
    """Into packs of their own, which no database knows of; returns the last pack and its length."""
    number = 0
    for contents in split_batches(items):
        writer = VaultWriter(vault, last)
        for item in contents:
            number += 1
            writer.seal(number, item, bytes(32))
        writer.sync()
        writer.close()
        last = max(writer.lengths.items())
    return last or (0, 0)


def measure_seconds(work: Callable[[], None]) -> float:
    """Returns how long the work takes, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


class Spent:
    """Processor time inside the methods of the page digests that every batch calls."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for name in ("digest_after_step", "seal_digest", "open_digest"):
            setattr(PageDigests, name, self._timed(getattr(PageDigests, name)))

    def _timed(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*values: Any) -> Any:
            start = time.process_time()
            try:
                return method(*values)
            finally:
                self.seconds += time.process_time() - start

        return timed


def measure_digest(size: int, folder: Path) -> Result:
    """Returns the digest's share of batches as an import makes them: 32 items, 300 rows with an index of random keys."""
    store = Store.create(folder / "digest", "first", "words", cost=CHEAP).store
    with store, store.batch() as batch:
        batch.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, k TEXT, w BLOB)")
        batch.execute("CREATE INDEX thing_k ON thing (k)")
        batch.executemany(_INSERT, make_rows(20_000))
    blob = os.urandom(min(size, 200_000))
    with Store.open(folder / "digest", "first", "words") as store:
        spent = Spent()
        start = time.process_time()
        for _ in range(40):
            with store.batch() as batch:
                fill_like_an_import(batch, blob)
        whole = time.process_time() - start
    return Result("page digest in a batch", 0, spent.seconds / whole, "of its time", DIGEST_SHARE)


def make_rows(count: int) -> list[tuple[str, bytes]]:
    """Returns random rows."""
    return [(os.urandom(8).hex(), os.urandom(300)) for _ in range(count)]


def fill_like_an_import(batch: Batch, blob: bytes) -> None:
    """Fills a batch as an import does."""
    for _ in range(32):
        batch.seal(blob, sha256="00" * 32)
    batch.executemany(_INSERT, make_rows(300))
    batch.note("thing done")
