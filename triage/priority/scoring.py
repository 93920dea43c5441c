"""Computes two numbers and a band from the rules that apply. Exact, without clock, and blind to the order of its input."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter, itemgetter

import msgspec

from triage.model.judgement import Band
from triage.priority.case import Case, Seen
from triage.priority.conditions import CONDITIONS
from triage.priority.rules import Axis, Bands, Rule, RuleSet


class Applied(msgspec.Struct, frozen=True, gc=False):
    """Holds a rule that applies, what it saw, and what it is worth on its own. `order` sorts the strongest first."""

    rule: Rule
    seen: Seen
    worth: float
    order: tuple[float, str]


class Counted(msgspec.Struct, frozen=True, gc=False):
    """Holds an applied rule with the points that it really brings (negative when it takes) and its place in its family."""

    applied: Applied
    points: float
    place: int = 0


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """Holds what a set of applied rules comes to.

    `points` are those of risk before a minimum band lifts or a note sinks the number.
    """

    risk: float
    actionability: float
    band: Band
    points: float


class Deciding(msgspec.Struct, frozen=True, gc=False):
    """Holds what decides on the band beside the points: minimum bands, sorted by rule, and the note that sinks the report."""

    lifting: Sequence[Applied]
    sinking: Applied | None


@dataclass(frozen=True, slots=True)
class Weighed:
    """Holds the result of all applied rules, and how it came about."""

    counted: tuple[Counted, ...]
    outcome: Outcome


SHARES = {"A": 0.05, "E": 0.04}
"""Of the points so much is added to a level, so that reports of one level keep their order; in A less than one step.

