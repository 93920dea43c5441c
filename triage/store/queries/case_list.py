"""SQL of the list of cases: which cases pass a filter, by their ids, and the rows that are shown of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader
from triage.store.queries import encode_json_array

_PRESENT = "(SELECT max(id) FROM case_stage WHERE case_id = f.id)"
_HELD = "(SELECT count(*) FROM case_report c WHERE c.case_id = f.id)"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWord:
    """A word of a search: a case has it in its number, in a register number, or by its officer, stage or a kind of number."""

    spellings: tuple[str, ...]
    """In lower case, as SQLite writes it; more than one where letters outside ASCII have two cases."""
    officers: tuple[int, ...]
    stages: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a line of the list. `officer` is a user id."""

    id: int
    number: str
    opened: str
    officer: int | None
    stage: str
    since: str
    due: str | None
    reports: int


def find_cases(db: Reader, words: Sequence[CaseWord], *, officer: int | None, due_before: str | None, limit: int) -> array[int]:
    """Returns the ids of the cases that pass, the newest first; `limit` -1 means all.

    With a day in `due_before` these are cases whose stage ends before it, the nearest first.
    """
    tables, order = "case_file f", "f.id DESC"
    wanted, params = ["f.withdrawn IS NULL"], list[object]()
    if due_before is not None:
        tables, order = f"case_file f JOIN case_stage s ON s.id = {_PRESENT}", "s.due, f.number"
        wanted.append("s.due < ?")
        params.append(due_before)
    if officer is not None:
        wanted.append("f.officer = ?")
        params.append(officer)
    for word in words:
        condition, values = _find_word(word)
        wanted.append(condition)
        params += values
    sql = f"SELECT f.id FROM {tables} WHERE {' AND '.join(wanted)} ORDER BY {order} LIMIT ?"
    return array("q", (i for (i,) in db.each(sql, (*params, limit))))


def _find_word(word: CaseWord) -> tuple[str, list[object]]:
    """Returns the condition that a case has a word, and its values."""
    number = " OR ".join(["instr(lower(f.number), ?)"] * len(word.spellings))
    value = " OR ".join(["instr(lower(value), ?)"] * len(word.spellings))
    kinds = "kind IN (SELECT value FROM json_each(?))"
    parts, values = [number, f"f.id IN (SELECT case_id FROM case_number WHERE {value} OR {kinds})"], [*word.spellings] * 2
    params: list[object] = [*values, encode_json_array(word.kinds)]
    if word.officers:
        parts.append("f.officer IN (SELECT value FROM json_each(?))")
        params.append(encode_json_array(word.officers))
    if word.stages:
        parts.append(f"(SELECT stage FROM case_stage WHERE id = {_PRESENT}) IN (SELECT value FROM json_each(?))")
        params.append(encode_json_array(word.stages))
    return f"({' OR '.join(parts)})", params


def load_lines(db: Reader, case_ids: Iterable[int]) -> list[CaseLine]:
    """Returns the lines of these cases, in any order."""
    return [
        CaseLine(*row)
        for row in db.all(
            f"SELECT f.id, f.number, f.opened, f.officer, s.stage, s.since, s.due, {_HELD} FROM case_file f"
            f" JOIN case_stage s ON s.id = {_PRESENT} WHERE f.id IN (SELECT value FROM json_each(?))",
            (encode_json_array(case_ids),),
        )
    ]


def list_reports(db: Reader, case_ids: Iterable[int]) -> list[tuple[str, str]]:
    """Returns (case, report) by their numbers, of these cases."""
    return [
        (case, report)
        for case, report in db.all(
            "SELECT f.number, r.number FROM case_report c JOIN case_file f ON f.id = c.case_id"
            " JOIN report r ON r.id = c.report_id WHERE c.case_id IN (SELECT value FROM json_each(?))"
            " ORDER BY c.case_id, c.report_id",
            (encode_json_array(case_ids),),
        )
    ]


def load_register_numbers(db: Reader, case_ids: Iterable[int]) -> list[tuple[int, str, str]]:
    """Returns (case id, kind, value) of every number that a register gave to these cases."""
    return [
        (case, kind, value)
        for case, kind, value in db.all(
            "SELECT case_id, kind, value FROM case_number WHERE case_id IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3",
            (encode_json_array(case_ids),),
        )
    ]
