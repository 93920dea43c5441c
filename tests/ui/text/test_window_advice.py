"""A person at the window hears what to do in the window, or that it is done at the command line."""

from __future__ import annotations

import re

import pytest

from tests.catalogue_files import features
from triage.errors import NotFound
from triage.message import Message
from triage.model.choices import name_choices
from triage.ui.text import i18n
from triage.ui.text.i18n import Language, tr_message

ADVICE = re.compile(r"\btriage [a-z]|(?<![\w-])--[a-z]|\brun the (same )?command\b")
COMMAND_LINE = {"en": "command line", "ur": "کمانڈ لائن"}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_window_gives_no_advice_for_the_command_line_alone(language: Language) -> None:
    """After an export the window said "list them with: triage queue"."""
    words = i18n.catalogue(language)
    shown = {key: words.get(key, key) for key, used_by in features().items() if used_by != {"commands"}}
    wrong = [text for text in shown.values() if ADVICE.search(text) and COMMAND_LINE[language] not in text]
    assert not wrong, "say it for the window in resources/translations/en_window.json"


def test_many_names_are_looked_up_where_the_window_lists_them() -> None:
    choices = name_choices([str(n) for n in range(99)], Message("triage queue"))
    error = NotFound("There is no report {report}; {choices}.", report="7", choices=choices)
    assert str(error) == "There is no report 7; list them with: triage queue."
    i18n.set_language("en")
    assert tr_message(error.message) == "There is no report 7; see the queue."
