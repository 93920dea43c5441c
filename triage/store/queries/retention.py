"""SQL of the rule of retention: which closed reports nothing keeps any longer."""

from __future__ import annotations

from typing import NamedTuple

from triage.model.views import STATUSES
from triage.store.database import Reader
from triage.store.queries.package_list import UNANSWERED


class Cutoff(NamedTuple):
    """What the rule no longer keeps: reports whose last decision is older than `before` (ISO 8601 in UTC).

    `first_kept` is the id of the first decision that is not older. Reports with a decision of this id or a later one are kept,
    whatever time that bears: the clock was wrong when it was taken.
    """

    before: str
    first_kept: int


_KEPT_BY = (
    "legal_hold k WHERE k.report_id = q.report_id",
    "case_report k WHERE k.report_id = q.report_id",
    "packet_report k WHERE k.report_id = q.report_id",
    "report_version k WHERE k.report_id = q.report_id AND k.imported >= ?1",
    "appeal k WHERE k.report_id = q.report_id AND k.answered IS NULL",
    "work_conflict k WHERE k.report_id = q.report_id AND k.resolved IS NULL",
    "deadline k WHERE k.report_id = q.report_id AND k.duty = 1",
    (
        "request_line_report k JOIN request_line l ON l.id = k.line_id JOIN request a ON a.id = l.request_id"
        " WHERE k.report_id = q.report_id AND a.closed IS NULL"
    ),
    "deconfliction_item k JOIN deconfliction a ON a.session = k.session WHERE k.report_id = q.report_id AND a.finished IS NULL",
    "file f JOIN victim_series_media k ON k.media_item_id = f.media_item_id WHERE f.report_id = q.report_id",
)
"""What keeps a closed report: somebody waits for something, asked about it, was given it, or a child is looked for with it."""
_WORK_IS_OUT = UNANSWERED.format(of="k.report_id = q.report_id")
"""So does work on it that was sent and not answered, or received and not returned."""
_LAST = (
    "d.undone = 0 AND d.taken < ?1"
    " AND NOT EXISTS (SELECT 1 FROM decision e WHERE e.report_id = d.report_id AND e.undone = 0"
    " AND ((e.taken, e.id) > (d.taken, d.id) OR e.id >= ?2))"
)
"""The decision is the last one of its report, and older than wanted. They lie in an index in the order of time. A
decision that was taken after a younger one of any report was taken when the clock was wrong, and keeps its report."""
_BUT_FOR_WORK = f"q.status = {STATUSES.index('closed')}" + "".join(f" AND NOT EXISTS (SELECT 1 FROM {each})" for each in _KEPT_BY)
_FREE = f"{_BUT_FOR_WORK} AND NOT EXISTS (SELECT 1 FROM {_WORK_IS_OUT})"
_DUE = f" FROM decision d CROSS JOIN queue q ON q.report_id = d.report_id WHERE {_LAST} AND {_FREE}"


_LAST_ID = (1 << 63) - 1  # SQLite's


_LOOKED_THROUGH = 1_000
"""Decisions from the cutoff on, by their times, among which the first one is looked for: 140,000 of years took 0.1 s."""


def find_cutoff(db: Reader, before: str, now: str) -> Cutoff:
    """Returns the cutoff of a rule. Decisions that bear a time to come say nothing: a clock was ahead when they were taken.

    The first decision that is not older bears a time close behind the cutoff. Between the two lie at most some that bear such a
    time because a clock was wrong.
    """
    kept = (
        "SELECT id FROM decision INDEXED BY decision_age WHERE undone = 0 AND taken >= ? AND taken <= ? ORDER BY taken"
        f" LIMIT {_LOOKED_THROUGH}"
    )
    first = db.value(f"SELECT min(id) FROM ({kept})", (before, now))
    return Cutoff(before, _LAST_ID if first is None else first)


def list_due(db: Reader, cutoff: Cutoff, most: int) -> list[tuple[str, str]]:
    """Returns (number, last decision) of closed reports of which the last decision is older, the oldest first.

    Left out are reports under a legal hold, of cases, packets and series, with a part that came since, and those that an open
    request, comparison, conflict, appeal or duty speaks of. So are those of a work package that is not answered.
    """
    number = "(SELECT number FROM report WHERE id = d.report_id)"
    rows = db.all(f"SELECT {number}, d.taken{_DUE} ORDER BY d.taken, d.report_id LIMIT ?3", (*cutoff, most))
    return [(number, decided) for number, decided in rows]


def count_due(db: Reader, cutoff: Cutoff) -> tuple[int, int]:
    """Returns how many reports `list_due` lists without a limit, and how many more an unanswered package alone keeps.

    It reads all decisions that are older. The reports are gone through in the order of their ids, in which their rows lie on the
    disk: in the order of time each row that is asked was a page of its own, and 150,000 decisions took 15 s instead of 1.
    """
    newer = "SELECT report_id FROM decision INDEXED BY decision_age WHERE undone = 0 AND taken >= ?1"
    older = (
        "SELECT report_id FROM decision INDEXED BY decision_age WHERE undone = 0 AND taken < ?1"
        " GROUP BY report_id HAVING max(id) < ?2"
    )
    found = db.first(
        f"WITH older AS MATERIALIZED ({older}), free AS (SELECT EXISTS (SELECT 1 FROM {_WORK_IS_OUT}) AS out FROM older"
        f" CROSS JOIN queue q ON q.report_id = older.report_id WHERE q.report_id NOT IN ({newer}) AND {_BUT_FOR_WORK})"
        " SELECT count(*) - coalesce(sum(out), 0), coalesce(sum(out), 0) FROM free",
        cutoff,
    )
    due, out = found or (0, 0)
    return int(due), int(out)


def is_due(db: Reader, number: str, cutoff: Cutoff) -> bool:
    """Returns whether `list_due` would list this report."""
    found = "report r CROSS JOIN queue q ON q.report_id = r.id CROSS JOIN decision d ON d.report_id = r.id"
    return db.first(f"SELECT 1 FROM {found} WHERE {_LAST} AND {_FREE} AND r.number = ?3", (*cutoff, number)) is not None
