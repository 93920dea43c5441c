"""The page of a report's links: a case is made of linked reports after a question, and that is undone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_cases import OUTSIDE, PHONE, POSSIBLE_ONE
from tests.ui.screens import settle
from tests.ui.test_leads import dialog, press, shown
from tests.ui.used_again import refusing_acts
from triage.model.users import Role
from triage.ui.core.page import REPORT
from triage.ui.core.runner import Changed, Runner
from triage.ui.graph.cluster_dialog import ClusterDialog
from triage.ui.graph.page import LinksPage

NEW = "900999001"


def links_page(api: FakeApi, runner: Runner, qtbot: QtBot, number: str = NEW) -> LinksPage:
    page = LinksPage(api, runner)
    page.choose(number)
    return shown(page, runner, qtbot)


def test_without_a_report_it_says_how_to_come_here(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(LinksPage(api, runner), runner, qtbot)
    assert page.message.title.text() == "No report is chosen." and page.message.next.text()
    auditor = shown(LinksPage(FakeApi(roles=frozenset({Role.AUDITOR})), runner), runner, qtbot)
    assert auditor.message.title.text() == "Your roles do not include reports."


def test_a_cluster_becomes_a_case_after_a_question_and_that_is_undone(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = links_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    press(page, Qt.Key.Key_C)
    question = dialog(page, ClusterDialog)
    assert {number: box.isChecked() for number, box in question.boxes.items()} == {NEW: True, OUTSIDE: True, POSSIBLE_ONE: False}
    assert "no identifier shared" in question.boxes[POSSIBLE_ONE].text()
    assert question.record.words() == "Open a case with 2 reports" and not api.calls
    for box in question.boxes.values():
        box.setChecked(False)
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert question.problem.text() == "Tick at least one report."
    for number in (NEW, OUTSIDE):
        question.boxes[number].setChecked(True)
    QTest.keyClick(question, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls == [("open_case", (NEW, OUTSIDE))] and said[-1].endswith("Undo: Ctrl Z")
    with refusing_acts(runner):
        press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        settle(runner)
    for _ in range(2):
        press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(runner)
    assert len(api.calls) == 2, "a refused undo can be tried again, and a step that is being undone waits"
    assert api.calls[-1] == ("undo_joining", "C-2026-0004", {NEW: None, OUTSIDE: None})
    assert said[-1] == "2 reports left case C-2026-0004 again. The case was withdrawn."
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert said[-1] == "Nothing to undo here."


def test_enter_opens_a_report_and_goes_from_a_value_to_a_report(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = links_page(api, runner, qtbot)
    page.panel.view.setFocus()
    page.panel.select(f"report:{OUTSIDE}")
    with qtbot.waitSignal(page.open_asked) as opened:
        press(page, Qt.Key.Key_Return)
    assert opened.args == [OUTSIDE, ""]
    page.panel.select(f"phone:{PHONE}")
    press(page, Qt.Key.Key_Return)
    assert page.panel.view.current is not None and page.panel.view.current.startswith("report:")
    with qtbot.waitSignal(page.page_asked) as back:
        press(page, Qt.Key.Key_Escape)
    assert back.args == [REPORT, NEW]
    with qtbot.waitSignal(page.closed):
        press(page, Qt.Key.Key_Escape)


def test_rows_are_walked_by_keys_and_a_change_reads_anew(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = links_page(api, runner, qtbot)
    assert QApplication.focusWidget() is page.panel.view
    first = page.panel.table.current_row()
    press(page, Qt.Key.Key_J)
    assert page.panel.table.current_row() != first
    count = len(api.graph_calls)
    page.on_changed(Changed(reports=frozenset({"900000000"})))
    page.on_changed(Changed(reports=frozenset({OUTSIDE})))
    settle(runner)
    assert len(api.graph_calls) == count + 1


def test_who_may_not_decide_makes_no_case(runner: Runner, qtbot: QtBot) -> None:
    page = links_page(FakeApi(roles=frozenset({Role.AUDITOR})), runner, qtbot)
    assert not page.cluster.isEnabled()
    with qtbot.waitSignal(page.said) as said:
        page.make_case()
    assert said.args == ["Your roles do not allow decisions."]
