"""Sealing into the store against plain appending, one fsync a batch each: `python bench/sealing.py [SIZE] [MIB] [DIRECTORY]`.

Prints MB/s and the ratio of times. "put" is sealing into the vault with its fsync, the digest at hand as the import has it: the
goal is at most 1.3. "batch" is the whole batch: put, database and head, which are five flushes instead of one. Runs alternate;
the best of 15 counts, since other work on the machine only ever adds. With a SIZE ("2 MB") only that: a disk that allows only so
many bytes at full speed slows whatever comes later.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from triage.limits import BATCH_BYTES, BATCH_ITEMS, MIB
from triage.store.key_form import Cost
from triage.store.store import Store
from triage.store.vault import VaultWriter

SIZES = {"60 kB": 60_000, "200 kB": 200_000, "2 MB": 2_000_000, "20 MB": 20_000_000}
RUNS = 15


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


def seal_items(store: Store, items: list[bytes], digests: list[str | None]) -> None:
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


def main() -> None:
    sizes = {sys.argv[1]: SIZES[sys.argv[1]]} if len(sys.argv) > 1 else SIZES
    mib = int(sys.argv[2]) if len(sys.argv) > 2 else 128
    with tempfile.TemporaryDirectory(dir=sys.argv[3] if len(sys.argv) > 3 else None) as folder:
        vault, last = Path(folder) / "vault", None
        vault.mkdir()
        store = Store.create(Path(folder) / "store", "bench", "bench", cost=Cost(64, 1, 1)).store
        for name, size in sizes.items():
            items = [os.urandom(size) for _ in range(max(1, mib * MIB // size))]
            known: list[str | None] = [hashlib.sha256(item).hexdigest() for item in items]
            unknown: list[str | None] = [None] * len(items)
            times: dict[str, list[float]] = {"plain": [], "put": [], "batch": [], "batch, hashed too": []}
            for run in range(RUNS):
                path = Path(folder) / f"plain{run}"
                times["plain"].append(measure_seconds(lambda path=path, items=items: write_plain(path, items)))
                began = time.perf_counter()
                last = put(vault, last, items)
                times["put"].append(time.perf_counter() - began)
                times["batch"].append(measure_seconds(lambda items=items, known=known: seal_items(store, items, known)))
                times["batch, hashed too"].append(
                    measure_seconds(lambda items=items, unknown=unknown: seal_items(store, items, unknown))
                )
                path.unlink()
            base = min(times["plain"])
            rates = ", ".join(f"{way} {sum(map(len, items)) / min(t) / 1e6:.0f} MB/s" for way, t in times.items())
            ratios = ", ".join(f"{min(t) / base:.2f}" for way, t in times.items() if way != "plain")
            print(f"{len(items)} x {name}: {rates}; {ratios} times plain")
        store.close()


if __name__ == "__main__":
    main()
