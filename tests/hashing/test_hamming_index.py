from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hashing.linear_index import LinearIndex
from triage import limits
from triage.hashing import hamming_index
from triage.hashing.hamming_index import HammingIndex, ScanIndex

hashes = st.binary(min_size=32, max_size=32)


def flipped(pdq: bytes, bits: list[int]) -> bytes:
    value = int.from_bytes(pdq)
    for bit in bits:
        value ^= 1 << bit
    return value.to_bytes(32)


def test_empty() -> None:
    assert HammingIndex().query(bytes(32)) == []


@settings(max_examples=30)
@given(st.lists(hashes, max_size=20), st.lists(st.integers(0, 255), max_size=40, unique=True), st.integers(0, 256))
def test_scanning_agrees_with_the_linear_index(stored: list[bytes], bits: list[int], radius: int) -> None:
    fast, slow = HammingIndex(), LinearIndex()
    for key, pdq in enumerate([*stored, *(flipped(pdq, bits) for pdq in stored)]):
        fast.add(key, pdq)
        slow.add(key, pdq)
    for pdq in stored[:5]:
        assert fast.query(pdq, radius) == slow.query(pdq, radius)


def test_tables_agree_with_the_linear_index_while_growing() -> None:
    """Clusters at every distance up to 40 around a few centres, found before and after the tables are made, and in the tail."""
    dice = np.random.default_rng(5)
    centres = [dice.bytes(32) for _ in range(4)]
    fast, slow = HammingIndex(), LinearIndex()

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
    for noise in dice.bytes(32 * (hamming_index._SCANNED_HASHES + 10)), dice.bytes(32 * 50):
        for at in range(0, len(noise), 32):
            add(noise[at : at + 32])
        for distance in (0, 17, 30, 31, 32):
            for centre in centres:
                add(flipped(centre, dice.choice(256, distance, replace=False).tolist()))
        agree()
    assert fast._runs


@pytest.mark.parametrize("plan", [sized.plan for sized in hamming_index._PLANS])
def test_the_chunks_cover_every_bit_once_and_leave_no_gap_in_the_argument(plan: hamming_index.Plan) -> None:
    assert sum(bits for bits, _ in plan) == 256
    assert sum(radius + 1 for _, radius in plan) > limits.MATCH_RADIUS
    for bit in range(256):
        octets = np.frombuffer((1 << (255 - bit)).to_bytes(32), np.uint8).reshape(1, 32)
        values = [int(hamming_index.read_chunk(octets, plan, place)[0]) for place in range(len(plan))]
        assert sum(value.bit_count() for value in values) == 1


@pytest.mark.parametrize("plan", [sized.plan for sized in hamming_index._PLANS])
def test_worst_spread_of_31_bits_is_found(plan: hamming_index.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """The bits spread so that every chunk but one differs in one bit more than its look-ups allow. Every plan, on few hashes."""
    monkeypatch.setattr(hamming_index, "_PLANS", (hamming_index._SizedPlan(float("inf"), plan),))
    monkeypatch.setattr(hamming_index, "_SCANNED_HASHES", 50)
    tables = HammingIndex()
    for noise in range(51):
        tables.add(noise, noise.to_bytes(32))
    bits, first = [], 0
    for width, radius in plan:
        bits += [255 - first - place for place in range(radius + 1)]
        first += width
    wanted = b"\xa5" * 32
    for left_out in range(len(bits)):
        tables.add(1_000_000 + left_out, flipped(wanted, bits[:left_out] + bits[left_out + 1 :]))
    for noise in range(60):
        tables.add(noise, noise.to_bytes(32))
    found = {key for key, distance in tables.query(wanted) if distance == 31}
    assert found == {1_000_000 + n for n in range(len(bits))}
    assert tables._runs[-1].end > 80


def test_the_first_row_of_the_first_table_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its chunk is zero, and each other chunk differs in one bit more than is looked up."""
    monkeypatch.setattr(hamming_index, "_SCANNED_HASHES", 8)
    plan = hamming_index._PLANS[0].plan
    bits, place = [], plan[0].bits
    for chunk in plan[1:]:
        bits += [255 - place - n for n in range(chunk.allowed + 1)]
        place += chunk.bits
    tables = HammingIndex()
    tables.add(0, bytes(32))
    for other in range(60):
        tables.add(1 + other, bytes([255 - other] * 32))
    assert (0, len(bits)) in tables.query(flipped(bytes(32), bits))
    assert tables._runs


@settings(max_examples=15)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(0, 2**32))
def test_runs_of_any_length_agree_with_the_linear_index(lengths: list[int], seed: int) -> None:
    """Runs are made one of another as they grow; queries asked one by one or together have the same answers."""
    dice = np.random.default_rng(seed)
    fast, slow = HammingIndex(), LinearIndex()
    centre = dice.bytes(32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hamming_index, "_SCANNED_HASHES", 8)
        for length in lengths:
            hashes = [flipped(centre, dice.choice(256, dice.integers(0, 40), replace=False).tolist()) for _ in range(length)]
            fast.extend(range(len(slow), len(slow) + length), b"".join(hashes))
            for pdq in hashes:
                slow.add(len(slow), pdq)
            assert fast.query(centre) == slow.query(centre)
        asked = [centre, *hashes, *(dice.bytes(32) for _ in range(40))]
        assert fast.query_many(asked) == [slow.query(pdq) for pdq in asked]


def test_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        HammingIndex().add(1, b"short")
    with pytest.raises(ValueError, match="32 bytes"):
        HammingIndex().query(b"short")


@settings(max_examples=40)
@given(st.lists(st.binary(min_size=11, max_size=11), min_size=1, max_size=80), st.integers(0, 88))
def test_a_scan_counts_bits(values: list[bytes], radius: int) -> None:
    scan = ScanIndex(11)
    scan.add(0, values[0])
    scan.extend(range(1, len(values)), b"".join(values[1:]))
    wanted = int.from_bytes(values[0])
    every = sorted(
        ((key, (wanted ^ int.from_bytes(value)).bit_count()) for key, value in enumerate(values)), key=lambda hit: hit[::-1]
    )
    assert scan.query_many([values[0]], radius) == [[hit for hit in every if hit[1] <= radius]]


def test_a_scan_takes_hashes_of_its_length_only() -> None:
    with pytest.raises(ValueError, match="11 bytes"):
        ScanIndex(11).add(1, bytes(12))


def test_a_search_that_is_not_exhaustive_scans_nothing_and_finds_all_matches() -> None:
    dice = np.random.default_rng(9)
    fast = HammingIndex()
    centre = dice.bytes(32)
    near = [flipped(centre, dice.choice(256, distance, replace=False).tolist()) for distance in (0, 20, 31, 40, 40, 40)]
    fast.extend(range(6_006), b"".join(near) + dice.bytes(32 * 6_000))
    found = fast.query_many([centre], 45, exhaustive=False)[0]
    assert found[:3] == [(0, 0), (1, 20), (2, 31)]
    assert set(found) <= set(fast.query(centre, 45))


def test_hashes_that_come_one_by_one_move_the_others_seldom_and_need_little_room() -> None:
    array, lengths = np.zeros((0, 4), np.uint8), []
    for n in range(1, 5_001):
        if n > len(array):
            hamming_index._grow(n, array)
            lengths.append(len(array))
        assert n <= len(array) <= max(64, n * 17 // 16)
    assert lengths[0] == 64 and len(lengths) < 90
    hamming_index._grow(9_000, array)
    assert len(array) == 9_000
