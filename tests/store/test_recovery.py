from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import StoreError
from triage.store.recovery import join, split

KEY = bytes(range(32))


@given(st.binary(min_size=32, max_size=32))
def test_two_halves_give_the_key_in_any_order(key: bytes) -> None:
    first, second = split(key)
    assert join(first, second) == join(second, first) == key


def test_a_half_is_sixteen_groups_of_four_and_new_each_time() -> None:
    first, second = split(KEY)
    assert [len(group) for group in first.split(" ")] == [4] * 16
    assert split(KEY)[1] != second


def test_spaces_case_and_lookalikes_do_not_matter() -> None:
    first, second = split(KEY)
    sloppy = first.lower().replace(" ", "-").replace("o", "0").replace("b", "8").replace("i", "1")
    assert join(sloppy, second.replace(" ", "")) == KEY


def test_a_mistyped_half_is_named() -> None:
    first, second = split(KEY)
    wrong = ("B" if second[7] != "B" else "C").join((second[:7], second[8:]))
    with pytest.raises(StoreError, match="second half"):
        join(first, wrong)
    with pytest.raises(StoreError, match="first half"):
        join("", second)
    with pytest.raises(StoreError, match="first half"):
        join("پاکستان", second)


def test_two_copies_of_one_half_and_halves_of_two_keys_are_told_apart() -> None:
    first, second = split(KEY)
    with pytest.raises(StoreError, match="two copies"):
        join(first, first)
    other = next(halves for halves in iter(lambda: split(KEY), None) if halves[1].split()[0:1] != second.split()[0:1])
    with pytest.raises(StoreError, match="different recovery keys"):
        join(first, other[1])
