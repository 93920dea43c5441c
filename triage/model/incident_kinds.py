"""Names the incident types that the program knows, by words that NCMEC's wordings of them have in common.

Sources: the enumeration of NCMEC's reporting API (eight types, one of them "Child Sexual Molestation") and its older list, which
had "Child Prostitution" and "Child Sexual Molestation (not by family member)". NCMEC words a type differently on the first page
of its PDF ("Apparent Child Pornography (Unconfirmed)"), so that a part of the text decides. No public page lists those wordings.
"travel", "extraterritorial" and "blackmail" are unconfirmed, and kept since a missed type costs more than an idle word.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

ENTICEMENT = ("enticement", "grooming")
TRAFFICKING = ("trafficking", "prostitution")
TRAVEL = ("tourism", "extraterritorial", "travel")
BLACKMAIL = ("sextortion", "blackmail")
"""A mark of the report in NCMEC's API, and not one of its types; people and complaints use both words for a type."""
MATERIAL = ("childpornography", "possession", "sexualabusematerial", "csam")
MISLEADING = ("misleading",)
CONTACT = (
    *ENTICEMENT, *TRAFFICKING, *TRAVEL, *BLACKMAIL,
    "molestation", "obscenematerialsent", "solicitation", "sadistic", "minortominor",
)  # fmt: skip
"""Types that are of contact with a child."""
OWN_CASE = "Own open case"
"""The type that the importer of a desk's own cases writes: it states nothing of what happened."""
_KNOWN = (*CONTACT, *MATERIAL, *MISLEADING)


@lru_cache(maxsize=4_096)
def holds(kind: str, words: Collection[str]) -> bool:
    """Returns whether a bare incident type contains one of the bare words. `words` can be hashed."""
    return any(word in kind for word in words)


def is_known(kind: str) -> bool:
    """Returns whether a bare incident type contains a word of one that is known."""
    return holds(kind, _KNOWN)


def is_of_contact(kind: str) -> bool:
    """Returns whether a bare incident type is of contact with a child; one that is not stated or not known may be."""
    return not is_known(kind) or holds(kind, CONTACT)
