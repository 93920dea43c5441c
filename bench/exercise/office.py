"""The staff of an office: analysts take the queue in order, a lead opens cases, two people grade pictures."""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.exercise.ledger import Ledger
from bench.exercise.stations import Station, Watch
from triage.jobs.casework import cases, decisions
from triage.jobs.casework.child_lane import confirm_child_lane
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.state.child_lane import FLAG
from triage.model.views import QueueFilter, Status

_GRADE = "not pertinent"


@dataclass
class Office:
    """An office, and what it did."""

    station: Station
    ledger: Ledger
    watch: Watch
    each_day: int
    reports: set[str] = field(default_factory=set)
    _waiting: set[str] = field(default_factory=set)
    """Reports on which something was done since results last left."""
    _turn: int = 0
    _cases: list[tuple[str, str]] = field(default_factory=list)
    """Cases at the enquiry, each with its report."""

    @property
    def name(self) -> str:
        return self.station.name

    def receive(self, numbers: tuple[str, ...]) -> None:
        self.reports |= set(numbers)

    def has_news(self, numbers: set[str]) -> bool:
        return bool(numbers & self._waiting)

    def add_news(self, number: str) -> None:
        self._waiting.add(number)

    def sent(self, numbers: set[str]) -> None:
        self._waiting -= numbers

    def confirm_children(self, numbers: set[str]) -> None:
        """The lead of the office reads what names a child too, before anything of it goes back."""
        for row in list_queue_rows(self.station.lead, QueueFilter(flags=(FLAG,))):
            if row.report_id in numbers and row.child_lane == "waits for a lead":
                confirm_child_lane(self.station.lead, row.report_id)

    def work(self) -> None:
        """Decides on the next reports of the queue."""
        if not self.reports:
            return
        rows = list_queue_rows(self.station.analyst, QueueFilter(statuses=("new",)), limit=self.each_day)
        for row in rows:
            self._turn += 1
            with self.watch.step("decide at an office"):
                self._decide(row.report_id, self._turn)
            if row.files_present:
                self._grade(row.report_id)

    def _decide(self, number: str, turn: int) -> None:
        note = f"note {turn} of {self.name}"
        if turn % 3 == 0:
            self._note(number, "closed", "insufficient information", note)
        elif turn % 3 == 1:
            self._note(number, "in_progress", "being worked on", note, assignee="second" if turn % 2 else None)
        else:
            case = cases.open_case(self.station.lead, [number]).number
            self._number(case, number, "enquiry", f"E-{self.name}-{turn}")
            self._stage(case, number, "enquiry")
            self._note(number, "case_opened", "case opened", note)
            self._cases.append((case, number))

    def move_on(self) -> None:
        """The lead moves the oldest case on: a first information report is written."""
        if self._cases:
            case, number = self._cases.pop(0)
            self._number(case, number, "FIR", f"FIR-{self.name}-{case}")
            self._stage(case, number, "FIR")
            self._note(number, "case_opened", "case opened", f"FIR in {case} of {self.name}")

    def _number(self, case: str, number: str, kind: str, value: str) -> None:
        cases.set_number(self.station.lead, case, kind, value)
        self.ledger.acted(self.name, number, "number", value)

    def _stage(self, case: str, number: str, stage: str) -> None:
        """A later stage takes the place of the one before in what comes back."""
        cases.set_stage(self.station.lead, case, stage, note="begun")
        self.ledger.acts = [act for act in self.ledger.acts if (act.office, act.report, act.kind) != (self.name, number, "stage")]
        self.ledger.acted(self.name, number, "stage", stage)

    def _note(self, number: str, status: Status, reason: str, note: str, assignee: str | None = None) -> None:
        """An analyst decides; a lead assigns."""
        who = self.station.analyst if assignee is None else self.station.lead
        decisions.decide(who, number, status=status, reason=reason, note=note, assignee=assignee)
        self.ledger.acted(self.name, number, "decision", status, note)
        self._waiting.add(number)

    def _grade(self, number: str) -> None:
        """Two people grade each picture blind, as for court."""
        for file in load_report_view(self.station.analyst, number).files:
            if not file.present or file.sha256 is None:
                continue
            with self.watch.step("grade a picture"):
                for who in ("examiner", "second"):
                    grade_file(self.station.person(who), number, file.sha256, _GRADE, for_court=True)
            self.ledger.acted(self.name, number, "grade", file.sha256, _GRADE)
