"""Policy that protects the people who view media: steps of viewing, warnings, breaks.

It knows no Qt, no store and no clock. Evidence: blur and grey were not shown to prevent harm (Lewitzka et al. 2026). Violent
content is what relates to harm (Mitchell et al. 2024). So the policy relies on not viewing, on knowing before viewing, and on
breaks. All figures are agreed practice rather than science. They are advice, and a person's totals are shown to nobody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from triage.model.media import RevealStep
from triage.model.views import ShowFile


class Rung(IntEnum):
    """The steps of viewing a media item.

    The first two are words. The others show it while a key or button is held.
    """

    FACTS = 1
    VERDICT = 2
    BLURRED = 3
    EDGES = 4
    GREY = 5
    COLOUR = 6


STEPS: dict[Rung, RevealStep] = {
    Rung.BLURRED: RevealStep.BLURRED,
    Rung.EDGES: RevealStep.EDGES,
    Rung.GREY: RevealStep.GREY,
    Rung.COLOUR: RevealStep.COLOUR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewingPolicy:
    """The figures of the policy, with the field's defaults.

    A hold that nobody ends (a stuck key) ends after `longest_hold`. `latch` replaces holding. A spell is viewing without a pause
    of `pause`. A break is advised after a spell of `spell`. It is advised sooner after `exposure` of media held open within the
    spell, or after `grave` different media items with a warning.
    """

    latch: timedelta = timedelta(seconds=5)
    longest_hold: timedelta = timedelta(seconds=30)
    spell: timedelta = timedelta(minutes=45)
    pause: timedelta = timedelta(minutes=10)
    exposure: timedelta = timedelta(minutes=10)
    grave: int = 3


GRAVE_ANNOTATIONS = ("infant", "violenceGore", "physicalHarm", "bestiality", "sadisticOnlineExploitation", "liveStreaming")
"""What the provider may say of a file or report that a person wants to know before the picture, not from it."""


def find_warnings(file: ShowFile, report_annotations: Sequence[str] = ()) -> tuple[str, ...]:
    """Returns the grave annotations of the file, then of the report, in the provider's spelling.

    Empty means that none was stated.
    """
    return select_warnings((*report_annotations, *file.annotations))


def select_warnings(annotations: Iterable[str]) -> tuple[str, ...]:
    """Returns the grave ones of these annotations, in the provider's spelling."""
    stated = {name.lower(): name for name in annotations}
    return tuple(stated[name.lower()] for name in GRAVE_ANNOTATIONS if name.lower() in stated)


def find_grave(annotations: Iterable[str]) -> tuple[str, ...]:
    """Returns the grave ones among annotations, in our own spelling and order."""
    stated = {name.lower() for name in annotations}
    return tuple(name for name in GRAVE_ANNOTATIONS if name.lower() in stated)


WARNING_KINDS: dict[str, tuple[str, ...]] = {
    "infant": ("infant",),
    "violence": ("violenceGore", "physicalHarm", "bestiality"),
    "sadistic": ("sadisticOnlineExploitation",),
    "live": ("liveStreaming",),
}
"""Kinds of warning that a person can keep away from: the flag of the queue -> the annotations of files and reports."""


def is_kept_away(warnings: Iterable[str], kinds: Iterable[str]) -> bool:
    """Returns whether one of the warnings is of a kind that the person keeps away from."""
    kept = {name.lower() for kind in kinds for name in WARNING_KINDS.get(kind, ())}
    return any(warning.lower() in kept for warning in warnings)


def first_rung(warned: bool) -> Rung:
    """Returns where a file starts: at its verdict, or at its facts when a warning must be read first."""
    return Rung.FACTS if warned else Rung.VERDICT


def allowed_rungs(reached: Rung) -> frozenset[Rung]:
    """Returns the steps that may be taken: all that were reached, and the next."""
    return frozenset(rung for rung in Rung if rung <= reached + 1)


def was_graded_before(file: ShowFile) -> bool:
    """Returns whether somebody graded the same bytes, so that there is no reason to view them again."""
    return file.verdict.known == "exact" and file.verdict.grade is not None and not file.verdict.inherited_distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """One viewing, from beginning to end.

    `medium` only distinguishes media items.
    """

    step: RevealStep
    medium: int
    began: datetime
    lasted: timedelta
    warnings: tuple[str, ...] = ()
    """The grave annotations of what was viewed, see `find_warnings`."""

    @property
    def ended(self) -> datetime:
        """Returns when the viewing ended."""
        return self.began + self.lasted


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakAdvice:
    """Advice to take a break: how long this spell has lasted, how much of it was viewing, and how long a pause ends it.

    `grave` counts the different media items with a warning.
    """

    spell: timedelta
    looking: timedelta
    pause: timedelta
    grave: int = 0
    after_grave: bool = False
    """The grave items alone are the reason."""


def advise_break(exposures: Sequence[Exposure], now: datetime, policy: ViewingPolicy) -> BreakAdvice | None:
    """Returns advice when a break is due, else None.

    It never forbids, and ends after a pause of `policy.pause`.

    Viewing in grey or colour counts as exposure.
    """
    spell = _latest_spell(exposures, now, policy.pause)
    if not spell:
        return None
    length = now - spell[0].began
    sharp = [e for e in spell if e.step >= RevealStep.GREY]
    looking = sum((e.lasted for e in sharp), timedelta())
    grave = len({e.medium for e in sharp if e.warnings})
    by_time = length >= policy.spell or looking >= policy.exposure
    if not by_time and grave < policy.grave:
        return None
    return BreakAdvice(spell=length, looking=looking, pause=policy.pause, grave=grave, after_grave=not by_time)


def _latest_spell(exposures: Sequence[Exposure], now: datetime, pause: timedelta) -> list[Exposure]:
    """Returns the latest viewings without a pause between them, oldest first.

    Empty during a pause.
    """
    spell: list[Exposure] = []
    after = now
    # What began after now was written before the clock was set back; its place is not known, and it would hide what is newer.
    for exposure in sorted((e for e in exposures if e.began <= now), key=lambda e: e.began, reverse=True):
        if after - exposure.ended >= pause:
            break
        spell.append(exposure)
        after = exposure.began
    return spell[::-1]
