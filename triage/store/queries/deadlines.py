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
