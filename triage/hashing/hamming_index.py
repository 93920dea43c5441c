"""Searches 256-bit hashes within a Hamming radius, exactly.

A hash is cut into chunks, and each chunk is allowed some differing bits. The chunks' allowances, plus one each, add up to 32. Two
hashes that differ in at most 31 bits can't exceed the allowance of every chunk: that alone would take 32 bits. So it is enough to
look up, chunk by chunk, every value within the allowance. Bits are counted only for what those look-ups find: some 3,000
candidates among ten million hashes.

Hashes lie in one array. Tables over runs of it are built as it grows, each run at least eight times as long as the next. The
newest hashes are scanned. So additions are found at once, and a hash is sorted into tables only a few times in its life.

Source: multi-index hashing, M. Norouzi, A. Punjani and D. Fleet, "Fast Search in Hamming Space with Multi-Index Hashing" (2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from triage import limits

HASH_BYTES = 32
_WORDS = HASH_BYTES // 8  # 64-bit words of a hash


class Chunk(NamedTuple):
    """Some neighbouring bits of a hash, and how many of them may differ in a look-up."""

    bits: int
    allowed: int


Plan = tuple[Chunk, ...]
"""The chunks of a hash, from the first bit to the last."""


@dataclass(frozen=True, slots=True)
class _SizedPlan:
    most_hashes: float
    plan: Plan


_PLANS = (
    _SizedPlan(250_000, (Chunk(16, 1),) * 16),
    _SizedPlan(3_000_000, (Chunk(20, 2),) * 6 + (Chunk(20, 1),) * 3 + (Chunk(19, 1),) * 4),
    _SizedPlan(float("inf"), (Chunk(23, 2),) * 8 + (Chunk(24, 2),) * 2 + (Chunk(24, 1),)),
)
"""Longer chunks find fewer candidates and need larger tables, so they serve longer runs."""
FEW_QUERIES_PLAN, MANY_QUERIES_PLAN = _PLANS[0].plan, _PLANS[1].plan
"""For tables that hold queries (passing_search.py)."""
_SCANNED_HASHES = 2_048  # up to so many hashes a plain scan is as fast as the look-ups
_SCAN_BLOCK = 16_384  # rows of a plain scan that stay in the processor's cache while all queries pass
_NUMBER_BLOCK = 1 << 20  # rows that are numbered at a time while tables are built
_RADIX_BITS = 16
_RUN_RATIO = 8  # a run of tables is at least so many times as long as the one behind it
_LOOK_UPS_AT_ONCE = 100_000  # enough to hide the cost of each numpy call, few enough for the cache


class Hit(NamedTuple):
    """A hash that was found: its key, and how many bits it differs in."""

    key: int
    distance: int


Hits = list[Hit]
"""Nearest first, then by key."""


class _Pairs(NamedTuple):
    """Pairs of a query (n,) and a row (n,) that may be near."""

    queries: NDArray[np.int64]
    rows: NDArray[np.int64]


class HammingIndex:
    """Finds every hash within a radius. Additions are found at once.

    Exact at every radius, fast up to limits.MATCH_RADIUS. Holds up to 2**32 hashes of about 90 bytes each, tables included. Not
    thread-safe: one thread at a time.
    """

    def __init__(self) -> None:
        self._count = 0
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._hashes: NDArray[np.uint64] = np.empty((0, _WORDS), np.uint64)
        self._runs: list[_Tables] = []

    def __len__(self) -> int:
        return self._count

    def add(self, key: int, pdq: bytes) -> None:
        """Adds a hash of 32 bytes. Raises ValueError for another length."""
        self.extend((key,), _check_length(pdq))

    def extend(self, keys: Sequence[int] | NDArray[np.int64], hashes: bytes) -> None:
        """Adds many hashes. `hashes` holds 32 bytes for each key."""
        new = np.frombuffer(hashes, np.uint64).reshape(len(keys), _WORDS)
        end = self._count + len(keys)
        if end > len(self._keys):
            _grow(end, self._keys, self._hashes)
        self._keys[self._count : end], self._hashes[self._count : end] = keys, new
        self._count = end

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> Hits:
        """Returns every hash within the radius, in bits. Raises ValueError for a query of another length."""
        return self.query_many((pdq,), radius)[0]

    def query_many(self, hashes: Iterable[bytes], radius: int = limits.MATCH_RADIUS, *, exhaustive: bool = True) -> list[Hits]:
        """Returns the hits of each query in order. Several at a time cost less than one by one.

        Beyond limits.MATCH_RADIUS every hash is compared. With `exhaustive` False only what the tables find is compared: about
        three in four of those within 52 bits, at no cost. Raises ValueError for a query that has not 32 bytes.
        """
        wanted = np.frombuffer(b"".join(map(_check_length, hashes)), np.uint64).reshape(-1, _WORDS)
        runs = self._update_runs() if radius <= limits.MATCH_RADIUS or not exhaustive else []
        together = max(1, _LOOK_UPS_AT_ONCE // max((run.look_ups for run in runs), default=1))
        found: list[Hits] = []
        for first in range(0, len(wanted), together):
            found += self._query_some(wanted[first : first + together], runs, radius)
        return found

    def _query_some(self, wanted: NDArray[np.uint64], runs: Sequence[_Tables], radius: int) -> list[Hits]:
        hits: list[set[tuple[int, int]]] = [set() for _ in wanted]
        for run in runs:
            self._add_near_pairs(hits, wanted, run.find_candidates(wanted), radius)
        scanned_from = runs[-1].end if runs else 0
        if scanned_from < self._count:
            scanned = self._hashes[scanned_from : self._count]
            for query, own in enumerate(hits):
                distances = count_differing_bits(scanned, wanted[query])
                for row in np.flatnonzero(distances <= radius):
                    own.add((int(self._keys[scanned_from + row]), int(distances[row])))
        return [_sort_hits(own) for own in hits]

    def _add_near_pairs(self, hits: list[set[tuple[int, int]]], wanted: NDArray[np.uint64], pairs: _Pairs, radius: int) -> None:
        """Adds the pairs within the radius to `hits`, after counting bits.

        A pair that several chunks found is added once.
        """
        distances = count_differing_bits(self._hashes.take(pairs.rows, axis=0), wanted.take(pairs.queries, axis=0))
        within = np.flatnonzero(distances <= radius)
        for query, row, distance in zip(pairs.queries[within], pairs.rows[within], distances[within], strict=True):
            hits[query].add((int(self._keys[row]), int(distance)))

    def _update_runs(self) -> list[_Tables]:
        """Returns the runs, after the newest hashes were sorted into one.

        Runs not much longer than the next are merged.
        """
        runs = self._runs
        start = end = runs[-1].end if runs else 0
        if self._count - end <= _SCANNED_HASHES:
            return runs
        end = self._count
        while runs and runs[-1].end - runs[-1].start < _RUN_RATIO * (end - start):
            start = runs.pop().start
        runs.append(_Tables(self._hashes, start, end))
        return runs


class ScanIndex:
    """Compares queries with every hash, of any one length. Not thread-safe."""

    def __init__(self, length: int) -> None:
        """`length` of the hashes in bytes."""
        self._length, self._words = length, -(-length // 8)
        self._count = 0
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._hashes: NDArray[np.uint64] = np.empty((0, self._words), np.uint64)

    def add(self, key: int, value: bytes) -> None:
        """Adds a hash. Raises ValueError for another length."""
        self.extend((key,), self._check_length(value))

    def extend(self, keys: Sequence[int] | NDArray[np.int64], values: bytes) -> None:
        """Adds many hashes. `values` holds as many bytes for each key as a hash has."""
        end = self._count + len(keys)
        if end > len(self._keys):
            _grow(end, self._keys, self._hashes)
        padded = np.zeros((len(keys), 8 * self._words), np.uint8)
        padded[:, : self._length] = np.frombuffer(values, np.uint8).reshape(len(keys), self._length)
        self._keys[self._count : end], self._hashes[self._count : end] = keys, padded.view(np.uint64)
        self._count = end

    def query_many(self, values: Sequence[bytes], radius: int) -> list[Hits]:
        """Returns the hits of each query within the radius, in order. Raises ValueError for a query of another length."""
        wanted = [self._pad(value) for value in values]
        found: list[list[tuple[int, int]]] = [[] for _ in wanted]
        for first in range(0, self._count, _SCAN_BLOCK):
            rows = self._hashes[first : min(first + _SCAN_BLOCK, self._count)]
            for query, own in zip(wanted, found, strict=True):
                distances = np.bitwise_count(rows ^ query).sum(axis=1, dtype=np.uint16)
                near = np.flatnonzero(distances <= radius)
                own += [(int(self._keys[first + row]), int(distances[row])) for row in near]
        return [_sort_hits(own) for own in found]

    def _pad(self, value: bytes) -> NDArray[np.uint64]:
        return np.frombuffer(self._check_length(value).ljust(8 * self._words, b"\0"), np.uint64)

    def _check_length(self, value: bytes) -> bytes:
        if len(value) != self._length:
            raise ValueError(f"these hashes have {self._length} bytes, not {len(value)}")
        return value


class _Tables:
    """Look-up tables over the rows `start` to `end`.

    For each chunk they hold the rows in order of the chunk's value, and where each value's rows begin.
    """

    def __init__(self, hashes: NDArray[np.uint64], start: int, end: int) -> None:
        self.start, self.end = start, end
        self._plan = next(sized.plan for sized in _PLANS if end - start <= sized.most_hashes)
        octets = hashes[start:end].view(np.uint8)
        count, sizes = end - start, [1 << chunk.bits for chunk in self._plan]
        self._rows = np.empty(count * len(sizes), np.uint32)
        kind = np.uint32 if len(self._rows) < 1 << 32 else np.uint64
        self._starts: NDArray[np.unsignedinteger] = np.empty(sum(sizes) + 1, kind)
        table_start = 0
        for place, size in enumerate(sizes):
            ends = self._starts[table_start + 1 : table_start + size + 1]
            _sort_chunk(octets, self._plan, place, start, self._rows[place * count : (place + 1) * count], ends)
            table_start += size
        self._starts[0] = 0

    @property
    def look_ups(self) -> int:
        """Returns how many look-ups one query takes."""
        return len(list_probes(self._plan).chunk)

    def find_candidates(self, wanted: NDArray[np.uint64]) -> _Pairs:
        """Returns each row that shares a near enough chunk with a query.

        A row that several chunks find is repeated.
        """
        probes = list_probes(self._plan)
        octets = np.ascontiguousarray(wanted).view(np.uint8)
        own = np.stack([read_chunk(octets, self._plan, place) for place in range(len(self._plan))])
        slots = ((own.take(probes.chunk, axis=0) ^ probes.flips) + probes.table_start).T.ravel()
        begin = self._starts.take(slots).astype(np.int64)
        lengths = self._starts.take(slots + 1) - begin
        filled = np.flatnonzero(lengths)
        begin, lengths = begin.take(filled), lengths.take(filled)
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths - begin, lengths)
        queries = np.repeat(filled // len(probes.chunk), lengths)
        return _Pairs(queries, self._rows.take(within).astype(np.int64))


def _sort_chunk(
    octets: NDArray[np.uint8], plan: Plan, place: int, start: int, rows: NDArray[np.uint32], ends: NDArray[np.unsignedinteger]
) -> None:
    """Sorts the rows by the value of one chunk, and writes where in the whole table each value's rows end.

    No array lives on after this: of twenty million hashes each takes 160 MB.
    """
    count = len(rows)
    values = read_chunk(octets, plan, place)
    lengths = np.bincount(values, minlength=len(ends))
    np.cumsum(lengths, out=lengths)
    lengths += place * count
    ends[:] = lengths
    if plan[place].bits <= _RADIX_BITS:  # numpy sorts numbers of 16 bits by counting: a quarter of the time
        rows[:] = values.astype(np.uint16).argsort(kind="stable")
        rows += np.uint32(start)
        return
    both = values.view(np.uint64)  # value and row in one number: numpy sorts these many times faster than by value
    both <<= np.uint64(32)
    for first in range(0, count, _NUMBER_BLOCK):
        some = both[first : first + _NUMBER_BLOCK]
        some |= np.arange(start + first, start + first + len(some), dtype=np.uint64)
    both.sort()
    rows[:] = both  # the lower half


def count_differing_bits(hashes: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.uint16]:
    """Returns the bits in which the hashes (n, 4) differ from the others, row by row."""
    bits = np.bitwise_count(hashes ^ others)
    distances: NDArray[np.uint16] = bits[:, 0].astype(np.uint16) + bits[:, 1] + bits[:, 2] + bits[:, 3]
    return distances


def read_chunk(octets: NDArray[np.uint8], plan: Plan, place: int) -> NDArray[np.int64]:
    """Returns the chunk's bits of each hash as a number.

    A chunk of up to 25 bits always lies within four bytes.
    """
    bits = plan[place].bits
    first = sum(chunk.bits for chunk in plan[:place])
    start = min(first // 8, HASH_BYTES - 4)
    values = octets[:, start].astype(np.int64)
    for byte in range(start + 1, start + 4):
        values <<= 8
        values |= octets[:, byte]
    values >>= 32 - (first - 8 * start) - bits
    values &= (1 << bits) - 1
    return values


class _Probes(NamedTuple):
    """The look-ups of a query: the chunk (n,), the bits of its value to flip (n, 1), and where its table begins (n, 1)."""

    chunk: NDArray[np.int64]
    flips: NDArray[np.int64]
    table_start: NDArray[np.int64]


@cache
def list_probes(plan: Plan) -> _Probes:
    """Returns the look-ups of a plan, in order of its chunks."""
    chunks, flips, table_starts = [], [], []
    table_start = 0
    for place, chunk in enumerate(plan):
        for flipped in range(chunk.allowed + 1):
            for chosen in combinations(range(chunk.bits), flipped):
                chunks.append(place)
                flips.append(sum(1 << bit for bit in chosen))
                table_starts.append(table_start)
        table_start += 1 << chunk.bits
    return _Probes(np.array(chunks), np.array(flips)[:, None], np.array(table_starts)[:, None])


def _grow(least: int, *arrays: NDArray[Any]) -> None:
    """Grows arrays in place.

    Beside tables of twenty million hashes there is no room for a second copy of them, and moving pages takes no time. No view of
    these arrays outlives the call it was made in.
    """
    for array in arrays:
        array.resize((max(least, len(array) + len(array) // 16, 64), *array.shape[1:]), refcheck=False)


def _sort_hits(found: Iterable[tuple[int, int]]) -> Hits:
    return list(map(Hit._make, sorted(found, key=nearest_first)))


nearest_first = itemgetter(1, 0)  # the distance, then the key; both this and Hit._make are the fastest of several ways


def _check_length(pdq: bytes) -> bytes:
    if len(pdq) != HASH_BYTES:
        raise ValueError(f"a PDQ hash has {HASH_BYTES} bytes, not {len(pdq)}")
    return pdq
