"""Reads what a sheet of the queue lists: the rows, what is to be done next on each, and what the filters leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from triage.jobs.codec import links_from_bytes, read_or_none
from triage.jobs.reading.queue import count_queue, read_queue_rows
from triage.jobs.session import Session
from triage.jobs.state.next_act import WorkState, describe_next_act, find_next_act
from triage.locate.offices import read_offices
from triage.message import Message
from triage.model.queue_sheet import SheetRow, SheetScope
from triage.model.users import Right
from triage.model.views import QueueFilter, QueueRow
from triage.store.database import Reader
from triage.store.queries import judgement, queue_sheet

_STEP = 1_000  # reports whose facts are read at once


def count_sheet_rows(session: Session, filter: QueueFilter, limit: int, offset: int) -> int:
    """Returns how many rows `load_sheet` would return."""
    session.require(Right.READ_REPORT)
    left = max(0, count_queue(session, filter) - offset)
    return left if limit < 0 else min(limit, left)


def load_sheet(session: Session, filter: QueueFilter, limit: int, offset: int) -> tuple[tuple[SheetRow, ...], SheetScope]:
    """Returns the rows of a sheet in the order of the queue, and what it is of; `limit` -1 means all.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    found = tuple(row for rows in read_sheet_rows(session, filter, limit, offset) for row in rows)
    scope = describe_scope(session, filter, limit, offset)
    return found, replace(scope, closed_listed=sum(each.row.status == "closed" for each in found))


def read_sheet_rows(session: Session, filter: QueueFilter, limit: int, offset: int) -> Iterator[Sequence[SheetRow]]:
    """Returns the rows of `load_sheet`, some thousand at once, so that a long sheet needs no memory.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    return _read_parts(session, read_queue_rows(session, filter, limit, offset), datetime.now(UTC))


def describe_scope(session: Session, filter: QueueFilter, limit: int, offset: int) -> SheetScope:
    """Returns what a sheet is of, without how many of its rows are closed."""
    session.require(Right.READ_REPORT)
    return SheetScope(
        filters=describe_filter(filter, limit),
        in_store=count_queue(session, QueueFilter()),
        matching=count_queue(session, filter),
        skipped=offset,
        closed_listed=None,
        offices={office.id: office.city for office in read_offices().office} | {read_offices().headquarters: "headquarters"},
    )


def _read_parts(session: Session, parts: Iterable[Sequence[QueueRow]], now: datetime) -> Iterator[Sequence[SheetRow]]:
    """Yields the sheet's rows of rows of the queue, _STEP at once."""
    for rows in parts:
        for at in range(0, len(rows), _STEP):
            with session.reading() as db:
                found = _build_rows(db, rows[at : at + _STEP], now)
            yield found


def describe_filter(filter: QueueFilter, limit: int = -1) -> tuple[tuple[str, str], ...]:
    """Returns each filter in words with its value."""
    days, preserved = filter.expiring_within_days, filter.preserve_within_days
    parts = (
        ("Office", _join(filter.offices)),
        ("Band", _join(filter.bands)),
        ("Status", _join(tuple(status.replace("_", " ") for status in filter.statuses))),
        ("Assigned to", _join(filter.assignees, "nobody")),
        ("Provider", _join(filter.providers)),
        ("Incident", _join(filter.incident_types)),
        ("Flag", _join(filter.flags)),
        ("Language", _join(filter.languages)),
        ("Province", _join(filter.provinces)),
        ("Left out", ", ".join(f"{facet.replace('_', ' ')} {value or 'none'}" for facet, value in filter.excluded)),
        ("Open reports only", "yes" if filter.open_only else None),
        ("Containing the words", filter.search),
        ("A deadline that still runs ends within", _format_days(days)),
        ("Evidence expires within", _format_days(preserved)),
        ("Came into this store after", filter.new_since),
        ("Copies", "folded into the report that they duplicate" if filter.fold_duplicates else None),
        ("Most reports", None if limit < 0 else str(limit)),
    )
    return tuple((name, value) for name, value in parts if value)


def _format_days(days: int | None) -> str | None:
    """Returns a number of days in words, or None."""
    return None if days is None else "1 day" if days == 1 else f"{days} days"


def _join(values: Sequence[str], nothing: str = "none") -> str:
    """Returns the values of a facet in words; `nothing` stands for the value "" of reports without one."""
    return " or ".join(value or nothing for value in values)


def _build_rows(db: Reader, rows: Sequence[QueueRow], now: datetime) -> list[SheetRow]:
    """Builds the sheet's rows of some reports."""
    ids = [row.id for row in rows]
    facts = queue_sheet.load_sheet_facts(db, ids)
    cards = judgement.load_cards(db, ids)
    others = {i: read_or_none(_count_same_user, card.links, i) for i, card in cards.items()}
    return [_build_row(row, facts, others.get(row.id, 0), now) for row in rows]


def load_next_act(db: Reader, row: QueueRow, now: datetime) -> Message:
    """Returns what is to be done next on the report of a row."""
    return describe_next_act(_build_state(row, queue_sheet.load_sheet_facts(db, [row.id]), now))


def _build_state(row: QueueRow, facts: queue_sheet.SheetFacts, now: datetime) -> WorkState:
    """Builds what the next act of a report depends on."""
    case, stage = facts.cases.get(row.id, (None, None))
    return WorkState(
        row=row,
        now=now,
        notices=facts.notices.get(row.id, 0),
        ungraded=facts.ungraded.get(row.id, 0),
        case=case,
        stage=stage,
    )


def _build_row(row: QueueRow, facts: queue_sheet.SheetFacts, others: int | None, now: datetime) -> SheetRow:
    """Builds one row of the sheet."""
    state = _build_state(row, facts, now)
    return SheetRow(
        row=row,
        next_act=find_next_act(state),
        case=state.case,
        same_user_reports=others,
        folded=facts.folded.get(row.id, 0),
    )


def _count_same_user(links: bytes) -> int:
    """Returns how many other reports share something that is the reported user's in both."""
    return len({link.report_id for link in links_from_bytes(links) if link.same_user})
