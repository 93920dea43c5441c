"""Queries on the values of one kind of link key: those of some reports, those that name others, and those that begin alike."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader
from triage.store.queries import encode_json_array
from triage.store.queries.key_holders import SENTENCE

_OF_SENTENCES = f"kind = '{SENTENCE}'"
"""As the index of sentences says it; SQLite does not look a parameter up in it."""


def load_values_of_kind(db: Reader, report_ids: Iterable[int], kind: str) -> dict[int, list[str]]:
    """Returns report -> the values of its link keys of one kind."""
    found: dict[int, list[str]] = {}
    for i, value in db.all(
        "SELECT report_id, value FROM link_key WHERE kind = ?2 AND report_id IN (SELECT value FROM json_each(?1))",
        (encode_json_array(report_ids), kind),
    ):
        found.setdefault(i, []).append(value)
    return found


def count_sentences_beginning(db: Reader, beginning: str, most: int) -> int:
    """Counts the values of sentences that begin so, up to `most`: a step in the index for each, however many hold it."""
    return int(
        db.value(
            "WITH RECURSIVE u (value, n) AS ("
            f" SELECT min(value), 1 FROM link_key WHERE {_OF_SENTENCES} AND value > ?1 AND value < ?2"
            " UNION ALL"
            f" SELECT (SELECT min(k.value) FROM link_key k WHERE {_OF_SENTENCES} AND k.value > u.value AND k.value < ?2), n + 1"
            "  FROM u WHERE u.value IS NOT NULL AND n < ?3)"
            " SELECT count(value) FROM u",
            (beginning, _past(beginning), most),
        )
    )


def find_holders_beginning(db: Reader, beginning: str) -> list[int]:
    """Finds the reports that hold a value of a sentence that begins so."""
    sql = f"SELECT DISTINCT report_id FROM link_key WHERE {_OF_SENTENCES} AND value > ? AND value < ?"
    return [i for (i,) in db.all(sql, (beginning, _past(beginning)))]


def _past(beginning: str) -> str:
    """Returns the first text behind all that begin so."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def list_named_reports(db: Reader, report_ids: Iterable[int]) -> list[tuple[int, str]]:
    """Returns (report, number) of the reports that these reports name, and of their own numbers."""
    return [
        (i, value)
        for i, value in db.all(
            "SELECT report_id, value FROM link_key WHERE kind = 'report' AND report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    ]


def find_naming_reports(db: Reader, report_id: int) -> set[int]:
    """Returns the other reports that name one of this report's numbers."""
    return {
        i
        for (i,) in db.all(
            "SELECT k.report_id FROM report_number n"
            " CROSS JOIN link_key_holders k ON k.digest = link_key_digest('report', CAST(n.number AS BLOB))"
            " WHERE n.report_id = ?1 AND k.report_id <> ?1",
            (report_id,),
        )
    }
