"""After a rebuild every connection goes over to the new file, and the one before is overwritten when nobody has it open."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from triage.errors import StoreError
from triage.store import compaction, integrity, opening, wiping
from triage.store.backup import make_backup
from triage.store.database import PAGE, Database
from triage.store.generations import find_newest, find_older, name_next
from triage.store.queries import compaction as sql
from triage.store.rekey import replace_database_key
from triage.store.restore import restore_backup
from triage.store.store import Store
from triage.store.wiping import wipe_unused

USER = ("First User", "seven green boats")


@pytest.fixture
def other(created: Any) -> Iterator[Store]:
    """The same store in another window."""
    with Store.open(created.store.directory, *USER) as opened:
        yield opened


@pytest.fixture(autouse=True)
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(compaction, "_AGAIN_SECONDS", 0.01)


def owe(store: Store) -> None:
    with store.batch() as batch:
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)


def write(store: Store, name: str) -> None:
    with store.batch() as batch:
        batch.execute("INSERT INTO policy (name, value) VALUES (?, '1')", (name,))
        batch.note("bench filled", turn=0)


def names(store: Store) -> set[str]:
    return {name for (name,) in store.read().all("SELECT name FROM policy")}


def files(store: Store) -> list[str]:
    return sorted(path.name for path in store.directory.glob("triage*.db"))


def test_another_window_reads_and_writes_what_was_rebuilt_and_both_stay_one_store(store: Store, other: Store) -> None:
    write(other, "one")
    for turn in range(2, 4):
        owe(store)
        assert store.forget_older_state() and files(store) == [f"triage-{turn:06}.db"]
        assert names(other) >= {"one"} and other._database.path.name == f"triage-{turn:06}.db"
        write(other, f"other {turn}")
        write(store, f"own {turn}")
        assert names(store) == names(other) >= {"one", f"other {turn}", f"own {turn}"}
        assert store.check().valid and other.verify_log().valid
    assert not sql.is_compaction_owed(other.read())


def test_whoever_reads_an_older_state_reads_it_to_its_end(store: Store, other: Store) -> None:
    """So do rows that are fetched one by one, and a reader that somebody keeps goes over to the new file after them."""
    write(store, "one")
    reader = other.read()
    owe(store)
    rows = reader.each("SELECT name FROM policy ORDER BY name")
    first = next(rows)
    with store.read().snapshot():
        count = store.read().value("SELECT count(*) FROM policy")
        done: list[bool] = []
        thread = threading.Thread(target=lambda: done.append(store.forget_older_state()))
        thread.start()
        thread.join()
        assert done == [False] and len(files(store)) == 2
        write(other, "two")
        assert store.read().value("SELECT count(*) FROM policy") == count
    assert len([first, *rows]) == count and reader.value("SELECT count(*) FROM policy") == count + 1
    assert store.forget_older_state() and len(files(store)) == 1


def test_a_check_and_a_backup_beside_a_rebuild_end_well(
    store: Store, other: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(store, "one")
    plain, rebuilt = integrity.check_structure, list[bool]()

    def check(*args: Any) -> Any:
        owe(other)
        rebuilt.append(other.forget_older_state())
        return plain(*args)

    monkeypatch.setattr(integrity, "check_structure", check)
    assert not store.check().problems and rebuilt == [False]
    monkeypatch.undo()
    assert other.forget_older_state(), "nobody has the older one open"
    assert make_backup(store, tmp_path / "backup").check.valid
    owe(other)
    other.forget_older_state()
    write(store, "two")
    assert make_backup(other, tmp_path / "backup").check.valid
    assert restore_backup(tmp_path / "backup", tmp_path / "restored", *USER).valid
    assert (tmp_path / "restored" / opening.DATABASE).exists()
    with Store.open(tmp_path / "restored", *USER) as restored:
        assert names(restored) >= {"one", "two"}


OPEN = """
import sys
from pathlib import Path
from triage.store.store import Store
with Store.open(Path(sys.argv[1]), "First User", "seven green boats") as store:
    rows = store.read().each("SELECT n FROM audit_entry")
    next(rows)
    print("reads", flush=True)
    sys.stdin.readline()
    list(rows)
    print(store.read().value("SELECT count(*) FROM policy WHERE name = 'late'"), flush=True)
    sys.stdin.readline()
