from __future__ import annotations

import pytest

from tests.update_files import shipped
from triage.jobs import update_changes
from triage.jobs.update_changes import compare_files, compare_texts

RULES = b'[[rule]]\nid = "one"\npoints = 40\n\n[[rule]]\nid = "two"\npoints = 5\n'


def test_points_that_change_places_are_a_change() -> None:
    swapped = RULES.replace(b"40", b"x").replace(b"5", b"40").replace(b"x", b"5")
    found = compare_texts("risk.toml", RULES, swapped)
    assert (found.added, found.removed) == (2, 2)
    assert set(found.first_added) == set(found.first_removed) == {"points = 40", "points = 5"}


def test_a_new_rule_is_all_that_is_added() -> None:
    more = RULES.replace(b"[[rule]]", b'[[rule]]\nid = "new"\npoints = 1\n\n[[rule]]', 1)
    found = compare_texts("risk.toml", RULES, more)
    assert (found.added, found.removed) == (4, 0)


def test_only_a_line_feed_ends_a_line() -> None:
    found = compare_texts("law.toml", b"a\r\nb\r\n", "a\nb\n# said\u2028act = 1".encode())
    assert found.first_added == ("# said\u2028act = 1",) and found.removed == 0


def test_a_file_of_one_side_counts_whole() -> None:
    gone, new = compare_files({"a": b"1\n2\n"}, {"b": b"3\n"})
    assert [(each.file, each.added, each.removed) for each in (gone, new)] == [("a", 0, 2), ("b", 1, 0)]


@pytest.mark.parametrize("after", [b"", b"1", b"1\n", b"1\r\n2\n", b"".join(b"%d\n" % n for n in range(9)), b"1\n\n"])
def test_a_new_file_is_counted_as_it_would_be_compared(after: bytes) -> None:
    found, lines = compare_texts("list", b"", after), update_changes._split_lines(after)
    assert (found.added, found.removed, found.first_added) == (len(lines), 0, tuple(lines))


def test_all_changed_lines_are_held_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five lines of each file were held. An update says by an ellipsis where a line goes on."""
    before, after = b"a\n", b"".join(b"%d\n" % n for n in range(300)) + b"x" * 999
    found = compare_texts("law.toml", before, after)
    assert found.first_added == (*(str(n) for n in range(300)), "x" * 200 + "…")
    monkeypatch.setattr(update_changes, "MOST_LINES", 7)
    assert [len(compare_texts("list", old, after).first_added) for old in (b"", before)] == [7, 7]


def test_long_tables_are_compared_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_changes, "_MOST_IN_ORDER", 3)
    found = compare_texts("geo/operators.tsv", b"1\n2\n3\n", b"3\n1\n4\n")
    assert (found.first_added, found.first_removed) == (("4",), ("2",))


@pytest.mark.parametrize("name", ["rules/risk.toml", "law.toml", "offices.toml", "intents/words/english.toml"])
def test_every_shipped_table_is_compared_in_order(name: str) -> None:
    lines = shipped(name).decode().split("\n")
    assert update_changes._is_comparable(lines, [*lines, "more"])