In B the points close the distance from the level to band A."""
LEAST = 0.1
"""The least difference of two numbers: one decimal is printed."""
_STABLE = 0.1
"""A card is stable when a tenth more or less of every point of risk leaves the band."""
Family = tuple[Axis, str | None]
Settle = Callable[["Outcome", bool], "Outcome"]
"""Gives an outcome the band that a person set; True: a fact came that nobody had seen."""
_ORDER = attrgetter("order")
_PLACE = itemgetter(0)


def ask(case: Case, rules: RuleSet) -> tuple[Applied, ...]:
    """Returns all rules that apply, in the order of the rule files. Rules that rest on the same fact ask once."""
    there: list[tuple[int, Applied]] = []
    for look, arguments, resting in _list_questions(rules):
        seen = look(case, *arguments)
        if seen is not None:
            for place, rule in resting:
                there.append((place, applied(rule, seen)))
    there.sort(key=_PLACE)
    return tuple(each for _, each in there)


@lru_cache(maxsize=8)
def _list_questions(
    rules: RuleSet,
) -> tuple[tuple[Callable[..., Seen | None], tuple[object, ...], tuple[tuple[int, Rule], ...]], ...]:
    """Returns the questions of a rule set, with the rules that rest on each and their places in the order of the files.

    A question is the function of its condition, with what it gets behind the case: hundreds are asked of each report.
    """
    places = {rule.id: place for place, rule in enumerate(rules.rules)}
    return tuple(
        (
            CONDITIONS[condition].look,
            CONDITIONS[condition].list_arguments(argument),
            tuple((places[rule.id], rule) for rule in resting),
        )
        for (condition, argument), resting in rules.by_fact.items()
    )


def applied(rule: Rule, seen: Seen) -> Applied:
    """Returns a rule that applies, with what it saw and what it is worth on its own."""
    worth = rule.worth(seen.amount)
    return Applied(rule, seen, worth, (-worth, rule.id))


def weigh(rules_applied: Sequence[Applied], rules: RuleSet) -> Weighed:
    """Returns the points, numbers and band of a set of applied rules."""
    strongest_first = sorted(rules_applied, key=_ORDER)
    risk, action = _axis(strongest_first, "risk"), _axis(strongest_first, "actionability")
    points, actionability = _number(each.points for each in risk), _number(each.points for each in action)
    deciding = find_deciding(rules_applied, rules_applied)
    band = band_of(points, deciding, rules.bands)
    number, cause = _agreeing(points, deciding, rules.bands)
    rest = [
        Counted(each, number - points if each is cause else 0.0) for each in rules_applied if each.rule.axis in ("floor", "note")
    ]
    return Weighed((*risk, *action, *rest), Outcome(number, actionability, band, points))


def speaks_for_risk(applied: Iterable[Applied]) -> list[Applied]:
    """Returns what a lowered band rests on: minimum bands, and whatever gives points of risk."""
    return [each for each in applied if each.rule.band is not None or (each.rule.axis == "risk" and each.rule.takes is None)]


def find_excluded(applied: Iterable[Applied]) -> list[Applied]:
    """Returns the rules that count nothing, since a stronger rule of the same choice applies."""
    giving = sorted((each for each in applied if each.rule.points is not None), key=_ORDER)
    chosen = {id(each) for axis in ("risk", "actionability") for each in _chosen(e for e in giving if e.rule.axis == axis)}
    return [each for each in giving if id(each) not in chosen]


class Standing:
    """Keeps what applied rules come to by family, so that one rule more or less adds up one family anew."""

    def __init__(self, given: Sequence[Applied], now: Outcome, rules: RuleSet, settle: Settle | None = None) -> None:
        self.now = now
        self._settle = settle
        self._given = given
        self._rules = rules
        self._members: defaultdict[Family, list[Applied]] = defaultdict(list)
        for each in given:
            if each.rule.points is not None:
                self._members[each.rule.axis, each.rule.family].append(each)
        self._points: dict[Axis, dict[Family, list[float]]] = {"risk": {}, "actionability": {}}
        for family, members in self._members.items():
            self._points[family[0]][family] = _points(members)
        self._taking = [each for each in given if each.rule.takes]
        self._deciding = [each for each in given if each.rule.band or each.rule.sinks]
        """Beside the points, these decide on the band."""

    def changed(self, come: Sequence[Applied], gone: Sequence[Applied] = ()) -> Outcome:
        """Returns what `weigh` would give with these rules too and without some others, settled by a band set by hand."""
        outcome = self._weighed(come, gone)
        return outcome if self._settle is None else self._settle(outcome, bool(speaks_for_risk(come)))

    def changed_for_acting(self, come: Sequence[Applied]) -> Outcome:
        """Returns the outcome with the number for acting that these rules too would give; risk and band stay as they are."""
        there = [*self._given, *come]
        if not self._rules.apart:
            acting = weigh(there, self._rules).outcome.actionability
        else:
            some = [each for each in come if each.rule.axis == "actionability"]
            taking = [each for each in (*self._taking, *some) if each.rule.takes]
            acting = self._add_up("actionability", self._touch(some, (), set())["actionability"], taking, there)
        return Outcome(self.now.risk, acting, self.now.band, self.now.points)

    def _weighed(self, come: Sequence[Applied], gone: Sequence[Applied]) -> Outcome:
        away = {id(each) for each in gone}
        there = [*(each for each in self._given if id(each) not in away), *come] if away else [*self._given, *come]
        if not self._rules.apart:
            return weigh(there, self._rules).outcome
        taking = [each for each in (*self._taking, *come) if each.rule.takes and id(each) not in away]
        deciding = [each for each in (*self._deciding, *come) if id(each) not in away]
        return self._outcome(self._touch(come, gone, away), taking, deciding, there)

    def _touch(self, come: Sequence[Applied], gone: Sequence[Applied], away: set[int]) -> dict[Axis, dict[Family, list[float]]]:
        """Returns the points of the families that these rules belong to, by axis."""
        added: dict[Family, list[Applied]] = {}
        for each in come:
            if each.rule.points is not None:
                added.setdefault((each.rule.axis, each.rule.family), []).append(each)
        for each in gone:
            if each.rule.points is not None:
                added.setdefault((each.rule.axis, each.rule.family), [])
        touched: dict[Axis, dict[Family, list[float]]] = {"risk": {}, "actionability": {}}
        for family, also in added.items():
            members = self._members.get(family, ())
            staying = [member for member in members if id(member) not in away] if away else members
            touched[family[0]][family] = _points([*staying, *also])
        return touched

    def _outcome(
        self,
        touched: Mapping[Axis, Mapping[Family, list[float]]],
        taking: Sequence[Applied],
        deciding: Sequence[Applied],
        there: Sequence[Applied],
    ) -> Outcome:
        risk = self._add_up("risk", touched["risk"], taking, there)
        acting = self._add_up("actionability", touched["actionability"], taking, there)
        found = find_deciding(deciding, there)
        number, _ = _agreeing(risk, found, self._rules.bands)
        return Outcome(number, acting, band_of(risk, found, self._rules.bands), risk)

    def _add_up(
        self, axis: Axis, own: Mapping[Family, list[float]], taking: Sequence[Applied], there: Sequence[Applied]
    ) -> float:
        """Returns the number of an axis, when some of its `own` families have other points."""
        if not (own or taking or self._taking):
            return self.now.points if axis == "risk" else self.now.actionability
        points = [each for family, some in self._points[axis].items() if family not in own for each in some]
        for some in own.values():
            points += some
        if taking:
            left = math.fsum(points)
            points += [taken for _, taken in _taken(left, axis, sorted(taking, key=_ORDER), there)]
        return _number(points)


def _number(points: Iterable[float]) -> float:
    return round(min(max(math.fsum(points), 0.0), 100.0), 1)


def _axis(strongest_first: Sequence[Applied], axis: Axis) -> list[Counted]:
    """Returns what the rules of each family count, then the shares that are taken."""
    families: defaultdict[str | None, list[Applied]] = defaultdict(list)
    for each in _chosen([each for each in strongest_first if each.rule.axis == axis and each.rule.points is not None]):
        families[each.rule.family].append(each)
    counted = [
        Counted(each, each.worth / (1 << place), place) for members in families.values() for place, each in enumerate(members)
    ]
    left = math.fsum(each.points for each in counted)
    return [*counted, *(Counted(each, taken) for each, taken in _taken(left, axis, strongest_first, strongest_first))]


def _chosen(strongest_first: Iterable[Applied]) -> list[Applied]:
    """Returns the rules without those that a stronger one excludes."""
    chosen: list[Applied] = []
    taken: set[str] = set()
    for each in strongest_first:
        one_of = each.rule.one_of
        if one_of is None or one_of not in taken:
            chosen.append(each)
            if one_of:
                taken.add(one_of)
    return chosen


def _points(members: Sequence[Applied]) -> list[float]:
    """Returns the points of a family: the strongest rule counts whole, the next half, then a quarter, and so on."""
    if len(members) < 2:
        return [each.worth for each in members]
    return [each.worth / (1 << place) for place, each in enumerate(_chosen(sorted(members, key=_ORDER)))]


def _taken(
    points: float, axis: Axis, strongest_first: Iterable[Applied], there: Sequence[Applied]
) -> Iterator[tuple[Applied, float]]:
    """Yields the shares that rules take from the points of an axis, one after the other."""
    for each in strongest_first:
        if each.rule.takes and each.rule.axis == axis and not undone(each.rule, there):
            yield each, -points * each.rule.takes
            points *= 1.0 - each.rule.takes


def undone(rule: Rule, others: Iterable[Applied]) -> bool:
    """Returns whether one of the other rules is named in the rule's `unless`."""
    if rule.unless:
        for other in others:
            if other.rule.id.startswith(rule.unless):
                return True
    return False


