"""The score card: every rule that applied with its points, value, field and reason, and what would change the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.intents import Reading
from triage.message import NOTHING, Message, join
from triage.model.judgement import Band, Clock, Correction, Factor, Location, ScoreCard, Surroundings
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.model.version_flags import VERSION_FLAGS
from triage.priority.case import Case, case_of
from triage.priority.change import would_change_if
from triage.priority.clocks import clocks
from triage.priority.corrections import (
    BAND_RULE,
    ByHand,
    Corrected,
    basis_of,
    correct,
    goes_with,
    set_by_hand,
    taken_out_by,
)
from triage.priority.rules import AXES, RuleSet, shipped
from triage.priority.scoring import Applied, Counted, Outcome, Weighed, ask, bands_nearby, find_excluded, speaks_for_risk, weigh

_RANK_OF_AXIS = {axis: rank for rank, axis in enumerate(AXES)}
NOT_JUDGED_FLAG = "not judged"
NOT_JUDGED_WHY = Message("This report could not be judged. Read it.")
NOT_JUDGED = ScoreCard(
    band="A",
    risk=0.0,
    actionability=0.0,
    factors=(
        Factor(
            rule="judging.failed",
            points=0.0,
            field="report",
            value=Message("not judged"),
            why=NOT_JUDGED_WHY,
            axis="floor",
            band="A",
        ),
    ),
    would_change_if=(Message("It is judged again when the report, the rules or a hash list change."),),
    flags=(NOT_JUDGED_FLAG,),
    rules="",
)
"""The card of a report on which judging failed. What the report says is unknown, and unknown is not harmless: a child in danger
may stand in it. So it is in band A, which is read to its end; its risk of 0 puts it behind the reports known to be grave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorBases:
    """What corrections of a report rest on, by rule: the basis, the value as people read it, and the factors that go together.

    `risk` are the rules on which a lowered band rests. `excluded` are those of them that no card prints, since a stronger rule of
    the same choice applies.
    """

    of: Mapping[str, str]
    values: Mapping[str, str]
    going: Mapping[str, tuple[str, ...]]
    risk: tuple[str, ...]
    excluded: frozenset[str]


def flag_order() -> tuple[str, ...]:
    """Returns every flag that a card of the shipped rules can carry, the most pressing first.

    Not judged comes first, then what versions and sources do, the flags of minimum bands, then those in the order of the rules.
    """
    return (NOT_JUDGED_FLAG, *VERSION_FLAGS, *shipped().flags)


def score(
    report: Report,
    location: Location,
    media: Mapping[str, MediaFacts],
    surroundings: Surroundings,
    rules: RuleSet | None = None,
    reading: Reading | None = None,
    running: Sequence[Clock] | None = None,
) -> ScoreCard:
    """Returns the card of a report under the shipped rule set or a given one.

    `rescore_at` is when the first deadline of the report passes: the numbers do not change then, what can be asked for does.

    Args:
        report: The report, merged.
        location: The verdict on place.
        media: Measured facts by SHA-256.
        surroundings: What the store says around the report.
        rules: The rule set; None is the shipped one.
        reading: What the reader found in the texts of this report; None: they are read here.
        running: The deadlines of this report; None: they are computed here.
    """
    rules = rules or shipped()
    case = _case(report, location, media, surroundings, rules, reading)
    corrected = correct(case, ask(case, rules), rules.bands, lambda other: _case(other, location, media, surroundings, rules))
    given, by_hand = corrected.given, corrected.by_hand
    weighed = weigh(given, rules)
    outcome = by_hand.settle(weighed.outcome)
    taken = [counted for counted, _ in corrected.taken.values()]
    running = clocks(report) if running is None else running
    near = {by_hand.settle_band(band) for band in bands_nearby(weighed.outcome, given, rules.bands)}
    return ScoreCard(
        band=outcome.band,
        risk=outcome.risk,
        actionability=outcome.actionability,
        factors=(*_band_by_hand(by_hand, weighed.outcome, outcome), *_factors(weighed, corrected)),
        would_change_if=would_change_if(case, given, outcome, rules, taken, by_hand.settle if by_hand.correction else None),
        flags=_flags(given, rules),
        rules=rules.name,
        rescore_at=running[0].due if running else None,
        near=tuple(sorted(near - {outcome.band})),
        corrections=corrected.corrections,
    )


