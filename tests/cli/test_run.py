"""Faults of our own: one sentence for the person, the place for the log, content for nobody."""

from __future__ import annotations

import io
import logging
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import WORDS, Desk
from tests.jobs.bundles import write_zip
from tests.jobs.conftest import CHEAP
from triage.cli.run import run
from triage.errors import StoreBusy
from triage.jobs.intake.imports import LOCK
from triage.jobs.keeping.check import check_store
from triage.jobs.reading import queue as queue_job
from triage.jobs.session import unlock
from triage.store import log, opening
from triage.store.lock import WriterLock
from triage.store.store import Store


@pytest.fixture(autouse=True)
def no_other_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests keep stores open in this process; a command has one."""
    monkeypatch.setattr(logging.getLogger("triage"), "handlers", [])


@pytest.fixture
def common(tmp_path: Path) -> list[str]:
    Store.create(tmp_path / "store", "first", WORDS, cost=CHEAP).store.close()
    (tmp_path / "words").write_text(WORDS)
    return ["--store", str(tmp_path / "store"), "--user", "first", "--passphrase-file", str(tmp_path / "words")]


def failing(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(queue_job, "list_queue_rows", fail)


def test_a_fault_of_ours(
    common: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failing(KeyError("kite_flyer@mail.example.invalid"), monkeypatch)
    assert run(["queue", *common]) == 1
    out, err = capsys.readouterr()
    (line,) = err.splitlines()
    assert out == "" and line.startswith("This is a fault of Triage (KeyError)") and "kite_flyer" not in line
    log = tmp_path / "store" / "log" / "triage.log"
    assert str(log) in line
    told = log.read_text(encoding="utf-8")
    assert "KeyError" in told and "test_run.py" in told and "kite_flyer" not in told


def test_a_fault_before_a_store_is_open(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:

    monkeypatch.setattr(log, "_last", None)
    monkeypatch.setattr("triage.jobs.session.unlock", lambda *_, **__: 1 / 0)
    (tmp_path / "words").write_text("x")
    assert run(["queue", "--user", "x", "--store", str(tmp_path), "--passphrase-file", str(tmp_path / "words")]) == 1
    assert "No store was open" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["words"]


def test_the_system_refuses(common: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    failing(OSError(28, "No space left on device", "/some/where"), monkeypatch)
    assert run(["queue", *common]) == 1
    assert capsys.readouterr().err == "The system refused: No space left on device.\n"


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is another thing there")
def test_ctrl_c_stops_and_keeps_what_came_in(common: list[str], tmp_path: Path, desk: Desk) -> None:
    write_zip(tmp_path / "many.zip", range(900000200, 900000260))
    command = [sys.executable, "-m", "triage", "import", str(tmp_path / "many.zip"), *common]
    store = tmp_path / "store"
    before = b""
    with subprocess.Popen(command, env=desk.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while process.poll() is None and before in (b"", (store / opening.HEAD).read_bytes()):
            if not before and (store / LOCK).exists():
                before = (store / opening.HEAD).read_bytes()  # changes with the first batch of the import
            time.sleep(0.02)
        with WriterLock(store / opening.LOCK).hold():  # it can't end before it hears the signal
            runs = is_locked(store / LOCK)
            if runs:
                process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
    if runs:  # else it was done before
        assert (process.returncode, out, err) == (130, b"", b"Stopped. What was already imported stays.\n")
    with unlock(store, "first", WORDS) as session:
        assert check_store(session).valid


def is_locked(path: Path) -> bool:
    try:
        with WriterLock(path).hold(0):
            return False
    except StoreBusy:
        return True


HEAVY = frozenset(
    [
        "PySide6",
        "cryptography",
        "fasttext",
        "fpdf",
        "lxml",
        "msgspec",
        "numpy",
        "phonenumbers",
        "pyrage",
        "pyzipper",
        "rich",
        "shapely",
        "sqlcipher3",
        "tzfpy",
        "uharfbuzz",
        "xlsxwriter",
        "zxcvbn",
    ]
)
IMPORTED = """
import contextlib, io, sys
from triage.cli.run import run
with contextlib.redirect_stdout(io.StringIO()):
    assert run(sys.argv[1:]) == 0
print(*sorted({name.partition(".")[0] for name in sys.modules}))
print(*sorted(name for name in sys.modules if name.startswith("triage.")))
"""


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("completion", "bash")])
def test_help_imports_no_heavy_library_and_no_package_below_the_command_line(arguments: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTED, *arguments], capture_output=True, text=True, check=True, timeout=100)
    libraries, ours = (set(line.split()) for line in done.stdout.splitlines())
    assert not libraries & HEAVY
    assert not {name for name in ours if name.startswith(("triage.jobs", "triage.store", "triage.exports", "triage.ui"))}


@pytest.mark.parametrize(("argument", "words"), [("--help", "import"), ("--version", "triage, version")])
def test_help_and_version_are_no_errors(argument: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([argument]) == 0
    assert words in capsys.readouterr().out


def test_a_user_or_a_passphrase_of_a_terminal_with_another_encoding(
    common: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both ended in a fault of Triage."""
    assert run(["queue", *common, "--user", "bad\udcff"]) == 2
    assert "User is not written in UTF-8." in capsys.readouterr().err
    monkeypatch.setattr(sys, "stdin", io.StringIO("bad\udcff\n"))
    assert run(["queue", *common, "--passphrase-file", "-"]) == 2
    assert "Passphrase is not written in UTF-8." in capsys.readouterr().err


@pytest.mark.parametrize("words", [["note", "900000001", "bad\udcff"], ["show", "\udcfe"], ["case", "add", "C-1", "\udcff"]])
def test_words_of_a_terminal_with_another_encoding(
    common: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Python hands bytes that are no UTF-8 on as lone surrogates, which nothing can store."""
    assert run([*words, *common]) == 2
    assert "is not written in UTF-8. Set the terminal to UTF-8 and type it again. See: triage" in capsys.readouterr().err
