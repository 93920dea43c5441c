"""Three workstations hand reports to one another while people work on them, in any order: whatever a store holds, it may leave."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.exchange_stores import Workstation, make_workstation
from tests.jobs.test_order import everything, judged_anew
from tests.thorough import THOROUGH
from triage.errors import InputError, Refused
from triage.jobs.casework import cases, corrections, decisions, notes
from triage.jobs.judging.assess import assess
from triage.jobs.keeping.check import check_store
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.model.casework import Grade, Stage
from triage.model.judgement import BANDS

NAMES = ("Headquarters", "Lahore", "Karachi")
NUMBERS = tuple(str(900000700 + n) for n in range(4))


class Walk:
    """The workstations, what they sent one another, and the dice."""

    def __init__(self, stations: list[Workstation], folder: Path, seed: int) -> None:
        self.stations, self.folder, self.dice = stations, folder, random.Random(seed)
        self.sent: list[tuple[str, Workstation, Workstation]] = []
        self._made = count()

    def choose_report(self, session: Session) -> str:
        with session.reading() as db:
            return str(self.dice.choice(db.all("SELECT number FROM report ORDER BY id"))[0])

    def bring(self, station: Workstation) -> None:
        """Imports a version of a report with a file, so that workstations hold other versions and files of one report."""
        number = self.dice.choice(NUMBERS)
        there = self.folder / f"in{next(self._made)}" / number
        there.mkdir(parents=True)
        (there / "r.json").write_bytes(le_json(int(number), dateReceived=f"2026-10-0{self.dice.randrange(1, 9)}T08:00:00Z"))
        (there / f"{number}.jpg").write_bytes(jpeg(self.dice.randrange(4)))
        station.takes_in(there.parent)

    def send(self, station: Workstation) -> None:
        """Hands a report on, whoever it came from."""
        to = self.dice.choice([each for each in self.stations if each is not station])
        name = f"work{next(self._made)}.age"
        sent, out = station.sends(to, self.choose_report(station.session), file=name, with_media=self.dice.random() < 0.5)
        to.takes_in(out)
        self.sent.append((sent.package_id, station, to))

    def answer(self, _: Workstation) -> None:
        """Answers one of all packages."""
        if self.sent:
            package, sender, station = self.dice.choice(self.sent)
            sender.takes_in(station.answers(sender, package, f"results{next(self._made)}.age"))

    def work(self, station: Workstation) -> None:
        """Decides, notes, corrects, grades, or moves a case on."""
        session = station.session
        number = self.choose_report(session)
        seen = [file.sha256 for file in load_report_view(session, number).files if file.sha256]
        acts: list[Callable[[], object]] = [
            lambda: decisions.decide(session, number, status=self.dice.choice(["new", "in_progress", "on_hold"])),
            lambda: notes.add_note(session, number, "seen"),
            lambda: corrections.correct_band(session, number, self.dice.choice(BANDS), "read"),
            lambda: corrections.undo_correction(session, corrections.list_corrections(session, number)[-1].id),
            lambda: grade_file(session, number, seen[0], self.dice.choice(list(Grade)).value),
            lambda: cases.set_stage(session, cases.open_case(session, [number]).number, self.dice.choice(list(Stage)).value),
        ]
        with suppress(IndexError, Refused):  # nothing to undo or to grade, or it is so already
            self.dice.choice(acts)()


@pytest.mark.parametrize("seed", range(10 if THOROUGH else 1))
def test_whatever_a_store_holds_may_leave_and_is_taken_in(tmp_path: Path, seed: int) -> None:
    """Nothing is refused for its form, and the cards are as if all were judged anew."""
    stations = [make_workstation(tmp_path / name, name) for name in NAMES]
    try:
        walk = Walk(stations, tmp_path, seed)
        for station in stations:
            station.knows(*[each for each in stations if each is not station])
            walk.bring(station)
        acts = [walk.bring, walk.send, walk.send, walk.answer, walk.answer, walk.work, walk.work, walk.work]
        for _ in range(120 if THOROUGH else 14):
            with suppress(InputError):  # imported before, or a report of two numbers
                walk.dice.choice(acts)(walk.dice.choice(stations))
        for station in stations:
            assess(station.session)
            found = check_store(station.session, documents=True)
            assert found.valid, found.problems
            before = everything(station.session)
            assert before == judged_anew(station.session, 0)
    finally:
        for station in stations:
            station.session.close()
