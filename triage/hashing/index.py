"""Exact search of 256-bit hashes within a Hamming radius.

A hash is cut into chunks, each with some bits of slack, so that slack + 1 adds up to 32. Two hashes that differ in at most 31
bits can't exceed the slack of every chunk: that alone would take 32 bits. So it is enough to look up, chunk by chunk, every
value within the slack, and to count bits for what those look-ups find: some 3,000 candidates among ten million hashes.

Hashes lie in one array. Tables over runs of it are built as it grows, each run at least eight times as long as the next;
what came last is scanned. So additions are seen at once, and a hash is sorted into tables only a few times in its life.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage import limits

HASH_BYTES = 32
_WORDS = HASH_BYTES // 8
Plan = tuple[tuple[int, int], ...]
"""(bits, how many of them may differ) of each chunk, from the first bit to the last."""
_PLANS: tuple[tuple[float, Plan], ...] = (
    (250_000, ((16, 1),) * 16),
    (3_000_000, ((20, 2),) * 6 + ((20, 1),) * 3 + ((19, 1),) * 4),
    (float("inf"), ((23, 2),) * 8 + ((24, 2),) * 2 + ((24, 1),)),
)
"""Longer chunks find fewer candidates and need larger tables. Each plan serves runs up to so many hashes."""
_SCANNED = 2_048
"""Up to so many hashes a plain scan is as fast as the look-ups."""
_SCANNED_AT_ONCE = 16_384
"""Rows of a plain scan that stay in the processor's cache while all questions pass."""
_NUMBERED = 1 << 20
"""Rows that are numbered at a time while tables are built."""
_STEP = 8
"""A run of tables is at least so many times as long as the one behind it."""
_AT_ONCE = 100_000
"""Look-ups that go through the tables together: enough to hide the cost of each numpy call, few enough for the cache."""

Hits = list[tuple[int, int]]
Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Which question, and which row answers it."""


class SlowIndex:
    """Compares with every hash. The reference that `HammingIndex` is tested against."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, key: int, pdq: bytes) -> None:
        self._entries.append((key, int.from_bytes(_checked(pdq))))

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> Hits:
        wanted = int.from_bytes(_checked(pdq))
        near = ((key, (wanted ^ value).bit_count()) for key, value in self._entries)
        return sorted((hit for hit in near if hit[1] <= radius), key=_nearest_first)


