"""Finds what would change a card: the nearest facts that would raise or lower its band, each weighed anew."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import msgspec

from triage.message import Message
from triage.model.document import Fact as StatedFact
from triage.model.document import Person
from triage.model.incident_kinds import BLACKMAIL
from triage.model.judgement import Band
from triage.priority.case import Case, Seen
from triage.priority.conditions import CONDITIONS
from triage.priority.conditions.incident import is_annotated
from triage.priority.rules import Fact, Rule, RuleSet
from triage.priority.scoring import LEAST, Applied, Outcome, Settle, Standing, applied, steps, sunk, undone
from triage.priority.stated_values import bare

MOST = 3
"""At most so many sentences each for a better band, for another one, and for more actionability."""


_OPENED = {
    "report_annotated": (
        "text_says_in_contact",
        "parties_say_in_contact",
        "text_says_under_blackmail",
        "parties_say_under_blackmail",
        "contacted_in_pakistan",
        "child_contacted",
        "sextortion_with",
    ),
    "reported_user_fact": ("history_stated",),
    "victim_named": ("sextortion_with", "victim_not_known"),
}
"""The conditions that a fact opens: they ask for it together with another one. By the condition of the fact."""


CHILD_LANE = "child lane"
"""The flag of reports whose reported user may be a child."""
_OF_THE_USER = ("reported_user_fact", "known_reports")
"""Conditions about the reported user. Nothing is supposed of somebody who may be a child."""


_PARTIES, _ANYBODY = "parties_say", "text_says"
_UNDER_BLACKMAIL = "_under_blackmail"
_THREAT: Fact = (_ANYBODY, ("threat",))
_NO_TYPE = "incident_type_not_stated"
"""What the parties say, a text says: the conditions of the first imply those of the second."""


class _Change(msgspec.Struct, frozen=True, gc=False):
    """Holds what one fact would do: the end of the sentence, and the outcome."""

    sentence: str
    outcome: Outcome


class _Opening(msgspec.Struct, frozen=True):
    """Holds a fact that asks for a supposed one together with another: how it is looked for, and the rules that rest on it."""

    fact: Fact
    look: Callable[..., Seen | None]
    arguments: tuple[object, ...]
    rules: tuple[Rule, ...]


class _Supposition(msgspec.Struct, frozen=True):
    """Holds a rule that would apply if its supposition were true, and for each fact that follows the rules that rest on it.

    `most_risk` bounds the points of risk that all rules together can bring, those included that the fact opens. `best_floor` is
    the gravest band that one of them sets. `acts`: one of them gives points for acting.
    """

    rule: Rule
    sentence: str
    facts: tuple[tuple[Fact, tuple[Applied, ...]], ...]
    most_risk: float
    best_floor: Band
    acts: bool
    openings: tuple[_Opening, ...]


def would_change_if(
    case: Case,
    given: Sequence[Applied],
    now: Outcome,
    rules: RuleSet,
    taken: Iterable[Applied] = (),
    settle: Settle | None = None,
) -> tuple[Message, ...]:
    """Returns what would change the card, never nothing.

    A fact is a condition with its argument: all rules that rest on it come and go together, and so do facts that follow from it.
    What a person has `taken` out is not supposed again. `settle` gives an outcome the band that a person set.
    """
    standing = Standing(given, now, rules, settle)
    known = {each.rule.fact for each in (*given, *taken)}
    supposed = _distinct(_supposed(case, given, standing, rules, known, _Gap(given, now, rules, settle)))
    refuted = _distinct(_refuted(case, given, standing, rules))
    better = sorted((change for change in supposed if change.outcome.band < now.band), key=lambda c: _nearness(c, now))
    other = sorted((change for change in refuted if change.outcome.band != now.band), key=lambda c: _nearness(c, now))
    action = sorted(
        (change for change in supposed if change.outcome.actionability > now.actionability),
        key=lambda change: (-change.outcome.actionability, change.sentence),
    )
    return (
        *(_another_band(change, now) for change in better[:MOST]),
        *(Message("Band {band} if {fact}.", band=change.outcome.band, fact=_fact(change)) for change in other[:MOST]),
        _distance(given, now, rules, quiet=not better and not other),
        *(
            Message(
                "“Can act” {new:.1f} instead of {old:.1f} if {fact}.",
                new=change.outcome.actionability,
                old=now.actionability,
                fact=_fact(change),
            )
            for change in action[:MOST]
        ),
    )


@lru_cache(maxsize=4)
def _suppositions(rules: RuleSet) -> tuple[_Supposition, ...]:
    found = []
    for rule in rules.rules:
        if rule.suppose:
            facts = [
                (fact, tuple(applied(each, Seen("", each.field)) for each in rules.by_fact[fact]))
                for fact in _with_what_follows(rule.fact, rules)
            ]
            resting = [each.rule for _, some in facts for each in some]
            openings = _list_openings(rules).get(rule.condition, ())
            resting += [each for opening in openings for each in opening.rules]
            giving = [each for each in resting if each.points is not None]
            found.append(
                _Supposition(
                    rule,
                    rule.suppose,
                    tuple(facts),
                    most_risk=sum(each.most() for each in giving if each.axis == "risk"),
                    best_floor=min((each.band for each in resting if each.band is not None), default="E"),
                    acts=any(each.axis == "actionability" for each in giving),
                    openings=openings,
                )
            )
    return tuple(found)


class _Gap:
    """Tells which suppositions leave the band as it is, without adding anything up."""

    def __init__(self, given: Sequence[Applied], now: Outcome, rules: RuleSet, settle: Settle | None) -> None:
        self._now = now
        self._needed = next((begin for band, begin in reversed(steps(rules.bands)) if band < now.band), math.inf) - now.points
        # A band set by hand, or a rule that another one undoes, is weighed anew.
        self._known = settle is None and not any(each.rule.unless for each in given)

    def is_out_of_reach(self, supposition: _Supposition) -> bool:
        """Returns whether the outcome is certain to have no better band.

        A rule more never brings more points than it is worth by itself, and no better band than its own or that of the points.
        Half a step of rounding is left on either side.
        """
        if not self._known or supposition.best_floor < self._now.band:
            return False
        return supposition.most_risk + LEAST < self._needed


def _supposed(
    case: Case, given: Sequence[Applied], standing: Standing, rules: RuleSet, there: set[Fact], gap: _Gap
) -> Iterable[_Change]:
    files = len({file.occurrence.sha256 for file in case.report.files if file.occurrence})
    known = {condition for condition, _ in there}
    may_be_child = any(each.rule.flag == CHILD_LANE for each in given)
    for supposition in _suppositions(rules):
        rule = supposition.rule
        if (rule.condition in known and rule.fact in there) or not _can_be(rule, case, files) or undone(rule, given):
            continue
        if may_be_child and rule.condition in _OF_THE_USER:
            continue
        bandless = gap.is_out_of_reach(supposition)
        if bandless and not supposition.acts:
            yield _Change(supposition.sentence, standing.now)
            continue
        added = [_of_all(each, case, files) for fact, resting in supposition.facts if fact not in there for each in resting]
        if supposition.openings:
            added += _opened(case, supposition, there)
        yield _Change(supposition.sentence, standing.changed_for_acting(added) if bandless else standing.changed(added))


def _with_what_follows(fact: Fact, rules: RuleSet) -> Iterator[Fact]:
    """A Pakistani mobile is a telephone number, an address with port and time is one with a time, and so on."""
    condition, argument = fact
    yield fact
    if condition == "pakistani_mobile":
        yield from (each for each in (("has_identifier", ("phone",)),) if each in rules.by_fact)
    if condition == "camera_original_unseen":
        yield from (each for each in (("new_to_lists", None),) if each in rules.by_fact)
    if condition.startswith(_PARTIES):
        yield from (each for each in ((condition.replace(_PARTIES, _ANYBODY), argument),) if each in rules.by_fact)
    if condition == "address_with" and isinstance(argument, tuple):
        less = (each for each in rules.by_fact if each[0] == condition and isinstance(each[1], tuple))
        yield from sorted(each for each in less if set(each[1] or ()) < set(argument))  # type: ignore[arg-type]


def _can_be(rule: Rule, case: Case, files: int) -> bool:
    """Returns whether a rule's fact can be supposed: none of files where there are none, and their bytes only where none came."""
    if not rule.field.startswith(("files", "surroundings.hits")):
        return True
    return bool(case.report.files) if rule.condition == "files_present" else files > 0


