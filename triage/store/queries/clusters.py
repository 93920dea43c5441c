"""Ties between reports as an edge list, and the clusters they make. Kept when cards are written, so that reading is cheap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from triage.store.database import Reader, Writer
from triage.store.queries import among


def ties_among(db: Reader, report_ids: Iterable[int]) -> dict[int, dict[int, int]]:
    """Report -> other report -> strength, as the report's own card says it."""
    found: dict[int, dict[int, int]] = {}
    for i, other, strength in db.all(
        "SELECT report_id, other_id, strength FROM report_link WHERE report_id IN (SELECT value FROM json_each(?))",
        (among(report_ids),),
    ):
        found.setdefault(i, {})[other] = strength
    return found


def replace(batch: Writer, report_id: int, others: Mapping[int, int]) -> None:
    batch.execute("DELETE FROM report_link WHERE report_id = ?", (report_id,))
    batch.executemany(
        "INSERT INTO report_link (report_id, other_id, strength) VALUES (?,?,?)",
        [(report_id, other, strength) for other, strength in others.items()],
    )


def neighbours(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Reports tied to one of these, whichever of the two cards says so; a card may still name one that was destroyed."""
    those = among(report_ids)
    return {
        i
        for (i,) in db.all(
            "SELECT other_id FROM report_link JOIN report r ON r.id = other_id WHERE report_id IN (SELECT value"
            " FROM json_each(?1))"
            " UNION SELECT report_id FROM report_link WHERE other_id IN (SELECT value FROM json_each(?1))",
            (those,),
        )
    }


def still_there(db: Reader, report_ids: Iterable[int]) -> set[int]:
    those = among(report_ids)
    return {i for (i,) in db.all("SELECT id FROM report WHERE id IN (SELECT value FROM json_each(?))", (those,))}


def roots(db: Reader, report_ids: Iterable[int]) -> dict[int, int]:
    """Report -> the cluster it is in; those in none are missing."""
    those = among(report_ids)
    return dict(db.all("SELECT report_id, root FROM cluster WHERE report_id IN (SELECT value FROM json_each(?))", (those,)))


def put(batch: Writer, report_ids: Iterable[int], root: int) -> None:
    batch.executemany("INSERT OR REPLACE INTO cluster (report_id, root) VALUES (?,?)", [(i, root) for i in report_ids])


def remove(batch: Writer, report_id: int) -> None:
    batch.execute("DELETE FROM cluster WHERE report_id = ?", (report_id,))


def join(batch: Writer, old: Iterable[int], root: int) -> None:
    """All members of these clusters belong to one from now on."""
    batch.executemany("UPDATE cluster SET root = ? WHERE root = ?", [(root, each) for each in old if each != root])


def members(db: Reader, root: int) -> list[int]:
    return [i for (i,) in db.all("SELECT report_id FROM cluster WHERE root = ? ORDER BY report_id", (root,))]


def largest(db: Reader, limit: int) -> list[tuple[int, int]]:
    """(cluster, reports), the largest first."""
    return [
        (root, n)
        for root, n in db.all(
            "SELECT root, count(*) FROM cluster GROUP BY root HAVING count(*) > 1 ORDER BY 2 DESC, 1 LIMIT ?", (limit,)
        )
    ]


def count(db: Reader) -> int:
    return int(db.value("SELECT count(DISTINCT root) FROM cluster"))


def events(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, str]:
    """Report -> the event it tells of, for those that state one; `kind` is the tie kind under which it is kept."""
    those = among(report_ids)
    return dict(
        db.all(
            "SELECT report_id, value FROM link_key INDEXED BY link_key_report WHERE kind = ?2"
            " AND report_id IN (SELECT value FROM json_each(?1))",
            (those, kind),
        )
    )


def days(db: Reader, report_ids: Iterable[int]) -> list[tuple[int, str]]:
    """(report, day of its incident or receipt) of those that state one."""
    those = among(report_ids)
    return [
        (i, day)
        for i, day in db.all(
            "SELECT report_id, date(max(day) * 86400, 'unixepoch') FROM link_key"
            " WHERE report_id IN (SELECT value FROM json_each(?)) AND day IS NOT NULL GROUP BY report_id",
            (those,),
        )
    ]
