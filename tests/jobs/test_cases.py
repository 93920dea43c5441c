"""Cases, closing reasons, grades, notices and the child lane."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.jobs.listed import list_cases
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.jobs.casework import cases, child_lane, preservation
from triage.jobs.casework.case_list import find_cases, load_cases
from triage.jobs.casework.decisions import decide
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.keeping.check import check_store, verify_record
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review import grading
from triage.jobs.review.grade_work import find_grade_work, load_grade_work, load_open_grades
from triage.jobs.session import Session, unlock
from triage.jobs.state.child_lane import require_confirmed
from triage.model.casework import REASONS, CaseFilter, Closing, Grade, RegisterNumber, Stage
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.model.views import STATUSES, QueueFilter

ONE, TWO = "900000301", "900000302"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """Two reports with the same picture; of the first the reported user is said to be 15."""

    def fill(session: Session, folder: Path) -> None:
        for number in (ONE, TWO):
            report = folder / "in" / number
            report.mkdir(parents=True)
            document = le_json(int(number))
            if number == ONE:
                document = document.replace(b'"screenName"', b'"age": "15", "screenName"')
            (report / "r.json").write_bytes(document)
            (report / f"{number}.jpg").write_bytes(jpeg(3))
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def unlock_as(session: Session, name: str, *roles: str) -> Session:
    """Adds a user with these roles and unlocks the store as that user."""
    add_person(session.store, name, [Role(role) for role in roles], "nine grey hills")
    return unlock(session.store.directory, name, "nine grey hills")


def sha(session: Session) -> str:
    return load_report_view(session, ONE).files[0].sha256 or ""


def test_a_case_joins_reports_and_carries_numbers_and_a_clock(filled: Session) -> None:
    case = cases.open_case(filled, [ONE])
    assert (case.number[:2], case.stage, case.reports) == ("C-", "verification", (ONE,))
    assert case.clocks == ()
    case = cases.add_reports(filled, case.number, [TWO])
    assert case.reports == (ONE, TWO)
    case = cases.set_number(filled, case.number, "property-register", "17/2026")
    case = cases.set_number(filled, case.number, "fir", "210/26")
    assert [(n.kind, n.value) for n in case.numbers] == [("FIR", "210/26"), ("property register", "17/2026")]
    case = cases.set_stage(filled, case.number, "enquiry", due="2030-01-31", note="by the book")
    assert case.clocks[0].due == "2030-01-31T18:59:59Z"
    shown = load_report_view(filled, TWO)
    assert shown.case == case.number
    assert "case stage" in [clock.name for clock in shown.clocks]
    assert cases.set_stage(filled, case.number, "enquiry", due="2030-02-15").stages[-1].since == case.stages[-1].since
    assert str(cases.set_stage(filled, case.number, "FIR").clocks[0].basis).endswith("(unverified).")
    assert cases.set_number(filled, case.number, "FIR", "210/26", remove=True).numbers[0].kind == "property register"
    assert len(list_cases(filled)) == 1
    assert check_store(filled).valid
    assert verify_record(filled).valid


def test_cases_are_listed_newest_first(filled: Session) -> None:
    first, second = cases.open_case(filled, [ONE]), cases.open_case(filled)
    cases.set_number(filled, first.number, "fir", "210/26")
    cases.set_number(filled, first.number, "complaint", "7")
    cases.set_stage(filled, first.number, "enquiry", due="2030-01-31")
    cases.set_officer(filled, first.number, "first")
    newest, oldest = load_cases(filled, find_cases(filled, CaseFilter())).values()
    assert (newest.number, newest.reports, newest.officer, newest.due) == (second.number, 0, None, None)
    assert (oldest.stage, oldest.due, oldest.reports, oldest.officer) == ("enquiry", "2030-01-31", 1, "first")
    assert oldest.numbers == (RegisterNumber("complaint", "7"), RegisterNumber("FIR", "210/26"))


def test_a_case_refuses_what_it_does_not_know(filled: Session) -> None:
    case = cases.open_case(filled)
    with pytest.raises(Refused, match="no stage"):
        cases.set_stage(filled, case.number, "verdict")
    with pytest.raises(Refused, match="is not a date"):
        cases.set_stage(filled, case.number, "trial", due="31.1.2030")
    with pytest.raises(NotFound):
        cases.add_reports(filled, "C-1999-0001", [ONE])
    with pytest.raises(NotFound):
        cases.add_reports(filled, case.number, ["1"])


def test_every_stage_is_in_the_table() -> None:
    assert set(cases._load_stage_lengths()) == {stage.value for stage in Stage}
    assert set(REASONS) == set(STATUSES)
    assert set(REASONS["closed"]) <= {reason.value for reason in Closing}


def test_closing_needs_a_reason_of_the_list(filled: Session) -> None:
    for reason in (None, "because"):
        with pytest.raises(Refused, match="not abuse material"):
            decide(filled, ONE, status="closed", reason=reason)
    decide(filled, ONE, status="closed", reason="Not-abuse material", note="a beach")
    decide(filled, ONE, status="in_progress")
    assert [d.reason for d in load_report_view(filled, ONE).decisions] == ["not abuse material", None]
    kinds = [line for (line,) in filled.store.read().all("SELECT json FROM audit_entry") if "report reopened" in line]
    assert len(kinds) == 1


def test_cleared_is_no_reason_that_somebody_picks_since_it_sets_the_report_apart(filled: Session) -> None:
    with pytest.raises(Refused, match="triage clear"):
        decide(filled, ONE, status="closed", reason="cleared")
    destruction.clear_person(filled, ONE, "another person used the account")
    assert [(d.status, d.reason) for d in load_report_view(filled, ONE).decisions] == [("closed", "cleared")]


def test_days_of_a_case_are_pakistans(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "now", lambda: "2027-12-31T19:30:00Z")
    case = cases.open_case(filled, [ONE])
    assert case.number == "C-2028-0001"
    case = cases.set_stage(filled, case.number, "FIR")
    assert (case.stages[-1].due, "since 2028-01-01" in str(case.clocks[0].basis)) == ("2028-03-01", True)


def test_the_court_is_not_told_before_the_notice_and_late_is_called_late(filled: Session) -> None:
    preservation.record_notice(filled, ONE, issued="2026-01-10", to_whom="Lantern Chat", number="5")
    with pytest.raises(Refused, match="earlier than the notice"):
        preservation.record_court_informed(filled, ONE, told="2026-01-09")
    (late,) = preservation.record_court_informed(filled, ONE, told="2026-01-11T10:00")
    assert "told on 2026-01-11 10:00+05:00, more than 24 hours after" in str(late.basis)
    preservation.record_notice(filled, TWO, issued="2026-01-10", to_whom="Lantern Chat", number="6")
    (in_time,) = preservation.record_court_informed(filled, TWO, told="2026-01-10T23:00")
    assert "told on" in str(in_time.basis) and "more than" not in str(in_time.basis)


def test_a_grade_covers_exact_copies(filled: Session) -> None:
    state = grading.grade_file(filled, ONE, sha(filled), "innocent family or medical picture")
    assert (state.state, state.copies) == ("graded", 2)
    verdict = load_report_view(filled, TWO).files[0].verdict
    assert (verdict.grade, verdict.graded_by) == (Grade.INNOCENT.value, "first")
    assert "(distance 0), seen by first at 20" in str(verdict.why)
    assert verdict.inherited_from == sha(filled) and verdict.inherited_distance == 0
    own = load_report_view(filled, ONE).files[0].verdict
    assert str(own.grade_says).startswith("seen by first at 20")
    assert own.inherited_from is None
    assert "note.graded" in [f.rule for f in load_report_view(filled, TWO).score.factors]


def test_grades_for_court_are_blind_and_a_lead_settles(filled: Session) -> None:
    with unlock_as(filled, "second", "analyst") as second, unlock_as(filled, "third", "lead") as third:
        grading.grade_file(filled, ONE, sha(filled), "abuse material", for_court=True)
        assert load_report_view(second, ONE).files[0].verdict.grade is None
        assert "waits for a second grader" in str(load_report_view(second, TWO).files[0].verdict.why)
        assert "abuse" not in str(load_report_view(second, TWO).files[0].verdict.why)
        assert "note.graded" not in [f.rule for f in load_report_view(second, TWO).score.factors]
        (mine,), (theirs,) = (load_grade_work(each, find_grade_work(each).ids).values() for each in (filled, second))
        assert (mine.mine, theirs.mine, theirs.disagree) == (True, False, False)
        assert (theirs.report, theirs.copies, theirs.sha256) == (ONE, 2, sha(filled))
        assert "abuse" not in repr(theirs)
        assert [state.grade for state in load_open_grades(second, find_grade_work(second).ids).values()] == [None]
        state = grading.grade_file(second, TWO, sha(filled), "adult")
        assert (state.state, state.grade) == ("graders disagree: a lead decides", None)
        with pytest.raises(Refused, match="assign"):
            grading.grade_file(second, ONE, sha(filled), "adult", settle=True)
        with pytest.raises(Refused, match="another lead must"):
            grading.grade_file(filled, ONE, sha(filled), "adult", settle=True)
        assert grading.grade_file(third, ONE, sha(filled), "adult", settle=True).grade == "adult"
        assert load_report_view(filled, TWO).files[0].verdict.graded_by == "third"
        assert {(a.grade, a.pairs, a.agreed) for a in grading.measure_agreement(third)} == {
            ("abuse material", 1, 0),
            ("adult", 1, 0),
        }
        with pytest.raises(Refused, match="nothing to decide"):
            grading.grade_file(third, ONE, sha(filled), "adult", settle=True)


def test_uncertain_age_and_files_of_a_case_need_a_second_look(filled: Session) -> None:
    assert grading.grade_file(filled, ONE, sha(filled), "age uncertain").state == "waits for a second grader"
    cases.open_case(filled, [TWO])
    with unlock_as(filled, "second", "analyst") as second:
        assert grading.grade_file(second, ONE, sha(filled), "age uncertain").grade == "age uncertain"
        assert [(a.pairs, a.agreed) for a in grading.measure_agreement(second)] == [(1, 1)]


def test_only_bytes_that_are_here_and_like_pictures_are_graded(filled: Session) -> None:
    with pytest.raises(NotFound):
        grading.grade_file(filled, ONE, "0" * 64, "adult")
    with pytest.raises(Refused, match="no grade"):
        grading.grade_file(filled, ONE, sha(filled), "fine")
    with pytest.raises(Refused, match="does not match this image"):
        grading.grade_file(filled, ONE, f"{ONE}.jpg", "adult", also=["1" * 64])


def test_a_notice_starts_two_clocks(filled: Session) -> None:
    clocks = preservation.record_notice(filled, TWO, issued="2026-09-01", to_whom="Lantern Chat", number="N 4")
    assert {c.name: c.due for c in clocks} == {
        "tell the Court of the notice": "2026-09-01T19:00:00Z",
        "preservation notice": "2026-11-29T19:00:00Z",
    }
    assert next(r for r in list_queue_rows(filled, QueueFilter()) if r.report_id == TWO).deadline == "2026-09-01T19:00:00Z"
    assert [c.name for c in preservation.record_court_informed(filled, TWO, told="2026-09-01T20:00+05:00")] == [
        "preservation notice"
    ]
    assert "preservation notice" in [c.name for c in load_report_view(filled, TWO).clocks]
    with pytest.raises(NotFound):
        preservation.record_court_informed(filled, TWO, told="2026-09-01")
    with pytest.raises(Refused, match="later than this workstation"):
        preservation.record_notice(filled, TWO, issued="2999-01-01", to_whom="x", number=None)


def test_a_number_of_a_register_is_one_plain_line(filled: Session) -> None:
    case = cases.open_case(filled, [ONE])
    case = cases.set_number(filled, case.number, "FIR", " \u200f17/2026\u200e ")
    assert [number.value for number in case.numbers] == ["17/2026"]
    for odd in ("a\x00b", "1\u00ad7", "x" * 201, "\ud800"):
        with pytest.raises(Refused, match="one plain line"):
            cases.set_number(filled, case.number, "FIR", odd)
    with pytest.raises(Refused, match="as written in the register"):
        cases.set_number(filled, case.number, "FIR", "\u200f")


@pytest.mark.usefixtures("short_papers")
def test_nothing_of_the_child_lane_goes_out_before_a_lead_confirms(filled: Session, tmp_path: Path) -> None:
    from triage.jobs.leaving.packet import create_packet

    assert load_report_view(filled, ONE).child_lane == "waits for a lead"
    assert load_report_view(filled, TWO).child_lane == "no"
    with pytest.raises(Refused, match="--confirm-child-lane"):
        create_packet(filled, [ONE, TWO], tmp_path / "packet")
    with pytest.raises(Refused, match="not in the child lane"):
        child_lane.confirm_child_lane(filled, TWO)
    child_lane.confirm_child_lane(filled, ONE)
    assert load_report_view(filled, ONE).child_lane == "confirmed"
    with filled.reading() as db:
        require_confirmed(db, [1, 2])
    create_packet(filled, [ONE], tmp_path / "packet")
