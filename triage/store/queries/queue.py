"""The prioritised queue: order, filters, lanes and counts. All of it from the one narrow table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Params, Reader

ORDER = "band, risk DESC, actionability DESC, due IS NULL, due, number_key"
"""The contract's order; a report without a deadline comes after those with one."""


@dataclass(frozen=True, slots=True)
class Expiring:
    """A clock runs out `before` then, and not all of them ran out before `now` (seconds since 1970); `closed` is the status that
    does not count, unless it is asked for."""

    before: int
    now: int
    closed: int


def where(
    *,
    office: int | None = None,
    band: int | None = None,
    status: int | None = None,
    assignee: int | None = None,
    expiring: Expiring | None = None,
    flag: int | None = None,
    only: Sequence[int] | None = None,
) -> tuple[str, list[object]]:
    """A WHERE clause; `only` are report ids that a search found."""
    clauses: list[str] = []
    params: list[object] = []
    for column, value in (("office", office), ("band", band), ("status", status), ("assignee", assignee)):
        if value is not None:
            clauses.append(f"{column} = ?")
            params.append(value)
    if expiring is not None:
        clauses.append("due < ? AND due_last >= ?")
        params += [expiring.before, expiring.now]
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


def ids(db: Reader, clause: str, params: Params, limit: int, offset: int) -> list[int]:
    """Report ids in queue order; `limit` -1 for all."""
    return [
        i
        for (i,) in db.all(
            f"SELECT report_id FROM queue{clause} ORDER BY {ORDER} LIMIT ? OFFSET ?",
            [*params, limit, offset],
        )
    ]


def search(db: Reader, words: str) -> list[int]:
    """Reports whose identifiers, names, numbers or texts hold all the words; the last may be a beginning."""
    tokens = ['"' + word.replace('"', '""') + '"' for word in words.split()]
    if not tokens:
        return []
    return [i for (i,) in db.all("SELECT rowid FROM report_text WHERE report_text MATCH ?", (" ".join(tokens) + "*",))]


def count_by(db: Reader, column: str) -> dict[int, int]:
    """Counts by `band`, `status` or `office`."""
    if column not in ("band", "status", "office"):
        raise ValueError(column)
    return {v: n for v, n in db.all(f"SELECT {column}, count(*) FROM queue GROUP BY {column}") if v is not None}


def count_where(db: Reader, clause: str, params: Params) -> int:
    return int(db.value(f"SELECT count(*) FROM queue{clause}", params))


def count_by_month(db: Reader) -> list[tuple[str, int]]:
    return [
        (m, n)
        for m, n in db.all(
            "SELECT coalesce(strftime('%Y-%m', received, 'unixepoch'), 'unknown'), count(*) FROM queue GROUP BY 1 ORDER BY 1"
        )
    ]
