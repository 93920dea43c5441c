"""Records that a person copies something of a report to the clipboard, before it is there."""

from __future__ import annotations

from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.users import Right

TEXT, OTHER = "text", "other"
"""The kind of a copy that is no single identifier: a passage of a chat, a sentence of a card."""
KINDS = frozenset({TEXT, *IDENTIFIER_KINDS})


def record_copy(session: Session, report_number: str, kind: str, value: str) -> None:
    """Records that a value of a report was copied. The log holds its kind and its keyed digest, never the value.

    Raises:
        NotFound: if there is no such report
    """
    session.require(Right.READ_REPORT)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        batch.note("value copied", report=report_id, sort=kind if kind in KINDS else OTHER, value=session.store.keyed(value))
