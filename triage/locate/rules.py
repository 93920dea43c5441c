"""The points of resources/rules/place.toml, checked when they are read."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

import msgspec

from triage.model.judgement import Of
from triage.resources import resource

Verdict = Literal["yes", "likely", "unclear", "no"]
DECIDING: tuple[Of, ...] = ("suspect", "victim", "complainant", "picture")
"""Those of whom the verdicts speak; all others are shown but hardly count."""
INCIDENT_POSITIONS = frozenset({"gps.stated", "gps.stated_abroad", "gps.stated_near_abroad", "gps.written", "gps.written_abroad"})
"""Rules for coordinates of the incident. They count whole, as a stated location does."""


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Weight(_Strict, frozen=True):
    """Points for (or against) Pakistan, and the reason and the doubt that are printed with them."""

    points: int
    why: str
    against: str = ""


class Thresholds(_Strict, frozen=True):
    """Sums: `yes` and `likely` from there up, `no` from there down. `province`: points that must name it."""

    yes: int
    likely: int
    no: int
    most_against: int
    province: int


class Cap(_Strict, frozen=True):
    """Limits, in points, of what counts for and against Pakistan."""

    most_for: int
    most_against: int


class AgeStep(_Strict, frozen=True):
    """An address captured up to `days` before or after the incident counts `percent` of its points."""

    days: int
    percent: int


class Age(_Strict, frozen=True):
    """The shares that captures count by their days from the incident; `older` is for those beyond the last step."""

    steps: tuple[AgeStep, ...]
    older: int

    def percent(self, days: int) -> int:
        """Returns the share that a capture counts, `days` before or after the incident."""
        return next((step.percent for step in self.steps if days <= step.days), self.older)


class PlaceRules(_Strict, frozen=True):
    """The whole of resources/rules/place.toml."""

    version: int
    verdict: Thresholds
    share: dict[str, int]
    others: Cap
    age: Age
    groups: dict[str, Cap]
    weights: dict[str, Weight]

    def __post_init__(self) -> None:
        if set(self.share) != set(get_args(Of)):
            raise ValueError(f"share must name exactly {', '.join(sorted(get_args(Of)))}")
        if not self.verdict.no < 0 < self.verdict.likely <= self.verdict.yes:
            raise ValueError("the thresholds must be: no below 0, likely above it, yes not below likely")
        language = self.groups["language"].most_for
        if language >= self.verdict.likely:
            raise ValueError("language alone may never reach likely")
        if any(cap.most_for < 0 or cap.most_against < 0 for cap in [self.others, *self.groups.values()]):
            raise ValueError("caps are not negative")
        shares = [100, *(step.percent for step in self.age.steps), self.age.older]
        days = [-1, *(step.days for step in self.age.steps)]
        if shares != sorted(shares, reverse=True) or shares[-1] < 0 or days != sorted(set(days)):
            raise ValueError("the steps of age must rise in days and fall in per cent")


@lru_cache(maxsize=1)
def read_rules() -> PlaceRules:
    """Reads the points once."""
    return msgspec.toml.decode(resource("rules", "place.toml").read_bytes(), type=PlaceRules)
