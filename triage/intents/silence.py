"""Values that say that there is nothing: "N/A", "No", "none", "-", in the languages of the country."""

from __future__ import annotations

import re
from functools import cache

import msgspec

from triage.intents.normalise import normalise_text
from triage.resources import resource

LONGEST = 60  # characters; what is longer says something
_NO_LETTER = re.compile(r"[\W_]+")


@cache
def _none() -> frozenset[str]:
    words = msgspec.toml.decode(resource("intents", "small_words.toml").read_bytes(), type=dict[str, tuple[str, ...]])["none"]
    return frozenset(_NO_LETTER.sub("", normalise_text(word)) for word in words)


def says_none(value: str) -> bool:
    """Whether a filled-in value states that there is nothing. An empty value states nothing at all and is not one."""
    if len(value) > LONGEST or not value.strip():
        return False
    return _NO_LETTER.sub("", normalise_text(value)) in _none() or not _NO_LETTER.sub("", value)
