"""The score card: every rule that applied with its points, value, field and reason, and what would change the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from triage.message import NOTHING, Message, join
from triage.model.judgement import Factor, Location, ScoreCard, Surroundings
from triage.model.media import MediaFacts
from triage.model.report import Report
from triage.priority.case import case_of
from triage.priority.change import would_change_if
from triage.priority.clocks import clocks
from triage.priority.rules import AXES, RuleSet, shipped
from triage.priority.scoring import Applied, Counted, Weighed, ask, bands_nearby, weigh

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


def flag_order(rules: RuleSet | None = None) -> tuple[str, ...]:
    """Returns every flag that a card can carry, the most pressing first.

    Not judged comes first, then the flags of minimum bands, then those in the order of the rule files.
    """
    return (NOT_JUDGED_FLAG, *(rules or shipped()).flags)


def score(
    report: Report,
    location: Location,
    media: Mapping[str, MediaFacts],
    surroundings: Surroundings,
    rules: RuleSet | None = None,
) -> ScoreCard:
    """Returns the card of a report under the shipped rule set or a given one.

    `rescore_at` is when the first deadline of the report passes: the numbers do not change then, what can be asked for does.

    Args:
        report: The report, merged.
        location: The verdict on place.
        media: Measured facts by SHA-256.
        surroundings: What the store says around the report.
        rules: The rule set; None is the shipped one.
    """
    rules = rules or shipped()
    case = case_of(report, location, media, surroundings, rules.roles)
    applied = ask(case, rules)
    weighed = weigh(applied, rules)
    outcome = weighed.outcome
    running = clocks(report)
    return ScoreCard(
        band=outcome.band,
        risk=outcome.risk,
        actionability=outcome.actionability,
        factors=_factors(weighed),
        would_change_if=would_change_if(case, applied, outcome, rules),
        flags=_flags(applied, rules),
        rules=rules.name,
        rescore_at=running[0].due if running else None,
        near=bands_nearby(outcome, applied, rules.bands),
    )


def _factors(weighed: Weighed) -> tuple[Factor, ...]:
    """Floors first, then risk and actionability by points, then notes."""
    ordered = sorted(
        weighed.counted,
        key=lambda each: (AXES.index(each.applied.rule.axis), -abs(each.points), each.applied.rule.id),
    )
    return tuple(_factor(each) for each in ordered)


def _factor(counted: Counted) -> Factor:
    rule, seen = counted.applied.rule, counted.applied.seen
    why = join(Message(rule.reason), _describe_effect(counted))  # message-ok
    return Factor(
        rule=rule.id,
        points=round(counted.points, 2),
        field=seen.field,
        value=seen.value if isinstance(seen.value, Message) else Message("{value}", value=seen.value),
        why=why,
        axis=rule.axis,
        band=rule.band,
    )


def _describe_effect(counted: Counted) -> Message:
    rule = counted.applied.rule
    if rule.band is not None:
        if counted.points > 0:
            return Message(
                "At least band {band}; the minimum band adds {points:.1f} to the number.", band=rule.band, points=counted.points
            )
        return Message("At least band {band}.", band=rule.band)
    if rule.sinks and counted.points < 0:
        return Message("Takes {points:.1f} from the number.", points=-counted.points)
    if rule.takes is not None:
        return Message("Removes {part} of the points.", part=f"{rule.takes:.0%}")
    if counted.place:
        return Message(
            "Counts {part}: number {n} of the family “{family}”.",
            part=f"1/{1 << counted.place}",
            n=counted.place + 1,
            family=Message(rule.family or ""),  # message-ok
        )
    return NOTHING


def _flags(applied: Iterable[Applied], rules: RuleSet) -> tuple[str, ...]:
    there = {each.rule.flag for each in applied}
    return tuple(flag for flag in rules.flags if flag in there)
