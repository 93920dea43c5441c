"""The bit planes of the queue in memory, as far as they were asked for, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from threading import Lock
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from triage.jobs.session import Session
from triage.jobs.state.common_words import (
    BLOCK_WORDS,
    find_reports,
    find_wrong_words,
    keep_common_words,
    pack_ids,
    rebuild_common_words,
)
from triage.jobs.state.queue_layout import (
    BLOCK,
    COPIES,
    PLANES,
    Bits,
    Ids,
    PlaneRows,
    encode_deadlines,
    encode_rows,
    find_plane_values,
    has_plane,
    is_of_deadlines,
    list_read_together,
    load_ranks,
)
from triage.store.database import Reader, Writer
from triage.store.queries import queue_planes as sql
from triage.store.queries.text_search import count_text_writes

MOST_CHANGES = 2_000
"""Changed rows that are read beside the planes. With more of them the planes are written."""
_SPARSE = 64
"""Bits are set one by one where fewer than one in so many changes; setting one takes as long as writing so many anew."""
_STORED = np.dtype("<u4")
"""Ids of pairs on the disk: a store holds fewer than four billion reports, and half the bytes are read in half the time."""

Pairs = tuple[Ids, Ids]
"""Copies and their originals, side by side."""


class QueuePlanes:
    """The planes as of one state of the store and one moment. Not for two threads at once: see `open_planes`."""

    def __init__(self) -> None:
        self._seen = 0
        self._moment = 0
        self._blocks = 1
        self._planes: dict[int, Bits | None] = {}
        """None: no report has its bit set."""
        self._late: list[PlaneRows] = []
        self._has_passed = False
        """Whether `_late` holds the deadlines that ran out. After a month they are many, and few questions need them."""
        self._copies: Pairs | None = None
        self._searches: dict[tuple[str, int], Bits] = {}

    def refresh(self, db: Reader, now: int) -> None:
        """Brings the planes up to the state that `db` sees, and to this moment."""
        self._db = db
        newest = sql.find_newest_change(db)
        if now < self._moment:  # the clock was set back: what had run out runs again
            self._planes.clear()
            self._late, self._has_passed, self._seen, self._moment, self._copies = [], False, 0, 0, None
        if newest == self._seen and (now == self._moment or not (self._has_passed and sql.has_passed(db, self._moment, now))):
            self._moment = now
            return
        written = sql.list_changed_blocks(db, self._seen) if self._seen else []
        first = self._seen == 0 or bool(written)
        self._grow(sql.find_last_report(db) // BLOCK + 1)
        for block in written:
            for plane in self._planes:
                self._put(plane, block, sql.load_block(db, plane, block))
        changed = encode_rows(sql.load_changed_rows(db, 0 if first else self._seen), self._find_ranks)
        anew = first or len(changed.ids) > 0  # a row may have been judged before this moment and committed after it
        passed = self._load_passed(0 if anew else self._moment, now)
        if first:
            self._late, self._copies = [], None
        if self._copies is not None and len(changed.ids):
            self._copies = _replace_pairs(self._copies, changed)
        for rows in (changed, passed):
            if len(rows.ids):
                self._late.append(rows)
                for plane in self._planes:
                    self._overlay(plane, rows)
        self._seen, self._moment = newest, now
        if len(self._late) > 50:
            whole = encode_rows(sql.load_changed_rows(db, 0), self._find_ranks)
            self._late = [whole, self._load_passed(0, now)]

    def _load_passed(self, since: int, now: int) -> PlaneRows:
        """Returns the deadlines that ran out in [`since`, `now`); none while no plane of deadlines was asked for."""
        return encode_deadlines(*(sql.load_passed_deadlines(self._db, since, now) if self._has_passed else ("", "")))

    def plane(self, number: int) -> Bits | None:
        """Returns a plane, or None when no report has its bit set."""
        if number not in self._planes:
            if is_of_deadlines(number) and not self._has_passed:
                self._has_passed = True
                self._late.append(self._load_passed(0, self._moment))
            missing = [plane for plane in list_read_together(number) if plane not in self._planes]
            self._planes |= dict.fromkeys(missing)
            for plane, block, bits in sql.load_planes(self._db, missing):
                self._put(plane, block, bits)
            for rows in self._late:
                for plane in missing:
                    self._overlay(plane, rows)
        return self._planes[number]

    def is_loaded(self, number: int) -> bool:
        """Returns whether a plane is in memory, so that to ask for it costs nothing."""
        return number in self._planes

    def _find_ranks(self, column: str) -> Ids:
        """Returns `load_ranks` as of the present state: rows are kept longer than the connection that read them."""
        return load_ranks(self._db, column)

    def load_rows(self, ids: Ids) -> PlaneRows:
        """Returns the rows of few reports, in the order of the ids, which ascend."""
        return encode_rows(sql.load_rows(self._db, ids.tolist(), self._moment), self._find_ranks)

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
    with lock, session.reading(shared=True) as db:  # in this order no thread's state is older than the planes
        planes.refresh(db, now)
        yield db, planes


def keep_planes(batch: Writer, now: int) -> None:
    """Advances deadlines that ran out, and writes the planes when many rows changed; in the batch that changes the queue.

    The answers for common words are kept likewise.
    """
    sql.advance_deadlines(batch, now, MOST_CHANGES)
    if sql.count_changes(batch) > MOST_CHANGES:
        write_planes(batch)
    keep_common_words(batch)


def write_planes(batch: Writer) -> None:
    """Writes all changed rows into the planes."""
    newest = sql.find_newest_change(batch)
    rows = encode_rows(sql.load_changed_rows(batch, 0), partial(load_ranks, batch))
    blocks = np.unique(rows.ids // BLOCK).tolist()
    for block in blocks:
        _write_block(batch, block, rows.select(rows.ids // BLOCK == block))
    sql.mark_packed(batch, blocks, newest)


def _write_block(batch: Writer, block: int, rows: PlaneRows) -> None:
    """Writes rows into their block of each plane."""
    for plane in range(PLANES):
        old = sql.load_block(batch, plane, block)
        if old or find_plane_values(rows, plane).any():
            new = _merge_block(old, block, plane, rows)
            if new != old:
                sql.save_block(batch, plane, block, new)
    stored = np.frombuffer(sql.load_block(batch, COPIES, block), _STORED)
    pairs = _replace_pairs((stored[::2].astype(np.int64), stored[1::2].astype(np.int64)), rows)
    sql.save_block(batch, COPIES, block, np.stack(pairs, axis=1).astype(_STORED).tobytes())


def rebuild_planes(batch: Writer, now: int) -> None:
    """Counts all rows of the queue anew, and writes all planes and all answers for common words anew."""
    sql.recount(batch)
    sql.clear_planes(batch)
    last = sql.find_last_report(batch)
    blocks = range(last // BLOCK + 1)
    for block in blocks:
        rows = sql.load_rows(batch, _list_block_ids(block, last), now)
        _write_block(batch, block, encode_rows(rows, partial(load_ranks, batch)))
    sql.mark_packed(batch, blocks, sql.note_rebuilt(batch))
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
    last = sql.find_last_report(db)
    for block in range(last // BLOCK + 1):
        rows = encode_rows(sql.load_rows(db, _list_block_ids(block, last), now), partial(load_ranks, db))
        for plane in range(PLANES):
            bits, wanted = planes.plane(plane), find_plane_values(rows, plane)
            whole = np.zeros_like(wanted) if bits is None else bits.view(np.uint8)[rows.ids >> 3] >> (rows.ids & 7) & 1
            if (whole != wanted).any():
                return True
            left[plane] -= int(wanted.sum())
        originals = [pairs.pop(i, 0) for i in rows.ids.tolist()]
        if rows.originals is None or originals != rows.originals.tolist():
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
