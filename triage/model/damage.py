"""Names the stored parts of a report that can be damaged, and says of each what is not known then: unknown is not "none".

A stored word that is none of ours is read with `read_word`: one odd row must not end what reads many.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeVar

from triage.message import Message

W = TypeVar("W", bound=StrEnum)
UNREADABLE_WORD = "can't be read"
"""What is shown instead of a stored word that is none of ours."""
GRADE_UNREADABLE = "the stored grade can't be read"
"""The state of a file's grade when what is stored is no `Grade`: which grade was given is not known. It can be graded again."""
StoredPart = Literal["documents", "score", "location", "clocks", "links", "received"]

DAMAGE: Mapping[StoredPart, Message] = {
    "documents": Message("The stored documents of this report can't be read: what they state is not known."),
    "score": Message("The stored score can't be read: the urgency of this report is not known."),
    "location": Message("The stored location is damaged, so it is not known."),
    "clocks": Message("The stored deadlines can't be read: which deadlines run is not known."),
    "links": Message("The stored links can't be read: which reports belong with this one is not known."),
    "received": Message("Not all that came from other workstations can be read: what they decided or found may be missing."),
}
"""What is said instead of "none" where a part can't be read."""


def read_word(words: type[W], stored: str) -> W | None:
    """Returns the word that is stored, or None when it is none of these."""
    return words(stored) if stored in frozenset(words) else None
