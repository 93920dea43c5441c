"""One act grades many files as if each were graded alone, and is undone as a whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from triage.jobs.casework import cases
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import verify_record
from triage.jobs.reading.show import load_report_view
from triage.jobs.review import grade_many, grading
from triage.jobs.session import Session
from triage.model.casework import FileToGrade, GradeAct
from triage.model.handover import Receipt
from triage.model.progress import CancelToken, Progress, ignore_progress
from triage.model.users import Role, User

MANY, NEAR, COPY = "900000601", "900000602", "900000603"
FILES = 7


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A report of seven images, one with a near copy of the first, and one with an exact copy of the second."""

    def fill(session: Session, folder: Path) -> None:
        contents = {
            MANY: [jpeg(seed) for seed in range(20, 20 + FILES)],
            NEAR: [jpeg(20, 60)],
            COPY: [jpeg(21)],
        }
        for number, files in contents.items():
            report = folder / "in" / number
            report.mkdir(parents=True)
            (report / "r.json").write_bytes(le_json(int(number)))
            for at, data in enumerate(files):
                (report / f"{number}-{at}.jpg").write_bytes(data)
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def shas(session: Session, number: str) -> list[str]:
    return [file.sha256 or "" for file in load_report_view(session, number).files if file.present]


def grades(session: Session, number: str) -> list[str | None]:
    return [file.verdict.grade for file in load_report_view(session, number).files if file.present]


def act(session: Session, files: list[FileToGrade], grade: str = "adult", **more: bool) -> GradeAct:
    return grade_many.grade_files(session, files, grade, on_progress=ignore_progress, cancel=CancelToken(), **more)


def undo(session: Session, given: GradeAct) -> GradeAct:
    return grade_many.take_back_grades(session, given, on_progress=ignore_progress, cancel=CancelToken())


def test_many_files_are_graded_as_one_by_one_and_undone_as_one(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grade_many, "SLICE", 3)
    told: list[Progress] = []
    files = [FileToGrade(MANY, sha) for sha in shas(filled, MANY)]
    given = grade_many.grade_files(filled, files, "adult", on_progress=told.append, cancel=CancelToken())
    assert [each.sha256 for each in given.given] == shas(filled, MANY) and not given.refused and not given.stopped
    assert (given.files, given.reports) == (FILES + 1, 2), "the exact copy in another report is graded too"
    assert grades(filled, MANY) == ["adult"] * FILES and grades(filled, COPY) == ["adult"] and grades(filled, NEAR) == [None]
    assert [each.done for each in told] == [3, 6, 7]
    notes = [e for (e,) in filled.store.read().all("SELECT json FROM audit_entry") if '"file graded"' in e]
    assert len(notes) == FILES, "an entry a file, as for single grades"
    again = undo(filled, given)
    assert len(again.given) == FILES and not again.refused
    assert grades(filled, MANY) == [None] * FILES
    assert verify_record(filled, None).valid


def test_near_copies_inherit_only_when_they_are_named_and_may(filled: Session) -> None:
    first, second = shas(filled, MANY)[:2]
    (near,) = shas(filled, NEAR)
    given = act(filled, [FileToGrade(MANY, first, (near, second))])
    assert given.given[0].inherited == (near,)
    assert [each.sha256 for each in given.refused] == [second], "an image that does not match takes nothing over"
    (says,) = [file.verdict.grade_says for file in load_report_view(filled, NEAR).files if file.present]
    assert str(says).startswith("inherited from")
    undo(filled, given)
    assert grades(filled, NEAR) == [None]
    cases.open_case(filled, [NEAR])
    given = act(filled, [FileToGrade(MANY, first, (near,))])
    assert given.given and not given.given[0].inherited
    assert "must be viewed itself" in str(given.refused[0].why)


def test_two_person_rules_hold_in_an_act(filled: Session) -> None:
    cases.open_case(filled, [MANY])
    files = [FileToGrade(MANY, sha) for sha in shas(filled, MANY)]
    act(filled, files)
    assert grades(filled, MANY) == [None] * FILES, "of a case: none stands before a second person graded"
    first = filled.store.user
    filled.store.user = User(7, "seven", frozenset({Role.ANALYST}))
    given = act(filled, files[:2])
    assert grades(filled, MANY)[:3] == ["adult", "adult", None]
    refused = undo(filled, given)
    assert not refused.given and "Both grades are known" in str(refused.refused[0].why)
    filled.store.user = first


def test_a_file_that_is_gone_stops_no_other_and_undo_spares_what_came_later(filled: Session) -> None:
    first, second = shas(filled, MANY)[:2]
    given = act(
        filled, [FileToGrade(MANY, "ab" * 32), FileToGrade(MANY, first), FileToGrade("no such", first), FileToGrade(MANY, second)]
    )
    assert [each.sha256 for each in given.given] == [first, second]
    assert [each.sha256 for each in given.refused] == ["ab" * 32, first]
    grading.grade_file(filled, MANY, second, "drawing or made by a machine")
    undone = undo(filled, given)
    assert [each.sha256 for each in undone.given] == [first]
    assert grades(filled, MANY)[:2] == [None, "drawing or made by a machine"], "a later grade is not the act's"


def test_what_was_stored_before_a_stop_can_be_undone(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grade_many, "SLICE", 2)
    cancel = CancelToken()
    files = [FileToGrade(MANY, sha) for sha in shas(filled, MANY)]
    given = grade_many.grade_files(filled, files, "adult", on_progress=lambda p: cancel.cancel(), cancel=cancel)
    assert given.stopped and len(given.given) == 2
    assert grades(filled, MANY)[:3] == ["adult", "adult", None]
    undo(filled, given)
    assert grades(filled, MANY) == [None] * FILES


def test_ones_own_acts_are_found_again_after_a_lock(filled: Session) -> None:
    """What a session kept in memory was gone after a lock; the store knows which grades were given together."""
    mine, since = shas(filled, MANY), "2020-01-01T00:00:00Z"
    first = act(filled, [FileToGrade(MANY, mine[0], also=tuple(shas(filled, NEAR)))])
    second = act(filled, [FileToGrade(MANY, sha256) for sha256 in mine[1:4]], "not pertinent")
    grading.grade_file(filled, MANY, mine[5], "adult")
    found = grade_many.list_own_grade_acts(filled, since)
    assert [each.given for each in found] == [first.given, second.given], "what was graded alone is no act on many"
    assert grade_many.list_own_grade_acts(filled, "2999-01-01T00:00:00Z") == ()
    undo(filled, found[1])
    assert grades(filled, MANY)[1:4] == [None] * 3
    assert grade_many.list_own_grade_acts(filled, since) == found[:1]
    filled.store.user = User(2, "second", frozenset({Role.ANALYST}))
    assert grade_many.list_own_grade_acts(filled, since) == ()
