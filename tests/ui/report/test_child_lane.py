"""A lead confirms on the report's page that a report of the child lane may leave; nobody else is offered it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN
from tests.ui.screens import ChangedApi, open_page, texts
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.kit.question_dialog import QuestionDialog
from triage.ui.report.page import ReportPage

LINK = "Confirm that it may leave"


def open_report(runner: Runner, qtbot: QtBot, state: str, *roles: Role) -> tuple[ReportPage, Any]:
    api = ChangedApi(child_lane=state)
    api.user = replace(api.user, roles=frozenset(roles))
    return open_page(api, runner, qtbot), api


def test_a_lead_confirms_after_a_question(runner: Runner, qtbot: QtBot) -> None:
    page, api = open_report(runner, qtbot, "waits for a lead", Role.LEAD)
    assert page.view is not None
    said: list[str] = []
    page.said.connect(said.append)
    link = page.view.answers.answers[-1].find_link(LINK)
    assert link is not None
    link()
    question = next(each for each in page.findChildren(QuestionDialog))
    assert ("confirm_child_lane", MAIN) not in api.calls, "the question comes first"
    question.go.click()
    qtbot.waitUntil(lambda: ("confirm_child_lane", MAIN) in api.calls and bool(said))
    assert "may leave" in said[-1]


@pytest.mark.parametrize(("state", "role"), [("waits for a lead", Role.ANALYST), ("confirmed", Role.LEAD), ("no", Role.LEAD)])
def test_nobody_else_and_nothing_else_is_confirmed(runner: Runner, qtbot: QtBot, state: str, role: Role) -> None:
    page, _ = open_report(runner, qtbot, state, role)
    assert page.view is not None
    assert page.view.answers.answers[-1].find_link(LINK) is None
    shown = "\n".join(texts(page.view))
    assert ("Child lane:" in shown) == (state != "no")
