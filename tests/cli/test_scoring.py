"""The commands of the rules: `triage rules budget`."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.cli.conftest import Desk
from triage.resources import resource


def test_the_budget_of_the_rules_in_use(desk: Desk) -> None:
    done = desk.call("rules", "budget")
    assert done.code == 0 and not done.err
    text = done.out.decode()
    assert "conduct" in text and "slack" in text and "Caps of risk: 100.00 of 100, slack 0.00" in text
    found = desk.call("rules", "budget", "--json").json
    conduct = next(family for family in found["families"] if family["name"] == "conduct")
    assert set(conduct) == {"name", "axis", "reach", "cap", "slack"} and conduct["cap"] == 32.3
    assert abs(conduct["cap"] - conduct["reach"] - conduct["slack"]) < 1e-9 and found["problems"] == []


def test_rule_files_that_break_caps_are_measured_and_refused_with_all_of_them(desk: Desk, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(str(resource("rules")), tmp_path / "rules"))
    frame = folder / "frame.toml"
    text = frame.read_text(encoding="utf-8").replace("cap = 32.3", "cap = 1.5").replace("cap = 19.8", "cap = 2.5")
    frame.write_text(text, encoding="utf-8")
    done = desk.call("rules", "budget", folder, "--json")
    assert done.code == 1 and [f["name"] for f in done.json["families"] if f["slack"] < 0] == ["conduct", "access"]
    assert len(done.json["problems"]) == 2
    assert desk.call("rules", "budget", folder).out.decode().count("above its cap") == 2
    refusal = desk.call("rules", "use", folder).refusal
    assert "conduct" in refusal and "access" in refusal
    assert desk.call("rules", "budget", "--json").json["problems"] == []
