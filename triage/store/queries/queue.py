"""SQL of the prioritised queue: its counts, and what rows say beside their planes."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader
from triage.store.queries import encode_json_array


def list_judged_reports(db: Reader) -> list[int]:
    """Returns the ids of all reports in the queue, in ascending order."""
    return [i for (i,) in db.all("SELECT report_id FROM queue ORDER BY report_id")]


def load_numbers_of_originals(db: Reader, report_ids: Iterable[int]) -> dict[int, str]:
    """Returns report -> number of the report that it duplicates; reports that duplicate none are missing."""
    return dict(
        db.all(
            "SELECT q.report_id, r.number FROM queue q JOIN report r ON r.id = q.duplicates_of"
            " WHERE q.report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    )


def count_reports_by(db: Reader, column: str) -> dict[int, int]:
    """Returns the number of reports by `band`, `status` or `office`.

    Raises:
        ValueError: for another column
    """
    if column not in ("band", "status", "office"):
        raise ValueError(column)
    rows = db.all(f"SELECT {column}, sum(n) AS reports FROM queue_count GROUP BY {column} HAVING reports > 0")
    return {value: n for value, n in rows if value or column != "office"}


def count_reports_by_month(db: Reader) -> list[tuple[str, int]]:
    """Returns (month of receipt as YYYY-MM or "unknown", number of reports), in order."""
    return [(m, n) for m, n in db.all("SELECT month, n FROM queue_month_count WHERE n > 0 ORDER BY month")]
