"""Takes long lists in, in steps that can be interrupted: first runs of sorted digests, then all runs merged into blocks.

A step is one batch, so a list of any length takes the same memory, and a program that was killed goes on where it stopped. Until
the last step the list has no effect. Other people work in between.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.importers.lists import ListItem, ListPart
from triage.jobs.lists.entries import EntryWriter, ItemWords, pack_words
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import list_blocks, lists
from triage.store.queries.list_blocks import BLOCK, WIDTHS
from triage.store.queries.lists import ItemRow

RUN = 500_000
"""Digests of one kind that are held in memory and sorted at once."""
_RUN_BYTES = 48 * limits.MIB
"""Bytes that a run's items may take before it is written: what a list states of an item can be long."""
_ITEM_BYTES = 300  # of an item that states next to nothing
_PART = 4 * BLOCK
"""Bytes of digests in a part of a run: so much of each run is in memory while they are merged."""
_STEP = 1_000_000
"""Digests that one batch of the merging writes."""

Digests = NDArray[np.bytes_]
Entries = NDArray[np.int64]


class RunWriter:
    """Holds digests of a long list until a run of them is written. Hashes of other kinds are written as rows.

    An item is packed as it comes: as an object with its texts it takes four times as much memory.
    """

    def __init__(self, list_id: int) -> None:
        """Begins with an empty run."""
        self._list_id = list_id
        self._writer = EntryWriter(list_id)
        self._begin_run()

    def _begin_run(self) -> None:
        """Holds nothing."""
        self._words = list[ItemWords]()
        self._plain = {kind: bytearray() for kind in WIDTHS}
        self._stated = {kind: bytearray() for kind in WIDTHS}
        self._places = {kind: array("q") for kind in WIDTHS}  # of the item in _words, for each digest of _stated
        self._others = list[tuple[str, bytes, int]]()
        self._held = self._bytes = 0

    def add(self, part: ListPart) -> None:
        """Holds the entries of a part of the list."""
        for kind, digests in part.digests.items():
            self._plain[kind] += digests
        for place, item in enumerate(part.items, len(self._words)):
            words = pack_words(item)
            self._words.append(words)
            self._bytes += _ITEM_BYTES + sum(len(each) for each in words if each)
            for kind, value in item.hashes:
                self._bytes += len(value)
                if kind in WIDTHS:
                    self._stated[kind] += value
                    self._places[kind].append(place)
                else:
                    self._others.append((kind, value, place))
        self._held += part.plain + len(part.items)

    def is_full(self) -> bool:
        """Returns whether it is time to write the run."""
        return self._held >= RUN or self._bytes >= _RUN_BYTES

    def write(self, batch: Batch, run: int) -> dict[str, int]:
        """Writes what is held as the run with this number; returns the number of digests by kind."""
        items, counts = list[ItemRow](), dict[str, int]()
        self._writer.begin(batch)
        shared = self._writer.add_item(pack_words(ListItem(hashes=())), items) if any(self._plain.values()) else 0
        ids = np.fromiter((self._writer.add_item(words, items) for words in self._words), np.int64, len(self._words))
        others = sorted((kind, value, self._list_id, int(ids[place])) for kind, value, place in self._others)
        lists.add_entries(batch, items, others)
        for kind, plain in self._plain.items():
            of_plain = np.full(len(plain) // WIDTHS[kind], shared, np.int64)
            held = plain + self._stated[kind]
            if held:
                entries = np.concatenate((of_plain, ids[np.frombuffer(self._places[kind], np.int64)]))
                values, own = sort_digests(np.frombuffer(held, f"S{WIDTHS[kind]}"), entries)
                counts[kind] = len(values)
                packed = enumerate(_pack(values, own, _PART // WIDTHS[kind]))
                list_blocks.add_runs(batch, ((self._list_id, kind, run, part, *each) for part, each in packed))
        self._begin_run()
        return counts


def sort_digests(digests: Digests, entries: Entries) -> tuple[Digests, Entries]:
    """Returns the digests in order with their entries, each pair once."""
    order = np.argsort(digests, kind="stable")
    digests, entries = digests[order], entries[order]
    changed = digests[1:] != digests[:-1]
    if not changed.all():
        if entries.min() != entries.max():
            entries = entries[np.lexsort((entries, np.concatenate(([0], np.cumsum(changed)))))]
        kept = np.concatenate(([True], changed | (entries[1:] != entries[:-1])))
        digests, entries = digests[kept], entries[kept]
    return digests, entries


def _pack(digests: Digests, entries: Entries, at_once: int) -> Iterator[tuple[bytes, int | None, bytes | None]]:
    """Yields (digests, entry or None, entries or None) of blocks of so many digests."""
    for start in range(0, len(digests), at_once):
        of_block = entries[start : start + at_once]
        same = int(of_block[0]) if (of_block == of_block[0]).all() else None
        yield digests[start : start + at_once].tobytes(), same, None if same is not None else of_block.tobytes()


@dataclass(slots=True)
class _Run:
    """A run that is being merged: what of it is in memory, and the number of its next part."""

    number: int
    part: int
    parts: int
    digests: Digests
    entries: Entries

    def has_more(self) -> bool:
        """Returns whether parts are not read yet."""
        return self.part < self.parts


@dataclass(frozen=True, slots=True)
class MergeStep:
    """What a step of the merging wrote: digests taken of runs, of which some are the same, and different ones."""

    taken: int
    distinct: int


class RunMerger:
    """Merges the runs of one kind of digest into blocks, from the digest on up to which that was done before."""

    def __init__(self, db: Reader, list_id: int, kind: str) -> None:
        """Finds the runs, and where an earlier merging stopped."""
        self._list_id, self._kind, self._width = list_id, kind, WIDTHS[kind]
        self._after = list_blocks.find_last_digest(db, list_id, kind)
        empty = np.empty(0, f"S{self._width}"), np.empty(0, np.int64)
        self._runs = [_Run(*row, *empty) for row in list_blocks.list_runs(db, list_id, kind)]

    def merge_step(self, batch: Batch, tell: Callable[[int], None]) -> MergeStep | None:
        """Writes the next blocks; returns what they hold, or None when all is done.

        `tell` hears how many digests were taken since the step began. Parts of runs that are used up are deleted.
        """
        taken, count = list[tuple[Digests, Entries]](), 0
        while count < _STEP and (more := self._take_next(batch)) is not None:
            taken.append(more)
            count += len(more[0])
            tell(count)
        if not taken:
            return None
        digests, entries = (np.concatenate([each[n] for each in taken]) for n in (0, 1))
        packed = _pack(digests, entries, BLOCK // self._width)
        list_blocks.add_blocks(batch, ((self._list_id, self._kind, each[0][: self._width], *each) for each in packed))
        for run in self._runs:
            held = -(-len(run.digests) * self._width // _PART)
            list_blocks.delete_run_parts(batch, self._list_id, self._kind, run.number, run.part - held)
        return MergeStep(count, 1 + int((digests[1:] != digests[:-1]).sum()))

    def _take_next(self, db: Reader) -> tuple[Digests, Entries] | None:
        """Takes all digests up to a bound out of the runs: the next ones in order. All equal to the bound are among them."""
        self._fill(db)
        ends = [bytes(run.digests[-1:].tobytes()) for run in self._runs if run.has_more()]
        bound = min(ends) if ends else None
        taken: list[tuple[Digests, Entries]] = []
        for run in self._runs:
            while bound is not None and run.has_more() and run.digests[-1:].tobytes() <= bound:
                self._load_part(db, run)
            end = len(run.digests) if bound is None else self._count_up_to(run.digests, bound)
            if end:
                taken.append((run.digests[:end], run.entries[:end]))
                run.digests, run.entries = run.digests[end:], run.entries[end:]
        if not taken:
            return None
        digests, entries = (np.concatenate([each[n] for each in taken]) for n in (0, 1))
        return sort_digests(digests, entries)

    def _count_up_to(self, digests: Digests, bound: bytes) -> int:
        """Returns how many of the digests, which are in order, are not greater than the bound."""
        return int(np.searchsorted(digests, np.frombuffer(bound, f"S{self._width}")[0], "right"))

    def _fill(self, db: Reader) -> None:
        """Loads the next part of each run of which nothing is in memory."""
        for run in self._runs:
            while not len(run.digests) and run.has_more():
                self._load_part(db, run)

    def _load_part(self, db: Reader, run: _Run) -> None:
        """Adds the next part of a run to what is in memory, without what was merged before."""
        held, entry_id, packed = list_blocks.load_run_part(db, self._list_id, self._kind, run.number, run.part)
        run.part += 1
        digests = np.frombuffer(held, f"S{self._width}")
        entries = np.full(len(digests), entry_id, np.int64) if packed is None else np.frombuffer(packed, np.int64)
        if self._after is not None:
            begin = self._count_up_to(digests, self._after)
            digests, entries = digests[begin:], entries[begin:]
        run.digests, run.entries = np.concatenate((run.digests, digests)), np.concatenate((run.entries, entries))
