"""Qt without a display; every test of the desktop is marked `ui`."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from functools import partial
from importlib.abc import MetaPathFinder

import pytest
from pytestqt.qtbot import QtBot

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from tests.ui.fakes import FakeApi
from triage.ui.core import file_dialogs
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.unlock.page import FAILURES


class WindowThreadOnly(MetaPathFinder):
    """Refuses modules that make classes of Qt in a thread that reads: while the window works, that ends the process now and then."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Leaves the search to others."""
        if name.partition(".")[0] in ("PySide6", "pyqtgraph") and threading.current_thread() is not threading.main_thread():
            raise RuntimeError(f"{name} is loaded in a thread that is not the window's")


sys.meta_path.insert(0, WindowThreadOnly())


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/ui/" in str(item.path).replace("\\", "/"):
            item.add_marker(pytest.mark.ui)


@pytest.fixture(autouse=True)
def _no_failed_tries() -> None:
    """Forgets the wrong passphrases of other tests, which delay the next try."""
    FAILURES.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Deletes the windows of the test, which otherwise wait for an event loop that never comes, and then sets the usual look.

    Every later change of theme and every new window would cost more for each of them. So tests leave the look as it is.
    """
    yield
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return
    file_dialogs.end_session()  # a window that is deleted without a lock leaves its own
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if app.styleSheet():
        theme.apply(app, "dark", "en")


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Patient: a busy machine takes its time."""
    for wait in ("waitUntil", "waitSignal", "waitSignals"):
        monkeypatch.setattr(qtbot, wait, partial(getattr(qtbot, wait), timeout=60_000))
    return qtbot


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """The application, dressed in the dark theme and English."""
    theme.apply(qapp, "dark", "en")
    return qapp


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def runner(app: QApplication) -> Iterator[Runner]:
    made = Runner()
    yield made
    if shiboken6.isValid(made):  # a retired one goes by itself
        made.stop()


@pytest.fixture(scope="module")
def lasting_runner(qapp: QApplication) -> Iterator[Runner]:
    """For pages that are dear to build and serve a whole module."""
    theme.apply(qapp, "dark", "en")
    made = Runner()
    yield made
    made.stop()
