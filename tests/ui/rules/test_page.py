"""The rules page: read by all, edited by a lead with the keyboard, tried, used after a question with counts, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, show_page, texts, wait_active
from tests.ui.slow_work import UNTIL_LET_GO
from triage.errors import Refused
from triage.model.users import Role
from triage.priority import RuleEdit, shipped_rules
from triage.ui.core.runner import Runner
from triage.ui.kit.numbers import parse_number
from triage.ui.kit.table import RowHeading
from triage.ui.rules.bands_dialog import BandsDialog
from triage.ui.rules.page import RulesPage
from triage.ui.rules.rule_words import COLUMNS
from triage.ui.rules.use_dialog import UseDialog
from triage.ui.text.rule_field_words import RULE_FIELDS, name_rules

RULE = "type.enticement"
POINTS = f"{next(rule.points for rule in shipped_rules().rules if rule.id == RULE):g}"
WAS = f"was {POINTS}"
D = TypeVar("D", bound=QDialog)


def open_rules(api: FakeApi, runner: Runner, qtbot: QtBot) -> RulesPage:
    return show_page(RulesPage(api, runner), runner, qtbot, 1290, 800)


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> RulesPage:
    return open_rules(api, runner, qtbot)


@pytest.fixture
def said(page: RulesPage) -> Iterator[list[str]]:
    heard: list[str] = []
    page.said.connect(heard.append)
    yield heard


def active(dialog: D) -> D:
    wait_active(dialog)
    return dialog


def go_to(page: RulesPage, rule: str) -> None:
    rows = page.listed.table.rows_model.rows
    page.listed.table.select(next(at for at, row in enumerate(rows) if not isinstance(row, RowHeading) and row.now.id == rule))
    QCoreApplication.processEvents()  # what was made is shown


def write(page: RulesPage, runner: Runner, rule: str, number: str) -> None:
    """By keys: Enter goes to the points, Enter hands them over."""
    go_to(page, rule)
    QTest.keyClick(page.listed.table, Qt.Key.Key_Return)
    field = page.listed.panel.field
    assert field is not None and field.hasFocus()
    QTest.keyClicks(field, number)
    QTest.keyClick(field, Qt.Key.Key_Return)
    settle(runner)


def test_rules_stand_by_family_with_points_reason_source_version_and_hash(page: RulesPage, api: FakeApi) -> None:
    book = api.rule_book()
    rows = page.listed.table.rows_model.rows
    headings = [row.words for row in rows if isinstance(row, RowHeading)]
    assert all(any(heading.startswith(f"{family.name}:") for heading in headings) for family in book.families)
    assert [row.now.id for row in page.listed.table.rows()] == [rule.id for rule in book.rules]
    assert page.beside.text() == f"Rule set {book.name.split()[0]}" and book.sha256 in page.beside.toolTip()
    go_to(page, RULE)
    shown = texts(page.listed.panel)
    rule = next(rule for rule in book.rules if rule.id == RULE)
    assert {rule.id, rule.reason, rule.source, "incident type"} <= set(shown)
    assert not [text for row in page.listed.table.rows() for text in (COLUMNS[2].text(row),) if text == row.now.id]
    assert {f"from {begin:g}" for begin in book.bands.values()} <= set(texts(page.listed))
    assert "the rules that came with the program" in texts(page.listed)


def test_what_a_rule_looks_at_has_words() -> None:
    unworded = {rule.field for rule in shipped_rules().rules} - set(RULE_FIELDS)
    assert unworded == set(), "triage/ui/text/rule_field_words.py"


def test_points_are_written_by_keys_and_undone(page: RulesPage, runner: Runner) -> None:
    write(page, runner, RULE, "12.5")
    assert page.listed.edits is not None and page.listed.edits.now == RuleEdit(amounts={RULE: 12.5})
    assert page.listed.table.hasFocus() and WAS in texts(page.listed.panel)
    assert "1 edit, not in use" in texts(page.listed) and page.try_button.isEnabled()
    QTest.keyClick(page.listed.table, Qt.Key.Key_X)
    settle(runner)
    assert page.listed.edits.now.on == {RULE: False}
    for _ in range(2):
        QTest.keyClick(page.listed.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        settle(runner)
    assert not page.listed.edits.now and not page.try_button.isEnabled()


def test_escape_in_the_field_leaves_the_points_and_the_page(page: RulesPage, runner: Runner, qtbot: QtBot) -> None:
    go_to(page, RULE)
    QTest.keyClick(page.listed.table, Qt.Key.Key_Return)
    field = page.listed.panel.field
    assert field is not None
    QTest.keyClicks(field, "3")
    with qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(field, Qt.Key.Key_Escape)
    assert page.listed.edits is not None and not page.listed.edits.now and field.text() == POINTS
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.listed.table, Qt.Key.Key_Escape)


def test_what_breaks_a_promise_is_refused_in_one_sentence(page: RulesPage, runner: Runner) -> None:
    write(page, runner, RULE, "60")
    assert page.listed.problem.isVisible() and not page.try_button.isEnabled()
    sentence = page.listed.problem.text()
    assert sentence.startswith("The rules of family conduct can reach") and sentence.endswith("The edit was not applied.")
    field = page.listed.panel.field
    assert page.listed.edits is not None and not page.listed.edits.now and field is not None and field.text() == POINTS
    write(page, runner, RULE, "many")
    assert page.listed.problem.text() == "Write a number above 0, up to 100."
    write(page, runner, RULE, "17")
    assert not page.listed.problem.isVisible()


def test_the_child_lane_stays_on(page: RulesPage, said: list[str]) -> None:
    lane = next(row.now.id for row in page.listed.table.rows() if row.now.fixed)
    go_to(page, lane)
    QTest.keyClick(page.listed.table, Qt.Key.Key_X)
    assert said == ["It opens the child lane and can't be turned off."]
    assert page.listed.edits is not None and not page.listed.edits.now


def test_bands_and_caps_are_edited_and_checked(page: RulesPage, runner: Runner) -> None:
    QTest.keyClick(page.listed.table, Qt.Key.Key_W)
    dialog = active(next(iter(page.listed.findChildren(BandsDialog))))
    dialog.bands["B"].setText("x")
    QTest.keyClick(dialog.bands["B"], Qt.Key.Key_Return)
    assert dialog.isVisible() and dialog.problem.text()
    dialog.bands["B"].setText("۲۰")
    QTest.keyClick(dialog.bands["B"], Qt.Key.Key_Return)
    settle(runner)
    assert page.listed.edits is not None and page.listed.edits.now == RuleEdit(bands={"B": 20.0})
    assert "from 20" in texts(page.listed)


def test_who_would_move_then_use_asks_with_counts_then_back(
    page: RulesPage, api: FakeApi, runner: Runner, said: list[str]
) -> None:
    before = api.rule_book().name
    write(page, runner, RULE, "12")
    QTest.keyClick(page.listed.table, Qt.Key.Key_T)
    settle(runner)
    assert page.screen_now() == "trial"
    assert page.trial.head.text() == "5 of 300 reports would change their band"
    cause = page.trial.table.model().index(0, 4).data()
    assert cause == next(rule.reason for rule in shipped_rules().rules if rule.id == RULE)
    assert page.trial.table.rows()[0].why == (RULE,) and not page.to_queue.isVisible()
    QTest.keyClick(page.trial.table, Qt.Key.Key_U)
    dialog = active(next(iter(page.findChildren(UseDialog))))
    shown = texts(dialog)
    assert "5 of 300 reports would change their band" in shown
    assert any("recorded under your name, khi-04" in text for text in shown)
    assert not api.calls, "nothing is used before it is confirmed"
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls == [("use_edit", RuleEdit(amounts={RULE: 12.0}))]
    assert page.screen_now() == "rules" and page.listed.edits is not None and not page.listed.edits.now
    assert page.beside.text() == name_rules(api.rule_book().name) != name_rules(before)
    assert said[-1].startswith(f"Rules {shipped_rules().version}+1")
    page.activateWindow()
    wait_active(page)
    page.focus()
    QTest.keyClick(page.listed.table, Qt.Key.Key_B)
    settle(runner)
    QTest.keyClick(page.trial.table, Qt.Key.Key_U)
    dialog = active(next(d for d in page.findChildren(UseDialog) if d.isVisible()))
    assert "Revert to the previous rules?" in texts(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls[-1] == ("rules_back",) and api.rule_book().name == before


def test_trying_tells_progress_and_can_be_stopped(runner: Runner, qtbot: QtBot) -> None:
    page = open_rules(FakeApi(slow=UNTIL_LET_GO), runner, qtbot)
    heard: list[str] = []
    page.said.connect(heard.append)
    write(page, runner, RULE, "12")
    page.try_edits()
    qtbot.waitUntil(lambda: "of 300 reports" in page.progress.words.text())
    assert page.stop_button.hasFocus()
    QTest.keyClick(page.stop_button, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    settle(runner)
    assert page.steps.currentWidget() is page.listed
    assert page.listed.edits is not None and page.listed.edits.now, "the edits are still there"
    assert heard == ["Stopped. Nothing was changed."]


def test_a_set_that_came_into_use_meanwhile_is_said(page: RulesPage, api: FakeApi, runner: Runner, said: list[str]) -> None:
    write(page, runner, RULE, "12")
    page.try_edits()
    settle(runner)
    api.use_edit(RuleEdit(bands={"D": 5.0}), api.rule_book().name, lambda _: None, object())  # type: ignore[arg-type]
    page.ask_use()
    QTest.keyClick(active(next(iter(page.findChildren(UseDialog)))), Qt.Key.Key_Return)
    settle(runner)
    assert "meanwhile" in said[0]
    assert page.listed.edits is not None and not page.listed.edits.now


def test_what_was_tried_and_confirmed_is_used_whatever_came_into_use_since(
    page: RulesPage, api: FakeApi, runner: Runner, said: list[str]
) -> None:
    write(page, runner, RULE, "12")
    page.try_edits()
    settle(runner)
    page.ask_use()
    question = active(next(iter(page.findChildren(UseDialog))))
    api.use_edit(RuleEdit(bands={"D": 5.0}), api.rule_book().name, lambda _: None, object())  # type: ignore[arg-type]
    api.calls.clear()
    page.reload()  # as after any change of the rules: what is edited below the question is new
    settle(runner)
    question.accept()
    settle(runner)
    assert not api.calls and "meanwhile" in said[-1], "an edit that nobody saw would be used"


def test_a_revert_that_was_confirmed_takes_back_nothing_else(
    page: RulesPage, api: FakeApi, runner: Runner, said: list[str]
) -> None:
    api.use_edit(RuleEdit(bands={"D": 5.0}), api.rule_book().name, lambda _: None, object())  # type: ignore[arg-type]
    page.reload()
    settle(runner)
    page.try_back()
    settle(runner)
    page.ask_use()
    question = active(next(iter(page.findChildren(UseDialog))))
    api.use_edit(RuleEdit(bands={"D": 4.0}), api.rule_book().name, lambda _: None, object())  # type: ignore[arg-type]
    api.calls.clear()
    question.accept()
    settle(runner)
    assert not api.calls and "meanwhile" in said[-1]


def test_what_waits_for_the_rules_is_said_and_goes_on(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.waiting = 41
    page = open_rules(api, runner, qtbot)
    assert "41 reports not yet scored with these rules" in texts(page.listed)
    QTest.keyClick(page.listed.table, Qt.Key.Key_R)
    settle(runner)
    assert api.calls == [("judge_rest",)]
    assert not any("wait for these rules" in text for text in texts(page.listed))


def test_an_analyst_reads_and_may_not_edit(app: QApplication, runner: Runner, qtbot: QtBot) -> None:
    page = open_rules(FakeApi(roles=frozenset({Role.ANALYST})), runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    go_to(page, RULE)
    assert page.listed.panel.field is not None and page.listed.panel.field.isReadOnly()
    for key in (Qt.Key.Key_X, Qt.Key.Key_W, Qt.Key.Key_Return, Qt.Key.Key_T, Qt.Key.Key_B):
        QTest.keyClick(page.listed.table, key)
    assert said == ["Only a lead can change the rules."] * 5
    assert page.listed.edits is not None and not page.listed.edits.now
    assert "You can read them; only a lead can edit." in texts(page.listed)


def test_rules_that_cannot_be_read_say_so_and_are_tried_again(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    def fails(*_: object) -> object:
        raise Refused("The store is locked.")

    own, api.rule_book = api.rule_book, fails  # type: ignore[method-assign,assignment]
    page = open_rules(api, runner, qtbot)
    assert page.message.title.text() == "The store is locked." and page.message.again.isVisible()
    api.rule_book = own  # type: ignore[method-assign]
    page.message.again.click()
    settle(runner)
    assert page.states.currentWidget() is page.body


@pytest.mark.parametrize(
    ("text", "value"),
    [("18", 18.0), ("7,5", 7.5), ("۷٫۵", 7.5), ("0", None), ("101", None), ("nan", None), ("1e3", None), ("", None), ("x", None)],
)
def test_numbers_as_people_write_them(text: str, value: float | None) -> None:
    assert parse_number(text) == value
