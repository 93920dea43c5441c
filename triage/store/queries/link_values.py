"""Queries on the values of one kind of link key: those of some reports, those that name others, and those that begin alike."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader
from triage.store.queries import encode_json_array


def load_values_of_kind(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, list[str]]:
    """Returns report -> the values of its link keys of one kind."""
    found: dict[int, list[str]] = {}
    for i, value in db.all(
        "SELECT report_id, value FROM link_key INDEXED BY link_key_report WHERE kind = ?2"
        " AND report_id IN (SELECT value FROM json_each(?1))",
        (encode_json_array(report_ids), kind),
    ):
        found.setdefault(i, []).append(value)
    return found


def count_values_beginning(db: Reader, kind: str, beginning: str, most: int) -> int:
    """Counts the values of a kind that begin so, up to `most`: a step in the index for each, however many hold it."""
    return int(
        db.value(
            "WITH RECURSIVE u (value, n) AS ("
            " SELECT min(value), 1 FROM link_key WHERE kind = ?1 AND value > ?2 AND value < ?3"
            " UNION ALL"
            " SELECT (SELECT min(k.value) FROM link_key k WHERE k.kind = ?1 AND k.value > u.value AND k.value < ?3), n + 1"
            "  FROM u WHERE u.value IS NOT NULL AND n < ?4)"
            " SELECT count(value) FROM u",
            (kind, beginning, _past(beginning), most),
        )
    )


def find_holders_beginning(db: Reader, kind: str, beginning: str) -> list[int]:
    """Finds the reports that hold a value of a kind that begins so."""
    sql = "SELECT DISTINCT report_id FROM link_key WHERE kind = ? AND value > ? AND value < ?"
    return [i for (i,) in db.all(sql, (kind, beginning, _past(beginning)))]


def _past(beginning: str) -> str:
    """Returns the first text behind all that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def list_marked_keys(db: Reader, report_ids: Iterable[int], marked: str, fewer_than: int) -> list[tuple[int, str, str, int]]:
    """Returns (report, kind, value, other report) of link keys that the other report marks as not its reported user's.

    The other report has a key of the kind `marked`, whose value is the kind and value of the marked key. Keys that `fewer_than`
    reports or more mark are left out. So many reports have such a key too, because a report that marks a key has it.
    """
    return [
        (i, kind, value, other)
        for i, kind, value, other in db.all(
            "SELECT t.report_id, t.kind, t.value, o.report_id FROM link_key t"
            " CROSS JOIN link_key o ON o.kind = ?2 AND o.value = t.kind || ' ' || t.value AND o.report_id <> t.report_id"
            " WHERE t.report_id IN (SELECT value FROM json_each(?1))"
            " AND (SELECT count(*) FROM (SELECT 1 FROM link_key x WHERE x.kind = ?2 AND x.value = t.kind || ' ' || t.value"
            "  LIMIT ?3)) BETWEEN 1 AND ?3 - 1",
            (encode_json_array(report_ids), marked, fewer_than),
        )
    ]


def list_named_reports(db: Reader, report_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Returns (report, number) of the reports that these reports name, and of their own numbers."""
    return [
        (i, value)
        for i, value in db.all(
            "SELECT report_id, value FROM link_key INDEXED BY link_key_report WHERE kind = 'report'"
            " AND report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    ]


def find_naming_reports(db: Reader, report_id: int) -> set[int]:
    """Returns the other reports that name one of this report's numbers."""
    return {
        i
        for (i,) in db.all(
            "SELECT k.report_id FROM report_number n CROSS JOIN link_key k ON k.kind = 'report' AND k.value = n.number"
            " WHERE n.report_id = ?1 AND k.report_id <> ?1",
            (report_id,),
        )
    }
