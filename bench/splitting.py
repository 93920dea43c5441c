"""What headquarters pay for splitting their reports among 15 offices, and for merging what comes back.

A row of the suite: `python -m bench splitting`. The feed (bench/national_feed.py, without media) is imported at headquarters. Each office
gets a fifteenth of the reports as a sealed work package, takes it in, decides on every third report, and sends its results, which are
merged at headquarters. Cost is processor time of the whole process tree. The slope is the cost of a report beside that with an eighth of
the reports. In the end each decision of an office must stand at headquarters.

Limits are for 100,000 reports on one core: an hour for headquarters to send and merge all of them, and eight minutes for an office to take
in and send back its share.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bench.importing import CHEAP, Peak, cpu
from bench.national_feed import NationalFeed
from bench.suite.model import Place, Result
from triage.jobs.casework.child_lane import confirm_child_lane
from triage.jobs.casework.decisions import decide
from triage.jobs.exchange.receive import import_paths
from triage.jobs.exchange.send import export_work
from triage.jobs.exchange.send_results import export_results
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.jobs.trusted_keys import trust_key
from triage.model.handover import Receipt
from triage.model.views import QueueFilter, QueueRow
from triage.store.store import Store

OFFICES = 15
BACKLOG = 100_000
HOUR_SECONDS, OFFICE_SECONDS = 3_600.0, 480.0
MOST_SLOPE, EARLIER, MEMORY_MB = 1.25, 8, 1_500.0
DECIDED = 3
"""An office decides on one report in so many."""
HQ_STEPS, OFFICE_STEPS = ("send", "merge"), ("take in", "send back")
Done = TypeVar("Done")


@dataclass(slots=True)
class Costs:
    """What each step cost for so many reports, in seconds of processor time and by the clock."""

    reports: int = 0
    spent: dict[str, float] = field(default_factory=dict)
    clock: dict[str, float] = field(default_factory=dict)
    decided: int = 0
    merged: int = 0
    memory: int = 0

    def take(self, step: str, act: Callable[[], Done]) -> Done:
        """Does a step and adds what it cost."""
        with Peak() as peak:
            began, busy = time.perf_counter(), cpu()
            done = act()
            self.spent[step] = self.spent.get(step, 0.0) + cpu() - busy
            self.clock[step] = self.clock.get(step, 0.0) + time.perf_counter() - began
        self.memory = max(self.memory, peak.most)
        return done

    def each(self, step: str) -> float:
        """Returns milliseconds of processor time a report."""
        return 1000 * self.spent[step] / self.reports


def measure_splitting(size: int, place: Place) -> Iterator[Result]:
    """Yields what a report costs at each step, beside an eighth of the reports, and what a backlog would take."""
    earlier, costs = (split_and_merge(place.scratch / str(reports), reports) for reports in (max(OFFICES, size // EARLIER), size))
    for step in (*HQ_STEPS, *OFFICE_STEPS):
        yield Result(f"{step}, a report", 0, costs.each(step), "ms", earlier.each(step), "an eighth", allowed=MOST_SLOPE)
    for name, steps, share, most in (
        ("headquarters", HQ_STEPS, 1, HOUR_SECONDS),
        ("an office", OFFICE_STEPS, OFFICES, OFFICE_SECONDS),
    ):
        seconds = sum(costs.each(step) for step in steps) / 1000 * BACKLOG / share
        clock = sum(costs.clock[step] for step in steps) / costs.reports * BACKLOG / share
        yield Result(f"{name}, of {BACKLOG:,} reports", 0, seconds, "s", most, clock=clock)
    yield Result("decisions that stand at headquarters", 0, costs.merged / costs.decided, "of all", 1.0, better="higher")
    yield Result("memory at most", 0, costs.memory / 1e6, "MB", MEMORY_MB)


def split_and_merge(folder: Path, reports: int) -> Costs:
    """Splits so many reports among the offices, lets them work, and merges what comes back."""
    costs = Costs()
    folder.mkdir(parents=True)
    NationalFeed(with_media=False).write_slice(folder / "in", reports)
    with _open(folder / "headquarters") as headquarters:
        import_bundles(headquarters, [folder / "in"], receipt=Receipt())
        numbers = [row.report_id for row in _confirm_children(headquarters)]
        costs.reports = len(numbers)
        for n in range(OFFICES):
            _work_at_office(costs, headquarters, folder / f"office{n}", numbers[n::OFFICES])
        with headquarters.reading() as db:
            costs.merged = int(db.value("SELECT count(*) FROM work_entry WHERE kind = 'decision'"))
    return costs


def _open(folder: Path) -> Session:
    """Returns a session in a new store."""
    return Session(Store.create(folder, "first", "seven green boats", cost=CHEAP).store)


def _confirm_children(session: Session) -> tuple[QueueRow, ...]:
    """Confirms what waits in the child lane, without which nothing leaves, and returns all rows of the queue."""
    rows = list_queue_rows(session, QueueFilter())
    for row in rows:
        if row.child_lane == "waits for a lead":
            confirm_child_lane(session, row.report_id)
    return rows


def _work_at_office(costs: Costs, headquarters: Session, folder: Path, numbers: Sequence[str]) -> None:
    """Sends reports to an office, which decides on some of them, and merges its results."""
    folder.mkdir()
    package, results = folder / "work.age", folder / "results.age"
    with _open(folder / "store") as office:
        trust_key(office, headquarters.store.fingerprint, "headquarters")
        trust_key(headquarters, office.store.fingerprint, folder.name)
        sent = costs.take("send", lambda: export_work(headquarters, numbers, office.store.recipient, package))
        costs.take("take in", lambda: import_paths(office, [package], receipt=Receipt()))
        _confirm_children(office)
        for number in numbers[::DECIDED]:
            decide(office, number, status="closed", reason="insufficient information", note="nothing to follow")
            costs.decided += 1
        costs.take("send back", lambda: export_results(office, sent.package_id, headquarters.store.recipient, results))
    costs.take("merge", lambda: import_paths(headquarters, [results], receipt=Receipt()))
