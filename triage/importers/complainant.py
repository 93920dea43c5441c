"""Tells the child from the person who complains for it.

It loads nothing but the model: every stored document passes here when it is read.
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from triage.model.document import Document, Fact

COMPLAINANT = "complainant"
_WORD = re.compile(r"\w+")
_CHILD_ITSELF = frozenset({
    "self", "myself", "me", "himself", "herself", "the child", "child", "is the child", "the child itself", "victim",
    "the victim", "same person", "khud", "main khud", "خود", "میں خود",
})  # fmt: skip
"""Relations to the child by which a complainant says that they are the child."""


def is_child_itself(relation: object) -> bool:
    """Returns whether a complainant's relation to the child says that they are the child."""
    return " ".join(_WORD.findall(str(relation).casefold())) in _CHILD_ITSELF


def restate_roles(document: Document) -> Document:
    """Returns a complaint with the complainant's own role; documents that were stored before it existed call them a victim."""
    changed = {
        place: replace(person, role="complainant")
        for place, person in enumerate(document.people)
        if person.role == "victim" and person.says == COMPLAINANT and not any(map(_says_child_itself, person.facts))
    }
    if not changed:
        return document
    return replace(
        document,
        people=tuple(changed.get(place, person) for place, person in enumerate(document.people)),
        identifiers=tuple(replace(i, role="complainant") if i.person in changed else i for i in document.identifiers),
    )


def _says_child_itself(fact: Fact) -> bool:
    return fact.name == "relationToChild" and is_child_itself(fact.value)
