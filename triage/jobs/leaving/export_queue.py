"""Exports the queue as a signed file."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path

from triage.exports import queue as queue_export
from triage.exports.sheet_origin import seal_origin
from triage.jobs.leaving.outgoing import NOT_SAID, write_out
from triage.jobs.leaving.signing import describe_export
from triage.jobs.reading.queue import count_listed
from triage.jobs.reading.queue_sheet import count_sheet_rows, describe_scope, load_sheet, read_sheet_rows
from triage.jobs.session import Session
from triage.model.exports import About
from triage.model.handover import Handover
from triage.model.outgoing_preview import QueuePreview
from triage.model.queue_sheet import SheetOrigin
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
    ending = queue_export.check_format(out)
    queue_export.require_room(ending, count_sheet_rows(session, filter, limit, offset))
    made = describe_export(session)
    if ending in queue_export.ROW_BY_ROW:
        scope = describe_scope(session, filter, limit, offset)
        data, count = queue_export.format_rows(read_sheet_rows(session, filter, limit, offset), scope, made, ending)
    elif ending == ".xlsx":
        data, count = _format_spreadsheet(session, filter, limit, offset, made)
    else:
        rows, scope = load_sheet(session, filter, limit, offset)
        data, count = queue_export.format_queue(queue_export.Sheet(rows=rows, scope=scope, about=made), ending), len(rows)

    def note(batch: Batch) -> None:
        """Adds the audit log entries of the export."""
        named, file = int(bool(handover.handed_to)), session.store.keyed(out.name)
        batch.note("queue exported", rows=count, bands=len(filter.bands), recipient_named=named, file=file)

    write_out(session, ((out, data),), kind="queue", handover=handover, overwrite=overwrite, note=note)
    return Written(path=str(out), rows=count, signature_key=made.fingerprint)


def _format_spreadsheet(session: Session, filter: QueueFilter, limit: int, offset: int, made: About) -> tuple[bytes, int]:
    """Returns the bytes of a spreadsheet, and how many rows it holds."""

    def seal(assigned: Sequence[tuple[str, str | None]]) -> str:
        """Returns the signed statement by which the spreadsheet is recognised when it comes back."""
        rows = tuple(assigned)
        export = str(uuid.UUID(session.store.keyed(repr((made.made, rows)))[:32]))
        return seal_origin(SheetOrigin(export=export, store=session.store.id, made=made.made, rows=rows), session.store.sign)

    people = tuple(user.name for user in session.store.users.all() if not user.disabled)
    scope, parts = describe_scope(session, filter, limit, offset), read_sheet_rows(session, filter, limit, offset)
    return queue_export.format_spreadsheet(parts, scope, made, people, seal)


def preview_queue(session: Session, filter: QueueFilter) -> QueuePreview:
    """Returns the totals of what `export_queue` would write now. Writes nothing, and reads no row."""
    session.require(Right.EXPORT_QUEUE)
    bands, offices = count_listed(session, filter, "band"), count_listed(session, filter, "office")
    return QueuePreview(
        rows=sum(bands.values()),
        bands=tuple(sorted(bands.items())),
        offices=tuple(
            sorted(((office or None, n) for office, n in offices.items()), key=lambda each: (each[0] is None, each[0]))
        ),
    )
