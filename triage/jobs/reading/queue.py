"""The prioritised queue: rows, lanes and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from triage.errors import NotFound
from triage.jobs.choices import name_choices
from triage.jobs.codec import clocks_from_bytes
from triage.jobs.review.pairs import count_possible
from triage.jobs.session import Session
from triage.jobs.state.child_lane import FLAG, LaneState
from triage.jobs.state.deadlines import DUTIES
from triage.locate.offices import offices
from triage.model.judgement import BANDS
from triage.model.moment import format_utc, parse_utc
from triage.model.users import Right
from triage.model.views import STATUSES, QueueFilter, QueueRow
from triage.priority import flag_order
from triage.store.database import Reader
from triage.store.queries import bundles, cases, judgement, list_near, queue, reports
from triage.store.queries.judgement import QueueFacts

EXPIRING_DAYS = 30
"""The "preserve now" lane: what expires within so many days, across bands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    total: int
    bands: dict[str, int]
    statuses: dict[str, int]
    offices: dict[str, int]
    expiring: int
    child_lane: int
    set_aside: int
    possible: int
    """Pairs of pictures of which a person has still to say whether they are the same."""
    held: int
    """Hashes that wait for a lead, since they match hundreds."""
    stale: int
    """Reports whose card is not up to date because an import is running or was interrupted."""