"""


def test_another_program_that_reads_keeps_the_older_file_and_then_sees_the_new_one(store: Store) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OPEN, str(store.directory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as reading:
        assert reading.stdin and reading.stdout and reading.stdout.readline() == "reads\n"
        owe(store)
        assert not store.forget_older_state() and (store.directory / opening.DATABASE).stat().st_size > PAGE
        write(store, "late")
        reading.stdin.write("\n")
        reading.stdin.flush()
        assert reading.stdout.readline() == "1\n"
        assert store.forget_older_state() and files(store) == ["triage-000002.db"]
        reading.stdin.write("\n")
        reading.stdin.flush()
    assert reading.returncode == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from triage.store import compaction, wiping
from triage.store.database_copy import DatabaseCopy
from triage.store.queries import compaction as sql
from triage.store.store import Store

def kill(*args):
    os.kill(os.getpid(), signal.SIGKILL)

def kill_half_way(file):
    file.flush()
    file.truncate(file.tell() // 2)
    kill()

with Store.open(Path(sys.argv[1]), "First User", "seven green boats") as store:
    with store.batch() as batch:
        batch.execute("INSERT INTO policy (name, value) VALUES ('late', '1')")
        sql.mark_compaction_owed(batch, "2026-11-28T00:00:00Z")
        batch.note("things destroyed", items=0)
    MOMENT
    store.forget_older_state()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.parametrize(
    ("moment", "left"),
    [
        ("DatabaseCopy.restore_triggers = kill", ["triage.db"]),
        ("compaction.sync_folder = kill", ["triage-000002.db", "triage.db"]),
        ("wiping.flush = kill_half_way", ["triage-000002.db", "triage.db"]),
        ("wiping.remove_file = kill", ["triage-000002.db", "triage.db"]),
    ],
)
def test_a_program_that_was_killed_leaves_a_whole_store_and_the_next_start_finishes(
    created: Any, moment: str, left: list[str]
) -> None:
    directory = created.store.directory
    created.store.close()
    ended = subprocess.run([sys.executable, "-c", KILLED.replace("MOMENT", moment), str(directory)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert sorted(path.name for path in directory.glob("triage*.db")) == left
    with Store.open(directory, *USER) as store:
        assert files(store) == ["triage-000002.db"] and "late" in names(store)
        assert not sql.is_compaction_owed(store.read()) and store.check().valid
        assert not (directory / opening.REBUILD).exists()


def test_the_older_file_is_zeros_before_it_goes(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its write-ahead log as well: it holds what was erased."""
    seen = list[bytes]()

    def flush(file: Any) -> None:
        file.flush()
        file.seek(0)
        seen.append(file.read())

    owe(store)
    size = (store.directory / opening.DATABASE).stat().st_size
    log = (store.directory / f"{opening.DATABASE}-wal").stat().st_size
    monkeypatch.setattr(wiping, "flush", flush)
    assert store.forget_older_state()
    assert not any(any(data) for data in seen)
    assert sum(map(len, seen)) >= size and log > 0
    assert not [path for path in store.directory.iterdir() if path.name.startswith(opening.DATABASE)]