def _of_all(supposed: Applied, case: Case, files: int) -> Applied:
    """Returns the supposed rule with what is supposed of every file counted for each of them."""
    rule = supposed.rule
    if rule.condition not in ("new_to_lists", "files_present"):
        return supposed
    count = files if rule.condition == "new_to_lists" else len(case.report.files)
    return applied(rule, Seen("", rule.field, float(count)))


@lru_cache(maxsize=4)
def _list_openings(rules: RuleSet) -> dict[str, tuple[_Opening, ...]]:
    """Returns what a fact may open, by the condition of the fact."""
    openings = [
        _Opening(fact, CONDITIONS[fact[0]].look, CONDITIONS[fact[0]].list_arguments(fact[1]), resting)
        for fact, resting in rules.by_fact.items()
    ]
    return {condition: tuple(each for each in openings if each.fact[0] in opened) for condition, opened in _OPENED.items()}


def _opened(case: Case, supposition: _Supposition, there: set[Fact]) -> list[Applied]:
    """Returns what else would apply: rules that ask for the supposed fact together with another one."""
    closed = [each for each in supposition.openings if each.fact not in there]
    supposed = _with_fact(case, supposition.rule) if closed else None
    found: list[Applied] = []
    for opening in closed:
        seen = opening.look(supposed, *opening.arguments) if supposed is not None else None
        found += [applied(each, seen) for each in opening.rules] if seen else []
    return found


