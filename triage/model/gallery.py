"""What the gallery shows: a scope of files, the facets that filter it, how it is grouped, and the cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Literal

from triage.model.views import QueueFilter

ScopeKind = Literal["store", "report", "case", "like", "list", "queue", "waiting"]


@dataclass(frozen=True, slots=True)
class GalleryScope:
    """Whose files a gallery shows.

    `name` is a report number, a case number, the SHA-256 of a file whose near copies are shown, or a list's name. "waiting" are
    the files with an open grade. A large store, queue or case is shown in parts.
    """

    kind: ScopeKind = "store"
    name: str = ""
    filter: QueueFilter | None = None
    """Of the scope "queue"."""
    before: tuple[int, ...] = ()
    """Where the parts began that come before the part at hand, and where it begins itself; empty for the first part."""

    @property
    def start(self) -> int:
        """Returns the place of the part's first report among those of the scope, in the order of the queue."""
        return self.before[-1] if self.before else 0


@dataclass(frozen=True, slots=True)
class GalleryPart:
    """Which reports of a large scope are read: those at the places [start, stop) of `total`, in the order of the queue."""

    start: int
    stop: int
    total: int


class FileState(IntFlag):
    """What is known of a content (SHA-256), and so of every exact copy. Several hold at once."""

    SEEN_BY_ME = 1
    SEEN_BY_OTHERS = 2
    """Seen by somebody, and not by the user of the session."""
    GRADED = 4
    """A grade stands."""
    WAITS = 8
    """Graded for court; waits for a second grader."""
    DISAGREE = 16
    """Two graders differ; a lead decides."""
    INHERITED = 32
    """The grade was taken over from a near copy; nobody viewed this file for it."""
    MINE = 64
    """The user of the session graded it."""
    EXACT = 128
    NEAR = 256
    POSSIBLE = 512
    HELD = 1024
    """Matches only by a hash that is held for review."""
    WARNED = 2048
    GRADE_UNREADABLE = 4096
    """A stored grade can't be read. With WAITS: somebody grades the file again."""

    @property
    def done(self) -> bool:
        """Returns whether the user of the session has nothing left to grade here."""
        return bool(self & (FileState.GRADED | FileState.MINE))


SEEN = FileState.SEEN_BY_ME | FileState.SEEN_BY_OTHERS
ANY_GRADE = FileState.GRADED | FileState.WAITS | FileState.DISAGREE
DONE = FileState.GRADED | FileState.MINE
KNOWN = FileState.EXACT | FileState.NEAR
UNCERTAIN = FileState.POSSIBLE | FileState.HELD


class FileFacet(StrEnum):
    """The fields by which a gallery is filtered. Values of one facet add up, and facets narrow one another."""

    STATE = "state"
    GRADE = "grade"
    KIND = "kind"
    LIST = "list"
    WARNING = "warning"
    OFFICE = "office"
    VIEWER = "viewer"


STATES = ("unseen", "seen", "graded", "second grade", "known", "possible match", "held hash", "not known", "not checked")
"""Known, possible and held are said of hash lists. A file can have a possible match and a held hash: it counts in both.
Without a list of known material a file was not checked; it is not "not known"."""
KINDS = ("image", "video", "other")
VIEWERS = ("me", "others", "nobody")
"""No names: how much another person viewed is shown to nobody."""
NO_WARNING = "none stated"
NO_OFFICE = "no office"


class Grouping(StrEnum):
    """How a gallery is divided under headings."""

    REPORT = "report"
    USER = "reported user"
    SERIES = "series"
    LIST = "list"
    DAY = "day"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class GalleryFilter:
    """The chosen values of each facet; a facet without a value filters nothing.

    With `fold_done` what is known, or graded, is folded away.
    """

    chosen: tuple[tuple[FileFacet, frozenset[str]], ...] = ()
    fold_done: bool = False

    def values(self, facet: FileFacet) -> frozenset[str]:
        """Returns the chosen values of a facet."""
        return dict(self.chosen).get(facet, frozenset())

    def toggle(self, facet: FileFacet, value: str) -> GalleryFilter:
        """Returns the filter with a value chosen, or without it if it was chosen."""
        kept = {name: values for name, values in self.chosen if name != facet}
        if values := self.values(facet) ^ {value}:
            kept[facet] = values
        return GalleryFilter(tuple(sorted(kept.items())), self.fold_done)

    def without(self, facet: FileFacet) -> GalleryFilter:
        """Returns the filter without a facet."""
        return GalleryFilter(tuple(each for each in self.chosen if each[0] != facet), self.fold_done)


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryCell:
    """One media item as its cell shows it. `report_id` is the report in whose context it is viewed and graded."""

    media_id: int
    sha256: str
    report_id: str
    name: str
    kind: str
    size: int
    duration_ms: int | None
    problem: str | None
    preview: bytes | None
    """32 x 32 grey bytes, blurred in the sandbox; of a video nine frames."""
    state: FileState
    """Without views: who viewed what stands in the arrays only, and in one's own account."""
    known: str
    """As `FileVerdict.known`: "exact", "near", "possible", "held for review", "not known" or "not checked"."""
    conflict: bool
    """Lists disagree on it."""
    grade: str | None
    graded_by: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryHeading:
    """The words above a group. `name` is a report number, an account, a list's name or a day; "" when there is none."""

    name: str
    band: str | None = None
    detail: str = ""
