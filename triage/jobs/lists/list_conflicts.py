"""Finds content that one hash list counts as known material and another as harmless.

No list silences another: a wrong or planted entry must not hide a match. Both stand, the report says so, and a person decides.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Literal, NamedTuple

from triage.jobs.lists.hits import find_hits, load_hits
from triage.jobs.session import Session
from triage.message import Message
from triage.model.list_summary import ListConflicts, MatchConflict
from triage.model.progress import CancelToken, OnProgress, Progress, check_cancelled, ignore_progress
from triage.model.users import Right
from triage.store.queries import lists

HARMLESS = frozenset({"known-good", "negative"})
_AT_ONCE = 5_000  # matches that are in memory in words


class _Hit(NamedTuple):
    """What is kept of a match: a store may have hundreds of thousands."""

    known: bool
    list: str
    tier: Literal["exact", "near", "possible"]


def find_list_conflicts(
    session: Session, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> ListConflicts:
    """Returns where hash lists disagree: files of the store, and hashes that two lists hold.

    Raises:
        Cancelled: if the token was set
    """
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        rows = lists.load_lists(db)
    by_file: defaultdict[tuple[str | None, str], list[_Hit]] = defaultdict(list)
    for done, row in enumerate(rows):
        check_cancelled(cancel)
        on_progress(Progress(done=done, total=len(rows), unit="lists", note=Message("comparing lists")))
        if row.kind == "case":
            continue
        hits = find_hits(session, row.name)
        for at in range(0, len(hits.ids), _AT_ONCE):
            for hit in load_hits(session, hits, hits.ids[at : at + _AT_ONCE]).values():
                if hit.counts_as == "known" or hit.counts_as in HARMLESS:
                    by_file[hit.report_id, hit.file].append(_Hit(hit.counts_as == "known", hit.list, hit.tier))
    check_cancelled(cancel)
    names = {row.id: row.name for row in rows}
    with session.reading() as db:
        shared = {
            (names[one], names[other]): n for one, other, n in lists.count_shared_hashes(db) if {one, other} <= names.keys()
        }
    return ListConflicts(files=tuple(_describe(by_file)), shared=shared)


def _describe(by_file: dict[tuple[str | None, str], list[_Hit]]) -> list[MatchConflict]:
    """Returns the files with hits of both sorts, each pair of lists once."""
    found: dict[tuple[str | None, str, str, str], MatchConflict] = {}
    for (report_id, file), hits in by_file.items():
        for known in (hit for hit in hits if hit.known):
            for harmless in (hit for hit in hits if not hit.known):
                found.setdefault(
                    (report_id, file, known.list, harmless.list),
                    MatchConflict(
                        report_id=report_id,
                        file=file,
                        known=known.list,
                        known_tier=known.tier,
                        harmless=harmless.list,
                        harmless_tier=harmless.tier,
                    ),
                )
    return sorted(found.values(), key=lambda each: (each.report_id is None, each.report_id or "", each.file, each.known))