def _with_fact(case: Case, rule: Rule) -> Case | None:
    """Returns the case with the fact that a rule supposes, for the facts that may open others."""
    argument = rule.argument[0] if isinstance(rule.argument, tuple) else ""
    if rule.condition == "report_annotated":
        # Whoever asks now wants to know whether, and not in which words: the report's own stay.
        return msgspec.structs.replace(case, annotations=case.annotations | {bare(argument)})
    if rule.condition == "reported_user_fact":
        fact = StatedFact(name=argument, value=True, sources=())
        return msgspec.structs.replace(case, facts={**case.facts, ("suspect", bare(argument)): (fact,)})
    if rule.condition == "victim_named":
        report = replace(case.report, people=(*case.report.people, Person(role="victim", says="victim")))
        return msgspec.structs.replace(case, report=report)
    return None


def _refuted(case: Case, given: Sequence[Applied], standing: Standing, rules: RuleSet) -> Iterable[_Change]:
    for gone in given:
        if gone.rule.without:
            fact = gone.rule.fact
            going = _going_along(rules)[gone.rule.id]
            along = [each for each in given if each.rule.id in going]
            went = [each for each in along if each.rule.fact == fact or rests_on(each.rule, fact, case)]
            come: tuple[Applied, ...] = ()
            if fact[0] == "incident_type_says":  # of which type it is then is not known
                come = _without_type(rules)
            yield _Change(gone.rule.without, standing.changed(come, went))


@lru_cache(maxsize=4)
def _going_along(rules: RuleSet) -> Mapping[str, frozenset[str]]:
    """Returns rule -> the rules that may go when its fact does: those of the fact, and those that may rest on it."""
    return {
        rule.id: frozenset(each.id for each in rules.rules if each.fact == rule.fact or _may_rest_on(each, rule.fact))
        for rule in rules.rules
    }


def _may_rest_on(rule: Rule, fact: Fact) -> bool:
    """Returns whether `rests_on` can be true in some case."""
    return _is_of_same_words(rule, fact) or (rule.condition.endswith(_UNDER_BLACKMAIL) and fact == _THREAT)


def _is_of_same_words(rule: Rule, fact: Fact) -> bool:
    """Returns whether a rule asks for the same words as the fact, whosever they are."""
    return rule.argument == fact[1] and rule.condition.replace(_PARTIES, _ANYBODY) == fact[0].replace(_PARTIES, _ANYBODY)


@lru_cache(maxsize=4)
def _without_type(rules: RuleSet) -> tuple[Applied, ...]:
    """Returns the rules that apply to a report without an incident type."""
    return tuple(applied(each, Seen("", each.field)) for each in rules.rules if each.condition == _NO_TYPE)


def rests_on(rule: Rule, fact: Fact, case: Case) -> bool:
    """Returns whether a rule applies only because of another fact.

    Words of a deadline are read only because of words of a threat, unless the report is marked.
    """
    if _is_of_same_words(rule, fact):
        return True
    if not rule.condition.endswith(_UNDER_BLACKMAIL) or fact != _THREAT:
        return False
    return not is_annotated(case, BLACKMAIL)


def _distinct(changes: Iterable[_Change]) -> list[_Change]:
    return list({change.sentence: change for change in changes}.values())


def _nearness(change: _Change, now: Outcome) -> tuple[int, float, str]:
    steps_away = abs(ord(change.outcome.band) - ord(now.band))
    return steps_away, abs(change.outcome.risk - now.risk), change.sentence


def _another_band(change: _Change, now: Outcome) -> Message:
    band, fact, risk = change.outcome.band, _fact(change), change.outcome.risk
    if risk > now.risk:
        return Message("Band {band} if {fact} (risk {risk:.1f}).", band=band, fact=fact, risk=risk)
    return Message("Band {band} if {fact}.", band=band, fact=fact)


def _fact(change: _Change) -> Message:
    return _make_sentence(change.sentence)


@lru_cache(maxsize=1_024)
def _make_sentence(sentence: str) -> Message:
    return Message(sentence)  # message-ok


def _distance(given: Sequence[Applied], now: Outcome, rules: RuleSet, *, quiet: bool) -> Message:
    """How far the next band is by points alone."""
    begins: dict[Band, float] = dict(steps(rules.bands))
    higher = [(band, begin) for band, begin in begins.items() if band < now.band]
    far = _how_far(given, now, begins, higher)
    if quiet:
        return Message("No single fact would change the band; {distance}", distance=far)
    return Message("By points alone: {distance}", distance=far)


def _how_far(
    given: Sequence[Applied], now: Outcome, begins: Mapping[Band, float], higher: Sequence[tuple[Band, float]]
) -> Message:
    if sunk(given):
        return Message("no points of risk raise a report that NCMEC made informational or withdrew.")
    if not higher:
        if now.points >= begins["A"]:
            return Message(
                "risk would have to drop {by:.1f} points, below {begin:g}.", by=now.points - begins["A"], begin=begins["A"]
            )
        return Message(
            "without the minimum band the risk is {risk:.1f}, below band A, which begins at {begin:g}.",
            risk=now.points,
            begin=begins["A"],
        )
    band, begin = higher[-1]
    if now.points >= begin:
        return Message("a person lowered the band; it is judged anew when a further fact is stated.")
    return Message(
        "band {band} begins at {begin:g} points of risk, {more:.1f} more than now.",
        band=band,
        begin=begin,
        more=begin - now.points,
    )
