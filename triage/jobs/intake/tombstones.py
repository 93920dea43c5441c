"""Recognises what was destroyed by order, so that it is not imported again."""

from __future__ import annotations

from triage.jobs.session import Session
from triage.message import Message
from triage.store.queries import destruction

BYTES_GONE = Message("destroyed by order, not taken in again")
"""The reason for an entry that was skipped."""
REPORT_GONE = Message("speaks of a report that was destroyed by order")
"""The reason for a quarantined document: its bytes are new, so a person has to look at it."""


class Tombstones:
    """The tombstones of a store: `sha256 in tombstones` and `number in tombstones`.

    They are read once, since nothing is destroyed during an import.
    """

    def __init__(self, session: Session) -> None:
        self._store = session.store
        with session.reading() as db:
            self._marks = destruction.load_tombstones(db)

    def __contains__(self, text: str) -> bool:
        return bool(self._marks) and self._store.keyed(text) in self._marks
