"""A page of the database that was put back to an older content: valid to SQLCipher, and noticed all the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from triage.errors import DiskFull, StoreError
from triage.store import audit, heads
from triage.store.backup import make_backup
from triage.store.canonical import encode_canonical
from triage.store.database import PAGE
from triage.store.pages import _count_frames
from triage.store.queries.database_check import find_damage
from triage.store.store import Store

SAID = "put back to an older content"


def fill(store: Store, rows: range, words: str = "x") -> None:
    with store.batch() as batch:
        batch.execute("CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, words TEXT)")
        batch.executemany("INSERT OR REPLACE INTO thing VALUES (?, ?)", [(n, words * 900) for n in rows])


def matches(store: Store) -> bool:
    """Returns whether the digest kept step by step equals the digest of all pages."""
    found = store._heads
    head = found.read()
    return found.pages.open_digest(head.pages, store.id, head.commits) == found.pages.digest_all(store._database.writer)


def pages(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return [data[at : at + PAGE] for at in range(0, len(data), PAGE)]


def put_back(path: Path, number: int, page: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(number * PAGE)
        file.write(page)


@pytest.fixture
def two_states(made: Any) -> tuple[Any, list[bytes], list[int]]:
    """A store, its older pages, and the numbers of pages that hold nothing but plain rows and were changed since."""
    path = made.directory / "triage.db"
    with made.open() as store:
        fill(store, range(200))
    older = pages(path)
    with made.open() as store:
        for row in (20, 100, 150):
            with store.batch() as batch:
                batch.execute("UPDATE thing SET words = 'destroyed' WHERE id = ?", (row,))
    changed = [n for n, (before, now) in enumerate(zip(older, pages(path), strict=False)) if before != now]
    return made, older, changed


def test_each_older_page_alone_is_noticed(two_states: Any) -> None:
    made, older, changed = two_states
    path, unnoticed_before = made.directory / "triage.db", 0
    now = path.read_bytes()
    assert len(changed) >= 4
    for number in changed:
        put_back(path, number, older[number])
        try:
            with made.open() as store:
                unnoticed_before += not find_damage(store._database.writer)
                result = store.check()
                assert not result.valid and not store.verify_log().valid, f"page {number + 1}"
        except StoreError:
            pass
        for name in ("triage.db-wal", "triage.db-shm"):
            (made.directory / name).unlink(missing_ok=True)
        path.write_bytes(now)
    assert unnoticed_before >= 2, "SQLCipher and SQLite find nothing wrong with some of them"
    with made.open() as store:
        assert store.check().valid


def test_it_stays_noticed_whatever_is_written_later(two_states: Any, tmp_path: Path) -> None:
    made, older, changed = two_states
    path = made.directory / "triage.db"
    for number in changed[1:]:  # not the first, which holds the record's state
        with made.open() as store:
            if store.read().value("SELECT count(*) FROM thing WHERE words = 'destroyed'") == 3 and len(older) > number:
                victim = number
    put_back(path, victim, older[victim])
    with made.open() as store:
        for row in range(0, 200, 7):
            with store.batch() as batch:
                batch.execute("UPDATE thing SET words = 'again' WHERE id = ?", (row,))
        assert SAID in " ".join(store.check().problems)
        with pytest.raises(StoreError, match=SAID):
            make_backup(store, tmp_path / "backup")
    with made.open(accept_rollback=True) as store:
        assert store.check().valid, "an administrator went on"
        assert "rollback accepted" in store.read().value("SELECT json FROM audit_entry ORDER BY n DESC LIMIT 1")


def test_an_older_page_as_a_new_step_in_the_log_is_noticed(two_states: Any) -> None:
    """The log's own sums are not keyed: whoever writes the disk can put any authentic page into it."""
    made, older, changed = two_states
    victim = changed[-1]
    with made.open() as store:
        with store.batch() as batch:
            batch.note("thing done")
        log = (made.directory / "triage.db-wal").read_bytes()
        copy = made.directory.with_name("copy")
        shutil.copytree(made.directory, copy)
    forged = _with_frame(log, victim + 1, older[victim], len(pages(copy / "triage.db")))
    (copy / "triage.db-wal").write_bytes(forged)
    (copy / "triage.db-shm").unlink(missing_ok=True)
    with Store.open(copy, made.name, made.passphrase) as store:
        assert SAID in " ".join(store.check().problems)


