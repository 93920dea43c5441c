"""One spelling for comparing."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.intents import normalise
from triage.intents.normalise import normalise_text, spell_roman
from triage.intents.sentences import WORD, split_words

SAME = [
    ("I will KILL  you", "i will kill you"),
    ("k1ll y0u n0w", "kill you now"),
    ("s3nd m0ney", "send money"),
    ("kіll уоu", "kill you"),
    ("ｓｅｎｄ 𝗶𝘁", "send it"),
    ("k i l l me", "kill me"),
    ("t.e.l.l him", "tell him"),
    ("se\u200bnd i\u00adt", "send it"),
    ("خُودکُشی", "خودکشی"),
    ("خودكشي", "خودکشی"),
    ("کسی کو مت بتانا۔", "كسي كو مت بتانا."),
    ("۱۳ سال", "13 سال"),
    ("ڪنهن کي", "کنهن كي"),
    ("ټول ملګري", "ٹول ملگری"),
]
KEPT = ["2nd", "5pm", "10min", "user123", "24hrs", "5k", "0300 0000000", "50000", "ali3@mail.example.invalid"]
SPELLINGS = [
    ("kardunga", "kar dunga", "krdunga", "kar doon ga", "kr dun ga"),
    ("nahi", "nahin", "nhi"),
    ("hun", "hoon", "hu"),
    ("bhejo", "bejo", "bhjo"),
    ("ghar walon", "gharwalo", "ghr walo"),
    ("paise", "paisay", "pese"),
    ("acha", "achha", "axha"),
    ("khud kushi", "khudkushi", "khudkhushi"),
]
APART = [("meet", "met"), ("ٻار", "بار"), ("ښه", "خه"), ("milo", "mal"), ("bhejo", "bheja")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_are_one(one: str, other: str) -> None:
    assert normalise_text(one) == normalise_text(other)


@pytest.mark.parametrize("text", KEPT)
def test_numbers_and_names_stay(text: str) -> None:
    assert normalise_text(text) == text


@pytest.mark.parametrize("spellings", SPELLINGS)
def test_spellings_of_roman_urdu_are_one_class(spellings: tuple[str, ...]) -> None:
    assert len({"".join(map(spell_roman, spelling.split())) for spelling in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), APART)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert normalise_text(one) != normalise_text(other)


@given(st.text())
def test_any_text_is_levelled(text: str) -> None:
    assert isinstance(normalise_text(text), str)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=40))
def test_any_word_has_a_class(word: str) -> None:
    assert len(spell_roman(word)) <= max(len(word), 1)


def test_lone_surrogates_are_no_letters() -> None:
    assert "\ud800" not in normalise_text("a\ud800b")


@given(st.text(alphabet="abAB_1 '\t\x1f.*-0$`\n", max_size=40))
@example("a_b_c_d")
@example("aaa b'c ''")
def test_shortcuts_for_ascii_find_what_the_patterns_find(text: str) -> None:
    wanted = normalise._BLANKS.sub(" ", text.lower().replace("`", "'"))
    wanted = normalise._SPACED_OUT.sub(normalise._join, wanted)
    wanted = normalise._LONG_RUN.sub(r"\1\1", normalise._MIXED_WORD.sub(normalise._spell_out, wanted))
    assert normalise_text(text) == wanted
    assert split_words(wanted) == tuple(WORD.findall(wanted))


@settings(max_examples=300)
@given(st.text(st.sampled_from("aab_'- 1."), max_size=24))
def test_long_runs_are_shortened_wherever_they_stand(text: str) -> None:
    """Only words are looked at, and lines of underscores: a run stands nowhere else."""
    assert normalise._LONG_ASCII_RUN.search(normalise.normalise_text(text)) is None
