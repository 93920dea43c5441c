from __future__ import annotations

import tomllib

import pytest

from tests.ui import words_used
from triage.ui.text import i18n
from triage.ui.text.reasons import sentence


@pytest.fixture
def urdu() -> object:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def test_english_stays_as_the_card_says_it() -> None:
    i18n.set_language("en")
    said = "There is a phone number. Counts 1/2, as number 2 of person."
    assert sentence(said) == said


@pytest.mark.parametrize(
    "text",
    [
        "NCMEC's analysts gave their highest rank. At least band A.",
        "There is a phone number. Counts 1/4, as number 3 of person.",
        "Band A if the conversation showed blackmail (risk 61.2).",
        "Band C if the escalation proved to be a mistake.",
        "Actionability 61.0 instead of 33.5 if the files came.",
        "By points alone: band A begins at 60 points of risk, 4.2 more than now.",
        "No single fact would change the band; risk would have to fall by 4.6 to below 45.",
        "By points alone: risk 21.0 would not reach band A, which begins at 60; a floor holds it.",
        "By points alone: no points of risk lift a report that NCMEC made informational or withdrew.",
        "From receipt by NCMEC: 365 days, REPORT Act.",
    ],
)
def test_reasons_with_numbers_are_said_in_urdu(urdu: object, text: str) -> None:
    said = sentence(text)
    assert not any(part.isascii() and part.islower() for part in said.split()), said
    assert "{" not in said


def test_what_no_pattern_knows_is_shown_safely(urdu: object) -> None:
    assert sentence("A later rule says more.") == "A later rule says more."
    assert sentence("Evil\u202etext.") == "Evil‹U+202E›text."


def test_numbers_and_dots_within_a_sentence_do_not_cut_it(urdu: object) -> None:
    said = sentence("Band B if the picture proved to be known, or taken elsewhere (risk 44.5).")
    assert "44.5" in said and "taken" not in said


def test_every_reason_of_the_rules_is_said_in_urdu(urdu: object) -> None:
    for path in words_used.RULES.glob("*.toml"):
        for rule in tomllib.loads(path.read_text("utf-8")).get("rule", []):
            said = sentence(f"{rule['reason']} At least band B.")
            assert "At least" not in said and said.endswith("۔"), said
