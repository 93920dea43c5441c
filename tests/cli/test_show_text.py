"""What `show` prints of one report as text."""

from __future__ import annotations

from triage.cli.show_text import LONGEST_CELL, _describe_zone, _shorten


def test_a_long_value_is_shown_by_its_begin_and_says_how_much_more_there_is() -> None:
    """Two megabytes of cells took a minute to lay out."""
    assert _shorten("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    assert _shorten("x" * (LONGEST_CELL + 7)) == "x" * LONGEST_CELL + " [7 more characters: show --json]"


def test_a_time_without_a_zone_says_so() -> None:
    assert _describe_zone("2026-11-12T14:09:56Z", "assumed UTC") == " (the source states no zone; UTC assumed)"
    assert _describe_zone("2026-11-12T14:09:56Z", "stated") == _describe_zone(None, None) == ""
