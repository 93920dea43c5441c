"""Cases: the reports they join, their numbers and stages; notices to keep data; the child lane."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import among, chunks, marks


@dataclass(frozen=True, slots=True)
class CaseRow:
    id: int
    number: str
    opened: str
    user_id: int
    officer: int | None


@dataclass(frozen=True, slots=True)
class StageRow:
    stage: str
    since: str
    due: str | None
    basis: str
    user_id: int
    note: str | None


@dataclass(frozen=True, slots=True)
class NoticeRow:
    id: int
    issued: str
    to_whom: str
    number: str | None
    told_court: str | None
    user_id: int


_CASE = "id, number, opened, user_id, officer"


def next_number(db: Reader, year: str) -> str:
    """C-2026-0001 and so on; numbers of a year are never given twice, since cases are never deleted."""
    last = db.value("SELECT max(CAST(substr(number, 8) AS INTEGER)) FROM case_file WHERE number LIKE ?", (f"C-{year}-%",))
    return f"C-{year}-{(last or 0) + 1:04d}"


def add(batch: Writer, number: str, opened: str, user_id: int, officer: int | None) -> int:
    return batch.insert(
        "INSERT INTO case_file (number, opened, user_id, officer) VALUES (?,?,?,?)", (number, opened, user_id, officer)
    )


def find(db: Reader, number: str) -> CaseRow | None:
    row = db.one(f"SELECT {_CASE} FROM case_file WHERE number = ?", (number,))
    return CaseRow(*row) if row else None


def all_cases(db: Reader) -> list[CaseRow]:
    return [CaseRow(*row) for row in db.all(f"SELECT {_CASE} FROM case_file ORDER BY id")]


def listed(db: Reader) -> list[tuple[str, str, int | None, str, str, str | None, int]]:
    """(number, opened, officer, stage, since, due, reports) of every case, the newest first."""
    return [
        (number, opened, officer, stage, since, due, held)
        for number, opened, officer, stage, since, due, held in db.all(
            "SELECT f.number, f.opened, f.officer, s.stage, s.since, s.due,"
            " (SELECT count(*) FROM case_report c WHERE c.case_id = f.id) FROM case_file f JOIN case_stage s ON s.id ="
            " (SELECT max(id) FROM case_stage WHERE case_id = f.id) ORDER BY f.id DESC"
        )
    ]


def all_numbers(db: Reader) -> list[tuple[str, str, str]]:
    """(case, kind, value) of every number that a register gave."""
    return [
        (case, kind, value)
        for case, kind, value in db.all(
            "SELECT f.number, n.kind, n.value FROM case_number n JOIN case_file f ON f.id = n.case_id ORDER BY 1, 2, 3"
        )
    ]


def set_officer(batch: Writer, case_id: int, officer: int) -> None:
    batch.execute("UPDATE case_file SET officer = ? WHERE id = ?", (officer, case_id))


def of_report(db: Reader, report_id: int) -> CaseRow | None:
    row = db.one(
        "SELECT f.id, f.number, f.opened, f.user_id, f.officer FROM case_report c JOIN case_file f ON f.id = c.case_id"
        " WHERE c.report_id = ?",
        (report_id,),
    )
    return CaseRow(*row) if row else None


def put_report(batch: Writer, case_id: int, report_id: int, added: str, user_id: int) -> None:
    """Into this case, out of the one it was in."""
    batch.execute(
        "INSERT OR REPLACE INTO case_report (report_id, case_id, added, user_id) VALUES (?,?,?,?)",
        (report_id, case_id, added, user_id),
    )


def report_ids(db: Reader, case_id: int) -> list[int]:
    return [i for (i,) in db.all("SELECT report_id FROM case_report WHERE case_id = ? ORDER BY report_id", (case_id,))]


def add_number(batch: Writer, case_id: int, kind: str, value: str, added: str, user_id: int) -> None:
    batch.execute(
        "INSERT OR IGNORE INTO case_number (case_id, kind, value, added, user_id) VALUES (?,?,?,?,?)",
        (case_id, kind, value, added, user_id),
    )


def remove_number(batch: Writer, case_id: int, kind: str, value: str) -> bool:
    return batch.execute("DELETE FROM case_number WHERE case_id = ? AND kind = ? AND value = ?", (case_id, kind, value)) > 0


def numbers(db: Reader, case_id: int) -> list[tuple[str, str, int]]:
    """(kind, value, user)"""
    return [
        (kind, value, user)
        for kind, value, user in db.all(
            "SELECT kind, value, user_id FROM case_number WHERE case_id = ? ORDER BY kind, value", (case_id,)
        )
    ]


def add_stage(batch: Writer, case_id: int, row: StageRow) -> None:
    batch.execute(
        "INSERT INTO case_stage (case_id, stage, since, due, basis, user_id, note) VALUES (?,?,?,?,?,?,?)",
        (case_id, row.stage, row.since, row.due, row.basis, row.user_id, row.note),
    )


def stages(db: Reader, case_id: int) -> list[StageRow]:
    return [
        StageRow(*row)
        for row in db.all(
            "SELECT stage, since, due, basis, user_id, note FROM case_stage WHERE case_id = ? ORDER BY id", (case_id,)
        )
    ]


# -- notices to keep data --------------------------------------------------------------------------------------------------


def add_notice(batch: Writer, report_id: int, issued: str, to_whom: str, number: str | None, user_id: int) -> int:
    return batch.insert(
        "INSERT INTO preservation_notice (report_id, issued, to_whom, number, user_id) VALUES (?,?,?,?,?)",
        (report_id, issued, to_whom, number, user_id),
    )


def court_told(batch: Writer, notice_id: int, told: str) -> None:
    batch.execute("UPDATE preservation_notice SET court_informed = ? WHERE id = ?", (told, notice_id))


def notices(db: Reader, report_id: int) -> list[NoticeRow]:
    return [
        NoticeRow(*row)
        for row in db.all(
            "SELECT id, issued, to_whom, number, court_informed, user_id FROM preservation_notice WHERE report_id = ?"
            " ORDER BY id",
            (report_id,),
        )
    ]


def with_clocks(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Of these the reports that are in a case or that a notice was written for."""
    return {
        i
        for table in ("case_report", "preservation_notice")
        for (i,) in db.all(
            f"SELECT report_id FROM {table} WHERE report_id IN (SELECT value FROM json_each(?))", (among(report_ids),)
        )
    }


# -- the child lane --------------------------------------------------------------------------------------------------------


def confirm_child_lane(batch: Writer, report_id: int, confirmed: str, user_id: int) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO child_lane (report_id, confirmed, user_id) VALUES (?,?,?)", (report_id, confirmed, user_id)
    )


def confirmed_among(db: Reader, report_ids: Sequence[int]) -> set[int]:
    return {
        i
        for part in chunks(report_ids)
        for (i,) in db.all(f"SELECT report_id FROM child_lane WHERE report_id IN ({marks(len(part))})", part)
    }


def child_lane_confirmed(db: Reader, report_id: int) -> tuple[str, int] | None:
    """(when, by whom)"""
    row = db.one("SELECT confirmed, user_id FROM child_lane WHERE report_id = ?", (report_id,))
    return (str(row[0]), int(row[1])) if row else None
