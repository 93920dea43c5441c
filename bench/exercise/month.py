"""Plays the month: what people do each day by fixed rules, and what goes wrong on purpose."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.exercise import reports
from bench.exercise.clock import Clock
from bench.exercise.killed import DIED
from bench.exercise.ledger import Act, Ledger
from bench.exercise.office import Office
from bench.exercise.requesting import Requesting
from bench.exercise.stations import Watch, open_station
from triage.jobs.casework import decisions, shift
from triage.jobs.casework.child_lane import confirm_child_lane
from triage.jobs.exchange.deconflict import answer_deconfliction, finish_deconfliction, start_deconfliction
from triage.jobs.exchange.receive import import_paths
from triage.jobs.exchange.resolving import resolve_conflict
from triage.jobs.exchange.send import export_work
from triage.jobs.exchange.send_results import export_results
from triage.jobs.exchange.work_list import list_work
from triage.jobs.intake.tombstones import BYTES_GONE
from triage.jobs.keeping.destruction import destroy_report
from triage.jobs.reading.queue import list_queue_rows
from triage.model.handover import Receipt
from triage.model.moment import pakistan_day
from triage.model.views import QueueFilter

NAMES = ("Lahore", "Karachi", "Quetta", "Peshawar", "Multan", "Sukkur", "Gilgit", "Hyderabad", "Faisalabad", "Gujranwala")
PLANTS = ("lost-decision", "lost-report", "lost-reply")
_CARRIED, _LATE = 1, 5
"""Days that a carrier is on the road."""
_KILLED_AT = 9
_DUE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How large the exercise is."""

    reports: int = 200
    offices: int = 3
    days: int = 30
    seed: int = 1
    plant: frozenset[str] = frozenset()


@dataclass(slots=True)
class Package:
    """A work package on paper: for which office, with which reports, where its file is, when it arrives (None: it is lost)."""

    id: str
    office: Office
    numbers: tuple[str, ...]
    path: Path
    arrives: int | None
    imported: bool = False
    answered: int = 0
    kill: bool = False
    turns_up: bool = False
    """Whether it arrives after all, when its reports were sent anew."""


