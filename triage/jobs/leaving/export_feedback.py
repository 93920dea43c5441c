"""Exports what became of reports, for NCMEC or a provider: minimum data, no person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from triage.errors import NotFound, Refused
from triage.exports import feedback as feedback_file
from triage.exports.feedback import FeedbackRow
from triage.jobs.leaving.counting import find_bounds
from triage.jobs.leaving.outgoing import NOT_SAID, Leaving, check_may_leave, write_out
from triage.jobs.leaving.periods import read_period
from triage.jobs.leaving.signing import describe_export
from triage.jobs.session import Session
from triage.message import Message
from triage.model.casework import Closing
from triage.model.choices import name_choices
from triage.model.handover import Handover
from triage.model.moment import format_utc
from triage.model.users import Right
from triage.store.batch import Batch
from triage.store.database import Reader
from triage.store.queries import feedback
from triage.store.queries.feedback import OutcomeRow

NOT_STATED, NONE = "not stated", "none"
_ALL_TIME = (-(1 << 40), 1 << 40)
_NO_OFFENCE = "no offence found"
_NOT_SHOWN = "account holder not shown to be the offender"
OUTCOMES = {
    Closing.NOT_ABUSE: _NO_OFFENCE,
    Closing.ADULT: _NO_OFFENCE,
    Closing.INNOCENT: _NO_OFFENCE,
    Closing.DRAWING: _NO_OFFENCE,
    Closing.NO_CRIME: _NO_OFFENCE,
    Closing.AGE_UNCERTAIN: "age could not be established",
    Closing.DUPLICATE: "duplicate of another report",
    Closing.VICTIM: _NOT_SHOWN,
    Closing.COMPROMISED: _NOT_SHOWN,
    Closing.INSUFFICIENT: "insufficient information",
    Closing.DECLINED: "closed",
    Closing.WITHDRAWN: "withdrawn by the source",
    Closing.REFERRED: "referred to another agency",
    Closing.WORKED: "investigated",
}
"""How an office's reason for closing is told to others; it says no more than they need to send better reports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutFeedback:
    """A report that was left out, and why."""

    report_id: str
    reason: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFeedback:
    """Feedback that was written."""

    path: str
    rows: int
    left_out: tuple[LeftOutFeedback, ...]
    signature_key: str


def export_feedback(
    session: Session,
    out: Path,
    *,
    esp: str | None = None,
    first: str | None = None,
    last: str | None = None,
    handover: Handover = NOT_SAID,
    overwrite: bool = False,
) -> WrittenFeedback:
    """Writes the outcome of each completed report as .csv or .pdf. `first` and `last` are days of receipt, both included.

    Reports that wait in the child lane, and those of cleared people, are left out and named in the answer.

    Raises:
        Refused: without the right, or for a period that can't be
        NotFound: if there is no such provider
        WorldError: if the file can't be written
    """
    session.require(Right.EXPORT_QUEUE)
    ending = feedback_file.check_format(out)
    begin, end = _find_period(first, last)
    rows: list[FeedbackRow] = []
    ids: list[int] = []
    left_out: list[LeftOutFeedback] = []
    with session.reading() as db:
        name = None if esp is None else _find_provider(db, esp)
        for each in feedback.list_outcomes(db, begin, end):
            if name is not None and each.esp != name:
                continue
            if (reason := _find_obstacle(db, each.report_id)) is not None:
                left_out.append(LeftOutFeedback(report_id=each.number, reason=reason))
            else:
                rows.append(_build_row(each))
                ids.append(each.report_id)
    about = describe_export(session)
    data = feedback_file.format_feedback(rows, ending, name or "NCMEC", about)

    def note(batch: Batch) -> None:
        """Adds the audit log entry of the export."""
        batch.note("feedback exported", rows=len(rows))

    leaving = Leaving(ids)
    write_out(session, ((out, data),), kind="feedback", handover=handover, overwrite=overwrite, leaving=leaving, note=note)
    return WrittenFeedback(path=str(out), rows=len(rows), left_out=tuple(left_out), signature_key=about.fingerprint)


def _find_period(first: str | None, last: str | None) -> tuple[int, int]:
    """Returns the bounds in seconds since 1970; without days all reports count."""
    if first is None and last is None:
        return _ALL_TIME
    if first is None or last is None:
        raise Refused("Give both days of the period, the first and the last, or none.")
    return find_bounds(read_period(first, last))


def _find_provider(db: Reader, name: str) -> str:
    """Returns the provider as its reports spell it. Raises NotFound when no report names it."""
    known = feedback.list_providers(db)
    found = next((each for each in known if each.casefold() == name.strip().casefold()), None)
    if found is None:
        raise NotFound(
            "No report is of the provider {name}; {choices}.",
            name=repr(name),
            choices=name_choices(known, Message("triage stats providers")),
        )
    return found


def _find_obstacle(db: Reader, report_id: int) -> Message | None:
    """Returns why nothing of a report may leave, or None."""
    try:
        check_may_leave(db, [report_id])
    except Refused as refusal:
        return refusal.message
    return None


def _build_row(row: OutcomeRow) -> FeedbackRow:
    """Builds what is told of one report."""
    return FeedbackRow(
        report=row.number,
        provider=row.esp or NOT_STATED,
        received=NOT_STATED if row.received is None else format_utc(datetime.fromtimestamp(row.received, UTC)),
        outcome=_describe_outcome(row),
        decided=row.decided,
        case=row.case or NONE,
        duplicate_of=row.duplicate_of or NONE,
    )


def _describe_outcome(row: OutcomeRow) -> str:
    """Returns the outcome in words for others."""
    if row.status == "case_opened":
        return "case opened"
    if row.status == "referred":
        return "referred to another agency"
    return OUTCOMES.get(Closing(row.reason), "closed") if row.reason in set(Closing) else "closed"
