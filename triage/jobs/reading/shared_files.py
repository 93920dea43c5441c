"""Finds the files that reports share: the same bytes, near copies in groups, and possible matches.

What everybody holds ties nobody: viral files, files in more reports than `common_above` of ties.toml says, and hub images that
are held for review.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from triage.hashing.match_groups import MatchGraph
from triage.jobs.judging.key_kinds import SPREAD
from triage.jobs.matching.holding import CONFIRMED
from triage.links.link_kinds import load_shipped_kinds
from triage.store.database import Reader
from triage.store.queries import link_values, media, neighbours

MOST_FILES = 4_000
"""Files of the reports in view that are read."""
MOST_MATCHES = 4_000
"""Matches of those files that are read, the certain and the nearest ones first."""


@dataclass(slots=True)
class HeldFiles:
    """The media items of some reports, without those that tie nobody."""

    holders: dict[int, set[int]] = field(default_factory=dict)
    """Media item -> the reports, of those that were asked for, that hold it."""
    names: dict[int, str] = field(default_factory=dict)
    sha256: dict[int, str] = field(default_factory=dict)
    of_digest: dict[str, int] = field(default_factory=dict)
    """Digest as a link key states it -> media item."""
    stored: dict[int, int] = field(default_factory=dict)
    """Media item -> the reports of the store that hold it."""
    widespread: int = 0
    """Media items that were left out because too many reports hold them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeries:
    """Media items that are near copies of one another; one alone when only the same bytes are shared."""

    media: tuple[int, ...]

    @property
    def first(self) -> int:
        """Returns the media item that came first, which names the series."""
        return self.media[0]


def load_held_files(db: Reader, report_ids: Iterable[int]) -> HeldFiles:
    """Reads which media items these reports hold."""
    ids = sorted(report_ids)
    viral = {
        (report, value.removeprefix("sha256:"))
        for report, values in link_values.load_values_of_kind(db, ids, SPREAD).items()
        for value in values
    }
    found = HeldFiles()
    for report, medium, sha256, md5, sha1, name in neighbours.load_media_files(db, ids, MOST_FILES):
        if (report, sha256) in viral:
            continue
        found.holders.setdefault(medium, set()).add(report)
        found.names.setdefault(medium, name)
        found.sha256[medium] = sha256
        found.of_digest |= {f"sha256:{sha256}": medium, f"md5:{md5}": medium, f"sha1:{sha1}": medium}
    _leave_out_widespread(db, found)
    return found


def _leave_out_widespread(db: Reader, found: HeldFiles) -> None:
    """Removes the media items that so many reports hold that they tie nobody."""
    most = load_shipped_kinds()["file"].common_above
    found.stored = {medium: len(held) for medium, held in media.load_linkable_reports(db, list(found.holders)).items()}
    widespread = {medium for medium, count in found.stored.items() if count - 1 >= most}
    widespread |= neighbours.list_held_hubs(db, found.holders, CONFIRMED)
    for medium in widespread:
        del found.holders[medium]
    found.widespread = len(widespread)


def find_series(db: Reader, found: HeldFiles) -> tuple[tuple[FileSeries, ...], list[tuple[int, int]]]:
    """Returns the groups of near copies among these media items, and the possible matches between groups.

    Every media item is in one series. A possible match names the first media item of either series.
    """
    graph, possible = MatchGraph(), list[tuple[int, int]]()
    for a, b, distance, only_possible in neighbours.list_near_media(db, found.holders, MOST_MATCHES):
        if a not in found.holders or b not in found.holders:
            continue
        if only_possible:
            possible.append((a, b))
        else:
            graph.add_match(_name(a), _name(b), distance)
    for a, b in neighbours.list_rejected_pairs(db, found.holders):
        graph.separate(_name(a), _name(b))
    groups = [sorted(int(member.key) for member in group.members) for group in graph.build_groups()]
    grouped = {medium for group in groups for medium in group}
    groups += [[medium] for medium in found.holders if medium not in grouped]
    series = tuple(FileSeries(media=tuple(group)) for group in sorted(groups))
    first = {medium: each.first for each in series for medium in each.media}
    between = {tuple(sorted((first[a], first[b]))) for a, b in possible}
    return series, sorted((a, b) for a, b in between if a != b)


def find_near_reports(db: Reader, found: HeldFiles, report_ids: Iterable[int]) -> dict[int, int]:
    """Returns reports beside these that hold a near copy of their files -> the nearest distance in bits."""
    own = set(report_ids)
    pairs = neighbours.list_near_media(db, found.holders, MOST_MATCHES)
    distances: defaultdict[int, list[int]] = defaultdict(list)
    for a, b, distance, _ in pairs:
        for medium in (a, b):
            if medium not in found.holders:
                distances[medium].append(distance)
    most = load_shipped_kinds()["file"].common_above
    held = media.load_linkable_reports(db, sorted(distances))
    apart = neighbours.list_held_hubs(db, distances, CONFIRMED)
    return _keep_nearest(held, distances, own, {medium for medium in held if len(held[medium]) - 1 >= most} | apart)


def _keep_nearest(
    held: Mapping[int, Sequence[int]], distances: Mapping[int, list[int]], own: set[int], apart: set[int]
) -> dict[int, int]:
    """Returns report -> the least distance of its near copies."""
    nearest: dict[int, int] = {}
    for medium, reports in held.items():
        for report in () if medium in apart else reports:
            if report not in own:
                nearest[report] = min(min(distances[medium]), nearest.get(report, 256))
    return nearest


def _name(medium: int) -> str:
    """Returns the key of a media item in a match graph, of one length, so that the order is that of the ids."""
    return f"{medium:012d}"
