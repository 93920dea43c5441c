"""Lists the versions of a report, and those of all reports that wait for a person."""

from __future__ import annotations

from collections.abc import Sequence

from triage.jobs.codec import flags_from_bytes, read_or_none
from triage.jobs.judging.version_plans import find_falls, list_documents, plan_accepting
from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.user_names import name_user
from triage.model.users import Right
from triage.model.version_flags import VERSION_WAITS
from triage.model.versions import ReportVersion, SaysLess, ShowVersionChoice, VersionState
from triage.store.database import Reader
from triage.store.queries import judgement, reports
from triage.store.queries.reports import SourceRow


def list_report_versions(session: Session, report_number: str) -> tuple[ReportVersion, ...]:
    """Returns what arrived for a report, the oldest first, each with what it says less while it waits.

    Raises:
        NotFound: if there is no such report
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _list_versions(session, db, find_report(db, report_number))


def list_waiting_versions(session: Session) -> tuple[ReportVersion, ...]:
    """Returns the versions of all reports that wait for a person."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        held = reports.list_reports_with_held(db)
        return tuple(each for i in held for each in list_waiting_of_report(session, db, i))


def list_waiting_of_report(session: Session, db: Reader, report_id: int) -> tuple[ReportVersion, ...]:
    """Returns the versions of a report that wait for a person."""
    session.require(Right.READ_REPORT)
    return tuple(each for each in _list_versions(session, db, report_id) if each.state == "waiting")


def _list_versions(session: Session, db: Reader, report_id: int) -> tuple[ReportVersion, ...]:
    """Returns the versions of a report, the oldest first."""
    rows, users = list_documents(db, report_id), session.store.users.names()
    versions, chosen = reports.list_versions(db, report_id), reports.list_version_choices(db, report_id)
    number = reports.load_number(db, report_id)
    waits = _is_flagged(db, report_id)
    newest = max((row.since for row in rows if row.until is None and row.held is None), default=0)
    found = []
    for version in versions:
        own = [row for row in rows if row.since == version.n]
        state = _find_state(own, rows, is_newest=version.n == newest, waits=waits)
        less: tuple[SaysLess, ...] = ()
        needs_lead = False
        if state == "waiting":
            less, needs_lead = find_falls(db, report_id, rows, plan_accepting(rows, own, versions[-1].n))
        found.append(
            ReportVersion(
                report_id=number,
                n=version.n,
                imported=version.imported,
                state=state,
                says_less=less,
                sources=tuple(row.path for row in own),
                choices=tuple(
                    ShowVersionChoice(choice=each.choice, by=name_user(users, each.user_id), when=each.chosen, reason=each.reason)  # type: ignore[arg-type]
                    for each in chosen
                    if each.n == version.n
                ),
                needs_lead=needs_lead,
            )
        )
    return tuple(found)


def _is_flagged(db: Reader, report_id: int) -> bool:
    """Returns whether the report's card says that a version waits."""
    score = judgement.load_scores(db, [report_id]).get(report_id)
    return score is not None and VERSION_WAITS in (read_or_none(flags_from_bytes, score, report_id) or ())


def _find_state(own: Sequence[SourceRow], rows: Sequence[SourceRow], *, is_newest: bool, waits: bool) -> VersionState:
    """Returns the state of a version by its documents.

    A fuller version that took the place of an earlier one waits too, while the earlier one alone is graver.
    """
    if any(row.held == "waiting" for row in own):
        return "waiting"
    if any(row.held == "refused" for row in own):
        return "refused"
    if not any(row.until is None for row in own):
        return "superseded"
    only_earlier = waits and not any(row.held == "waiting" for row in rows) and any(row.held == "earlier" for row in rows)
    return "waiting" if is_newest and only_earlier else "current"
