"""Exports the queue as a signed file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from triage.exports import queue as queue_export
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.model.outgoing_preview import QueuePreview
from triage.model.users import Right
from triage.model.verification import Written
from triage.model.views import QueueFilter
from triage.store.batch import Batch


def export_queue(
    session: Session,
    filter: QueueFilter,
    out: Path,
    *,
    limit: int = -1,
    offset: int = 0,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
) -> Written:
    """Writes the queue; the form follows the ending: .xlsx, .csv, .json or .pdf. Raises WorldError when it can't be written.

    Rows hold no identifiers and say which reports wait for a lead because the reported user may be a child, so none is left out.
    """
    session.require(Right.EXPORT_QUEUE)
    rows = list_queue_rows(session, filter, limit, offset)
    made = describe_export(session)
    data = queue_export.format_queue(rows, out, made)

    def note(batch: Batch) -> None:
        """Adds the audit log entries of the export."""
        batch.note("queue exported", rows=len(rows), file=session.store.keyed(out.name))

    write_out(session, ((out, data),), kind="queue", handover=handover, overwrite=overwrite, note=note)
    return Written(path=str(out), rows=len(rows), signature_key=made.fingerprint)


def preview_queue(session: Session, filter: QueueFilter, *, limit: int = -1, offset: int = 0) -> QueuePreview:
    """Returns the totals of what `export_queue` would write now. Writes nothing."""
    session.require(Right.EXPORT_QUEUE)
    rows = list_queue_rows(session, filter, limit, offset)
    bands = Counter(row.band for row in rows)
    offices = Counter(row.office for row in rows)
    return QueuePreview(
        rows=len(rows),
        bands=tuple(sorted(bands.items())),
        offices=tuple(sorted(offices.items(), key=lambda each: (each[0] is None, each[0] or ""))),
    )