def find_deciding(rules_applied: Iterable[Applied], others: Sequence[Applied]) -> Deciding:
    """Returns what decides on the band beside the points. What one of the `others` undoes sinks nothing."""
    lifting = []
    sinking: Applied | None = None
    for each in rules_applied:
        if each.rule.band is not None:
            lifting.append(each)
        if each.rule.sinks and sinking is None and not undone(each.rule, others):
            sinking = each
    if len(lifting) > 1:
        lifting.sort(key=lambda each: each.rule.id)
    return Deciding(lifting, sinking)


def band_of(risk: float, deciding: Deciding, bands: Bands) -> Band:
    """Returns the band: minimum bands before everything, then what sinks a report, then the points of risk.

    Actionability orders within a band only: what is missing never lowers one.
    """
    best: Band = band_by_points(risk, bands) if deciding.sinking is None else "E"
    for each in deciding.lifting:
        floor = each.rule.band
        if floor is not None and floor < best:
            best = floor
    return best


def _agreeing(points: float, deciding: Deciding, bands: Bands) -> tuple[float, Applied | None]:
    """Returns the number of risk that agrees with the band, and the rule that moved it there.

    A minimum band lifts the number to its own level; the order of levels inside A is the order of imminence. A note that sinks
    the report brings the number below D. A share of the points is added to either, so that reports of one level keep their
    order.
    """
    number, cause = points, deciding.sinking
    if cause is None and not deciding.lifting:
        return points, None
    if cause is not None:
        number = min(points * SHARES["E"], bands.D - LEAST)
    for each in deciding.lifting:
        level = _lift(each, points, bands)
        if level > number:
            number, cause = level, each
    return _number([number]), cause


def _lift(lifting: Applied, points: float, bands: Bands) -> float:
    """Returns the level to which a minimum band lifts the number, with what the points add to it."""
    level = lifting.rule.level(lifting.seen.amount)
    if lifting.rule.band == "A":
        return min(max(level, bands.A) + points * SHARES["A"], 100.0)
    level = min(max(level, bands.B), bands.A - LEAST)
    return level + (bands.A - LEAST - level) * min(points / bands.A, 1.0)


def bands_nearby(outcome: Outcome, rules_applied: Sequence[Applied], bands: Bands) -> tuple[Band, ...]:
    """Returns the other bands in which the report would stand if every point of risk were a tenth more or less."""
    deciding = find_deciding(rules_applied, rules_applied)
    found = {band_of(round(outcome.points * (1 + by), 1), deciding, bands) for by in (-_STABLE, _STABLE)}
    return tuple(sorted(found - {outcome.band}))


def band_by_points(risk: float, bands: Bands) -> Band:
    """Returns where a report would stand without minimum bands and without anything that sinks it."""
    if risk >= bands.A:
        return "A"
    if risk >= bands.B:
        return "B"
    if risk >= bands.C:
        return "C"
    return "D" if risk >= bands.D else "E"


def sunk(rules_applied: Sequence[Applied]) -> bool:
    """Returns whether the report rests in band E whatever its points."""
    return find_deciding(rules_applied, rules_applied).sinking is not None


@lru_cache(maxsize=8)
def steps(bands: Bands) -> tuple[tuple[Band, float], ...]:
    """Returns the bands above E with the points of risk at which they begin, the highest first."""
    return (("A", bands.A), ("B", bands.B), ("C", bands.C), ("D", bands.D))
