"""The commands of work packages at the command line: what people read, what programs read, and exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from triage.store.store import Store

NUMBER = "900000001"


def make_desk(work: Path, name: str) -> Desk:
    Store.create(work / name, "first", WORDS, cost=CHEAP).store.close()
    return Desk(work, work / name)


@pytest.fixture
def two(tmp_path: Path) -> tuple[Desk, Desk]:
    """Headquarters with one report, and an office; each knows the other's key."""
    (tmp_path / "words").write_text(WORDS + "\n")
    hq, office = make_desk(tmp_path, "hq"), make_desk(tmp_path, "office")
    write_bundle(tmp_path / "bundle")
    assert hq.call("import", "bundle").code == 3
    for one, other, name in ((hq, office, "Lahore"), (office, hq, "Headquarters")):
        assert one.call("keys", "trust", other.call("keys", "show", "--json").json["fingerprint"], "--name", name).code == 0
    return hq, office


def age_key(of: Desk) -> str:
    key: str = of.call("keys", "show", "--json").json["recipient"]
    return key


def test_a_report_goes_out_and_comes_back(two: tuple[Desk, Desk]) -> None:
    hq, office = two
    sent = hq.call("export", "work", NUMBER, "--recipient", age_key(office), "--out", "work.age", "--due", "2099-01-01", "--json")
    assert sent.code == 0 and sent.json["due"] == "2099-01-01" and sent.json["reports"] == 1
    came = office.call("import", "work.age")
    assert came.code == 0 and b"from Headquarters: 1 report" in came.out
    shown = office.call("show", NUMBER).out.decode()
    assert "their card: band" in shown and "Work package" in shown and "imported" in shown
    assert office.call("show", NUMBER, "--json").json["work"][0]["with"] == "Headquarters"
    office.call("set", NUMBER, "--status", "in_progress", "--note", "there")
    hq.call("set", NUMBER, "--status", "on_hold", "--note", "here")
    back = office.call("export", "results", "--package", sent.json["package_id"], "--recipient", age_key(hq), "--out", "r.age")
    assert back.code == 0 and b"1 decision, no grades" in back.out
    merged = hq.call("import", "r.age", "--json").json
    assert merged["package"]["from"] == "Lahore" and merged["package"]["conflicts"][0]["with"] == "Lahore"
    assert b"waits for a lead" in hq.call("work", "conflicts").out and b"merged" in hq.call("work", "list").out
    assert "no open conflict" in hq.call("work", "resolve", NUMBER, "band", "--take", "here", "--reason", "r").refusal
    done = hq.call("work", "resolve", NUMBER, "status", "--take", "there", "--reason", "they spoke with the school")
    assert done.code == 0 and b"the value from there stands" in done.out
    assert b"there, by first: they spoke with the school" in hq.call("work", "conflicts").out
    assert [row["resolved"] for row in hq.call("work", "conflicts", "--json").json] == [True]
    assert "was imported on" in hq.call("import", "r.age").refusal


def test_a_preview_writes_nothing_and_says_why_it_would_be_refused(two: tuple[Desk, Desk]) -> None:
    hq, _ = two
    before = hq.call("audit", "verify", "--json").json["entries"]
    seen = hq.call("export", "work", NUMBER, "--with-media", "--preview", "--json")
    assert seen.code == 0 and (seen.json["documents"], seen.json["media"], seen.json["refused"]) == (2, 1, None)
    assert hq.call("audit", "verify", "--json").json["entries"] == before + 1, "the entry of the verification before"
    hq.call("clear", NUMBER, "--reason", "the account was stolen")
    refused = hq.call("export", "work", NUMBER, "--preview")
    assert refused.code == 1 and b"It would be refused" in refused.out
    assert hq.call("export", "work", NUMBER).code == 2, "recipient and file are needed"
