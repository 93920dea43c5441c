"""The next report is shown in the same cards, from what was read ahead; what a person does always reaches the report shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.late_runner import LateRunner
from tests.ui.screens import open_page, settle, texts
from triage.model.report_page import ReportPageView
from triage.model.users import Role
from triage.ui.core.runner import Changed, Runner
from triage.ui.report.notes_card import NoteDialog
from triage.ui.report.page import ReportPage
from triage.ui.report.report_print_dialog import ReportPrintDialog
from triage.ui.shell.main_window import MainWindow


class CountingApi(FakeApi):
    """Counts which reports were read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def report_page(self, report_id: str) -> ReportPageView:
        self.read.append(report_id)
        return super().report_page(report_id)


@pytest.fixture
def api() -> CountingApi:
    return CountingApi()


@pytest.fixture
def page(api: CountingApi, lasting_runner: Runner, qtbot: QtBot) -> ReportPage:
    return open_page(api, lasting_runner, qtbot)


def test_the_next_report_uses_the_same_cards(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    view = page.view
    assert view is not None
    before = [id(card) for card in view.cards]
    view.area.verticalScrollBar().setValue(300)
    other = api.queue[7].report_id
    page.open_report(other)
    settle(lasting_runner)
    assert page.view is view and [id(card) for card in view.cards] == before
    assert view.report.report_id == other
    assert other in view.header.number.text()
    assert view.area.verticalScrollBar().value() == 0, "another report begins at its top"


def test_what_was_read_ahead_is_shown_at_once(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    ahead = [api.queue[6].report_id, api.queue[4].report_id]
    page.read_ahead([*ahead, MAIN])
    settle(lasting_runner)
    assert sorted(api.read) == sorted([MAIN, *ahead]), "the one shown is not read again"
    page.open_report(ahead[0])
    assert page.report is not None and page.report.report_id == ahead[0], "without a turn of the event loop"
    page.read_ahead(ahead[1:])
    settle(lasting_runner)
    assert sorted(api.read) == sorted([MAIN, *ahead]), "what is read ahead is read once"


def test_what_changed_since_it_was_read_ahead_is_read_anew(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    other = api.queue[6].report_id
    page.read_ahead([other])
    settle(lasting_runner)
    lasting_runner.changed.emit(Changed(reports=frozenset({other})))
    settle(lasting_runner)
    page.open_report(other)
    settle(lasting_runner)
    assert api.read.count(other) == 2


def test_while_the_next_report_is_read_nothing_is_decided(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    page.open_report(api.queue[6].report_id)
    assert page.report is None
    page.decide()
    page.acts.write_note()
    assert not [dialog for dialog in page.findChildren(QDialog) if dialog.isVisible()]
    settle(lasting_runner)
    assert page.report is not None


@pytest.mark.parametrize("ahead", [False, True])
def test_a_late_answer_never_replaces_the_report_asked_for_since(
    api: CountingApi, app: QApplication, qtbot: QtBot, ahead: bool
) -> None:
    """Also when the second report was read ahead, so that nothing is asked."""
    runner = LateRunner()
    page = open_page(api, runner, qtbot)
    first, second = api.queue[6].report_id, api.queue[7].report_id
    page.read_ahead([second] if ahead else [])
    settle(runner)
    with runner.late():
        page.open_report(first)
    page.open_report(second)
    runner.settle()
    runner.let_go()
    assert page.report is not None and page.report.report_id == second
    runner.stop()


def test_what_was_read_ahead_before_a_change_is_not_kept(api: CountingApi, app: QApplication, qtbot: QtBot) -> None:
    runner = LateRunner()
    page = open_page(api, runner, qtbot)
    other = api.queue[6].report_id
    with runner.late():
        page.read_ahead([other])
    runner.changed.emit(Changed(reports=frozenset({other})))
    with runner.late():
        page.read_ahead([other])
    runner.let_go(1)
    assert page._ahead.take(other) is None, "it is older than the change"
    runner.let_go()
    assert page._ahead.take(other) is not None
    runner.stop()


def test_the_window_reads_the_neighbours_ahead(api: CountingApi, qtbot: QtBot, runner: Runner, app: QApplication) -> None:
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.resize(1200, 700)
    window.show()
    window.start()
    settle(runner)
    window.queue.table.select_row(5)
    window.open_report(window.queue.current_id() or "")
    settle(runner)
    assert set(api.read) == {api.queue[i].report_id for i in (4, 5, 6)}
    page = window.report
    assert page is not None and page.view is not None
    QTest.keyClick(page.view.area, Qt.Key.Key_J)
    assert window.report is page and page.report is not None and page.report.report_id == api.queue[6].report_id
    settle(runner)
    window.drop_everything()


@pytest.mark.parametrize(("closed", "key", "then"), [(5, Qt.Key.Key_J, 6), (5, Qt.Key.Key_K, 4), (11, Qt.Key.Key_K, 10)])
def test_no_report_is_passed_over_after_one_was_closed(
    api: CountingApi, qtbot: QtBot, runner: Runner, app: QApplication, closed: int, key: Qt.Key, then: int
) -> None:
    """The closed report left the queue and the next one took its place; J went on from there, past every second report."""
    api.queue = api.queue[:12]
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.show()
    window.start()
    settle(runner)
    numbers = [row.report_id for row in api.queue]
    window.queue.table.select_row(closed)
    window.queue.open_current()
    settle(runner)
    page = window.report
    assert page is not None and page.view is not None and page.report_id == numbers[closed]
    api.decide(numbers[closed], status="closed", reason="adult")
    runner.changed.emit(Changed(reports=frozenset({numbers[closed]})))
    settle(runner)
    assert window.queue.model.rowCount() == 11
    QTest.keyClick(page.view.area, key)
    settle(runner)
    assert page.report_id == numbers[then]
    window.drop_everything()


# Copies, notes and prints


def test_a_copy_is_recorded_before_it_reaches_the_clipboard(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    assert page.view is not None
    QApplication.clipboard().setText("before")
    table = page.view.identifiers.table
    row = next(i for i, each in enumerate(table.rows.items) if each.entry is not None and each.entry.kind == "phone")
    table.setCurrentIndex(table.rows.index(row, 1))
    QTest.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "before"
    settle(lasting_runner)
    assert api.calls[-1] == ("record_copy", MAIN, "phone", "+92 316 000 0144")
    assert QApplication.clipboard().text() == "+92 316 000 0144"


def test_a_copy_that_cannot_be_recorded_is_not_made(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    from triage.errors import Refused

    def refuse(*_: str) -> None:
        raise Refused("The store was opened with --read-only.")

    api.record_copy = refuse  # type: ignore[method-assign]
    QApplication.clipboard().setText("before")
    page.acts.copy("text", "a passage")
    settle(lasting_runner)
    assert QApplication.clipboard().text() == "before"


def test_passages_of_cards_and_chats_are_recorded_too(page: ReportPage, api: CountingApi, lasting_runner: Runner) -> None:
    assert page.view is not None
    text = page.view.people.text
    text.selectAll()
    text.copy_selection()
    settle(lasting_runner)
    assert api.calls[-1][:3] == ("record_copy", MAIN, "text")
    chat = page.view.chat.view
    chat.setCurrentIndex(chat.rows.index(1))
    QTest.keyClick(chat, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    settle(lasting_runner)
    assert api.calls[-1] == ("record_copy", MAIN, "text", "kal milte hain?")


def test_a_note_is_written_and_shown(page: ReportPage, api: CountingApi, lasting_runner: Runner, qtbot: QtBot) -> None:
    assert page.view is not None
    QTest.keyClick(page.view.area, Qt.Key.Key_N)
    qtbot.waitUntil(lambda: page.findChild(NoteDialog) is not None)
    dialog = page.findChild(NoteDialog)
    assert isinstance(dialog, NoteDialog)
    dialog.accept()
    assert "empty" in dialog.problem.text()
    dialog.text.setPlainText("Called the school.")
    dialog.accept()
    settle(lasting_runner)
    assert ("add_note", MAIN, "Called the school.") in api.calls


def test_who_may_not_decide_writes_no_note(lasting_runner: Runner, qtbot: QtBot) -> None:
    page = open_page(FakeApi(roles=frozenset({Role.AUDITOR})), lasting_runner, qtbot)
    page.acts.write_note()
    assert page.findChild(NoteDialog) is None


def test_a_print_is_a_signed_pdf_and_nothing_else(
    page: ReportPage, api: CountingApi, lasting_runner: Runner, qtbot: QtBot
) -> None:
    page.acts.print_report()
    qtbot.waitUntil(lambda: page.findChild(ReportPrintDialog) is not None)
    dialog = page.findChild(ReportPrintDialog)
    assert isinstance(dialog, ReportPrintDialog)
    settle(lasting_runner)
    said = "\n".join(texts(dialog))
    assert "8 identifiers" in said and "unencrypted" in said
    dialog.close()


def test_nothing_of_the_desktop_prints_by_the_system() -> None:
    """Qt prints through the system's spool folder, in the clear. Only the sheet of a recovery key says so and asks."""
    ui = Path(__file__).parents[3] / "triage" / "ui"
    found = {path.relative_to(ui).as_posix() for path in ui.rglob("*.py") if "QtPrintSupport" in path.read_text("utf-8")}
    assert found <= {"unlock/printing.py"}


def test_the_law_card_reads_what_is_suggested(lasting_runner: Runner, qtbot: QtBot) -> None:
    from tests.ui.screens import ChangedApi
    from triage.message import Message
    from triage.model.judgement import LawSuggestion

    law = LawSuggestion(
        act="PECA 2016", section="22A", title="Online grooming", offered=True, why=Message("The chat shows contact."),
        certainty="probable", holds_from="2023-07-24", holds_until=None, source="Gazette", investigators=("NCCIA",),
    )  # fmt: skip
    page = open_page(ChangedApi(law=(law, replace(law, section="21", offered=False))), lasting_runner, qtbot)
    assert page.view is not None
    lines = "\n".join(texts(page.view))
    assert "PECA 2016 22A  Online grooming" in lines
    assert "since 2023-07-24, probable" in lines
    assert "PECA 2016 21  does not apply: The chat shows contact." in lines