def queue_ids(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[int, ...]:
    """Internal ids in queue order: band, risk descending, actionability descending, next deadline, report number."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        clause, params = _where(db, session, filter)
        return tuple(queue.ids(db, clause, params, limit, offset))


def rows_by_id(session: Session, ids: Sequence[int]) -> dict[int, QueueRow]:
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _rows(db, session, ids)


def queue_rows(session: Session, filter: QueueFilter, limit: int = -1, offset: int = 0) -> tuple[QueueRow, ...]:
    ids = queue_ids(session, filter, limit, offset)
    rows = rows_by_id(session, ids)
    return tuple(rows[i] for i in ids)


def lanes(session: Session) -> Lanes:
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        offices = judgement.codes(db, "office")
        flags = _flag_ranks(db)
        by_band, by_status = queue.count_by(db, "band"), queue.count_by(db, "status")
        expiring, params = queue.where(expiring=_expiring(EXPIRING_DAYS))
        return Lanes(
            total=reports.count(db),
            bands={band: by_band.get(i, 0) for i, band in enumerate(BANDS)},
            statuses={status: by_status.get(i, 0) for i, status in enumerate(STATUSES)},
            offices={offices[i]: n for i, n in queue.count_by(db, "office").items()},
            expiring=queue.count_where(db, expiring, params),
            child_lane=queue.count_where(db, *queue.where(flag=flags["child lane"])) if "child lane" in flags else 0,
            set_aside=bundles.count_set_aside(db),
            possible=count_possible(db),
            held=list_near.count_held(db),
            stale=judgement.count_stale(db),
        )


def _where(db: Reader, session: Session, filter: QueueFilter) -> tuple[str, list[object]]:
    only = None
    if filter.search:
        exact = reports.find(db, filter.search.strip())
        only = [exact] if exact is not None else queue.search(db, filter.search)
    return queue.where(
        office=_office(db, filter.office),
        band=_position(BANDS, filter.band, "band"),
        status=_position(STATUSES, filter.status, "status"),
        assignee=_user(session, filter.assignee),
        expiring=None if filter.expiring_within_days is None else _expiring(filter.expiring_within_days),
        flag=None if filter.flag is None else _flag_ranks(db).get(filter.flag, 62),
        only=only,
    )


def _expiring(days: int) -> queue.Expiring:
    """What runs out within so many days and is still there: a report that is closed, or of which all has run out, is for the
    ordinary queue, whose card says to ask anyway."""
    moment = datetime.now(UTC)
    soon = int((moment + timedelta(days=days)).timestamp())
    return queue.Expiring(before=soon, now=int(moment.timestamp()), closed=STATUSES.index("closed"))


def _next_due(db: Reader, facts: Mapping[int, QueueFacts]) -> dict[int, tuple[str, str]]:
    """Report -> (time, name) of the next clock, for those of which one ran out and another is still running. What people have to
    do is overdue until it is done."""
    moment = datetime.now(UTC)
    now = int(moment.timestamp())
    passed = [i for i, each in facts.items() if each.due is not None and each.due < now <= (each.due_last or 0)]
    found: dict[int, tuple[str, str]] = {}
    for i, card in judgement.cards(db, passed).items() if passed else ():
        running = [clock for clock in clocks_from_bytes(card.clocks) if clock.name in DUTIES or parse_utc(clock.due) >= moment]
        if running:
            found[i] = (running[0].due, running[0].name)
    return found


def _position(words: Sequence[str], word: str | None, what: str) -> int | None:
    if word is None:
        return None
    if word not in words:
        raise NotFound("There is no {what} {word}; choose from: {words}.", what=what, word=repr(word), words=tuple(words))
    return words.index(word)


def _office(db: Reader, office: str | None) -> int | None:
    """Returns the code of an office, -1 when no report lies there. Raises NotFound for one that does not exist."""
    if office is None:
        return None
    known = [offices().headquarters, *(each.id for each in offices().office)]
    if office not in known:
        raise NotFound(
            "There is no office {office}; {choices}.", office=repr(office), choices=name_choices(known, "triage stats")
        )
    return next((code for code, word in judgement.codes(db, "office").items() if word == office), -1)


def _user(session: Session, name: str | None) -> int | None:
    if name is None:
        return None
    for user in session.store.users.all():
        if user.name == name:
            return user.id
    names = sorted(user.name for user in session.store.users.all())
    raise NotFound("There is no user {name}; {choices}.", name=repr(name), choices=name_choices(names, "triage user list"))


def _flag_ranks(db: Reader) -> dict[str, int]:
    return {word: rank for rank, word in enumerate(judgement.codes(db, "flag").values())}


def _rows(db: Reader, session: Session, ids: Sequence[int]) -> dict[int, QueueRow]:
    words = {kind: judgement.codes(db, kind) for kind in ("esp", "incident_type", "office", "province", "due_name")}
    flags = tuple(judgement.codes(db, "flag").values())
    users = {user.id: user.name for user in session.store.users.all()}
    order = {flag: n for n, flag in enumerate(flag_order())}
    rows: dict[int, QueueRow] = {}
    confirmed = cases.confirmed_among(db, ids)

    def pressing(flag: str) -> int:
        return order.get(flag, len(order))

    every = judgement.queue_facts(db, ids)
    later = _next_due(db, every)
    for report_id, facts in every.items():
        number_of_duplicate = None if facts.duplicates_of is None else reports.number(db, facts.duplicates_of)
        rows[report_id] = QueueRow(
            id=report_id,
            report_id=reports.number(db, report_id),
            band=BANDS[facts.band],
            risk=facts.risk / 10,
            actionability=facts.actionability / 10,
            deadline=later[report_id][0] if report_id in later else _iso(facts.due),
            deadline_name=later[report_id][1] if report_id in later else words["due_name"].get(facts.due_name or 0),
            esp=words["esp"].get(facts.esp or 0),
            incident_type=words["incident_type"].get(facts.incident_type or 0),
            received=_iso(facts.received),
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
            child_lane=_lane(facts.flags, flags, report_id in confirmed),
        )
    return rows


def _lane(bits: int, flags: Sequence[str], confirmed: bool) -> LaneState:
    if FLAG not in flags or not bits >> flags.index(FLAG) & 1:
        return "no"
    return "confirmed" if confirmed else "waits for a lead"


def _iso(seconds: int | None) -> str | None:
    return None if seconds is None else format_utc(datetime.fromtimestamp(seconds, UTC))
