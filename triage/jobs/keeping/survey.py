"""What an act that destroys many reports finds in one walk for all of them, instead of one walk each.

Names of files and folders, entries of bundles and the audit log grow with each year. A walk through them for each report would
make a rule of retention take hours.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from triage.store.database import Reader
from triage.store.queries import audit_log, backups, destruction
from triage.store.queries.destroyed_names import Mentions

_LEFT = {
    "packet made": "packet",
    "requests written": "request to an operator or provider (captures only)",
    "work package made": "work package for another workstation",
    "work results made": "results for another workstation",
}
"""Audit entries of what left with something of a report -> what it is."""


class HeldCopy(NamedTuple):
    """What holds a report elsewhere: what it is, where, and when it was made."""

    what: str
    where: str
    made: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found for some reports. It holds while nothing is imported; what is added meanwhile is looked at later."""

    mentions: Mentions
    left: dict[int, list[HeldCopy]]
    """What left with something of a report, according to the audit log's first `entries`."""
    entries: int


def survey_reports(db: Reader, report_ids: Collection[int]) -> Survey:
    """Returns what is to be known of these reports before they are destroyed one by one. The caller holds the lock of imports."""
    wanted, left = set(report_ids), dict[int, list[HeldCopy]]()
    entries = audit_log.load_state(db).count
    for reports, held in _iter_left(db, 0):
        for report_id in reports & wanted:
            left.setdefault(report_id, []).append(held)
    return Survey(destruction.find_mentions(db, wanted), left, entries)


def find_remaining_copies(db: Reader, report_id: int, survey: Survey | None) -> tuple[HeldCopy, ...]:
    """Returns the backups, packets and work packages that still hold the report, and the letters that hold its captures."""
    kept = list_backup_copies(db)
    if survey is not None:
        kept += survey.left.get(report_id, ())
    kept += [held for reports, held in _iter_left(db, survey.entries if survey else 0) if report_id in reports]
    return tuple(kept)


def list_backup_copies(db: Reader, *, older: bool = False) -> list[HeldCopy]:
    """Returns the backups whose carriers were not destroyed, each with its present state.

    With `older` those alone whose state does not know of all destructions. A state that is newer than a destruction may be one of
    them: another program may have begun it before.
    """
    return [
        HeldCopy(what="backup", where=f"{row.place} (state {row.number}, id {row.id})", made=row.made)
        for row in backups.list_backups(db)
        if row.gone is None and (row.destroyed_since or not older)
    ]


def _iter_left(db: Reader, first: int) -> Iterator[tuple[set[int], HeldCopy]]:
    """Yields (reports, what left with something of them) from the audit log, from this entry on."""
    for n, text in audit_log.iter_entries_of_kinds(db, tuple(_LEFT), first):
        entry = json.loads(text)
        about = entry["about"]
        where = f"entry {n} of the audit log; see the register of outgoing data"
        reports = {*about.get("reports", ()), *([about["report"]] if "report" in about else ())}
        yield reports, HeldCopy(what=_LEFT[entry["kind"]], where=where, made=entry["when"])
