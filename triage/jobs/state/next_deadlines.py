"""Which deadline of each report is the next one at a moment, from the planes of all its deadlines.

The planes hold the deadlines of each report by their places, in order of time. The next one is the first that has not run out.
So time changes no plane, and an answer costs the same however long nobody wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from triage.jobs.state.common_words import pack_ids
from triage.jobs.state.queue_layout import (
    BLOCK,
    COLUMNS,
    EPOCH,
    HAS_DUE,
    NONE,
    SLOTS,
    Bits,
    Ids,
    PlaneRows,
    encode_deadlines,
    encode_time,
    encode_times,
    parse_numbers,
)
from triage.store.database import Reader
from triage.store.queries import deadlines as sql

_FEW = 4_000
"""So many deadlines of one place are read from the index: that takes as long as one plane more."""


class StoredPlanes(Protocol):
    """The planes that are stored."""

    @property
    def size(self) -> int:
        """Returns how many numbers of 64 bits hold a bit for each report."""

    def plane(self, number: int) -> Bits | None:
        """Returns a plane, or None when no report has its bit set."""

    def is_loaded(self, number: int) -> bool:
        """Returns whether a plane is in memory."""


class NextDeadlines:
    """The next deadline of each report at one moment, in one state of the store."""

    def __init__(self, planes: StoredPlanes, db: Reader, now: int) -> None:
        self._planes, self._db, self._now = planes, db, now
        self._made: dict[int, Bits | None] = {}
        self._running: list[tuple[int, Bits]] | None = None
        self._more = np.zeros((0, 2), np.int64)
        """(report, next deadline) of the reports of which all places of the planes have run out."""

    def make_plane(self, number: int) -> Bits | None:
        """Returns a plane of the next deadline; None when no report has its bit set."""
        if number not in self._made:
            bit = number - HAS_DUE - 1
            found = [running for _, running in self._find_running()] if bit < 0 else list(self._find_bits(bit))
            if len(self._more):
                times = encode_times(self._more[:, 1])
                mask = np.ones(len(times), np.bool_) if bit < 0 else (times >> np.uint64(bit) & np.uint64(1)).astype(np.bool_)
                found.append(pack_ids(self._more[mask, 0], self._planes.size))
            self._made[number] = _unite(found)
        return self._made[number]

    def _find_bits(self, bit: int) -> Iterator[Bits]:
        """Yields the reports of each place whose next deadline has a bit."""
        for slot, running in self._find_running():
            if (bits := self._planes.plane(COLUMNS[f"deadline_{slot}"].first + bit)) is not None:
                yield running & bits

    def is_made(self, number: int) -> bool:
        """Returns whether a plane costs nothing, since those that it is made of are in memory."""
        if self._running is None:
            return False
        bit = number - HAS_DUE - 1
        return bit < 0 or all(self._planes.is_loaded(COLUMNS[f"deadline_{slot}"].first + bit) for slot, _ in self._running)

    def find_before(self, moment: int) -> Bits:
        """Returns the reports whose next deadline ends before a moment."""
        found = np.zeros(self._planes.size, np.uint64)
        for slot, running in self._find_running():
            found |= running & self._find_earlier(slot, moment)
        if len(self._more):
            found |= pack_ids(self._more[self._more[:, 1] < moment, 0], self._planes.size)
        return found

    def find_overdue_duties(self) -> Bits:
        """Returns the reports with a duty that is overdue: the first duty of a report always has a place."""
        found = np.zeros(self._planes.size, np.uint64)
        for slot in range(1, SLOTS + 1):
            if (lasting := self._planes.plane(COLUMNS[f"lasts_{slot}"].first)) is not None:
                found |= lasting & self._find_earlier(slot, self._now)
        if places := sql.list_places_after(self._db, SLOTS):
            found |= pack_ids(np.array(sql.list_overdue_duties(self._db, places, self._now), np.int64), self._planes.size)
        return found

    def _find_running(self) -> list[tuple[int, Bits]]:
        """Returns (place, reports whose next deadline has this place). Places that no report has reached are not read."""
        if self._running is None:
            running, over = list[tuple[int, Bits]](), None
            for slot in range(1, SLOTS + 1):
                there = self._planes.plane(COLUMNS[f"has_deadline_{slot}"].first)
                if there is not None and over is not None:
                    there = there & over
                if there is None or not there.any():
                    over = None
                    break
                over = there & self._find_earlier(slot, self._now)
                if (lasting := self._planes.plane(COLUMNS[f"lasts_{slot}"].first)) is not None:
                    over &= ~lasting
                running.append((slot, there & ~over))
            if over is not None and over.any() and (places := sql.list_places_after(self._db, SLOTS)):
                more = np.array(sql.list_next(self._db, places, self._now), np.int64).reshape(-1, 2)
                self._more = more[have_bits(over, more[:, 0])]
            self._running = running  # only now: a page may be damaged
        return self._running

    def _find_earlier(self, slot: int, moment: int) -> Bits:
        """Returns the reports whose deadline of a place ends before a moment.

        Each plane halves the reports that may lie at either side. When few are left the index has them side by side.
        """
        column, number = COLUMNS[f"deadline_{slot}"], encode_time(moment)
        equal = self._planes.plane(COLUMNS[f"has_deadline_{slot}"].first)
        found = np.zeros(self._planes.size, np.uint64)
        if equal is None:
            return found
        for bit, plane in zip(range(column.bits - 1, -1, -1), column.planes(), strict=True):
            if bit < 24 and int(np.bitwise_count(equal).sum(dtype=np.int64)) <= _FEW:
                first = (number >> bit + 1 << bit + 1) + EPOCH
                near = sql.list_between(self._db, slot, NONE if first == EPOCH else first, moment)
                return found | pack_ids(parse_numbers(near), self._planes.size)
            bits = self._planes.plane(plane)
            if number >> bit & 1:
                if bits is None:
                    return found | equal
                having = equal & bits
                found |= equal ^ having
                equal = having
            elif bits is not None:
                equal = equal ^ (equal & bits)
        return found


def _unite(sets: list[Bits]) -> Bits | None:
    """Returns what is in any of the sets; None for nothing."""
    found: Bits | None = None
    for each in sets:
        found = each if found is None else found | each
    return None if found is None or not found.any() else found


def have_bits(bits: Bits | None, ids: Ids) -> NDArray[np.bool_]:
    """Returns which of these reports are in a set."""
    if bits is None:
        return np.zeros(len(ids), np.bool_)
    found: NDArray[np.bool_] = (bits.view(np.uint8)[ids >> 3] >> (ids & 7) & 1).astype(np.bool_)
    return found


def load_changed_deadlines(db: Reader, after: int, blocks: int) -> Iterator[PlaneRows]:
    """Yields the deadlines that changed after change `after`, place by place; when none is in the planes yet, all of them."""
    if sql.are_unwritten(db):
        for block in range(blocks):
            yield from load_deadlines(db, block)
        return
    for place, rows in groupby(sql.load_changed_deadlines(db, after), lambda row: row[1]):
        if place <= SLOTS:
            numbers = np.array([(i, NONE if due is None else due, duty) for i, _, due, duty in rows], np.int64)
            yield encode_deadlines(place, *numbers.T)


def load_deadlines(db: Reader, block: int) -> Iterator[PlaneRows]:
    """Yields all deadlines of the reports of a block, place by place."""
    for place in range(1, SLOTS + 1):
        numbers = parse_numbers(sql.list_places(db, place, range(block * BLOCK, (block + 1) * BLOCK)))
        yield encode_deadlines(place, *numbers.reshape(-1, 3).T)
