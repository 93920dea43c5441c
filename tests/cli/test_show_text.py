"""What `show` prints of one report as text."""

from __future__ import annotations

import pytest

from tests.exports.test_queue import make_row
from triage.cli.reading import _COLUMNS
from triage.cli.show_text import LONGEST_CELL, _describe_zone, _shorten, describe_deadline
from triage.message import Message
from triage.model.judgement import Clock
from triage.model.views import RanOut


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
    assert cell(make_row(ran_out=(passed,)).row) == "ran out 2026-11-21, ask anyway"
    assert cell(make_row().row) is None and cell(make_row(deadline="2027-01-01T00:00:00Z").row) == "2027-01-01T00:00:00Z"


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
