"""Puts the marks of a provider in words, wherever a screen names them."""

from __future__ import annotations

import re

from triage.message import Message
from triage.model.judgement import Factor
from triage.model.provider_marks import MARK_FIELDS, name_annotation, name_marks
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, tr_message, word

_FACTS = re.compile(rf"\b(?:{'|'.join(name for name in report_words.FACTS if re.search('[a-z][A-Z]', name))})\b")


def describe_annotation(name: str) -> Safe:
    """Returns a provider's mark in words; a mark of its own as it is."""
    found = name_annotation(name)
    return tr_message(found) if isinstance(found, Message) else word(found)


def describe_seen(factor: Factor) -> Safe:
    """Returns what a rule saw, with the names of marks and of facts in words."""
    if factor.field in MARK_FIELDS:
        return report_words.reason(name_marks(factor.value))
    said = report_words.reason(factor.value)
    return Safe(_FACTS.sub(lambda found: report_words.fact(found[0]), said))
