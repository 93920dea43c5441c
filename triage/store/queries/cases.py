"""SQL of cases, their reports, numbers and stages, of preservation notices, and of the child lane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array, format_placeholders, split_into_chunks


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case: its number, when and by whom it was opened, and the officer in charge (a user id)."""

    id: int
    number: str
    opened: str
    user_id: int
    officer: int | None


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of a case. `due` is its deadline, or None; `basis` says where the deadline comes from."""

    stage: str
    since: str
    due: str | None
    basis: str
    user_id: int
    note: str | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A written notice to preserve data (PECA s.31). `told_court` is when the court was informed, or None."""

    id: int
    issued: str
    to_whom: str
    number: str | None
    told_court: str | None
    user_id: int


_CASE = "id, number, opened, user_id, officer"


def next_case_number(db: Reader, year: str) -> str:
    """Returns the next free case number of the year, such as C-2026-0001.

    Cases are never deleted, so no number is given twice.
    """
    last = db.value("SELECT number FROM case_file WHERE number LIKE ? ORDER BY id DESC LIMIT 1", (f"C-{year}-%",))
    return f"C-{year}-{int((last or '-0').rpartition('-')[2]) + 1:04d}"


def add_case(batch: Writer, number: str, opened: str, user_id: int, officer: int | None) -> int:
    """Adds a case; returns its id."""
    return batch.insert(
        "INSERT INTO case_file (number, opened, user_id, officer) VALUES (?,?,?,?)", (number, opened, user_id, officer)
    )


def find_case(db: Reader, number: str) -> CaseRow | None:
    """Returns the case with this number, or None. Opening it must not have been undone."""
    row = db.first(f"SELECT {_CASE} FROM case_file WHERE number = ? AND withdrawn IS NULL", (number,))
    return CaseRow(*row) if row else None


def list_oldest_cases(db: Reader, limit: int) -> list[CaseRow]:
    """Returns the oldest cases, in order."""
    sql = f"SELECT {_CASE} FROM case_file WHERE withdrawn IS NULL ORDER BY id LIMIT ?"
    return [CaseRow(*row) for row in db.all(sql, (limit,))]


def load_cases(db: Reader, case_ids: Iterable[int]) -> list[CaseRow]:
    """Returns these cases, the oldest first."""
    sql = f"SELECT {_CASE} FROM case_file WHERE withdrawn IS NULL AND id IN (SELECT value FROM json_each(?)) ORDER BY id"
    return [CaseRow(*row) for row in db.all(sql, (encode_json_array(case_ids),))]


def load_numbers(db: Reader, case_ids: Iterable[int]) -> dict[int, str]:
    """Returns case -> its number, of these cases."""
    return {
        i: number
        for i, number in db.all(
            "SELECT id, number FROM case_file WHERE withdrawn IS NULL AND id IN (SELECT value FROM json_each(?))",
            (encode_json_array(case_ids),),
        )
    }


def set_officer(batch: Writer, case_id: int, officer: int) -> None:
    """Sets the officer in charge of the case."""
    batch.execute("UPDATE case_file SET officer = ? WHERE id = ?", (officer, case_id))


def find_case_of_report(db: Reader, report_id: int) -> CaseRow | None:
    """Returns the case that the report belongs to, or None."""
    row = db.first(
        "SELECT f.id, f.number, f.opened, f.user_id, f.officer FROM case_report c JOIN case_file f ON f.id = c.case_id"
        " WHERE c.report_id = ?",
        (report_id,),
    )
    return CaseRow(*row) if row else None


def assign_report(batch: Writer, case_id: int, report_id: int, added: str, user_id: int) -> None:
    """Adds the report to the case and takes it out of the case that it was in."""
    batch.execute(
        "INSERT OR REPLACE INTO case_report (report_id, case_id, added, user_id) VALUES (?,?,?,?)",
        (report_id, case_id, added, user_id),
    )


def remove_report(batch: Writer, case_id: int, report_id: int) -> bool:
    """Takes the report out of the case; returns whether it was in it."""
    return batch.execute("DELETE FROM case_report WHERE case_id = ? AND report_id = ?", (case_id, report_id)) > 0


def withdraw_untouched_case(batch: Writer, case_id: int, user_id: int, withdrawn: str) -> bool:
    """Marks a case as withdrawn if this user opened it and it holds nothing; returns whether it was marked.

    Nothing: no report, register number, request, appeal, and no stage beside the first.
    """
    return (
        batch.execute(
            "UPDATE case_file SET withdrawn = ?3 WHERE id = ?1 AND user_id = ?2 AND withdrawn IS NULL"
            " AND NOT EXISTS (SELECT 1 FROM case_report WHERE case_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM case_number WHERE case_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM request WHERE case_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM appeal WHERE case_id = ?1)"
            " AND (SELECT count(*) FROM case_stage WHERE case_id = ?1) = 1",
            (case_id, user_id, withdrawn),
        )
        > 0
    )


def list_report_ids(db: Reader, case_id: int) -> list[int]:
    """Returns the ids of the case's reports, in ascending order."""
    return [i for (i,) in db.all("SELECT report_id FROM case_report WHERE case_id = ? ORDER BY report_id", (case_id,))]


def add_register_number(batch: Writer, case_id: int, kind: str, value: str, added: str, user_id: int) -> None:
    """Adds a register's number to the case, unless the case has this kind and value already."""
    batch.execute(
        "INSERT OR IGNORE INTO case_number (case_id, kind, value, added, user_id) VALUES (?,?,?,?,?)",
        (case_id, kind, value, added, user_id),
    )


