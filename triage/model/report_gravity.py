"""Ranks what sources state of a report by how grave it is: of sources that disagree, the graver counts."""

from __future__ import annotations

import re

from triage.model.incident_kinds import CONTACT, MATERIAL, TRAFFICKING, TRAVEL, holds, is_known

_GRAVEST_FIRST = (("molestation",), TRAFFICKING, TRAVEL, CONTACT)
_LESSER = {"informational": 2, "withdrawn": 3}
_NOT_ALNUM = re.compile(r"[\W_]+")
_PRIORITY_DIGIT = re.compile(r"[1-3](?!\d)", re.ASCII)


def rank_gravity(incident_type: str) -> int:
    """Returns how grave an incident type as stated is, 0 the gravest.

    The order is that of the rules `type.*`: a type that is not known counts as the least of contact.
    """
    kind = _NOT_ALNUM.sub("", incident_type.casefold())
    for rank, words in enumerate(_GRAVEST_FIRST):
        if holds(kind, words):
            return rank
    if not is_known(kind):
        return len(_GRAVEST_FIRST)
    return len(_GRAVEST_FIRST) + (1 if holds(kind, MATERIAL) else 2)


def rank_designation(designation: str) -> int:
    """Returns how grave a designation is, 0 the gravest: one for others to know, and a withdrawn one, are the least."""
    return _LESSER.get(designation.casefold(), 0)


def rank_priority(code: str) -> int:
    """Returns how pressing NCMEC's priority is: 1 to 3, and 9 for one without a number, which nobody ranked."""
    found = _PRIORITY_DIGIT.search(code)
    return int(found[0]) if found else 9
