"""Progress is what the trainee really did; a store with work never becomes one for training."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import le_json, write_bundle
from tests.people import add_person
from triage.errors import NotFound, Refused
from triage.exports import training_certificate
from triage.jobs.casework.cases import open_case
from triage.jobs.casework.decisions import decide
from triage.jobs.casework.notes import add_note
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.leaving.export_queue import export_queue
from triage.jobs.leaving.signing import describe_export
from triage.jobs.officer import TRAINING, describe_officer
from triage.jobs.policy import set_policy
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.reading.show import load_report_view
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.jobs.state.training_mark import is_training_store
from triage.jobs.training import trainee
from triage.jobs.training.checks import OwnEntries, check_step, load_own_entries
from triage.jobs.training.trainee import (
    answer_question,
    load_training,
    mark_training_store,
    write_training_certificate,
)
from triage.jobs.training.tutorials import load_tutorial
from triage.model.handover import Handover, Receipt
from triage.model.media import RevealStep
from triage.model.training import Answer, EntryCheck, FollowCheck, QueueCheck, Step, Tutorial, Words
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.store.store import Store

W = Words("en", "ur")
WORDS = "kite basin lamp velvet orchard"


@pytest.fixture
def training(session: Session) -> Session:
    mark_training_store(session)
    return session


def task(*checks: EntryCheck | FollowCheck | QueueCheck) -> Step:
    return Step("some-task", 1, W, W, checks=checks)


def done(session: Session, step: Step) -> bool:
    return check_step(session, step, load_own_entries(session)).done


def test_a_new_store_is_marked_for_good(session: Session) -> None:
    assert not is_training_store(session)
    mark_training_store(session)
    assert is_training_store(session)


def test_what_leaves_a_training_store_says_so(session: Session) -> None:
    """Every paper names the agency or who made it, so neither can be taken for that of real work."""
    set_policy(session, "agency-name", "An Agency")
    set_policy(session, "agency-address", "1 Canal Road")
    assert describe_officer(session).agency_name == "An Agency" and TRAINING not in describe_export(session).by
    mark_training_store(session)
    officer = describe_officer(session)
    assert (officer.agency_name, officer.agency_address) == (TRAINING, "")
    assert TRAINING in describe_export(session).by


def test_a_store_with_work_is_never_marked(session: Session) -> None:
    for days in (30, 90) * 4:
        set_policy(session, "backup-expires-after-days", str(days))
    with pytest.raises(Refused, match="just made"):
        mark_training_store(session)
    assert not is_training_store(session)


def test_a_store_of_two_people_is_never_marked(session: Session) -> None:
    add_person(session.store, "second", [Role.LEAD], WORDS)
    with pytest.raises(Refused, match="just made"):
        mark_training_store(session)


def test_no_training_in_a_store_with_work(session: Session, tmp_path: Path) -> None:
    for call in (
        lambda: load_training(session),
        lambda: answer_question(session, "care-law", 0),
        lambda: write_training_certificate(session, "analyst", "A. Trainee", tmp_path / "c.pdf"),
    ):
        with pytest.raises(Refused, match="holds work"):
            call()
    assert list(tmp_path.glob("c.pdf*")) == []


def test_a_lesson_is_done_with_the_right_answer(training: Session) -> None:
    def lesson() -> tuple[bool, int | None]:
        found = next(step for step in load_training(training)[0].steps if step.id == "care-law")
        return found.done, found.answer

    assert lesson() == (False, None)
    assert not answer_question(training, "care-law", 0)
    assert lesson() == (False, 0)
    assert answer_question(training, "care-law", 1)
    assert lesson() == (True, 1)
    answer_question(training, "care-law", 2)
    assert lesson() == (True, 2), "what was known stays known"
    with pytest.raises(NotFound):
        answer_question(training, "care-law", 3)
    with pytest.raises(NotFound):
        answer_question(training, "analyst-import", 0)


def test_only_ones_own_entries_count_and_only_those_that_fit(training: Session) -> None:
    step = task(EntryCheck(("policy set",), where={"policy": "help-text"}))
    set_policy(training, "receipt-required", "yes")
    assert not done(training, step)
    add_person(training.store, "second", [Role.ADMIN], WORDS)
    set_policy(training, "help-text", "room 7")
    assert done(training, step)
    assert not done(training, task(EntryCheck(("policy set",), least=3)))
    with Session(Store.open(training.store.directory, "second", WORDS)) as other:
        assert not done(other, step)


def test_a_later_act_counts_only_after_the_first_and_on_the_same_thing(training: Session, tmp_path: Path) -> None:
    import_bundles(training, [write_bundle(tmp_path / "bundle")], receipt=Receipt())
    report = list_queue_rows(training, QueueFilter())[0].report_id
    step = task(FollowCheck(("report decided",), ("note added",), by="report"))
    order = task(FollowCheck(("report decided",), ("note added",)))
    add_note(training, report, "before")
    decide(training, report, assignee="first")
    assert not done(training, step) and not done(training, order), "the note came first"
    add_note(training, report, "after")
    assert done(training, step) and done(training, order)
    assert not done(training, task(FollowCheck(("report decided",), ("note added",), by="decision")))
    closed = FollowCheck(("report decided",), ("note added",), by="report", where_first={"status": "closed"})
    assert not done(training, task(closed))


def test_a_queue_check_asks_the_store(training: Session, tmp_path: Path) -> None:
    import_bundles(training, [write_bundle(tmp_path / "bundle")], receipt=Receipt())
    report = list_queue_rows(training, QueueFilter())[0]
    step = task(QueueCheck(bands=(report.band,), assignees=("me",)))
    assert not done(training, step)
    decide(training, report.report_id, assignee="first")
    assert done(training, step)
    add_note(training, report.report_id, "read")
    assert done(training, task(EntryCheck(("note added",)), QueueCheck()))


def test_a_report_counts_only_when_the_trainee_acted_on_it(training: Session, tmp_path: Path) -> None:
    """The status of a report stays when a case is opened with it, so the case is found by the trainee's own entry."""
    for number in (900000501, 900000502):
        (tmp_path / f"in/{number}").mkdir(parents=True)
        (tmp_path / f"in/{number}/r.json").write_bytes(le_json(number))
    import_bundles(training, [tmp_path / "in"], receipt=Receipt())
    first, second = list_queue_rows(training, QueueFilter())
    opened = task(QueueCheck(bands=(first.band,), acts=("case opened",)))
    taken = task(QueueCheck(assignees=("me",), acts=("report decided",)))
    assert not done(training, opened) and not done(training, taken)
    open_case(training, [first.report_id])
    assert done(training, opened) and not done(training, taken)
    decide(training, second.report_id, assignee="first")
    assert done(training, taken)
    assert not done(training, task(QueueCheck(least=2, acts=("case opened",))))


