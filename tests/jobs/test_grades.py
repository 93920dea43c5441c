"""Every grade says whether its file was seen, or from what it was inherited; nothing is inherited without a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from triage import limits
from triage.errors import NotFound, Refused
from triage.jobs.casework import cases
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping.check import verify_record
from triage.jobs.matching.holding import hold_frequent_hashes
from triage.jobs.reading.show import load_report_view
from triage.jobs.review import grading
from triage.jobs.review.held_hashes import decide_held
from triage.jobs.review.pairs import confirm_same, reject_same
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.users import Role, User
from triage.model.views import FileVerdict
from triage.store.queries import media, media_matches
from triage.wellbeing import was_graded_before

SEEN, NEAR, FAR = "900000501", "900000502", "900000503"


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A picture, the same in another quality, and another picture."""

    def fill(session: Session, folder: Path) -> None:
        for number, data in ((SEEN, jpeg(3)), (NEAR, jpeg(3, 60)), (FAR, jpeg(4))):
            report = folder / "in" / number
            report.mkdir(parents=True)
            (report / "r.json").write_bytes(le_json(int(number)))
            (report / f"{number}.jpg").write_bytes(data)
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def sha(session: Session, number: str) -> str:
    return load_report_view(session, number).files[0].sha256 or ""


def verdict(session: Session, number: str = NEAR) -> FileVerdict:
    return load_report_view(session, number).files[0].verdict


def inherit(session: Session) -> str:
    return grading.inherit_grade(session, NEAR, sha(session, NEAR), sha(session, SEEN)).says or ""


def test_a_like_picture_takes_a_grade_over_only_when_a_person_says_so(filled: Session) -> None:
    with pytest.raises(Refused, match="a person viewed and graded"):
        inherit(filled)
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult")
    assert verdict(filled).grade is None, "never by itself"
    (like,) = load_report_view(filled, NEAR).files[0].alike
    assert (like.sha256, like.tier, like.hash, like.variant) == (sha(filled, SEEN), "match", "pdq", "upright")
    assert like.reports == (SEEN,)
    assert like.quality is not None and like.other_quality is not None and str(like.grade).startswith("seen by first at")
    says = str(inherit(filled))
    assert says.startswith(f"inherited from {sha(filled, SEEN)[:12]}, seen by first at 20")
    assert f"distance {like.distance}; applied by first at 20" in says
    found = verdict(filled)
    assert (found.grade, found.graded_by, str(found.grade_says)) == ("adult", "first", says)
    assert (found.inherited_from, found.inherited_distance) == (sha(filled, SEEN), like.distance)
    assert says in str(found.why)
    assert not was_graded_before(load_report_view(filled, NEAR).files[0])
    assert verify_record(filled, None).valid


def test_what_was_inherited_is_not_passed_on_and_gives_way_to_a_look(filled: Session) -> None:
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult")
    inherit(filled)
    confirm_same(filled, sha(filled, NEAR), sha(filled, FAR))
    with pytest.raises(Refused, match="a person viewed and graded"):
        grading.inherit_grade(filled, FAR, sha(filled, FAR), sha(filled, NEAR))
    grading.grade_file(filled, NEAR, sha(filled, NEAR), "age uncertain")
    assert verdict(filled).grade is None, "seen, and it needs a second look"
    with pytest.raises(Refused, match="must be viewed itself"):
        inherit(filled)


def test_the_like_pictures_of_a_grading_take_it_over(filled: Session) -> None:
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult", also=[sha(filled, NEAR)])
    assert str(verdict(filled).grade_says).startswith("inherited from")
    grading.grade_file(filled, NEAR, sha(filled, NEAR), "adult")
    assert str(verdict(filled).grade_says).startswith("seen by first")
    with pytest.raises(Refused, match="its own grade stays"):
        inherit(filled)


def test_not_the_same_takes_back_what_was_inherited(filled: Session) -> None:
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult")
    inherit(filled)
    reject_same(filled, sha(filled, SEEN), sha(filled, NEAR))
    assert verdict(filled).grade is None and verdict(filled, SEEN).grade == "adult"
    assert load_report_view(filled, NEAR).files[0].alike == ()
    with pytest.raises(Refused, match="does not match this image"):
        inherit(filled)


