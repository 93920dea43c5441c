"""The page of a case: what it waits for and why, by keys; graph, table and times; nothing lost at 1366 x 768."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, NOW, FakeApi
from tests.ui.fakes_cases import OUTSIDE
from tests.ui.fakes_requests import a_request
from tests.ui.screens import settle, texts
from tests.ui.test_leads import CASE, case_page, dialog, press
from triage.message import Message
from triage.model.casework import Appeal
from triage.model.data_requests import RequestKind
from triage.model.users import Right, Role
from triage.ui.cases.acts_panel import ACTS, RIGHTS
from triage.ui.cases.appeal_dialog import AppealAnswerDialog
from triage.ui.cases.case_columns import NARROW
from triage.ui.cases.page import CasePage
from triage.ui.core.runner import Runner
from triage.ui.graph.cluster_dialog import ClusterDialog
from triage.ui.kit.keys import KEYS
from triage.ui.kit.widgets import KeyButton
from triage.ui.media.file_tiles import FileTile
from triage.ui.referrals.dialog import ReferralDialog
from triage.ui.requests.life_dialogs import DayDialog, RemindDialog
from triage.ui.requests.making_dialogs import RequestDataDialog
from triage.ui.text import times
from triage.ui.text.i18n import tr_message

APPEAL = Appeal(
    id=7, report=MAIN, received="2026-11-20", from_whom=None, text="The account was sold in August.", recorded="2026-11-21T05:00:00Z",
    by="khi-04", answer=None, answered=None, answered_by=None,
)  # fmt: skip


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: NOW)


def full_api() -> FakeApi:
    """A case with an overdue request, a notice that the Court was not told of, a draft, an appeal and a named child."""
    api = FakeApi()
    api.case_views[CASE] = replace(api.case(CASE), appeals=(APPEAL,), officer=None)
    api.requests = (
        a_request(1, state="overdue", sent="2026-10-25", due="2026-11-18T05:00:00Z", addressee="Zong"),
        a_request(2, kind="preservation", state="sent", sent="2026-11-22", due="2026-12-08T05:00:00Z", court_due="2026-11-23T05:00:00Z",
                  court_overdue=True),
        a_request(3, kind="traffic", state="draft", missing=(Message("the number of the Court's warrant"),)),
        a_request(4, state="answered", sent="2026-11-01", replied="2026-11-07T05:00:00Z", unmatched=2),
    )  # fmt: skip
    api.queue = [
        replace(row, flags=("victim named",), deadline="2026-12-03T05:00:00Z", deadline_name="operator traffic data")
        if row.report_id == MAIN
        else row
        for row in api.queue
    ]
    return api


def test_next_acts_say_what_why_and_what_blocks(runner: Runner, qtbot: QtBot) -> None:
    page = case_page(full_api(), runner, qtbot)
    assert [act.name for act in page.acts.acts] == [
        "remind", "court", "preserve", "appeal", "officer", "reply", "number", "referral", "grade", "paper",
    ]  # fmt: skip
    page.acts.show_all()
    said = texts(page.acts)
    assert "Remind Zong" in said and "Request R-2026-0001: the answer is overdue by 6 days." in said
    assert "The operator's log ends in 8 days; no notice is recorded." in said
    assert "A draft can't be sent; missing: the number of the Court's warrant." in said
    assert "First: A referral that names a child waits for a plan for safe contact." in said
    assert page.acts.acts[0].urgency == "overdue" and page.acts.acts[-1].urgency == "open"


def test_each_act_has_its_key_and_it_is_printed(runner: Runner, qtbot: QtBot) -> None:
    page = case_page(full_api(), runner, qtbot)
    page.acts.show_all()
    settle(runner)
    caps = {entry.action: entry.cap for entry in KEYS["case"]}
    assert {action for action, _ in ACTS.values()} <= caps.keys()
    buttons = [button for button in page.acts.findChildren(KeyButton) if button.isVisible()]
    assert [button._cap for button in buttons] == [caps[ACTS[act.name][0]] for act in page.acts.acts]


def test_keys_begin_the_acts(runner: Runner, qtbot: QtBot) -> None:
    page = case_page(full_api(), runner, qtbot)
    press(page, Qt.Key.Key_M)
    dialog(page, RemindDialog).reject()
    settle(runner)
    press(page, Qt.Key.Key_T)
    dialog(page, DayDialog).reject()
    settle(runner)
    press(page, Qt.Key.Key_P, Qt.KeyboardModifier.ShiftModifier)
    asked = dialog(page, RequestDataDialog)
    assert asked.chosen_kind() is RequestKind.PRESERVATION
    settle(runner)
    asked.reject()
    settle(runner)
    with qtbot.waitSignal(page.page_asked) as gallery:
        press(page, Qt.Key.Key_G)
    assert gallery.args == ["gallery", f"case {CASE}"]
    press(page, Qt.Key.Key_F)
    dialog(page, ReferralDialog).reject()
    settle(runner)
    with qtbot.waitSignal(page.said) as said:
        press(page, Qt.Key.Key_O)
    assert said.args == ["Nothing of that kind waits in this case."]


def test_an_appeal_is_shown_and_answered(runner: Runner, qtbot: QtBot) -> None:
    api = full_api()
    page = case_page(api, runner, qtbot)
    assert {"The account was sold in August.", "not answered", "the reported user, 20 Nov 2026"} <= set(texts(page))
    press(page, Qt.Key.Key_W)
    answer = dialog(page, AppealAnswerDialog)
    answer.accept()
    assert answer.problem.text() == "Enter the answer."
    answer.answer.setPlainText("The buyer was named; the report stands.")
    answer.accept()
    settle(runner)
    assert api.calls[-1] == ("answer_appeal", CASE, 7, "The buyer was named; the report stands.")
    assert "Answer: The buyer was named; the report stands." in texts(page)


def test_requests_have_one_state_and_papers_say_what_blocks(runner: Runner, qtbot: QtBot) -> None:
    said = texts(case_page(full_api(), runner, qtbot))
    assert {"overdue by 6 days", "sent, due 8 Dec 2026", "draft", "answered, 2 unmatched"} <= set(said)
    assert "missing: the number of the Court's warrant" in said
    assert f"Referral {MAIN}" in said and "A referral that names a child waits for a plan for safe contact." in said
    assert "Draft; missing: rank" in said


def test_table_and_graph_select_each_other(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    second = api.queue[40].report_id
    api.case_views[CASE] = replace(api.case(CASE), reports=(MAIN, second))
    page = case_page(api, runner, qtbot)
    press(page, Qt.Key.Key_J)
    row = page.table.current_row()
    assert row is not None and page.graph.view.current == f"report:{row.report_id}"
    other = next(each.report_id for each in page.table.rows() if each.report_id != row.report_id)
    page.graph.view.choose(f"report:{other}")
    found = page.table.current_row()
    assert found is not None and found.report_id == other


def test_linked_reports_are_added_after_a_question_and_go_again(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot)
    press(page, Qt.Key.Key_C)
    question = dialog(page, ClusterDialog)
    assert MAIN not in question.boxes and question.find_ticked() == (OUTSIDE,)
    QTest.keyClick(question, Qt.Key.Key_Return)
    settle(runner)
    assert OUTSIDE in api.case(CASE).reports
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(runner)
    assert OUTSIDE not in api.case(CASE).reports


def test_files_are_blurred_tiles_that_open_in_their_report(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot)
    tiles = page.columns.files.tiles
    assert tiles[0].accessibleName() == "IMG_1.jpg, not graded, in 1 report"
    tiles[0].setFocus()
    with qtbot.waitSignal(page.open_asked) as opened:
        press(page, Qt.Key.Key_Return)
    assert opened.args == [MAIN, tiles[0].file.sha256]
    assert all(isinstance(tile, FileTile) for tile in tiles)


def test_times_are_said_in_words(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot)
    assert page.columns.timeline.accessibleName() == f"{MAIN}: upload 12 Nov 2026 × 3; operator log ends 3 Dec 2026"
    assert not page.columns.timeline.grab().isNull()


@pytest.mark.parametrize("size", [(1186, 690), (844, 620), (1260, 830)], ids=["1366 x 768", "1024 x 700", "1440 x 900"])
def test_next_acts_stay_in_view(runner: Runner, qtbot: QtBot, size: tuple[int, int]) -> None:
    page: CasePage = case_page(full_api(), runner, qtbot)
    page.resize(*size)
    settle(runner)
    first = next(button for button in page.acts.findChildren(KeyButton) if button.isVisible())
    for area in (page.columns.left_area, page.columns.middle_area):
        area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
        assert area.isHidden() or area.horizontalScrollBar().maximum() == 0
    assert page.graph.isVisible() and page.columns.middle_area.isHidden() == (size[0] < NARROW)
    assert page.width() == size[0], "the page needs no more room than the window gives"
    place = first.mapTo(page, first.rect().center())
    assert page.rect().contains(place) and first.visibleRegion().contains(first.rect().center())


def test_the_incident_of_each_report_is_shown_on_a_small_screen(runner: Runner, qtbot: QtBot) -> None:
    page = case_page(full_api(), runner, qtbot)
    page.resize(1186, 690)
    settle(runner)
    table = page.columns.table
    shown = {str(table.model().headerData(n, Qt.Orientation.Horizontal)) for n in range(4) if not table.isColumnHidden(n)}
    assert {"Report", "Incident", "Next deadline"} <= shown


def test_an_empty_case_says_what_to_do(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.case_views[CASE] = replace(api.case(CASE), reports=(), numbers=())
    page = case_page(api, runner, qtbot)
    assert page.acts.acts[0].name == "reports"
    assert "No reports in this case yet. Press R to add some by number." in texts(page)
    assert "none sent" not in texts(page)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.LEAD, Role.EXAMINER, Role.AUDITOR])
def test_no_act_is_offered_that_would_be_refused(runner: Runner, qtbot: QtBot, role: Role) -> None:
    api = full_api()
    api.user = replace(api.user, roles=frozenset({role, Role.ANALYST} if role is Role.AUDITOR else {role}))
    page = case_page(api, runner, qtbot)
    page.acts.show_all()
    offered = {button.accessibleName(): button.isEnabled() for button in page.findChildren(KeyButton) if button.accessibleName()}
    for act in page.acts.acts:
        (enabled,) = {on for name, on in offered.items() if name.endswith(f": {tr_message(act.words)}")}
        assert enabled == (act.name not in RIGHTS or api.may(RIGHTS[act.name])), act.name
    papers = api.may(Right.CASE_PAPERS)
    assert {name: on for name, on in offered.items() if name.startswith("Open: ")} == {
        name: papers or name == "Open: Evidence packet" for name in offered if name.startswith("Open: ")
    }
    said: list[str] = []
    page.said.connect(said.append)
    for button in page.columns.findChildren(KeyButton):
        if button.isVisible() and button.isEnabled():
            button.click()
            for shown in page.findChildren(QDialog):
                shown.reject()
    assert not [sentence for sentence in said if sentence.startswith("Your roles do not")]