@dataclass
class Month:
    """The stores, the people's rules, and what happened."""

    folder: Path
    settings: Settings
    clock: Clock
    ledger: Ledger = field(default_factory=Ledger)
    watch: Watch = field(default_factory=Watch)
    packages: list[Package] = field(default_factory=list)
    carried: list[tuple[int, Package, Path, list[Act]]] = field(default_factory=list)
    """Results on the road: (day of arrival, package, file, what was done until it was written)."""
    counts: dict[str, int] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.hq = open_station(self.folder / "headquarters", "Headquarters")
        each_day = max(12, 2 * self.settings.reports // (self.settings.days * self.settings.offices))
        self.offices = [
            Office(open_station(self.folder / name.lower(), name), self.ledger, self.watch, each_day)
            for name in NAMES[: self.settings.offices]
        ]
        stations = [self.hq, *(office.station for office in self.offices)]
        for one in stations:
            for other in stations:
                if one is not other:
                    one.trust(other)
        self.requesting = [
            Requesting(station, self.ledger, self.watch, lose="lost-reply" in self.settings.plant) for station in stations
        ]
        for requesting, office in zip(self.requesting[1:], self.offices, strict=True):
            requesting.tell_news = office.add_news
        self.invented = reports.invent(self.settings.seed, self.settings.reports, self.settings.days, self.clock.now())

    def count(self, what: str, n: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + n

    def play(self, say: Callable[[str], None]) -> None:
        """Plays all days, then the days in which the last papers come back."""
        days = self.settings.days
        for day in range(days + _LATE):
            self.clock.begin_day(day)
            if day < days:
                self.receive(day)
                self.decide_at_headquarters()
                if day % 3 == 1 or day == days - 1:
                    self.send_work(day)
            self.go_wrong(day)
            self.take_in_packages(day)
            for office in self.offices if day < days + _LATE - 2 else ():
                office.work()
                if day % 3 == 2:
                    office.move_on()
            if day % 4 == 3 or day >= days:
                self.return_results(day)
            self.take_in_results(day)
            self.resend_lost(day)
            for each in self.requesting:
                each.work(day, self.clock, last=day >= days)
            if day < days:
                self.hand_over_shift()
            say(
                f"day {day + 1}: {len(self.ledger.received)} reports, {len(self.packages)} packages, {len(self.ledger.acts)} acts at offices"
            )

    # -- headquarters -------------------------------------------------------------------------------------------------------

    def receive(self, day: int) -> None:
        coming = [each for each in self.invented if each.day == day]
        self.ledger.received |= {each.number: each for each in coming}
        if "lost-report" in self.settings.plant and day == 1:
            coming = coming[1:]
        if not coming:
            return
        folder = reports.write_reports(self.folder / "in" / f"{day:03d}", coming)
        with self.watch.step("import at headquarters"):
            import_paths(self.hq.analyst, [folder], receipt=Receipt())

    def decide_at_headquarters(self) -> None:
        """Two analysts take the queue in its order, and decide by the card. Not all is decided on the day on which it comes."""
        each_day = max(1, round(self.settings.reports / self.settings.days * 0.95))
        rows = list_queue_rows(self.hq.analyst, QueueFilter(statuses=("new",)), limit=each_day)
        with self.watch.step("decide at headquarters"):
            for n, row in enumerate(rows):
                who = self.hq.person("analyst" if n % 2 else "second")
                if row.in_pakistan is False:
                    decisions.decide(who, row.report_id, status="referred", reason="not in Pakistan")
                elif row.band in ("A", "B", "C") or n % 3:
                    decisions.decide(who, row.report_id, status="in_progress", reason="being worked on", note="for an office")
                else:
                    decisions.decide(who, row.report_id, status="closed", reason="insufficient information")

    def send_work(self, day: int) -> None:
        """A lead gives what is in progress to the offices, by turns, and confirms what names a child first."""
        rows = [r for r in list_queue_rows(self.hq.lead, QueueFilter(statuses=("in_progress",))) if r.report_id not in self.given]
        for at, office in enumerate(self.offices):
            mine = rows[at :: len(self.offices)]
            for row in mine:
                if row.child_lane == "waits for a lead":
                    confirm_child_lane(self.hq.lead, row.report_id)
            if mine:
                first = not any(each.office is office for each in self.packages)
                package = self.export(office, tuple(row.report_id for row in mine), day)
                if first and at == 1:
                    package.arrives = None
                    self.count("packages lost on the road")
                elif first and at == 2:
                    package.arrives, package.turns_up = None, True
                    self.count("packages that turn up late")
                package.kill = first and at == 0

    def export(self, office: Office, numbers: tuple[str, ...], day: int) -> Package:
        out = self.hq.paper(f"work-{office.name}.age")
        due = str(pakistan_day(self.clock.text()) + timedelta(days=_DUE))
        with self.watch.step("write a work package"):
            sent = export_work(
                self.hq.chief, numbers, office.station.age_key, out, with_media=True, due=due, consent=self.hq.consent()
            )
        self.given |= set(numbers)
        self.packages.append(Package(sent.package_id, office, numbers, out, day + _CARRIED))
        self.count("packages")
        return self.packages[-1]

    def resend_lost(self, day: int) -> None:
        """A lead sees which packages are overdue, and sends the reports of those that never came anew."""
        overdue = {row.package_id for row in list_work(self.hq.lead) if row.state == "overdue"}
        for package in [each for each in self.packages if each.arrives is None and each.id in overdue]:
            package.arrives = day + 2 * _CARRIED if package.turns_up else -1
            self.export(package.office, tuple(n for n in package.numbers if n not in self.ledger.destroyed), day)
            self.count("packages sent anew")

    # -- carriers -----------------------------------------------------------------------------------------------------------

    def take_in_packages(self, day: int) -> None:
        for package in self.packages:
            if package.imported or package.arrives is None or not 0 <= package.arrives <= day:
                continue
            if package.kill:
                self.kill_import(package)
            with self.watch.step("import a work package"):
                result = import_paths(package.office.station.analyst, [package.path], receipt=Receipt())
            package.imported = True
            package.office.receive(package.numbers)
            came = set(result.package.destroyed) if result.package else set()
            if missing := set(package.numbers) - set(result.report_ids) - came:
                self.ledger.lost.append(f"{sorted(missing)} of a package did not arrive at {package.office.name}")
            if result.package and result.package.conflicts:
                self.count("conflicts at offices", len(result.package.conflicts))

    def kill_import(self, package: Package) -> None:
        """Lets another program import the package and die in the middle."""
        station = package.office.station
        station.close()
        words, moment = station.words("analyst"), self.clock.now().isoformat()
        run = [sys.executable, "-m", "bench.exercise.killed", station.store, "analyst", package.path, str(_KILLED_AT), moment]
        ended = subprocess.run(run, input=words + "\n", text=True, timeout=120, check=False)
        if ended.returncode != DIED:
            raise RuntimeError(f"the import was to be killed and ended with {ended.returncode}")
        self.count("imports killed")

    def return_results(self, day: int) -> None:
        """Leads of offices send results of packages on which there is news. One file is lost, and one comes after a later one."""
        for package in self.packages:
            office = package.office
            numbers = {number for number in package.numbers if number in office.reports}
            if not package.imported or (package.answered and not office.has_news(numbers)):
                continue
            office.confirm_children(numbers)
            out = office.station.paper("results.age")
            with self.watch.step("write results"):
                export_results(office.station.lead, package.id, self.hq.age_key, out)
            package.answered += 1
            acts = self.ledger.list_not_come(office.name, numbers)
            if day < self.settings.days and acts and not self.counts.get("results lost on the road"):
                self.count("results lost on the road")
                continue  # the office goes on as before; what is not at headquarters counts as news
            office.sent(numbers)
            late = office is self.offices[-1] and package.answered == 1 and day < self.settings.days
            self.count("results that came late", int(late))
            self.carried.append((day + (_LATE if late else _CARRIED), package, out, acts))

    def take_in_results(self, day: int) -> None:
        arrived, self.carried = (
            [each for each in self.carried if each[0] <= day],
            [each for each in self.carried if each[0] > day],
        )
        for _, package, path, acts in arrived:
            for act in acts:
                act.came = True
            if "lost-decision" in self.settings.plant and acts and not self.counts.get("planted"):
                self.count("planted")  # the carrier says that the file was imported, and it never was
                continue
            with self.watch.step("import results"):
                result = import_paths(self.hq.analyst, [path], receipt=Receipt())
            if result.package is None:
                raise RuntimeError("results were imported as something else")
            self.count("results")
            for conflict in result.package.conflicts:
                if conflict.resolved:
                    continue
                self.count("conflicts shown")
                take = "there" if conflict.field == "status" else "here"
                resolve_conflict(
                    self.hq.lead, conflict.report_id, conflict.field, take, "the office worked on it", package_id=package.id
                )
                self.count("conflicts resolved")

    # -- what goes wrong ----------------------------------------------------------------------------------------------------

    def go_wrong(self, day: int) -> None:
        out = [p for p in self.packages if p.imported and not p.answered and p.office is self.offices[0]]
        if out and not self.counts.get("edited at both sides"):
            decisions.decide(
                self.hq.lead, out[0].numbers[0], status="on_hold", reason="waiting for the provider", note="at both sides"
            )
            self.count("edited at both sides")
        if out and len(out[0].numbers) > 1 and not self.ledger.destroyed:
            self.destroy(out[0].numbers[1])
        one, other = self.offices[:2]
        if day >= self.settings.days // 2 and one.reports and other.reports and not self.counts.get("comparisons"):
            self.compare(one, other)

    def destroy(self, number: str) -> None:
        """A court orders a report destroyed while an office works on it; then its bundle is delivered again."""
        self.hq.close()
        with self.watch.step("destroy a report"):
            destroy_report(
                self.hq.chief,
                number,
                reason="ordered",
                order="order 7 of the exercise",
                second=self.hq.consent(),
                certificate=self.hq.paper("certificate.json"),
            )
        self.ledger.destroyed.add(number)
        self.count("destroyed")
        self.count("delivered again")
        again = reports.write_reports(self.folder / "in" / "again", [self.ledger.received[number]])
        result = import_paths(self.hq.analyst, [again], receipt=Receipt())
        if BYTES_GONE not in [each.reason for each in (*result.skipped, *result.quarantined)]:
            self.ledger.lost.append(f"nobody was told that report {number} was destroyed when it was delivered again")

    def compare(self, one: Office, other: Office) -> None:
        """Two offices compare what they hold over three files."""
        first, second, third = (one.station.paper(f"compare-{n}.json") for n in (1, 2, 3))
        self.count("comparisons")
        with self.watch.step("compare two offices"):
            start_deconfliction(one.station.lead, other.name, first)
            answer_deconfliction(other.station.lead, first, second)
            found = finish_deconfliction(one.station.lead, second, third)
            finish_deconfliction(other.station.lead, third)
        both = self.emails(one) & self.emails(other)
        shared = {each.value for each in found.shared if each.kind == "email"}
        self.count("identifiers in both offices", len(found.shared))
        if shared != both:
            self.ledger.lost.append(
                f"{one.name} and {other.name} both hold {sorted(both)}, and the comparison found {sorted(shared)}"
            )

    def emails(self, office: Office) -> set[str]:
        return {self.ledger.received[number].email for number in office.reports}

    def hand_over_shift(self) -> None:
        for station in (self.hq, *(office.station for office in self.offices)):
            with self.watch.step("hand over a shift"):
                sheet = shift.close_shift(station.analyst, "end of the day")
                shift.acknowledge_shift(station.person("second"), sheet.number)
            self.count("shifts")


def begin_clock(days: int) -> Clock:
    """Returns a clock that stands so many days ago in the morning, so that the exercise ends today."""
    today = datetime.now(UTC).replace(hour=3, minute=0, second=0, microsecond=0)
    return Clock(today - timedelta(days=days + 6))
