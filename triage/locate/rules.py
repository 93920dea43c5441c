"""The points of resources/rules/place.toml, checked when they are read."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, get_args

import msgspec

from triage.model.judgement import Of
from triage.resources import resource

Verdict = Literal["yes", "likely", "unclear", "no"]
DECIDING: tuple[Of, ...] = ("suspect", "victim", "picture")
"""Those of whom the verdicts speak; all others are shown but hardly count."""


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
    most_for: int
    most_against: int


class PlaceRules(_Strict, frozen=True):
    version: int
    verdict: Thresholds
    share: dict[str, int]
    others: Cap
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


@lru_cache(maxsize=1)
def rules() -> PlaceRules:
    return msgspec.toml.decode(resource("rules", "place.toml").read_bytes(), type=PlaceRules)
