"""Requests of a workstation, and the operators that answer soon, late or never, from the annex that they got on paper."""

from __future__ import annotations

import csv
import io
import json
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import openpyxl

from bench.exercise.clock import Clock
from bench.exercise.ledger import Ledger
from bench.exercise.stations import Station, Watch
from triage.jobs.casework.case_list import find_cases
from triage.jobs.casework.cases import load_views
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.requests import life, making, replies
from triage.model.casework import CaseFilter
from triage.model.data_requests import MadeRequests, RequestKind
from triage.model.views import QueueFilter
from triage.store.queries import reports
from triage.store.queries import requests as request_rows

_EVERY, _WITHIN = 7, 14
_SOON, _LATE = 1, 9
_CASES_A_DAY = 2


@dataclass(slots=True)
class Sent:
    """A request that an operator has on its desk. `answers` is the day of the reply, None for never."""

    number: str
    annex: Path
    answers: int | None
    reports: set[str]
    """Those of the case, or all that were open, and those that were told later that their line is asked for already."""
    court_told: bool = False


@dataclass
class Requesting:
    """The desk for requests of one workstation."""

    station: Station
    ledger: Ledger
    watch: Watch
    lose: bool
    """Whether the first reply is to get lost on purpose."""
    sent: list[Sent] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    """Cases for which subscribers were asked."""
    counts: Counter[str] = field(default_factory=Counter)
    tell_news: Callable[[str], None] | None = None
    """Takes the number of a report on which an office issued a notice; None at headquarters."""
    notices: set[tuple[str, str]] = field(default_factory=set)
    """(report, request) of the notices that are in the ledger."""

    def work(self, day: int, clock: Clock, *, last: bool) -> None:
        if day % _EVERY == 3:
            self._preserve(day, clock)
        if not last:
            self._ask_for_subscribers(day, clock)
        for each in self.sent:
            if not each.court_told:
                self._tell_court(each, clock)
            if each.answers is not None and (each.answers <= day):
                each.answers = None
                self._take_reply(each)
        if self.tell_news is not None and not last:
            self._note_notices(self.tell_news)
        if day % _EVERY == 6:
            with self.watch.step("remind operators"):
                self.counts["reminders"] += len(life.remind(self.station.lead, 7, self.station.paper("reminders")))

    def _preserve(self, day: int, clock: Clock) -> None:
        moment = clock.now()
        with self.watch.step("preserve now"):
            made = making.preserve_expiring(self.station.lead, _WITHIN, self.station.paper("preserve"))
        self.counts["lines to preserve"] += sum(each.lines for each in made.requests)
        lines = Counter(line for each in made.requests for line in _read_annex(Path(each.path), each.number).values())
        rows = list_queue_rows(self.station.lead, QueueFilter())
        still_open = {row.report_id for row in rows if row.status != "closed"}
        left_out = {(number, each.identifier) for each in made.left_out for number in each.reports}
        for row in rows:
            for capture in self.ledger.received[row.report_id].captures:
                near = moment + timedelta(hours=1) < capture.expires < moment + timedelta(days=_WITHIN - 1)
                if not near or row.status == "closed":
                    continue
                n = lines[capture.address, str(capture.port), capture.time]
                if n != 1 and (row.report_id, capture.address) not in left_out:
                    self.ledger.lost.append(
                        f"{capture.address} of report {row.report_id} expires and is in {n} requests of {self.station.name}"
                    )
        self._send(made, day, clock, still_open)

    def _ask_for_subscribers(self, day: int, clock: Clock) -> None:
        new = [
            case
            for case in load_views(self.station.lead, find_cases(self.station.lead, CaseFilter())).values()
            if case.number not in self.asked and case.reports
        ]
        for case in new[:_CASES_A_DAY]:
            self.asked.add(case.number)
            with self.watch.step("ask for subscribers of a case"):
                made = making.create_requests(
                    self.station.lead, case.number, RequestKind.SUBSCRIBER, self.station.paper("subscribers")
                )
            self._send(made, day, clock, set(case.reports))

    def _note_notices(self, tell_news: Callable[[str], None]) -> None:
        """Each notice that was sent is an act on every report that it is about, also on those that joined it later."""
        with self.station.chief.reading() as db:
            for each in self.sent:
                request = request_rows.find_request(db, each.number)
                for report_id in () if request is None else sorted(request_rows.find_reports_with_notice(db, request.id)):
                    notice = (reports.load_number(db, report_id), each.number)
                    if notice not in self.notices:
                        self.notices.add(notice)
                        self.ledger.acted(self.station.name, notice[0], "notice", notice[1])
                        tell_news(notice[0])

    def _send(self, made: MadeRequests, day: int, clock: Clock, reports: set[str]) -> None:
        for left in made.left_out:
            for each in self.sent:
                if f"asked for already in {each.number}," in str(left.reason):
                    each.reports |= set(left.reports)
        for each in made.requests:
            self.counts["requests made"] += 1
            if each.draft:
                continue
            life.send_request(self.station.lead, each.number, sent=clock.text())
            sort = zlib.crc32(f"{self.station.name} {each.number}".encode()) % 4
            answers = None if sort == 0 else day + (_LATE if sort == 1 else _SOON)
            self.sent.append(Sent(each.number, Path(each.path) / f"{each.number}-annex.xlsx", answers, set(reports)))
            self.counts["requests sent"] += 1
            self.counts["operators that never answer"] += sort == 0

    def _tell_court(self, each: Sent, clock: Clock) -> None:
        each.court_told = True
        rows = life.load_requests(self.station.lead, life.find_requests(self.station.lead).ids).values()
        (row,) = (row for row in rows if row.number == each.number)
        if row.court_due is not None:
            life.record_court_told(self.station.lead, each.number, told=clock.text())

    def _take_reply(self, each: Sent) -> None:
        """An operator answers every line of the annex, as CSV or as JSON."""
        lines = _read_annex(each.annex.parent, each.number)
        rows = [{"Line": line, "Name": f"Owner {line}", "Address": "Street 1"} for line in lines]
        number = zlib.crc32(each.number.encode())
        path = self.station.paper("reply.json" if number % 2 else "reply.csv")
        path.write_text(json.dumps(rows) if number % 2 else _write_csv(rows))
        if self.lose:
            self.lose = False
            self._note_owners(lines, each.reports)
            return
        with self.watch.step("take in a reply"):
            result = replies.take_reply(self.station.analyst, each.number, [path])
        self.counts["replies"] += 1
        if result.matched_lines != len(lines) or result.unmatched:
            self.ledger.lost.append(
                f"the reply to {each.number} of {self.station.name} names {len(lines)} lines and {result.matched_lines} were matched"
            )
        self._note_owners(lines, each.reports)

    def _note_owners(self, lines: dict[str, tuple[str, str, str]], reports: set[str]) -> None:
        """Every report that was asked about has to show the owner of its lines."""
        asked = {value: line for line, value in lines.items()}
        for number in sorted(reports):
            told = self.ledger.received[number]
            for value in ((told.phone, "", ""), *((c.address, str(c.port), c.time) for c in told.captures)):
                if (line := asked.get(value)) is not None:
                    self.ledger.owners.append((self.station.name, number, f"Owner {line}"))


def _read_annex(folder: Path, number: str) -> dict[str, tuple[str, str, str]]:
    """Returns line number -> (value, port, time), as an operator reads them from the spreadsheet."""
    sheet = openpyxl.load_workbook(folder / f"{number}-annex.xlsx").active
    rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(min_row=2, values_only=True)]
    return {row[0]: (row[2], row[3], row[4]) for row in rows}


def _write_csv(rows: Sequence[dict[str, str]]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]) if rows else ["Line"])
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()