class HammingIndex:
    """Every (key, distance) within the radius, nearest first, then by key. Additions are visible at once.

    Exact at every radius; fast up to limits.MATCH_RADIUS. Up to 2**32 hashes of about 90 bytes each, tables included. One
    thread at a time.
    """

    def __init__(self) -> None:
        self._count = 0
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._hashes: NDArray[np.uint64] = np.empty((0, _WORDS), np.uint64)
        self._runs: list[_Tables] = []

    def __len__(self) -> int:
        return self._count

    def add(self, key: int, pdq: bytes) -> None:
        self.extend((key,), _checked(pdq))

    def extend(self, keys: Sequence[int] | NDArray[np.int64], hashes: bytes) -> None:
        """Many at once: `hashes` is 32 bytes for each key."""
        new = np.frombuffer(hashes, np.uint64).reshape(len(keys), _WORDS)
        end = self._count + len(keys)
        if end > len(self._keys):
            _grow(end, self._keys, self._hashes)
        self._keys[self._count : end], self._hashes[self._count : end] = keys, new
        self._count = end

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> Hits:
        return self.query_many((pdq,), radius)[0]

    def query_many(self, hashes: Iterable[bytes], radius: int = limits.MATCH_RADIUS, *, exhaustive: bool = True) -> list[Hits]:
        """The answers to each, in order. Several at a time cost less than one by one. Beyond limits.MATCH_RADIUS every hash is
        compared, or, not `exhaustive`, only what the tables find: about three in four of those within 52 bits, at no cost."""
        wanted = np.frombuffer(b"".join(map(_checked, hashes)), np.uint64).reshape(-1, _WORDS)
        runs = self._up_to_date() if radius <= limits.MATCH_RADIUS or not exhaustive else []
        together = max(1, _AT_ONCE // max((run.look_ups for run in runs), default=1))
        found: list[Hits] = []
        for first in range(0, len(wanted), together):
            found += self._some(wanted[first : first + together], runs, radius)
        return found

    def _some(self, wanted: NDArray[np.uint64], runs: Sequence[_Tables], radius: int) -> list[Hits]:
        hits: list[set[tuple[int, int]]] = [set() for _ in wanted]
        for run in runs:
            self._note(hits, wanted, run.candidates(wanted), radius)
        scanned_from = runs[-1].end if runs else 0
        if scanned_from < self._count:
            scanned = self._hashes[scanned_from : self._count]
            for question, own in enumerate(hits):
                distances = _distances(scanned, wanted[question])
                for row in np.flatnonzero(distances <= radius):
                    own.add((int(self._keys[scanned_from + row]), int(distances[row])))
        return [sorted(own, key=_nearest_first) for own in hits]

    def _note(self, hits: list[set[tuple[int, int]]], wanted: NDArray[np.uint64], pairs: Pairs, radius: int) -> None:
        """Counts bits. What several chunks found is one in the set."""
        asked, rows = pairs
        distances = _distances(self._hashes.take(rows, axis=0), wanted.take(asked, axis=0))
        within = np.flatnonzero(distances <= radius)
        for question, row, distance in zip(asked[within], rows[within], distances[within], strict=True):
            hits[question].add((int(self._keys[row]), int(distance)))

    def _up_to_date(self) -> list[_Tables]:
        """The runs, after what was added since grew into one; a run not much longer than the next is made one with it."""
        runs = self._runs
        start = end = runs[-1].end if runs else 0
        if self._count - end <= _SCANNED:
            return runs
        end = self._count
        while runs and runs[-1].end - runs[-1].start < _STEP * (end - start):
            start = runs.pop().start
        runs.append(_Tables(self._hashes, start, end))
        return runs


class Scan:
    """Hashes of any one length that are compared with every question: (key, distance) within a radius, nearest first."""

    def __init__(self, length: int) -> None:
        self._length, self._words = length, -(-length // 8)
        self._count = 0
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._hashes: NDArray[np.uint64] = np.empty((0, self._words), np.uint64)

    def add(self, key: int, value: bytes) -> None:
        if self._count == len(self._keys):
            _grow(self._count + 1, self._keys, self._hashes)
        self._keys[self._count], self._hashes[self._count] = key, self._padded(value)
        self._count += 1

    def query_many(self, values: Sequence[bytes], radius: int) -> list[Hits]:
        wanted = [self._padded(value) for value in values]
        found: list[Hits] = [[] for _ in wanted]
        for first in range(0, self._count, _SCANNED_AT_ONCE):
            rows = self._hashes[first : min(first + _SCANNED_AT_ONCE, self._count)]
            for question, own in zip(wanted, found, strict=True):
                distances = np.bitwise_count(rows ^ question).sum(axis=1, dtype=np.uint16)
                near = np.flatnonzero(distances <= radius)
                own += [(int(self._keys[first + row]), int(distances[row])) for row in near]
        return [sorted(own, key=_nearest_first) for own in found]

    def _padded(self, value: bytes) -> NDArray[np.uint64]:
        if len(value) != self._length:
            raise ValueError(f"these hashes have {self._length} bytes, not {len(value)}")
        return np.frombuffer(value.ljust(8 * self._words, b"\0"), np.uint64)


class _Tables:
    """Over rows `start` to `end`: for each chunk the rows in order of the chunk's value, and where each value's rows begin."""

    def __init__(self, hashes: NDArray[np.uint64], start: int, end: int) -> None:
        self.start, self.end = start, end
        self._plan = next(plan for most, plan in _PLANS if end - start <= most)
        octets = hashes[start:end].view(np.uint8)
        count, sizes = end - start, [1 << bits for bits, _ in self._plan]
        self._rows = np.empty(count * len(sizes), np.uint32)
        kind = np.uint32 if len(self._rows) < 1 << 32 else np.uint64
        self._starts: NDArray[np.unsignedinteger] = np.empty(sum(sizes) + 1, kind)
        place_of_first = 0
        for place, size in enumerate(sizes):
            ends = self._starts[place_of_first + 1 : place_of_first + size + 1]
            _sort(octets, self._plan, place, start, self._rows[place * count : (place + 1) * count], ends)
            place_of_first += size
        self._starts[0] = 0

    @property
    def look_ups(self) -> int:
        """For one question."""
        return len(_probes(self._plan)[0])

    def candidates(self, wanted: NDArray[np.uint64]) -> Pairs:
        """Each row that shares a near enough chunk with a question; more than once, when several chunks find it."""
        chunk, flips, base = _probes(self._plan)
        octets = np.ascontiguousarray(wanted).view(np.uint8)
        own = np.stack([_chunk_values(octets, self._plan, place) for place in range(len(self._plan))])
        slots = ((own.take(chunk, axis=0) ^ flips) + base).T.ravel()
        begin = self._starts.take(slots).astype(np.int64)
        lengths = self._starts.take(slots + 1) - begin
        filled = np.flatnonzero(lengths)
        begin, lengths = begin.take(filled), lengths.take(filled)
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths - begin, lengths)
        asked = np.repeat(filled // len(chunk), lengths)
        return asked, self._rows.take(within).astype(np.int64)


def _sort(
    octets: NDArray[np.uint8], plan: Plan, place: int, start: int, rows: NDArray[np.uint32], ends: NDArray[np.unsignedinteger]
) -> None:
    """Of one chunk: rows in order of its value, and where in the whole table each value's rows end. Nothing of it lives on: of
    twenty million hashes each array here takes 160 MB."""
    count = len(rows)
    values = _chunk_values(octets, plan, place)
    lengths = np.bincount(values, minlength=len(ends))
    np.cumsum(lengths, out=lengths)
    lengths += place * count
    ends[:] = lengths
    both = values.view(np.uint64)  # value and row in one number: numpy sorts these many times faster than by value
    both <<= np.uint64(32)
    for first in range(0, count, _NUMBERED):
        some = both[first : first + _NUMBERED]
        some |= np.arange(start + first, start + first + len(some), dtype=np.uint64)
    both.sort()
    rows[:] = both  # the lower half


def _distances(hashes: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint16]:
    bits = np.bitwise_count(hashes ^ others)
    distances: NDArray[np.uint16] = bits[:, 0].astype(np.uint16) + bits[:, 1] + bits[:, 2] + bits[:, 3]
    return distances


def _chunk_values(octets: NDArray[np.uint8], plan: Plan, place: int) -> NDArray[np.int64]:
    """The chunk's bits of each hash as a number. A chunk of up to 25 bits always lies within four bytes."""
    bits = plan[place][0]
    first = sum(width for width, _ in plan[:place])
    start = min(first // 8, HASH_BYTES - 4)
    values = octets[:, start].astype(np.int64)
    for byte in range(start + 1, start + 4):
        values <<= 8
        values |= octets[:, byte]
    values >>= 32 - (first - 8 * start) - bits
    values &= (1 << bits) - 1
    return values


@cache
def _probes(plan: Plan) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For every look-up: its chunk, and as columns the bits to flip in the chunk's value and where the chunk's table begins."""
    chunk, flips, base = [], [], []
    begin = 0
    for place, (bits, radius) in enumerate(plan):
        for flipped in range(radius + 1):
            for chosen in combinations(range(bits), flipped):
                chunk.append(place)
                flips.append(sum(1 << bit for bit in chosen))
                base.append(begin)
        begin += 1 << bits
    return np.array(chunk), np.array(flips)[:, None], np.array(base)[:, None]


def _grow(least: int, *arrays: NDArray[Any]) -> None:
    """In place: beside tables of twenty million hashes there is no room for a second copy of them, and moving pages takes no
    time. No view of these arrays outlives the call it was made in."""
    for array in arrays:
        array.resize((max(least, len(array) + len(array) // 16, 64), *array.shape[1:]), refcheck=False)


def _nearest_first(hit: tuple[int, int]) -> tuple[int, int]:
    return hit[1], hit[0]


def _checked(pdq: bytes) -> bytes:
    if len(pdq) != HASH_BYTES:
        raise ValueError(f"a PDQ hash has {HASH_BYTES} bytes, not {len(pdq)}")
    return pdq
