"""The funnel: its figures in words, the overdue reports by keys, and every empty state."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, show_page, texts
from triage.ui.core.runner import Runner
from triage.ui.funnel.page import FunnelPage
from triage.ui.kit import theme
from triage.ui.shell.main_window import MainWindow
from triage.ui.text import i18n


def shown(api: FakeApi, runner: Runner, qtbot: QtBot) -> FunnelPage:
    return show_page(FunnelPage(api, runner), runner, qtbot)


def test_the_figures_stand_beside_the_regions(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    said = texts(shown(api, runner, qtbot))
    assert "In the region, 2,380 of 100,000 reports become a case; compare the line “in a case”." in said
    assert "100,000" in said and "6,000" in said
    assert "case: FIR" in said and "joined to a case" in said
    assert "new, in no case" in said and "in a case, status open" in said
    assert "new" not in said, "the queue counts more reports as new"
    assert "12 OUTCOMES OVERDUE" in said or "12 outcomes overdue" in said


def test_an_overdue_report_is_opened_by_keys(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(api, runner, qtbot)
    asked: list[str] = []
    page.open_asked.connect(lambda report, _: asked.append(report))
    QTest.keyClick(page.table, Qt.Key.Key_J)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert asked == [api.queue[1].report_id]


def test_what_is_empty_says_so(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi()
    api.late = 0
    page = shown(api, runner, qtbot)
    assert not page.table.isVisible() and page.nothing.text() == "Each report has an outcome, or still has time."
    page = shown(FakeApi(count=0), runner, qtbot)
    assert page.message.title.text() == "No reports yet." and page.states.currentWidget() is page.message


def test_who_may_not_is_told_why(runner: Runner, qtbot: QtBot) -> None:
    page = shown(FakeApi(roles=frozenset()), runner, qtbot)
    assert page.message.title.text() == "Your roles do not include statistics."


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_it_fits_the_smallest_window(
    app: QApplication, api: FakeApi, qtbot: QtBot, language: i18n.Language, runner: Runner
) -> None:
    theme.apply(app, "dark", language)
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.show_desk("funnel")
    settle(runner)
    window.choose_lane("preserve")
    settle(runner)
    assert window.width() == 1366, "also with the button of the lane Preserve now"
    window.drop_everything()
