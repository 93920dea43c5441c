from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.store.canonical import Json, encode_canonical, now

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(VALUES)
def test_it_reads_back_and_writes_the_same_again(value: Json) -> None:
    text = encode_canonical(value)
    assert json.loads(text) == value
    assert encode_canonical(json.loads(text)) == text


def test_keys_are_sorted_and_letters_are_letters() -> None:
    assert encode_canonical({"b": [1, None, True], "a": "پاک"}) == '{"a":"پاک","b":[1,null,true]}'.encode()


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [0.5]}, {1: "a"}, b"bytes", {"a": {2}}])
def test_what_has_several_spellings_is_refused(value: object) -> None:
    with pytest.raises(ValueError):
        encode_canonical(value)  # type: ignore[arg-type]


def test_times_have_seconds_and_a_zone() -> None:
    assert len(now()) == 20
    assert now().endswith("Z")
