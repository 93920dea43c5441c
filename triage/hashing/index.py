"""Exact search of 256-bit hashes within a Hamming radius.

A hash is cut into 13 chunks. Two hashes that differ in at most 31 bits differ in at most 2 bits in one of six chunks or in at
most 1 bit in one of the other seven: otherwise they would differ in 6 x 3 + 7 x 2 = 32. So it is enough to look up every
chunk value that near, and to count bits for what those look-ups find (about 1,400 candidates in a million).
"""

from __future__ import annotations

from array import array
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from triage import limits

HASH_BYTES = 32
_WORDS = HASH_BYTES // 8
_CHUNKS = ((20, 2),) * 6 + ((20, 1),) * 3 + ((19, 1),) * 4
"""(bits, how many of them may differ) from the first bit to the last."""
_SCANNED = 16_384
"""Up to so many hashes a plain scan is as fast as the look-ups."""
_TAIL_SHARE = 16
"""New hashes are scanned until they are 1/16 of the others; then the look-up tables are made anew."""

Hits = list[tuple[int, int]]


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

    Exact at every radius; fast up to limits.MATCH_RADIUS. Takes about 90 bytes a hash and 44 MB once it outgrows scanning.
    One thread at a time.
    """

    def __init__(self) -> None:
        self._keys = array("q")
        self._hashes = bytearray()
        self._tables: _Tables | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: int, pdq: bytes) -> None:
        self._keys.append(key)
        self._hashes += _checked(pdq)

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> Hits:
        wanted = np.frombuffer(_checked(pdq), np.uint64)
        rows, distances = self._near(wanted, pdq, radius)
        hits = [(self._keys[row], distance) for row, distance in zip(rows.tolist(), distances.tolist(), strict=True)]
        return sorted(hits, key=_nearest_first)

    def _near(self, wanted: NDArray[np.uint64], pdq: bytes, radius: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Rows and their distances. The view of the growing buffer must not outlive the call."""
        hashes = np.frombuffer(self._hashes, np.uint64).reshape(-1, _WORDS)
        tables = self._tables_for(hashes) if radius <= limits.MATCH_RADIUS else None
        scanned_from = 0 if tables is None else tables.count
        rows = np.arange(scanned_from, len(hashes))
        if tables is not None:
            rows = np.concatenate([tables.candidates(pdq), rows])
            distances = _distances(hashes[rows], wanted)
        else:
            distances = _distances(hashes, wanted)
        within = distances <= radius
        return rows[within], distances[within]

    def _tables_for(self, hashes: NDArray[np.uint64]) -> _Tables | None:
        done = 0 if self._tables is None else self._tables.count
        if len(hashes) - done > _SCANNED + done // _TAIL_SHARE:
            self._tables = _Tables(hashes)
        return self._tables


class _Tables:
    """For each chunk, the rows sorted by the chunk's value, and where each value's rows begin."""

    def __init__(self, hashes: NDArray[np.uint64]) -> None:
        self.count = len(hashes)
        octets = hashes.view(np.uint8).reshape(-1, HASH_BYTES)
        starts, rows = [], []
        for place, (bits, _) in enumerate(_CHUNKS):
            values = _chunk_values(octets, place)
            rows.append(np.argsort(values, kind="stable").astype(np.uint32))
            counts = np.bincount(values, minlength=1 << bits)
            starts.append(np.concatenate([[0], np.cumsum(counts)]) + place * self.count)
        self._starts = np.concatenate(starts).astype(np.uint32 if self.count * len(_CHUNKS) < 1 << 32 else np.uint64)
        self._rows = np.concatenate(rows)

    def candidates(self, pdq: bytes) -> NDArray[np.int64]:
        """Each row that shares a near enough chunk with `pdq`, once."""
        chunk, flips, base = _probes()
        octets = np.frombuffer(pdq, np.uint8).reshape(1, HASH_BYTES)
        own = np.concatenate([_chunk_values(octets, place) for place in range(len(_CHUNKS))])
        slots = (own[chunk] ^ flips) + base
        begin = self._starts[slots].astype(np.int64)
        lengths = self._starts[slots + 1].astype(np.int64) - begin
        filled = lengths > 0
        begin, lengths = begin[filled], lengths[filled]
        within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.unique(self._rows[np.repeat(begin, lengths) + within]).astype(np.int64)


def _chunk_values(octets: NDArray[np.uint8], place: int) -> NDArray[np.int64]:
    """The chunk's bits of each hash as a number. A chunk of up to 25 bits always lies within four bytes."""
    bits = _CHUNKS[place][0]
    first = sum(width for width, _ in _CHUNKS[:place])
    start = min(first // 8, HASH_BYTES - 4)
    window = octets[:, start : start + 4].astype(np.int64) @ np.array([1 << 24, 1 << 16, 1 << 8, 1])
    values: NDArray[np.int64] = (window >> (32 - (first - 8 * start) - bits)) & ((1 << bits) - 1)
    return values


@cache
def _probes() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For every look-up: its chunk, the bits to flip in the chunk's value, and where the chunk's table begins."""
    chunk, flips, base = [], [], []
    begin = 0
    for place, (bits, radius) in enumerate(_CHUNKS):
        for flipped in range(radius + 1):
            for chosen in combinations(range(bits), flipped):
                chunk.append(place)
                flips.append(sum(1 << bit for bit in chosen))
                base.append(begin)
        begin += (1 << bits) + 1
    return np.array(chunk), np.array(flips), np.array(base)


def _distances(hashes: NDArray[np.uint64], wanted: NDArray[np.uint64]) -> NDArray[np.int64]:
    distances: NDArray[np.int64] = np.bitwise_count(hashes ^ wanted).sum(axis=1, dtype=np.int64)
    return distances


def _nearest_first(hit: tuple[int, int]) -> tuple[int, int]:
    return hit[1], hit[0]


def _checked(pdq: bytes) -> bytes:
    if len(pdq) != HASH_BYTES:
        raise ValueError(f"a PDQ hash has {HASH_BYTES} bytes, not {len(pdq)}")
    return pdq
