"""Collects the lines of many reports, grouped by whom they are addressed to, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from triage.importers.merge import merge_documents
from triage.jobs.codec import document_from_json, flags_from_bytes, read_or_none
from triage.jobs.faults import log_fault
from triage.jobs.requests import lines
from triage.jobs.requests.addressees import Addressee
from triage.jobs.requests.lines import Found, FoundLeftOut, FoundLine
from triage.jobs.requests.watch import NOBODY_WATCHES, StepWatch
from triage.jobs.state import child_lane
from triage.message import Message
from triage.model.data_requests import LineFact, NotAsked
from triage.model.moment import format_pakistan_day, parse_utc
from triage.model.report import Report
from triage.store.database import Reader
from triage.store.queries import destruction, judgement, reports, split_into_chunks

_CLEARED = Message("the reported user was cleared")
_IN_LANE = Message("the reported user may be a child, and no lead has confirmed that the report may go out")
_UNJUDGED = Message("the report is not scored yet, so it is not known whether the reported user may be a child")
_DAMAGED = Message("the report's score card is damaged, so it is not known whether the reported user may be a child")
_READING = Message("reading reports")
_UNREADABLE = Message("the report could not be read")


@dataclass(slots=True)
class LineGroup:
    """The lines for one addressee that go into one request, with the reports of each."""

    addressee: Addressee
    ready: bool
    child: bool
    lines: dict[LineFact, set[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Collected:
    """All that was found in some reports."""

    groups: dict[tuple[str, bool, bool], LineGroup] = field(default_factory=dict)
    """By addressee, readiness, and whether the lines are the child's."""
    left_out: dict[tuple[str, str, Message], set[int]] = field(default_factory=dict)
    facts: dict[tuple[object, ...], LineFact] = field(default_factory=dict)
    """The first note of a capture stands for all."""

    def add(self, found: Found, report_id: int, *, ready: bool) -> None:
        """Adds a line, or what is left out, of one report."""
        if isinstance(found, FoundLeftOut):
            self.leave_out(found.kind, found.value, found.reason, report_id)
            return
        place = (found.addressee.id, ready, found.child)
        group = self.groups.setdefault(place, LineGroup(found.addressee, ready, found.child))
        fact = self.facts.setdefault((*place, *found.fact.key), found.fact)
        group.lines.setdefault(fact, set()).add(report_id)

    def leave_out(self, kind: str, value: str, reason: Message, report_id: int) -> None:
        """Adds a value that is not asked for."""
        self.left_out.setdefault((kind, value, reason), set()).add(report_id)

    def list_left_out(self, db: Reader) -> tuple[NotAsked, ...]:
        """Returns what is not asked for, with the numbers of the reports, for people at this workstation."""
        numbers = reports.load_numbers(db, {i for ids in self.left_out.values() for i in ids})
        return tuple(
            NotAsked(identifier=value, reason=reason, kind=kind, reports=tuple(sorted(numbers[i] for i in ids if i in numbers)))
            for (kind, value, reason), ids in sorted(self.left_out.items(), key=lambda each: (*each[0][:2], str(each[0][2])))
        )


def iter_reports(db: Reader, report_ids: Sequence[int]) -> Iterator[tuple[int, Report | None]]:
    """Yields each report that still exists, merged from its documents; None when they can't be merged. No file is looked at."""
    for part in split_into_chunks(report_ids, 400):
        documents = reports.load_parsed_documents(db, part)
        for i in part:
            if i in documents:
                yield i, _merge(i, documents[i])


def _merge(report_id: int, documents: Iterable[bytes]) -> Report | None:
    """Merges documents, or returns None."""
    try:
        return merge_documents([document_from_json(each) for each in documents], ())
    except Exception as error:  # judging failed on it too: a person is told that it could not be read
        log_fault(error, "report %d not put together from its documents", report_id)
        return None


def find_kept_back(db: Reader, report_ids: Sequence[int], *, with_cleared: bool = False) -> dict[int, Message]:
    """Returns report -> why nothing of it may leave now. With `with_cleared` a cleared reported user is no reason."""
    kept = {} if with_cleared else dict.fromkeys(destruction.find_cleared(db, report_ids), _CLEARED)
    for part in split_into_chunks(report_ids, 400):
        cards = judgement.load_cards(db, part)
        for i in part:
            if i not in cards:
                kept.setdefault(i, _UNJUDGED)
                continue
            flags = read_or_none(flags_from_bytes, cards[i].score, i)
            if (flags is None or child_lane.FLAG in flags) and child_lane.load_lane_state(db, i) == "waits for a lead":
                kept.setdefault(i, _IN_LANE if flags is not None else _DAMAGED)
    return kept


def find_lines(report: Report, *, abroad: bool) -> Iterator[Found]:
    """Yields what a kind of request asks for of one report."""
    yield from lines.find_account_lines(report) if abroad else lines.find_operator_lines(report)


def collect_lines(
    db: Reader,
    report_ids: Sequence[int],
    *,
    abroad: bool,
    child_line: bool,
    ready: set[int] | None = None,
    until: str | None = None,
    now: str = "",
    with_cleared: bool = False,
    watch: StepWatch = NOBODY_WATCHES,
) -> Collected:
    """Collects the lines of reports.

    Args:
        db: The store.
        report_ids: The reports.
        abroad: Whether providers are asked for accounts, and not operators for lines.
        child_line: Whether the child's own lines are asked for, and nothing else.
        ready: The reports of cases with an enquiry or FIR number; None: all.
        until: Only what expires by then (ISO 8601 UTC); None: all.
        now: The present time; what expired before is left out of what expires.
        with_cleared: Whether lines of reports whose reported user was cleared are collected too.
        watch: Is told how many reports were read, and may stop the work.
    """
    collected = Collected()
    kept_back = find_kept_back(db, report_ids, with_cleared=with_cleared)
    for at, (i, report) in enumerate(iter_reports(db, report_ids)):
        watch.step(at, len(report_ids), "reports", _READING)
        if report is None:
            collected.leave_out("report", reports.load_number(db, i), _UNREADABLE, i)
            continue
        for found in find_lines(report, abroad=abroad):
            chosen = _choose(found, kept_back.get(i), child_line=child_line, until=until, now=now)
            if chosen is not None:
                collected.add(chosen, i, ready=ready is None or i in ready)
    return collected


def _choose(found: Found, kept_back: Message | None, *, child_line: bool, until: str | None, now: str) -> Found | None:
    """Returns the line, or why it is left out; None when it is of no concern for this request."""
    if isinstance(found, FoundLeftOut):
        return None if child_line else found
    if until is not None and found.expires is not None and parse_utc(found.expires) > parse_utc(until):
        return None
    if kept_back is not None:
        return _leave_out(found, kept_back)
    if found.child != child_line:
        return lines.describe_child_line(found) if found.child else None
    if until is not None and found.expires is not None and parse_utc(found.expires) < parse_utc(now):
        ran_out = Message(
            "the time for which it must be kept ran out on {day}; a request for the data of its case can still ask",
            day=format_pakistan_day(found.expires),
        )
        return _leave_out(found, ran_out)
    return found


def _leave_out(found: FoundLine, reason: Message) -> FoundLeftOut:
    """Returns the line as left out."""
    return FoundLeftOut(kind=found.fact.kind, value=found.fact.value, reason=reason)
