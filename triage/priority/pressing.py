"""Which documents are judged before all others of an import, so that what can't wait is on the screen within a minute."""

from __future__ import annotations

from itertools import chain

from triage.intents import Reading
from triage.model.document import Document, Person
from triage.model.silence import denies_escalation, says_none
from triage.priority.stated_values import bare, read_priority

_NEAR = frozenset({"accessToChildVictim", "relationshipToChildVictim", "relationToChild"})
_WORDS_OF_DANGER = frozenset({"self_harm", "threat"})
_STRANGER = "stranger"
_ANNOTATIONS = frozenset({"sextortion", "sadisticonlineexploitation", "livestreaming"})


def pressing(document: Document, reading: Reading) -> bool:
    """Cheap, and generous: escalated, NCMEC 1, a child named or near, hands-on, live, sextortion, words of self-harm or threat.

    It decides only who is judged first. The card says how grave a report is, and every report gets one.

    Args:
        document: One document of the report.
        reading: What the texts of the report may say.
    """
    escalated = document.escalation is not None and not denies_escalation(document.escalation)
    if escalated or read_priority(document.priority_code or "") == "1":
        return True
    if "molestation" in bare(document.incident_type or "") or any(_near_a_child(person) for person in document.people):
        return True
    marks = chain(document.annotations, *(file.annotations for file in document.files))
    if any(bare(mark) in _ANNOTATIONS for mark in marks):
        return True
    return any(finding.intent in _WORDS_OF_DANGER for finding in reading.findings)


def _near_a_child(person: Person) -> bool:
    """A victim, or somebody of whom anything but a no is said of access to the child or kinship with it."""
    said = (str(f.value) for f in person.facts if f.name in _NEAR and f.value not in (None, False, ""))
    return person.role == "victim" or any(value.strip().casefold() != _STRANGER and not says_none(value) for value in said)
