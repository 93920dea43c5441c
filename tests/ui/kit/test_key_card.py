"""The quick card of keys says what the key tables say."""

from __future__ import annotations

import pytest

from bench.key_card import CARDS, write_card
from triage.ui.text.i18n import LANGUAGES, Language


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_is_what_the_tables_say(language: Language) -> None:
    assert CARDS[language].read_text("utf-8") == write_card(language), "run: make keys"
