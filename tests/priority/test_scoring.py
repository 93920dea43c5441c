"""What a card would be with a fact more or less is worked out family by family; it has to be what weighing everything says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.priority.case import Seen
from triage.priority.rules import RuleSet, loaded, shipped, texts
from triage.priority.scoring import Applied, Standing, applied, weigh
from triage.resources import resource


def over_two_families() -> RuleSet:
    """The shipped rules, with one choice that reaches over two families of an axis."""
    raw = texts(resource("rules"))
    named = b'id = "victim.named"\n'
    return loaded(raw | {"risk.toml": raw["risk.toml"].replace(named, named + b'one_of = "class"\n')})


SETS = {"shipped": shipped(), "a choice over two families": over_two_families()}


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
def test_a_fact_more_or_less_comes_to_what_weighing_everything_says(name: str, data: st.DataObject) -> None:
    rules = SETS[name]
    assert rules.apart is (name == "shipped")
    facts = data.draw(st.lists(st.sampled_from(sorted(rules.by_fact, key=str)), unique=True, min_size=1))
    amounts = data.draw(st.lists(st.floats(0, 50), min_size=len(facts), max_size=len(facts)))
    by_fact = {
        fact: [applied(rule, Seen("", rule.field, amount)) for rule in rules.by_fact[fact]]
        for fact, amount in zip(facts, amounts, strict=True)
    }
    last, *others = facts
    without = [each for fact in others for each in by_fact[fact]]
    everything = [*without, *by_fact[last]]
    assert _standing(without, rules).changed(by_fact[last]) == weigh(everything, rules).outcome
    assert _standing(everything, rules).changed([], by_fact[last]) == weigh(without, rules).outcome


def _standing(rules_applied: list[Applied], rules: RuleSet) -> Standing:
    return Standing(rules_applied, weigh(rules_applied, rules).outcome, rules)