def _with_frame(log: bytes, number: int, page: bytes, count: int) -> bytes:
    """The write-ahead log with one more commit, its sums as SQLite wants them."""
    import struct

    order = ">" if struct.unpack(">I", log[:4])[0] & 1 else "<"
    frames = (len(log) - 32) // (24 + PAGE)
    last = 32 + (frames - 1) * (24 + PAGE)
    s0, s1 = struct.unpack(">II", log[last + 16 : last + 24])
    head = struct.pack(">II", number, count)
    words = struct.unpack(f"{order}{(8 + PAGE) // 4}I", head + page)
    for a, b in zip(words[::2], words[1::2], strict=True):
        s0 = (s0 + a + s1) & 0xFFFFFFFF
        s1 = (s1 + b + s0) & 0xFFFFFFFF
    return log + head + log[16:24] + struct.pack(">II", s0, s1) + page


def test_step_by_step_and_all_at_once_agree(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over growth, deletion, folding of the log while it is read, a log that begins anew, and two windows in turn."""
    monkeypatch.setattr(heads, "_FOLD_AFTER", 40)
    chance = random.Random(5)
    with made.open() as one, made.open() as two:
        for step in range(40):
            store = chance.choice((one, two))
            what = chance.randrange(5)
            if what == 0:
                fill(store, range(step * 30, step * 30 + chance.randrange(1, 90)), chance.choice("abc"))
            elif what == 1:
                with store.batch() as batch:
                    batch.execute("CREATE TABLE IF NOT EXISTS thing (id INTEGER PRIMARY KEY, words TEXT)")
                    batch.execute("DELETE FROM thing WHERE id % 3 = ?", (chance.randrange(3),))
            elif what == 2:
                with pytest.raises(ZeroDivisionError), store.batch() as batch:
                    batch.execute("CREATE TABLE IF NOT EXISTS other (words TEXT)")
                    batch.executemany("INSERT INTO other VALUES (?)", [("y" * 3000,)] * 60)
                    raise ZeroDivisionError
            elif what == 3:
                store.forget_older_state()
            else:
                with store.batch() as batch:
                    batch.seal(b"sealed")
                    batch.note("thing done")
            with one.locked():
                assert matches(chance.choice((one, two))), f"step {step}"
        reader = two.read()
        with reader.snapshot():
            reader.value("SELECT count(*) FROM audit_entry")
            for _ in range(4):
                fill(one, range(60))
                with one.locked():
                    assert matches(one) and matches(two)
        assert one.check().valid
    with made.open() as again, again.locked():
        assert matches(again)


def test_a_head_that_was_never_written_is_made_from_the_log(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed between the commit and the head: what the step changed is read from the log, not taken from all that is there."""
    with made.open() as store:
        fill(store, range(100))
        before = (made.directory / "head.json").read_bytes()
        with store.batch() as batch:
            batch.execute("UPDATE thing SET words = 'new' WHERE id = 50")
        after = store.read_head()
        copy = made.directory.with_name("copy")
        shutil.copytree(made.directory, copy)
    (copy / "head.json").write_bytes(before)
    (copy / "triage.db-shm").unlink()
    with Store.open(copy, made.name, made.passphrase) as store:
        assert store.read_head().commits == after.commits, "no step was needed to say that nobody knows"
        assert store.check().valid


def test_looking_at_the_log_does_not_fold_it(made: Any) -> None:
    """An SQLite that does not know NOOP would take it for PASSIVE."""
    with made.open() as store:
        fill(store, range(50))
        look = [store._database.writer.first("PRAGMA wal_checkpoint(NOOP)") for _ in range(2)]
        assert look[0] == look[1] and look[0][1] > look[0][2] == 0


@pytest.mark.parametrize("looked", [False, True])
def test_a_head_that_could_not_be_written_is_made_by_the_next_step(
    made: Any, monkeypatch: pytest.MonkeyPatch, looked: bool
) -> None:
    with made.open() as store:
        fill(store, range(100))
        with monkeypatch.context() as patched, pytest.raises(StoreError, match="full"), store.batch() as batch:
            patched.setattr(audit, "write_head", no_room)
            batch.execute("UPDATE thing SET words = 'new' WHERE id = 50")
        if looked:
            with store.locked():
                store._heads.pages.digest_all(store._database.writer)
        commits = store.read_head().commits
        fill(store, range(40, 60), "y")
        assert store.read_head().commits == commits + 2 and store.check().valid


def no_room(path: Path, head: object) -> None:
    raise DiskFull("The disk is full.")


def test_a_head_that_vouches_for_no_pages_is_refused(made: Any) -> None:
    with made.open() as store:
        stated = json.loads(store.read_head().encode())
        del stated["pages"], stated["signature"]
        signed = stated | {"signature": store.sign(encode_canonical(stated)).hex()}
    (made.directory / "head.json").write_bytes(encode_canonical(signed))
    with pytest.raises(StoreError, match="is damaged or was changed"):
        made.open()


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/locks")
def test_looking_at_the_file_keeps_sqlites_locks(made: Any) -> None:
    """Closing any handle of the file would drop them, and a second process would take the log away under our feet."""

    def locks() -> int:
        inode = f":{(made.directory / 'triage.db').stat().st_ino} "
        return sum(inode in line and f" {os.getpid()} " in line for line in Path("/proc/locks").read_text().splitlines())

    with made.open() as store:
        held = locks()
        if not held:
            pytest.skip("this system shows no locks")
        store.check()
        made.open().close()
        assert locks() == held
        command = "import sys; from triage.store.store import Store; Store.open(sys.argv[1], sys.argv[2], sys.argv[3]).close()"
        subprocess.run(
            [sys.executable, "-c", f"from pathlib import Path; {command}".replace("sys.argv[1]", "Path(sys.argv[1])"),
             str(made.directory), made.name, made.passphrase],
            check=True, timeout=60,
        )  # fmt: skip
        fill(store, range(5))
        assert store.check().valid


@pytest.mark.parametrize(
    ("frames", "counted"),
    [
        ("", 0),
        ("-", 0),
        ("--", 0),
        ("c", 1),
        ("-c", 2),
        ("-c-", 2),
        ("cc--c-", 5),
        ("-co", 2),
        ("-co-c", 2),
        ("oc", 0),
        ("-oc", 0),
    ],
)
def test_frames_of_a_log_count_up_to_the_last_commit(tmp_path: Path, frames: str, counted: int) -> None:
    """`c` is a frame that ends a commit, `-` one within, `o` one of an older log, behind which nothing counts."""
    salt, older = b"thissalt", b"oldsalt!"
    log = bytes(16) + salt + bytes(8)
    for at, kind in enumerate(frames, 1):
        head = at.to_bytes(4, "big") + (9 if kind == "c" else 0).to_bytes(4, "big") + (older if kind == "o" else salt)
        log += head + bytes(24 - len(head) + PAGE)
    for torn in (b"", b"a part of another frame"):
        (tmp_path / "log").write_bytes(log + torn)
        with (tmp_path / "log").open("rb") as file:
            assert _count_frames(file.fileno()) == counted
    (tmp_path / "log").write_bytes(log[:16])
    with (tmp_path / "log").open("rb") as file:
        assert _count_frames(file.fileno()) == 0, "a log that is only begun"
