"""The bit planes of the queue in memory, as far as they were asked for, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache, partial
from itertools import chain
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from triage.errors import StoreError
from triage.jobs.session import Session
from triage.jobs.state.common_words import (
    BLOCK_WORDS,
    find_reports,
    find_wrong_words,
    keep_common_words,
    pack_ids,
    rebuild_common_words,
)
from triage.jobs.state.next_deadlines import NextDeadlines, have_bits, load_changed_deadlines, load_deadlines
from triage.jobs.state.queue_layout import (
    BLOCK,
    COPIES,
    HAS_DUE,
    PLANES,
    Bits,
    Ids,
    Numbers,
    PlaneRows,
    encode_next,
    encode_rows,
    find_plane_values,
    has_plane,
    list_read_together,
    load_ranks,
)
from triage.store.database import Reader, Writer
from triage.store.queries import deadlines, kept_counts
from triage.store.queries import queue_planes as sql
from triage.store.queries.text_search import count_text_writes

MOST_CHANGES = 2_000
"""Changed rows that are read beside the planes. With more of them the planes are written."""
MOST_OF_DEADLINES = 4 * MOST_CHANGES
"""The same of changed deadlines, of which a report has some."""
_CHECKED_AT_ONCE = 8_000
"""Rows that a check compares with the planes together: those of a whole block take 250 MB."""
_SPARSE = 64
"""Bits are set one by one where fewer than one in so many changes; setting one takes as long as writing so many anew."""
_STORED = np.dtype("<u4")
"""Ids of pairs on the disk: a store holds fewer than four billion reports, and half the bytes are read in half the time."""

Pairs = tuple[Ids, Ids]
"""Copies and their originals, side by side."""


class QueuePlanes:
    """The planes as of one state of the store and one moment. Not for two threads at once: see `open_planes`."""

    def __init__(self) -> None:
        self._seen = (0, 0)
        self._moment = 0
        self._blocks = 1
        self._planes: dict[int, Bits | None] = {}
        """None: no report has its bit set."""
        self._late: list[PlaneRows] = []
        self._next: NextDeadlines | None = None
        self._copies: Pairs | None = None
        self._searches: dict[tuple[str, int], Bits] = {}

    def refresh(self, db: Reader, now: int) -> None:
        """Brings the planes up to the state that `db` sees, and to this moment."""
        self._db = db
        newest = sql.find_newest_change(db), deadlines.find_newest_change(db)
        if newest != self._seen or now != self._moment:
            self._next = None
        self._moment = now
        if newest == self._seen:
            return
        written = sql.list_changed_blocks(db, self._seen[0]) if self._seen[0] else []
        first = not any(self._seen) or bool(written)
        self._grow(sql.find_last_report(db) // BLOCK + 1)
        for block in written:
            for plane in self._planes:
                self._put(plane, block, sql.load_block(db, plane, block))
        changed = self._load_changes((0, 0) if first else self._seen)
        if first:
            self._late, self._copies = [], None
        for rows in changed:
            if self._copies is not None:
                self._copies = _replace_pairs(self._copies, rows)
            self._late.append(rows)
            for plane in self._planes:
                self._overlay(plane, rows)
        self._seen = newest
        if len(self._late) > 50:
            self._late = self._load_changes((0, 0))

    def _load_changes(self, after: tuple[int, int]) -> list[PlaneRows]:
        """Returns the rows that changed after these changes, and the deadlines."""
        changed = encode_rows(sql.load_changed_rows(self._db, after[0]), self._find_ranks)
        return [rows for rows in (changed, *load_changed_deadlines(self._db, after[1], self._blocks)) if len(rows.ids)]

    def plane(self, number: int) -> Bits | None:
        """Returns a plane, or None when no report has its bit set."""
        if number >= HAS_DUE:
            return self.next_deadlines.make_plane(number)
        if number not in self._planes:
            missing = [plane for plane in list_read_together(number) if plane not in self._planes]
            self._planes |= dict.fromkeys(missing)
            try:
                self._load(missing)
            except BaseException:
                for plane in missing:  # a page was damaged: what was not read is not empty
                    del self._planes[plane]
                raise
        return self._planes[number]

    def _load(self, planes: Sequence[int]) -> None:
        """Reads planes that are empty until now."""
        for plane, block, bits in sql.load_planes(self._db, planes):
            self._put(plane, block, bits)
        for rows in self._late:
            for plane in planes:
                self._overlay(plane, rows)

    @property
    def are_new(self) -> bool:
        """Whether nothing was read yet."""
        return not any(self._seen)

    @property
    def next_deadlines(self) -> NextDeadlines:
        """The next deadlines as of the present moment."""
        if self._next is None:
            self._next = NextDeadlines(self, self._db, self._moment)
        return self._next

    def is_loaded(self, number: int) -> bool:
        """Returns whether a plane is in memory, so that to ask for it costs nothing."""
        return self.next_deadlines.is_made(number) if number >= HAS_DUE else number in self._planes

    def _find_ranks(self, column: str) -> Ids:
        """Returns `load_ranks` as of the present state: rows are kept longer than the connection that read them."""
        return load_ranks(self._db, column)

    def load_rows(self, ids: Ids) -> PlaneRows:
        """Returns the rows of few reports, in the order of the ids, which ascend."""
        rows = sql.load_rows(self._db, ids.tolist())
        found = [row[0] for row in rows]

        @cache
        def load_next() -> dict[str, Numbers]:
            """Returns the columns of the next deadlines, which lie in rows of their own."""
            return encode_next(deadlines.load_next(self._db, found, self._moment), np.array(found, dtype=np.int64))

        return encode_rows(rows, self._find_ranks, {"has_due": lambda: load_next()["has_due"], "due": lambda: load_next()["due"]})

    @property
    def size(self) -> int:
        """Returns how many numbers of 64 bits hold a bit for each report."""
        return self._blocks * BLOCK_WORDS

    def empty(self) -> Bits:
        """Returns bits for all reports, none of them set."""
        return np.zeros(self.size, np.uint64)

    def copies(self) -> Pairs:
        """Returns the reports that duplicate another one, and those others."""
        if self._copies is None:
            stored = np.frombuffer(b"".join(pairs for _, _, pairs in sql.load_planes(self._db, [COPIES])), _STORED)
            pairs = stored[::2].astype(np.int64), stored[1::2].astype(np.int64)
            for rows in self._late:
                pairs = _replace_pairs(pairs, rows)
            self._copies = pairs
        return self._copies

    def search(self, words: str) -> Bits:
        """Returns the reports whose texts hold the words. The last searches are kept while no text is written."""
        key = words, count_text_writes(self._db)
        if key not in self._searches:
            for old in list(self._searches)[:-3]:
                del self._searches[old]
            self._searches[key] = find_reports(self._db, words, self.size)
        return self._searches[key]

    def _grow(self, blocks: int) -> None:
        """Makes room for more reports."""
        if blocks > self._blocks:
            self._searches.clear()
            more = (blocks - self._blocks) * BLOCK_WORDS
            self._planes = {n: None if bits is None else np.pad(bits, (0, more)) for n, bits in self._planes.items()}
            self._blocks = blocks

    def _put(self, plane: int, block: int, data: bytes) -> None:
        """Puts the stored bits of a block into a plane."""
        bits = self._planes[plane]
        if bits is None:
            if not data:
                return
            bits = self._planes[plane] = self.empty()
        whole = bits[block * BLOCK_WORDS : (block + 1) * BLOCK_WORDS].view(np.uint8)
        whole[: len(data)] = np.frombuffer(data, np.uint8)
        whole[len(data) :] = 0

    def _overlay(self, plane: int, rows: PlaneRows) -> None:
        """Replaces the bits of some rows in a plane."""
        if not has_plane(rows, plane):
            return
        values, bits = find_plane_values(rows, plane), self._planes[plane]
        if bits is None:
            if not values.any():
                return
            bits = self._planes[plane] = self.empty()
        _set_bits(bits.view(np.uint8), rows.ids, values)


def _write_after_migration(session: Session) -> None:
    """Writes the planes of deadlines in a store of an older schema. While nobody can, they are read from the rows."""
    store = session.store
    if store.read_only or store.problems or not deadlines.are_unwritten(store.read()):
        return
    with suppress(StoreError), store.batch(wait=0) as batch:
        write_planes(batch)


def make_bits(planes: QueuePlanes, ids: Ids) -> Bits:
    """Returns the set of these ids; those beyond the last report of the queue are left out."""
    return pack_ids(ids, planes.size)


def read_now() -> int:
    """Returns the present second since 1970."""
    return int(datetime.now(UTC).timestamp())


_CACHES: WeakKeyDictionary[Session, tuple[Lock, QueuePlanes]] = WeakKeyDictionary()
_GUARD = Lock()


@contextmanager
def open_planes(session: Session, now: int) -> Iterator[tuple[Reader, QueuePlanes]]:
    """Yields a connection that sees one state of the store, and the queue's planes as of that state and moment.

    Threads take turns on one connection, so that the pages of the queue are in memory once.
    """
    with _GUARD:
        lock, planes = _CACHES.setdefault(session, (Lock(), QueuePlanes()))
    if planes.are_new:
        _write_after_migration(session)
    with lock, session.reading(shared=True) as db:  # in this order no thread's state is older than the planes
        planes.refresh(db, now)
        yield db, planes


def keep_planes(batch: Writer) -> None:
    """Writes the planes when many rows or deadlines changed; in the batch that changes the queue.

    The answers for common words are kept likewise.
    """
    if sql.count_changes(batch) > MOST_CHANGES or deadlines.count_changes(batch) > MOST_OF_DEADLINES:
        write_planes(batch)
    keep_common_words(batch)


def write_planes(batch: Writer) -> None:
    """Writes all changed rows and deadlines into the planes."""
    unwritten = deadlines.are_unwritten(batch)
    newest = sql.note_written(batch)
    last, before = sql.find_last_report(batch) // BLOCK, sql.count_blocks(batch)
    changed = [encode_rows(sql.load_changed_rows(batch, 0), partial(load_ranks, batch))]
    changed += [] if unwritten else load_changed_deadlines(batch, 0, last + 1)
    of_rows = {block for rows in changed for block in np.unique(rows.ids // BLOCK).tolist()}
    blocks = sorted(of_rows | set(range(last + 1))) if unwritten else sorted(of_rows)
    for block in blocks:
        inside = [rows.select(rows.ids // BLOCK == block) for rows in changed]
        _write_block(batch, block, [*inside, *(load_deadlines(batch, block) if unwritten else ())])
    sql.mark_packed(batch, blocks, newest)
    if unwritten or _have_grown(before, last + 1):
        sql.order_planes(batch)


def _have_grown(before: int, now: int) -> bool:
    """Returns whether the number of blocks has reached 2, 3 ... 8, 10, 12, 15 and so on, always a quarter more.

    New blocks lie here and there on the disk. To lay all planes side by side takes 1.4 seconds at two million reports, so that a
    store that grows to them spends seven seconds on it.
    """
    step = 2
    while step <= before:
        step += max(1, step // 4)
    return step <= now


def _write_block(batch: Writer, block: int, changed: Sequence[PlaneRows]) -> None:
    """Writes rows into their block of each plane."""
    for plane in range(PLANES):
        old = sql.load_block(batch, plane, block)
        new = old
        for rows in changed:
            if has_plane(rows, plane) and (new or find_plane_values(rows, plane).any()):
                new = _merge_block(new, block, plane, rows)
        if new != old:
            sql.save_block(batch, plane, block, new)
    stored = np.frombuffer(sql.load_block(batch, COPIES, block), _STORED)
    pairs = stored[::2].astype(np.int64), stored[1::2].astype(np.int64)
    for rows in changed:
        pairs = _replace_pairs(pairs, rows)
    sql.save_block(batch, COPIES, block, np.stack(pairs, axis=1).astype(_STORED).tobytes())


def rebuild_planes(batch: Writer) -> None:
    """Counts all rows of the queue anew, and writes all planes and all answers for common words anew."""
    last = sql.find_last_report(batch)
    blocks = range(last // BLOCK + 1)
    for block in blocks:
        deadlines.save_deadlines(batch, deadlines.list_wrong_places(batch, _list_block_ids(block, last)))
    kept_counts.recount(batch)
    sql.clear_planes(batch)
    for block in blocks:
        rows = encode_rows(sql.load_rows(batch, _list_block_ids(block, last)), partial(load_ranks, batch))
        _write_block(batch, block, [rows, *load_deadlines(batch, block)])
    sql.mark_packed(batch, blocks, sql.note_written(batch))
    sql.order_planes(batch)
    rebuild_common_words(batch)


def _list_block_ids(block: int, last: int) -> range:
    """Returns the ids that a block holds, up to the last report: to ask for those of a whole block takes 30 ms."""
    return range(block * BLOCK, min((block + 1) * BLOCK, last + 1))


def find_wrong_planes(db: Reader, now: int) -> bool:
    """Returns whether the planes, or the answers for common words, differ from the rows of the queue and the index of texts."""
    planes = QueuePlanes()
    planes.refresh(db, now)
    pairs: dict[int, int] = dict(zip(*(ids.tolist() for ids in planes.copies()), strict=True))
    left = [_count(planes.plane(plane)) for plane in range(PLANES)]  # nothing may be left of a report that is gone
    last, find_ranks = sql.find_last_report(db), partial(load_ranks, db)
    for block in range(last // BLOCK + 1):
        ids = _list_block_ids(block, last)
        parts = (ids[at : at + _CHECKED_AT_ONCE] for at in range(0, len(ids), _CHECKED_AT_ONCE))
        of_rows = (encode_rows(sql.load_rows(db, part), find_ranks) for part in parts)
        for each in chain(of_rows, load_deadlines(db, block)):
            for plane in range(PLANES):
                if has_plane(each, plane):
                    wanted = find_plane_values(each, plane)
                    if (have_bits(planes.plane(plane), each.ids) != wanted).any():
                        return True
                    left[plane] -= int(wanted.sum())
            if each.originals is not None and [pairs.pop(i, 0) for i in each.ids.tolist()] != each.originals.tolist():
                return True
        if deadlines.list_wrong_places(db, ids):
            return True
    return any(left) or bool(pairs) or find_wrong_words(db)


def _count(bits: Bits | None) -> int:
    """Returns how many bits are set."""
    return 0 if bits is None else int(np.bitwise_count(bits).sum(dtype=np.int64))


def _merge_block(old: bytes, block: int, plane: int, rows: PlaneRows) -> bytes:
    """Returns the bits of a block with those of some rows replaced."""
    at = rows.ids - block * BLOCK
    whole = np.zeros(max(len(old), (int(at.max(initial=-1)) >> 3) + 1), np.uint8)  # a small store fills little of a block
    whole[: len(old)] = np.frombuffer(old, np.uint8)
    _set_bits(whole, at, find_plane_values(rows, plane))
    return whole.tobytes().rstrip(b"\0")


def _set_bits(whole: NDArray[np.uint8], at: Ids, values: NDArray[np.bool_]) -> None:
    """Sets the bits of these reports, of which none is named twice, to the values."""
    if len(at) * _SPARSE < len(whole) * 8:
        masks = (1 << (at & 7)).astype(np.uint8)
        np.bitwise_and.at(whole, at >> 3, ~masks)
        np.bitwise_or.at(whole, at[values] >> 3, masks[values])
        return
    named, wanted = np.zeros(len(whole) * 8, np.bool_), np.zeros(len(whole) * 8, np.bool_)
    named[at] = True
    wanted[at] = values
    whole &= ~np.packbits(named, bitorder="little")
    whole |= np.packbits(wanted, bitorder="little")


def _replace_pairs(pairs: Pairs, rows: PlaneRows) -> Pairs:
    """Returns the pairs of copies and originals with those of some rows replaced."""
    if rows.originals is None:
        return pairs
    copies, originals = pairs
    changed = np.zeros(1 + max(copies.max(initial=0), rows.ids.max(initial=0)), np.bool_)
    changed[rows.ids] = True
    kept, new = ~changed[copies], rows.originals != 0
    return np.concatenate([copies[kept], rows.ids[new]]), np.concatenate([originals[kept], rows.originals[new]])
