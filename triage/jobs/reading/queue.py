"""The prioritised queue: its rows, lanes and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.errors import NotFound
from triage.jobs.review.pairs import count_possible
from triage.jobs.session import Session
from triage.jobs.state.child_lane import FLAG, LaneState
from triage.locate.offices import read_offices
from triage.model.choices import name_choices
from triage.model.judgement import BANDS
from triage.model.moment import format_utc
from triage.model.users import Right
from triage.model.views import STATUSES, QueueFilter, QueueRow, RanOut
from triage.priority import flag_order
from triage.store.database import Reader
from triage.store.queries import bundles, cases, judgement, list_matches, queue, reports
from triage.store.queries import deadlines as deadlines_sql
from triage.store.queries.deadlines import DeadlineRow

EXPIRING_DAYS = 30
"""The "preserve now" lane: what expires within so many days, across bands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneCounts:
    """The numbers of reports by band, status, office and lane, and of work that waits for a person."""

    total: int
    bands: dict[str, int]
    statuses: dict[str, int]
    offices: dict[str, int]
    expiring: int
    child_lane: int
    set_aside: int
    possible: int
    """Possible matches that wait for a person."""
    held: int
    """Hashes that wait for a lead, since they match hundreds."""
    stale: int
    """Reports whose card is not up to date because an import is running or was interrupted."""


