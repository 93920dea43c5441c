"""Shifts in the desktop: closed with a note, shown by name, acknowledged by the next person."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.exchange.test_work_page import find_dialog
from tests.ui.fakes import FakeApi
from tests.ui.fakes_exchange import REPORT
from tests.ui.screens import settle, show_page
from triage.ui.core.runner import Runner
from triage.ui.kit.table import RowHeading
from triage.ui.shift.page import AcknowledgeDialog, CloseDialog, ShiftPage, describe_what


def open_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> ShiftPage:
    return show_page(ShiftPage(api, runner), runner, qtbot, 1180)


def test_what_is_unfinished_is_listed_by_name(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    headings = [row for row in page.table.rows_model.rows if isinstance(row, RowHeading)]
    assert [(row.words, row.beside) for row in headings] == [
        ("open in band A", "1 now, 3 when the shift ended"), ("requests without a reply", "1 now"),
    ]  # fmt: skip
    assert [row.number for row in page.table.rows()] == [REPORT, "R-2026-0002"]
    assert describe_what(page.table.rows()[1]) == "Example Telecom, sent on 1 Nov 2026"
    assert "Nobody has acknowledged it." in page.state.text() and "The carrier comes at nine." in page.state.text()


def test_enter_opens_the_report_or_the_page_of_requests(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    opened: list[tuple[str, str]] = []
    page.open_asked.connect(lambda *said: opened.append(said))
    page.page_asked.connect(lambda *said: opened.append(said))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    QTest.keyClick(page.table, Qt.Key.Key_J)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened == [(REPORT, ""), ("requests", "")]
    QTest.keyClick(page.table, Qt.Key.Key_Period)
    settle(runner)
    assert page.state.text().startswith("Shift closed by khi-07") and "Acknowledged by khi-04" in page.state.text()


def test_a_shift_is_closed_with_a_note(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.sheets = ()
    page = open_page(api, runner, qtbot)
    assert page.message.title.text() == "No shift was closed yet."
    assert page.close_button.isEnabled() and not page.acknowledge_button.isEnabled() and not page.print_button.isEnabled()
    QTest.keyClick(page, Qt.Key.Key_N)
    asked = find_dialog(page, CloseDialog)
    asked.note.setPlainText("x" * 2001)
    asked.accept()
    assert asked.problem.text() == "The note has more than 2,000 characters." and not api.calls
    asked.note.setPlainText("Call Lahore.")
    asked.accept()
    settle(runner)
    assert api.calls == [("close shift", "Call Lahore.")]
    settle(runner)
    assert page.states.currentWidget() is page.body


def test_a_sheet_is_acknowledged_once_and_after_a_question(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    QTest.keyClick(page.table, Qt.Key.Key_Y)
    find_dialog(page, AcknowledgeDialog).accept()
    settle(runner)
    assert ("acknowledge", 2) in api.calls
    page.sheets.go(1)
    page.acknowledge()
    assert said == ["Sheet 1 is acknowledged already."]
