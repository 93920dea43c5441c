"""Rule files: read, checked and named by version and content hash.

A rule set that could break a promise of the score card is refused when it is loaded: unknown keys or conditions, arguments of
the wrong kind, a rule without reason or source, a family whose rules could together exceed its cap, or caps above 100. One answer
names all broken caps.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources.abc import Traversable
from typing import Any, Literal, TypeVar

import msgspec

from triage.errors import WorldError
from triage.intents import INTENTS, edition
from triage.message import join
from triage.priority.budget import RuleBudget, measure_budget
from triage.priority.case import Argument
from triage.priority.conditions import CONDITIONS
from triage.priority.roles import RoleTable, WordGroup, build_role_table
from triage.resources import reads_tables, resource

T = TypeVar("T")
Axis = Literal["risk", "actionability", "floor", "note"]
AXES: tuple[Axis, ...] = ("floor", "risk", "actionability", "note")
"""In the order of the card."""
RULE_FILES = ("risk.toml", "actionability.toml", "floors.toml", "notes.toml")
FRAME_FILE, ROLE_FILE = "frame.toml", "roles.toml"
ALL_FILES = (*RULE_FILES, FRAME_FILE, ROLE_FILE)


MOST_LIFT = 95.0
"""The share of the points that is added to a lifted number needs the room above."""


class RulesError(WorldError):
    """A rule file can't be used. The sentence names the file or rule and what is wrong with it."""


Fact = tuple[str, Argument]
"""A condition with its argument: what one thing in the world decides. Rules that rest on the same fact come and go together."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule. `condition` with `argument` looks at `field`; what follows depends on `axis`.

    risk, actionability: `points` within `family`, or `takes`, the share of the axis' sum that it takes away.
    floor: the band is at least `band`, and the number of risk at least `lift` (without it, the beginning of the band). With
    `weak_lift` what was found lifts by how sure it is: an amount of 0 to `weak_lift`, an amount of 1 to `lift`.
    note: nothing, or with `sinks` band E unless a floor holds.

    `off`: the rule is kept, checked and not asked.
    `scale`: once (points), log2 (points times log2(1 + count), up to `at_most`), part (points times a share of 0 to 1).
    `unless`: beginnings of rule ids; when one of those rules applies, nothing is taken, sunk, or supposed.
    `one_of`: of the rules with the same word only the strongest counts. `suppose` and `without` end the sentence "Band B
    if ..." for the case that the rule would apply, or would no longer.
    """

    id: str
    axis: Axis
    field: str
    condition: str
    argument: tuple[str, ...] | float | None = None
    family: str | None = None
    points: float | None = None
    scale: Literal["once", "log2", "part"] = "once"
    at_most: float | None = None
    one_of: str | None = None
    takes: float | None = None
    off: bool = False
    unless: tuple[str, ...] = ()
    band: Literal["A", "B"] | None = None
    lift: float | None = None
    weak_lift: float | None = None
    sinks: bool = False
    flag: str | None = None
    reason: str
    source: str
    suppose: str | None = None
    without: str | None = None

    @property
    def fact(self) -> Fact:
        """Returns the fact on which the rule rests."""
        return self.condition, self.argument

    def most(self) -> float:
        """Returns the most points that this rule can give on its own."""
        return self.at_most if self.at_most is not None else self.points or 0.0

    def level(self, amount: float) -> float:
        """Returns the number to which a minimum band lifts for what was found; 0 where the band's beginning is enough."""
        strong = self.lift or 0.0
        return strong if self.weak_lift is None else self.weak_lift + (strong - self.weak_lift) * min(max(amount, 0.0), 1.0)

    def worth(self, amount: float) -> float:
        """Returns the points for an amount, before the family weighs them."""
        points = self.points or 0.0
        if self.scale == "once":
            return points
        if self.scale == "part":
            return points * min(max(amount, 0.0), 1.0)
        return min(points * math.log2(1.0 + max(amount, 0.0)), self.most())


