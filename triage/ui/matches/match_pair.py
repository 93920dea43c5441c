"""Describes two files that match or may match, or a file and the entry of a hash list."""

from __future__ import annotations

from dataclasses import dataclass

from triage.message import NOTHING, Message
from triage.model.match_way import MatchWay
from triage.model.matches import FileMatch, MatchingFile, PossiblePair
from triage.model.views import ShowFile
from triage.ui.core.runner import Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchPair:
    """Describes a pair as the screens show it.

    `other` is a SHA-256, or a hash of `list` of `list_date`, which holds no image. `report` and `other_report` name a report that
    holds the file, or are None.
    """

    sha256: str
    report: str | None
    other: str
    other_report: str | None
    list: str | None = None
    list_date: str | None = None
    says: Message = NOTHING
    possible: bool
    way: MatchWay
    """Seen from `sha256`."""
    quality: int | None
    other_quality: int | None
    joined_by: str | None = None
    reports: frozenset[str]
    """All that hold one of the two: what is said of them changes these."""

    @property
    def key(self) -> tuple[str, str]:
        """Identifies the pair by its two hashes."""
        return self.sha256, self.other

    def changes(self) -> Changed:
        """Returns what an answer about this pair changes."""
        return Changed(reports=self.reports, match_decisions=True)


def find_pairs(file: ShowFile, report_id: str) -> tuple[MatchPair, ...]:
    """Returns the pairs of a file of a report: those that await an answer first, then by distance."""
    if file.sha256 is None or not file.present:
        return ()
    own = frozenset({report_id, *file.seen_in})
    found = [_with_file(file.sha256, report_id, other, own) for other in file.alike]
    found += [_with_list(file.sha256, report_id, hit, own) for hit in file.verdict.matches if hit.list_hash and not hit.held]
    return tuple(sorted(found, key=lambda pair: (not pair.possible, pair.way.distance)))


def changes_of_grade(file: ShowFile, report_id: str) -> Changed:
    """Returns what a grade of a file changes: all reports with identical or similar files."""
    return Changed(reports=frozenset({report_id, *file.seen_in, *(number for other in file.alike for number in other.reports)}))


def _with_file(sha256: str, report_id: str, other: MatchingFile, own: frozenset[str]) -> MatchPair:
    """Builds the pair of a file and a similar file."""
    elsewhere = next((number for number in other.reports if number != report_id), None)
    return MatchPair(
        sha256=sha256,
        report=report_id,
        other=other.sha256,
        other_report=elsewhere or (other.reports[0] if other.reports else None),
        possible=other.tier == "possible",
        way=other.way,
        quality=other.quality,
        other_quality=other.other_quality,
        joined_by=other.joined_by,
        reports=own.union(other.reports),
    )


def _with_list(sha256: str, report_id: str, hit: FileMatch, own: frozenset[str]) -> MatchPair:
    """Builds the pair of a file and the entry of a hash list."""
    return MatchPair(
        sha256=sha256,
        report=report_id,
        other=hit.list_hash,
        other_report=None,
        list=hit.list,
        list_date=hit.list_date,
        says=hit.says,
        possible=hit.tier == "possible",
        way=hit.way,
        quality=hit.quality,
        other_quality=None,
        reports=own,
    )


def pair_from_work_list(pair: PossiblePair) -> MatchPair:
    """Builds a pair from an entry of the work list of possible matches."""
    return MatchPair(
        sha256=pair.sha256,
        report=pair.reports[0] if pair.reports else None,
        other=pair.other,
        other_report=pair.other_reports[0] if pair.other_reports else None,
        list=pair.list,
        list_date=pair.list_date,
        says=pair.says,
        possible=True,
        way=pair.way,
        quality=pair.quality,
        other_quality=pair.other_quality,
        reports=frozenset({*pair.reports, *pair.other_reports}),
    )
