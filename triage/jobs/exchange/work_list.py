"""Lists work packages that were sent and received, with their state, and the packages of one report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from triage.exports.work_report import decode_told
from triage.jobs.exchange.resolving import find_any_package
from triage.jobs.session import Session, now
from triage.model.moment import pakistan_day
from triage.model.users import Right
from triage.model.work import WorkReport, WorkRow, WorkState, Workstation
from triage.store.database import Reader
from triage.store.queries import decisions, exchange, reports, trusted
from triage.store.queries.exchange import PackageReportRow, PackageRow, ResultsRow


def list_work(session: Session) -> tuple[WorkRow, ...]:
    """Returns the packages that were sent and received, the newest first."""
    session.require(Right.READ_REPORT)
    today = pakistan_day(now()).isoformat()
    with session.reading() as db:
        stores, waiting = trusted.load_names(db), exchange.count_open_conflicts(db)
        rows = exchange.list_packages(db)
        of_keys = {row.age_key: stores[row.fingerprint] for row in rows if row.fingerprint in stores}
        return tuple(_build_row(db, row, of_keys, waiting.get(row.id, 0), today) for row in rows)


def list_work_reports(session: Session, package_id: str) -> tuple[WorkReport, ...]:
    """Returns the reports of a package that still exist, by number.

    Raises:
        NotFound: if there is no such package
    """
    session.require(Right.READ_REPORT)
    names = session.store.users.names()
    with session.reading() as db:
        rows = exchange.list_package_reports(db, find_any_package(db, package_id).id)
        waiting = Counter(row.report_id for row in exchange.list_conflicts(db) if row.resolved is None)
        return tuple(_build_report(db, row, names, waiting[row.report_id]) for row in rows)


def list_workstations(session: Session) -> tuple[Workstation, ...]:
    """Returns this workstation, then those whose signing keys are trusted, by name."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        keys = {row.fingerprint: row.age_key for row in exchange.list_packages(db)}
        known = sorted(trusted.load_names(db).items(), key=lambda each: each[1].casefold())
    own = Workstation(name="", fingerprint=session.store.fingerprint, age_key=session.store.recipient, own=True)
    return (own, *(Workstation(name=name, fingerprint=key, age_key=keys.get(key)) for key, name in known))


def _build_report(db: Reader, row: PackageReportRow, names: Mapping[int, str], conflicts: int) -> WorkReport:
    """Builds a report of a package."""
    status, assignee = decisions.load_status(db, row.report_id)
    there = None if row.told is None else decode_told(row.told).state
    case = None if there is None else there.case
    return WorkReport(
        report_id=reports.load_number(db, row.report_id),
        status=status,
        assignee=None if assignee is None else names.get(assignee),
        status_there=None if there is None else there.status,
        stage_there=None if case is None else case.stage.stage,
        case_there=None if case is None else case.number,
        conflicts=conflicts,
    )


def _build_row(db: Reader, row: PackageRow, of_keys: Mapping[str, str], conflicts: int, today: str) -> WorkRow:
    """Builds the row of a package."""
    results = exchange.list_results(db, row.id)
    return WorkRow(
        package_id=row.package_id,
        direction=row.direction,
        with_=of_keys.get(row.age_key, row.fingerprint or row.age_key),
        reports=row.reports,
        sent=row.made,
        due=row.due,
        state=_find_state(row, results, today),
        conflicts=conflicts,
        media=row.media,
        imported=row.imported if row.direction == "received" else max((each.imported or "" for each in results), default=None),
        results=len(results),
    )


def _find_state(row: PackageRow, results: list[ResultsRow], today: str) -> WorkState:
    """Returns the state of a package: results end it, else the day on which it was due."""
    if results:
        return "merged" if row.direction == "sent" else "returned"
    if row.due is not None and row.due < today:
        return "overdue"
    return row.direction
