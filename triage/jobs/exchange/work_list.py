"""Lists work packages that were sent and received, with their state, and the packages of one report."""

from __future__ import annotations

from triage.jobs.session import Session, now
from triage.model.moment import pakistan_day
from triage.model.users import Right
from triage.model.work import WorkRow, WorkState
from triage.store.database import Reader
from triage.store.queries import exchange, trusted
from triage.store.queries.exchange import PackageRow, ResultsRow


def list_work(session: Session) -> tuple[WorkRow, ...]:
    """Returns the packages that were sent and received, the newest first."""
    session.require(Right.READ_REPORT)
    today = pakistan_day(now()).isoformat()
    with session.reading() as db:
        stores, waiting = trusted.load_names(db), exchange.count_open_conflicts(db)
        return tuple(_build_row(db, row, stores, waiting.get(row.id, 0), today) for row in exchange.list_packages(db))


def _build_row(db: Reader, row: PackageRow, stores: dict[str, str], conflicts: int, today: str) -> WorkRow:
    """Builds the row of a package."""
    results = exchange.list_results(db, row.id)
    return WorkRow(
        package_id=row.package_id,
        direction=row.direction,
        with_=stores.get(row.fingerprint or "", row.fingerprint or row.age_key),
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
