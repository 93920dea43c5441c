"""SQL of the prioritised queue: its columns, counts, and the search of words. All of it reads one narrow table."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader, Row
from triage.store.queries import encode_json_array

COLUMNS = (
    "report_id",
    "band",
    "risk",
    "actionability",
    "esp",
    "incident_type",
    "office",
    "province",
    "status",
    "assignee",
    "received",
    "flags",
    "languages",
    "duplicates_of",
    "arrived",
    "due",
)
"""The columns of `load_columns`; `due` is the next deadline that still runs."""
_NEXT = "(SELECT min(d.due) FROM deadline d WHERE d.report_id = queue.report_id AND (d.duty OR d.due >= ?))"
"""A duty runs until it is done."""


def load_columns(db: Reader, now: int) -> list[Row]:
    """Returns the rows of the queue in the order of report numbers. `now` is in seconds since 1970."""
    return db.all(f"SELECT {', '.join(COLUMNS[:-1])}, {_NEXT} FROM queue ORDER BY number_key", (now,))


def list_judged_reports(db: Reader) -> list[int]:
    """Returns the ids of all reports in the queue, in ascending order."""
    return [i for (i,) in db.all("SELECT report_id FROM queue ORDER BY report_id")]


def search_reports(db: Reader, words: str) -> list[int]:
    """Returns reports whose identifiers, names, numbers or texts hold all the words.

    The last word may be the beginning of a word. Without words nothing is found.
    """
    tokens = ['"' + word.replace('"', '""') + '"' for word in words.split()]
    if not tokens:
        return []
    return [i for (i,) in db.all("SELECT rowid FROM report_text WHERE report_text MATCH ?", (" ".join(tokens) + "*",))]


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
    return {v: n for v, n in db.all(f"SELECT {column}, count(*) FROM queue GROUP BY {column}") if v is not None}


def count_reports_by_month(db: Reader) -> list[tuple[str, int]]:
    """Returns (month of receipt as YYYY-MM or "unknown", number of reports), in order."""
    return [
        (m, n)
        for m, n in db.all(
            "SELECT coalesce(strftime('%Y-%m', received, 'unixepoch'), 'unknown'), count(*) FROM queue GROUP BY 1 ORDER BY 1"
        )
    ]
