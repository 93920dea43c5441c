"""Exact search of 256-bit hashes within a Hamming radius."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from triage import limits

HASH_BYTES = 32
_WORDS = HASH_BYTES // 8


class SlowIndex:
    """Compares with every hash. The reference that `HammingIndex` is tested against."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, key: int, pdq: bytes) -> None:
        self._entries.append((key, int.from_bytes(_checked(pdq))))

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> list[tuple[int, int]]:
        wanted = int.from_bytes(_checked(pdq))
        near = ((key, (wanted ^ value).bit_count()) for key, value in self._entries)
        return sorted((hit for hit in near if hit[1] <= radius), key=lambda hit: (hit[1], hit[0]))


class HammingIndex:
    """Every (key, distance) within the radius, nearest first, then by key. Additions are visible at once."""

    def __init__(self) -> None:
        self._hashes: NDArray[np.uint64] = np.zeros((1024, _WORDS), np.uint64)
        self._keys: NDArray[np.int64] = np.zeros(1024, np.int64)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: int, pdq: bytes) -> None:
        if self._count == len(self._keys):
            self._hashes = np.concatenate([self._hashes, np.zeros_like(self._hashes)])
            self._keys = np.concatenate([self._keys, np.zeros_like(self._keys)])
        self._hashes[self._count] = np.frombuffer(_checked(pdq), np.uint64)
        self._keys[self._count] = key
        self._count += 1

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> list[tuple[int, int]]:
        wanted = np.frombuffer(_checked(pdq), np.uint64)
        distances = np.bitwise_count(self._hashes[: self._count] ^ wanted).sum(axis=1, dtype=np.int64)
        rows = np.flatnonzero(distances <= radius)
        hits = zip(self._keys[rows].tolist(), distances[rows].tolist(), strict=True)
        return sorted(hits, key=lambda hit: (hit[1], hit[0]))


def _checked(pdq: bytes) -> bytes:
    if len(pdq) != HASH_BYTES:
        raise ValueError(f"a PDQ hash has {HASH_BYTES} bytes, not {len(pdq)}")
    return pdq
