"""SQL of lists of requests: their ids, the rows that are shown of them, and those that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from triage.store.database import Reader
from triage.store.queries import encode_json_array, list_ids_backwards
from triage.store.queries.requests import REQUEST, UNANSWERED, StoredRequest

_WAITING = (
    f"r.kind = ? AND r.sent IS NOT NULL AND CASE length(r.sent) WHEN 10 THEN r.sent <= ? ELSE r.sent < ? END AND {UNANSWERED}"
)


def list_oldest_requests(db: Reader, limit: int) -> list[StoredRequest]:
    """Returns the oldest requests, in order."""
    return [StoredRequest(*row) for row in db.all(f"SELECT {REQUEST} FROM request ORDER BY id LIMIT ?", (limit,))]


def list_request_ids(db: Reader) -> Sequence[int]:
    """Returns the ids of all requests, the newest first."""
    return list_ids_backwards(db, "request")


def load_requests(db: Reader, request_ids: Iterable[int]) -> list[StoredRequest]:
    """Returns these requests, the oldest first."""
    return [
        StoredRequest(*row)
        for row in db.all(
            f"SELECT {REQUEST} FROM request WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (encode_json_array(request_ids),),
        )
    ]


def list_requests_of_case(db: Reader, case_id: int) -> list[StoredRequest]:
    """Returns the requests that were made for a case, the oldest first."""
    return [StoredRequest(*row) for row in db.all(f"SELECT {REQUEST} FROM request WHERE case_id = ? ORDER BY id", (case_id,))]


def list_waiting(db: Reader, kind: str, until_day: str, before: str) -> list[int]:
    """Returns the ids of the requests of a kind that wait for an answer and were sent by a day or before a time.

    `sent` is a day or a time: a day is compared with `until_day`, a time with `before`.
    """
    return [i for (i,) in db.all(f"SELECT r.id FROM request r WHERE {_WAITING}", (kind, until_day, before))]


def count_waiting(db: Reader, kind: str, until_day: str, before: str) -> int:
    """Returns how many requests `list_waiting` lists: by what is kept of whole days, and by the rows of the last day."""
    day = f"{before[:10]}T"
    return int(
        db.value(
            "SELECT (SELECT coalesce(sum(n), 0) FROM request_waiting_count WHERE kind = ?1"
            " AND CASE length(sent) WHEN 10 THEN sent <= ?2 ELSE sent < ?3 END)"
            f" + (SELECT count(*) FROM request r WHERE kind = ?1 AND sent >= ?3 AND sent < ?4 AND {UNANSWERED})",
            (kind, until_day, day, before),
        )
    )


_COURT_OWED = "SELECT DISTINCT request_id AS id FROM preservation_notice WHERE request_id IS NOT NULL AND court_informed IS NULL"


def count_court_owed(db: Reader, until_day: str, before: str) -> int:
    """Returns of how many requests the Court still has to be told that were issued by the end of a day or before a time."""
    first = f"SELECT (SELECT min(issued) FROM preservation_notice n WHERE n.request_id = o.id) AS first FROM ({_COURT_OWED}) o"
    sql = f"SELECT count(*) FROM ({first}) WHERE CASE length(first) WHEN 10 THEN first <= ? ELSE first < ? END"
    return int(db.value(sql, (until_day, before)))
