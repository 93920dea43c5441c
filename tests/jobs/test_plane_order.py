"""The planes lie side by side on the disk as the store grows, and after an update that is killed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlcipher3

from tests.jobs.conftest import NAME, PASSPHRASE
from tests.jobs.test_queue_windows import NOW, Oracle, opened
from triage.jobs.keeping.check import check_store
from triage.jobs.reading import queue
from triage.jobs.reading.queue import load_window
from triage.jobs.session import unlock
from triage.jobs.state import common_words, next_deadlines, queue_planes
from triage.model.queue_order import PRESERVE_NOW, QueueOrder
from triage.model.views import QueueFilter
from triage.store import migrations
from triage.store.database import PAGE, Writer
from triage.store.migrations import load_migrations
from triage.store.opening import DATABASE
from triage.store.queries import key_holders, reports
from triage.store.queries import queue_planes as sql

LATER = (
    "DROP TABLE closed_change",
    "DROP TABLE version_choice",
    "DROP INDEX source_held",
    "ALTER TABLE source DROP COLUMN held",
    "ALTER TABLE code DROP COLUMN rank",
    "DROP INDEX request_case",
    "DROP INDEX request_waiting",
    "ALTER TABLE compaction_owed DROP COLUMN acts",
    "ALTER TABLE compaction_owed DROP COLUMN rebuilt",
    "ALTER TABLE backup DROP COLUMN frontier",
    "DROP TRIGGER grade_work_grade_added",
    "DROP TRIGGER grade_work_grade_removed",
    "DROP TRIGGER grade_work_grade_changed",
    "DROP TRIGGER grade_work_match_rejected",
    "DROP TRIGGER grade_work_match_confirmed",
    "DROP TRIGGER request_waiting_added",
    "DROP TRIGGER request_waiting_changed",
    "DROP TRIGGER request_waiting_answered",
    "DROP TRIGGER request_waiting_again",
    "DROP TRIGGER case_present_changed",
    "DROP INDEX preservation_notice_owed",
    "DROP INDEX case_withdrawn",
    "DROP INDEX case_officer",
    "DROP TABLE grade_work",
    "DROP TABLE grade_changed",
    "DROP TABLE request_waiting_count",
    "DROP TABLE case_present",
    "DROP TABLE grade_pair",
    "DROP VIEW link_key_holders",
    "DROP TABLE link_key_holder",
    "DROP TABLE link_key_holder_new",
    "DROP TABLE link_key_state",
    "DROP INDEX link_key_sentence",
    "ALTER TABLE link_key RENAME TO newer",
    (
        "CREATE TABLE link_key (kind TEXT NOT NULL, value TEXT NOT NULL, report_id INTEGER NOT NULL REFERENCES report(id),"
        " strength INTEGER NOT NULL, day INTEGER, PRIMARY KEY (kind, value, report_id)) WITHOUT ROWID"
    ),
    "INSERT INTO link_key SELECT kind, value, report_id, strength, day FROM newer",
    "DROP TABLE newer",
    "CREATE INDEX link_key_report ON link_key (report_id, kind, value, strength, day)",
)
"""What takes back the later migrations."""
UPDATED = """
import os, signal, sys
from triage.jobs.session import unlock
from triage.store.database import Writer
execute, left = Writer.execute, int(sys.argv[2])
def execute_some(self, sql, params=()):
    global left
    done = execute(self, sql, params)
    left -= "plane" in sql
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
Writer.execute = execute_some
with unlock(sys.argv[1], %r, %r):
    print("opened")
"""


@pytest.fixture(scope="module")
def new(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes an empty store for each example."""
    return lambda: Path(shutil.copytree(empty_store, tmp_path_factory.mktemp("q") / "s"))


