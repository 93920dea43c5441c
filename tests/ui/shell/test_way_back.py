"""Esc leads from what a report opens back to the report, and from there to where the report was opened: never in a circle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_cases import OUTSIDE
from tests.ui.screens import settle, wait_active
from triage.ui.core.runner import Runner
from triage.ui.graph.page import LinksPage
from triage.ui.shell.main_window import MainWindow


@pytest.fixture
def window(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(api, runner)  # type: ignore[arg-type]
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    wait_active(made)
    made.start()
    settle(runner)
    yield made
    made.drop_everything()


def press(runner: Runner, key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)
    settle(runner)


@pytest.mark.parametrize("key", [Qt.Key.Key_L, Qt.Key.Key_G])
def test_a_report_of_the_queue_stays_one(window: MainWindow, runner: Runner, key: Qt.Key) -> None:
    press(runner, Qt.Key.Key_Return)
    assert window.report is not None
    first, lane = window.report.report_id, window.queue.lane.name
    press(runner, key)
    assert window.desk.current() is not None
    press(runner, Qt.Key.Key_Escape)
    assert window.report is not None and window.report.report_id == first
    assert [name for name, button in window.rail.buttons.items() if button.isChecked()] == [lane]
    press(runner, Qt.Key.Key_J)
    assert window.report is not None and window.report.report_id != first, "the next report of the queue"
    press(runner, Qt.Key.Key_Escape)
    assert window.pages.currentWidget() is window.queue


def test_a_report_that_the_links_opened_leads_back_to_them_once(window: MainWindow, runner: Runner) -> None:
    window.show_desk("links", OUTSIDE)
    settle(runner)
    links = window.pages.currentWidget()
    assert isinstance(links, LinksPage)
    window.open_from_desk(OUTSIDE, "")
    settle(runner)
    seen = []
    while window.pages.currentWidget() is not window.queue and len(seen) < 8:
        press(runner, Qt.Key.Key_Escape)
        seen.append(type(window.pages.currentWidget()).__name__)
    assert seen[-1] == "QueuePage", seen
