from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec import structs

from triage.priority import rules
from triage.priority.budget import diminished_sum, reach_of
from triage.priority.conditions import CONDITIONS
from triage.priority.rules import (
    ALL_FILES,
    Bands,
    Rule,
    RulesError,
    RuleSet,
    load,
    measure_budget,
    read_budget,
    shipped,
)
from triage.resources import resource


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in ALL_FILES:
        shutil.copyfile(str(resource("rules", name)), tmp_path / name)
    return tmp_path


def changed(directory: Path, name: str, change: Callable[[str], str]) -> RuleSet:
    path = directory / name
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return load(directory)


def test_every_condition_is_used_and_every_rule_uses_one() -> None:
    assert {rule.condition for rule in shipped().rules} == set(CONDITIONS)


def test_every_rule_says_why_and_from_where() -> None:
    for rule in shipped().rules:
        assert rule.reason.endswith("."), rule.id
        assert rule.source, rule.id
        assert not (rule.suppose or "").endswith("."), rule.id
        assert not (rule.without or "").endswith("."), rule.id


def test_flags_are_short_and_few() -> None:
    flags = {rule.flag for rule in shipped().rules if rule.flag}
    assert all(len(flag) <= 32 for flag in flags)
    assert len(flags) <= 60, "the queue keeps flags in 63 bits"


def test_no_rule_counts_more_than_a_third_of_its_axis() -> None:
    assert max(rule.most() for rule in shipped().rules) <= 35


def test_floors_are_few() -> None:
    assert sum(rule.axis == "floor" for rule in shipped().rules) <= 30  # those of words come in pairs, A and B


def test_the_name_is_the_version_and_a_hash_of_the_content(directory: Path) -> None:
    assert load(directory).name == shipped().name
    other = changed(directory, "notes.toml", lambda text: text + "\n# a comment is content too\n")
    assert other.name.partition(" ")[0] == shipped().name.partition(" ")[0]
    assert other.name != shipped().name


REFUSED = {
    "unknown key": ("risk.toml", lambda t: t.replace('axis = "risk"', 'axis = "risk"\nwight = 3', 1), "not valid"),
    "unknown axis": ("risk.toml", lambda t: t.replace('axis = "risk"', 'axis = "luck"', 1), "not valid"),
    "not TOML": ("risk.toml", lambda t: t + "[[", "not valid"),
    "unknown condition": ("risk.toml", lambda t: t.replace("incident_type_says", "incident_type_sings", 1), "does not exist"),
    "another field": ("risk.toml", lambda t: t.replace('field = "incident_type"', 'field = "esp"', 1), "looks at"),
    "wrong argument": ("risk.toml", lambda t: t.replace('argument = ["molestation"]', "argument = 3.0", 1), "wrong kind"),
    "no reason": ("notes.toml", lambda t: t.replace('reason = "A', 'reason = " "\n# reason = "A', 1), "no reason"),
    "twice": ("notes.toml", lambda t: t.replace('"note.ncmec_e"', '"note.auto_referred"', 1), "Two rules"),
    "over the cap": ("risk.toml", lambda t: t.replace("points = 20.0", "points = 30.0", 1), "above its cap"),
    "caps over 100": ("frame.toml", lambda t: t.replace("cap = 32.3", "cap = 42.0", 1), "above 100"),
    "bands out of order": ("frame.toml", lambda t: t.replace("A = 45.0", "A = 5.0", 1), "falling points"),
    "no such family": ("risk.toml", lambda t: t.replace('family = "access"', 'family = "luck"', 1), "no family"),
    "family of the other axis": ("risk.toml", lambda t: t.replace('family = "access"', 'family = "place"', 1), "no family"),
    "negative points": ("risk.toml", lambda t: t.replace("points = 20.0", "points = -2.0", 1), "no points"),
    "takes all": ("risk.toml", lambda t: t.replace("takes = 0.6", "takes = 1.0", 1), "share"),
    "weaker above surer": ("floors.toml", lambda t: t.replace("weak_lift = 26.0", "weak_lift = 44.5", 1), "lifts less surely"),
    "floor without band": ("floors.toml", lambda t: t.replace('band = "A"\n', "", 1), "state a band"),
    "points on a note": (
        "notes.toml",
        lambda t: t.replace('axis = "note"', 'axis = "note"\npoints = 2.0', 1),
        "either give points",
    ),
    "undone by nothing": (
        "risk.toml",
        lambda t: t.replace('"conduct.", ', '"conductor.", ', 1),
        "undone by conductor\\., but no rule has that id",
    ),
    "logarithm without end": ("risk.toml", lambda t: t.replace("at_most = 8.0\n", "", 1), "at_most"),
    "no such intent": ("floors.toml", lambda t: t.replace('["threat"]', '["thread"]', 1), "intent that the reader"),
}


