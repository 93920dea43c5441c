"""Which texts say nothing, whatever program wrote them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.importers.values import is_empty_value


def test_words_for_nothing_in_every_mix_of_capitals() -> None:
    for text in ("", "n/a", " N/A ", "Na", "nULL", "\tNone\n", "NONE"):
        assert is_empty_value(text), text
    for text in ("n", "nil", "no", "none.", "n / a", "0", "-", " " * 20, f"none{' ' * 20}"):
        assert not is_empty_value(text), text


@given(st.text(alphabet="nNaAuUlLoOeE/ \u00a0\u017f\u212a0", max_size=6))
def test_capitals_make_no_difference_to_what_says_nothing(text: str) -> None:
    assert is_empty_value(text) == (text.strip().casefold() in {"n/a", "na", "null", "none", ""})
