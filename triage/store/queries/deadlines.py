"""SQL of the deadlines of reports, by which the queue finds the next one that still runs without opening score cards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array

DeadlineRow = tuple[int, int, int]
"""(seconds since 1970, code of the name, 1 for a duty)."""
PlacedRow = tuple[int, int, int, int, int | None]
"""(the same three, place, end of the place before)."""
_PLACED = "deadline INDEXED BY deadline_place WHERE place > 0"
_OF_PLACES = "place IN (SELECT value FROM json_each(?))"
"""The places one by one: for "place > ?" the whole index is read, since its own condition is taken for the bound."""
_STEP = 16_384
"""Seconds that are counted together beside the single ones."""


def save_deadlines(batch: Writer, rows: Sequence[tuple[int, Sequence[DeadlineRow]]]) -> None:
    """Replaces the deadlines of these reports in the queue."""
    batch.execute(
        "DELETE FROM deadline WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(i for i, _ in rows),)
    )
    placed = [(report_id, *each) for report_id, deadlines in rows for each in place_deadlines(deadlines)]
    batch.execute(  # all rows in one statement: triggers run, and SQLite keeps what a statement with triggers may have to undo
        "INSERT OR IGNORE INTO deadline (report_id, due, name, duty, place, since)"
        " SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?)",
        (msgspec.json.encode(placed).decode(),),
    )


def place_deadlines(deadlines: Iterable[DeadlineRow]) -> Iterator[PlacedRow]:
    """Yields each deadline of a report with its place, and when the place before it ends.

    Places are counted from 1 in order of time. When all before it have run out, a deadline is the next one. A duty never runs
    out, so nothing behind the first duty has a place. Of deadlines that end in the same second one has it, a duty before others.
    """
    place, last, ended = 0, None, False
    for due, name, duty in sorted(deadlines, key=lambda each: (each[0], -each[2], each[1])):
        if due == last or ended:
            yield due, name, duty, 0, None
        else:
            place += 1
            yield due, name, duty, place, last
            last, ended = due, bool(duty)


def load_changed_deadlines(db: Reader, after: int) -> list[tuple[int, int, int | None, int]]:
    """Returns (report, place, due, duty) of the deadlines that changed after change `after`, each as it is since.

    A place without a time is empty. They are ordered by place and report.
    """
    rows = db.all("SELECT place, queue_row, due, duty FROM deadline_change WHERE n > ? AND place > 0 ORDER BY n", (after,))
    found = {(place, report_id): (due, duty) for place, report_id, due, duty in rows}
    return [(report_id, place, *found[place, report_id]) for place, report_id in sorted(found)]


def find_newest_change(db: Reader) -> int:
    """Returns the number of the newest change of a deadline; 0 when there was none."""
    return int(db.value("SELECT seq FROM sqlite_sequence WHERE name = 'deadline_change'") or 0)


def count_changes(db: Reader) -> int:
    """Returns how many changes of deadlines are not in the planes yet."""
    last = db.value("SELECT max(n) FROM deadline_change")
    return 0 if last is None else int(last - db.value("SELECT min(n) FROM deadline_change") + 1)


def are_unwritten(db: Reader) -> bool:
    """Returns whether the planes of all deadlines are still to be written."""
    return bool(db.value("SELECT EXISTS (SELECT 1 FROM deadline_change WHERE n = 1 AND queue_row = 0)"))


def list_places(db: Reader, place: int, reports: range) -> str:
    """Returns report, due and duty of the deadlines of a place, of the reports of a range, in turn, with commas between them.

    As one text they take a third of the time of as many rows.
    """
    return str(
        db.value(
            "SELECT group_concat(report_id || ',' || due || ',' || duty)"
            " FROM deadline WHERE report_id >= ? AND report_id < ? AND place = ?",
            (reports.start, reports.stop, place),
        )
        or ""
    )


def list_between(db: Reader, place: int, begin: int, end: int) -> str:
    """Returns the reports whose deadline of a place lies from `begin` to before `end`, as ids with commas between them."""
    return str(
        db.value(
            f"SELECT group_concat(report_id) FROM {_PLACED} AND place = ? AND due >= ? AND due < ?",
            (place, begin, end),
        )
        or ""
    )


def list_places_after(db: Reader, place: int) -> range:
    """Returns the places behind one that deadlines have."""
    last = db.value("SELECT max(place) FROM deadline INDEXED BY deadline_place WHERE place > 0")
    return range(place + 1, (last or 0) + 1)


def list_next(db: Reader, places: Iterable[int], now: int) -> list[tuple[int, int]]:
    """Returns (report, next deadline that runs at `now`) of the deadlines of some places; reports without one are missing."""
    return [
        (report_id, due)
        for report_id, due in db.all(
            f"SELECT report_id, min(due) FROM {_PLACED} AND {_OF_PLACES} AND (duty OR due >= ?) GROUP BY report_id",
            (encode_json_array(places), now),
        )
    ]


def list_overdue_duties(db: Reader, places: Iterable[int], now: int) -> list[int]:
    """Returns the reports with an overdue duty at one of some places."""
    sql = f"SELECT report_id FROM {_PLACED} AND {_OF_PLACES} AND due < ? AND duty"
    return [i for (i,) in db.all(sql, (encode_json_array(places), now))]


def load_next(db: Reader, report_ids: Iterable[int], now: int) -> dict[int, int]:
    """Returns report -> its next deadline that runs at `now`; reports without one are missing."""
    return dict(
        db.all(
            "SELECT d.report_id, min(d.due) FROM json_each(?) i CROSS JOIN deadline d ON d.report_id = i.value"
            " WHERE d.duty OR d.due >= ? GROUP BY d.report_id",
            (encode_json_array(report_ids), now),
        )
    )


def list_wrong_places(db: Reader, reports: range) -> list[tuple[int, list[DeadlineRow]]]:
    """Returns those of these reports of which a deadline has another place than `place_deadlines` gives, with their deadlines."""
    rows = db.each(
        "SELECT report_id, due, name, duty, place, since FROM deadline WHERE report_id >= ? AND report_id < ? ORDER BY report_id",
        (reports.start, reports.stop),
    )
    wrong: list[tuple[int, list[DeadlineRow]]] = []
    for report_id, own in groupby(rows, itemgetter(0)):
        found: list[PlacedRow] = [row[1:] for row in own]
        plain = [each[:3] for each in found]
        if set(found) != set(place_deadlines(plain)):
            wrong.append((report_id, plain))
    return wrong


def count_expiring(db: Reader, now: int) -> int:
    """Returns how many reports that are not closed have a next deadline that ends within thirty days of `now`.

    Whole steps are added, and the seconds of the step in which `now` lies: a few thousand rows, however the deadlines lie.
    """
    step = now // _STEP
    return int(
        db.value(
            "SELECT (SELECT coalesce(sum(n), 0) FROM expiring_count WHERE step = ?1 AND at < ?2)"
            " + (SELECT coalesce(sum(n), 0) FROM expiring_count WHERE step = 1 AND at BETWEEN ?3 AND ?4)",
            (_STEP, step, step * _STEP, now),
        )
    )


_DUE_ALONE = (
    "deadline s WHERE s.name = (SELECT id FROM code WHERE kind = 'due_name' AND word = :name) AND s.due < :before"
    " AND NOT EXISTS (SELECT 1 FROM deadline d WHERE d.report_id = s.report_id AND d.name <> s.name AND d.due < :before"
    " AND (d.duty OR d.due >= :now))"
)
"""Reports of whose deadlines that run at `now` only the one of this name ends before `before`."""


def list_due_alone(db: Reader, name: str, now: int, before: int) -> list[int]:
    """Returns the reports of whose deadlines only the duty of this name ends before `before`, of those that run at `now`."""
    return [i for (i,) in db.all(f"SELECT DISTINCT s.report_id FROM {_DUE_ALONE}", {"name": name, "now": now, "before": before})]


def count_due_alone(db: Reader, name: str, now: int, before: int) -> int:
    """Returns how many of these reports are not closed."""
    not_closed = " AND EXISTS (SELECT 1 FROM queue q WHERE q.report_id = s.report_id AND q.status <> 4)"
    values = {"name": name, "now": now, "before": before}
    return int(db.value(f"SELECT count(DISTINCT s.report_id) FROM {_DUE_ALONE}{not_closed}", values))


def load_deadlines(db: Reader, report_ids: Iterable[int]) -> dict[int, list[DeadlineRow]]:
    """Returns report -> its deadlines in the queue, the first to run out first; reports without any are missing."""
    found: dict[int, list[DeadlineRow]] = {}
    for report_id, *deadline in db.all(
        "SELECT report_id, due, name, duty FROM deadline WHERE report_id IN (SELECT value FROM json_each(?))"
        " ORDER BY report_id, due, name",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(report_id, []).append((deadline[0], deadline[1], deadline[2]))
    return found
