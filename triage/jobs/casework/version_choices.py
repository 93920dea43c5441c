"""Records what a person chooses about a version of a report: it is accepted or refused, or its source is asked.

What arrives takes nothing away by itself (`jobs.intake.placing`, `jobs.judging.gravest`); a person does it here. Where that
takes the report out of band A or B or out of the child lane, or takes a child away, the person is a lead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from triage.errors import NotFound, Refused
from triage.jobs.judging.assess import assess
from triage.jobs.judging.version_plans import VersionPlan, find_falls, list_documents, plan_accepting, plan_refusing
from triage.jobs.lookup import find_report
from triage.jobs.reading.version_list import list_report_versions
from triage.jobs.session import Session, now
from triage.model.users import Right
from triage.model.versions import Choice, ReportVersion
from triage.store.batch import Batch
from triage.store.queries import judgement, reports
from triage.store.queries.reports import SourceRow, VersionChoice


def accept_version(session: Session, report_number: str, n: int, reason: str) -> ReportVersion:
    """Accepts a version: it counts, and what it replaces no longer does. An earlier or a refused version is taken back in so.

    Raises:
        NotFound: if there is no such report or version
        Refused: if the version counts already, no reason is given, or only a lead may choose
    """
    session.require(Right.DECIDE)
    return _choose(session, report_number, n, "accepted", reason, plan_accepting)


def refuse_version(session: Session, report_number: str, n: int, reason: str) -> ReportVersion:
    """Refuses a version: it no longer counts. It stays in the store, and can be accepted later.

    Raises:
        NotFound: if there is no such report or version
        Refused: if nothing else of the report would count, no reason is given, or only a lead may choose
    """
    session.require(Right.DECIDE)
    return _choose(session, report_number, n, "refused", reason, plan_refusing)


def ask_about_version(session: Session, report_number: str, n: int, reason: str) -> ReportVersion:
    """Records that the source was asked about a version; it goes on waiting.

    Raises:
        NotFound: if there is no such report or version
        Refused: if no reason is given
    """
    session.require(Right.DECIDE)
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        _find_version_rows(list_documents(batch, report_id), report_number, n)
        _record(session, batch, report_id, n, "asked", reason)
    return next(each for each in list_report_versions(session, report_number) if each.n == n)


def _choose(
    session: Session,
    report_number: str,
    n: int,
    choice: Choice,
    reason: str,
    plan: Callable[[Sequence[SourceRow], Sequence[SourceRow], int], VersionPlan],
) -> ReportVersion:
    """Records a choice about a version and judges the report anew."""
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        rows = list_documents(batch, report_id)
        chosen = _find_version_rows(rows, report_number, n)
        after = plan(rows, chosen, reports.list_versions(batch, report_id)[-1].n)
        if all(after.of(row) == (row.until, row.held) for row in rows):
            raise Refused("This version counts already; nothing was changed.")
        if not any(after.of(row) == (None, None) for row in rows):
            raise Refused("Nothing of report {report} would count. Accept another version first.", report=report_number)
        if find_falls(batch, report_id, rows, after)[1]:
            session.require(Right.ASSIGN)
        for row in rows:
            if (state := after.of(row)) != (row.until, row.held):
                reports.set_source_state(batch, row.id, *state)
        _record(session, batch, report_id, n, choice, reason)
        judgement.mark_stale(batch, [report_id])
    assess(session)  # those that it is linked with too
    return next(each for each in list_report_versions(session, report_number) if each.n == n)


def _record(session: Session, batch: Batch, report_id: int, n: int, choice: Choice, reason: str) -> None:
    """Records what was chosen about a version, and why."""
    if not reason.strip():
        raise Refused("Say why: others and a court will read it.")
    reports.add_version_choice(batch, VersionChoice(report_id, n, choice, now(), session.user.id, reason.strip()))
    batch.note(
        "version accepted" if choice == "accepted" else "version refused" if choice == "refused" else "version asked",
        report=report_id,
        version=n,
        text=session.store.keyed(reason.strip()),
    )


def _find_version_rows(rows: Sequence[SourceRow], report_number: str, n: int) -> list[SourceRow]:
    """Returns the documents that a version brought.

    Raises:
        NotFound: if there is no such version, or it brought nothing that counts
    """
    chosen = [row for row in rows if row.since == n]
    if not chosen:
        raise NotFound("There is no version {n} of report {report}.", n=n, report=report_number)
    return chosen
