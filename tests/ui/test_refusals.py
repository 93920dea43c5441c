from __future__ import annotations

from collections.abc import Iterator

import pytest

from triage.decode.protocol import SENTENCES as MEDIA
from triage.ui import i18n
from triage.ui.refusals import refusal


@pytest.fixture
def urdu() -> Iterator[None]:
    i18n.set_language("ur")
    yield
    i18n.set_language("en")


def is_urdu(text: str) -> bool:
    return any("\u0600" <= char <= "\u06ff" for char in text)


def test_english_stays_as_it_is() -> None:
    assert refusal("The XML is damaged.") == "The XML is damaged."
    assert refusal("bad\u202ename") == "bad‹U+202E›name"


def test_sentences_and_values_in_them_are_said_in_urdu(urdu: None) -> None:
    assert is_urdu(refusal("The XML is damaged."))
    locked = refusal("The zip is locked, and no password at hand opens it. (4 of 4 entries)")
    assert is_urdu(locked) and "4" in locked and "locked" not in locked
    assert "900000001" in refusal("There is no report 900000001 in this store.")


def test_why_a_medium_was_not_decoded_is_said_in_urdu(urdu: None) -> None:
    assert not [sentence for sentence in MEDIA.values() if not is_urdu(refusal(sentence))]


def test_what_nobody_translated_is_shown_and_moves_nothing(urdu: None) -> None:
    said = refusal("A later\u202e sentence")
    assert "A later‹U+202E› sentence" in said and not is_urdu(said)
