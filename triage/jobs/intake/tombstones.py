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

    Each is looked up when it is asked for: after years of destruction all of them would take hundreds of megabytes. Nothing is
    destroyed during an import, so a store without any is not asked again.
    """

    def __init__(self, session: Session) -> None:
        self._store = session.store
        with session.reading() as db:
            self._any = destruction.has_tombstones(db)

    def __contains__(self, text: str) -> bool:
        return self._any and bool(destruction.find_tombstones(self._store.read(), [self._store.keyed(text)]))
