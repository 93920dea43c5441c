"""What once only the desktop could do: notes, grades of a whole report, series with clues, the print and the numbers of a chart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import Desk

REPORT = "900000001"


@pytest.fixture
def copy(desk: Desk, tmp_path: Path) -> Desk:
    """The same desk with a store and a folder of its own."""
    made = Desk(tmp_path / "work", Path(shutil.copytree(desk.store, tmp_path / "store")))
    made.work.mkdir()
    shutil.copy(desk.work / "words", made.work / "words")
    return made


def test_notes_and_grades_of_a_whole_report(copy: Desk) -> None:
    assert copy.call("note", REPORT).out.decode().strip() == f"{REPORT} has no note."
    added = copy.call("note", REPORT, "call back after 18:00", "--json").json
    assert added["note"] == 1 and [each["text"] for each in added["notes"]] == ["call back after 18:00"]
    assert "empty" in copy.call("note", REPORT, "  ").refusal
    done = copy.call("grade", REPORT, "--all", "--grade", "not pertinent", "--json")
    assert done.code == 0 and len(done.json["given"]) >= 1
    assert copy.call("grade", REPORT, "--all", "--grade", "not pertinent", "--json").json["given"] == []
    assert copy.call("grade", REPORT, "a.jpg", "--all", "--grade", "adult").code == 2


def test_a_series_with_clue_state_and_sheet(copy: Desk) -> None:
    file = next(each["sha256"] for each in copy.call("show", REPORT, "--json").json["files"] if each["present"])
    number = copy.call("series", "open", REPORT, file, "--json").json["row"]["number"]
    clued = copy.call("series", "clue", number, "a red gate", "--kind", "place", "--file", file, "--json").json
    assert [each["words"] for each in clued["clues"]] == ["a red gate"]
    assert copy.call("series", "clue", number).code == 2
    assert copy.call("series", "state", number, "identified", "--source", "ICSE", "--json").json["row"]["state"] == "identified"
    assert [each["number"] for each in copy.call("series", "list", "--json").json] == [number]
    assert b"a red gate" in copy.call("series", "show", number).out
    assert copy.call("series", "sheet", number, "--out", "s.pdf", "--json").json["crops"] == 0
    assert (copy.work / "s.pdf").is_file() and (copy.work / "s.pdf.sig").is_file()
    assert copy.call("series", "clue", number, "--strike", clued["clues"][0]["id"], "--json").json["clues"] == []
    assert "no series V-1" in copy.call("series", "show", "V-1").refusal


def test_an_unknown_chart_is_refused_with_those_there_are(copy: Desk) -> None:
    assert "backlog-ages" in copy.call("export", "chart", "moon", "--out", "m.csv").refusal
    assert "end the name in .csv" in copy.call("export", "chart", "load", "--out", "m.png").refusal
    assert copy.call("export", "chart", "backlog-ages", "--out", "m.csv", "--json").json["rows"] >= 1
