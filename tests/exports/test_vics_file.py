"""Every grade has a category or a reason; names of strangers break no reader."""

from __future__ import annotations

import json

import pytest

from triage.exports.hash_files import ICSE_GRADES, format_hashes, split_for_icse
from triage.exports.vics_file import CATEGORIES, NO_CATEGORY, VicsVersion, format_vics, split_by_category
from triage.model.casework import Grade
from triage.model.graded import FilePlace, GradedCase, GradedFile

CASE = GradedCase(number="C-1", registers=(), reports=("1",), officer="", rank="", agency="", store="aa")


def file(**changes: object) -> GradedFile:
    given: dict[str, object] = {
        "id": 7, "sha256": "a" * 64, "md5": "b" * 32, "sha1": "c" * 40, "size": 3, "mime": "image/jpeg", "grade": Grade.ABUSE,
        "graded_at": "2026-10-01T00:00:00Z", "for_court": False, "inherited_from": None, "pdq": b"\x01" * 32, "pdq_quality": 80,
        "exif": (), "places": (),
    }  # fmt: skip
    return GradedFile(**{**given, **changes})  # type: ignore[arg-type]


def test_each_grade_has_a_category_or_a_reason_and_not_both() -> None:
    assert set(CATEGORIES) | set(NO_CATEGORY) == set(Grade) and not set(CATEGORIES) & set(NO_CATEGORY)
    assert set(CATEGORIES.values()) == {0, 1, 2}, "nothing here says 3 or 4"
    files = [file(grade=grade) for grade in Grade]
    kept, without = split_by_category(files)
    assert len(kept) + len(without) == len(files) and {each.grade for each in kept} == set(CATEGORIES)
    kept, without = split_for_icse(files)
    assert {each.grade for each in kept} == ICSE_GRADES == {Grade.ABUSE, Grade.EXPLOITIVE} and len(without) == len(Grade) - 2


def test_only_grades_of_abuse_and_exploitation_leave_with_such_a_category() -> None:
    """Other systems act on the number: a harmless file that left with 1 would be hunted everywhere."""
    graver = {Grade.ABUSE: 1, Grade.EXPLOITIVE: 2, Grade.AGE_UNCERTAIN: 2}
    assert {grade: category for grade, category in CATEGORIES.items() if category} == graver
    data = json.loads(format_vics([file(grade=grade) for grade in CATEGORIES], "2.0", CASE))
    assert [each["Category"] for each in data["value"][0]["Media"]] == [graver.get(grade, 0) for grade in CATEGORIES]


@pytest.mark.parametrize("version", ["2.0", "1.3"])
def test_names_that_are_no_unicode_and_names_with_tricks(version: VicsVersion) -> None:
    names = ("\udcff.jpg", 'a"b\\c\n.jpg', "\u202egpj.exe", "..\\..\\x.jpg")
    places = tuple(FilePlace(report="1", name=name, path=f"in/{name}") for name in names)
    data = format_vics([file(places=places, exif=(("Make", "\udcff"),))], version, CASE)
    (case,) = json.loads(data.decode("utf-8", "strict"))["value"]
    found = case["Media"][0]["MediaFiles"]
    assert [each["FileName"] for each in found] == ["\\udcff.jpg", *names[1:]]
    assert found[3]["FilePath"] == "1\\in\\..\\..\\x.jpg" and case["Media"][0]["RelativeFilePath"] == f"VIC_Files\\{'a' * 64}.jpg"


def test_a_case_id_is_of_one_store() -> None:
    ids = {
        json.loads(format_vics([], "2.0", case))["value"][0]["CaseID"]
        for case in (CASE, GradedCase(**{**fields(CASE), "store": "bb"}))
    }
    assert len(ids) == 2


def fields(case: GradedCase) -> dict[str, object]:
    return {name: getattr(case, name) for name in case.__slots__}


def test_a_poor_or_missing_pdq_and_a_second_of_the_same_have_no_line() -> None:
    files = [file(), file(sha256="d" * 64), file(sha256="e" * 64, pdq_quality=49), file(sha256="f" * 64, pdq=None)]
    data, count, without = format_hashes(files, "pdq")
    assert (data, count) == (b"PDQ\n" + b"01" * 32 + b"\n", 1)
    assert [str(each.reason) for each in without] == [
        "Another file of the list has the same hash.",
        "Its PDQ hash has quality 49 of 100. Under 50 it would match other people's images.",
        "It has no PDQ hash: only still images that could be decoded have one.",
    ]