def list_pages(path: Path) -> list[int]:
    """Returns the pages of the planes in the order of their keys: children of the table's root (SQLite's file format, 1.6)."""
    with sqlcipher3.connect(str(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'queue_plane'").fetchone()
    page = path.read_bytes()[(root - 1) * PAGE : root * PAGE]
    assert page[0] == 5, "an interior page of a table"
    cells = [int.from_bytes(page[12 + 2 * n : 14 + 2 * n], "big") for n in range(int.from_bytes(page[3:5], "big"))]
    return [int.from_bytes(page[at : at + 4], "big") for at in (*cells, 8)]


@pytest.mark.parametrize("how", ["as it grows", "by an update"])
def test_planes_that_lie_here_and_there_are_laid_side_by_side(tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In no encrypted file, since the pages are looked at."""
    until_then = load_migrations()[:4]
    monkeypatch.setattr(migrations, "load_migrations", lambda: until_then)
    path, planes, blocks = tmp_path / "plain.db", range(20), range(6)
    connection = sqlcipher3.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA page_size = {PAGE}")
    writer = Writer(connection)
    writer.execute("CREATE TABLE queue_plane (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT")
    writer.execute("CREATE TABLE other (id INTEGER PRIMARY KEY, bits BLOB)")
    for block in blocks:  # as they are written: block by block, with other rows in between
        for plane in planes:
            sql.save_block(writer, plane, block, bytes([plane, block]) * 8_000)
            writer.execute("INSERT INTO other (bits) VALUES (zeroblob(16000))")
    writer.execute("DELETE FROM other WHERE id % 3")
    expected = [(p << sql.BLOCK_BITS | b, bytes([p, b]) * 8_000) for p in planes for b in blocks]

    assert sum(b - a == 1 for a, b in zip(list_pages(path), list_pages(path)[1:], strict=False)) < 10
    writer.begin()
    if how == "as it grows":
        sql.order_planes(writer)
    else:
        migrations.apply_migrations(writer, 3)
    writer.commit()
    pages = list_pages(path)
    assert pages == list(range(pages[0], pages[0] + len(expected)))
    assert writer.all("SELECT id, bits FROM queue_plane ORDER BY id") == expected
    assert writer.value("PRAGMA freelist_count") > len(expected), "what was free is free again"
    assert writer.all("SELECT name FROM sqlite_master ORDER BY name") == [("other",), ("queue_plane",)]
    connection.close()


def test_the_planes_of_a_growing_store_are_laid_side_by_side_now_and_then(
    monkeypatch: pytest.MonkeyPatch, new: Callable[[], Path]
) -> None:
    laid: list[int] = []
    lay = sql.order_planes
    monkeypatch.setattr(sql, "order_planes", lambda batch: (laid.append(sql.count_blocks(batch)), lay(batch)))
    for module in (queue_planes, next_deadlines, common_words):
        monkeypatch.setattr(module, "BLOCK", 64)
    for module in (queue_planes, common_words):
        monkeypatch.setattr(module, "BLOCK_WORDS", 1)
    monkeypatch.setattr(queue_planes, "keep_common_words", lambda batch: None)
    monkeypatch.setattr(queue, "read_now", lambda: NOW)
    with opened(new(), 60, 2) as (session, _, _), session.store.batch() as batch:
        queue_planes.write_planes(batch)
    assert not laid, "one block has no order"
    with opened(new(), 400, 3) as (session, told, _):
        for _ in range(2):
            with session.store.batch() as batch:
                queue_planes.write_planes(batch)
        assert laid and laid[-1] == 7 and laid == sorted(set(laid)), "each time that blocks are new, and no other"
        for wanted, order in ((QueueFilter(), QueueOrder()), (PRESERVE_NOW, QueueOrder("deadline"))):
            shown, _ = Oracle(told, NOW).select(wanted)
            assert [row.id for row in load_window(session, wanted, order, 0, 400).rows] == Oracle(told, NOW).sort(shown, order)
        with session.reading() as db:
            assert not queue_planes.find_wrong_planes(db, NOW)


def test_a_store_that_grows_is_laid_out_anew_with_each_quarter_more() -> None:
    grown = [now for now in range(1, 40) if queue_planes._have_grown(now - 1, now)]
    assert grown == [2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 18, 22, 27, 33]
    assert queue_planes._have_grown(0, 16) and queue_planes._have_grown(8, 11) and not queue_planes._have_grown(8, 9)
    assert not queue_planes._have_grown(16, 16)


def test_an_update_that_is_killed_is_done_by_the_next_opening(new: Callable[[], Path]) -> None:
    folder = new()
    with opened(folder, 60, 5) as (session, _, _):
        with session.store.batch() as batch:
            queue_planes.write_planes(batch)
            named = [reports.add_report(batch, str(n)) for n in range(60)]
            told = [(i, (kind, f"v{i % 7}", 50, i)) for i in named for kind in ("email", "others", "sentence")]
            key_holders.save_keys(batch, told, [])
            batch.execute("PRAGMA user_version = 3")
            for statement in LATER:
                batch.execute(statement)
        planes = session.store.read().all("SELECT id, bits FROM queue_plane ORDER BY id")
        keys = session.store.read().all("SELECT report_id, kind, value, strength, day FROM link_key ORDER BY 1, 2, 3")
        assert len(keys) > 100
    for statements in (2, 4):  # after the copy, and after the last one
        command = [sys.executable, "-c", UPDATED % (NAME, PASSPHRASE), str(folder), str(statements)]
        killed = subprocess.run(command, capture_output=True, text=True, check=False)
        assert killed.returncode == -9 and not killed.stdout, killed.stderr
    with unlock(folder, NAME, PASSPHRASE) as session:
        assert session.store.read().value("PRAGMA user_version") == len(load_migrations())
        assert session.store.read().all("SELECT id, bits FROM queue_plane ORDER BY id") == planes
        assert session.store.read().all("SELECT * FROM link_key") == keys
        assert not key_holders.find_wrong_holders(session.store.read())
        assert session.store.check().valid


def test_a_check_of_an_older_store_whose_head_is_in_doubt_says_what_was_not_compared(
    new: Callable[[], Path], tmp_path: Path
) -> None:
    folder = new()
    with opened(folder, 5, 5) as (session, _, _), session.store.batch() as batch:
        batch.execute("PRAGMA user_version = 3")
        for statement in LATER:
            batch.execute(statement)
        batch.note("taken back")
    older = (folder / DATABASE).read_bytes()
    with unlock(folder, NAME, PASSPHRASE):  # updates it
        pass
    (folder / DATABASE).write_bytes(older)
    with unlock(folder, NAME, PASSPHRASE, examine=True) as session:
        problems = check_store(session).problems
    assert len(problems) > 1 and any("its rows were not compared" in str(problem) for problem in problems)
