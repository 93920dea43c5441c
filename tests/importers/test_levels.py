from __future__ import annotations

import random

from tests.importers.making import details, digests, document, entry, report
from triage.importers.levels import (
    Level,
    ListedFiles,
    ReportDraft,
    _contains_number,
    find_report_of_file,
    group_documents,
    has_several_reports,
    is_listed,
)
from triage.model.document import Document


def grouped(*placed: tuple[Document, str]) -> list[tuple[str | None, list[str]]]:
    found = group_documents(placed)
    for _ in range(3):
        assert group_documents(random.sample(placed, len(placed))) == found
    return [(draft.number, [d.path for d in draft.documents]) for draft in found]


def test_the_number_stands_beside_the_report() -> None:
    assert grouped((report("9/r.xml"), "9"), (details("9/f.xml", "900"), "9")) == [("900", ["9/f.xml", "9/r.xml"])]
    done = document("9/done.xml", "900", slot="esp_xml/done")
    assert grouped((report("9/r.xml"), "9"), (done, "9")) == [("900", ["9/done.xml", "9/r.xml"])]


def test_a_number_elsewhere_is_not_its_number() -> None:
    assert grouped((report("9/r.xml"), "9"), (details("9/x/f.xml", "900"), "9/x"), (details("f.xml", "901"), "")) == [
        (None, ["9/r.xml"]),
        ("900", ["9/x/f.xml"]),
        ("901", ["f.xml"]),
    ]


def test_several_numbers_at_one_level() -> None:
    assert grouped((report("r.xml"), "b"), (details("f.xml", "900"), "b"), (details("g.xml", "901", "f2"), "b")) == [
        ("900", ["f.xml"]),
        ("901", ["g.xml"]),
        (None, ["r.xml"]),
    ]


def test_several_reports_and_one_number() -> None:
    """Whose the number is, nobody can say."""
    assert grouped((report("r1.xml"), "b"), (report("r2.xml"), "b"), (details("f.xml", "900"), "b")) == [
        ("900", ["f.xml"]),
        (None, ["r1.xml"]),
        (None, ["r2.xml"]),
    ]


def test_sources_of_one_number_meet_from_all_levels() -> None:
    assert grouped((document("900.json", "900"), "b"), (report("b/9/r.xml"), "b/9"), (details("b/9/f.xml", "900"), "b/9")) == [
        ("900", ["900.json", "b/9/f.xml", "b/9/r.xml"])
    ]


def test_many_json_reports_at_one_level() -> None:
    assert grouped(*((document(f"{n}.json", str(n)), "b") for n in (1, 2, 3))) == [
        ("1", ["1.json"]),
        ("2", ["2.json"]),
        ("3", ["3.json"]),
    ]


def test_reports_without_any_number() -> None:
    assert grouped((report("a/r.xml"), "a"), (report("b/r.xml"), "b")) == [(None, ["a/r.xml"]), (None, ["b/r.xml"])]


def test_answers_alone_are_no_report() -> None:
    alone, *_ = group_documents([(document("r.xml", "900", slot="esp_xml/response"), "b")])
    assert not alone.is_report
    both, *_ = group_documents([(document("r.xml", "900", slot="esp_xml/response"), "b"), (report("x.xml"), "b")])
    assert both.is_report
    assert both.main_document.path == "x.xml"


def levels_of(*drafts: ReportDraft) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    for n, draft in enumerate(drafts):
        for level in draft.levels:
            levels.setdefault(level, Level()).add(n, draft.listed_files(level))
    return levels


def test_an_attachment_belongs_to_its_level_or_the_one_above() -> None:
    levels = levels_of(*group_documents([(document("b/1/1.json", "1"), "b/1"), (document("b/2/2.json", "2"), "b/2")]))
    some = digests(b"x")
    assert find_report_of_file("b/1", "a.png", some, levels) == 0
    assert find_report_of_file("b/2/files/deep", "a.png", some, levels) == 1
    assert find_report_of_file("b/2/more.zip!/x", "a.png", some, levels) == 1
    assert find_report_of_file("b", "a.png", some, levels) is None
    assert find_report_of_file("c/2", "a.png", some, levels) is None
    assert find_report_of_file("b/10", "a.png", some, levels) is None