def list_queue_ids(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[int, ...]:
    """Returns internal ids in queue order.

    The order is band, risk descending, actionability descending, next deadline, report number.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        clause, params = _build_clause(db, session, filter)
        return tuple(queue.list_report_ids(db, clause, params, limit, offset))


def count_queue(session: Session, filter: QueueFilter) -> int:
    """Returns how many reports a filter lets through.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return queue.count_reports_where(db, *_build_clause(db, session, filter))


def load_rows(session: Session, ids: Sequence[int]) -> dict[int, QueueRow]:
    """Returns the queue rows of these reports by id; reports that were never judged are missing."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _build_rows(db, session, ids)


def list_queue_rows(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[QueueRow, ...]:
    """Returns the rows of the queue in order; `limit` -1 means all.

    Raises:
        NotFound: if the filter names an unknown office, band, status or user
    """
    ids = list_queue_ids(session, filter, limit, offset)
    rows = load_rows(session, ids)
    return tuple(rows[i] for i in ids)


def count_lanes(session: Session) -> LaneCounts:
    """Returns how many reports there are by band, status, office and lane, and how much work waits for a person."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        offices = judgement.load_codes(db, "office")
        flags = _load_flag_ranks(db)
        by_band, by_status = queue.count_reports_by(db, "band"), queue.count_reports_by(db, "status")
        expiring, params = queue.build_where_clause(expiring=_build_expiring(EXPIRING_DAYS))
        return LaneCounts(
            total=reports.count_reports(db),
            bands={band: by_band.get(i, 0) for i, band in enumerate(BANDS)},
            statuses={status: by_status.get(i, 0) for i, status in enumerate(STATUSES)},
            offices={offices[i]: n for i, n in queue.count_reports_by(db, "office").items()},
            expiring=queue.count_reports_where(db, expiring, params),
            child_lane=queue.count_reports_where(db, *queue.build_where_clause(flag=flags["child lane"]))
            if "child lane" in flags
            else 0,
            set_aside=bundles.count_set_aside(db),
            possible=count_possible(db),
            held=list_matches.count_undecided_held(db),
            stale=judgement.count_stale(db),
        )


def _build_clause(db: Reader, session: Session, filter: QueueFilter) -> tuple[str, list[object]]:
    """Returns the WHERE clause and parameters of the filter."""
    only = None
    if filter.search:
        exact = reports.find_report(db, filter.search.strip())
        only = [exact] if exact is not None else queue.search_reports(db, filter.search)
    return queue.build_where_clause(
        office=_find_office_code(db, filter.office),
        band=_find_position(BANDS, filter.band, "band"),
        status=_find_position(STATUSES, filter.status, "status"),
        assignee=_find_user(session, filter.assignee),
        expiring=None if filter.expiring_within_days is None else _build_expiring(filter.expiring_within_days),
        flag=None if filter.flag is None else _load_flag_ranks(db).get(filter.flag, 62),
        only=only,
    )


def _build_expiring(days: int) -> queue.Expiring:
    """Returns the filter for deadlines that still run and end within so many days.

    Closed reports, and reports of which all deadlines passed, stay in the ordinary queue. Their score card says to ask anyway.
    """
    moment = datetime.now(UTC)
    soon = int((moment + timedelta(days=days)).timestamp())
    return queue.Expiring(before=soon, now=int(moment.timestamp()), closed=STATUSES.index("closed"))


def _find_position(words: Sequence[str], word: str | None, what: str) -> int | None:
    """Returns the word's position in the list, or None for None.

    Raises:
        NotFound: if the list does not have it
    """
    if word is None:
        return None
    if word not in words:
        raise NotFound("There is no {what} {word}; choose from: {words}.", what=what, word=repr(word), words=tuple(words))
    return words.index(word)


def _find_office_code(db: Reader, office: str | None) -> int | None:
    """Returns the code of an office, -1 when no report lies there.

    Raises:
        NotFound: if there is no such office
    """
    if office is None:
        return None
    known = [read_offices().headquarters, *(each.id for each in read_offices().office)]
    if office not in known:
        raise NotFound(
            "There is no office {office}; {choices}.", office=repr(office), choices=name_choices(known, "triage stats")
        )
    return next((code for code, word in judgement.load_codes(db, "office").items() if word == office), -1)


def _find_user(session: Session, name: str | None) -> int | None:
    """Returns the user's id, or None for None.

    Raises:
        NotFound: if there is no such user
    """
    if name is None:
        return None
    ids = {known: user_id for user_id, known in session.store.users.names().items()}
    if name not in ids:
        choices = name_choices(sorted(ids), "triage user list")
        raise NotFound("There is no user {name}; {choices}.", name=repr(name), choices=choices)
    return ids[name]


def _load_flag_ranks(db: Reader) -> dict[str, int]:
    """Returns flag -> the bit that stands for it."""
    return {word: rank for rank, word in enumerate(judgement.load_codes(db, "flag").values())}


def _build_rows(db: Reader, session: Session, ids: Sequence[int]) -> dict[int, QueueRow]:
    """Builds the queue rows of these reports."""
    words = {kind: judgement.load_codes(db, kind) for kind in ("esp", "incident_type", "office", "province", "due_name")}
    flags = tuple(judgement.load_codes(db, "flag").values())
    users = session.store.users.names()
    order = {flag: n for n, flag in enumerate(flag_order())}
    rows: dict[int, QueueRow] = {}
    confirmed = cases.find_confirmed_child_lane(db, ids)

    def pressing(flag: str) -> int:
        """Returns the position of the flag in the order of urgency."""
        return order.get(flag, len(order))

    every = judgement.load_queue_facts(db, ids)
    deadlines = deadlines_sql.load_deadlines(db, every)
    now = int(datetime.now(UTC).timestamp())
    for report_id, facts in every.items():
        running, passed = _split_deadlines(deadlines.get(report_id, ()), now)
        number_of_duplicate = None if facts.duplicates_of is None else reports.load_number(db, facts.duplicates_of)
        rows[report_id] = QueueRow(
            id=report_id,
            report_id=reports.load_number(db, report_id),
            band=BANDS[facts.band],
            risk=facts.risk / 10,
            actionability=facts.actionability / 10,
            deadline=_format_time(running[0][0]) if running else None,
            deadline_name=words["due_name"].get(running[0][1]) if running else None,
            esp=words["esp"].get(facts.esp or 0),
            incident_type=words["incident_type"].get(facts.incident_type or 0),
            received=_format_time(facts.received),
            received_estimated=bool(facts.received_estimated),
            office=words["office"].get(facts.office or 0),
            status=STATUSES[facts.status],
            assignee=None if facts.assignee is None else users.get(facts.assignee),
            duplicates_of=number_of_duplicate,
            flags=tuple(sorted((word for rank, word in enumerate(flags) if facts.flags >> rank & 1), key=pressing)),
            in_pakistan=None if facts.in_pakistan is None else bool(facts.in_pakistan),
            province=words["province"].get(facts.province or 0),
            files=facts.files,
            files_present=facts.files_present,
            child_lane=_name_lane_state(facts.flags, flags, report_id in confirmed),
            ran_out=tuple(RanOut(name=words["due_name"][name], due=_to_utc(due)) for due, name, _ in passed),
        )
    return rows


def _name_lane_state(bits: int, flags: Sequence[str], confirmed: bool) -> LaneState:
    """Returns whether the report is in the child lane, and whether a lead confirmed it."""
    if FLAG not in flags or not bits >> flags.index(FLAG) & 1:
        return "no"
    return "confirmed" if confirmed else "waits for a lead"


def _split_deadlines(deadlines: Sequence[DeadlineRow], now: int) -> tuple[list[DeadlineRow], list[DeadlineRow]]:
    """Returns the deadlines that still run, the next one first, and those that ran out."""
    running = [each for each in deadlines if each[2] or each[0] >= now]
    return running, [each for each in deadlines if not each[2] and each[0] < now]


def _format_time(seconds: int | None) -> str | None:
    """Returns the time as ISO 8601 in UTC, or None for None."""
    return None if seconds is None else _to_utc(seconds)


def _to_utc(seconds: int) -> str:
    return format_utc(datetime.fromtimestamp(seconds, UTC))