class Family(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Rules of one kind. Their strongest counts whole, the next half, then a quarter ..., so that no cap is ever hit."""

    name: str
    axis: Literal["risk", "actionability"]
    cap: float
    about: str


class Bands(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Holds from how much risk on each band begins; below D lies E.

    `idle_*` are of rule sets of before 2026.3 and count nothing any more.
    """

    A: float
    B: float
    C: float
    D: float
    idle_risk: float = 0.0
    idle_action: float = 0.0


class _Frame(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: str
    bands: Bands
    family: tuple[Family, ...]


class _RuleFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    rule: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """Holds all rules, checked.

    `name` goes into every score card. `rules` are those that are asked, `off` those that are not. `apart`: no choice between
    rules reaches over two families.
    """

    name: str
    rules: tuple[Rule, ...]
    by_fact: Mapping[Fact, tuple[Rule, ...]]
    families: Mapping[str, Family]
    apart: bool
    bands: Bands
    roles: RoleTable
    flags: tuple[str, ...]
    """Every flag that a card can carry, the most pressing first: those of floors, then in the order of the rule files."""
    version: str
    sha256: str
    off: tuple[Rule, ...] = ()


@reads_tables  # its name holds the edition of the words
@cache
def shipped() -> RuleSet:
    """Returns the rule set in resources/rules."""
    return load(resource("rules"))


def load(directory: Traversable) -> RuleSet:
    """Reads and checks the rule files of a directory.

    Raises:
        RulesError: A file can't be read or is not valid.
    """
    return loaded(texts(directory))


def texts(directory: Traversable) -> dict[str, bytes]:
    """Returns the rule files of a directory, by name.

    Raises:
        RulesError: A file can't be read.
    """
    return {name: _bytes(directory, name) for name in ALL_FILES}


def loaded(raw: Mapping[str, bytes]) -> RuleSet:
    """Returns the rule set that files make, checked. Raises RulesError, which names all broken caps at once."""
    rules = _read_rules(raw)
    if problems := measure_budget(rules).problems:
        raise RulesError(join(*problems))  # message-ok
    return rules


def read_budget(raw: Mapping[str, bytes]) -> RuleBudget:
    """Returns the budget of the rule set that files make, also where it breaks caps. Raises RulesError for other faults."""
    return measure_budget(_read_rules(raw))


def _read_rules(raw: Mapping[str, bytes]) -> RuleSet:
    """Returns the rule set that files make, checked but for its caps. Raises RulesError."""
    missing = [name for name in ALL_FILES if name not in raw]
    if missing:
        raise RulesError("The rule set lacks: {missing}.", missing=tuple(missing))
    frame = _decode(FRAME_FILE, raw[FRAME_FILE], _Frame)
    rules = tuple(rule for name in RULE_FILES for rule in _decode(name, raw[name], _RuleFile).rule)
    roles = _build_roles(raw[ROLE_FILE])
    families = {family.name: family for family in frame.family}
    for rule in rules:
        _check_rule(rule, families)
    _check_ids(rules)
    _check_unless(rules)
    off, rules = tuple(rule for rule in rules if rule.off), tuple(rule for rule in rules if not rule.off)
    _check_bands(frame.bands)
    sha256 = _content_hash(raw)
    name = f"{frame.version} sha256:{sha256[:8]}"
    by_fact = {fact: tuple(rule for rule in rules if rule.fact == fact) for fact in dict.fromkeys(rule.fact for rule in rules)}
    ordered = sorted(rules, key=lambda rule: AXES.index(rule.axis))
    flags = tuple(dict.fromkeys(rule.flag for rule in ordered if rule.flag))
    choices = {(rule.axis, rule.one_of, rule.family) for rule in rules if rule.one_of}
    apart = len(choices) == len({(axis, one_of) for axis, one_of, _ in choices})
    return RuleSet(name, rules, by_fact, families, apart, frame.bands, roles, flags, frame.version, sha256, off)


def _bytes(directory: Traversable, name: str) -> bytes:
    try:
        return directory.joinpath(name).read_bytes()
    except OSError as error:
        raise RulesError("The rule file {name} can't be read.", name=name, detail=str(error)) from error


def _decode(name: str, raw: bytes, shape: type[T]) -> T:
    try:
        wanted: Any = shape  # mypy does not take a type for a key
        decoded: T = _decode_once(raw, wanted)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise RulesError("The rule file {name} is not valid: {error}.", name=name, error=str(error)) from error
    return decoded


@lru_cache(maxsize=32)
def _decode_once(raw: bytes, shape: Any) -> Any:
    """Decodes TOML. An edit changes one file of a rule set, so what the others say is kept; nobody changes it."""
    return msgspec.toml.decode(raw, type=shape)


def _build_roles(raw: bytes) -> RoleTable:
    try:
        return build_role_table(_decode(ROLE_FILE, raw, dict[str, WordGroup]))
    except ValueError as error:
        raise RulesError("The rule file {name} is not valid: {error}.", name=ROLE_FILE, error=str(error)) from error


def _content_hash(raw: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    whole.update(edition().encode())  # what the reader of texts finds decides too
    for name in sorted(raw):
        whole.update(f"{name}\0{len(raw[name])}\0".encode())
        whole.update(raw[name])
    return whole.hexdigest()


def _check_ids(rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise RulesError("Two rules have the id {rule}.", rule=rule.id)
        seen.add(rule.id)


def _check_unless(rules: tuple[Rule, ...]) -> None:
    for rule in rules:
        for beginning in rule.unless:
            if not any(each.id.startswith(beginning) for each in rules):
                raise RulesError(
                    "Rule {rule} is undone by {beginning}, but no rule has that id.", rule=rule.id, beginning=beginning
                )


def _check_rule(rule: Rule, families: Mapping[str, Family]) -> None:
    condition = CONDITIONS.get(rule.condition)
    if condition is None:
        raise RulesError(
            "Rule {rule} asks for the condition {condition}, which does not exist.", rule=rule.id, condition=rule.condition
        )
    if condition.field != rule.field:
        raise RulesError(
            "Rule {rule} names the field {field}, but {condition} looks at {field2}.",
            rule=rule.id,
            field=rule.field,
            condition=rule.condition,
            field2=condition.field,
        )
    if not condition.accepts(rule.argument):
        raise RulesError("Rule {rule} gives {condition} an argument of the wrong kind.", rule=rule.id, condition=rule.condition)
    if condition.field == "free_text" and not set(_words(rule.argument)) <= set(INTENTS):
        raise RulesError("Rule {rule} names an intent that the reader of texts does not know.", rule=rule.id)
    if not rule.reason.strip() or not rule.source.strip():
        raise RulesError("Rule {rule} has no reason or no source.", rule=rule.id)
    problem = _misshapen(rule, families)
    if problem:
        raise RulesError("Rule {rule} is not valid: it {problem}.", rule=rule.id, problem=problem)


def _words(argument: Argument) -> tuple[str, ...]:
    return argument if isinstance(argument, tuple) else ()


def _misshapen(rule: Rule, families: Mapping[str, Family]) -> str | None:
    scoring = rule.axis in ("risk", "actionability")
    if (rule.axis == "floor") != (rule.band is not None):
        return "must state a band if it is a floor, and only then"
    if rule.lift is not None and (rule.band is None or not 0.0 < rule.lift <= MOST_LIFT):
        return f"lifts the number without a minimum band, or above {MOST_LIFT:g}"
    if rule.weak_lift is not None and (rule.lift is None or not 0.0 < rule.weak_lift <= rule.lift):
        return "lifts less surely than not at all, or more than surely"
    if rule.sinks and rule.axis != "note":
        return "may sink a report only as a note"
    if scoring != ((rule.points is None) != (rule.takes is None)):
        return "must either give points or take a share, and only on an axis that is counted"
    if rule.takes is not None and (rule.family is not None or not 0.0 < rule.takes < 1.0):
        return "takes a share that is not between 0 and 1, or belongs to a family although it takes from all"
    if rule.unless and rule.takes is None and rule.suppose is None and not rule.sinks:
        return "can be undone only if it takes a share, sinks or supposes something"
    if rule.points is not None:
        family = families.get(rule.family or "")
        if family is None or family.axis != rule.axis:
            return f"belongs to no family of the axis {rule.axis}"
        if rule.points <= 0:
            return "gives no points"
    if (rule.scale == "log2") != (rule.at_most is not None):
        return "must state at_most when it scales by logarithm, and only then"
    return None


def _check_bands(bands: Bands) -> None:
    if not 100 >= bands.A > bands.B > bands.C > bands.D > 0:
        raise RulesError("The bands must begin at falling points of risk, from A to D.")
