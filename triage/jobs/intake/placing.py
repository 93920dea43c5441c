"""Places what arrives for a known report: beside what is there, in its place, or waiting for a person.

A document takes the place of another by itself only when it says at least as much. One that says less, states something otherwise
or names another reported user waits until a person chooses. Meanwhile the graver of all counts (`judging.gravest`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from triage.importers.changes import changes, find_losses
from triage.importers.merge import merge_documents
from triage.jobs.codec import document_from_json, flags_from_bytes, read_or_none
from triage.jobs.faults import log_fault
from triage.jobs.judging.gravest import speaks_for_all
from triage.jobs.judging.version_plans import contradicts, slot_kind
from triage.message import Message
from triage.model.document import Document
from triage.model.report import Report
from triage.store.batch import Batch
from triage.store.queries import closed_changes, decisions, judgement
from triage.store.queries.reports import Held, SourceRow

_COMPARED = 24
"""Of more earlier documents of one kind none is compared: nobody sends so many but to keep the machine busy. What comes waits."""
_NOT_KNOWN = Message("Triage could not find out what this version changes. Compare the sources.")


@dataclass(slots=True)
class Placed:
    """Where the documents of a version go: each with its slot and how it is held, and the earlier ones whose place they take."""

    documents: list[tuple[Document, str, Held | None]] = field(default_factory=list)
    superseded: list[SourceRow] = field(default_factory=list)
    unreadable: list[SourceRow] = field(default_factory=list)
    """Earlier ones that are damaged in the store: what comes now may well be sound."""
    changes: tuple[Message, ...] = ()
    """What the version would change if a person accepted all of it."""


@dataclass(frozen=True, slots=True)
class _Earlier:
    """A document that was there when the import began."""

    row: SourceRow
    document: Document
    report: Report


def place_documents(fresh: Sequence[Document], rows: Sequence[SourceRow], n: int) -> Placed:
    """Places the documents of version `n` among all documents of the report.

    What the same import brought before is not compared: of two documents of one delivery nobody can say which is later. So the
    result depends on no order within a delivery.
    """
    placed = Placed()
    before: list[_Earlier] = []
    for row in rows:
        if row.since < n and (row.until is None or (row.until == n and row.held == "earlier")):
            document = read_or_none(document_from_json, row.parsed, row.id)
            if document is not None and (report := _merge_alone(document)) is not None:
                before.append(_Earlier(row, document, report))
            elif any(slot_kind(new.slot) == slot_kind(row.slot) for new in fresh):
                placed.unreadable.append(row)
    mates_of: defaultdict[str, list[_Earlier]] = defaultdict(list)
    for each in before:
        mates_of[slot_kind(each.row.slot)].append(each)
    others = [each.document for each in before if speaks_for_all(each.document)]
    waiting: list[bool] = []
    for document in fresh:
        mates = mates_of.get(slot_kind(document.slot), [])
        if max(len(mates), len(others)) > _COMPARED:
            waiting.append(True)
            continue
        report = _merge_alone(document)
        losing = [each for each in mates if report is None or find_losses(each.report, report)]
        waits = any(each.row.held is None or each.row.held == "earlier" for each in losing)
        waits = waits or (not mates and contradicts(others, document))
        if not waits:
            placed.superseded += [each.row for each in mates if each not in losing and each.row.until is None]
        waiting.append(waits)
    placed.superseded = list({row.id: row for row in placed.superseded}.values())
    gone = {row.id for row in (*placed.superseded, *placed.unreadable)}
    taken, last = {row.slot for row in rows if row.until is None and row.id not in gone}, Counter[str]()
    for document, waits in zip(fresh, waiting, strict=True):
        placed.documents.append((document, _find_free_slot(document.slot, taken, last), "waiting" if waits else None))
    replaced = {each.row.id for document in fresh for each in mates_of.get(slot_kind(document.slot), [])}
    if placed.unreadable:
        placed.changes = (_NOT_KNOWN,)
    elif rows:
        placed.changes = _describe_changes(before, replaced, fresh)
    return placed


def _merge_alone(document: Document) -> Report | None:
    """Returns the document as a report of its own, or None when that fails."""
    try:
        return merge_documents([document], ())
    except Exception as error:  # judging fails on it too, and says so
        log_fault(error, "a document not compared with others")
        return None


def _describe_changes(before: Sequence[_Earlier], replaced: set[int], fresh: Sequence[Document]) -> tuple[Message, ...]:
    """Returns the changes of a version. A fault of ours costs this answer, never the import."""
    try:
        was = [each.document for each in before if each.row.held is None]
        now = [each.document for each in before if each.row.held is None and each.row.id not in replaced]
        return changes(merge_documents(was, ()), merge_documents([*now, *fresh], ()))
    except Exception as error:
        log_fault(error, "what a version changes not found out")
        return (_NOT_KNOWN,)


def _find_free_slot(slot: str, taken: set[str], last: Counter[str]) -> str:
    """Takes the slot, or the first free numbered one. `last` holds the last number of each kind."""
    kind = free = slot_kind(slot)
    while free in taken:
        last[kind] = max(last[kind], 1) + 1
        free = f"{kind}#{last[kind]}"
    taken.add(free)
    return free


def remember_closed(batch: Batch, report_id: int) -> None:
    """Remembers how a closed report stood before something came for it, so that it is opened again if that makes it graver."""
    if decisions.load_status(batch, report_id)[0] != "closed":
        return
    facts = judgement.load_queue_facts(batch, [report_id]).get(report_id)
    score = judgement.load_scores(batch, [report_id]).get(report_id)
    if facts is not None and score is not None:
        flags = read_or_none(flags_from_bytes, score, report_id) or ()
        closed_changes.remember(batch, report_id, facts.band, facts.risk, json.dumps(sorted(flags)))
