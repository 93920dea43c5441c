"""docs/scoring.md is read in court: its numbers are those of the rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from triage.priority.rules import shipped

PAGE = Path(__file__).parents[2] / "docs" / "scoring.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_families_and_caps(page: str) -> None:
    for family in shipped().families.values():
        assert f"| {family.name} | {family.axis} | {family.cap:g} | {family.about} |" in page


def test_bands(page: str) -> None:
    bands = shipped().bands
    rows = [line.split(" | ") for line in page.splitlines() if line.startswith(("| A |", "| B |", "| C |", "| D |"))]
    assert [float(row[-1].strip(" |")) for row in rows] == [bands.A, bands.B, bands.C, bands.D]
    assert "Bands rest on risk alone" in page


def test_floors_are_all_named(page: str) -> None:
    told = {
        "floor.escalated": "escalated", "floor.ncmec_1": "ranked it 1", "floor.live": "live streaming",
        "floor.access": "access to the child victim", "floor.molestation": "molestation", "floor.self_harm": "self-harm",
        "floor.meeting": "arrange a meeting", "floor.threat": "may hold a threat", "floor.sadistic": "sadistic exploitation",
        "floor.trafficking": "trafficking", "floor.victim_named": "block for a child victim",
        "floor.camera_original": "still names its camera", "floor.new_severe": "several severe files are on no list",
        "floor.household": "family or household",
        "floor.deadline": "may set a deadline", "floor.child_contacted": "stated age is that of a child", "floor.victim_not_known": "none of whose files is known",
        "floor.sextortion": "sadistic exploitation or sextortion", "floor.sextortion_minor": "together with a minor",
        "floor.sextortion_threat": "with words of a threat", "floor.sextortion_wallet": "with an account that takes money",
        "floor.history": "an earlier conviction, access to or work with children", "floor.solicitation": "solicitation is reported",
        "floor.access_words": "say that a child\n  is within reach, in a", "floor.self_harm_text": "may hold a threat, speak of self-harm",
        "floor.meeting_text": "arrange a meeting, say that a child is within reach", "floor.deadline_text": "set a deadline or demand money",
        "floor.words": "ask for secrecy, set a deadline or demand money, whatever type is reported",
        "floor.secrecy_text": "ask for secrecy, set a deadline", "floor.money_text": "demand money",
    }  # fmt: skip
    assert {rule.id for rule in shipped().rules if rule.axis == "floor"} == set(told)
    flat = " ".join(page.split())
    assert all(" ".join(words.split()) in flat for words in told.values())


def test_damping(page: str) -> None:
    shares = {rule.id: rule.takes for rule in shipped().rules if rule.takes}
    assert shares == {"damping.viral": 0.6, "damping.spam": 0.5}
    assert "fall by 60 %" in page
    assert "halves actionability" in page
