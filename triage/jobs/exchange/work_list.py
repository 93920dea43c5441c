"""Lists work packages that were sent and received, with their state, and the packages of one report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from triage.exports.work_report import decode_told
from triage.jobs.exchange.resolving import find_any_package
from triage.jobs.session import Session, now
from triage.model.moment import pakistan_day
from triage.model.users import Right
from triage.model.work import WorkList, WorkReport, WorkRow, WorkState, Workstation
from triage.store.database import Reader
from triage.store.queries import decisions, exchange, package_list, reports, trusted
from triage.store.queries.exchange import PackageReportRow, PackageRow


def list_work_ids(session: Session) -> Sequence[int]:
    """Returns the ids of the packages that were sent and received, the newest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return package_list.list_package_ids(db)


def find_work(session: Session) -> WorkList:
    """Returns which packages were sent and received, and how many are overdue; `load_work` reads some of them."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return WorkList(
            sent=package_list.list_package_ids(db, "sent"),
            received=package_list.list_package_ids(db, "received"),
            overdue=package_list.count_overdue_packages(db, pakistan_day(now()).isoformat()),
        )


def load_work(session: Session, ids: Sequence[int]) -> dict[int, WorkRow]:
    """Returns id -> package, of these packages, the newest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _load_rows(db, ids)


def list_work(session: Session) -> tuple[WorkRow, ...]:
    """Returns the packages that were sent and received, the newest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return tuple(_load_rows(db, package_list.list_package_ids(db)).values())


def list_work_reports(session: Session, package_id: str) -> tuple[WorkReport, ...]:
    """Returns the reports of a package that still exist, by number.

    Raises:
        NotFound: if there is no such package
    """
    session.require(Right.READ_REPORT)
    names = session.store.users.names()
    with session.reading() as db:
        rows = exchange.list_package_reports(db, find_any_package(db, package_id).id)
        waiting = package_list.count_open_conflicts_of_reports(db, {row.report_id for row in rows})
        return tuple(_build_report(db, row, names, waiting.get(row.report_id, 0)) for row in rows)


def list_workstations(session: Session) -> tuple[Workstation, ...]:
    """Returns this workstation, then those whose signing keys are trusted, by name."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        keys = {fingerprint: age_key for age_key, fingerprint in reversed(package_list.list_stations(db))}  # the newest stays
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


def _load_rows(db: Reader, ids: Sequence[int]) -> dict[int, WorkRow]:
    """Returns id -> package, of these packages, the newest first."""
    stores = trusted.load_names(db)
    of_keys = {key: stores[mark] for key, mark in reversed(package_list.list_stations(db)) if mark in stores}
    results, waiting = package_list.load_results_times(db, ids), package_list.count_open_conflicts(db, ids)
    today = pakistan_day(now()).isoformat()
    return {
        row.id: _build_row(row, of_keys, results.get(row.id, (0, None)), waiting.get(row.id, 0), today)
        for row in package_list.load_packages(db, ids)
    }


def _build_row(
    row: PackageRow, of_keys: Mapping[str, str], results: tuple[int, str | None], conflicts: int, today: str
) -> WorkRow:
    """Builds the row of a package. `results` says how many results files it has, and when the last one was imported."""
    number, last = results
    return WorkRow(
        package_id=row.package_id,
        direction=row.direction,
        with_=of_keys.get(row.age_key, row.fingerprint or row.age_key),
        reports=row.reports,
        sent=row.made,
        due=row.due,
        state=_find_state(row, number > 0, today),
        conflicts=conflicts,
        media=row.media,
        imported=row.imported if row.direction == "received" else last,
        results=number,
    )


def _find_state(row: PackageRow, has_results: bool, today: str) -> WorkState:
    """Returns the state of a package: results end it, else the day on which it was due."""
    if has_results:
        return "merged" if row.direction == "sent" else "returned"
    if row.due is not None and row.due < today:
        return "overdue"
    return row.direction
