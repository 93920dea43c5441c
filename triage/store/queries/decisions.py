"""SQL of people's decisions on reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array

NOBODY = 0
"""Stands in place of a user for what no person decided: a closed report was opened again by what arrived."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision on a report. `undone` is 1 when the decision was undone; undone decisions stay as rows."""

    id: int
    report_id: int
    taken: str
    user_id: int
    status: str
    reason: str | None
    note: str | None
    assignee: int | None
    undone: int
    bulk_act: int | None


_DECISION = "id, report_id, taken, user_id, status, reason, note, assignee, undone, bulk_act"


def add_decision(
    batch: Writer,
    *,
    report_id: int,
    taken: str,
    user_id: int,
    status: str,
    reason: str | None,
    note: str | None,
    assignee: int | None,
    bulk_act: int | None = None,
) -> int:
    """Adds a decision; returns its id."""
    return batch.insert(
        "INSERT INTO decision (report_id, taken, user_id, status, reason, note, assignee, bulk_act) VALUES (?,?,?,?,?,?,?,?)",
        (report_id, taken, user_id, status, reason, note, assignee, bulk_act),
    )


def add_bulk_act(batch: Writer, user_id: int, begun: str, reports: int) -> int:
    """Adds an act on many reports; returns its id."""
    return batch.insert("INSERT INTO bulk_act (user_id, begun, reports) VALUES (?,?,?)", (user_id, begun, reports))


def find_last_own_decision(db: Reader, user_id: int) -> DecisionRow | None:
    """Returns the user's newest decision that was not undone, or None. The newest is the last one, whatever time it bears."""
    row = db.first(f"SELECT {_DECISION} FROM decision WHERE user_id = ? AND undone = 0 ORDER BY id DESC LIMIT 1", (user_id,))
    return DecisionRow(*row) if row else None


def count_bulk_decisions(db: Reader, act: int) -> int:
    """Returns how many decisions of an act still stand."""
    return int(db.value("SELECT count(*) FROM decision WHERE bulk_act = ? AND undone = 0", (act,)))


def list_bulk_decisions(db: Reader, act: int, most: int) -> list[int]:
    """Returns the ids of decisions of an act that still stand, the newest first."""
    return [
        i for (i,) in db.all("SELECT id FROM decision WHERE bulk_act = ? AND undone = 0 ORDER BY id DESC LIMIT ?", (act, most))
    ]


def list_decisions(db: Reader, report_id: int) -> list[DecisionRow]:
    """Returns all decisions on the report, undone ones too, the oldest first."""
    return [
        DecisionRow(*row) for row in db.all(f"SELECT {_DECISION} FROM decision WHERE report_id = ? ORDER BY id", (report_id,))
    ]


def load_decision(db: Reader, decision_id: int) -> DecisionRow | None:
    """Returns the decision with this id, or None."""
    row = db.first(f"SELECT {_DECISION} FROM decision WHERE id = ?", (decision_id,))
    return DecisionRow(*row) if row else None


def mark_decision_undone(batch: Writer, decision_id: int) -> None:
    """Marks the decision as undone."""
    batch.execute("UPDATE decision SET undone = 1 WHERE id = ?", (decision_id,))


def load_status(db: Reader, report_id: int) -> tuple[str, int | None]:
    """Returns (status, assignee) by the last decision that was not undone; ("new", None) without one."""
    row = db.first(
        "SELECT status, assignee FROM decision WHERE report_id = ? AND undone = 0 ORDER BY id DESC LIMIT 1",
        (report_id,),
    )
    return (str(row[0]), row[1]) if row else ("new", None)


def load_statuses(db: Reader, report_ids: Iterable[int]) -> dict[int, tuple[str, int | None]]:
    """Returns report -> (status, assignee), as `load_status`; reports without a decision are missing."""
    return {
        i: (status, assignee)
        for i, status, assignee in db.all(
            "SELECT report_id, status, assignee FROM decision WHERE undone = 0"
            " AND report_id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (encode_json_array(report_ids),),
        )
    }


def find_reopened(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Returns those of these reports that were opened again by what arrived, and to which nobody gave another status since."""
    found: set[int] = set()
    for i, user_id, status in db.all(
        "SELECT report_id, user_id, status FROM decision WHERE undone = 0"
        " AND report_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (encode_json_array(report_ids),),
    ):
        if user_id == NOBODY:
            found.add(i)
        elif status != "new":
            found.discard(i)
    return found


def find_closed_reports(db: Reader, report_ids: Iterable[int], reasons: Iterable[str]) -> set[int]:
    """Returns those of these reports whose last standing decision closed them for one of the reasons."""
    wanted = set(reasons)
    last: dict[int, bool] = {}
    for i, status, reason in db.all(
        "SELECT report_id, status, reason FROM decision WHERE undone = 0"
        " AND report_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (encode_json_array(report_ids),),
    ):
        last[i] = status == "closed" and reason in wanted
    return {i for i, closed in last.items() if closed}
