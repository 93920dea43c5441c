"""Prints one report to a signed PDF. Printing by the system would leave its pages in the clear in a spool folder."""

from __future__ import annotations

from pathlib import Path

from triage.errors import WorldError
from triage.exports.report_print import format_report
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.leaving.packet_contents import load_packet_report
from triage.jobs.leaving.signing import describe_export
from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.handover import Handover
from triage.model.packet import PacketReport
from triage.model.users import Right
from triage.store.batch import Batch


def export_report(
    session: Session,
    report_number: str,
    out: Path,
    *,
    although_cleared: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
) -> str:
    """Writes a report to a signed PDF, without media and notes; returns the fingerprint of the signing key.

    Raises:
        NotFound: if there is no such report
        Refused: without the right, or when the report may not leave
        WorldError: for another ending, or when the file can't be written
    """
    session.require(Right.CASE_PAPERS)
    if out.suffix.lower() != ".pdf":
        raise WorldError("Can't tell the format of {name}: end the name in .pdf.", name=out.name)
    leaving, report = _load(session, report_number, although_cleared)
    data = format_report(report, describe_export(session), leaving.sentence)

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the print."""
        batch.note("report printed", report=leaving.reports[0], file=session.store.keyed(out.name))

    write_out(session, ((out, data),), kind="report", handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return session.store.fingerprint


def preview_report(session: Session, report_number: str) -> PacketReport:
    """Returns what a print of the report would hold, and writes nothing; refuses what `export_report` would refuse."""
    session.require(Right.CASE_PAPERS)
    return _load(session, report_number, None)[1]


def _load(session: Session, report_number: str, although_cleared: str | None) -> tuple[Leaving, PacketReport]:
    with session.reading() as db:
        report_id = find_report(db, report_number)
        return check_may_leave(db, [report_id], although_cleared), load_packet_report(session, db, report_id)