@pytest.mark.parametrize("deep", ["x = " + "[" * 50_000, "x = " + "{a=" * 50_000], ids=["lists", "tables"])
def test_a_file_that_is_nested_without_end_is_refused(deep: str, directory: Path) -> None:
    (directory / "risk.toml").write_text(deep)
    with pytest.raises(RulesError, match=r"risk\.toml is not valid"):
        load(directory)


@pytest.mark.parametrize("name", REFUSED)
def test_a_rule_set_that_could_break_a_promise_is_refused(name: str, directory: Path) -> None:
    file, change, words = REFUSED[name]
    with pytest.raises(RulesError, match=words):
        changed(directory, file, change)


def test_all_broken_caps_are_named_in_one_answer(directory: Path) -> None:
    """Two families above their caps and an axis above 100."""
    frame = directory / "frame.toml"
    text = frame.read_text(encoding="utf-8").replace("cap = 32.3", "cap = 1.5").replace("cap = 19.8", "cap = 2.5")
    frame.write_text(text.replace("cap = 31.0", "cap = 61.0"), encoding="utf-8")
    with pytest.raises(RulesError) as refused:
        load(directory)
    said = str(refused.value)
    assert "family conduct can reach 3" in said and "above its cap of 1.5." in said
    assert "family access can reach" in said and "above its cap of 2.5." in said
    assert "The caps of actionability add up to 130, above 100." in said
    budget = read_budget(rules.texts(directory))
    assert " ".join(str(problem) for problem in budget.problems) == said
    assert {family.name for family in budget.families if family.slack < 0} == {"conduct", "access"}
    assert [(axis.axis, axis.caps, axis.slack) for axis in budget.axes if axis.slack < 0] == [("actionability", 130.0, -30.0)]


def test_the_budget_has_the_reach_the_cap_and_the_slack_of_each_family() -> None:
    budget = measure_budget(shipped())
    assert budget.problems == () and budget.name == shipped().name
    assert [family.name for family in budget.families] == list(shipped().families)
    for family in budget.families:
        assert family.reach == reach_of(family.name, shipped().rules) > 0
        assert family.slack == family.cap - family.reach >= 0
    assert [(axis.axis, axis.caps, axis.slack) for axis in budget.axes] == [("risk", 100.0, 0.0), ("actionability", 100.0, 0.0)]


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"risk\.toml can't be read"):
        load(tmp_path)


def rule(**values: object) -> Rule:
    return structs.replace(shipped().rules[0], **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "amount", "worth"),
    [
        ({"points": 8.0, "scale": "once"}, 5.0, 8.0),
        ({"points": 8.0, "scale": "once"}, 0.0, 8.0),
        ({"points": None, "scale": "once"}, 1.0, 0.0),
        ({"points": 8.0, "scale": "part"}, 0.25, 2.0),
        ({"points": 8.0, "scale": "part"}, 1.5, 8.0),
        ({"points": 8.0, "scale": "part"}, -1.0, 0.0),
        ({"points": 2.0, "scale": "log2", "at_most": 8.0}, 0.0, 0.0),
        ({"points": 2.0, "scale": "log2", "at_most": 8.0}, 3.0, 4.0),
        ({"points": 2.0, "scale": "log2", "at_most": 8.0}, -3.0, 0.0),
        ({"points": 2.0, "scale": "log2", "at_most": 8.0}, 1e9, 8.0),
    ],
)
def test_what_a_rule_is_worth(values: dict[str, object], amount: float, worth: float) -> None:
    assert rule(**values).worth(amount) == worth


