from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.store.tree import EMPTY, Frontier, Tree, leaf_hash, node_hash, verify_inclusion

LEAVES = st.lists(st.binary(max_size=4).map(leaf_hash), min_size=1, max_size=70)


def slow_root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(slow_root(leaves[:k]), slow_root(leaves[k:]))


def slow_path(n: int, leaves: list[bytes]) -> tuple[bytes, ...]:
    """RFC 6962, 2.1.1, word by word."""
    if len(leaves) == 1:
        return ()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if n < k:
        return (*slow_path(n, leaves[:k]), slow_root(leaves[k:]))
    return (*slow_path(n - k, leaves[k:]), slow_root(leaves[:k]))


def test_hashes_have_their_domains() -> None:
    assert leaf_hash(b"") == bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    assert node_hash(b"a" * 32, b"b" * 32) == hashlib.sha256(b"\x01" + b"a" * 32 + b"b" * 32).digest()


@given(LEAVES)
def test_frontier_and_tree_agree_with_the_slow_reference(leaves: list[bytes]) -> None:
    frontier = Frontier()
    for count, leaf in enumerate(leaves, 1):
        frontier = Frontier.unpack(frontier.count, frontier.pack())
        frontier.append(leaf)
        assert frontier.root() == slow_root(leaves[:count])
    assert Tree(leaves).root() == frontier.root()


@given(LEAVES, st.data())
def test_proofs_agree_with_the_slow_reference(leaves: list[bytes], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(leaves) - 1))
    path = Tree(leaves).prove(n)
    assert path == slow_path(n, leaves)
    assert verify_inclusion(leaves[n], n, len(leaves), path, slow_root(leaves))


@given(LEAVES, st.data())
def test_no_other_claim_is_proven(leaves: list[bytes], data: st.DataObject) -> None:
    n = data.draw(st.integers(0, len(leaves) - 1))
    path, root, count = Tree(leaves).prove(n), slow_root(leaves), len(leaves)
    assert not verify_inclusion(leaf_hash(b"never an entry"), n, count, path, root)
    assert not verify_inclusion(leaves[n], n, count, (*path, root), root)
    assert not verify_inclusion(leaves[n], count, count, path, root)
    assert not verify_inclusion(leaves[n], -1, count, path, root)
    if path:
        assert not verify_inclusion(leaves[n], n, count, path[:-1], root)
    other = data.draw(st.integers(0, count - 1))
    if leaves[other] != leaves[n] and slow_path(other, leaves) != path:
        assert not verify_inclusion(leaves[other], n, count, path, root)


def test_the_empty_tree() -> None:
    assert Frontier().root() == Tree([]).root() == EMPTY == hashlib.sha256(b"").digest()
    with pytest.raises(IndexError):
        Tree([]).prove(0)


def test_a_frontier_of_the_wrong_size_is_refused() -> None:
    with pytest.raises(ValueError, match="full subtrees"):
        Frontier.unpack(3, b"x" * 32)
