"""What `show` prints of one report as text."""

from __future__ import annotations

import re

import pytest

from tests.exports.test_queue import make_row
from triage.cli.output import format_time_cell, format_word, print_table
from triage.cli.reading import _COLUMNS
from triage.cli.show_text import LONGEST_CELL, _describe_zone, _name_annotations, _shorten, describe_deadline, name_kind
from triage.message import Message
from triage.model.judgement import Clock
from triage.model.provider_marks import ANNOTATIONS
from triage.model.role_words import EVIDENCE_KINDS
from triage.model.views import STATUSES, RanOut


def test_a_long_value_is_shown_by_its_begin_and_says_how_much_more_there_is() -> None:
    """Two megabytes of cells took a minute to lay out."""
    assert _shorten("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    assert _shorten("x" * (LONGEST_CELL + 7)) == "x" * LONGEST_CELL + " [7 more characters: show --json]"


def test_a_time_without_a_zone_says_so() -> None:
    assert _describe_zone("2026-11-12T14:09:56Z", "assumed UTC") == " (the source states no zone; UTC assumed)"
    assert _describe_zone("2026-11-12T14:09:56Z", "stated") == _describe_zone(None, None) == ""


def test_a_queue_row_says_that_all_ran_out() -> None:
    """An empty cell would say that no deadline is known."""
    cell = _COLUMNS["next deadline"]
    passed = RanOut(name="provider data", due="2026-11-21T20:00:00Z")
    assert cell(make_row(ran_out=(passed,)).row) == "ran out 2026-11-22, ask anyway", "the day in Pakistan"
    assert (
        cell(make_row().row) is None
        and cell(make_row(deadline="2027-01-01T00:00:00Z").row) == "2027-01-01 00:00:00 UTC (01 Jan 05:00 PKT)"
    )


@pytest.mark.parametrize(
    ("due", "duty", "said"),
    [
        (
            "2020-01-01T00:00:00Z",
            False,
            "ran out on 2020-01-01 00:00:00 UTC (01 Jan 05:00 PKT); data may still exist, ask anyway",
        ),
        ("2020-01-01T00:00:00Z", True, "until 2020-01-01 00:00:00 UTC (01 Jan 05:00 PKT) (overdue)"),
        ("2099-01-01T00:00:00Z", False, "until 2099-01-01 00:00:00 UTC (01 Jan 05:00 PKT):"),
    ],
)
def test_a_deadline_runs_is_overdue_or_ran_out(due: str, duty: bool, said: str) -> None:
    clock = Clock(name="provider data", due=due, basis=Message("365 days"), duty=duty)
    assert said in describe_deadline(clock)


def test_what_the_formats_and_the_store_name_is_printed_in_words() -> None:
    assert _name_annotations(("liveStreaming", "Invented tag")) == "a live stream, Invented tag"
    marks = [_name_annotations((name,)) for name in ANNOTATIONS]
    said = [*marks, *map(name_kind, (*EVIDENCE_KINDS, "new_kind")), *map(format_word, STATUSES)]
    assert [each for each in said if re.search("_|[a-z][A-Z]", each)] == []


def test_a_time_of_the_store_is_written_as_people_read_it() -> None:
    assert format_time_cell("2026-11-28T15:56:27Z") == "2026-11-28 15:56:27 UTC (28 Nov 20:56 PKT)"
    assert format_time_cell(None) is None


@pytest.mark.parametrize("value", ["2026-11-28T15:56:27Z", "0000-00-00T00:00:00Z", "2026-02-31T25:61:61Z"])
def test_what_a_source_wrote_is_printed_as_it_wrote_it_whatever_it_looks_like(
    capsys: pytest.CaptureFixture[str], value: str
) -> None:
    print_table(("not understood", "value"), [("a", value)])
    assert value in capsys.readouterr().out
