"""Reads what other workstations told of reports: grades, matches with their hash lists, decisions, and their score cards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage.exports.work_report import decode_decision, decode_grade, decode_list_match, decode_notice
from triage.jobs.codec import read_or_none
from triage.message import NOTHING, Message
from triage.model.casework import GradeState
from triage.model.judgement import ListHit
from triage.model.match_way import MatchWay
from triage.model.views import ShowDecision
from triage.store.database import Reader
from triage.store.queries import exchange, trusted
from triage.store.queries.exchange import WorkEntryRow

T = TypeVar("T")
GRADE, LIST_MATCH, DECISION, NOTICE = "grade", "list match", "decision", "notice"


@dataclass(frozen=True, slots=True)
class ReceivedMatch:
    """A match that another workstation found for a file with this digest."""

    hash_kind: str
    value: bytes
    hit: ListHit


def load_received_grades(db: Reader, report_ids: Iterable[int]) -> dict[int, tuple[tuple[str, str], ...]]:
    """Returns report -> (SHA-256, grade) of files that nobody here graded: the newest grade of each file."""
    if not exchange.has_entries(db, GRADE):
        return {}
    return {
        report_id: tuple(
            sorted({form.sha256: form.grade for row in rows if (form := _read(decode_grade, row)) is not None}.items())
        )
        for report_id, rows in exchange.load_grade_entries(db, report_ids).items()
    }


def load_received_states(db: Reader, report_id: int, number: str, names: Mapping[int, str]) -> dict[str, GradeState]:
    """Returns SHA-256 -> the state of a grade from elsewhere, of files that nobody here graded."""
    if not exchange.has_entries(db, GRADE):
        return {}
    found = {}
    for row in exchange.load_grade_entries(db, [report_id]).get(report_id, []):
        form = _read(decode_grade, row)
        if form is None:
            continue
        by = ", ".join(_label(db, row, name, names) for name in form.by)
        found[form.sha256] = GradeState(
            sha256=form.sha256,
            state="graded",
            grade=form.grade,
            graded_by=by,
            copies=1,
            graded_at=form.given,
            says=Message("seen by {users} at {when}", users=by, when=f"{form.given[:16].replace('T', ' ')} UTC"),
            report=number,
        )
    return found


def load_received_matches(db: Reader, digests: Sequence[tuple[str, bytes]]) -> tuple[ReceivedMatch, ...]:
    """Returns the matches of other workstations for files with these digests; their lists are named "LIST (STORE)"."""
    if not exchange.has_entries(db, LIST_MATCH):
        return ()
    stores = trusted.load_names(db)
    found: dict[ReceivedMatch, None] = {}
    for row in exchange.list_entries_of_hashes(db, sorted({f"{kind}:{value.hex()}" for kind, value in digests}), LIST_MATCH):
        form = _read(decode_list_match, row)
        if form is None:
            continue
        kind, _, value = (row.hash or "").partition(":")
        hit = ListHit(
            list_name=f"{form.list_name} ({stores.get(row.fingerprint, row.fingerprint[:16])})",
            list_kind=form.list_kind,
            added=form.added,
            sha256=value,
            hash_kind=form.hash_kind,
            tier=form.tier,
            category=form.category,
            way=None if form.distance is None else MatchWay(hash_kind=form.hash_kind, distance=form.distance),
            says=Message("{value}", value=form.says) if form.says else NOTHING,
        )
        found[ReceivedMatch(kind, bytes.fromhex(value), hit)] = None
    return tuple(found)


def list_received_decisions(db: Reader, report_id: int, names: Mapping[int, str]) -> list[ShowDecision]:
    """Returns the decisions that were recorded elsewhere. Their ids are below 0: they can't be undone here."""
    found = []
    for row in exchange.list_entries(db, [report_id], DECISION):
        form = _read(decode_decision, row)
        if form is None:
            continue
        found.append(
            ShowDecision(
                id=-row.id,
                when=form.taken,
                user=_label(db, row, form.by, names),
                status=form.status,
                reason=form.reason,
                note=form.note,
                assignee=None if form.assignee is None else _label(db, row, form.assignee, names),
                undone=form.undone,
                elsewhere=True,
            )
        )
    return found


def has_damaged_entries(db: Reader, report_id: int) -> bool:
    """Returns whether something that another workstation told of a report can't be read."""
    decoders = {GRADE: decode_grade, LIST_MATCH: decode_list_match, DECISION: decode_decision, NOTICE: decode_notice}
    return any(
        read_or_none(decode, row.body, row.id) is None
        for kind, decode in decoders.items()
        if exchange.has_entries(db, kind)
        for row in exchange.list_entries(db, [report_id], kind)
    )


def _read(decode: Callable[[str], T], row: WorkEntryRow) -> T | None:
    """Returns what another workstation told, or None when the stored entry is damaged: the report's other entries still count."""
    return read_or_none(decode, row.body, row.id)


def _label(db: Reader, row: WorkEntryRow, name: str, names: Mapping[int, str]) -> str:
    """Returns "NAME at STORE" of a person whom an entry names."""
    known = exchange.find_remote_user(db, row.fingerprint, name)
    return name if known is None else names.get(known, name)
