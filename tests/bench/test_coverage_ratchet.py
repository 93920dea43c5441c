from __future__ import annotations

from pathlib import Path

from bench.coverage_ratchet import NEW_FILE, find_falls, read_least, renew


def test_a_file_that_fell_by_two_statements_is_named() -> None:
    falls = find_falls({"triage/a.py": 90, "triage/b.py": 90}, {"triage/a.py": (88, 100), "triage/b.py": (89, 100)})
    assert [fall.partition(":")[0] for fall in falls] == ["triage/a.py"]


def test_a_new_file_must_begin_high() -> None:
    assert [fall for fall in find_falls({}, {"triage/new.py": (NEW_FILE - 2, 100)}) if "new" in fall]


def test_renewing_raises_and_never_lowers() -> None:
    assert renew({"a": 90, "b": 50, "gone": 10}, {"a": (8, 10), "b": (59, 100), "c": (0, 0)}) == {"a": 90, "b": 59, "c": 100}


def test_a_remark_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "least.txt").write_text("# remark\n 87 triage/a.py\n")
    assert read_least(tmp_path / "least.txt") == {"triage/a.py": 87}
