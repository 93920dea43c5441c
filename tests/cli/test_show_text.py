"""What `show` prints of one report as text."""

from __future__ import annotations

from triage.cli.show_text import LONGEST_CELL, _shorten


def test_a_long_value_is_shown_by_its_begin_and_says_how_much_more_there_is() -> None:
    """Two megabytes of cells took a minute to lay out."""
    assert _shorten("x" * LONGEST_CELL) == "x" * LONGEST_CELL
    assert _shorten("x" * (LONGEST_CELL + 7)) == "x" * LONGEST_CELL + " [7 more characters: show --json]"
