"""Puts the marks of a provider in words, wherever a screen names them."""

from __future__ import annotations

import re

from triage.message import Message
from triage.model.annotation_words import ANNOTATIONS, name_annotation
from triage.ui.text.i18n import Safe, tr_message, word

MARK_FIELDS = ("annotations", "files.annotations")
"""What rules look at that holds marks of a provider."""
_NAMES = re.compile(rf"\b(?:{'|'.join(ANNOTATIONS)})\b")


def describe_annotation(name: str) -> Safe:
    """Returns a provider's mark in words; a mark of its own as it is."""
    found = name_annotation(name)
    return tr_message(found) if isinstance(found, Message) else word(found)


def describe_marks(said: str) -> Safe:
    """Returns a text with the format's names of marks in words."""
    return Safe(_NAMES.sub(lambda found: describe_annotation(found[0]), said))