def find_step(role: str, name: str) -> Step:
    """Returns a step of a shipped tutorial."""
    return next(step for step in load_tutorial(role).steps if step.id == name)


@pytest.mark.parametrize(
    ("bands", "handed_to", "expected"),
    [((), "Court", False), (("A", "B"), "Court", False), (("B",), None, False), (("B",), "Court", True)],
)
def test_the_export_of_a_queue_counts_with_one_band_and_a_recipient(
    training: Session, tmp_path: Path, bands: tuple[str, ...], handed_to: str | None, expected: bool
) -> None:
    export_queue(training, QueueFilter(bands=bands), tmp_path / "q.csv", handover=Handover(handed_to=handed_to))
    assert done(training, find_step("lead", "lead-export")) is expected


def test_a_second_grade_counts_when_another_graded_first_and_the_file_was_viewed(training: Session, tmp_path: Path) -> None:
    import_bundles(training, [write_bundle(tmp_path / "bundle")], receipt=Receipt())
    add_person(training.store, "second", [Role.EXAMINER], WORDS)
    step, report = find_step("examiner", "examiner-grade"), "900000001"
    view_file(training)
    grade_file(training, report, "a.jpg", "adult", for_court=True)
    assert not done(training, step), "a first grade is no second one"
    with Session(Store.open(training.store.directory, "second", WORDS)) as other:
        grade_file(other, report, "a.jpg", "not pertinent")
        assert not done(other, step), "the file was never viewed"
        view_file(other, RevealStep.BLURRED)
        grade_file(other, report, "a.jpg", "not pertinent")
        assert not done(other, step), "the blurred file shows nothing to grade"
        view_file(other)
        grade_file(other, report, "a.jpg", "not pertinent")
        assert done(other, step)
    assert not done(training, step), "another's second grade"
    assert load_report_view(training, report).files[0].verdict.graded_by is None, "they disagree"


def view_file(session: Session, step: RevealStep = RevealStep.EDGES) -> None:
    """Adds the entry that a view of the file leaves."""
    with session.store.batch() as batch:
        batch.note("media revealed", report=1, medium=session.store.keyed("a file"), step=int(step))


def test_the_certificate_comes_at_the_end(training: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = (Answer(W, W, right=True), Answer(W, W), Answer(W, W))
    short = Tutorial("analyst", Words("Tutorial for analysts", "ur"), (Step("only", 1, W, W, question=W, answers=answers),))
    monkeypatch.setattr(trainee, "load_tutorial", lambda role: short)
    out = tmp_path / "certificate.pdf"
    with pytest.raises(Refused, match="every step"):
        write_training_certificate(training, "analyst", "A. Trainee", out)
    answer_question(training, "only", 0)
    with pytest.raises(Refused, match="name of the trainee"):
        write_training_certificate(training, "analyst", " \n ", out)
    write_training_certificate(training, "analyst", "A. Trainee", out)
    assert out.read_bytes().startswith(b"%PDF-") and (tmp_path / "certificate.pdf.sig").exists()


def test_the_certificate_names_the_account_and_says_who_tried_all_answers(
    training: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = (Answer(W, W), Answer(W, W), Answer(W, W, right=True))
    short = Tutorial("analyst", W, (Step("only", 1, W, W, question=W, answers=answers),))
    monkeypatch.setattr(trainee, "load_tutorial", lambda role: short)
    for answer in (0, 1, 2, 0):
        answer_question(training, "only", answer)
    written: list[object] = []
    monkeypatch.setattr(training_certificate, "typeset", lambda blocks, **_: (written.extend(blocks), b"%PDF-")[1])
    write_training_certificate(training, "analyst", "Somebody Else", tmp_path / "certificate.pdf")
    said = repr(written)
    assert "('Trainee', 'Somebody Else'), ('User account', 'first')" in said and training_certificate.ENTERED in said
    assert "at try 3; it has 3 answers" in said


def test_a_word_of_a_list_is_asked_for() -> None:
    own = OwnEntries({"user added": ((1, {"roles": ["analyst"]}), (2, {"roles": ["analyst", "auditor"]}))})
    assert own.find("user added", where={"roles": "auditor"}) == [(2, {"roles": ["analyst", "auditor"]})]
    assert own.find("user added", where={"other": 1}) == []
