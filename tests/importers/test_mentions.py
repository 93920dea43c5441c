from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK
from triage.importers import mentions
from triage.importers.mentions import MOST, find_mentions


def found(text: str) -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for mention in find_mentions(text):
        kinds.setdefault(mention.kind, []).append(mention.normalised)
    return kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("write to Boat.1+x@Mail.example.invalid.", {"email": ["boat.1+x@mail.example.invalid"]}),
        ("From: <boat@example.invalid>, cc kite@example.invalid", {"email": ["boat@example.invalid", "kite@example.invalid"]}),
        ("user@host without a dot", {}),
        ("from 203.0.113.77, then (2001:db8::5).", {"ip": ["203.0.113.77", "2001:db8::5"]}),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", {"ip": ["2001:db8::1"]}),
        ("at 19:00:00 or 1:2, Kite/120.0.0.0, v1.2.3.4.5 and 203.0.113.256", {}),
        ("MAC 00:1b:44:11:3a:b7", {}),
        ("see (HTTPS://Example.invalid/A_(b)). Now", {"url": ["https://example.invalid/A_(b)"]}),
        (
            "call 0300-0000456 or +92 300 0000457 or 0092 300 0000458",
            {"phone": ["+923000000456", "+923000000457", "+923000000458"]},
        ),
        ("فون ۰۳۰۰۰۰۰۰۴۵۹ ہے", {"phone": ["+923000000459"]}),
        ("+1 202 555 0123", {"phone": ["+12025550123"]}),
        ("ids 100004012345678 and 2026010312 and 2026-01-05 08:00", {}),
        ("CNIC 91234-1234567-1, not 91234-1234567-12", {"cnic": ["91234-1234567-1"]}),
        ("", {}),
    ],
)
def test_what_is_found(text: str, kinds: dict[str, list[str]]) -> None:
    assert found(text) == kinds


def test_each_is_told_once() -> None:
    assert found("a@example.invalid A@example.invalid a@EXAMPLE.invalid") == {"email": ["a@example.invalid"]}


def test_there_is_a_most() -> None:
    assert len(find_mentions(" ".join(f"a{n}@example.invalid" for n in range(MOST + 10)))) == MOST


@QUICK
@given(st.text(alphabet="0123456789abf@.:-+/() hтp۰", max_size=400))
def test_any_text_is_read(text: str) -> None:
    for mention in find_mentions(text):
        assert mention.value in text


@pytest.mark.parametrize(
    "part", ["a@", "a.", "1.1.1.", "1:", "::", "http://", "+92 ", "0 0", "12345-1234567-", "+1.", "(+", "a@a."]
)
def test_long_hostile_text_is_read_in_linear_time(part: str) -> None:
    find_mentions(part * 60_000)


@QUICK
@given(st.text(alphabet="0123456789+() -.aصf۰۹०", max_size=60))
def test_texts_of_few_digits_hold_no_phone_number(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mentions, "_FEWEST_DIGITS", 0)
        slowly = find_mentions(text)
    assert find_mentions(text) == slowly
