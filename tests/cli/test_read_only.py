"""`--read-only`: commands that read work on write-protected media and change no byte; commands that write are refused."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from triage.jobs.session import unlock
from triage.store.store import Store

REPORT = "900000001"
READING = (
    ("queue",), ("show", REPORT), ("check",), ("audit", "verify"), ("audit", "outgoing"), ("stats",), ("links", REPORT), ("links", "--clusters"),
    ("case", "list"), ("imports",), ("set-aside",), ("lists", "list"), ("keys", "show"), ("user", "list"), ("policy", "list"),
    ("rules", "show"), ("possible",), ("held",), ("corrections", REPORT), ("match", "words"),
)  # fmt: skip
WRITING = (
    ("init",), ("import", "bundle"), ("set", REPORT, "--note", "x"), ("export", "queue", "--out", "q.csv"), ("backup", "copy"),
    ("packet", "create", REPORT, "--out", "p"), ("audit", "export-head", "--out", "h.json"), ("case", "open", REPORT),
    ("rules", "export", "r"), ("hold", REPORT, "--reason", "x"), ("keys", "rotate"), ("sweep",), ("preserve", REPORT, "--issued",
    "2026-10-01", "--to", "x"), ("policy", "set", "agency-name", "x"), ("restore", "bundle"), ("audit", "accept-loss"), (),
)  # fmt: skip


def describe(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Returns modification time, size and digest of the folder and all in it."""
    places = [folder, *sorted(folder.rglob("*"))]
    return {
        str(p): (p.stat().st_mtime_ns, p.stat().st_size, hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "")
        for p in places
    }


@pytest.fixture(params=["closed", "killed"])
def desk_to_read(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A store that nobody may write, closed in order or left by a killed program with a step in its write-ahead log."""
    work = Path(shutil.copytree(desk.work, tmp_path / "work"))
    if request.param == "killed":
        subprocess.run([sys.executable, "-c", _DIE, str(work / "store"), WORDS], check=False, timeout=60)
        assert (work / "store" / "triage.db-wal").stat().st_size > 0
    places = [work / "store", *(work / "store").rglob("*")]
    for place in places:
        place.chmod(place.stat().st_mode & ~0o222)
    yield Desk(work, work / "store")
    for place in places:
        place.chmod(place.stat().st_mode | 0o200)


_DIE = """
import os, sys
from pathlib import Path
from triage.jobs.session import unlock
session = unlock(Path(sys.argv[1]), "first", sys.argv[2])
with session.store.batch() as batch:
    batch.note("queue exported", rows=0, file="drawn")
os._exit(9)
"""


def test_reading_changes_nothing_and_writing_is_refused(desk_to_read: Desk) -> None:
    before, outside = describe(desk_to_read.store), desk_to_read.outside()
    for command in READING:
        done = desk_to_read.call(*command, "--read-only", "--json")
        assert done.code == 0 and not done.err, (command, done)
        assert describe(desk_to_read.store) == before, command
    for command in WRITING:
        assert "read-only" in desk_to_read.call(*command, "--read-only").refusal, command
        assert describe(desk_to_read.store) == before, command
    assert desk_to_read.outside() == outside


def test_what_the_log_of_a_killed_program_holds_is_read(desk_to_read: Desk) -> None:
    with Store.open(desk_to_read.store, "first", WORDS, read_only=True) as store:
        head, kinds = store.read_head(), [entry for (entry,) in store.read().all("SELECT json FROM audit_entry")]
    assert len(kinds) == head.count
    assert ("queue exported" in kinds[-1]) == (desk_to_read.store / "triage.db-wal").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux") or os.geteuid() != 0, reason="mounts a folder write-protected")
def test_it_works_on_a_write_protected_mount(desk_to_read: Desk) -> None:
    store = str(desk_to_read.store)
    mounted = f'mount --bind "{store}" "{store}" && mount -o remount,ro,bind "{store}" || exit 77; exec "$@"'
    common = ["--store", store, "--user", "first", "--passphrase-file", str(desk_to_read.work / "words"), "--read-only", "--json"]
    for command in (("queue",), ("check",), ("audit", "verify")):
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", mounted, "sh", sys.executable, "-m", "triage", *command, *common],
            capture_output=True, env=desk_to_read.env, timeout=100, check=False,
        )  # fmt: skip
        if done.returncode == 77:
            pytest.skip("this machine allows no mounts")
        assert done.returncode == 0, (done.stdout, done.stderr)


def test_a_writer_and_a_reader_keep_apart(desk: Desk) -> None:
    with unlock(desk.store, "first", WORDS) as session, session.store.locked():
        assert "in use" in desk.call("queue", "--read-only").refusal
    with unlock(desk.store, "first", WORDS, read_only=True):
        pass
    with unlock(desk.store, "first", WORDS) as session, session.store.batch() as batch:
        batch.note("queue exported", rows=0, file="drawn")
