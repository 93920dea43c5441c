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


FULL = file(
    md5="ab" * 16,
    sha1="cd" * 20,
    for_court=True,
    exif=(("Make", "Kite"),),
    places=(FilePlace(report="900000001", name="a.jpg", path="in/deep/a.jpg"),),
)
TAKEN_OVER = file(id=8, sha256="d" * 64, mime="video/unknown", grade=Grade.ADULT, inherited_from="e" * 64)
NAMED = GradedCase(
    number="C-1", registers=(("FIR", "12"), ("enquiry", "7")), reports=("900000001", "2"), officer="Amina", rank="Inspector", agency="Agency", store="aa", cleared="Cleared: x.",
)  # fmt: skip


@pytest.mark.parametrize("version", ["2.0", "1.3"])
@pytest.mark.parametrize("in_case", [True, False])
def test_the_whole_file(version: VicsVersion, in_case: bool) -> None:
    """Other tools read each of these fields; what nobody has established is null."""
    old = version == "1.3"
    unknown = dict.fromkeys(("IsSuspected", "IsDistributed", "VictimIdentified", "OffenderIdentified", "Series"))
    links = {"odata.id": "", "odata.editLink": ""} if old else {}

    def expect(of: GradedFile, comments: str, ending: str, category: int) -> dict[str, object]:
        md5 = of.md5.upper()
        place = {
            **({"odata.editLink": "", "Media@odata.navigationLinkUrl": ""} if old else {}), "MD5": md5, "FileName": "a.jpg",
            "FilePath": "900000001\\in\\deep\\a.jpg", "SourceID": "900000001",
            **dict.fromkeys(("Created", "Written", "Accessed", "Unallocated", "Deleted", "PhysicalLocation", "ParentMD5", "ParentFileName", "ParentFilePath")),
        }  # fmt: skip
        newer = {
            "MimeType": of.mime, "DateUpdated": "2026-10-01T00:00:00Z", "SelfGenerated": None,
            "PrecategorizationSource": f"image {of.inherited_from}" if of.inherited_from else None,
        }  # fmt: skip
        return {
            **links, **({f"{name}@odata.navigationLinkUrl": "" for name in ("AlternativeHashes", "Exifs")} if old else {}), **unknown,
            "MediaID": of.id, "Category": category, "MD5": md5, "SHA1": of.sha1.upper(), "MediaSize": 3, "RelativeFilePath": f"VIC_Files\\{of.sha256}{ending}",
            "IsPrecategorized": of.inherited_from is not None, "Tags": "", "Comments": comments,
            "AlternativeHashes": [{"MD5": md5, "HashName": "SHA256", "HashValue": of.sha256}],
            "Exifs": [{"MD5": md5, "PropertyName": "Make", "PropertyValue": "Kite"}] if of.exif and in_case else [],
            "MediaFiles": [place] if of.places and in_case else [], **({} if old else newer),
        }  # fmt: skip

    media = [
        expect(FULL, "Graded abuse material, for court, by two people or by a lead.", ".jpg", 1),
        expect(TAKEN_OVER, f"Graded adult: taken over from the matching image {'e' * 64}; this file was not viewed.", "", 0),
        expect(file(id=9), "Graded abuse material, by one person.", ".jpg", 1),
    ]  # fmt: skip
    data = format_vics([FULL, TAKEN_OVER, file(id=9)], version, NAMED if in_case else None)
    said = json.loads(data)
    assert data.startswith(b'{\n "')
    shape = "Cases" if in_case else "Media"
    assert {name: value for name, value in said.items() if name != "value"} == (
        {"odata.metadata": f"http://github.com/ICMEC/ProjectVic/DataModels/1.3.xml#{shape}"}
        if old
        else {"@odata.context": f"http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/US/$metadata#{shape}"}
    )
    if not in_case:
        assert said["value"] == media
        return
    (case,) = said["value"]
    ids = {case.pop("CaseID"), *(each.pop("CaseID") for each in case["CaseMetadata"])}
    assert len(ids) == 1 and len(ids.pop()) == 36
    assert case.pop("SourceApplicationVersion")
    assert case == {
        **links, **({"Media@odata.navigationLinkUrl": ""} if old else {}), "CaseNumber": "C-1", "ContactOrganization": "Agency", "ContactName": "Amina",
        "ContactTitle": "Inspector", "ContactPhone": "", "ContactEmail": "", "SeizureDate": None, "SourceApplicationName": "Triage", "TotalMediaFiles": 3,
        "TotalPrecategorized": 1, "Media": media,
        "CaseMetadata": [{"PropertyName": name, "PropertyValue": value} for name, value in (
            ("NCMEC Report", "900000001"), ("NCMEC Report", "2"), ("FIR number", "12"), ("enquiry number", "7"), ("Cleared person", "Cleared: x."))],
    }  # fmt: skip
