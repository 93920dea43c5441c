"""Deadlines run out while nobody writes: the lanes count rightly, and cheaply, after an hour, a day, a month and half a year."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from typing import Any

import pytest

from triage.resources import resource
from triage.store.queries.queue_planes import count_expiring, load_passed_deadlines

HOUR, DAY = 3_600, 86_400
NOW = 1_796_000_000
REPORTS = 600
CLOSED = 4
TIMES = {"at once": 0, "an hour": HOUR, "a day": DAY, "a month": 30 * DAY, "half a year": 182 * DAY}


class Rows:
    """A database with the schema of a store, whose statements are kept."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.executescript(resource("migrations/0001_schema.sql").read_text())
        self.asked: list[tuple[str, Any]] = []

    def all(self, sql: str, params: Any = ()) -> list[tuple[Any, ...]]:
        self.asked.append((sql, params))
        return self.db.execute(sql, params).fetchall()

    def value(self, sql: str, params: Any = ()) -> Any:
        return self.all(sql, params)[0][0]

    def list_tables_opened(self, sql: str, params: Any) -> set[str]:
        """Returns the tables of which a statement reads rows. An index that holds all that is asked is no table."""
        names = dict(self.db.execute("SELECT rootpage, name FROM sqlite_master WHERE type = 'table' AND rootpage > 0"))
        steps = self.db.execute(f"EXPLAIN {sql}", params).fetchall()
        opened = {p1: names[p2] for _, word, p1, p2, *_ in steps if word == "OpenRead" and p2 in names}
        return {opened[p1] for _, word, p1, *_ in steps if word in ("Column", "SeekRowid", "FinishSeek") and p1 in opened}


@pytest.fixture
def rows() -> Iterator[tuple[Rows, dict[int, tuple[int, list[tuple[int, int]]]]]]:
    """Yields reports with none to four deadlines, each as judging wrote it at `NOW`, and what they say."""
    made, told, dice = Rows(), {}, random.Random(20)
    for i in range(1, REPORTS + 1):
        spread = dice.choice((2 * HOUR, 3 * DAY, 70 * DAY, 200 * DAY))
        due = sorted((NOW + dice.randrange(-DAY, spread), int(dice.random() < 0.1)) for _ in range(dice.randrange(5)))
        told[i] = status, _ = dice.choice((0, 1, 2, 3, CLOSED, 5)), due
        made.db.execute("INSERT INTO report (id, number, version, first_number) VALUES (?1, ?1, 1, ?1)", (i,))
        first = next(((d, duty) for d, duty in due if duty or d >= NOW), (None, 0))
        after = min((d for d, duty in due if first[0] is not None and (duty or d > first[0])), default=None)
        made.db.execute(
            "INSERT INTO queue (report_id, band, risk, actionability, received_estimated, status, flags, files, files_present,"
            " number_key, languages, arrived, due, due_duty, due_after) VALUES (?, 0, 0, 0, 0, ?, 0, 0, 0, '', 0, 0, ?, ?, ?)",
            (i, status, *first, after),
        )
        made.db.executemany("INSERT OR IGNORE INTO deadline VALUES (?, ?, ?, ?)", [(i, d, n, y) for n, (d, y) in enumerate(due)])
    yield made, told
    made.db.close()


@pytest.mark.parametrize("passed", TIMES.values(), ids=TIMES)
def test_the_count_is_that_of_all_rows_one_by_one(rows: Any, passed: int) -> None:
    made, told = rows
    now = NOW + passed
    for days in (1, 30, 365):
        before = now + days * DAY
        running = [
            min((d for d, duty in due if duty or d >= now), default=before) for status, due in told.values() if status != CLOSED
        ]
        assert count_expiring(made, now, before) == sum(each < before for each in running)


@pytest.mark.parametrize("passed", TIMES.values(), ids=TIMES)
def test_the_next_deadlines_are_those_of_all_rows_one_by_one(rows: Any, passed: int) -> None:
    made, told = rows
    now = NOW + passed
    running, without = ([int(number) for number in text.split(",") if number] for text in load_passed_deadlines(made, 0, now))
    found = dict(zip(running[::2], running[1::2], strict=True)) | dict.fromkeys(without)
    for i, (_, due) in told.items():
        stored = next(((d, duty) for d, duty in due if duty or d >= NOW), None)
        assert (i in found) == (stored is not None and not stored[1] and stored[0] < now)
        if i in found:
            assert found[i] == min((d for d, duty in due if duty or d >= now), default=None)


def test_no_row_of_the_queue_is_read_for_a_deadline_that_ran_out(rows: Any) -> None:
    """Each such row once was: at two million reports the lanes took 0.1 s after three hours, and 13 s after a month."""
    made, _ = rows
    count_expiring(made, NOW + 30 * DAY, NOW + 60 * DAY)
    load_passed_deadlines(made, 0, NOW + 30 * DAY)
    reading = {sql: made.list_tables_opened(sql, params) for sql, params in made.asked}
    assert any("due_after" in sql for sql in reading), "the statements were listened to"
    assert not {sql for sql, tables in reading.items() if "queue" in tables}


def test_a_row_that_is_read_is_noticed(rows: Any) -> None:
    made, _ = rows
    sql = "SELECT count(*) FROM queue INDEXED BY queue_passing WHERE due_duty = 0 AND status <> 4 AND due < ?"
    assert made.list_tables_opened(sql, (NOW,)) == {"queue"}
