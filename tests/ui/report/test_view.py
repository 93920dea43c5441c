"""A report that was scrolled stands at the same place again, whenever its cards are laid out."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import open_page, settle, wait_exposed
from triage.ui.core.runner import Runner
from triage.ui.report.page import ReportPage

PLACE = 200  # pixels


@pytest.fixture
def hidden(lasting_runner: Runner, qtbot: QtBot) -> ReportPage:
    """A page whose cards were filled before it is shown: it has no layout yet, and is too short for any place."""
    page = ReportPage(FakeApi(), MAIN, runner=lasting_runner)
    qtbot.addWidget(page)
    page.scroll_to(PLACE)
    settle(lasting_runner)
    assert page.view is not None and page.view.area.verticalScrollBar().maximum() < PLACE
    return page


def show(page: ReportPage) -> None:
    page.resize(1288, 600)
    page.show()
    wait_exposed(page)


def test_the_place_is_found_once_the_page_is_laid_out(hidden: ReportPage) -> None:
    assert hidden.scroll_position() == PLACE, "a window that is built anew before that asks for it"
    show(hidden)
    assert hidden.view is not None and hidden.view.area.verticalScrollBar().value() == PLACE


def test_reading_the_report_again_before_that_keeps_the_place(hidden: ReportPage, lasting_runner: Runner) -> None:
    hidden.reload()
    settle(lasting_runner)
    show(hidden)
    assert hidden.view is not None and hidden.view.area.verticalScrollBar().value() == PLACE


def test_a_person_who_scrolled_since_stays_where_she_is(hidden: ReportPage) -> None:
    assert hidden.view is not None
    hidden.scroll_to(100_000)  # below the end: never reached
    show(hidden)
    QTest.keyClick(hidden.view.area, Qt.Key.Key_PageUp)
    place = hidden.view.area.verticalScrollBar().value()
    hidden.resize(1288, 500)
    QTest.qWait(1)
    assert hidden.view.area.verticalScrollBar().value() == place < hidden.view.area.verticalScrollBar().maximum()


def test_a_place_in_a_report_that_is_shown_already(lasting_runner: Runner, qtbot: QtBot) -> None:
    page = open_page(FakeApi(), lasting_runner, qtbot)
    page.scroll_to(PLACE)
    assert page.view is not None and page.view.area.verticalScrollBar().value() == PLACE
