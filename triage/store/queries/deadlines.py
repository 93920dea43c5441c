"""SQL of the deadlines of reports, by which the queue finds the next one that still runs without opening score cards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array

DeadlineRow = tuple[int, int, int]
"""(seconds since 1970, code of the name, 1 for a duty)."""


def save_deadlines(batch: Writer, rows: Sequence[tuple[int, Sequence[DeadlineRow]]]) -> None:
    """Replaces the deadlines of these reports in the queue."""
    batch.execute(
        "DELETE FROM deadline WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(i for i, _ in rows),)
    )
    batch.executemany(
        "INSERT OR IGNORE INTO deadline (report_id, due, name, duty) VALUES (?,?,?,?)",
        [(report_id, *deadline) for report_id, deadlines in rows for deadline in deadlines],
    )


_DUE_ALONE = (
    "deadline s WHERE s.name = (SELECT id FROM code WHERE kind = 'due_name' AND word = :name) AND s.due < :before"
    " AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.report_id = s.report_id AND d.name <> s.name AND d.due < :before"
    " AND (d.duty OR d.due >= :now))"
)
"""Reports of whose deadlines that run at `now` only the one of this name ends before `before`."""


def list_due_alone(db: Reader, name: str, now: int, before: int) -> list[int]:
    """Returns the reports of whose deadlines only the duty of this name ends before `before`, of those that run at `now`."""
    return [i for (i,) in db.all(f"SELECT DISTINCT s.report_id FROM {_DUE_ALONE}", {"name": name, "now": now, "before": before})]


def count_due_alone(db: Reader, name: str, now: int, before: int) -> int:
    """Returns how many of these reports are not closed."""
    not_closed = " AND EXISTS (SELECT 1 FROM queue q WHERE q.report_id = s.report_id AND q.status <> 4)"
    values = {"name": name, "now": now, "before": before}
    return int(db.value(f"SELECT count(DISTINCT s.report_id) FROM {_DUE_ALONE}{not_closed}", values))


def load_deadlines(db: Reader, report_ids: Iterable[int]) -> dict[int, list[DeadlineRow]]:
    """Returns report -> its deadlines in the queue, the first to run out first; reports without any are missing."""
    found: dict[int, list[DeadlineRow]] = {}
    for report_id, *deadline in db.all(
        "SELECT report_id, due, name, duty FROM deadline WHERE report_id IN (SELECT value FROM json_each(?))"
        " ORDER BY report_id, due, name",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(report_id, []).append((deadline[0], deadline[1], deadline[2]))
    return found
