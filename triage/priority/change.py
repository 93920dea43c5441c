"""What would change a card: the nearest facts that would raise or lower its band, found by weighing it anew with each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.model.judgement import Band
from triage.priority.case import Seen
from triage.priority.rules import RuleSet
from triage.priority.scoring import Applied, Weighed, applied, reweigh, steps, sunk, undone

MOST = 3
"""At most so many sentences each for a better band, for another one, and for more actionability."""


@dataclass(frozen=True, slots=True)
class _Change:
    """What one fact would do: the end of the sentence, and the outcome."""

    sentence: str
    outcome: Weighed


def would_change_if(given: Sequence[Applied], now: Weighed, rules: RuleSet, *, has_files: bool) -> tuple[str, ...]:
    """Sentences, never none. A fact is a condition with its argument: all rules that rest on it come and go together."""
    supposed = _distinct(_supposed(given, now, rules, has_files))
    refuted = _distinct(_refuted(given, now, rules))
    better = sorted((change for change in supposed if change.outcome.band < now.band), key=lambda c: _nearness(c, now))
    other = sorted((change for change in refuted if change.outcome.band != now.band), key=lambda c: _nearness(c, now))
    action = sorted(supposed, key=lambda change: (-change.outcome.actionability, change.sentence))
    return (
        *(f"Band {change.outcome.band} if {change.sentence}{_gain(change, now)}." for change in better[:MOST]),
        *(f"Band {change.outcome.band} if {change.sentence}." for change in other[:MOST]),
        _distance(given, now, rules, quiet=not better and not other),
        *(
            f"Actionability {change.outcome.actionability:.1f} instead of {now.actionability:.1f} if {change.sentence}."
            for change in action[:MOST]
            if change.outcome.actionability > now.actionability
        ),
    )


def _supposed(given: Sequence[Applied], now: Weighed, rules: RuleSet, has_files: bool) -> Iterable[_Change]:
    there = {each.rule.fact for each in given}
    for rule in rules.rules:
        if not rule.suppose or rule.fact in there or undone(rule, given):
            continue
        if has_files or not rule.field.startswith(("files", "surroundings.hits")):
            added = [applied(each, Seen("", each.field)) for each in rules.by_fact[rule.fact]]
            yield _Change(rule.suppose, reweigh(now, added, [*given, *added], rules))


def _refuted(given: Sequence[Applied], now: Weighed, rules: RuleSet) -> Iterable[_Change]:
    for gone in given:
        if gone.rule.without:
            rest = [each for each in given if each.rule.fact != gone.rule.fact]
            went = [each for each in given if each.rule.fact == gone.rule.fact]
            yield _Change(gone.rule.without, reweigh(now, went, rest, rules))


def _distinct(changes: Iterable[_Change]) -> list[_Change]:
    return list({change.sentence: change for change in changes}.values())


def _nearness(change: _Change, now: Weighed) -> tuple[int, float, str]:
    steps_away = abs(ord(change.outcome.band) - ord(now.band))
    return steps_away, abs(change.outcome.risk - now.risk), change.sentence


def _gain(change: _Change, now: Weighed) -> str:
    gain = change.outcome.risk - now.risk
    return f" (risk {change.outcome.risk:.1f})" if gain > 0 else ""


def _distance(given: Sequence[Applied], now: Weighed, rules: RuleSet, *, quiet: bool) -> str:
    """How far the next band is by points alone."""
    begins: dict[Band, float] = dict(steps(rules.bands))
    higher = [(band, begin) for band, begin in begins.items() if band < now.band]
    lead = "No single fact would change the band; " if quiet else "By points alone: "
    if sunk(given):
        return f"{lead}no points of risk lift a report that NCMEC made informational or withdrew."
    if not higher:
        if now.risk >= begins["A"]:
            return f"{lead}risk would have to fall by {now.risk - begins['A']:.1f} to below {begins['A']:g}."
        return f"{lead}risk {now.risk:.1f} would not reach band A, which begins at {begins['A']:g}; a floor holds it."
    band, begin = higher[-1]
    if now.risk >= begin:
        return f"{lead}band {band} if there were anything to act on."
    return f"{lead}band {band} begins at {begin:g} points of risk, {begin - now.risk:.1f} more than now."
