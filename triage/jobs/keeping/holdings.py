"""Lists legal holds and destructions, and says what destroying a report would take away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.jobs.lookup import find_report
from triage.jobs.session import Session
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import backups, destruction, package_list, reports, trusted
from triage.store.queries.exchange import Direction


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEntry:
    """A legal hold: while it stands, nobody can destroy the report."""

    report_id: str
    placed: str
    user: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionEntry:
    """A destruction that was carried out; `number` is the internal id, which is all that is left of the report."""

    number: int
    destroyed: str
    user: str
    second: str
    documents: int
    media: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """A work package with a report that is not answered. `with_` is the other workstation's name, else its key."""

    package_id: str
    direction: Direction
    with_: str
    made: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DestructionPreview:
    """What destroying a report takes away, and what stays. Nothing of the content is shown."""

    report_id: str
    documents: int
    media: int
    replies: int
    shared_documents: int
    shared_media: int
    held: bool
    backups: tuple[str, ...]
    """Places of backups that would still hold it."""
    work: tuple[OpenWork, ...] = ()
    """Work packages with it that are not answered: another workstation works on it, or waits for what was done here."""


def list_holds(session: Session) -> tuple[HoldEntry, ...]:
    """Returns all legal holds, the oldest first."""
    session.require(Right.HOLD)
    names = session.store.users.names()
    with session.reading() as db:
        rows = destruction.list_holds(db)
        numbers = reports.load_numbers(db, [row.report_id for row in rows])
    return tuple(
        HoldEntry(
            report_id=numbers[row.report_id], placed=row.placed, user=names.get(row.user_id, str(row.user_id)), reason=row.reason
        )
        for row in rows
    )


def list_destruction_ids(session: Session) -> Sequence[int]:
    """Returns the ids of all destructions, the newest first."""
    session.require(Right.RECORD)
    with session.reading() as db:
        return destruction.list_destruction_ids(db)


def load_destructions(session: Session, ids: Sequence[int]) -> dict[int, DestructionEntry]:
    """Returns id -> destruction, of these destructions."""
    session.require(Right.RECORD)
    names = session.store.users.names()
    with session.reading() as db:
        rows = destruction.load_destructions(db, ids)
    return {
        i: DestructionEntry(
            number=row.report_id,
            destroyed=row.destroyed,
            user=names.get(row.user_id, str(row.user_id)),
            second=names.get(row.second_id, str(row.second_id)),
            documents=row.documents,
            media=row.media,
        )
        for i, row in rows.items()
    }


def preview_destruction(session: Session, report_number: str) -> DestructionPreview:
    """Returns what destroying the report would take away. Nothing is changed.

    Raises:
        NotFound: if there is no such report
    """
    session.require(Right.DESTROY)
    with session.reading() as db:
        report_id = find_report(db, report_number)
        going = destruction.plan_destruction(db, report_id)
        return DestructionPreview(
            report_id=reports.load_number(db, report_id),
            documents=len(going.documents),
            media=len(going.media),
            replies=len(going.replies),
            shared_documents=going.shared_documents,
            shared_media=going.shared_media,
            held=destruction.has_hold(db, report_id),
            backups=tuple(row.place for row in backups.list_backups(db) if row.gone is None),
            work=_list_open_work(db, report_id),
        )


def _list_open_work(db: Reader, report_id: int) -> tuple[OpenWork, ...]:
    """Returns the work packages with the report that are not answered, the oldest first."""
    stores = trusted.load_names(db)
    return tuple(
        OpenWork(
            package_id=row.package_id,
            direction=row.direction,
            with_=stores.get(row.fingerprint or "", row.fingerprint or row.age_key),
            made=row.made,
        )
        for row in package_list.list_unanswered_packages(db, report_id)
    )
