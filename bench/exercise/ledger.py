"""What really happened in the exercise, kept apart from all stores, and what the stores say of it in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.exercise.reports import Invented
from bench.exercise.stations import Station
from triage.errors import NotFound
from triage.jobs.casework.funnel import measure_funnel
from triage.jobs.exchange.resolving import list_conflicts
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.requests import life
from triage.model.funnel import Funnel
from triage.model.views import QueueFilter, ShowReport
from triage.store.queries import requests as request_rows


@dataclass(slots=True)
class Act:
    """What somebody did at an office on a report. `came` is set when results with it were imported at headquarters."""

    office: str
    report: str
    kind: str
    """"decision" (with its note), "grade", "stage", "number" or "notice" (of a request that was sent)."""
    said: tuple[str, ...]
    came: bool = False


@dataclass(slots=True)
class Ledger:
    """Truth of the exercise."""

    received: dict[str, Invented] = field(default_factory=dict)
    destroyed: set[str] = field(default_factory=set)
    """At headquarters, where a court ordered it. Offices still hold theirs."""
    acts: list[Act] = field(default_factory=list)
    owners: list[tuple[str, str, str]] = field(default_factory=list)
    """(station, report, name) that an operator gave for a line of the report, once the reply was taken in."""
    lost: list[str] = field(default_factory=list)
    """What was found lost on the way, in sentences."""

    def acted(self, office: str, report: str, kind: str, *said: str) -> None:
        self.acts.append(Act(office, report, kind, said))

    def list_not_come(self, office: str, reports: set[str]) -> list[Act]:
        """Returns what an office did on these reports that is not at headquarters yet."""
        return [act for act in self.acts if act.office == office and act.report in reports and not act.came]


def find_lost(ledger: Ledger, headquarters: Station, offices: list[Station]) -> Iterator[str]:
    """Yields a sentence for each thing that was lost."""
    yield from ledger.lost
    yield from _check_reports(ledger, headquarters)
    yield from _check_acts(ledger, headquarters)
    yield from _check_destroyed(ledger, headquarters)
    for station in (headquarters, *offices):
        yield from _check_owners(ledger, station, headquarters)
        yield from _check_lines(station)
        yield from _check_funnel(station, measure_funnel(station.chief))
        yield from _check_store(station)
    if waiting := [each for each in list_conflicts(headquarters.lead) if not each.resolved]:
        yield f"{len(waiting)} conflicts were not resolved: {waiting[0].report_id} {waiting[0].field}"


def _check_reports(ledger: Ledger, headquarters: Station) -> Iterator[str]:
    here = Counter(row.report_id for row in list_queue_rows(headquarters.chief, QueueFilter()))
    wanted = set(ledger.received) - ledger.destroyed
    for number in sorted(wanted - set(here)):
        yield f"report {number} was received and is not at headquarters"
    for number in sorted(set(here) - wanted):
        yield f"report {number} is at headquarters and was not received, or was destroyed"
    for number in sorted(number for number, n in here.items() if n > 1):
        yield f"report {number} stands in the queue {here[number]} times"


def _check_acts(ledger: Ledger, headquarters: Station) -> Iterator[str]:
    """Every act whose results came back is at headquarters, once."""
    views: dict[str, ShowReport] = {}
    for act in ledger.acts:
        if not act.came or act.report in ledger.destroyed:
            continue
        view = views.setdefault(act.report, load_report_view(headquarters.chief, act.report))
        n = _count(headquarters, act, view)
        if n != 1:
            yield f"{act.kind} of {act.office} on report {act.report} is at headquarters {n} times: {act.said}"


def _count(headquarters: Station, act: Act, view: ShowReport) -> int:
    if act.kind == "decision":
        status, note = act.said
        return sum(d.elsewhere and (d.status, d.note) == (status, note) for d in view.decisions)
    if act.kind == "grade":
        sha256, grade = act.said
        return sum(file.sha256 == sha256 and file.verdict.grade == grade for file in view.files)
    if act.kind == "notice":
        return sum(n.elsewhere and n.number == act.said[0] and n.by.endswith(f" at {act.office}") for n in view.notices)
    cases = [each for work in view.work for each in (work.case or "", work.stage or "")]
    return int(any(act.said[0] in each for each in cases))


def _check_destroyed(ledger: Ledger, headquarters: Station) -> Iterator[str]:
    for number in ledger.destroyed:
        try:
            load_report_view(headquarters.chief, number)
        except NotFound:
            continue
        yield f"report {number} was destroyed and came back"


def _check_owners(ledger: Ledger, station: Station, headquarters: Station) -> Iterator[str]:
    """Every name that an operator gave stands with the report of its line."""
    for at, number, name in ledger.owners:
        if at != station.name or (station is headquarters and number in ledger.destroyed):
            continue
        shown = [i.value for i in load_report_view(station.chief, number).identifiers if i.role == "subscriber"]
        if name not in shown:
            yield f"the owner {name} of a line is not shown with report {number} at {at}"


def _check_lines(station: Station) -> Iterator[str]:
    """No line is asked for by two open requests of one kind, and none stands twice in the store."""
    found: Counter[tuple[object, ...]] = Counter()
    rows = life.load_requests(station.chief, life.find_requests(station.chief).ids).values()
    with station.chief.reading() as db:
        for row in rows:
            request = request_rows.find_request(db, row.number)
            if request is None or row.state == "closed":
                continue
            lines = request_rows.list_lines(db, request.id)
            if len(lines) != row.lines:
                yield f"request {row.number} of {station.name} says {row.lines} lines and has {len(lines)}"
            if row.state in ("sent", "overdue", "made"):
                found.update((row.kind, request.case_id, line.kind, line.value, line.port, line.utc) for line in lines)
    for line, n in found.items():
        if n > 1:
            yield f"a line is in {n} open requests of {station.name}: {line}"


def _check_funnel(station: Station, funnel: Funnel) -> Iterator[str]:
    """Every report that came has exactly one outcome, or stands without one."""
    (received,) = (step.reports for step in funnel.steps if step.step == "received")
    ended = sum(each.reports for each in funnel.outcomes)
    standing = sum(each.count for each in funnel.standing if each.status is not None)
    if ended + funnel.without_outcome != received or standing != funnel.without_outcome:
        yield (
            f"the funnel of {station.name} does not add up: {received} received, {ended} with an outcome, "
            f"{funnel.without_outcome} without one, {standing} standing"
        )


def _check_store(station: Station) -> Iterator[str]:
    found = check_store(station.chief)
    if not found.valid:
        yield f"the store of {station.name} is damaged: {found.problems}"
    if not verify_record(station.chief).valid:
        yield f"the audit log of {station.name} is damaged"