def test_the_most_that_rules_and_families_can_give() -> None:
    assert rule(points=3.0, at_most=9.0).most() == 9.0
    assert rule(points=3.0, at_most=None).most() == 3.0
    assert rule(points=None, at_most=None).most() == 0.0
    assert diminished_sum([4.0, 16.0, 8.0]) == 21.0
    family = [rule(id=f"x.{n}", family="access", points=p, at_most=None, one_of=o) for n, (p, o) in enumerate(CHOICE)]
    assert reach_of("access", family) == 16.0 + 8.0 / 2
    assert reach_of("place", family) == 0.0


CHOICE = ((8.0, None), (16.0, "one"), (12.0, "one"))


@pytest.mark.parametrize(
    ("values", "fine"),
    [
        ({"takes": 0.5, "points": None, "family": None}, True),
        ({"takes": 0.0, "points": None, "family": None}, False),
        ({"takes": 1.0, "points": None, "family": None}, False),
        ({"takes": 0.5, "points": None, "family": "access"}, False),
        ({"takes": 0.5, "points": 1.0, "family": "access"}, False),
        ({"takes": None, "points": 0.0, "family": "access"}, False),
        ({"takes": None, "points": 0.1, "family": "access"}, True),
        ({"takes": None, "points": 0.1, "family": "access", "unless": ("a.",)}, False),
        ({"takes": None, "points": 0.1, "family": "access", "unless": ("a.",), "suppose": "it were"}, True),
        ({"takes": 0.5, "points": None, "family": None, "unless": ("a.",)}, True),
        ({"takes": None, "points": 0.1, "family": "access", "sinks": True}, False),
        ({"takes": None, "points": 0.1, "family": "access", "band": "A"}, False),
        ({"axis": "note", "takes": None, "points": None, "family": None, "sinks": True, "unless": ("a.",)}, True),
        ({"axis": "note", "takes": 0.5, "points": None, "family": None}, False),
        ({"axis": "floor", "takes": None, "points": None, "family": None, "band": "A"}, True),
        ({"axis": "floor", "takes": None, "points": None, "family": None}, False),
        ({"takes": None, "points": 0.1, "family": "access", "scale": "log2"}, False),
        ({"takes": None, "points": 0.1, "family": "access", "scale": "log2", "at_most": 2.0}, True),
        ({"takes": None, "points": 0.1, "family": "access", "at_most": 2.0}, False),
    ],
)
def test_which_shapes_of_a_rule_are_refused(values: dict[str, object], fine: bool) -> None:
    plain = {"axis": "risk", "scale": "once", "at_most": None, "unless": (), "suppose": None, "sinks": False, "band": None}
    assert (rules._misshapen(rule(**{**plain, **values}), shipped().families) is None) is fine


@pytest.mark.parametrize(
    ("bands", "fine"),
    [
        ((100.0, 50.0, 20.0, 0.1), True),
        ((100.1, 50.0, 20.0, 5.0), False),
        ((50.0, 50.0, 20.0, 5.0), False),
        ((60.0, 20.0, 20.0, 5.0), False),
        ((60.0, 50.0, 5.0, 5.0), False),
        ((60.0, 50.0, 20.0, 0.0), False),
    ],
)
def test_where_bands_may_begin(bands: tuple[float, ...], fine: bool) -> None:
    made = Bands(**dict(zip("ABCD", bands, strict=True)))
    if fine:
        rules._check_bands(made)
    else:
        with pytest.raises(RulesError):
            rules._check_bands(made)


def test_flags_of_floors_come_first() -> None:
    floors = [each.flag for each in shipped().rules if each.axis == "floor" and each.flag]
    assert set(shipped().flags[: len(set(floors))]) == set(floors)
    assert set(shipped().flags) == {each.flag for each in shipped().rules if each.flag}
