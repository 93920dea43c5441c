"""The request commands: what they print and with which code they end."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Desk

REPORT, PHONE = "900000001", "+923000000123"


def today() -> str:
    return datetime.now(UTC).date().isoformat()


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    work = Path(shutil.copytree(desk.work, tmp_path / "work"))
    return replace(desk, work=work, store=work / "store")


def test_a_request_from_making_to_closing(own: Desk) -> None:
    case = own.call("case", "open", REPORT, "--json").json["number"]
    asked = ("request", "create", "--case", case, "--kind", "subscriber")
    made = own.call(*asked, "--out", "one").out.decode()
    assert "DRAFT, missing: the enquiry or FIR number of the case" in made and "left out: IP address 203.0.113.9" in made
    assert "exists already" in own.call(*asked, "--out", "one").refusal
    assert case in own.call(*asked[:3], "C-1", *asked[4:], "--out", "two").refusal
    number = own.call("request", "list", "--json").json[0]["number"]
    assert f"{number} subscriber" in own.call("request", "sent", number, "--on", today()).out.decode()
    listed = own.call("request", "list").out.decode()
    assert number in listed and "sent" in listed
    assert own.call("request", "court", number, "--on", today()).code == 0
    assert own.call("request", "close", number).code == 0
    assert "nothing was written" in own.call("request", "remind", "--older-than", "0", "--out", "more").out.decode()


def test_rows_without_a_line_end_with_code_3(own: Desk) -> None:
    case = own.call("case", "open", REPORT, "--json").json["number"]
    number = own.call("request", "create", "--case", case, "--kind", "subscriber", "--out", "one", "--json").json["requests"][0][
        "number"
    ]
    (own.work / "good.csv").write_text(f"Number,Name,CNIC\n{PHONE},Example Owner,90000-0000000-1\n")
    (own.work / "bad.csv").write_text("Number,Name\n+923009999999,Somebody\n")
    good = own.call("request", "reply", number, "good.csv")
    assert good.code == 0 and "owner of the line; not shown to be the user" in good.out.decode()
    bad = own.call("request", "reply", number, "bad.csv", "--json")
    assert bad.code == 3 and (bad.json["documents"], bad.json["matched_lines"], len(bad.json["unmatched"])) == (1, 1, 1)
    shown = own.call("show", REPORT).out.decode()
    assert "Example Owner" in shown and "owner of the line" in shown
    assert own.call("check").code == 0


def test_preserving_says_what_is_first(own: Desk) -> None:
    made = own.call("request", "preserve", "--expiring", "400", "--out", "preserve")
    assert made.code == 0 and "DRAFT" in made.out.decode()
    assert "number of days" in own.call("request", "preserve", "--expiring", "-1", "--out", "no").refusal