def test_among_several_reports_hash_then_name_then_folder() -> None:
    by_hash = entry("s1", name="same.png", declared=(("md5", digests(b"one").md5.upper()),))
    by_name = (entry("s2", name="same.png", original_name="IMG.PNG"), entry("s3", name="two.png"))
    drafts = group_documents(
        [
            (document("b/1.json", "1111111", files=(by_hash,)), "b"),
            (document("b/2.json", "2222222", files=by_name), "b"),
            (document("b/3.json", "3333333"), "b"),
        ]
    )
    levels = levels_of(*drafts)
    assert find_report_of_file("b", "other.png", digests(b"one"), levels) == 0
    assert find_report_of_file("b", "same.png", digests(b"x"), levels) is None
    assert find_report_of_file("b", "Two.PNG", digests(b"x"), levels) == 1
    assert find_report_of_file("b", "img.png", digests(b"x"), levels) == 1
    assert find_report_of_file("b/CT3333333 files", "x.png", digests(b"x"), levels) == 2
    assert find_report_of_file("b/33333334", "x.png", digests(b"x"), levels) is None
    assert find_report_of_file("b/13333333 and 3333333", "x.png", digests(b"x"), levels) == 2
    assert find_report_of_file("b/1111111/3333333", "x.png", digests(b"x"), levels) is None
    assert find_report_of_file("b", "x.png", digests(b"x"), levels) is None


def test_several_sources_of_one_report_are_one_report() -> None:
    levels = levels_of(*group_documents([(document("b/1.json", "1"), "b"), (report("b/r.xml"), "b")]))
    assert find_report_of_file("b", "a.png", digests(b"x"), levels) == 0


def test_a_zip_may_be_a_listed_file() -> None:
    levels = levels_of(
        *group_documents(
            [(document("b/1.json", "1", files=(entry("1", name="Kept.zip"), entry("2", original_name="o.zip"))), "b")]
        )
    )
    assert is_listed("b", "kept.zip", levels)
    assert is_listed("b/inner", "O.zip", levels)
    assert not is_listed("b", "other.zip", levels)
    assert not is_listed("c", "kept.zip", levels)


def test_two_documents_of_one_slot_both_stay_unless_they_say_the_same() -> None:
    first, second = document("a/1.json", "1", esp="Kite"), document("b/1.json", "1", esp="Boat")
    copy = document("c/1.json", "1", esp="Kite")
    only, *others = group_documents([(second, "b"), (copy, "c"), (first, "a")])
    assert others == []
    assert [(d.path, d.slot) for d in only.documents] == [("a/1.json", "le_json"), ("b/1.json", "le_json#2")]


def test_two_numbers_or_two_reports_share_a_level() -> None:
    assert not has_several_reports([]) and not has_several_reports(
        [report("r.xml"), details("f.xml", "900"), details("g.xml", "900", "f2")]
    )
    assert has_several_reports([details("f.xml", "900"), details("g.xml", "901", "f2")])
    assert has_several_reports([report("r.xml"), report("s.xml")])


def test_a_folder_bears_a_number_only_when_no_digit_stands_beside_it() -> None:
    assert _contains_number("900", "900") and _contains_number("report-900-copy", "900")
    assert not any(_contains_number(folder, "900") for folder in ("1900", "a1900", "9001", "90"))


def test_either_name_of_a_file_is_listed_also_among_several_reports() -> None:
    level = Level()
    level.add(1, ListedFiles(None, (), ("a.jpg",), ("img_1.jpg",)))
    level.add(2, ListedFiles(None, (), ("b.jpg",), ()))
    assert level.lists_name("a.jpg") and level.lists_name("img_1.jpg") and level.lists_name("b.jpg")
    assert not level.lists_name("c.jpg")
