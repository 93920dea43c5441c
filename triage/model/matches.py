"""Why files match, and which matches wait for a person's decision.

Field names are JSON keys: extend, never rename.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from triage.message import NOTHING, Message
from triage.model.match_way import MatchWay, describe_match_way


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceHashMatch:
    """The difference hash (dHash) that was compared, and how many of its bits differ."""

    hash: str
    distance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedMatch:
    """How two files match, as data in `way`.

    The other fields are derived from it, for programs that read the JSON.
    """

    way: MatchWay
    hash: str = field(init=False)
    variant: str = field(init=False)
    """In English words."""
    distance: int = field(init=False)
    second: DifferenceHashMatch | None = field(init=False)

    def __post_init__(self) -> None:
        way = self.way
        second = None if way.dhash_distance is None else DifferenceHashMatch(hash="gradient", distance=way.dhash_distance)
        for name, value in (
            ("hash", way.hash_kind),
            ("variant", describe_match_way(way)),
            ("distance", way.distance),
            ("second", second),
        ):
            object.__setattr__(self, name, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatch(DescribedMatch):
    """A match of a file with an entry of a hash list.

    `quality` is PDQ's, of the file's image; lists state none. `list_hash` is in hex, where the entry is an image's. A match that
    is `possible` or `held` for review changes nothing until a person has `joined` the two, or confirmed the hash.
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
class MatchingFile(DescribedMatch):
    """A stored image that matches a file, or possibly matches it, and why.

    `grade` says what people graded it as.
    """

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
class SharedFrames:
    """The frames that a file shares with another, where at least one of the two is a video.

    `relation` is that of this file to the other. Two videos are the "same", this one is "part" of the other, it "holds" the
    other, or it "shares" frames with it. "frame of" means that this image matches a frame of the other. "shows" means that a
    frame of this video matches the other, an image.

    `found` of its own `frames` are in the other, `other_found` of the other's `other_frames` are in it. Both are None where an
    image has no frames. `distinct` counts the found frames that do not match one another, up to a limit. `quality` is their
    lowest PDQ quality. `at_ms` is where in the video an image is.
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
    """A stored file with the same bytes: its names, and the reports and lists that hold it."""

    sha256: str
    names: tuple[str, ...]
    reports: tuple[str, ...]
    lists: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMatch(DescribedMatch):
    """A stored image or video, or a list entry, that matches or possibly matches the queried file."""

    sha256: str
    names: tuple[str, ...]
    tier: Literal["match", "possible"]
    reports: tuple[str, ...]
    lists: tuple[Message, ...]
    quality: int | None = None
    """PDQ's, of the queried file; `other_quality` is that of the found one, None when a list states none."""
    other_quality: int | None = None
    list_date: str | None = None
    list_hash: str | None = None
    stands_for: int = 1
    """How many stored images match the found one, with itself; more than 1 for a hub image."""
    held: bool = False
    """Too many match by this hash: it counts for nothing until a lead has confirmed it."""
    film: SharedFrames | None = None
    """Set where one of the two is a video; `distance` is then the median over the found frames."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """The result of comparing one file.

    `checked` says what it was compared with, `not_checked` what it was not, and why.

    A file that could not be read has no SHA-256.
    """

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
    """A file of the store that a list holds.

    `report_id` is None for media without a report; then `file` is its path.

    `path` is where the list says the file lies (on a seized device), or None. `declared` means that only the source states the
    hash and the bytes did not come. `way` is how an image matches, None for the same bytes. `variant` and `distance` are derived
    from it.
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
    """How much of the background comparison is left.

    `left` counts images and videos whose orientations, crops and possible copies were not compared yet. `unchecked` maps the
    reason why images could not be compared as uneven crops to their number.
    """

    left: int
    unchecked: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldHash:
    """A hash that matches so many files that a lead must review it.

    `of` is "list" (`hash` is its PDQ hash) or "picture" (`hash` is the SHA-256 of a hub image). `files` and `reports` count what
    it matches now. `outcome` is "waits for a lead", "confirmed" or "rejected".
    """

    id: int
    of: Literal["list", "picture"]
    hash: str
    lists: tuple[Message, ...]
    """The hash lists that hold it, each with the day on which it was added."""
    files: int
    reports: int
    since: str
    outcome: str
    decided: str | None
    decided_by: str | None


PAIRS_LISTED = 100
"""Possible pairs of files that the desktop lists, and as many of files and lists; the next come when these are decided."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PossiblePair(DescribedMatch):
    """Two files that may show the same image, for a person to decide.

    `other` is a SHA-256, or a hash of `list` of `list_date`.
    """

    sha256: str
    reports: tuple[str, ...]
    other: str
    other_reports: tuple[str, ...]
    list: str | None
    list_date: str | None
    quality: int | None
    other_quality: int | None
    says: Message = NOTHING
