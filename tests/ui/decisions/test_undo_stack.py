"""Undo takes back one act after the other, says what it undid, and does not begin a second time while it runs."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle
from triage.model.bulk import OwnAct, UndoneAct
from triage.ui.core.joining_steps import add_step
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.undo_stack import UndoStack, describe_undone

ACT = OwnAct(
    decision=3,
    bulk_act=None,
    report=MAIN,
    reports=1,
    taken="2026-11-24T09:00:00Z",
    status="closed",
    reason="adult",
    assignee=None,
)


def test_each_act_is_taken_back_once_and_said(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    stack = UndoStack(api, runner, "2026-11-24T08:00:00Z")
    said: list[str] = []
    changed: list[Changed] = []
    stack.said.connect(said.append)
    runner.changed.connect(changed.append)
    api.decide(MAIN, status="in_progress")
    api.decide_in_bulk((1003, 1004), status="on_hold", reason="age uncertain")
    stack.undo()
    stack.undo()
    settle(runner)
    assert said == ["Undone for 2 reports: on hold. They are as they were before."], "a second press while it runs does nothing"
    assert changed[-1].all_reports
    stack.undo()
    settle(runner)
    assert said[-1] == f"Undone for {MAIN}: in progress. Now new, unassigned." and changed[-1].reports == {MAIN}
    stack.undo()
    settle(runner)
    assert "nothing to undo" in said[-1]


def test_what_was_put_into_a_case_after_the_last_decision_is_undone_first(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    stack = UndoStack(api, runner, "2026-11-24T08:00:00Z")
    said: list[str] = []
    stack.said.connect(said.append)
    api.decide(MAIN, status="in_progress")
    case = api.open_case((MAIN,))
    add_step(api, case, {MAIN: None})
    stack.undo()
    settle(runner)
    assert said == [f"1 report left case {case.number} again. The case was withdrawn."]
    stack.undo()
    settle(runner)
    assert said[-1].startswith(f"Undone for {MAIN}: in progress.")


def test_what_was_undone_is_said_with_how_the_report_stands_now(app: QApplication) -> None:
    undone = UndoneAct(act=ACT, undone=1, status="in_progress", assignee="lhr-02")
    assert describe_undone(undone) == f"Undone for {MAIN}: closed. Now in progress, with lhr-02."
    many = replace(ACT, bulk_act=1, reports=900)
    assert "Undo again for the rest" in describe_undone(
        UndoneAct(act=many, undone=100, status="new", assignee=None, stopped=True)
    )
