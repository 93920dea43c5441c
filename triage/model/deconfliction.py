"""Deconfliction: what two workstations learn of the identifiers that both hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

DeconflictionState = Literal["started", "answered", "finished"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIdentifier:
    """An identifier that both sides hold, with the reports of this store that state it of the reported user."""

    kind: str
    value: str
    reports: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeconflictionList:
    """The ids of all sessions, the newest first, and how many are not finished."""

    sessions: Sequence[str]
    waiting: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeconflictionResult:
    """What `deconflict finish` found. `silent` counts shared identifiers of reports under a hold "undercover"."""

    session: str
    compared: int
    """Identifiers of this store that were compared."""
    shared: tuple[SharedIdentifier, ...]
    silent: int
    unread: int | None = None
    """Reports of this store that can't be read and were left out; None: not known, since only the first step here counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeconflictionPlan:
    """How many identifiers of this store would be compared. `silent` counts those of reports under a hold "undercover".

    `unread` counts reports whose documents can't be read: what they share is not known.
    """

    compared: int
    silent: int
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeconflictionFile:
    """What a carried file is. `begun_here` is None when this store has no such session."""

    session: str
    step: Literal["start", "answer", "finish"]
    other: str
    points: int
    begun_here: bool | None
    finished: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deconfliction:
    """A session. Until it is finished nothing is known: `shared` and `silent` are None."""

    session: str
    other: str
    """The other store's name in `keys trust`, else its fingerprint."""
    begun_here: bool
    made: str
    by: str
    state: DeconflictionState
    compared: int
    shared: int | None
    silent: int | None
    finished: str | None