def test_a_grade_is_taken_back_with_what_was_inherited_from_it(filled: Session) -> None:
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "drawing or made by a machine")
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult", also=[sha(filled, NEAR)])
    grading.take_back_grade(filled, SEEN, sha(filled, SEEN))
    assert verdict(filled).grade is None
    assert verdict(filled, SEEN).grade == "drawing or made by a machine", "the grade before it stands again"
    grading.take_back_grade(filled, SEEN, sha(filled, SEEN))
    assert verdict(filled, SEEN).grade is None
    with pytest.raises(Refused, match="You have no grade to undo"):
        grading.take_back_grade(filled, SEEN, sha(filled, SEEN))
    assert verify_record(filled, None).valid


def test_another_ones_grade_and_a_known_blind_pair_are_not_taken_back(filled: Session) -> None:
    def as_user(user_id: int) -> None:
        filled.store.user = User(user_id, f"user {user_id}", frozenset({Role.ANALYST}))

    grading.grade_file(filled, FAR, sha(filled, FAR), "adult", for_court=True)
    as_user(7)
    with pytest.raises(Refused, match="You have no grade to undo"):
        grading.take_back_grade(filled, FAR, sha(filled, FAR))
    grading.grade_file(filled, FAR, sha(filled, FAR), "drawing or made by a machine")
    with pytest.raises(Refused, match="Both grades are known"):
        grading.take_back_grade(filled, FAR, sha(filled, FAR))


def test_what_somebody_else_took_over_keeps_the_grade_it_came_from(filled: Session) -> None:
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult")
    first = filled.user
    filled.store.user = User(7, "seven", frozenset({Role.ANALYST}))
    inherit(filled)
    filled.store.user = first
    with pytest.raises(Refused, match="can no longer be undone"):
        grading.take_back_grade(filled, SEEN, sha(filled, SEEN))


def test_not_the_same_stands_when_the_pictures_come_again(filled: Session, filled_store: Path, tmp_path: Path) -> None:
    from triage.jobs.sweeping.sweep import run_sweep

    reject_same(filled, sha(filled, SEEN), sha(filled, NEAR))
    again = tmp_path / "again" / "900000509"
    again.mkdir(parents=True)
    (again / "r.json").write_bytes(le_json(900000509))
    (again / "900000509.jpg").write_bytes(jpeg(3, 60))
    import_bundles(filled, [filled_store.with_name("work") / "in", tmp_path / "again"], receipt=Receipt())
    with filled.store.batch() as batch:
        batch.execute("UPDATE image_hashes SET swept = 0")
    assert run_sweep(filled).pictures == 3
    for number in (SEEN, NEAR, "900000509"):
        assert load_report_view(filled, number).files[0].group is None and load_report_view(filled, number).files[0].alike == ()


def test_a_file_of_a_case_has_to_be_seen(filled: Session) -> None:
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult")
    cases.open_case(filled, [NEAR])
    with pytest.raises(Refused, match="must be viewed itself"):
        inherit(filled)


def test_nothing_is_inherited_through_a_hub_image_that_is_held(filled: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELD_FROM", 2)
    grading.grade_file(filled, SEEN, sha(filled, SEEN), "adult")
    with filled.store.batch() as batch:
        row = media.find_media_item(batch, sha(filled, SEEN))
        media_matches.add_hub(batch, row.id if row else 0)
        assert hold_frequent_hashes(batch) == 1
    file = load_report_view(filled, NEAR).files[0]
    assert (file.group, file.group_size) == (None, 1) and "a lead has to decide" in str(file.held)
    with pytest.raises(Refused, match="triage held"):
        inherit(filled)
    decide_held(filled, 1, confirm=True)
    assert load_report_view(filled, NEAR).files[0].group_size == 2 and load_report_view(filled, NEAR).files[0].held is None
    assert str(inherit(filled)).startswith("inherited from")


def test_who_and_what_must_exist(filled: Session) -> None:
    with pytest.raises(NotFound):
        grading.inherit_grade(filled, NEAR, "no such file", sha(filled, SEEN))
    with pytest.raises(Refused):
        grading.inherit_grade(filled, NEAR, sha(filled, NEAR), "ab" * 32)
