"""Searches hashes that pass by, block by block, for a set of queries that stays: exactly, with memory for the queries alone.

`HammingIndex` keeps all hashes and is asked with few. Here it is the other way round: the tables hold the queries, each under
every value that its chunks may have, and each hash that passes is looked up once in every chunk. So a store of millions of
images is searched for the images of one import in one reading, and nothing of it stays in memory. The chunks are those of
hamming_index.py, and so is the reason why nothing within limits.MATCH_RADIUS is missed.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from triage import limits
from triage.hashing.hamming_index import (
    FEW_QUERIES_PLAN,
    HASH_BYTES,
    MANY_QUERIES_PLAN,
    Hit,
    Hits,
    Plan,
    count_differing_bits,
    list_probes,
    nearest_first,
    read_chunk,
)

_FEW_QUERIES = 2_500  # up to so many find few enough candidates by short chunks, whose tables are made at once
_AT_ONCE = 1 << 15  # hashes that are looked up together: their arrays stay in the processor's cache
_PAIRS_AT_ONCE = 1 << 20  # that are compared together: screenshots of one program share chunks by the thousand
_WORDS = HASH_BYTES // 8


class PassingSearch:
    """Finds every pair of a query and a passing hash within limits.MATCH_RADIUS."""

    def __init__(self, queries: bytes) -> None:
        """`queries` are hashes of 32 bytes each."""
        self._queries = np.frombuffer(queries, np.uint64).reshape(-1, _WORDS)
        self._plan: Plan = FEW_QUERIES_PLAN if len(self._queries) <= _FEW_QUERIES else MANY_QUERIES_PLAN
        probes = list_probes(self._plan)
        octets = np.frombuffer(queries, np.uint8).reshape(-1, HASH_BYTES)
        own = np.stack([read_chunk(octets, self._plan, place) for place in range(len(self._plan))])
        slots = (own.take(probes.chunk, axis=0) ^ probes.flips) + probes.table_start
        self._bases = np.cumsum([0, *(1 << chunk.bits for chunk in self._plan)])
        counts = np.bincount(slots.ravel(), minlength=int(self._bases[-1]))
        self._starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
        slots <<= 32
        slots |= np.arange(len(self._queries))
        both = slots.ravel()
        both.sort()  # slot and query in one number: numpy sorts these many times faster than by slot
        self._rows = (both & 0xFFFF_FFFF).astype(np.int32)

    def find_near(self, keys: NDArray[np.int64], hashes: NDArray[np.uint8]) -> dict[int, Hits]:
        """Returns query -> its hits among these hashes (n, 32), the nearest first; only queries that have some."""
        found: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for first in range(0, len(keys), _AT_ONCE):
            some = np.ascontiguousarray(hashes[first : first + _AT_ONCE])
            self._find_some(keys[first : first + _AT_ONCE], some, found)
        return {query: list(map(Hit._make, sorted(hits, key=nearest_first))) for query, hits in found.items()}

    def _find_some(self, keys: NDArray[np.int64], octets: NDArray[np.uint8], found: dict[int, set[tuple[int, int]]]) -> None:
        """Adds the hits of some hashes; a pair that several chunks find is added once."""
        words = octets.view(np.uint64)
        for place, base in enumerate(self._bases[:-1]):
            slots = read_chunk(octets, self._plan, place) + base
            begin = self._starts.take(slots).astype(np.int64)
            lengths = self._starts.take(slots + 1) - begin
            filled = np.flatnonzero(lengths)
            pieces = np.cumsum(lengths.take(filled)) // _PAIRS_AT_ONCE
            for rows in np.split(filled, np.flatnonzero(np.diff(pieces)) + 1):
                if len(rows):
                    self._compare(keys, words, rows, begin.take(rows), lengths.take(rows), found)

    def _compare(
        self,
        keys: NDArray[np.int64],
        words: NDArray[np.uint64],
        rows: NDArray[np.intp],
        begin: NDArray[np.int64],
        lengths: NDArray[np.int64],
        found: dict[int, set[tuple[int, int]]],
    ) -> None:
        """Compares each of these hashes with the queries of its slot, which begin at `begin`, and adds the hits."""
        ends = np.cumsum(lengths)
        within = np.arange(ends[-1]) - np.repeat(ends - lengths - begin, lengths)
        paired, queries = np.repeat(rows, lengths), self._rows.take(within)
        distances = count_differing_bits(words.take(paired, axis=0), self._queries.take(queries, axis=0))
        for near in np.flatnonzero(distances <= limits.MATCH_RADIUS):
            found[int(queries[near])].add((int(keys[paired[near]]), int(distances[near])))
