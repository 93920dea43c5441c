"""What triggers keep is what the rows say, through all kinds of changes of the rows. The schema alone is asked, in memory."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator

import pytest

from triage.store.database import add_digest_function
from triage.store.migrations import load_migrations
from triage.store.queries import tallies
from triage.store.queries.kept_counts import find_wrong_casework, find_wrong_counts, recount

REPORTS, MEDIA, ROUNDS = 12, 8, 400
CASEWORK = ("request_waiting_count", "case_present", "grade_changed")
STATUSES = ("new", "in_progress", "closed", "referred", "case_opened")


class Schema:
    """A database with the schema of a store, read and written as the queries do."""

    def __init__(self, other: Schema | None = None) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        if other is None:
            add_digest_function(self.db)
            self.db.executescript("".join(sql for _, sql in load_migrations()))
        else:
            other.db.backup(self.db)
        self.execute = self.db.execute
        self.executemany = self.db.executemany

    def all(self, sql: str, params: object = ()) -> list[tuple[object, ...]]:
        return self.db.execute(sql, params).fetchall()  # type: ignore[arg-type]

    def value(self, sql: str, params: object = ()) -> object:
        row = self.db.execute(sql, params).fetchone()  # type: ignore[arg-type]
        return None if row is None else row[0]


@pytest.fixture(scope="module")
def empty() -> Iterator[Schema]:
    """A database with reports alone."""
    made = Schema()
    for n in range(1, REPORTS + 1):
        made.execute("INSERT INTO report (id, number, version, first_number) VALUES (?1, ?1, 1, ?1)", (n,))
    yield made
    made.db.close()


@pytest.fixture(scope="module")
def filled(empty: Schema) -> Iterator[Schema]:
    """A database after many changes."""
    made, dice = Schema(empty), random.Random(1)
    for _ in range(ROUNDS):
        change_something(made, dice)
    yield made
    made.db.close()


@pytest.fixture
def schema(request: pytest.FixtureRequest) -> Iterator[Schema]:
    """A copy of the one that the test names, else of the empty one."""
    made = Schema(request.getfixturevalue(getattr(request, "param", "empty")))
    yield made
    made.db.close()


def change_something(schema: Schema, dice: random.Random) -> None:
    """Changes rows as imports, judging, people and destruction do."""
    report, other = dice.randrange(1, REPORTS + 1), dice.sample(range(1, MEDIA + 1), 2)
    pair, band = (min(other), max(other)), dice.randrange(5)
    received = dice.choice((None, -5, -40 * 86_400, 1 << 40, dice.randrange(70 * 86_400)))
    day = f"2026-03-{dice.randrange(8, 11):02d}T{dice.choice((18, 19))}:59:59Z"
    acts: tuple[tuple[str, tuple[object, ...]], ...] = (
        (
            (
                "INSERT INTO queue (report_id, band, risk, actionability, office, received, received_estimated, status, flags, files,"
                " files_present, number_key, languages, arrived) VALUES (?, ?, 0, 0, ?, ?, 0, ?, 0, 0, 0, '', 0, 0)"
                " ON CONFLICT DO UPDATE SET band = excluded.band, office = excluded.office, received = excluded.received"
            ),
            (report, band, dice.choice((None, 1)), received, dice.randrange(6)),
        ),
        ("UPDATE queue SET band = ? WHERE report_id = ?", (band, report)),
        ("UPDATE queue SET status = ? WHERE report_id = ?", (dice.randrange(6), report)),
        ("DELETE FROM queue WHERE report_id = ?", (report if dice.random() < 0.3 else 0,)),
        (
            "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level, exhibit) VALUES (?, 1, ?, '', '', '', 1)",
            (report, other[0]),
        ),
        ("DELETE FROM file WHERE id = (SELECT id FROM file ORDER BY random() LIMIT ?)", (int(dice.random() < 0.5),)),
        (
            "INSERT OR IGNORE INTO possible_match (a, b, distance, dhash_distance, asked_item) VALUES (?, ?, ?, 1, 1)",
            (*pair, dice.randrange(30)),
        ),
        ("INSERT OR IGNORE INTO rejected_match (a, b, rejected, user_id) VALUES (?, ?, '', 1)", pair),
        ("DELETE FROM rejected_match WHERE a = ? AND b = ?", pair),
        (
            (
                "INSERT INTO report_version (report_id, n, imported, bundle_id, changes) VALUES (?, 1, ?, 1, '')"
                " ON CONFLICT DO UPDATE SET imported = excluded.imported"
            ),
            (report, day),
        ),
        ("DELETE FROM report_version WHERE report_id = ?", (report if dice.random() < 0.2 else 0,)),
        (
            "INSERT INTO decision (report_id, taken, user_id, status, reason) VALUES (?, ?, 1, ?, ?)",
            (report, day, dice.choice(STATUSES), dice.choice((None, "adult"))),
        ),
        ("UPDATE decision SET undone = 1 WHERE id = (SELECT max(id) FROM decision WHERE report_id = ?)", (report,)),
        ("DELETE FROM decision WHERE report_id = ?", (report if dice.random() < 0.2 else 0,)),
        (
            "INSERT INTO cluster (report_id, root) VALUES (?, ?) ON CONFLICT DO UPDATE SET root = excluded.root",
            (report, dice.randrange(1, 4)),
        ),
        ("UPDATE cluster SET root = ? WHERE root = ?", (dice.randrange(1, 4), dice.randrange(1, 4))),
        ("DELETE FROM cluster WHERE report_id = ?", (report,)),
        (
            "INSERT OR IGNORE INTO deadline (report_id, due, name, duty, place, since) VALUES (?, ?, 1, ?, ?, ?)",
            (
                report,
                *dice.choice(((9, 0, 1, None), (3_000_000, 1, 2, 9), (9_000_000, 0, 3, 8_000_000), (9_000_000, 1, 0, None))),
            ),
        ),
        ("DELETE FROM deadline WHERE report_id = ? AND place = ?", (report, dice.randrange(4))),
        (
            (
                "INSERT INTO request (number, kind, addressee, name, ready, child, missing, lines, made, user_id, sent, closed)"
                " SELECT 1 + count(*), 'traffic', '', '', 1, 0, '[]', 1, '', 1, ?, ? FROM request"
            ),
            (dice.choice((None, day, day[:10])), dice.choice((None, day))),
        ),
        ("UPDATE request SET sent = ? WHERE id = ?", (dice.choice((day, day[:10])), dice.randrange(1, 6))),
        ("UPDATE request SET closed = ? WHERE id = ?", (dice.choice((None, day)), dice.randrange(1, 6))),
        (
            (
                "INSERT INTO request_reply (request_id, name, sha256, size, item, received, user_id)"
                " SELECT id, '', random(), 1, ?, '', 1 FROM request WHERE id = ?"
            ),
            (dice.randrange(5), dice.randrange(1, 6)),
        ),
        ("DELETE FROM request_reply WHERE item < ?", (dice.randrange(5),)),
        (
            "INSERT INTO case_stage (case_id, stage, since, due, basis, user_id) VALUES (?, '', '', ?, '', 1)",
            (other[0], dice.choice((None, day))),
        ),
        (
            "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles) VALUES (?, ?, 1, '', 'adult', 1, 0)",
            (other[0], report),
        ),
        ("DELETE FROM grade WHERE report_id = ?", (report if dice.random() < 0.3 else 0,)),
    )
    schema.execute(*dice.choice(acts))


def is_wrong(schema: Schema) -> bool:
    """Whether anything that is kept differs from the rows."""
    return find_wrong_counts(schema) or find_wrong_casework(schema)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(3))
def test_what_triggers_keep_is_what_the_rows_say(schema: Schema, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "_IDS", (5, 7, 1 << 18)[seed])
    dice = random.Random(seed)
    for _ in range(ROUNDS):
        change_something(schema, dice)
        assert not find_wrong_counts(schema)  # type: ignore[arg-type]
    for table in (
        "queue_day_count",
        "outcome_count",
        "possible_match",
        "decision",
        "queue",
        "cluster",
        "expiring_count",
        *CASEWORK,
    ):
        assert schema.value(f"SELECT count(*) FROM {table}"), f"nothing came into {table}"


@pytest.mark.parametrize(
    "wrong",
    [
        "outcome_count SET n = n + 1",
        "queue_day_count SET n = n + 1",
        "possible_match SET band = band + 1",
        "cluster_size SET n = n + 1",
        "queue_count SET n = n + 1 WHERE status = 0",
        "queue_count SET child = 1 - child",
        "queue_provider_count SET provider = 7",
        "queue_month_count SET n = n - 1 WHERE month = 'unknown'",
        "queue_month_count SET month = '1999-03' WHERE month = '1970-02'",
        "queue_day_count SET n = 9 WHERE day = -1",
        "expiring_count SET n = n + 1 WHERE step = 1",
        "expiring_count SET n = n + 1 WHERE step = 16384",
        "expiring_count SET at = at + 1 WHERE n > 0",
        "expiring_count SET step = 2 WHERE step = 1",
        "row_count SET n = n + 1 WHERE name = 'reports'",
        "request_waiting_count SET n = n + 1",
        "case_present SET due = '2031-01-01'",
        "grade_changed SET media_item_id = media_item_id + 100",
    ],
)
@pytest.mark.parametrize("schema", ["filled"], indirect=True)
def test_a_wrong_number_is_found_and_made_right(schema: Schema, wrong: str) -> None:
    assert not is_wrong(schema)
    schema.execute(f"UPDATE {wrong}")
    assert is_wrong(schema)
    recount(schema)  # type: ignore[arg-type]
    assert not is_wrong(schema)
