"""Deadlines run out while nobody writes: places and counts say the same as all rows one by one, at any moment."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from triage.model.queue_order import EXPIRING_DAYS
from triage.store.database import add_digest_function
from triage.store.migrations import load_migrations
from triage.store.queries import deadlines
from triage.store.queries.deadlines import count_expiring, list_wrong_places, place_deadlines, save_deadlines

HOUR, DAY = 3_600, 86_400
NOW = 1_796_000_000
REPORTS = 300
CLOSED = 4
MOMENTS = [0, -1, 1, HOUR, DAY, 30 * DAY, 182 * DAY, 800 * DAY, -DAY, -45 * DAY, -800 * DAY]

Deadlines = dict[int, tuple[int, list[tuple[int, int, int]]]]
"""Report -> its status, and its deadlines as (time, name, 1 for a duty)."""


class Rows:
    """A database with the schema of a store, whose statements are kept."""

    def __init__(self, *, migrated: bool = True) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        add_digest_function(self.db)
        self.db.executescript("".join(sql for _, sql in load_migrations()[: None if migrated else 1]))
        self.asked: list[tuple[str, Any]] = []
        self.execute, self.executemany = self.db.execute, self.db.executemany

    def all(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        self.asked.append((sql, params))
        return self.db.execute(sql, params).fetchall()

    def each(self, sql: str, params: Any = ()) -> Iterator[tuple[Any, ...]]:
        return iter(self.all(sql, params))

    def value(self, sql: str, params: Any = ()) -> Any:
        return self.all(sql, params)[0][0]


def draw(dice: random.Random) -> tuple[int, list[tuple[int, int, int]]]:
    """Returns what a report says: none to five deadlines, some at the same second, all within a day or over years."""
    begin, spread = dice.choice(((0, 4), (-HOUR, 2 * HOUR), (-90 * DAY, 180 * DAY), (-400 * DAY, 800 * DAY), (9 * DAY, DAY)))
    due = {(NOW + begin + dice.randrange(spread), name) for name in range(dice.randrange(6))}
    return dice.choice((0, 1, 2, 3, CLOSED, 5)), [(time, name, int(dice.random() < 0.15)) for time, name in sorted(due)]


def fill(rows: Rows, told: Deadlines, columns: str = "", values: str = "") -> None:
    for i, (status, _) in told.items():
        rows.execute("INSERT INTO report (id, number, version, first_number) VALUES (?1, ?1, 1, ?1)", (i,))
        rows.execute(
            "INSERT INTO queue (report_id, band, risk, actionability, received_estimated, status, flags, files, files_present,"
            f" number_key, languages, arrived{columns}) VALUES (?, 0, 0, 0, 0, ?, 0, 0, 0, '', 0, 0{values})",
            (i, status),
        )


@pytest.fixture(scope="module")
def told() -> Deadlines:
    dice = random.Random(20)
    return {i: draw(dice) for i in range(1, REPORTS + 1)}


@pytest.fixture
def rows(told: Deadlines) -> Iterator[Rows]:
    made = Rows()
    fill(made, told)
    save_deadlines(made, [(i, due) for i, (_, due) in told.items()])  # type: ignore[arg-type]
    yield made
    made.db.close()


def find_next(due: list[tuple[int, int, int]], now: int) -> int | None:
    return min((time for time, _, duty in due if duty or time >= now), default=None)


def count_plainly(told: Deadlines, now: int) -> int:
    running = [find_next(due, now) for status, due in told.values() if status != CLOSED]
    return sum(time is not None and time < now + EXPIRING_DAYS * DAY for time in running)


def test_the_count_is_that_of_all_rows_one_by_one(rows: Rows, told: Deadlines) -> None:
    for after in MOMENTS:
        assert count_expiring(rows, NOW + after) == count_plainly(told, NOW + after)  # type: ignore[arg-type]


def test_the_count_follows_each_change(rows: Rows, told: Deadlines) -> None:
    dice, left = random.Random(3), dict(told)
    for _ in range(200):
        i = dice.choice(sorted(left))
        status, due = draw(dice)
        match dice.randrange(4):
            case 0:
                save_deadlines(rows, [(i, due)])  # type: ignore[arg-type]
                left[i] = left[i][0], due
            case 1:
                rows.execute("UPDATE queue SET status = ? WHERE report_id = ?", (status, i))
                left[i] = status, left[i][1]
            case 2:
                for table in dice.sample(("queue", "deadline"), 2):
                    rows.execute(f"DELETE FROM {table} WHERE report_id = ?", (i,))
                rows.execute("DELETE FROM report WHERE id = ?", (i,))
                del left[i]
            case _:
                rows.execute("UPDATE queue SET band = 1 WHERE report_id = ?", (i,))
        moment = NOW + dice.choice(MOMENTS)
        assert count_expiring(rows, moment) == count_plainly(left, moment)  # type: ignore[arg-type]
    assert rows.value("SELECT count(*) FROM expiring_count WHERE n = 0") == 0, (
        "of what is gone nothing stays, not even its second"
    )


def test_the_first_place_that_has_not_run_out_is_the_next_deadline(told: Deadlines) -> None:
    for _, due in told.values():
        placed = sorted((place, time, duty, since) for time, _, duty, place, since in place_deadlines(due) if place)
        assert [place for place, *_ in placed] == list(range(1, len(placed) + 1))
        assert [since for *_, since in placed] == [None, *(time for _, time, *_ in placed)][: len(placed)]
        for now in {NOW, *(time + at for time, *_ in due for at in (-1, 0, 1))}:
            assert next((time for _, time, duty, _ in placed if duty or time >= now), None) == find_next(due, now)


def test_what_the_planes_do_not_hold_comes_from_the_rows(rows: Rows, told: Deadlines) -> None:
    for now in (NOW + after for after in MOMENTS):
        expected = {i: time for i, (_, due) in told.items() if (time := find_next(due, now)) is not None}
        assert deadlines.load_next(rows, told, now) == expected  # type: ignore[arg-type]
        behind = dict(deadlines.list_next(rows, deadlines.list_places_after(rows, 2), now))  # type: ignore[arg-type]
        places = {i: {place: (time, duty) for time, _, duty, place, _ in place_deadlines(due)} for i, (_, due) in told.items()}
        assert all(
            behind.get(i) == expected.get(i)
            for i, own in places.items()
            if len(own) > 2 and 2 in own and not own[2][1] and own[2][0] < now
        )


def test_an_older_store_gets_the_same_places_and_counts(rows: Rows, told: Deadlines) -> None:
    old = Rows(migrated=False)
    fill(old, told, ", due_duty", ", 0")
    for i, (_, due) in told.items():
        old.executemany("INSERT INTO deadline VALUES (?, ?, ?, ?)", [(i, *each) for each in due])
    old.db.executescript(load_migrations()[1][1])
    for table in ("deadline", "expiring_count"):
        assert old.all(f"SELECT * FROM {table} ORDER BY 1, 2, 3") == rows.all(f"SELECT * FROM {table} ORDER BY 1, 2, 3")
    assert not list_wrong_places(old, range(REPORTS + 1))  # type: ignore[arg-type]
    assert deadlines.are_unwritten(old) and not deadlines.are_unwritten(rows)  # type: ignore[arg-type]
    old.db.close()


def test_a_count_reads_a_few_thousand_rows_however_the_deadlines_lie(rows: Rows) -> None:
    """All deadlines within a day: to count those of the present day took a read of each. A step has 16,384 seconds."""
    count_expiring(rows, NOW)  # type: ignore[arg-type]
    sql, params = rows.asked[-1]
    plan = [step for *_, step in rows.db.execute(f"EXPLAIN QUERY PLAN {sql}", params) if "expiring_count" in step]
    assert [step.split("(")[1] for step in plan] == ["step=? AND at<?)", "step=? AND at>? AND at<?)"]


def test_deadlines_of_some_places_are_read_alone(rows: Rows) -> None:
    """The places before them are those of two million reports."""
    for ask in (deadlines.list_next, deadlines.list_overdue_duties):
        ask(rows, range(5, 9), NOW)  # type: ignore[arg-type]
        sql, params = rows.asked[-1]
        [step] = [step for *_, step in rows.db.execute(f"EXPLAIN QUERY PLAN {sql}", params) if "deadline_place" in step]
        assert "(place=?" in step
    assert deadlines.list_places_after(rows, 2) == range(3, 6)  # type: ignore[arg-type]
    sql, params = rows.asked[-1]
    assert "SEARCH deadline USING COVERING INDEX deadline_place (place>?)" in str(
        list(rows.db.execute(f"EXPLAIN QUERY PLAN {sql}"))
    )
    deadlines.list_between(rows, 2, NOW, NOW + DAY)  # type: ignore[arg-type]
    sql, params = rows.asked[-1]
    assert "(place=? AND due>? AND due<?)" in str(list(rows.db.execute(f"EXPLAIN QUERY PLAN {sql}", params)))
