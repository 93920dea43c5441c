"""Lists the fields that two workstations set differently, and lets a lead resolve them."""

from __future__ import annotations

from collections.abc import Sequence

from triage.errors import NotFound, Refused
from triage.jobs.exchange.work_fields import STATUS
from triage.jobs.exchange.work_merging import Merger, decode_change
from triage.jobs.judging.assess import mark_for_reassessing, reassess
from triage.jobs.lookup import find_report
from triage.jobs.session import Session, now
from triage.jobs.state.work_conflicts import describe_conflicts
from triage.message import Message
from triage.model.casework import Closing
from triage.model.choices import MOST_NAMED, name_choices
from triage.model.users import Right
from triage.model.work import WorkConflict
from triage.store.database import Reader
from triage.store.queries import exchange, package_list
from triage.store.queries.exchange import ConflictRow

MOST_REASON = 2_000  # characters


def list_conflicts(session: Session, package_id: str | None = None, *, waiting: bool = False) -> tuple[WorkConflict, ...]:
    """Returns the conflicts of all packages or of one, the oldest first; `waiting`: only those that wait for a lead.

    Raises:
        NotFound: if there is no such package
    """
    session.require(Right.READ_REPORT)
    ids = list_conflict_ids(session, package_id, waiting=waiting)
    return tuple(load_conflicts(session, ids).values())


def list_conflict_ids(session: Session, package_id: str | None = None, *, waiting: bool = False) -> Sequence[int]:
    """Returns the ids of the conflicts of all packages or of one, the newest first; `waiting`: only those that wait for a lead.

    Raises:
        NotFound: if there is no such package
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        package = None if package_id is None else find_any_package(db, package_id).id
        return package_list.list_conflict_ids(db, package, waiting=waiting)


def load_conflicts(session: Session, ids: Sequence[int]) -> dict[int, WorkConflict]:
    """Returns id -> conflict, of these conflicts, the oldest first."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        rows = package_list.load_conflicts(db, ids)
        return dict(zip([row.id for row in rows], describe_conflicts(db, session.store.users.names(), rows), strict=True))


def resolve_conflict(
    session: Session, report_number: str, field: str, take: str, reason: str, *, package_id: str | None = None
) -> WorkConflict:
    """Resolves a conflict: the report keeps its value here, or gets the other store's. It needs a lead.

    Raises:
        NotFound: if there is no such report, package or open conflict
        Refused: without the right or a reason, for another word than here or there, or when several packages are in conflict
    """
    session.require(Right.ASSIGN)
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise Refused("State the reason, in at most {most} characters.", most=MOST_REASON)
    if take not in ("here", "there"):
        raise Refused("There is no side {take}; choose from: {choices}.", take=repr(take), choices=("here", "there"))
    with session.store.batch() as batch:
        report_id = find_report(batch, report_number)
        row = _find_open(batch, report_id, report_number, field, package_id)
        merger = Merger(batch, row.fingerprint or "", session.user.id, row.package)
        here = merger.read_fields(report_id).get(row.field)
        if take == "there":
            change = decode_change(row.change)
            if row.field == STATUS and change.state.reason == Closing.CLEARED.value:
                raise Refused("{report}: the person was cleared there. Do so here with: triage clear", report=report_number)
            merger.take(report_id, row.field, change, session.user.id, note=reason)
        exchange.mark_conflict_resolved(
            batch, row.id, here=here, resolved=now(), taken=take, reason=reason, user_id=session.user.id
        )
        batch.note(
            "work conflict resolved",
            report=report_id,
            package=row.package,
            conflict=row.id,
            taken=take,
            text=session.store.keyed(reason),
        )
        stale = sorted({report_id, *(merger.merged.stale or ())})
        mark_for_reassessing(batch, stale)
    reassess(session, stale)
    return load_conflicts(session, [row.id])[row.id]


def find_any_package(db: Reader, package_id: str) -> exchange.PackageRow:
    """Returns the package that was sent or received.

    Raises:
        NotFound: if there is none
    """
    wanted = package_id.strip().lower()
    if (row := package_list.find_newest_package(db, wanted)) is not None:
        return row
    choices = name_choices(package_list.name_packages(db, MOST_NAMED + 1), Message("triage work list"))
    raise NotFound("There is no work package {package}; {choices}.", package=package_id, choices=choices)


def _find_open(db: Reader, report_id: int, report_number: str, field: str, package_id: str | None) -> ConflictRow:
    """Returns the open conflict of the report's field.

    Raises:
        NotFound: if there is none
        Refused: if several packages are in conflict
    """
    waiting = [row for row in exchange.list_conflicts(db, report_id=report_id) if row.resolved is None]
    wanted = field.strip().casefold()
    found = [row for row in waiting if row.field.casefold() == wanted]
    if package_id is not None:
        package = find_any_package(db, package_id)
        found = [row for row in found if row.package == package.id]
    if not found:
        choices = name_choices(sorted({row.field for row in waiting}), Message("triage work conflicts"))
        raise NotFound(
            "Report {report} has no open conflict in {field}; {choices}.",
            report=report_number,
            field=repr(field),
            choices=choices,
        )
    if len(found) > 1:
        raise Refused(
            "Several packages are in conflict on {field} of report {report}: give --package, one of {packages}.",
            field=found[0].field,
            report=report_number,
            packages=tuple(row.package_id for row in found),
        )
    return found[0]
