"""Policy for the people who look: the reveal ladder, what was looked at, and when a break is due. No Qt, no store, no clock.

What the evidence carries, and what it doesn't: blur and grey were not shown to prevent harm (Lewitzka et al. 2026), so the
policy counts on not looking, on knowing beforehand (violent content is what tracks harm: Mitchell et al. 2024) and on breaks.
All figures are agreed practice rather than science: they are advice, and a person's totals are nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from triage.model.media import RevealStep
from triage.model.views import ShowFile


class Rung(IntEnum):
    """The ladder to a medium. The first two are words; the others show it, only while a hand holds it open."""

    FACTS = 1
    VERDICT = 2
    BLURRED = 3
    GREY = 4
    COLOUR = 5


STEPS: dict[Rung, RevealStep] = {
    Rung.BLURRED: RevealStep.BLURRED,
    Rung.GREY: RevealStep.GREY,
    Rung.COLOUR: RevealStep.COLOUR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewingPolicy:
    """Every figure of it, with the defaults of the field.

    A hold that nobody ends (a stuck key, a fallen head) ends after `longest_hold`; `latch` stands in for holding. A spell is
    looking without a pause of `pause`; a break is advised after a spell of `spell`, or sooner, after `exposure` of
    material held open within it.
    """

    latch: timedelta = timedelta(seconds=5)
    longest_hold: timedelta = timedelta(seconds=30)
    spell: timedelta = timedelta(minutes=45)
    pause: timedelta = timedelta(minutes=10)
    exposure: timedelta = timedelta(minutes=10)


GRAVE_ANNOTATIONS = ("infant", "violenceGore", "physicalHarm", "bestiality", "sadisticOnlineExploitation", "liveStreaming")
"""What the provider may say of a file or report that a person wants to know before the picture, not from it."""


def find_warnings(file: ShowFile, report_annotations: Sequence[str] = ()) -> tuple[str, ...]:
    """The grave annotations of the file, then of the report, in the provider's spelling. Empty: nobody stated any."""
    stated = {name.lower(): name for name in (*report_annotations, *file.annotations)}
    return tuple(stated[name.lower()] for name in GRAVE_ANNOTATIONS if name.lower() in stated)


def first_rung(warned: bool) -> Rung:
    """Where a file starts: its facts and verdict stand beside it; a warning must be read first, by a step of its own."""
    return Rung.FACTS if warned else Rung.VERDICT


def allowed_rungs(reached: Rung) -> frozenset[Rung]:
    """The rungs that may be stepped on: all that were reached, and the next."""
    return frozenset(rung for rung in Rung if rung <= reached + 1)


def was_graded_before(file: ShowFile) -> bool:
    """The same bytes were graded by somebody: there is no reason to look again."""
    return file.verdict.known == "exact" and file.verdict.grade is not None and not file.verdict.inherited_distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One reveal, from beginning to end. `medium` tells media apart, no more."""

    step: RevealStep
    medium: int
    began: datetime
    lasted: timedelta

    @property
    def ended(self) -> datetime:
        return self.began + self.lasted


@dataclass(frozen=True, slots=True)
class ViewingTotal:
    """How often, how long altogether, and how many different media."""

    times: int
    seconds: float
    media: int


def total_by_step(exposures: Iterable[Exposure]) -> dict[RevealStep, ViewingTotal]:
    """By step, for the person alone; a step that was never taken stands there with zero."""
    exposures = tuple(exposures)
    return {step: _sum_exposures([e for e in exposures if e.step == step]) for step in RevealStep if step != RevealStep.PREVIEW}


def _sum_exposures(of_step: Sequence[Exposure]) -> ViewingTotal:
    seconds = sum((e.lasted for e in of_step), timedelta()).total_seconds()
    return ViewingTotal(len(of_step), seconds, len({e.medium for e in of_step}))


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakAdvice:
    """How long this spell has gone on, how much of it was spent looking, and how long a pause ends it."""

    spell: timedelta
    looking: timedelta
    pause: timedelta


def advise_break(exposures: Sequence[Exposure], now: datetime, policy: ViewingPolicy) -> BreakAdvice | None:
    """Advice when a break is due, else None. It never forbids, and it is over after a pause of `policy.pause`."""
    spell = _latest_spell(exposures, now, policy.pause)
    if not spell:
        return None
    length = now - spell[0].began
    looking = sum((e.lasted for e in spell if e.step >= RevealStep.GREY), timedelta())
    if length < policy.spell and looking < policy.exposure:
        return None
    return BreakAdvice(spell=length, looking=looking, pause=policy.pause)


def _latest_spell(exposures: Sequence[Exposure], now: datetime, pause: timedelta) -> list[Exposure]:
    """The latest reveals between which no pause lay, oldest first; empty when the pause is being had."""
    spell: list[Exposure] = []
    after = now
    for exposure in sorted(exposures, key=lambda e: e.began, reverse=True):
        if after - exposure.ended >= pause:
            break
        spell.append(exposure)
        after = exposure.began
    return spell[::-1]
