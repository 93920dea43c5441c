"""Rule files edited as text: only what was asked changes, comments stay, and what would break a promise is refused."""

from __future__ import annotations

import math

import pytest

from triage.priority import RuleEdit, edited_rules, rule_texts, rules_from, shipped_rules
from triage.priority.rules import RulesError
from triage.resources import resource


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return rule_texts(resource("rules"))


def test_only_what_was_asked_changes(files: dict[str, bytes]) -> None:
    edit = RuleEdit(
        amounts={"type.enticement": 17.5},
        on={"floor.live": False},
        bands={"B": 20.0},
    )
    made = edited_rules(files, edit)
    before, after = rules_from(files), rules_from(made)
    assert {rule.id for rule in after.off} == {"floor.live"}
    assert next(r for r in after.rules if r.id == "type.enticement").points == 17.5
    assert (after.bands.B, after.bands.A) == (20.0, before.bands.A)
    changed = {name for name in files if files[name] != made[name]}
    assert changed <= {"frame.toml", "risk.toml", "floors.toml"}
    assert made["risk.toml"].count(b"#") == files["risk.toml"].count(b"#"), "comments stay"
    assert after.version == f"{before.version}+1" and after.sha256 != before.sha256
    assert rules_from(edited_rules(made, RuleEdit(on={"floor.live": True}))).version == f"{before.version}+2"


def test_back_and_forth_is_the_same_set_but_for_its_version(files: dict[str, bytes]) -> None:
    off = edited_rules(files, RuleEdit(on={"floor.live": False}))
    on = rules_from(edited_rules(off, RuleEdit(on={"floor.live": True})))
    assert on.rules == shipped_rules().rules and on.off == ()


def test_every_rule_can_be_edited_where_it_stands(files: dict[str, bytes]) -> None:
    rules = shipped_rules()
    lower = {rule.id: (rule.points or rule.takes or 0) / 2 for rule in rules.rules if rule.points or rule.takes}
    after = rules_from(edited_rules(files, RuleEdit(amounts=lower)))
    assert {rule.id: rule.points or rule.takes for rule in after.rules if rule.id in lower} == lower


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (RuleEdit(amounts={"no.such": 1.0}), "There is no rule no.such in this set of rules."),
        (RuleEdit(on={"no.such": True}), "There is no rule no.such in this set of rules."),
        (RuleEdit(bands={"F": 1.0}), "There is no band F in this set of rules."),
        (RuleEdit(caps={"luck": 1.0}), "There is no family luck in this set of rules."),
        (RuleEdit(amounts={"type.enticement": math.nan}), "type.enticement needs a number above 0 and up to 100."),
        (RuleEdit(amounts={"type.enticement": 0.0}), "type.enticement needs a number above 0 and up to 100."),
        (RuleEdit(bands={"A": math.inf}), "A needs a number above 0 and up to 100."),
        (RuleEdit(amounts={"floor.live": 3.0}), "Rule floor.live neither gives nor removes points."),
        (RuleEdit(bands={"B": 50.0}), "The bands must begin at falling points of risk, from A to D."),
    ],
)
def test_what_is_unknown_or_breaks_a_promise_is_refused(files: dict[str, bytes], edit: RuleEdit, said: str) -> None:
    with pytest.raises(RulesError) as refused:
        edited_rules(files, edit)
    assert str(refused.value) == said


def test_caps_share_a_hundred(files: dict[str, bytes]) -> None:
    with pytest.raises(RulesError, match=r"The caps of risk add up to [\d.]+, above 100\."):
        edited_rules(files, RuleEdit(caps={"conduct": 40.0}))


def test_a_family_stays_below_its_cap_and_room_is_made_by_turning_off(files: dict[str, bytes]) -> None:
    with pytest.raises(RulesError, match="above its cap"):
        edited_rules(files, RuleEdit(amounts={"type.molestation": 60.0}))
    risk = [rule for rule in shipped_rules().rules if rule.family == "conduct" and rule.id != "type.molestation"]
    alone = RuleEdit(amounts={"type.molestation": 31.0}, on={rule.id: False for rule in risk})
    assert rules_from(edited_rules(files, alone)).off


def test_the_child_lane_is_never_turned_off(files: dict[str, bytes]) -> None:
    lane = [rule.id for rule in shipped_rules().rules if rule.flag == "child lane"]
    assert lane
    for name in lane:
        with pytest.raises(RulesError, match="child lane"):
            edited_rules(files, RuleEdit(on={name: False}))


def test_another_form_is_refused_and_not_guessed_at(files: dict[str, bytes]) -> None:
    text = files["floors.toml"].decode().replace('id = "floor.live"', "id = 'floor.live'")
    with pytest.raises(RulesError, match="edit the file"):
        edited_rules({**files, "floors.toml": text.encode()}, RuleEdit(on={"floor.live": False}))
    trick = (
        files["floors.toml"]
        .decode()
        .replace('reason = "The provider marks live', '# id\nreason = """\nid = "floor.access"\n"""\n# "live')
    )
    with pytest.raises(RulesError, match="edit the file"):
        edited_rules({**files, "floors.toml": trick.encode()}, RuleEdit(on={"floor.access": False}))
