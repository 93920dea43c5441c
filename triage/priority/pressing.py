"""Which documents are judged before all others of an import, so that what can't wait is on the screen within a minute."""

from __future__ import annotations

from triage.model.document import Document, Person
from triage.priority.phrases import levelled, readable, words_of
from triage.priority.rules import shipped

_NEAR = frozenset({"accessToChildVictim", "relationshipToChildVictim"})
_SAYS_NO = frozenset({"no", "false", "none", "n/a", "unknown", "stranger"})
_ANNOTATIONS = frozenset({"sextortion", "sadisticOnlineExploitation", "liveStreaming"})


def pressing(document: Document) -> bool:
    """Cheap, and generous: escalated, NCMEC 1, a child named or near, hands-on, live, sextortion, words of self-harm or threat.

    It decides only who is judged first. The card says how grave a report is, and every report gets one.
    """
    if document.escalation is not None or (document.priority_code or "").strip() == "1":
        return True
    if "molestation" in (document.incident_type or "").casefold() or any(_near_a_child(person) for person in document.people):
        return True
    if not _ANNOTATIONS.isdisjoint(document.annotations):
        return True
    if any(not _ANNOTATIONS.isdisjoint(file.annotations) for file in document.files):
        return True
    return any(_threatens(text.text) for text in document.free_text if text.of != "reporter")


def _near_a_child(person: Person) -> bool:
    """A victim, or a reported user of whom anything but a no is said of access to the child or kinship with it."""
    said = (fact for fact in person.facts if fact.name in _NEAR and fact.value not in (None, False, ""))
    return person.role == "victim" or any(str(fact.value).strip().casefold() not in _SAYS_NO for fact in said)


def _threatens(text: str) -> bool:
    words = words_of(levelled(text))
    lists = [phrases for name in ("self_harm", "threat") if (phrases := shipped().phrases[name]).may_hold(words)]
    return any(phrases.find(readable(text), words) for phrases in lists)
