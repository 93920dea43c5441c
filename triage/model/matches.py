"""Why files match, and what waits for a person to say whether they do. JSON keys, as in views: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.message import NOTHING, Message
from triage.model.match_way import MatchWay, describe_match_way


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondHash:
    hash: str
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedMatch:
    """How two files match, as data in `way`. The other fields are derived from it, for programs that read the JSON."""

    way: MatchWay
    hash: str = field(init=False)
    variant: str = field(init=False)
    """In English words."""
    distance: int = field(init=False)
    second: SecondHash | None = field(init=False)

    def __post_init__(self) -> None:
        way = self.way
        second = None if way.dhash_distance is None else SecondHash(hash="gradient", distance=way.dhash_distance)
        for name, value in (
            ("hash", way.hash_kind),
            ("variant", describe_match_way(way)),
            ("distance", way.distance),
            ("second", second),
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatch(DescribedMatch):
    """Why a list is held to know a file. `quality` is PDQ's, of the file's image; lists state none. `list_hash` is in hex, where
    the entry is an image's.

    A match that is `possible` or `held` for review changes nothing until a person has `joined` the two, or confirmed the hash.
    """

    tier: Literal["exact", "match", "possible"]
    quality: int | None
    list: str
    list_kind: str
    list_date: str
    list_hash: str = ""
    says: Message = NOTHING
    held: bool = False
    joined: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlikeFile(DescribedMatch):
    """A picture of the store that is like a file, or possibly like it, and why. `grade` says what people said of it."""

    sha256: str
    tier: Literal["match", "possible"]
    quality: int | None
    other_quality: int | None
    joined_by: str | None = None
    grade: Message | None = None
    graded: str | None = None
    """The grade itself, where it stands; `grade` says by whom."""
    seen: bool = False
    """Whether somebody who graded it saw it; else the grade was inherited, or there is none."""
    reports: tuple[str, ...] = ()
    """That hold it: where it can be looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmShare:
    """What a file has in common with another, one of the two being a film.

    `relation` of this file to the other: "same", "part" of it, it "holds" the other, or it "shares" frames with it; "frame of":
    this picture is like a frame of the other; "shows": a frame of this film is like the other, a picture. `found` of its own
    `frames` are in the other, `other_found` of the other's `other_frames` in it; None where a picture has no frames.
    `distinct` of the found ones are not alike to one another, counted up to what is asked for. `quality` is their lowest PDQ
    quality, `at_ms` where in the film a picture is.
    """

    relation: str
    found: int
    frames: int | None
    other_found: int | None
    other_frames: int | None
    distinct: int
    quality: int
    at_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactMatch:
    sha256: str
    names: tuple[str, ...]
    reports: tuple[str, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMatch(DescribedMatch):
    sha256: str
    names: tuple[str, ...]
    tier: Literal["match", "possible"]
    reports: tuple[str, ...]
    lists: tuple[str, ...]
    quality: int | None = None
    """PDQ's, of the file that is asked for; `other_quality` of the one that was found, None when a list did not say."""
    other_quality: int | None = None
    list_date: str | None = None
    list_hash: str | None = None
    stands_for: int = 1
    """How many pictures of the store are like the found one: those of a crowd are told by the one that stands for them."""
    held: bool = False
    """Too many match by this hash: it counts for nothing until a lead has confirmed it."""
    film: FilmShare | None = None
    """Where one of the two is a film; `distance` is then the median over the found frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """`checked` says what the file was compared with, `not_checked` what it was not compared with, and why. A file that could
    not even be read has no SHA-256."""

    file: str
    sha256: str | None
    pdq: str | None = None
    quality: int | None = None
    exact: tuple[ExactMatch, ...] = ()
    near: tuple[NearMatch, ...] = ()
    checked: tuple[Message, ...] = ()
    not_checked: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundOnList:
    """A file of the store that a list holds. `report_id` is None for media without a report; then `file` is its path.

    `path` is where the list says it lies (on a seized device), None when the list names no place. `declared`: only the source
    states the hash, the bytes did not come. `way` is how an image matches, None for the same bytes; `variant` and `distance` are
    derived from it.
    """

    path: str | None
    hash_kind: str
    value: str
    report_id: str | None
    file: str
    tier: Literal["exact", "near", "possible"]
    way: MatchWay | None = None
    distance: int | None = field(init=False)
    variant: str = field(init=False)
    quality: int | None = None
    held: bool = False
    declared: bool = False
    category: str | None = None
    counts_as: str = ""
    says: Message = NOTHING
    list: str = ""
    list_date: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "distance", None if self.way is None else self.way.distance)
        object.__setattr__(self, "variant", "" if self.way is None else describe_match_way(self.way))


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepState:
    """Of a whole store: `left` pictures and films whose turns, crops and possible copies were not looked for yet; `unchecked`,
    why pictures could not be asked for as uneven crops -> how many."""

    left: int
    unchecked: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldHash:
    """A hash that matches hundreds: `of` "list" (`hash` is its PDQ hash) or "picture" (the SHA-256 of the one that stands for
    a crowd). `files` and `reports` are how many it matches now; `outcome` "waits for a lead", "confirmed" or "rejected"."""

    id: int
    of: Literal["list", "picture"]
    hash: str
    lists: tuple[str, ...]
    files: int
    reports: int
    since: str
    outcome: str
    decided: str | None
    decided_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PossiblePair(DescribedMatch):
    """Two that may be the same picture, for a person to say. `other` is a SHA-256, or a hash of `list` of `list_date`."""

    sha256: str
    reports: tuple[str, ...]
    other: str
    other_reports: tuple[str, ...]
    list: str | None
    list_date: str | None
    quality: int | None
    other_quality: int | None
    says: Message = NOTHING
