"""A small month of two offices: nothing is lost, and the exercise sees it when something is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.exercise import __main__ as command
from bench.exercise.clock import moved
from bench.exercise.month import PLANTS, begin_clock
from triage.jobs import session
from triage.jobs.reading import queue_rows
from triage.store import canonical

SMALL = ("--reports", "24", "--offices", "2", "--days", "4")
SMALLER = ("--reports", "16", "--offices", "2", "--days", "2")
"""Enough for each of the planted losses."""
pytestmark = pytest.mark.timeout(240)


def play(tmp_path: Path, *more: str, size: Sequence[str] = SMALL) -> tuple[int, dict[str, object]]:
    code = command.main([*size, "--directory", str(tmp_path / "stores"), "--json", str(tmp_path / "figures.json"), *more])
    return code, json.loads((tmp_path / "figures.json").read_text())


def test_nothing_is_lost_in_a_small_month(tmp_path: Path) -> None:
    code, found = play(tmp_path)
    assert (code, found["lost"]) == (0, [])
    acts, came, counts = found["acts at offices"], found["of these came back"], found["counts"]
    assert acts == came and set(acts) == {"decision", "grade", "notice", "number", "stage"}  # type: ignore[call-overload]
    for what in (
        "packages lost on the road", "packages sent anew", "imports killed", "destroyed", "delivered again", "conflicts shown",
        "conflicts resolved", "comparisons", "requests sent", "replies", "shifts",
    ):  # fmt: skip
        assert counts[what] > 0, what  # type: ignore[index]


def test_it_ends_with_code_1_and_names_what_was_lost(tmp_path: Path) -> None:
    code, found = play(tmp_path, "--plant", *PLANTS, size=SMALLER)
    assert code == 1
    for said in ("was received and is not at headquarters", "decision of Lahore on report", "of a line is not shown with report"):
        assert any(said in each for each in found["lost"]), said  # type: ignore[attr-defined]


def test_the_clock_is_given_back() -> None:
    before = (session.now, canonical.now, queue_rows.datetime)
    with moved(begin_clock(400)):
        assert session.now() < "2026-12-31" and session.now is not before[0] and queue_rows.datetime is not before[2]
    assert (session.now, canonical.now, queue_rows.datetime) == before
