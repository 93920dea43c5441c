"""SQL of the list of cases: which cases pass a filter, by their ids, and the rows that are shown of them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from string import ascii_lowercase

from triage.model.id_runs import IdRuns
from triage.store.database import Reader
from triage.store.queries import encode_json_array, list_ids_backwards

_PRESENT = "(SELECT max(id) FROM case_stage WHERE case_id = f.id)"
_HELD = "(SELECT count(*) FROM case_report c WHERE c.case_id = f.id)"
_LOWER_LETTERS = frozenset(ascii_lowercase)
_FIRST_PART, _LARGEST_PART = 4_096, 65_536
"""Cases that a search looks at in one step."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSearch:
    """What the cases of a list have to pass."""

    words: tuple[CaseWord, ...] = ()
    officer: int | None = None
    """A user."""
    due_before: str | None = None
    """A day. The cases whose stage ends before it come in the order of that deadline; without a day the newest come first."""

    def build_condition(self, numbers: str, params: Sequence[object]) -> tuple[str, list[object]]:
        """Returns the condition that a case `f` passes, and its values.

        `numbers` says which register numbers it has: SQL with {} for what they match, and the values before those of that.
        """
        wanted, values = ["f.withdrawn IS NULL"], list[object]()
        if self.officer is not None:
            wanted.append("f.officer = ?")
            values.append(self.officer)
        for word in self.words:
            condition, found = _find_word(word, numbers, params)
            wanted.append(condition)
            values += found
        return " AND ".join(wanted), values


def list_cases(db: Reader) -> Sequence[int]:
    """Returns the ids of all cases that were not withdrawn, the newest first. It reads the ids of withdrawn cases alone."""
    every = list_ids_backwards(db, "case_file")
    withdrawn = [i for (i,) in db.all("SELECT id FROM case_file INDEXED BY case_withdrawn WHERE withdrawn IS NOT NULL")]
    return IdRuns(every[0], every[-1], withdrawn) if withdrawn else every


def find_cases(db: Reader, wanted: CaseSearch, *, limit: int, after: int | None = None) -> array[int]:
    """Returns the ids of the cases that pass, in order; `limit` -1 means all. With `after` those that follow this case."""
    find = _find_newest if wanted.due_before is None else _find_due
    found = find(db, wanted, after)
    return array("q", found if limit < 0 else islice(found, limit))


def _find_newest(db: Reader, wanted: CaseSearch, after: int | None) -> Iterator[int]:
    """Yields the cases that pass, the newest first, out of a part of the ids at a time: most searches need only the first."""
    top, many = db.value("SELECT max(id) FROM case_file") or 0, _FIRST_PART
    if after is not None:
        top = after - 1
    while top > 0:
        part = (top - many + 1, top)
        condition, values = wanted.build_condition(
            " IN (SELECT case_id FROM case_number WHERE case_id BETWEEN ? AND ? AND ({}))", part
        )
        sql = f"SELECT f.id FROM case_file f WHERE f.id BETWEEN ? AND ? AND {condition} ORDER BY f.id DESC"
        yield from (i for (i,) in db.all(sql, (*part, *values)))
        top, many = top - many, min(many * 4, _LARGEST_PART)


def _find_due(db: Reader, wanted: CaseSearch, after: int | None) -> Iterator[int]:
    """Yields the cases that pass and whose stage ends before a day, the nearest first.

    Without words they come in the order of an index. With words, which few cases may have, all cases are looked at in the order
    of their ids: in that of deadlines nearly each one may open another page.
    """
    condition, values = wanted.build_condition(" IN (SELECT case_id FROM case_number WHERE {})", ())
    behind, last = "", list[object]()
    if after is not None:
        behind = (
            " AND (d.due, f.number) > (SELECT due, number FROM case_present JOIN case_file ON id = case_id WHERE case_id = ?)"
        )
        last.append(after)
    tables = "case_file f CROSS JOIN case_present d" if wanted.words else "case_present d CROSS JOIN case_file f"
    found = db.each(
        f"SELECT f.id FROM {tables} ON d.case_id = f.id WHERE d.due < ?{behind} AND {condition} ORDER BY d.due, f.number",
        (wanted.due_before, *last, *values),
    )
    return (i for (i,) in found)


def _find_word(word: CaseWord, numbers: str, params: Sequence[object]) -> tuple[str, list[object]]:
    """Returns the condition that a case has a word, and its values."""
    written = "lower({})" if any(map(_has_letter, word.spellings)) else "{}"  # lower() takes most of the time
    number = " OR ".join([f"instr({written.format('f.number')}, ?)"] * len(word.spellings))
    value = " OR ".join([f"instr({written.format('value')}, ?)"] * len(word.spellings))
    values: list[object] = [*word.spellings, *params, *word.spellings]
    if word.kinds:
        value += " OR kind IN (SELECT value FROM json_each(?))"
        values.append(encode_json_array(word.kinds))
    parts = [number, f"f.id{numbers.format(value)}"]
    if word.officers:
        parts.append("f.officer IN (SELECT value FROM json_each(?))")
        values.append(encode_json_array(word.officers))
    if word.stages:
        parts.append("(SELECT stage FROM case_present WHERE case_id = f.id) IN (SELECT value FROM json_each(?))")
        values.append(encode_json_array(word.stages))
    return f"({' OR '.join(parts)})", values


def _has_letter(text: str) -> bool:
    """Returns whether a text has a letter that SQLite's lower() may have written."""
    return not _LOWER_LETTERS.isdisjoint(text)


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
