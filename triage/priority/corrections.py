"""Applies what people said of a judgement: factors that mean nothing are taken out, and the band is raised or lowered.

A correction rests on what the person saw. As long as the same rule applies to the same value it holds, whatever is judged anew.
When the value changes, the correction is stale: it is shown and no longer applied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from triage.message import NOTHING, Message
from triage.model.judgement import BANDS, Band, CardCorrection, Correction, CorrectionState
from triage.model.moment import pakistan_day
from triage.model.report import Report
from triage.priority.case import Case
from triage.priority.change import CHILD_LANE, rests_on
from triage.priority.conditions import CONDITIONS
from triage.priority.rules import Bands
from triage.priority.scoring import LEAST, SHARES, Applied, Outcome, speaks_for_risk, steps

BAND_RULE = "correction.band"
"""Stands in place of a rule for the factor of a band that a person raised or lowered."""


@dataclass(frozen=True, slots=True)
class ByHand:
    """A band that a person set: `raised` is the least grave that the report may stand in, `lowered` the gravest."""

    bands: Bands
    raised: Band | None = None
    lowered: Band | None = None
    correction: Correction | None = None

    def settle(self, outcome: Outcome, further: bool = False) -> Outcome:
        """Returns the outcome with the band set by hand, and a number of risk that agrees with it.

        With a `further` fact that nobody had seen, a lowered band no longer holds.
        """
        begins = dict(steps(self.bands))
        if self.raised is not None and outcome.band > self.raised:
            return msgspec.structs.replace(outcome, band=self.raised, risk=self._lifted(self.raised, outcome.points, begins))
        if self.lowered is not None and not further and outcome.band < self.lowered:
            return msgspec.structs.replace(outcome, band=self.lowered, risk=min(outcome.risk, self._top(self.lowered, begins)))
        return outcome

    def settle_band(self, band: Band) -> Band:
        """Returns where a report of that band stands."""
        return self.settle(Outcome(0.0, 0.0, band, 0.0)).band

    def _lifted(self, band: Band, points: float, begins: Mapping[Band, float]) -> float:
        """Returns a number inside the band; the points keep their order in it, as below a minimum band."""
        top = self._top(band, begins)
        if band == "A":
            return min(_number(begins[band] + points * SHARES[band]), top)
        return _number(begins[band] + (top - begins[band]) * min(points / top, 1.0))

    def _top(self, band: Band, begins: Mapping[Band, float]) -> float:
        """Returns the highest number of a band."""
        return 100.0 if band == "A" else _number(begins[BANDS[BANDS.index(band) - 1]] - LEAST)


@dataclass(frozen=True, slots=True)
class Corrected:
    """What counts after all corrections, what was taken out by which one, and what the card says of each."""

    given: tuple[Applied, ...]
    taken: Mapping[str, tuple[Applied, Correction]]
    by_hand: ByHand
    corrections: tuple[CardCorrection, ...]


@dataclass(slots=True)
class _States:
    """The state of each correction, and the sentence that explains it."""

    of: dict[int, tuple[CorrectionState, Message]] = field(default_factory=dict)

    def put(self, correction: Correction, state: CorrectionState, why: Message = NOTHING) -> None:
        """Sets the state of a correction; a later one overwrites it."""
        self.of[correction.id] = state, why


def correct(case: Case, applied: Sequence[Applied], bands: Bands, rebuild: Callable[[Report], Case]) -> Corrected:
    """Returns what the applied rules come to under the corrections of the case. `rebuild` makes the case of a changed report."""
    corrections = sorted(case.surroundings.corrections, key=lambda each: each.id)
    if not corrections:
        return Corrected(tuple(applied), {}, ByHand(bands), ())
    states = _States()
    taken = _taken_out(case, applied, corrections, rebuild, states)
    given = tuple(each for each in applied if each.rule.id not in taken)
    by_hand = _band_by_hand(case, given, corrections, bands, rebuild, states)
    return Corrected(given, taken, by_hand, tuple(_on_card(each, *states.of[each.id]) for each in corrections))


def basis_of(case: Case, applied: Applied, rebuild: Callable[[Report], Case]) -> str:
    """Returns what a correction of this factor rests on: its value, and for words the texts in which they stand."""
    if applied.rule.field != "free_text":
        return str(applied.seen.value)
    condition, argument = CONDITIONS[applied.rule.condition], applied.rule.argument
    texts = sorted({text.text for text in case.report.free_text})
    digest = hashlib.sha256()
    for text in texts:
        alone = tuple(each for each in case.report.free_text if each.text == text)
        if len(texts) == 1 or condition.ask(rebuild(replace(case.report, free_text=alone)), argument) is not None:
            digest.update(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return f"{applied.seen.value} #{digest.hexdigest()[:16]}"


def goes_with(case: Case, applied: Sequence[Applied], rule: str) -> list[Applied]:
    """Returns the factors that a person takes out with this one: all that rest on the same fact."""
    fact = next((each.rule.fact for each in applied if each.rule.id == rule), None)
    return [each for each in applied if fact is not None and (each.rule.fact == fact or rests_on(each.rule, fact, case))]


def _taken_out(
    case: Case,
    applied: Sequence[Applied],
    corrections: Sequence[Correction],
    rebuild: Callable[[Report], Case],
    states: _States,
) -> dict[str, tuple[Applied, Correction]]:
    """Returns what is taken out, by rule."""
    there = {each.rule.id: each for each in applied}
    last: dict[str, Correction] = {}
    for each in corrections:
        if each.rule is None:
            continue
        if not each.effective:
            states.put(each, "waits for a lead")
            continue
        stale = _stale_factor(case, each, there.get(each.rule), rebuild)
        if stale is not None:
            states.put(each, "stale", stale)
            continue
        if (before := last.get(each.rule)) is not None:
            states.put(before, "replaced")
        last[each.rule] = each
        states.put(each, "recorded")
    taken: dict[str, tuple[Applied, Correction]] = {}
    for rule, each in last.items():
        if each.verdict == "means nothing":
            going = [other for other in goes_with(case, applied, rule) if _may_go(other, rule, each, last)]
            states.put(each, "applied" if going else "child lane")
            for other in going:
                taken.setdefault(other.rule.id, (other, each))
    return taken


def _may_go(applied: Applied, rule: str, correction: Correction, last: Mapping[str, Correction]) -> bool:
    """The child lane is never taken out, and a minimum band only by two people. What was said of a factor itself comes first."""
    if applied.rule.flag == CHILD_LANE or (applied.rule.band is not None and not correction.needs_second):
        return False
    own = last.get(applied.rule.id)
    return applied.rule.id == rule or own is None or own.verdict == "means nothing"


def _stale_factor(
    case: Case, correction: Correction, applied: Applied | None, rebuild: Callable[[Report], Case]
) -> Message | None:
    """Returns why a correction no longer fits the factor that it speaks of; None when it does."""
    if applied is None:
        return Message("The rule no longer applies.")
    if dict(correction.basis).get(applied.rule.id) == basis_of(case, applied, rebuild):
        return None
    if str(applied.seen.value) == correction.value:
        return Message("The texts have changed since.")
    return Message("The value was “{old}” then and is “{new}” now.", old=correction.value, new=applied.seen.value)


def _band_by_hand(
    case: Case,
    given: Sequence[Applied],
    corrections: Sequence[Correction],
    bands: Bands,
    rebuild: Callable[[Report], Case],
    states: _States,
) -> ByHand:
    """Returns the band that was set last and still holds."""
    last: Correction | None = None
    lane = any(each.rule.flag == CHILD_LANE for each in given)
    basis: dict[str, str] | None = None
    for each in corrections:
        if each.band is None:
            continue
        if not each.effective:
            states.put(each, "waits for a lead")
            continue
        if each.lowers and lane:
            states.put(each, "child lane")
            continue
        if each.lowers:
            basis = basis or {one.rule.id: basis_of(case, one, rebuild) for one in speaks_for_risk(given)}
            new = sorted(rule for rule, value in basis.items() if dict(each.basis).get(rule) != value)
            if new:
                states.put(each, "stale", Message("These factors are new or have changed: {rules}.", rules=tuple(new)))
                continue
        if last is not None:
            states.put(last, "replaced")
        last = each
        states.put(each, "applied")
    if last is None:
        return ByHand(bands)
    if not last.lowers:
        return ByHand(bands, raised=last.band, correction=last)
    return ByHand(bands, lowered=_no_lower(last, given), correction=last)


def _no_lower(correction: Correction, given: Sequence[Applied]) -> Band | None:
    """Returns the band to which the report is lowered: one person alone never lowers it below a minimum band."""
    least = min((each.rule.band for each in given if each.rule.band is not None), default=None)
    if correction.band is None or least is None or correction.needs_second:
        return correction.band
    return min(least, correction.band)


def _on_card(correction: Correction, state: CorrectionState, why: Message) -> CardCorrection:
    return CardCorrection(
        id=correction.id,
        rule=correction.rule,
        verdict=correction.verdict,
        band=correction.band,
        value=correction.value,
        by=correction.by,
        made=correction.made,
        reason=correction.reason,
        confirmed_by=correction.confirmed_by,
        state=state,
        says=_says(correction, state, why),
    )


def _says(correction: Correction, state: CorrectionState, why: Message) -> Message:
    about = describe_correction(correction)
    match state:
        case "waits for a lead":
            return Message("{what} It counts when a lead confirms it.", what=about)
        case "stale":
            return Message("{what} It no longer counts. {why}", what=about, why=why)
        case "replaced":
            return Message("{what} A later correction replaced it.", what=about)
        case "child lane":
            return Message("{what} It does not count: the report is in the child lane.", what=about)
        case _:
            return about


def describe_correction(correction: Correction) -> Message:
    """Returns what a person said, in one sentence: by whom, when and why."""
    said = {"by": correction.by, "day": str(pakistan_day(correction.made)), "reason": correction.reason.rstrip(" .")}
    match correction.verdict:
        case "means nothing":
            return taken_out_by(correction)
        case "agree":
            return Message("{by} agreed on {day}: {reason}.", **said)
        case "cannot tell":
            return Message("{by} could not tell on {day}: {reason}.", **said)
        case _:
            return set_by_hand(correction)


def taken_out_by(correction: Correction) -> Message:
    """Returns the sentence of a factor that counts nothing any more."""
    said = {"by": correction.by, "day": str(pakistan_day(correction.made)), "reason": correction.reason.rstrip(" .")}
    if correction.confirmed_by is not None:
        return Message("Taken out by {by} on {day}: {reason}. {second} confirmed it.", second=correction.confirmed_by, **said)
    return Message("Taken out by {by} on {day}: {reason}.", **said)


def set_by_hand(correction: Correction) -> Message:
    """Returns the sentence of a band that a person set."""
    said = {
        "band": correction.band or "",
        "by": correction.by,
        "day": str(pakistan_day(correction.made)),
        "reason": correction.reason.rstrip(" ."),
    }
    if not correction.lowers:
        return Message("Raised to band {band} by {by} on {day}: {reason}.", **said)
    if correction.confirmed_by is not None:
        return Message(
            "Lowered to band {band} by {by} on {day}: {reason}. {second} confirmed it.", second=correction.confirmed_by, **said
        )
    return Message("Lowered to band {band} by {by} on {day}: {reason}.", **said)


def _number(value: float) -> float:
    return round(value, 1)
