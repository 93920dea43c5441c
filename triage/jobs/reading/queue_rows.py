"""Builds the rows of the queue that people and other programs read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from triage.jobs.judging.number_order import read_sort_key
from triage.jobs.session import Session
from triage.jobs.state.child_lane import FLAG, LaneState
from triage.jobs.state.queue_planes import read_now
from triage.model.judgement import name_band
from triage.model.languages import decode_languages
from triage.model.moment import format_utc
from triage.model.users import Right
from triage.model.version_flags import CHANGED_AFTER_CLOSING, DISAGREEMENTS, VERSION_WAITS
from triage.model.views import QueueRow, RanOut, name_status
from triage.store.database import Reader
from triage.store.queries import cases, judgement, queue, reports
from triage.store.queries import deadlines as deadlines_sql
from triage.store.queries.deadlines import DeadlineRow
from triage.store.queries.judgement import QueueFacts


def load_rows(session: Session, ids: Sequence[int]) -> dict[int, QueueRow]:
    """Returns the queue rows of these reports by id; reports that were never judged are missing."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return build_rows(db, session, ids, {})


def build_rows(db: Reader, session: Session, ids: Sequence[int], copies: Mapping[int, int]) -> dict[int, QueueRow]:
    """Builds the queue rows of these reports. `copies` tells how many reports fold into each."""
    words = {kind: judgement.load_codes(db, kind) for kind in ("esp", "incident_type", "office", "province", "due_name")}
    flags = tuple(judgement.load_codes(db, "flag").values())
    users = session.store.users.names()
    order = judgement.load_flag_ranks(db)
    rows: dict[int, QueueRow] = {}
    confirmed = cases.find_confirmed_child_lane(db, ids)

    def pressing(flag: str) -> int:
        """Returns the position of the flag in the order of urgency."""
        return order.get(flag, len(order))

    every = judgement.load_queue_facts(db, ids)
    numbers, originals = _find_numbers(db, every), queue.load_numbers_of_originals(db, every)
    deadlines = deadlines_sql.load_deadlines(db, every)
    now = read_now()
    for report_id, facts in every.items():
        running, passed = _split_deadlines(deadlines.get(report_id, ()), now)
        told = tuple(sorted((word for rank, word in enumerate(flags) if facts.flags >> rank & 1), key=pressing))
        rows[report_id] = QueueRow(
            id=report_id,
            report_id=numbers[report_id],
            band=name_band(facts.band),
            risk=facts.risk / 10,
            actionability=facts.actionability / 10,
            deadline=_format_time(running[0][0]) if running else None,
            deadline_name=words["due_name"].get(running[0][1]) if running else None,
            esp=words["esp"].get(facts.esp or 0),
            incident_type=words["incident_type"].get(facts.incident_type or 0),
            received=_format_time(facts.received),
            received_estimated=bool(facts.received_estimated),
            office=words["office"].get(facts.office or 0),
            status=name_status(facts.status),
            assignee=None if facts.assignee is None else users.get(facts.assignee),
            duplicates_of=originals.get(report_id),
            flags=told,
            in_pakistan=None if facts.in_pakistan is None else bool(facts.in_pakistan),
            province=words["province"].get(facts.province or 0),
            files=facts.files,
            files_present=facts.files_present,
            version_waiting=VERSION_WAITS in told,
            changed_after_closing=CHANGED_AFTER_CLOSING in told,
            sources_disagree=tuple(what for flag, what in DISAGREEMENTS.items() if flag in told),
            child_lane=_name_lane_state(facts.flags, flags, report_id in confirmed),
            languages=decode_languages(facts.languages),
            copies=copies.get(report_id, 0),
            ran_out=tuple(RanOut(name=words["due_name"][name], due=_to_utc(due)) for due, name, _ in passed),
        )
    return rows


def _find_numbers(db: Reader, every: Mapping[int, QueueFacts]) -> dict[int, str]:
    """Returns report -> its number.

    The rows of the queue say it. In a large store each report's own row is a page more to read: 0.1 ms each when it is cold.
    """
    if reports.has_number_with_first_zero(db):
        return reports.load_numbers(db, every)
    return {report_id: read_sort_key(facts.number_key) for report_id, facts in every.items()}


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
