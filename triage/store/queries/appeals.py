"""Appeals: the reported user's side, kept with the case."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class AppealRow:
    """An appeal. Users by their ids; `number` is that of the report."""

    id: int
    report_id: int | None
    number: str | None
    recorded: str
    user_id: int
    received: str
    from_whom: str | None
    text: str
    answer: str | None
    answered: str | None
    answered_by: int | None


def add_appeal(
    batch: Writer,
    *,
    case_id: int,
    report_id: int | None,
    recorded: str,
    user_id: int,
    received: str,
    from_whom: str | None,
    text: str,
) -> int:
    """Adds an appeal and returns its id."""
    return batch.insert(
        "INSERT INTO appeal (case_id, report_id, recorded, user_id, received, from_whom, text) VALUES (?,?,?,?,?,?,?)",
        (case_id, report_id, recorded, user_id, received, from_whom, text),
    )


def list_appeals(db: Reader, case_id: int) -> list[AppealRow]:
    """Returns the appeals of a case, the oldest first."""
    return [
        AppealRow(*row)
        for row in db.all(
            "SELECT a.id, a.report_id, r.number, a.recorded, a.user_id, a.received, a.from_whom, a.text, a.answer, a.answered,"
            " a.answered_by FROM appeal a LEFT JOIN report r ON r.id = a.report_id WHERE a.case_id = ? ORDER BY a.id",
            (case_id,),
        )
    ]


def save_answer(batch: Writer, appeal_id: int, text: str, answered: str, user_id: int) -> None:
    """Records the answer to an appeal."""
    batch.execute(
        "UPDATE appeal SET answer = ?, answered = ?, answered_by = ? WHERE id = ?", (text, answered, user_id, appeal_id)
    )


def erase_appeals_of_emptied_cases(batch: Writer, report_id: int) -> None:
    """Erases the appeals of cases that hold no report but this one, before the report is destroyed."""
    batch.execute(
        "DELETE FROM appeal WHERE case_id IN (SELECT case_id FROM case_report WHERE report_id = ?1)"
        " AND NOT EXISTS (SELECT 1 FROM case_report o WHERE o.case_id = appeal.case_id AND o.report_id <> ?1)",
        (report_id,),
    )