def factor_bases(
    report: Report,
    location: Location,
    media: Mapping[str, MediaFacts],
    surroundings: Surroundings,
    rules: RuleSet,
) -> FactorBases:
    """Returns what corrections of this report would rest on. Factors that people have taken out are named, and lower no band."""

    def rebuild(other: Report) -> Case:
        return _case(other, location, media, surroundings, rules)

    case = rebuild(report)
    applied = ask(case, rules)
    given = correct(case, applied, rules.bands, rebuild).given
    return FactorBases(
        of={each.rule.id: basis_of(case, each, rebuild) for each in applied},
        values={each.rule.id: str(each.seen.value) for each in applied},
        going={each.rule.id: tuple(other.rule.id for other in goes_with(case, applied, each.rule.id)) for each in applied},
        risk=tuple(each.rule.id for each in speaks_for_risk(given)),
        excluded=frozenset(each.rule.id for each in find_excluded(given)),
    )


def _case(
    report: Report,
    location: Location,
    media: Mapping[str, MediaFacts],
    surroundings: Surroundings,
    rules: RuleSet,
    reading: Reading | None = None,
) -> Case:
    return case_of(report, location, media, surroundings, rules.roles, reading)


def _band_by_hand(by_hand: ByHand, before: Outcome, after: Outcome) -> Iterator[Factor]:
    """Yields the factor of a band that a person set, with the points by which it moved the number."""
    if by_hand.correction is not None:
        yield Factor(
            rule=BAND_RULE,
            points=round(after.risk - before.risk, 2),
            field="correction",
            value=Message("band {band}", band=by_hand.correction.band or ""),
            why=set_by_hand(by_hand.correction),
            axis="note" if by_hand.correction.lowers else "floor",
            band=by_hand.raised,
        )


def _factors(weighed: Weighed, corrected: Corrected) -> tuple[Factor, ...]:
    """Floors first, then risk and actionability by points, then notes; what was taken out stands last of its kind."""
    out = [Counted(applied, 0.0) for applied, _ in corrected.taken.values()]
    ordered = sorted(
        (*weighed.counted, *out),
        key=lambda each: (
            _RANK_OF_AXIS[each.applied.rule.axis],
            each.applied.rule.id in corrected.taken,
            -abs(each.points),
            each.applied.rule.id,
        ),
    )
    return tuple(_factor(each, corrected.taken.get(each.applied.rule.id)) for each in ordered)


def _factor(counted: Counted, taken: tuple[Applied, Correction] | None) -> Factor:
    rule, seen = counted.applied.rule, counted.applied.seen
    why = _explain(counted) if taken is None else join(Message(rule.reason), taken_out_by(taken[1]))  # message-ok
    return Factor(
        rule=rule.id,
        points=round(counted.points, 2),
        field=seen.field,
        value=seen.value if isinstance(seen.value, Message) else Message("{value}", value=seen.value),
        why=why,
        axis=rule.axis,
        band=rule.band if taken is None else None,
        taken_out=None if taken is None else taken[1].id,
    )


def _explain(counted: Counted) -> Message:
    """Returns the rule's reason and what the rule did. Where no points stand in it, it is the same on many cards."""
    rule = counted.applied.rule
    if rule.band is not None and counted.points > 0:
        how = Message(
            "At least band {band}; the minimum band adds {points:.1f} to the number.", band=rule.band, points=counted.points
        )
        return join(Message(rule.reason), how)  # message-ok
    if rule.band is None and rule.sinks and counted.points < 0:
        return join(Message(rule.reason), Message("Takes {points:.1f} from the number.", points=-counted.points))  # message-ok
    return _explain_without_points(rule.reason, rule.band, rule.takes, rule.family, counted.place)


@lru_cache(maxsize=2_048)
def _explain_without_points(reason: str, band: Band | None, takes: float | None, family: str | None, place: int) -> Message:
    how = NOTHING
    if band is not None:
        how = Message("At least band {band}.", band=band)
    elif takes is not None:
        how = Message("Removes {part} of the points.", part=f"{takes:.0%}")
    elif place:
        how = Message(
            "Counts {part}: number {n} of the family “{family}”.",
            part=f"1/{1 << place}",
            n=place + 1,
            family=Message(family or ""),  # message-ok
        )
    return join(Message(reason), how)  # message-ok


def _flags(applied: Iterable[Applied], rules: RuleSet) -> tuple[str, ...]:
    there = {each.rule.flag for each in applied}
    return tuple(flag for flag in rules.flags if flag in there)