def test_a_copy_that_is_of_no_use_is_overwritten(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has the store's key, and holds what is erased later."""
    written = list[str]()
    plain = wiping.overwrite_all

    def overwrite(path: Path) -> None:
        if path.exists() and path.stat().st_size:
            written.append(path.name)
        plain(path)

    owe(store)
    monkeypatch.setattr(compaction, "_BRIEF_PAGES", 0)
    monkeypatch.setattr(compaction, "overwrite_all", overwrite)
    monkeypatch.setattr(compaction.DatabaseCopy, "bring_up_to_date", lambda *_: False)
    store.forget_older_state()
    assert written.count(opening.DATABASE) == compaction._TIMES_BESIDE


def test_a_file_that_somebody_has_open_is_left_alone(store: Store, tmp_path: Path) -> None:
    key = store._database.key
    path = tmp_path / opening.DATABASE
    with closing(Database.create(path, key)) as made:
        made.writer.execute("CREATE TABLE t (a)")
        before = path.read_bytes()
        assert not wipe_unused(path, key) and path.read_bytes() == before
        assert made.reader().value("SELECT count(*) FROM t") == 0
    assert wipe_unused(path, key) and not list(tmp_path.glob("triage*"))


def test_a_link_in_place_of_the_next_or_the_older_file_is_refused(store: Store, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"kept")
    owe(store)
    store.forget_older_state()
    (store.directory / opening.DATABASE).symlink_to(elsewhere)
    owe(store)
    with pytest.raises(StoreError, match="can't be used"):
        store.forget_older_state()
    (store.directory / opening.DATABASE).unlink()
    assert store.forget_older_state()
    name_next(store._database.path).symlink_to(elsewhere)
    with pytest.raises(StoreError, match="can't be used"):
        write(store, "one")
    name_next(find_newest(store.directory)).unlink(missing_ok=True)
    assert elsewhere.read_bytes() == b"kept"


def test_names_and_their_order(tmp_path: Path) -> None:
    assert find_newest(tmp_path) == tmp_path / "triage.db" and name_next(tmp_path / "triage.db").name == "triage-000002.db"
    for name in ("triage.db", "triage-000009.db", "triage-000010.db", "triage-11.db", "triage-000012.db-wal"):
        (tmp_path / name).touch()
    newest = find_newest(tmp_path)
    assert newest.name == "triage-000010.db" and name_next(newest).name == "triage-000011.db"
    assert [path.name for path in find_older(newest)] == ["triage-000009.db", "triage.db"]


def test_an_older_database_under_the_next_number_does_not_fit_the_head(store: Store, tmp_path: Path) -> None:
    store._database.empty_log()
    shutil.copy(store._database.path, tmp_path / "older.db")
    write(store, "one")
    planted = name_next(store._database.path)
    shutil.copy(tmp_path / "older.db", planted)
    with pytest.raises(StoreError, match="older than the audit log's head"):
        write(store, "two")
    with pytest.raises(StoreError, match="older than the audit log's head"):
        Store.open(store.directory, *USER)
    for path in store.directory.glob(f"{planted.name}*"):
        path.unlink()
    with Store.open(store.directory, *USER) as again:
        assert "one" in names(again) and again.check().valid


def test_a_connection_that_opens_while_the_file_is_replaced_does_not_find_an_empty_database(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looked for a newer file, and opened the older one when that had been overwritten and cut."""
    plain, first = Database._open_connection, [True]

    def open_late(database: Database, path: Path) -> Any:
        if first.pop() if first else False:
            owe(store)
            assert store.forget_older_state() and not path.exists()
            path.touch()
        return plain(database, path)

    monkeypatch.setattr(Database, "_open_connection", open_late)
    with closing(other._database.connect()) as connection:
        assert connection.execute("SELECT count(*) FROM policy").fetchone()


def test_a_file_that_appears_meanwhile_makes_no_older_one_of_the_stores(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name came after the store's, which was overwritten for that."""
    store._database.empty_log()
    shutil.copy(store._database.path, tmp_path / "older.db")
    owe(store)
    plain, newest = compaction.wipe_unused, list[Path]()

    def wipe(path: Path, key: memoryview) -> bool:
        if not newest:
            newest.append(store._database.path)
            shutil.copy(tmp_path / "older.db", name_next(newest[0]))
            store._database.look()
            return False
        return plain(path, key)

    monkeypatch.setattr(compaction, "wipe_unused", wipe)
    monkeypatch.setattr(compaction, "_WAIT_SECONDS", 30)  # it looks a second time, however busy the machine is
    with pytest.raises(StoreError, match="older than the audit log's head"):
        store.forget_older_state()
    for path in store.directory.glob(f"{name_next(newest[0]).name}*"):
        path.unlink()
    with Store.open(store.directory, *USER) as again:
        assert again._database.path == newest[0] and again.check().valid


def test_the_key_is_not_replaced_while_somebody_reads_the_database_before_a_rebuild(store: Store, other: Store) -> None:
    """A window that goes over to the new file later would find it under a key that it does not have."""
    rows = other.read().each("SELECT name FROM sqlite_master")
    next(rows)
    owe(store)
    assert not store.forget_older_state()
    with pytest.raises(StoreError, match="has this store open"):
        replace_database_key(store)
    rows.close()  # type: ignore[attr-defined]
    write(other, "one")
    assert store.forget_older_state() and files(store) == ["triage-000002.db"]
    other.close()
    replace_database_key(store)
    with Store.open(store.directory, *USER) as again:
        assert files(again) == ["triage-000002.db"] and "one" in names(again) and again.check().valid
