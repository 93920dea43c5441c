"""SQL of the sheets at the end of a shift."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array
from triage.store.queries.requests import UNANSWERED


@dataclass(frozen=True, slots=True)
class ShiftRecord:
    """A sheet: `counts` are the lengths of its lists when it was made."""

    id: int
    made: str
    user_id: int
    counts: dict[str, int]
    note: str | None
    acknowledged: str | None
    acknowledged_by: int | None


_COLUMNS = "SELECT id, made, user_id, counts, note, acknowledged, acknowledged_by FROM shift_sheet"


def list_waiting_requests(db: Reader, *, sent: bool, limit: int) -> list[tuple[str, str, str]]:
    """Returns (number, addressee, day or time of sending or "") of the first requests that are not closed and have no reply.

    They are those that were sent, the earliest first, or those that were not sent.
    """
    return [
        (number, name, day)
        for number, name, day in db.all(
            f"SELECT r.number, r.name, coalesce(r.sent, '') FROM request r WHERE r.sent IS {'NOT ' if sent else ''}NULL"
            f" AND {UNANSWERED} ORDER BY r.sent, r.id LIMIT ?",
            (limit,),
        )
    ]


def count_waiting_requests(db: Reader) -> tuple[int, int]:
    """Returns how many requests wait for a reply, and how many to be sent."""
    sent = db.value("SELECT coalesce(sum(n), 0) FROM request_waiting_count")
    not_sent = db.value(f"SELECT count(*) FROM request r WHERE r.sent IS NULL AND {UNANSWERED}")
    return int(sent), int(not_sent)


def list_open_conflicts(db: Reader) -> list[tuple[str, str]]:
    """Returns (report number, field) of conflicts between two workstations that wait for a lead."""
    return [
        (number, field)
        for number, field in db.all(
            "SELECT r.number, c.field FROM work_conflict c JOIN report r ON r.id = c.report_id"
            " WHERE c.resolved IS NULL ORDER BY +c.id"
        )
    ]


def add_sheet(batch: Writer, made: str, user_id: int, counts: dict[str, int], note: str | None) -> int:
    """Adds a sheet; returns its number."""
    return batch.insert(
        "INSERT INTO shift_sheet (made, user_id, counts, note) VALUES (?,?,?,?)", (made, user_id, json.dumps(counts), note)
    )


def acknowledge_sheet(batch: Writer, number: int, when: str, user_id: int) -> None:
    """Records who acknowledged the sheet, and when."""
    batch.execute("UPDATE shift_sheet SET acknowledged = ?, acknowledged_by = ? WHERE id = ?", (when, user_id, number))


def load_sheet(db: Reader, number: int) -> ShiftRecord | None:
    """Returns the sheet with this number, or None."""
    row = db.first(f"{_COLUMNS} WHERE id = ?", (number,))
    return _build_record(row) if row else None


def list_sheet_numbers(db: Reader) -> list[int]:
    """Returns the numbers of all sheets, the newest first."""
    return [number for (number,) in db.all("SELECT id FROM shift_sheet ORDER BY id DESC")]


def load_sheets(db: Reader, numbers: Sequence[int]) -> dict[int, ShiftRecord]:
    """Returns number -> sheet, of these sheets, in their order."""
    sql = f"{_COLUMNS} WHERE id IN (SELECT value FROM json_each(?))"
    found = {record.id: record for record in map(_build_record, db.all(sql, (encode_json_array(numbers),)))}
    return {number: found[number] for number in numbers if number in found}


def _build_record(row: Row) -> ShiftRecord:
    """Builds a sheet from the columns of _COLUMNS."""
    number, made, user, counts, note, acknowledged, by = row
    return ShiftRecord(number, made, user, json.loads(counts), note, acknowledged, by)
