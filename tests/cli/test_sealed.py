"""Promises that are seen from outside: no network is needed, and nothing of a bundle ever lies on the disk in the clear."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from tests.jobs.bundles import DETAILS, REPORT, jpeg, le_json, write_zip
from tests.jobs.conftest import CHEAP
from triage.store.store import Store


def in_no_network() -> list[str]:
    """A command prefix that takes the network away, loopback too; the test is skipped where that is not allowed."""
    unshare = shutil.which("unshare")
    command = [unshare or "", "-rn"]
    if unshare is None or subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("network namespaces can't be made here")
    return command


def test_import_and_match_need_no_network(desk: Desk, tmp_path: Path) -> None:
    prefix = in_no_network()
    links = subprocess.run([*prefix, "cat", "/proc/net/dev"], capture_output=True, text=True, check=True).stdout
    assert [line.split(":")[0].strip() for line in links.splitlines()[2:]] == ["lo"]
    Store.create(tmp_path / "store", "first", WORDS, cost=CHEAP).store.close()
    common = ["--store", str(tmp_path / "store"), "--user", "first", "--passphrase-file", "words", "--json"]
    for arguments, wanted in ((["import", "bundle/900000001"], b'"new":1'), (["match", "bundle/900000001/a.jpg"], b"900000001")):
        command = [*prefix, sys.executable, "-m", "triage", *arguments, *common]
        done = subprocess.run(command, cwd=desk.work, env=desk.env, capture_output=True, timeout=100, check=False)
        assert done.returncode == 0, done.stderr
        assert wanted in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="a filter of Linux")
def test_the_program_itself_can_reach_no_network() -> None:
    """Asked by what it would need for that, in the process that holds the store."""
    program = (
        "import sys; sys.argv = ['triage', '--version']\n"
        "import triage.__main__ as way_in\n"
        "from contextlib import suppress\n"
        "with suppress(SystemExit): way_in.main()\n"
        "import socket\n"
        "for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_UNIX):\n"
        "    try: socket.socket(family, socket.SOCK_DGRAM).close(); print(family.name, 'made')\n"
        "    except PermissionError: print(family.name, 'refused')\n"
        "from triage.decode.confine import check_network_closed; print(check_network_closed())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1:] == ["AF_INET refused", "AF_INET6 refused", "AF_NETLINK refused", "AF_UNIX made", "on"]


def samples(data: bytes) -> list[bytes]:
    """Some runs of 24 bytes that do not occur elsewhere by chance."""
    return [data[at : at + 24] for at in range(64, len(data) - 24, max(1, len(data) // 6)) if len(set(data[at : at + 24])) > 8]


class Watcher:
    """Reads everything that is written below some folders, while it is being written. It knows what must not be there."""

    def __init__(self, folders: list[Path], secrets: list[bytes]) -> None:
        self._folders = folders
        self._secrets = secrets
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.found: set[str] = set()
        self.rounds = 0

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self.look()

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self.look()

    def look(self) -> None:
        self.rounds += 1
        for folder in self._folders:
            for path in list(folder.rglob("*")):
                data = self._bytes(path)
                self.found |= {f"{path.name}: {secret!r}" for secret in self._secrets if secret in data}

    def _bytes(self, path: Path) -> bytes:
        try:
            return path.read_bytes() if path.is_file() else b""
        except OSError:  # gone meanwhile
            return b""


@pytest.fixture
def folders(desk: Desk, tmp_path: Path) -> list[Path]:
    """The store, the home and the folder for temporary files."""
    Store.create(tmp_path / "store", "first", WORDS, cost=CHEAP).store.close()
    return [tmp_path / "store", desk.work / "home", desk.work / "tmp"]


def test_nothing_lies_in_the_clear_during_and_after_an_import(desk: Desk, tmp_path: Path, folders: list[Path]) -> None:
    pictures = [jpeg(n) for n in range(500, 512)]
    documents = [REPORT.encode(), DETAILS.encode(), *(le_json(900000300 + n) for n in range(12))]
    with zipfile.ZipFile(tmp_path / "in.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("900000001/report.xml", documents[0])
        archive.writestr("900000001/details.xml", documents[1])
        for n, picture in enumerate(pictures):
            archive.writestr(f"{900000300 + n}/r.json", documents[2 + n])
            archive.writestr(f"{900000300 + n}/{900000300 + n}.jpg", picture)
        archive.writestr("broken/cut.jpg", pictures[0][:700])
    secrets = [run for data in (*pictures, *documents) for run in samples(data)]
    secrets += [b"kite_flyer", b"u900000301@", b"example.invalid", b"Lantern Chat", b"900000305.jpg", WORDS.encode()]
    before = system_temporary()
    with Watcher(folders, secrets) as watcher:
        done = desk.run(
            *("import", tmp_path / "in.zip", "--store", tmp_path / "store", "--user", "first", "--passphrase-file", "words"),
            common=False,
        )
        assert done.code == 3, done.err
    assert watcher.rounds > 5
    assert not watcher.found
    assert list((desk.work / "tmp").rglob("*")) == [] == list((desk.work / "home").rglob("*"))
    assert not [secret for path in system_temporary() - before for secret in secrets if secret in path.read_bytes()]


def system_temporary() -> set[Path]:
    return {p for folder in ("/var/tmp", "/dev/shm") if Path(folder).is_dir() for p in Path(folder).iterdir() if _readable(p)}


def _readable(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK)


def test_the_watcher_would_see_it(tmp_path: Path) -> None:
    (tmp_path / "left").write_bytes(b"..." + jpeg(500))
    with Watcher([tmp_path], samples(jpeg(500))) as watcher:
        pass
    assert watcher.found


@pytest.mark.parametrize(
    "command", ["queue", "show 900000001", "queue --search kite_flyer", "match bundle/900000001/a.jpg", "check"]
)
def test_reading_leaves_nothing_in_the_log(desk: Desk, command: str) -> None:
    desk.call(*command.split())
    desk.call("show", "kite_flyer")
    desk.call("queue", "--search", "kite_flyer'\"(")
    log = desk.store / "log" / "triage.log"
    told = log.read_bytes() if log.exists() else b""
    assert not [word for word in (b"kite_flyer", b"example.invalid", b"a.jpg", b"203.0.113") if word in told]


@pytest.mark.skipif(sys.platform == "win32", reason="needs ulimit")
@pytest.mark.parametrize("kilobytes", [100, 800])
def test_a_full_disk_is_said_and_leaves_a_whole_store(desk: Desk, tmp_path: Path, kilobytes: int) -> None:
    """A limit on the size of files stands for the disk's end; it falls into the log, the database or the vault."""
    own = Desk(desk.work, tmp_path / "store")
    Store.create(own.store, "first", WORDS, cost=CHEAP).store.close()
    write_zip(tmp_path / "in.zip", range(900000400, 900000424))
    command = f'ulimit -f {kilobytes * 2}; exec "$@"'
    common = ["--store", str(own.store), "--user", "first", "--passphrase-file", "words"]
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-m", "triage", "import", str(tmp_path / "in.zip"), *common],
        cwd=own.work,
        env=own.env,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "disk" in done.stderr and len(done.stderr.splitlines()) == 1
    assert own.call("check", "--json").json["problems"] == []
    assert own.call("import", tmp_path / "in.zip").code == 0
    assert len(own.call("queue", "--json").json) == 24
