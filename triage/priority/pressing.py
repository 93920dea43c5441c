"""Which documents are judged before all others of an import, so that what can't wait is on the screen within a minute."""

from __future__ import annotations

from triage.model.document import Document
from triage.priority.phrases import readable, words_of
from triage.priority.rules import shipped

_ANNOTATIONS = frozenset({"sextortion", "sadisticOnlineExploitation", "liveStreaming"})


def pressing(document: Document) -> bool:
    """Cheap, and generous: escalated, NCMEC 1, a child named, live or sextortion, or words of self-harm or threat in its text.

    It decides only who is judged first. The card says how grave a report is, and every report gets one.
    """
    if document.escalation is not None or (document.priority_code or "").strip() == "1":
        return True
    if any(person.role == "victim" for person in document.people):
        return True
    if not _ANNOTATIONS.isdisjoint(document.annotations):
        return True
    if any(not _ANNOTATIONS.isdisjoint(file.annotations) for file in document.files):
        return True
    return any(_threatens(readable(text.text)) for text in document.free_text if text.of != "reporter")


def _threatens(text: str) -> bool:
    words = words_of(text)
    return any(shipped().phrases[name].find(text, words) for name in ("self_harm", "threat"))
