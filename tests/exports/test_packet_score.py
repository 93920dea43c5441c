"""An expert computes a score again from the packet alone: report.json and the enclosed rule files, without this program."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from triage.model.verification import Written
from triage.priority import rules_from

ROUNDED = 0.0051
"""Points of a factor have two decimals."""


@pytest.fixture(scope="session")
def rules(made: Written) -> dict[str, dict[str, Any]]:
    """Rules by id, as the files of the packet state them."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((Path(made.path) / "data" / "rules").glob("*.toml")):
        found |= {rule["id"]: rule for rule in tomllib.loads(path.read_text("utf-8")).get("rule", ())}
    return found


def test_the_files_are_the_rules_that_the_card_names(made: Written, shown: dict[str, Any]) -> None:
    files = {path.name: path.read_bytes() for path in (Path(made.path) / "data" / "rules").iterdir()}
    assert rules_from(files).name == shown["score"]["rules"]
    stated = {Path(rule["path"]).name: rule["sha256"] for rule in report_json(made)["rules"]}
    assert stated == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def report_json(made: Written) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(made.path) / "data" / "report.json").read_bytes())
    return found


def test_the_numbers_and_the_band_follow_from_factors_and_rules(
    made: Written, shown: dict[str, Any], rules: dict[str, dict[str, Any]]
) -> None:
    score = shown["score"]
    assert len(score["factors"]) > 3
    for factor in score["factors"]:
        rule = rules[factor["rule"]]
        assert rule["axis"] == factor["axis"] and rule["field"] == factor["field"]
    for axis, parts in (("risk", ("risk", "floor", "note")), ("actionability", ("actionability",))):
        points = [factor["points"] for factor in score["factors"] if factor["axis"] in parts and factor["taken_out"] is None]
        assert sum(points) == pytest.approx(score[axis], abs=0.051)
    families: dict[str, list[float]] = {}
    for factor in score["factors"]:
        rule = rules[factor["rule"]]
        if "points" in rule and "scale" not in rule and factor["axis"] in ("risk", "actionability"):
            families.setdefault(rule["family"], []).append(factor["points"] / rule["points"])
            halved = [rule["points"] / 2**place for place in range(8)]
            assert any(abs(factor["points"] - points) <= ROUNDED for points in halved), factor
    assert all(max(shares) <= 1.001 for shares in families.values())
    frame = tomllib.loads((Path(made.path) / "data" / "rules" / "frame.toml").read_text("utf-8"))["bands"]
    by_points = next((band for band in "ABCD" if score["risk"] >= frame[band]), "E")
    assert score["band"] == by_points
