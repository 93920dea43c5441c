"""SQL of long lists, whose digests stand in order in blocks of some hundred: one row of a table for each digest is too dear.

A block holds digests of one kind one after the other, and either one entry for all of them or an entry for each.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.model.digest_kinds import DIGEST_BYTES
from triage.store.database import Reader, Writer

WIDTHS = DIGEST_BYTES
"""Bytes of the kinds of digest that blocks hold."""
BLOCK = 16_000
"""Bytes of digests in a block: with its head it just fits a page of the database."""


@dataclass(frozen=True, slots=True)
class DigestBlock:
    """Digests in order, with the entry of each, or with one entry for all."""

    digests: bytes
    width: int
    entry_id: int | None
    entries: bytes | None

    def __len__(self) -> int:
        return len(self.digests) // self.width

    def __getitem__(self, n: int) -> bytes:
        return self.digests[n * self.width : (n + 1) * self.width]

    def __iter__(self) -> Iterator[bytes]:
        return (self[n] for n in range(len(self)))

    def find(self, value: bytes) -> Iterator[int]:
        """Yields the entries of a digest."""
        first = bisect_left(self, value)
        for n in range(first, bisect_right(self, value, first)):
            yield self.get_entry(n)

    def get_entry(self, n: int) -> int:
        """Returns the entry of the digest at place `n`."""
        if self.entries is None:
            return int(self.entry_id or 0)
        return int.from_bytes(self.entries[8 * n : 8 * n + 8], "little")


BlockRow = tuple[int, str, bytes, bytes, int | None, bytes | None]
"""(list, kind, first digest, digests, entry or None, entries or None)"""
RunRow = tuple[int, str, int, int, bytes, int | None, bytes | None]
"""(list, kind, run, part, digests, entry or None, entries or None)"""


def add_blocks(batch: Writer, rows: Iterable[BlockRow]) -> None:
    """Adds blocks to a list. They follow those that it has."""
    batch.executemany("INSERT INTO list_block (list_id, hash_kind, first, digests, entry_id, entries) VALUES (?,?,?,?,?,?)", rows)


def add_runs(batch: Writer, rows: Iterable[RunRow]) -> None:
    """Adds parts of runs of a list that is being read."""
    batch.executemany("INSERT INTO list_run VALUES (?,?,?,?,?,?,?)", rows)


def list_runs(db: Reader, list_id: int, hash_kind: str) -> list[tuple[int, int, int]]:
    """Returns (run, its first part, one more than its last part) of each run of a kind."""
    rows = db.all(
        "SELECT run, min(part), max(part) + 1 FROM list_run WHERE list_id = ? AND hash_kind = ? GROUP BY run ORDER BY run",
        (list_id, hash_kind),
    )
    return [(run, first, end) for run, first, end in rows]


def delete_run_parts(batch: Writer, list_id: int, hash_kind: str, run: int, end: int) -> None:
    """Deletes the parts of a run before `end`."""
    batch.execute(
        "DELETE FROM list_run WHERE list_id = ? AND hash_kind = ? AND run = ? AND part < ?", (list_id, hash_kind, run, end)
    )


def load_run_part(db: Reader, list_id: int, hash_kind: str, run: int, part: int) -> tuple[bytes, int | None, bytes | None]:
    """Returns (digests, entry or None, entries or None) of a part of a run."""
    row = db.first(
        "SELECT digests, entry_id, entries FROM list_run WHERE list_id = ? AND hash_kind = ? AND run = ? AND part = ?",
        (list_id, hash_kind, run, part),
    )
    if row is None:
        raise LookupError("a part of a run is missing")
    return row[0], row[1], row[2]


def delete_runs(batch: Writer, list_id: int, most: int) -> int:
    """Deletes up to `most` parts of runs of a list; returns how many went."""
    return batch.execute(
        "DELETE FROM list_run WHERE rowid IN (SELECT rowid FROM list_run WHERE list_id = ? LIMIT ?)", (list_id, most)
    )


def delete_blocks(batch: Writer, list_id: int, most: int) -> int:
    """Deletes up to `most` blocks of a list; returns how many went."""
    return batch.execute(
        "DELETE FROM list_block WHERE id IN (SELECT id FROM list_block WHERE list_id = ? LIMIT ?)", (list_id, most)
    )


def delete_all(batch: Writer, list_id: int) -> None:
    """Deletes all runs and blocks of a list in one step. A very long list is better deleted in several."""
    batch.execute("DELETE FROM list_run WHERE list_id = ?", (list_id,))
    batch.execute("DELETE FROM list_block WHERE list_id = ?", (list_id,))


def list_packed(db: Reader) -> list[int]:
    """Returns the long lists that are whole."""
    return [i for (i,) in db.all("SELECT id FROM hash_list WHERE packed AND unfinished IS NULL ORDER BY id")]


def find_last_digest(db: Reader, list_id: int, hash_kind: str) -> bytes | None:
    """Returns the greatest digest of a kind that stands in a block of the list, or None."""
    row = db.first(
        "SELECT digests FROM list_block WHERE list_id = ? AND hash_kind = ? ORDER BY first DESC, id DESC LIMIT 1",
        (list_id, hash_kind),
    )
    return None if row is None else row[0][-WIDTHS[hash_kind] :]


_BLOCK = "digests, entry_id, entries"


def iter_blocks(db: Reader, list_id: int, hash_kind: str) -> Iterator[DigestBlock]:
    """Yields the blocks of a kind in order."""
    for digests, entry_id, entries in db.each(
        f"SELECT {_BLOCK} FROM list_block WHERE list_id = ? AND hash_kind = ? ORDER BY first, id", (list_id, hash_kind)
    ):
        yield DigestBlock(digests, WIDTHS[hash_kind], entry_id, entries)


def find_digests(db: Reader, list_id: int, hash_kind: str, values: Sequence[bytes]) -> Iterator[tuple[bytes, int]]:
    """Yields (digest, entry) of those of the values that the list holds. The values are in order, each once."""
    at = 0
    while at < len(values):
        blocks = _load_blocks_at(db, list_id, hash_kind, values[at])
        if not blocks:  # less than all digests of the list
            at += 1
            continue
        last = max(block[len(block) - 1] for block in blocks)
        end = max(at + 1, bisect_left(values, last, at))  # the last digest may go on in the next block
        for value in values[at:end]:
            for block in blocks:
                for entry_id in block.find(value):
                    yield value, entry_id
        at = end


def _load_blocks_at(db: Reader, list_id: int, hash_kind: str, value: bytes) -> list[DigestBlock]:
    """Returns the block where the value would stand, and those before it that end with the same digest."""
    found: list[DigestBlock] = []
    for digests, entry_id, entries in db.all(
        f"SELECT {_BLOCK} FROM list_block WHERE list_id = ?1 AND hash_kind = ?2 AND first = ?3"
        f" UNION ALL SELECT {_BLOCK} FROM (SELECT {_BLOCK} FROM list_block WHERE list_id = ?1"
        " AND hash_kind = ?2 AND first < ?3 ORDER BY first DESC, id DESC LIMIT 1)",
        (list_id, hash_kind, value),
    ):
        found.append(DigestBlock(digests, WIDTHS[hash_kind], entry_id, entries))
    return found


def count_shared(db: Reader, one: int, other: int) -> int:
    """Returns how many different digests two long lists hold both."""
    found = 0
    for kind in WIDTHS:
        before = b""
        for block in iter_blocks(db, one, kind):
            values = [value for value in dict.fromkeys(block) if value != before]
            found += len({value for value, _ in find_digests(db, other, kind, values)})
            before = block[len(block) - 1]
    return found


# -- how far a long list was read --------------------------------------------------------------------------------------------


def load_unfinished(db: Reader, list_id: int) -> dict[str, object] | None:
    """Returns how far a long list was read, or None when it is whole or not there."""
    text = db.value("SELECT unfinished FROM hash_list WHERE id = ?", (list_id,))
    found: dict[str, object] | None = None if text is None else json.loads(text)
    return found


def save_unfinished(batch: Writer, list_id: int, how_far: dict[str, object] | None) -> None:
    """Stores how far a long list was read; None: it is whole and has effect from now on."""
    text = None if how_far is None else json.dumps(how_far)
    batch.execute("UPDATE hash_list SET packed = 1, unfinished = ? WHERE id = ?", (text, list_id))
