"""Compares a query with every hash: the slow reference for the indexes of PDQ hashes."""

from __future__ import annotations

from triage import limits
from triage.hashing.hamming_index import Hit, Hits, nearest_first


class LinearIndex:
    """Holds hashes of 32 bytes, each under a key."""

    def __init__(self) -> None:
        self._entries: list[tuple[int, int]] = []

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, key: int, pdq: bytes) -> None:
        self._entries.append((key, int.from_bytes(pdq)))

    def query(self, pdq: bytes, radius: int = limits.MATCH_RADIUS) -> Hits:
        wanted = int.from_bytes(pdq)
        near = (Hit(key, (wanted ^ value).bit_count()) for key, value in self._entries)
        return sorted((hit for hit in near if hit.distance <= radius), key=nearest_first)
