"""What people decided, and what they looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import among


@dataclass(frozen=True, slots=True)
class DecisionRow:
    id: int
    report_id: int
    taken: str
    user_id: int
    status: str
    reason: str | None
    note: str | None
    assignee: int | None
    undone: int


_DECISION = "id, report_id, taken, user_id, status, reason, note, assignee, undone"


def add(
    batch: Writer,
    *,
    report_id: int,
    taken: str,
    user_id: int,
    status: str,
    reason: str | None,
    note: str | None,
    assignee: int | None,
) -> int:
    return batch.insert(
        "INSERT INTO decision (report_id, taken, user_id, status, reason, note, assignee) VALUES (?,?,?,?,?,?,?)",
        (report_id, taken, user_id, status, reason, note, assignee),
    )


def of_report(db: Reader, report_id: int) -> list[DecisionRow]:
    return [
        DecisionRow(*row) for row in db.all(f"SELECT {_DECISION} FROM decision WHERE report_id = ? ORDER BY id", (report_id,))
    ]


def by_id(db: Reader, decision_id: int) -> DecisionRow | None:
    row = db.one(f"SELECT {_DECISION} FROM decision WHERE id = ?", (decision_id,))
    return DecisionRow(*row) if row else None


def undo(batch: Writer, decision_id: int) -> None:
    batch.execute("UPDATE decision SET undone = 1 WHERE id = ?", (decision_id,))


def current(db: Reader, report_id: int) -> tuple[str, int | None]:
    """(status, assignee) by the last decision that stands."""
    row = db.one(
        "SELECT status, assignee FROM decision WHERE report_id = ? AND undone = 0 ORDER BY id DESC LIMIT 1",
        (report_id,),
    )
    return (str(row[0]), row[1]) if row else ("new", None)


def current_among(db: Reader, report_ids: Iterable[int]) -> dict[int, tuple[str, int | None]]:
    """As `current`, by report; those that nothing was decided of are missing."""
    return {
        i: (status, assignee)
        for i, status, assignee in db.all(
            "SELECT report_id, status, assignee FROM decision WHERE undone = 0"
            " AND report_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (among(report_ids),),
        )
    }


def closed_among(db: Reader, report_ids: Iterable[int], reasons: Iterable[str]) -> set[int]:
    """Those whose last decision that stands closed them for one of the reasons."""
    wanted = set(reasons)
    last: dict[int, bool] = {}
    for i, status, reason in db.all(
        "SELECT report_id, status, reason FROM decision WHERE undone = 0"
        " AND report_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (among(report_ids),),
    ):
        last[i] = status == "closed" and reason in wanted
    return {i for i, closed in last.items() if closed}


def add_exposure(
    batch: Writer, *, user_id: int, began: str, milliseconds: int, step: int, medium_id: int, report_id: int | None
) -> None:
    batch.execute(
        "INSERT INTO media_view (user_id, began, milliseconds, step, media_item_id, report_id) VALUES (?,?,?,?,?,?)",
        (user_id, began, milliseconds, step, medium_id, report_id),
    )


def exposures(db: Reader, user_id: int, since: str) -> list[tuple[int, int, str, int]]:
    """(step, medium, began, milliseconds) of one's own reveals that began since a time, oldest first."""
    return [
        (step, medium, began, milliseconds)
        for step, medium, began, milliseconds in db.all(
            "SELECT step, media_item_id, began, milliseconds FROM media_view WHERE user_id = ? AND began >= ? ORDER BY began, id",
            (user_id, since),
        )
    ]
