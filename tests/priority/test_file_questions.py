"""What each question about files finds: the files that count, in words and as a number, and nothing where none does."""

from __future__ import annotations

import msgspec
import pytest

from tests.priority.make import around, file, hit, report
from tests.priority.test_reach import case
from triage.priority.conditions import files as questions

ANSWERS = tuple(file(f"f{n}", viewed_by_esp=answer) for n, answer in enumerate((True, True, False, None)))


@pytest.mark.parametrize(
    ("answers", "said", "many"),
    [
        (("yes",), "yes: 2 of 4 files", 2), (("no",), "no: 1 of 4 files", 1), (("not said",), "not stated: 1 of 4 files", 1),
        (("no", "yes"), "no, yes: 3 of 4 files", 3), ((), None, 0),
    ],
)  # fmt: skip
def test_whether_the_provider_viewed_files(answers: tuple[str, ...], said: str | None, many: int) -> None:
    found = questions.viewed_by_provider.ask(case(report(files=ANSWERS)), answers)
    if said is None:
        assert found is None
    else:
        assert found is not None and found.amount == many
        words, _, share = str(found.value).partition(": ")
        assert (sorted(words.split(", ")), share) == (sorted(said.partition(": ")[0].split(", ")), said.partition(": ")[2])
    one = questions.viewed_by_provider.ask(case(report(files=ANSWERS[:1])), ("yes",))
    assert one is not None and str(one.value) == "yes: 1 of 1 file"
    assert questions.viewed_by_provider.ask(case(report()), ("yes", "no", "not said")) is None


def test_files_are_counted_once_each_whether_they_came_or_not() -> None:
    there = case(report(files=(file("a"), file("a"), file("b"), file("c", present=False))))
    present, distinct = questions.files_present.ask(there, None), questions.distinct_files.ask(there, None)
    assert present is not None and (str(present.value), present.amount) == ("2 of 4 present", 2)
    assert distinct is not None and (str(distinct.value), distinct.amount) == ("3 distinct", 3)
    absent = case(report(files=(file("c", present=False),)))
    assert questions.files_present.ask(absent, None) is None
    assert questions.distinct_files.ask(case(report()), None) is None


def test_bytes_that_come_and_are_copies_make_a_report_no_smaller() -> None:
    told = case(report(files=(file("a", present=False), file("b", present=False))))
    came = case(report(files=tuple(msgspec.structs.replace(each, occurrence=file("c").occurrence) for each in told.report.files)))
    before, after = questions.distinct_files.ask(told, None), questions.distinct_files.ask(came, None)
    assert before is not None and after is not None and after.amount >= before.amount


def test_files_of_a_class_are_counted() -> None:
    there = case(
        report(files=(file("a", classification="A1"), file("b", classification="B2"), file("c"), file("d", classification="A1")))
    )
    found = questions.class_is.ask(there, ("A1", "A2"))
    assert found is not None and (str(found.value), found.amount) == ("class A1: 2 files", 2)
    assert (
        questions.class_is.ask(there, ("B1",)) is None
        and questions.class_is.ask(case(report(files=(file("a"),))), ("A1",)) is None
    )


def test_what_lists_were_asked_about() -> None:
    lists = (("List", "2026-05-01"),)
    files = (file("a"), file("b"), file("b"), file("c", present=False))
    assert questions.lists_not_checked.ask(case(report(files=files)), None) is not None
    assert questions.lists_not_checked.ask(case(report()), None) is None
    assert questions.lists_not_checked.ask(case(report(files=files), around(lists_checked=lists)), None) is None
    new = questions.new_to_lists.ask(case(report(files=files), around(lists_checked=lists, hits=(hit("a"),))), None)
    assert new is not None and new.amount == 1 and str(new.value).startswith("1 file in none of List (")
    assert questions.new_to_lists.ask(case(report(files=files)), None) is None
    assert questions.new_to_lists.ask(case(report(files=files[:1]), around(lists_checked=lists, hits=(hit("a"),))), None) is None
    on_list = questions.on_list.ask(
        case(report(files=files), around(lists_checked=lists, hits=(hit("a"), hit("a"), hit("b", "known-good")))), ("known",)
    )
    assert on_list is not None and on_list.amount == 1
    assert (
        questions.on_list.ask(case(report(files=files), around(lists_checked=lists, hits=(hit("a"),))), ("known-good",)) is None
    )
