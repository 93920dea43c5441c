from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from triage.errors import StoreError
from triage.store.recovery import make_half, make_mark, make_pair, read_halves


def texts() -> tuple[str, str]:
    pair = make_pair()
    return pair.first.text, pair.second.text


def test_two_halves_give_their_private_keys_in_any_order() -> None:
    pair = make_pair()
    read = read_halves(pair.first.text, pair.second.text)
    assert read == read_halves(pair.second.text, pair.first.text)
    public = [X25519PrivateKey.from_private_bytes(half).public_key().public_bytes_raw() for half in read]
    assert public == [pair.first.public, pair.second.public]


def test_a_half_is_sixteen_groups_of_four_and_new_each_time() -> None:
    mark = make_mark()
    half = make_half(1, mark)
    assert [len(group) for group in half.text.split(" ")] == [4] * 16
    assert make_half(1, mark).text != half.text


def test_a_half_says_nothing_about_the_other_one() -> None:
    mark = make_mark()
    one, other, again = make_half(1, mark), make_half(2, mark), make_half(2, mark)
    assert read_halves(one.text, other.text)[1] != read_halves(one.text, again.text)[1]


def test_spaces_case_and_lookalikes_do_not_matter() -> None:
    first, second = texts()
    sloppy = first.lower().replace(" ", "-").replace("o", "0").replace("b", "8").replace("i", "1")
    assert read_halves(sloppy, second.replace(" ", "")) == read_halves(first, second)


def test_a_mistyped_half_is_named() -> None:
    first, second = texts()
    wrong = ("B" if second[7] != "B" else "C").join((second[:7], second[8:]))
    with pytest.raises(StoreError, match="second half"):
        read_halves(first, wrong)
    with pytest.raises(StoreError, match="first half"):
        read_halves("", second)
    with pytest.raises(StoreError, match="first half"):
        read_halves("پاکستان", second)


def test_two_copies_of_one_half_and_halves_of_two_keys_are_told_apart() -> None:
    first, _ = texts()
    with pytest.raises(StoreError, match="two copies"):
        read_halves(first, first)
    with pytest.raises(StoreError, match="different recovery keys"):
        read_halves(make_half(1, b"ab").text, make_half(2, b"cd").text)
