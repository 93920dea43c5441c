"""The kinds of links and the strength of each, from resources/rules/ties.toml."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources.abc import Traversable

import msgspec

from triage.errors import WorldError
from triage.resources import resource

MAX_HOLDERS = 100
"""A value that so many other reports hold ties nobody: it is a provider's default, a test value, or everybody's picture."""
SHOWN_FROM = 50
"""Ties that together are weaker than this are not shown."""
MENTIONED = 0.5
"""What free text only mentions counts half."""


class LinkKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much it says that two reports share a value of this kind.

    The fields are explained in ties.toml.
    """

    strength: int
    reason: str
    source: str
    fades: bool = False
    common_above: int = MAX_HOLDERS
    stale_after: int | None = None

    def effective_strength(self, strength: int, others: int, days_apart: int | None) -> float:
        """Returns the strength left when `others` reports hold the value and the two lie `days_apart`. 0 links nobody."""
        if others >= min(self.common_above, MAX_HOLDERS):
            return 0.0
        left = float(strength)
        if self.fades:
            left /= 1.0 + math.log10(others)
        if self.stale_after and days_apart and days_apart > self.stale_after:
            left *= self.stale_after / days_apart
        return left


class LinkKindsError(WorldError):
    """The file of link kinds can't be used.

    The sentence says what is wrong with it.
    """


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: dict[str, LinkKind]


@cache
def load_shipped_kinds() -> Mapping[str, LinkKind]:
    """Returns the shipped kinds by name.

    Raises LinkKindsError.
    """
    return load_kinds(resource("rules", "ties.toml"))


def load_kinds(file: Traversable) -> Mapping[str, LinkKind]:
    """Reads kinds by name from a file.

    Raises LinkKindsError.
    """
    try:
        kinds = msgspec.toml.decode(file.read_bytes(), type=_File).kind
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LinkKindsError(f"The file of ties is not valid: {error}.", detail=str(error)) from error
    for name, kind in kinds.items():
        if not 1 <= kind.strength <= 100 or not kind.reason or not kind.source:
            raise LinkKindsError(f"The tie {name} needs a strength of 1 to 100, a reason and a source.")
    return kinds
