"""SQL of the prioritised queue: its order, filters, lanes and counts. All of it reads one narrow table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Params, Reader

_NEXT = "(SELECT min(d.due) FROM deadline d WHERE d.report_id = queue.report_id AND (d.duty OR d.due >= unixepoch()))"
"""The next deadline that still runs. A duty runs until it is done."""
ORDER = f"band, risk DESC, actionability DESC, coalesce({_NEXT}, {1 << 40}), number_key"
"""The contract's order; a report without a running deadline comes after those with one."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """A filter for deadlines. Times are seconds since 1970.

    A deadline that still runs at `now` is earlier than `before`. Reports with the status `closed` are left out, unless a status
    is asked for.
    """

    before: int
    now: int
    closed: int


def build_where_clause(
    *,
    office: int | None = None,
    band: int | None = None,
    status: int | None = None,
    assignee: int | None = None,
    expiring: Expiring | None = None,
    flag: int | None = None,
    only: Sequence[int] | None = None,
) -> tuple[str, list[object]]:
    """Returns a WHERE clause ("" without filters) and its parameters.

    `flag` is the rank of a flag's code. `only` are report ids that a search found.
    """
    clauses: list[str] = []
    params: list[object] = []
    for column, value in (("office", office), ("band", band), ("status", status), ("assignee", assignee)):
        if value is not None:
            clauses.append(f"{column} = ?")
            params.append(value)
    if expiring is not None:
        clauses.append(
            "report_id IN (SELECT report_id FROM deadline WHERE due >= ? AND due < ?"
            " UNION ALL SELECT report_id FROM deadline WHERE duty AND due < ?)"
        )
        params += [expiring.now, expiring.before, expiring.now]
        if status is None:
            clauses.append("status <> ?")
            params.append(expiring.closed)
    if flag is not None:
        clauses.append("(flags >> ?) & 1")
        params.append(flag)
    if only is not None:
        clauses.append("report_id IN (SELECT value FROM json_each(?))")
        params.append("[" + ",".join(map(str, only)) + "]")
    return (" WHERE " + " AND ".join(clauses) if clauses else ""), params


def list_report_ids(db: Reader, clause: str, params: Params, limit: int, offset: int) -> list[int]:
    """Returns report ids in the order of the queue; `limit` -1 means all."""
    return [
        i
        for (i,) in db.all(
            f"SELECT report_id FROM queue{clause} ORDER BY {ORDER} LIMIT ? OFFSET ?",
            [*params, limit, offset],
        )
    ]


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


def count_reports_by(db: Reader, column: str) -> dict[int, int]:
    """Returns the number of reports by `band`, `status` or `office`.

    Raises:
        ValueError: for another column
    """
    if column not in ("band", "status", "office"):
        raise ValueError(column)
    return {v: n for v, n in db.all(f"SELECT {column}, count(*) FROM queue GROUP BY {column}") if v is not None}


def count_reports_where(db: Reader, clause: str, params: Params) -> int:
    """Returns the number of reports that a clause of `build_where_clause` keeps."""
    return int(db.value(f"SELECT count(*) FROM queue{clause}", params))


def count_reports_by_month(db: Reader) -> list[tuple[str, int]]:
    """Returns (month of receipt as YYYY-MM or "unknown", number of reports), in order."""
    return [
        (m, n)
        for m, n in db.all(
            "SELECT coalesce(strftime('%Y-%m', received, 'unixepoch'), 'unknown'), count(*) FROM queue GROUP BY 1 ORDER BY 1"
        )
    ]
