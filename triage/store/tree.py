"""The Merkle tree of RFC 6962, section 2.1: pure functions over hashes.

A leaf is SHA-256(0x00 || entry), an inner node SHA-256(0x01 || left || right), the tree of nothing SHA-256("").
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
HASH = 32


def leaf_hash(entry: bytes) -> bytes:
    """Returns the hash of a leaf with this entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Returns the hash of an inner node over two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that is only appended to: the roots of its full subtrees, the largest first. Appending takes O(log n)."""

    def __init__(self, count: int = 0, hashes: Iterable[bytes] = ()) -> None:
        self.count = count
        self.hashes = list(hashes)
        if len(self.hashes) != count.bit_count():
            raise ValueError("a tree of this size has another number of full subtrees")

    @classmethod
    def unpack(cls, count: int, packed: bytes) -> Frontier:
        """Returns the frontier of a tree of `count` leaves from what `pack` made."""
        return cls(count, (packed[at : at + HASH] for at in range(0, len(packed), HASH)))

    def pack(self) -> bytes:
        """Returns the roots of the full subtrees, 32 bytes each."""
        return b"".join(self.hashes)

    def append(self, leaf: bytes) -> None:
        """Appends a leaf, given by its hash."""
        grown, size = leaf, self.count
        while size & 1:
            grown = node_hash(self.hashes.pop(), grown)
            size >>= 1
        self.hashes.append(grown)
        self.count += 1

    def root(self) -> bytes:
        """Returns the root of the tree."""
        if not self.hashes:
            return EMPTY
        *larger, root = self.hashes
        for left in reversed(larger):
            root = node_hash(left, root)
        return root


class Tree:
    """All levels of the tree over `leaves`, for proofs. It takes about 64 bytes for each leaf."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            level = [node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)]
            if len(below) % 2:
                level.append(below[-1])  # an odd one rises unhashed: this is RFC 6962's split at a power of two
            self._levels.append(level)

    def root(self) -> bytes:
        """Returns the root of the tree."""
        return self._levels[-1][0] if self._levels[0] else EMPTY

    def prove(self, n: int) -> tuple[bytes, ...]:
        """Returns the audit path of leaf `n`, from the leaf's sibling upwards.

        Raises:
            IndexError: if the tree has no leaf `n`
        """
        if not 0 <= n < len(self._levels[0]):
            raise IndexError(f"no leaf {n}")
        path = []
        for level in self._levels[:-1]:
            sibling = n ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            n >>= 1
        return tuple(path)


def verify_inclusion(leaf: bytes, n: int, count: int, path: Sequence[bytes], root: bytes) -> bool:
    """Returns whether `path` proves that `leaf` is at index `n` in the tree of `count` leaves with this `root`."""
    if not 0 <= n < count:
        return False
    at, last, grown = n, count - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            grown = node_hash(sibling, grown)
            while not at & 1:  # skip the levels on which this subtree rose unhashed
                at >>= 1
                last >>= 1
        else:
            grown = node_hash(grown, sibling)
        at >>= 1
        last >>= 1
    return last == 0 and grown == root
