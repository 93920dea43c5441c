from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage import limits
from triage.hashing import index
from triage.hashing.index import HammingIndex, SlowIndex

hashes = st.binary(min_size=32, max_size=32)


def flipped(pdq: bytes, bits: list[int]) -> bytes:
    value = int.from_bytes(pdq)
    for bit in bits:
        value ^= 1 << bit
    return value.to_bytes(32)


@pytest.fixture
def tables_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small look-up tables already for a handful of hashes: chunks are 8 bits here, cut by the same code."""
    monkeypatch.setattr(index, "_SCANNED", 4)


def test_empty() -> None:
    assert HammingIndex().query(bytes(32)) == []


@settings(max_examples=30, deadline=None)
@given(st.lists(hashes, max_size=20), st.lists(st.integers(0, 255), max_size=40, unique=True), st.integers(0, 256))
def test_scanning_agrees_with_the_slow_index(stored: list[bytes], bits: list[int], radius: int) -> None:
    fast, slow = HammingIndex(), SlowIndex()
    for key, pdq in enumerate([*stored, *(flipped(pdq, bits) for pdq in stored)]):
        fast.add(key, pdq)
        slow.add(key, pdq)
    for pdq in stored[:5]:
        assert fast.query(pdq, radius) == slow.query(pdq, radius)


def test_tables_agree_with_the_slow_index_while_growing() -> None:
    """Clusters at every distance up to 40 around a few centres, found before and after the tables are made, and in the tail."""
    dice = np.random.default_rng(5)
    centres = [dice.bytes(32) for _ in range(4)]
    fast, slow = HammingIndex(), SlowIndex()

    def add(pdq: bytes) -> None:
        slow.add(len(slow), pdq)
        fast.add(len(fast), pdq)

    def agree() -> None:
        for centre in centres:
            for radius in (0, 15, limits.MATCH_RADIUS, 45):
                assert fast.query(centre, radius) == slow.query(centre, radius)

    for distance in range(41):
        for centre in centres:
            add(flipped(centre, dice.choice(256, distance, replace=False).tolist()))
    agree()
    for noise in dice.bytes(32 * (index._SCANNED + 10)), dice.bytes(32 * 50):
        for at in range(0, len(noise), 32):
            add(noise[at : at + 32])
        for distance in (0, 17, 30, 31, 32):
            for centre in centres:
                add(flipped(centre, dice.choice(256, distance, replace=False).tolist()))
        agree()
    assert fast._tables is not None


def test_the_chunks_cover_every_bit_once_and_leave_no_gap_in_the_argument() -> None:
    assert sum(bits for bits, _ in index._CHUNKS) == 256
    assert sum(radius + 1 for _, radius in index._CHUNKS) > limits.MATCH_RADIUS
    for bit in range(256):
        octets = np.frombuffer((1 << (255 - bit)).to_bytes(32), np.uint8).reshape(1, 32)
        values = [int(index._chunk_values(octets, place)[0]) for place in range(len(index._CHUNKS))]
        assert sum(value.bit_count() for value in values) == 1


def test_worst_spread_of_31_bits_is_found() -> None:
    """The bits spread so that every chunk but one differs in one bit more than its look-ups allow."""
    tables = HammingIndex()
    for noise in range(index._SCANNED + 1):
        tables.add(noise, noise.to_bytes(32))
    bits, first = [], 0
    for width, radius in index._CHUNKS:
        bits += [255 - first - place for place in range(radius + 1)]
        first += width
    for left_out in range(len(bits)):
        wanted = b"\xa5" * 32
        tables.add(1_000_000 + left_out, flipped(wanted, bits[:left_out] + bits[left_out + 1 :]))
    tables._tables = None
    assert {key for key, distance in tables.query(wanted) if distance == 31} == {1_000_000 + n for n in range(len(bits))}


@pytest.mark.parametrize("kind", [HammingIndex, SlowIndex])
def test_other_lengths_are_refused(kind: type[HammingIndex] | type[SlowIndex]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        kind().add(1, b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        kind().query(b"short")
