"""Graded media for other tools: final grades only, nothing that may not leave, and readable by readers that are not ours."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.importers.list_files import hashes, reading
from tests.jobs.bundles import jpeg, le_json
from tests.jobs.conftest import MakeStore
from tests.people import add_person
from triage.errors import NotFound, Refused, WorldError
from triage.importers.lists.profiles import find_meaning
from triage.jobs.casework import cases
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import destruction
from triage.jobs.leaving.export_graded import export_hashes, export_icse, export_vics
from triage.jobs.officer import set_profile
from triage.jobs.reading.show import load_report_view
from triage.jobs.review import grading
from triage.jobs.session import Session, unlock
from triage.model.casework import Grade
from triage.model.graded import WrittenMedia
from triage.model.handover import Receipt
from triage.model.users import Role

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
FIRST = 900000600
GRADES = tuple(Grade)
WORDS = "nine grey hills"


def number(n: int) -> str:
    return str(FIRST + n)


@pytest.fixture(scope="module")
def filled_store(make_store: MakeStore) -> Path:
    """A report for each grade, each with a picture of its own, not graded yet."""

    def fill(session: Session, folder: Path) -> None:
        for n in range(len(GRADES)):
            report = folder / "in" / number(n)
            report.mkdir(parents=True)
            (report / "r.json").write_bytes(le_json(FIRST + n))
            (report / f"{number(n)}.jpg").write_bytes(jpeg(n + 3))
        import_bundles(session, [folder / "in"], receipt=Receipt())

    return make_store(fill)


def sha(session: Session, n: int) -> str:
    return load_report_view(session, number(n)).files[0].sha256 or ""


def grade(session: Session, n: int, value: Grade, **how: Any) -> None:
    grading.grade_file(session, number(n), sha(session, n), value.value, **how)


def grade_all(session: Session) -> None:
    """Gives each picture its own grade. "Age uncertain" needs two people, so the second one grades it too."""
    add_person(session.store, "second", [Role.EXAMINER], WORDS)
    for n, value in enumerate(GRADES):
        grade(session, n, value)
    with unlock(session.store.directory, "second", WORDS) as other:
        grade(other, GRADES.index(Grade.AGE_UNCERTAIN), Grade.AGE_UNCERTAIN)


def left_out(written: WrittenMedia) -> dict[str, str]:
    return {each.sha256: str(each.reason) for each in written.left_out}


def read_vics_elsewhere(data: bytes) -> tuple[str, str, list[dict[str, Any]], list[dict[str, Any]]]:
    """A reader of VICS that knows nothing of ours: version, shape, cases, media. It asks what other programs ask."""
    assert not data.startswith(b"\xef\xbb\xbf")
    root = json.loads(data.decode("utf-8"))
    assert list(root)[1] == "value" and len(root) == 2
    named = root.get("@odata.context") or root["odata.metadata"]
    found = re.fullmatch(
        r"http://github\.com/(?:VICSDATAMODEL|ICMEC)/ProjectVic/DataModels/(2\.0|1\.3)\.xml(/US/\$metadata)?#(Media|Cases)", named
    )
    assert found and (found[1] == "2.0") == ("@odata.context" in root) == (found[2] is not None)
    cases_found = root["value"] if found[3] == "Cases" else []
    media = [each for case in cases_found for each in case["Media"]] if cases_found else root["value"]
    ids = [each["MediaID"] for each in media]
    assert all(type(n) is int and n > 0 for n in ids) and len(set(ids)) == len(ids)
    for each in media:
        assert re.fullmatch("[0-9A-F]{32}", each["MD5"]) and re.fullmatch("[0-9A-F]{40}", each["SHA1"])
        assert each["Category"] in (0, 1, 2, 3, 4) and type(each["MediaSize"]) is int
        assert re.fullmatch(r"VIC_Files\\[0-9a-f]{64}\.jpg", each["RelativeFilePath"])
        for inner in ("AlternativeHashes", "Exifs", "MediaFiles"):
            assert all(one["MD5"] == each["MD5"] for one in each[inner])
        for truth in ("IsSuspected", "IsDistributed", "VictimIdentified", "OffenderIdentified"):
            assert each[truth] is None, "nobody has established it"
        assert type(each["IsPrecategorized"]) is bool
    return found[1], found[3], cases_found, media


def fields_of_samples(version: str) -> set[str]:
    """The fields of a Media object in the samples of this version."""
    name = "vics20_case_synthetic.json" if version == "2.0" else "vics13_media_hashset_synthetic.json"
    value = json.loads((SAMPLES / name).read_text("utf-8"))["value"]
    return set((value[0].get("Media", value))[0])


@pytest.mark.parametrize("version", ["2.0", "1.3"])
def test_vics_is_read_by_another_reader_and_by_our_own(filled: Session, tmp_path: Path, version: str) -> None:
    grade_all(filled)
    written = export_vics(filled, tmp_path / "v.json", version=version)
    data = (tmp_path / "v.json").read_bytes()
    said, shape, _, media = read_vics_elsewhere(data)
    assert (said, shape, len(media)) == (version, "Media", written.media)
    by_digest = {each["RelativeFilePath"][10:74]: each for each in media}
    wanted = {
        Grade.ABUSE: 1, Grade.EXPLOITIVE: 2, Grade.AGE_UNCERTAIN: 2, Grade.ADULT: 0, Grade.INNOCENT: 0, Grade.OTHER: 0,
    }  # fmt: skip
    assert {by_digest[sha(filled, GRADES.index(value))]["Category"] for value in wanted} == {0, 1, 2}
    assert {value: by_digest[sha(filled, GRADES.index(value))]["Category"] for value in wanted} == wanted
    (drawing,) = left_out(written)
    assert drawing == sha(filled, GRADES.index(Grade.DRAWING)) and "category 3 says that it does" in left_out(written)[drawing]
    opened, items = reading(data)
    assert (opened.format, opened.remarks.unread) == (f"VICS {version}{' US' if version == '2.0' else ''}, media", 0)
    for item, each in zip(items, media, strict=True):
        assert hashes(item) == {
            "md5": each["MD5"].lower(), "sha1": each["SHA1"].lower(), "sha256": each["RelativeFilePath"][10:74],
        }  # fmt: skip
        assert item.category == str(each["Category"])
        assert find_meaning("US", item.category).means == ("negative" if each["Category"] == 0 else "known")
    assert not re.search(r"90000060\d|mail\.example|user_9", data.decode()), "a hash list names no report"


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the shared samples are not here")
@pytest.mark.parametrize("version", ["2.0", "1.3"])
def test_the_fields_are_those_of_the_samples(filled: Session, tmp_path: Path, version: str) -> None:
    grade(filled, 0, Grade.ABUSE)
    export_vics(filled, tmp_path / "v.json", version=version)
    (media,) = read_vics_elsewhere((tmp_path / "v.json").read_bytes())[3]
    assert fields_of_samples(version) <= set(media)
    assert set(media) - fields_of_samples(version) <= {"PrecategorizationSource"}


@pytest.mark.parametrize("version", ["2.0", "1.3"])
def test_a_case_has_its_media_with_places_and_numbers(filled: Session, tmp_path: Path, version: str) -> None:
    case = cases.open_case(filled, [number(0), number(1)], officer="first").number
    cases.set_number(filled, case, "FIR", "12/2026")
    set_profile(filled, "first", {"full_name": "Ayesha Khan", "rank": "Inspector"})
    for n in (0, 1, 2):
        grade(filled, n, Grade.ABUSE)
    written = export_vics(filled, tmp_path / "c.json", case_number=case, version=version)
    assert written.media == 0 and len(written.left_out) == 2, "a file in a case is for court, and waits for a second grader"
    add_person(filled.store, "second", [Role.EXAMINER], WORDS)
    with unlock(filled.store.directory, "second", WORDS) as other:
        for n in (0, 1):
            grade(other, n, Grade.ABUSE)
    written = export_vics(filled, tmp_path / "c.json", case_number=case, version=version, grades="court", overwrite=True)
    _, shape, (found,), media = read_vics_elsewhere((tmp_path / "c.json").read_bytes())
    assert shape == "Cases" and (found["CaseNumber"], found["ContactName"], found["ContactTitle"]) == (
        case,
        "Ayesha Khan",
        "Inspector",
    )
    assert (written.media, found["TotalMediaFiles"], found["TotalPrecategorized"]) == (2, 2, 0)
    stated = [(each["PropertyName"], each["PropertyValue"]) for each in found["CaseMetadata"]]
    assert stated == [("NCMEC Report", number(0)), ("NCMEC Report", number(1)), ("FIR number", "12/2026")]
    places = [(p["FileName"], p["FilePath"], p["SourceID"]) for each in media for p in each["MediaFiles"]]
    wanted = [(f"{number(n)}.jpg", f"{number(n)}\\in\\{number(n)}\\{number(n)}.jpg", number(n)) for n in (0, 1)]
    assert sorted(places) == wanted
    opened, items = reading((tmp_path / "c.json").read_bytes())
    assert opened.format.endswith("cases") and {item.paths[0] for item in items} == {path for _, path, _ in wanted}


def test_the_same_store_gives_the_same_bytes(filled: Session, tmp_path: Path) -> None:
    grade_all(filled)
    for name in ("a.json", "b.json"):
        export_vics(filled, tmp_path / name)
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_grade_that_is_not_final_is_left_out_and_not_told(filled: Session, tmp_path: Path) -> None:
    grade(filled, 0, Grade.ABUSE, for_court=True)
    for n, written in enumerate(
        (
            export_vics(filled, tmp_path / "v.json"),
            export_icse(filled, tmp_path / "i.csv"),
            export_hashes(filled, tmp_path / "h.txt", kind="md5", grade="abuse material"),
            export_hashes(filled, tmp_path / "g.txt", kind="md5", grade="adult"),
        )
    ):
        assert written.media == 0, n
        assert left_out(written) == {sha(filled, 0): "The grade is not final: waits for a second grader."}, "it says no grade"
    add_person(filled.store, "second", [Role.EXAMINER], WORDS)
    with unlock(filled.store.directory, "second", WORDS) as other:
        grade(other, 0, Grade.ADULT)
    assert "disagree" in left_out(export_vics(filled, tmp_path / "w.json"))[sha(filled, 0)]


def test_only_what_is_for_court(filled: Session, tmp_path: Path) -> None:
    grade_all(filled)
    written = export_vics(filled, tmp_path / "v.json", grades="court")
    (media,) = read_vics_elsewhere((tmp_path / "v.json").read_bytes())[3]
    assert media["Comments"] == "Graded age uncertain, for court, by two people or by a lead."
    assert len(left_out(written)) == len(GRADES) - 1
    assert {reason.partition(";")[0] for reason in left_out(written).values()} == {"One person graded it"}


def test_an_inherited_grade_says_that_nobody_viewed_the_file(filled: Session, tmp_path: Path) -> None:
    folder = tmp_path / "more" / "900000699"
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(900000699))
    (folder / "900000699.jpg").write_bytes(jpeg(3, 60))
    import_bundles(filled, [tmp_path / "more"], receipt=Receipt())
    grade(filled, 0, Grade.ABUSE)
    like = load_report_view(filled, "900000699").files[0].sha256 or ""
    grading.inherit_grade(filled, "900000699", like, sha(filled, 0))
    export_vics(filled, tmp_path / "v.json")
    media = {m["RelativeFilePath"][10:74]: m for m in read_vics_elsewhere((tmp_path / "v.json").read_bytes())[3]}
    assert (media[like]["IsPrecategorized"], media[sha(filled, 0)]["IsPrecategorized"]) == (True, False)
    assert media[like]["PrecategorizationSource"] == f"image {sha(filled, 0)}" and "was not viewed" in media[like]["Comments"]
    for written in (
        export_icse(filled, tmp_path / "i.csv"),
        export_hashes(filled, tmp_path / "h.txt", kind="sha1", grade="abuse material"),
    ):
        assert written.media == 1 and list(left_out(written)) == [like] and "Nobody viewed" in left_out(written)[like]


def test_icse_is_read_by_another_reader_and_by_our_own(filled: Session, tmp_path: Path) -> None:
    grade_all(filled)
    written = export_icse(filled, tmp_path / "i.csv")
    text = (tmp_path / "i.csv").read_text("ascii")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    header = "MD5;SHA1;PhotoDNA;Image ID;Is distributed;Victim identified;Offender identified;Series name;Number of submissions;File Available;Media Type;Baseline"
    assert text.splitlines()[0] == header and len(rows) == written.media == 2
    for row in rows:
        assert re.fullmatch("[0-9a-f]{32}", row["MD5"]) and re.fullmatch("[0-9a-f]{40}", row["SHA1"]) and row["PhotoDNA"] == ""
        assert (row["Number of submissions"], row["File Available"], row["Media Type"]) == ("1", "True", "Image")
        assert row["Is distributed"] == row["Victim identified"] == row["Offender identified"] == row["Baseline"] == ""
    assert len({row["Image ID"] for row in rows}) == 2
    opened, items = reading(text.encode())
    assert (opened.format, len(items), opened.remarks.unread) == ("ICSE CSV", 2, 0)
    assert len(left_out(written)) == len(GRADES) - 2


@pytest.mark.parametrize(("kind", "digits"), [("md5", 32), ("sha1", 40), ("sha256", 64), ("pdq", 64), ("MD5", 32)])
def test_hash_lists_have_a_header_and_one_hash_a_line(filled: Session, tmp_path: Path, kind: str, digits: int) -> None:
    grade_all(filled)
    written = export_hashes(filled, tmp_path / "h.txt", kind=kind, grade="Abuse-Material")
    lines = (tmp_path / "h.txt").read_text("ascii").split("\n")
    assert (lines[0], lines[-1], len(lines)) == (kind.upper(), "", written.media + 2)
    file = load_report_view(filled, number(0)).files[0]
    assert lines[1] == getattr(file, kind.lower()) and re.fullmatch(f"[0-9a-f]{{{digits}}}", lines[1])
    assert left_out(written) == {}, "files of other grades were not asked for"
    _opened, (item,) = reading((tmp_path / "h.txt").read_bytes())
    assert hashes(item) == {kind.lower(): lines[1]}


def test_what_is_unknown_is_refused_with_the_choices(filled: Session, tmp_path: Path) -> None:
    out = tmp_path / "x.json"
    for act, said in (
        (lambda: export_vics(filled, out, version="2.1"), "choose from: 2.0, 1.3"),
        (lambda: export_vics(filled, out, grades="mine"), "choose from: all, court"),
        (lambda: export_hashes(filled, out, kind="crc32", grade="adult"), "choose from: md5, sha1, sha256, pdq"),
        (lambda: export_hashes(filled, out, kind="md5", grade="bad"), "choose from: abuse material"),
    ):
        with pytest.raises(Refused, match=said):
            act()
    with pytest.raises(NotFound, match="There is no case C-1"):
        export_vics(filled, out, case_number="C-1")
    assert not out.exists()


def test_what_may_not_leave_is_left_out_or_refused(filled: Session, tmp_path: Path) -> None:
    folder = tmp_path / "child" / "900000698"
    folder.mkdir(parents=True)
    document = json.loads(le_json(900000698))
    document["reportedInformation"]["reportedPeople"]["reportedPersons"][0]["approximateAge"] = 14
    (folder / "r.json").write_text(json.dumps(document))
    (folder / "900000698.jpg").write_bytes(jpeg(40))
    import_bundles(filled, [tmp_path / "child"], receipt=Receipt())
    assert load_report_view(filled, "900000698").child_lane == "waits for a lead"
    child = load_report_view(filled, "900000698").files[0].sha256 or ""
    grading.grade_file(filled, "900000698", child, "abuse material")
    grade(filled, 0, Grade.ABUSE)
    grade(filled, 1, Grade.ABUSE)
    destruction.clear_person(filled, number(1), "another person's account")
    for written in (
        export_vics(filled, tmp_path / "v.json"),
        export_icse(filled, tmp_path / "i.csv"),
        export_hashes(filled, tmp_path / "h.txt", kind="md5", grade="abuse material"),
    ):
        assert written.media == 1
        assert "may be a child" in left_out(written)[child] and "cleared" in left_out(written)[sha(filled, 1)]
    case = cases.open_case(filled, ["900000698"]).number
    with pytest.raises(Refused, match="may be a child"):
        export_vics(filled, tmp_path / "c.json", case_number=case)
    case = cases.open_case(filled, [number(1)]).number
    with pytest.raises(Refused, match="--although-cleared"):
        export_vics(filled, tmp_path / "c.json", case_number=case)
    export_vics(filled, tmp_path / "c.json", case_number=case, although_cleared="the court asks for it")
    (found,) = read_vics_elsewhere((tmp_path / "c.json").read_bytes())[2]
    assert found["CaseMetadata"][-1] == {
        "CaseID": found["CaseID"],
        "PropertyName": "Cleared person",
        "PropertyValue": f"{number(1)}, exported for this reason: the court asks for it",
    }


def test_an_existing_file_is_overwritten_only_by_force(filled: Session, tmp_path: Path) -> None:
    grade(filled, 0, Grade.ABUSE)
    (tmp_path / "v.json").write_text("kept")
    with pytest.raises(WorldError, match="exists already"):
        export_vics(filled, tmp_path / "v.json")
    assert (tmp_path / "v.json").read_text() == "kept"
    assert export_vics(filled, tmp_path / "v.json", overwrite=True).media == 1


def test_a_file_of_two_reports_leaves_by_the_one_that_may(filled: Session, tmp_path: Path) -> None:
    folder = tmp_path / "again" / "900000697"
    folder.mkdir(parents=True)
    (folder / "r.json").write_bytes(le_json(900000697))
    (folder / "900000697.jpg").write_bytes(jpeg(3))
    import_bundles(filled, [tmp_path / "again"], receipt=Receipt())
    grade(filled, 0, Grade.ABUSE)
    destruction.clear_person(filled, number(0), "another person's account")
    written = export_icse(filled, tmp_path / "i.csv")
    row = next(csv.DictReader((tmp_path / "i.csv").read_text().splitlines(), delimiter=";"))
    assert written.media == 1 and row["Number of submissions"] == "1", "the cleared person's report is not counted"