def remove_register_number(batch: Writer, case_id: int, kind: str, value: str) -> bool:
    """Removes a register's number from the case; returns whether the case had it."""
    return batch.execute("DELETE FROM case_number WHERE case_id = ? AND kind = ? AND value = ?", (case_id, kind, value)) > 0


def list_numbers_of_case(db: Reader, case_id: int) -> list[tuple[str, str, int]]:
    """Returns (kind, value, user who added it) of the case's register numbers."""
    return [
        (kind, value, user)
        for kind, value, user in db.all(
            "SELECT kind, value, user_id FROM case_number WHERE case_id = ? ORDER BY kind, value", (case_id,)
        )
    ]


def find_reports_with_numbers(db: Reader, kinds: Sequence[str]) -> set[int]:
    """Returns the reports of cases that have a number of one of these kinds."""
    return {
        i
        for (i,) in db.all(
            "SELECT c.report_id FROM case_report c WHERE EXISTS (SELECT 1 FROM case_number n WHERE n.case_id = c.case_id"
            f" AND n.kind IN ({format_placeholders(len(kinds))}))",
            tuple(kinds),
        )
    }


def list_numbers_of_reports(db: Reader, report_ids: Iterable[int], kinds: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Returns (kind, value) of the numbers of these kinds of the cases of these reports, each once."""
    return tuple(
        (kind, value)
        for kind, value in db.all(
            "SELECT DISTINCT n.kind, n.value FROM case_report c JOIN case_number n ON n.case_id = c.case_id"
            f" WHERE c.report_id IN (SELECT value FROM json_each(?)) AND n.kind IN ({format_placeholders(len(kinds))})"
            " ORDER BY 1, 2",
            (encode_json_array(report_ids), *kinds),
        )
    )


def list_numbers_with_times(db: Reader, case_id: int) -> list[tuple[str, str, str, int]]:
    """Returns (kind, value, when it was added, user) of the case's register numbers, the oldest first."""
    return [
        (kind, value, added, user)
        for kind, value, added, user in db.all(
            "SELECT kind, value, added, user_id FROM case_number WHERE case_id = ? ORDER BY added, kind, value", (case_id,)
        )
    ]


def list_additions(db: Reader, case_id: int) -> list[tuple[str, str, int]]:
    """Returns (report number, when it was added, user) of the case's reports."""
    return [
        (number, added, user)
        for number, added, user in db.all(
            "SELECT r.number, c.added, c.user_id FROM case_report c JOIN report r ON r.id = c.report_id WHERE c.case_id = ?"
            " ORDER BY c.added, r.id",
            (case_id,),
        )
    ]


def add_stage(batch: Writer, case_id: int, row: StageRow) -> None:
    """Adds a stage, or a changed deadline of the present stage, to the case."""
    batch.execute(
        "INSERT INTO case_stage (case_id, stage, since, due, basis, user_id, note) VALUES (?,?,?,?,?,?,?)",
        (case_id, row.stage, row.since, row.due, row.basis, row.user_id, row.note),
    )


def list_stages(db: Reader, case_id: int) -> list[StageRow]:
    """Returns the stages of the case, the oldest first. The last one is the present stage."""
    return [
        StageRow(*row)
        for row in db.all(
            "SELECT stage, since, due, basis, user_id, note FROM case_stage WHERE case_id = ? ORDER BY id", (case_id,)
        )
    ]


# -- notices to keep data --------------------------------------------------------------------------------------------------


def add_notice(batch: Writer, report_id: int, issued: str, to_whom: str, number: str | None, user_id: int) -> int:
    """Adds a preservation notice for the report; returns its id."""
    return batch.insert(
        "INSERT INTO preservation_notice (report_id, issued, to_whom, number, user_id) VALUES (?,?,?,?,?)",
        (report_id, issued, to_whom, number, user_id),
    )


def set_court_informed(batch: Writer, notice_id: int, told: str) -> None:
    """Records when the court was informed of the notice."""
    batch.execute("UPDATE preservation_notice SET court_informed = ? WHERE id = ?", (told, notice_id))


def list_notices(db: Reader, report_id: int) -> list[NoticeRow]:
    """Returns the preservation notices of the report, the oldest first."""
    return [
        NoticeRow(*row)
        for row in db.all(
            "SELECT id, issued, to_whom, number, court_informed, user_id FROM preservation_notice WHERE report_id = ?"
            " ORDER BY id",
            (report_id,),
        )
    ]


def find_reports_with_deadlines(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Returns those of these reports that are in a case or have a preservation notice."""
    return {
        i
        for table in ("case_report", "preservation_notice")
        for (i,) in db.all(
            f"SELECT report_id FROM {table} WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(report_ids),)
        )
    }


# -- the child lane --------------------------------------------------------------------------------------------------------


def confirm_child_lane(batch: Writer, report_id: int, confirmed: str, user_id: int) -> None:
    """Records that a lead viewed the report in the child lane and lets it go out."""
    batch.execute(
        "INSERT OR REPLACE INTO child_lane (report_id, confirmed, user_id) VALUES (?,?,?)", (report_id, confirmed, user_id)
    )


def find_confirmed_child_lane(db: Reader, report_ids: Sequence[int]) -> set[int]:
    """Returns those of these reports that a lead confirmed in the child lane."""
    return {
        i
        for part in split_into_chunks(report_ids)
        for (i,) in db.all(f"SELECT report_id FROM child_lane WHERE report_id IN ({format_placeholders(len(part))})", part)
    }


def load_child_lane_confirmation(db: Reader, report_id: int) -> tuple[str, int] | None:
    """Returns when, and by which user, the report was confirmed in the child lane, or None."""
    row = db.first("SELECT confirmed, user_id FROM child_lane WHERE report_id = ?", (report_id,))
    return (str(row[0]), int(row[1])) if row else None
