from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.jobs.conftest import CHEAP
from triage.store.store import Store
from triage.ui.kit.widgets import KeyButton
from triage.ui.shell.crash_dialog import MOST_DIALOGS, CrashDialog, CrashWatch, watch_crashes

SECRET = "a child's name of invented content"


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    with Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store:
        yield tmp_path / "store"


@pytest.fixture
def quits() -> list[bool]:
    return []


@pytest.fixture
def watch(window: QWidget, quits: list[bool]) -> Iterator[CrashWatch]:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    made = watch_crashes(window, lambda: quits.append(True))
    yield made
    made.end()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def crash() -> None:
    held = SECRET
    raise ValueError(held)


def hook() -> None:
    """Does what Python does with an exception that nobody handled."""
    try:
        crash()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_a_crash_is_told_without_content(
    window: QWidget, watch: CrashWatch, store: Path, qtbot: QtBot, capfd: pytest.CaptureFixture[str]
) -> None:
    hook()
    qtbot.waitUntil(lambda: bool(window.findChildren(CrashDialog)))
    dialog = window.findChildren(CrashDialog)[0]
    said = " ".join(label.text() for label in dialog.findChildren(QLabel))
    log = (store / "log" / "triage.log").read_text()
    number = said.partition("Number in the log: ")[2][:6]
    assert f"crash {number}" in log and "ValueError" in log and "test_crash_dialog.py" in log and " crash" in log
    out, err = capfd.readouterr()
    for text in (said, log, out, err):
        assert SECRET not in text and "held" not in text
    assert "Traceback" not in err


def test_a_thread_that_crashes_is_told_on_the_windows_thread(
    window: QWidget, watch: CrashWatch, store: Path, qtbot: QtBot
) -> None:
    thread = threading.Thread(target=crash)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(window.findChildren(CrashDialog)))
    assert SECRET not in (store / "log" / "triage.log").read_text()


def test_a_storm_of_errors_shows_few_dialogs(window: QWidget, watch: CrashWatch, store: Path, qtbot: QtBot) -> None:
    for _ in range(MOST_DIALOGS + 20):
        hook()
    qtbot.waitUntil(lambda: watch.told == MOST_DIALOGS)
    assert len(window.findChildren(CrashDialog)) == MOST_DIALOGS
    assert (store / "log" / "triage.log").read_text().count("ValueError") == MOST_DIALOGS + 20


def test_a_person_may_quit(window: QWidget, watch: CrashWatch, quits: list[bool], qtbot: QtBot) -> None:
    QTimer.singleShot(0, hook)
    qtbot.waitUntil(lambda: bool(window.findChildren(CrashDialog)))
    dialog = window.findChildren(CrashDialog)[0]
    next(button for button in dialog.findChildren(KeyButton) if button.words() == "Lock and quit").click()
    assert quits == [True]


def test_the_focus_is_on_continue(window: QWidget, qtbot: QtBot) -> None:
    """The first button of the line had it, so that Enter locked and quit."""
    dialog = CrashDialog("4f2a91c0", window)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.focusWidget() is not None)
    focused = dialog.focusWidget()
    assert isinstance(focused, KeyButton) and focused.isDefault()
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(focused, Qt.Key.Key_Return)
