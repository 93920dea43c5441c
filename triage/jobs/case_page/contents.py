"""Reads the reports of a case for what operators can be asked about, and for what happened when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from triage.importers.merge import merge_documents
from triage.jobs.codec import clocks_from_bytes, document_from_json, read_or_none
from triage.jobs.faults import log_fault
from triage.jobs.requests.lines import FoundLine, find_account_lines, find_operator_lines
from triage.model.case_page import CaseEvent, CaseIdentifier, CaseTrack
from triage.model.deadlines import is_running
from triage.model.judgement import name_band
from triage.model.moment import parse_utc, to_pakistan
from triage.model.report import Report
from triage.store.database import Reader
from triage.store.queries import judgement, reports

MOST_READ = 40
"""Reports of a case that are read, the gravest first."""
MOST_BYTES = 16_000_000
"""Encoded documents that are read of them."""
MOST_EVENTS = 60
"""Dots of one report."""
INCIDENT, RECEIVED, CAPTURED = "incident", "received", "captured"


@dataclass(slots=True)
class _Line:
    """A value with all that the reports of the case say of it."""

    first: FoundLine
    reports: set[int] = field(default_factory=set)
    captures: int = 0
    expires: str | None = None
    child: bool = False


@dataclass(slots=True)
class CaseContents:
    """What was read of the reports. `unread` were left out."""

    identifiers: list[CaseIdentifier]
    tracks: list[CaseTrack]
    unread: int


def read_contents(db: Reader, report_ids: Sequence[int], now: str) -> CaseContents:
    """Reads the gravest reports of a case. `report_ids` are in that order, and `now` is ISO 8601 UTC."""
    chosen = report_ids[:MOST_READ]
    documents, numbers = reports.load_parsed_documents(db, chosen), reports.load_numbers(db, chosen)
    facts, cards = judgement.load_queue_facts(db, chosen), judgement.load_cards(db, chosen)
    lines: dict[tuple[str, str], _Line] = {}
    tracks, left, read = [], MOST_BYTES, 0
    for report_id in chosen:
        parsed = documents.get(report_id, [])
        left -= sum(map(len, parsed))
        report = None if left < 0 else _merge(report_id, parsed)
        card = cards.get(report_id)
        clocks = () if card is None else read_or_none(clocks_from_bytes, card.clocks, report_id)
        read += report is not None
        if report is not None:
            _add_lines(lines, report_id, report)
        tracks.append(
            CaseTrack(
                report=numbers[report_id],
                band=name_band(facts[report_id].band) if report_id in facts else "",
                events=() if report is None else tuple(_list_events(report)),
                deadlines=tuple((clock.name, clock.due) for clock in clocks or () if is_running(clock, parse_utc(now))),
                damaged=(
                    *(("documents",) if report is None and left >= 0 else ()),  # else it was not read: the case is too large
                    *(("clocks",) if clocks is None else ()),
                ),
            )
        )
    return CaseContents([_build_identifier(line) for line in _sort_lines(lines)], tracks, len(report_ids) - read)


def _merge(report_id: int, parsed: Sequence[bytes]) -> Report | None:
    """Returns the report of its documents, or None when they can't be merged."""
    try:
        return merge_documents([document_from_json(each) for each in parsed], ())
    except Exception as error:  # judging failed on it too: its own page shows it as it stands
        log_fault(error, "report %d not put together from its documents", report_id)
        return None


def _add_lines(lines: dict[tuple[str, str], _Line], report_id: int, report: Report) -> None:
    """Adds the values of a report that operators and providers can be asked about."""
    for found in (*find_operator_lines(report), *find_account_lines(report)):
        if isinstance(found, FoundLine):
            line = lines.setdefault((found.fact.kind, found.fact.value), _Line(found))
            line.reports.add(report_id)
            line.captures += 1
            line.child |= found.child
            if found.expires is not None:
                line.expires = min(found.expires, line.expires or found.expires)


def _sort_lines(lines: dict[tuple[str, str], _Line]) -> list[_Line]:
    """Returns the values of most reports first, then those whose data run out first."""
    return sorted(lines.values(), key=lambda each: (-len(each.reports), each.expires or "9999", each.first.fact.value))


def _build_identifier(line: _Line) -> CaseIdentifier:
    """Builds the row of a value."""
    return CaseIdentifier(
        kind=line.first.fact.kind,
        value=line.first.fact.value,
        operator=line.first.addressee.name,
        known=line.first.addressee.known,
        reports=len(line.reports),
        captures=line.captures,
        expires=line.expires,
        child=line.child,
    )


def _list_events(report: Report) -> Iterator[CaseEvent]:
    """Yields what happened, events of one kind and day together, the oldest first."""
    by_day: dict[tuple[str, str], CaseEvent] = {}
    for when, kind, sure in sorted(_find_moments(report)):
        day = to_pakistan(parse_utc(when)).date().isoformat()
        before = by_day.get((day, kind))
        count = 1 if before is None else before.count + 1
        by_day[day, kind] = CaseEvent(
            when=when if before is None else before.when, kind=kind, count=count, sure=sure if before is None else before.sure
        )
    yield from list(by_day.values())[-MOST_EVENTS:]


def _find_moments(report: Report) -> Iterator[tuple[str, str, bool]]:
    """Yields (time, kind of event, whether its time zone is stated)."""
    if report.incident_time is not None:
        yield report.incident_time.utc, INCIDENT, report.incident_time.zone == "stated"
    if report.received is not None:
        yield report.received.utc, RECEIVED, not report.received_estimated
    for each in report.identifiers:
        if each.time is not None and each.role not in ("reporter", "subscriber"):
            yield each.time.utc, (each.event or CAPTURED).casefold(), each.time.zone == "stated"
