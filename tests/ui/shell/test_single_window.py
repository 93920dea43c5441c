from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.jobs.conftest import CHEAP
from triage.store.store import Store
from triage.store.window_lock import CALL, HOLDER, LOCK, WindowLock
from triage.ui import app as desktop
from triage.ui.shell import single_window
from triage.ui.shell.single_window import SingleWindow, describe_holder, yields_to_first


@pytest.fixture
def store(tmp_path: Path) -> Path:
    Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store.close()
    return tmp_path / "store"


def test_a_second_start_calls_the_first_window_to_the_front_and_ends(store: Path, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.setWindowState(Qt.WindowState.WindowMinimized)
    first = SingleWindow(window)
    assert first.claim(store) and first.claim(store)
    code = (
        "import sys; from pathlib import Path; from triage.ui.shell import single_window;"
        " single_window.ANSWER_SECONDS = 60;"  # a busy machine answers late
        " sys.exit(7 if single_window.yields_to_first(Path(sys.argv[1]), ask=lambda says: True) else 0)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(store)], env={**os.environ, "PYTHONPATH": str(Path.cwd())}) as second:
        qtbot.waitUntil(lambda: second.poll() is not None)
    assert second.returncode == 7
    assert not window.windowState() & Qt.WindowState.WindowMinimized
    first.free()
    assert not yields_to_first(store)
    assert {LOCK, HOLDER, CALL} & {path.name for path in store.iterdir()} == {LOCK}


def test_who_holds_a_silent_store_is_said_and_a_person_decides(
    store: Path, app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_window, "ANSWER_SECONDS", 0.1)
    silent = WindowLock(store)
    assert silent.claim()
    asked: list[str] = []

    def answer(says: str, opens: bool) -> bool:
        asked.append(says)
        return opens

    assert yields_to_first(store, ask=lambda says: answer(says, False))
    assert not yields_to_first(store, ask=lambda says: answer(says, True))
    assert f"process {os.getpid()}" in asked[0] and str(store) not in asked[0]
    (store / HOLDER).write_bytes(b"\xff not json")
    assert describe_holder(silent) == "Another program has this store open and does not answer."
    silent.free()


def test_a_start_that_yields_says_so_to_whoever_typed_it(
    store: Path, app: QApplication, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(desktop, "yields_to_first", lambda store: True)
    assert desktop.run(["--store", str(store)]) == 0
    assert capsys.readouterr().err == "Triage has this store open already. Its window was called to the front.\n"
    monkeypatch.setattr(sys, "stderr", None)  # as a program without a console has it on Windows
    assert desktop.run(["--store", str(store)]) == 0


def test_a_killed_window_holds_nothing(store: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from triage.store.window_lock import WindowLock;"
        " lock = WindowLock(Path(sys.argv[1])); assert lock.claim(); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(store)], check=False, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    assert (store / HOLDER).exists(), "it was killed"
    assert not yields_to_first(store)


def test_a_folder_without_a_store_is_not_touched(tmp_path: Path, app: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    assert SingleWindow(window).claim(tmp_path) and not yields_to_first(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_links_in_the_store_are_not_followed(store: Path, tmp_path: Path) -> None:
    (tmp_path / "aim").write_bytes(b"")
    (store / CALL).symlink_to(tmp_path / "aim")
    other = WindowLock(store)
    other.call()
    assert (tmp_path / "aim").read_bytes() == b""
