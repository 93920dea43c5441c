"""A report goes back and forth as work packages: a store recognises what it wrote or holds already, whoever hands it on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.exchange_stores import Workstation, make_workstation, write_reports
from triage.jobs.casework import corrections, decisions, preservation
from triage.jobs.casework.notes import add_note
from triage.jobs.keeping.check import check_store
from triage.jobs.lists.lists import add_list
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file

ONE = "900000001"
TABLES = ("note", "correction", "decision", "work_entry", "grade", "preservation_notice")
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def stations(tmp_path: Path) -> Iterator[tuple[Workstation, Workstation, Workstation]]:
    """Headquarters with one report, and two offices; each has a user of the same name."""
    made = tuple(make_workstation(tmp_path / name, name) for name in ("Headquarters", "Lahore", "Karachi"))
    for each in made:
        each.knows(*[other for other in made if other is not each])
    made[0].takes_in(write_reports(tmp_path / "bundle", ONE))
    yield made  # type: ignore[misc]
    for each in made:
        each.session.close()


def hand_on(of: Workstation, to: Workstation, name: str) -> None:
    """Sends the report as a work package with its files, and imports it."""
    _, path = of.sends(to, ONE, file=f"{name}.age", with_media=False)
    to.takes_in(path)


def work(of: Workstation, words: str) -> None:
    """Notes, corrects, decides, and records a notice."""
    rule = next(each.rule for each in load_report_view(of.session, ONE).score.factors)
    add_note(of.session, ONE, f"{words}: the school was called")
    corrections.correct_factor(of.session, ONE, rule, "means nothing", f"{words}: it is an old name")
    decisions.decide(of.session, ONE, status="in_progress" if words == "there" else "on_hold", note=f"{words}: seen")
    preservation.record_notice(of.session, ONE, issued="2026-10-05", to_whom=f"{words} Jazz", number=None)


def count(of: Workstation) -> dict[str, int]:
    """Returns table -> rows."""
    with of.session.reading() as db:
        names = {name for (name,) in db.all("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {table: db.value(f"SELECT count(*) FROM {table}") for table in TABLES if table in names}


def test_rows_that_come_back_are_recognised(stations: tuple[Workstation, Workstation, Workstation], tmp_path: Path) -> None:
    hq, lahore, _ = stations
    sha256 = str(load_report_view(hq.session, ONE).files[0].sha256)
    (tmp_path / "known.csv").write_text(f"sha256\n{sha256}\n")
    add_list(hq.session, tmp_path / "known.csv", name="agency", kind="known", profile="US")
    work(hq, "here")
    grade_file(hq.session, ONE, sha256, "exploitive")
    hand_on(hq, lahore, "there1")
    work(lahore, "there")
    first = count(lahore)
    assert first["work_entry"] == 4, "a decision, a notice, a grade and a match with a list of headquarters"
    hand_on(lahore, hq, "back1")
    both = count(hq)
    assert (both["note"], both["correction"], both["work_entry"]) == (2, 2, 2), "what the office did there, and nothing twice"
    for n in (2, 3):
        hand_on(hq, lahore, f"there{n}")
        assert count(lahore) == first, "nothing new was done"
        hand_on(lahore, hq, f"back{n}")
        assert count(hq) == both
    shown = load_report_view(hq.session, ONE)
    assert sorted(each.note for each in shown.decisions if each.note) == ["here: seen", "there: seen"]
    assert check_store(hq.session).valid and check_store(lahore.session).valid


def test_rows_are_recognised_on_the_way_over_a_third_store(stations: tuple[Workstation, Workstation, Workstation]) -> None:
    hq, lahore, karachi = stations
    work(hq, "here")
    hand_on(hq, lahore, "one")
    hand_on(hq, karachi, "two")
    before = count(karachi)
    hand_on(lahore, karachi, "three")
    assert count(karachi) == before, "it came from headquarters"
    own = count(hq)
    hand_on(karachi, hq, "four")
    assert count(hq) == own


def test_what_was_taken_over_from_one_store_is_recognised_from_another(
    stations: tuple[Workstation, Workstation, Workstation],
) -> None:
    """A status that headquarters took over is a row of its own there, in the name of the person in Lahore."""
    hq, lahore, karachi = stations
    sent, path = hq.sends(lahore, ONE, file="one.age")
    lahore.takes_in(path)
    work(lahore, "there")
    hq.takes_in(lahore.answers(hq, sent.package_id))
    assert load_report_view(hq.session, ONE).status == "in_progress"
    hand_on(hq, karachi, "two")
    own = count(hq)
    hand_on(karachi, hq, "three")
    assert count(hq) == own


def test_what_was_undone_does_not_come_back(stations: tuple[Workstation, Workstation, Workstation]) -> None:
    hq, lahore, _ = stations
    work(hq, "here")
    hand_on(hq, lahore, "one")
    corrections.undo_correction(hq.session, corrections.list_corrections(hq.session, ONE)[0].id)
    hand_on(lahore, hq, "two")
    with hq.session.reading() as db:
        assert db.all("SELECT undone IS NULL FROM correction") == [(0,)], "the office's copy still stands there"


def test_an_undoing_elsewhere_is_kept_once_and_undoes_nothing_here(
    stations: tuple[Workstation, Workstation, Workstation],
) -> None:
    hq, lahore, _ = stations
    work(hq, "here")
    hand_on(hq, lahore, "one")
    corrections.undo_correction(lahore.session, corrections.list_corrections(lahore.session, ONE)[0].id)
    for n in range(2):
        hand_on(lahore, hq, f"back{n}")
        with hq.session.reading() as db:
            assert db.all("SELECT origin IS NULL, undone IS NULL FROM correction ORDER BY id") == [(1, 1), (0, 0)]


def test_two_people_of_one_name_who_say_the_same_are_two(
    stations: tuple[Workstation, Workstation, Workstation], monkeypatch: pytest.MonkeyPatch
) -> None:
    hq, lahore, _ = stations
    hand_on(hq, lahore, "one")
    moment = "2026-11-20T10:00:00Z"
    for module in (corrections, decisions):
        monkeypatch.setattr(module, "now", lambda: moment)
    rule = next(each.rule for each in load_report_view(hq.session, ONE).score.factors)
    for each in (hq, lahore):
        corrections.correct_factor(each.session, ONE, rule, "means nothing", "an old name")
        decisions.decide(each.session, ONE, status="on_hold", note="seen")
    hand_on(lahore, hq, "back")
    assert (count(hq)["correction"], count(hq)["work_entry"]) == (2, 1), "the file states them as its sender's own"


def test_a_band_that_was_undone_here_does_not_come_back(stations: tuple[Workstation, Workstation, Workstation]) -> None:
    hq, lahore, _ = stations
    corrections.correct_band(hq.session, ONE, "A", "the school called")
    hand_on(hq, lahore, "one")
    corrections.undo_correction(hq.session, corrections.list_corrections(hq.session, ONE)[0].id)
    for n in range(2):
        hand_on(lahore, hq, f"back{n}")
        with hq.session.reading() as db:
            assert db.all("SELECT undone IS NULL FROM correction") == [(0,)]
