"""Two that are like one another or may be, as the screens show them: a file of a report, and another file or a list's hash."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.match_way import MatchWay
from triage.model.matches import FileMatch, MatchingFile, PossiblePair
from triage.model.views import ShowFile
from triage.ui.core.runner import Changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """`report` and `other_report` say where each can be looked at: None where no report holds it. `other` is a SHA-256, or a hash
    of `list` of `list_date`, which holds no picture."""

    sha256: str
    report: str | None
    other: str
    other_report: str | None
    list: str | None = None
    list_date: str | None = None
    says: str = ""
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
        return self.sha256, self.other

    def changes(self) -> Changed:
        return Changed(reports=self.reports, likeness=True)


def pairs_of(file: ShowFile, report_id: str) -> tuple[Pair, ...]:
    """Of a file of a report with whatever is like it: what waits for a person first, then the nearest."""
    if file.sha256 is None or not file.present:
        return ()
    own = frozenset({report_id, *file.seen_in})
    found = [_with_file(file.sha256, report_id, other, own) for other in file.alike]
    found += [_with_list(file.sha256, report_id, hit, own) for hit in file.verdict.matches if hit.list_hash and not hit.held]
    return tuple(sorted(found, key=lambda pair: (not pair.possible, pair.way.distance)))


def touched(file: ShowFile, report_id: str) -> Changed:
    """What a grade of a file changes: the reports with the same bytes and with like pictures."""
    return Changed(reports=frozenset({report_id, *file.seen_in, *(number for other in file.alike for number in other.reports)}))


def _with_file(sha256: str, report_id: str, other: MatchingFile, own: frozenset[str]) -> Pair:
    elsewhere = next((number for number in other.reports if number != report_id), None)
    return Pair(
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


def _with_list(sha256: str, report_id: str, hit: FileMatch, own: frozenset[str]) -> Pair:
    return Pair(
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


def waiting(pair: PossiblePair) -> Pair:
    """One of the work list."""
    return Pair(
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
