"""The gallery's modules are loaded one in each turn of the event loop, the page itself last."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QStackedWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.ui.core.runner import Runner
from triage.ui.gallery.page import GalleryPage
from triage.ui.shell import loading_ahead
from triage.ui.shell.desk import Desk
from triage.ui.shell.loading_ahead import MODULES, LoadingAhead


def test_one_is_loaded_in_each_turn_and_then_it_rests(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(loading_ahead.importlib, "import_module", loaded.append)
    ahead = LoadingAhead(app)
    for count in range(1, len(MODULES) + 1):
        ahead.load_next()
        assert loaded == list(MODULES[:count]) and ahead._timer.isActive()
    ahead.load_next()
    assert loaded[-1] == GalleryPage.__module__ and not ahead._timer.isActive()
    ahead.deleteLater()


def test_the_window_begins_it(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    pages = QStackedWidget()
    qtbot.addWidget(pages)
    assert Desk(api, runner, pages, lambda _: None).findChildren(LoadingAhead)
