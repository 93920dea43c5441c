"""Write the prioritised queue out, signed."""

from __future__ import annotations

from pathlib import Path

from triage.exports import queue as queue_export
from triage.jobs.leaving.outgoing import NOT_SAID, register, sha256_of
from triage.jobs.leaving.signing import StoreSigner, about
from triage.jobs.reading.queue import queue_rows
from triage.jobs.session import Session
from triage.model.custody import Handover
from triage.model.people import Right
from triage.model.views import QueueFilter, Written


def export_queue(
    session: Session, filter: QueueFilter, out: Path, *, limit: int = -1, offset: int = 0, handover: Handover = NOT_SAID
) -> Written:
    """By the ending: .xlsx, .csv, .json or .pdf. Raises WorldError when the file can't be written."""
    session.require(Right.EXPORT_QUEUE)
    rows = queue_rows(session, filter, limit, offset)
    written = queue_export.write_queue(rows, out, StoreSigner(session), about(session))
    with session.store.batch() as batch:
        batch.note("queue exported", rows=written.rows, file=session.store.keyed(out.name))
        register(batch, session, kind="queue", name=out.name, sha256=sha256_of(out), handover=handover)
    return written
