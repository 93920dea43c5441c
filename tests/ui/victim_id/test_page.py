"""The bench for victim identification: by keys, with clues that are found again, and with a source for each state."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.fakes_victims import a_file
from tests.ui.screens import settle, texts
from tests.ui.test_leads import dialog, press, shown
from triage.errors import NotFound
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.kit.widgets import KeyButton
from triage.ui.victim_id.page import VictimPage
from triage.ui.victim_id.victim_dialogs import ClueDialog, NewSeriesDialog, StateDialog

FIRST = "V-2026-0002"


def victim_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> VictimPage:
    page = shown(VictimPage(api, runner), runner, qtbot)
    settle(runner)
    return page


def test_a_series_shows_files_clues_state_and_what_may_belong_to_it(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = victim_page(api, runner, qtbot)
    said = texts(page)
    assert page.number == FIRST and page.beside.text() == "2 series, 2 not identified"
    assert {"a red gate", "place, on IMG_1.jpg, khi-04", "not known"} <= set(said)
    assert "Nobody has recorded it. Press I when ICSE, an officer or another source says so." in said
    assert [tile.file for tile in page.files.tiles] == [a_file(1), a_file(2)]
    with qtbot.waitSignal(page.open_asked) as opened:
        press(page, Qt.Key.Key_Return)
    assert opened.args == [MAIN, a_file(1).sha256]
    press(page, Qt.Key.Key_J)
    settle(runner)
    assert page.number == "V-2026-0001"
    page.add_file(a_file(3))
    settle(runner)
    assert api.calls == [("add_to_series", "V-2026-0001", MAIN, a_file(3).sha256)]


def test_a_clue_is_recorded_found_and_struck_out(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = victim_page(api, runner, qtbot)
    press(page, Qt.Key.Key_C)
    question = dialog(page, ClueDialog)
    question.accept()
    assert question.problem.text() and not api.calls
    QTest.keyClick(question, Qt.Key.Key_3)
    question.words.setPlainText("green school tie")
    question.file.setCurrentIndex(1)
    question.accept()
    settle(runner)
    assert api.calls == [("record_clue", FIRST, "clothing or uniform", "green school tie", a_file(1).sha256)]
    press(page, Qt.Key.Key_Slash)
    QTest.keyClicks(page.search, "school")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    settle(runner)
    assert [(hit.what, hit.name) for hit in page.table.rows()] == [("clue", FIRST), ("report", MAIN)]  # type: ignore[union-attr]
    page.table.go(1)
    with qtbot.waitSignal(page.open_asked) as opened:
        page.open_current()
    assert opened.args == [MAIN, ""]
    press(page, Qt.Key.Key_Escape)
    settle(runner)
    assert len(page.table.rows()) == 2 and page.view is not None
    page.strike_out(page.view.clues[0])
    settle(runner)
    assert api.calls[-1][0] == "withdraw_clue"


def test_a_state_needs_a_source(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = victim_page(api, runner, qtbot)
    press(page, Qt.Key.Key_I)
    question = dialog(page, StateDialog)
    question.state.setCurrentIndex(0)
    question.accept()
    assert question.problem.text() == "Enter the source." and not api.calls
    question.source.setText("ICSE")
    question.accept()
    settle(runner)
    assert api.calls == [("record_victim_state", FIRST, "identified", "ICSE", None)]
    assert "identified, source: ICSE" in texts(page)


def test_a_series_is_opened_with_ticked_files(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = victim_page(api, runner, qtbot)
    press(page, Qt.Key.Key_N)
    question = dialog(page, NewSeriesDialog)
    question.accept()
    assert question.problem.text()
    question.number.setText(MAIN)
    question.read_files()
    settle(runner)
    assert question.boxes and not any(box.isChecked() for box in question.boxes.values())
    first = next(iter(question.boxes))
    question.boxes[first].setChecked(True)
    question.accept()
    settle(runner)
    assert api.calls == [("open_series", MAIN, (first,))] and page.number == "V-2026-0003"


def test_a_report_that_could_not_be_read_is_asked_again_and_keeps_no_files_of_another(
    api: FakeApi, runner: Runner, qtbot: QtBot
) -> None:
    page = victim_page(api, runner, qtbot)
    press(page, Qt.Key.Key_N)
    question = dialog(page, NewSeriesDialog)
    question.number.setText(MAIN)
    question.read_files()
    settle(runner)
    next(iter(question.boxes.values())).setChecked(True)
    show, wanted = api.show, api.queue[6].report_id

    def refuse(*_: object) -> None:
        raise NotFound("This report is not in the store yet.")

    api.show = refuse  # type: ignore[assignment,method-assign]
    question.number.setText(wanted)
    question.accept()
    settle(runner)
    said = [each.text() for each in question.findChildren(QLabel) if each.isVisibleTo(question)]
    assert "This report is not in the store yet." in said and question.number.text() == wanted
    question.accept()
    settle(runner)
    assert not api.calls and not question.boxes, "files of the report before would be opened under this number"
    api.show = show  # type: ignore[method-assign]
    question.accept()
    settle(runner)
    assert question.boxes, "the bundle came meanwhile: the same number is asked again"
    first = next(iter(question.boxes))
    question.boxes[first].setChecked(True)
    question.accept()
    settle(runner)
    assert api.calls == [("open_series", wanted, (first,))]


def test_no_series_and_no_right_say_what_to_do(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.series.clear()
    page = victim_page(api, runner, qtbot)
    assert page.message.title.text() == "No series yet." and "N" in page.message.next.text()
    offered = {
        button.accessibleName() for button in page.findChildren(KeyButton) if button.isVisibleTo(page) and button.isEnabled()
    }
    assert offered == {"New", "Back"}, "without a series nothing can be done to one"
    auditor = victim_page(FakeApi(roles=frozenset({Role.AUDITOR})), runner, qtbot)
    assert auditor.message.title.text() == "Your roles do not include reports."
    with qtbot.waitSignal(auditor.said) as said:
        auditor.open_new()
    assert said.args == ["Your roles do not allow decisions."]
