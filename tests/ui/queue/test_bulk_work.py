"""Many reports are selected with keys, named with their folded copies, and assigned, decided and undone in one act."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, texts
from triage.errors import Refused
from triage.model.bulk import BulkResult, BulkScope
from triage.model.casework import CaseFilter
from triage.model.open_marks import OpenMark
from triage.model.progress import CancelToken
from triage.model.queue_order import QueueOrder
from triage.model.users import Role
from triage.ui.cases.case_choice import CaseChoice
from triage.ui.core.runner import Runner
from triage.ui.decisions.bulk_dialogs import BulkAct, BulkAssignDialog, BulkDecideDialog, count_reports
from triage.ui.kit import keys
from triage.ui.queue import ticking
from triage.ui.queue.bulk_work import describe_result
from triage.ui.queue.page import QueuePage
from triage.ui.queue.ticks import Ticks
from triage.ui.requests.making_dialogs import PreserveDialog

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def api() -> FakeApi:
    made = FakeApi()
    made.queue = [replace(row, copies=3) if row.id == 1002 else row for row in made.queue]
    made.copies = {1002: [replace(made.queue[250 + n], id=5000 + n, report_id=f"90017124{n}") for n in range(3)]}
    return made


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> QueuePage:
    made = QueuePage(api, runner)
    qtbot.addWidget(made)
    made.resize(1290, 800)
    made.show()
    made.start()
    settle(runner)
    runner.changed.connect(made.on_changed)
    made.table.setFocus()
    made.table.select_row(0)
    return made


def press(page: QueuePage, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(page.table, key, held)


def test_x_selects_and_shift_arrows_select_a_range_that_can_shrink(page: QueuePage) -> None:
    assert not page.bulk.isVisible()
    press(page, Qt.Key.Key_X)
    assert page.ticks.ids() == (1000,) and page.bulk.isVisible()
    press(page, Qt.Key.Key_Down, CTRL)
    press(page, Qt.Key.Key_Down, CTRL)
    assert page.table.currentIndex().row() == 2 and page.ticks.ids() == (1000,), "Ctrl moves and selects nothing"
    for _ in range(3):
        press(page, Qt.Key.Key_Down, SHIFT)
    assert set(page.ticks.ids()) == {1000, 1002, 1003, 1004, 1005}
    press(page, Qt.Key.Key_Up, SHIFT)
    assert set(page.ticks.ids()) == {1000, 1002, 1003, 1004}
    press(page, Qt.Key.Key_Down)
    assert len(page.ticks) == 4, "moving on keeps the selection"
    press(page, Qt.Key.Key_Escape)
    assert not page.ticks and not page.bulk.isVisible()


def test_another_filter_ends_the_selection_and_another_order_keeps_it(page: QueuePage, runner: Runner) -> None:
    """What is out of sight is not acted on."""
    press(page, Qt.Key.Key_X)
    page.state.sort_by("risk")
    settle(runner)
    assert page.ticks.ids() == (1000,)
    page.state.change(offices=("LHR",))
    settle(runner)
    assert not page.ticks


def test_ctrl_a_selects_all_of_the_filter_and_no_more_than_one_act_reaches(
    page: QueuePage, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.state.change(bands=("A", "B"))
    settle(runner)
    press(page, Qt.Key.Key_A, CTRL)
    settle(runner)
    assert set(page.ticks.ids()) == set(range(1000, 1008)) and page.table.across.all_ticked
    page.ticks.clear()
    monkeypatch.setattr(ticking, "MOST", 7)
    with qtbot.waitSignal(page.said) as said:
        press(page, Qt.Key.Key_A, CTRL)
    assert "at most 7 reports" in said.args[0] and not page.ticks


def test_a_long_range_reads_ids_and_not_rows(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    asked: list[tuple[int, int]] = []
    own = api.window_ids

    def ids(filter: object, order: QueueOrder, start: int, count: int) -> tuple[int, ...]:
        asked.append((start, count))
        return own(filter, order, start, count)  # type: ignore[arg-type]

    api.window_ids = ids  # type: ignore[method-assign]
    press(page, Qt.Key.Key_End, SHIFT)
    settle(runner)
    assert asked == [(0, 300)] and len(page.ticks) == 300


def test_the_bar_names_folded_copies(page: QueuePage, qtbot: QtBot) -> None:
    for row_id in (1001, 1002):
        page.ticks.toggle(row_id)
    qtbot.waitUntil(lambda: page.bulk.count.text() == "2 selected and 3 folded")
    assert count_reports(BulkScope(chosen=(1, 2), folded=(), bands={}, closed=0)) == "2 reports"


def test_assigning_reaches_the_folded_copies_unless_a_person_says_no(
    page: QueuePage, api: FakeApi, runner: Runner, qtbot: QtBot
) -> None:
    said: list[str] = []
    page.said.connect(said.append)
    for include in (True, False):
        page.ticks.add((1001, 1002))
        page.assign_current()
        settle(runner)
        dialog = page.window().findChildren(BulkAssignDialog)[-1]
        assert "Assign 2 reports and 3 folded" in texts(dialog)
        dialog.scope.folded.setChecked(include)
        dialog.choose("lhr-02")
        dialog.accept()
        settle(runner)
        assert not page.ticks
    reached = [call[1] for call in api.calls if call[0] == "bulk"]
    assert reached == [(1001, 1002, 5000, 5001, 5002), (1001, 1002)]
    assert "with lhr-02. Undo: Ctrl Z" in said[-1]
    page.undoing.undo()
    settle(runner)
    assert "Undone for 2 reports" in said[-1]


def test_closing_band_a_or_b_asks_a_second_question_that_names_the_number(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    page.ticks.add((1001, 1002, 1050))
    press(page, Qt.Key.Key_D)
    settle(runner)
    dialog = page.window().findChild(BulkDecideDialog)
    assert isinstance(dialog, BulkDecideDialog)
    assert any("1 in band A, 1 in band B, 1 in band C" in text for text in texts(dialog))
    for key in (Qt.Key.Key_C, Qt.Key.Key_6, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    question = dialog.second
    assert question is not None and "Close 2 reports of band A or B together?" in texts(question)
    for _ in range(3):
        QTest.keyClick(question, Qt.Key.Key_Return)
    assert not api.calls and question.isVisible(), "a second Enter by the same slip closes nothing"
    QTest.keyClick(question, Qt.Key.Key_Y)
    settle(runner)
    assert [call[:1] + call[2:] for call in api.calls] == [("bulk", "closed", "duplicate", None, 2)]
    settle(runner)
    assert page.model.total == 297, "closed reports leave the queue"


def test_d_and_a_act_on_the_selection_and_name_it_before_anything_is_recorded(
    page: QueuePage, api: FakeApi, runner: Runner, qtbot: QtBot
) -> None:
    """Five reports were selected, and D decided on the sixth, where the cursor stood."""
    page.ticks.add(range(1010, 1017))
    asked: list[str] = []
    page.decide_asked.connect(lambda report, _status: asked.append(report))
    page.assign_asked.connect(lambda row: asked.append(row.report_id))
    named = ", ".join(row.report_id for row in api.queue[10:15]) + " and 2 more"
    for act in (lambda: press(page, Qt.Key.Key_D), page.side.decide_button.click, page.bulk.decide.click):
        act()
        settle(runner)
        (dialog,) = (each for each in page.window().findChildren(BulkDecideDialog) if each.isVisible())
        assert dialog.windowTitle() == "Decide on 7 reports" and named in [str(text) for text in texts(dialog)]
        dialog.reject()
        qtbot.waitUntil(lambda: not page.window().findChildren(BulkDecideDialog))
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    for act in (lambda: press(page, Qt.Key.Key_A), page.side.assign_button.click):
        act()
        settle(runner)
        (giving,) = (each for each in page.window().findChildren(BulkAssignDialog) if each.isVisible())
        assert giving.windowTitle() == "Assign 7 reports" and named in texts(giving)
        giving.reject()
        qtbot.waitUntil(lambda: not page.window().findChildren(BulkAssignDialog))
    assert not asked and not api.calls, "the report with the cursor is not in the selection"
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    page.ticks.clear()
    press(page, Qt.Key.Key_D)
    assert asked == [page.current_id()]


def test_the_count_of_an_act_follows_its_box_of_folded_copies(page: QueuePage, runner: Runner) -> None:
    page.ticks.add((1001, 1002))
    press(page, Qt.Key.Key_D)
    settle(runner)
    dialog = page.window().findChild(BulkDecideDialog)
    assert isinstance(dialog, BulkDecideDialog) and dialog.windowTitle() == "Decide on 2 reports and 3 folded"
    dialog.scope.folded.setChecked(False)
    assert dialog.windowTitle() == "Decide on 2 reports"


def test_deciding_has_one_name(page: QueuePage) -> None:
    assert page.bulk.decide.accessibleName() == page.side.decide_button.accessibleName()
    assert not [entry for entry in keys.KEYS["queue"] if "status" in entry.describe_key.lower()]


def test_other_bands_are_closed_without_a_second_question(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    page.ticks.add((1050, 1051))
    page.bulk.ask_decide()
    settle(runner)
    dialog = page.window().findChild(BulkDecideDialog)
    assert isinstance(dialog, BulkDecideDialog)
    for key in (Qt.Key.Key_C, Qt.Key.Key_6, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    assert dialog is not None and [call[2] for call in api.calls] == ["closed"]


def test_an_act_shows_progress_and_can_be_cancelled(page: QueuePage, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def wait(done: int, cancel: CancelToken | None) -> None:
        if done == 2:
            reached.set()
            go_on.wait(60)

    api.bulk_waits = wait
    said: list[str] = []
    page.said.connect(said.append)
    page.ticks.add(range(1020, 1030))
    press(page, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: bool(page.window().findChildren(BulkAssignDialog)))
    dialog = page.window().findChildren(BulkAssignDialog)[-1]
    qtbot.waitUntil(lambda: dialog.chosen is not None)
    dialog.accept()
    qtbot.waitUntil(lambda: reached.is_set() and dialog.progress.isVisible())
    name = dialog.chosen
    QTest.keyClick(dialog, Qt.Key.Key_2)
    dialog.close()
    assert dialog.isVisible() and not dialog.record.isEnabled() and dialog.chosen == name, "closing its window stops the act"
    go_on.set()
    settle(runner)
    assert said[-1].startswith("Stopped after 2 reports. Undo: ") and page.ticks, "what was selected stays for another try"


@pytest.mark.parametrize("kind", [BulkAssignDialog, BulkDecideDialog])
def test_a_refused_act_comes_back_as_it_was_filled_in(
    page: QueuePage, api: FakeApi, runner: Runner, kind: type[BulkAssignDialog | BulkDecideDialog]
) -> None:
    def refuse(done: int, cancel: CancelToken | None) -> None:
        raise Refused("Somebody else changes the store; try again.")

    api.bulk_waits = refuse
    page.ticks.add((1050, 1051))
    (page.bulk.ask_assign if kind is BulkAssignDialog else page.bulk.ask_decide)()
    settle(runner)
    dialog = page.window().findChild(kind)
    assert isinstance(dialog, BulkAssignDialog | BulkDecideDialog)
    if isinstance(dialog, BulkDecideDialog):
        for key in (Qt.Key.Key_C, Qt.Key.Key_6):
            QTest.keyClick(dialog, key)
        dialog.note.setPlainText("a long note")
    for times in (1, 2):
        dialog.problem.setText("")
        dialog.accept()
        settle(runner)
        assert dialog.isVisible() and dialog.record.isEnabled() and page.ticks
        assert dialog.problem.text() == "Somebody else changes the store; try again.", times
    if isinstance(dialog, BulkDecideDialog):
        assert dialog.note.toPlainText() == "a long note" and dialog.note.isEnabled()


def test_asking_to_keep_reaches_the_selected_reports_only(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    page.ticks.add((1001, 1002))
    press(page, Qt.Key.Key_P, SHIFT)
    settle(runner)
    dialog = page.window().findChild(PreserveDialog)
    assert isinstance(dialog, PreserveDialog) and "Of 5 selected reports only." in texts(dialog)
    assert f"{api.queue[1].report_id}, {api.queue[2].report_id} and 3 more" in texts(dialog)
    assert ("preview expiring", 3650, (1001, 1002, 5000, 5001, 5002)) in api.calls
    dialog.reject()


def test_what_others_have_open_is_named_before_an_act(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    now = "2026-11-24T09:00:00Z"
    number = api.queue[1].report_id
    api.others_open = (OpenMark(row_id=1001, report_id=number, user="lhr-02", since=now, last_sign=now, certain=True),)
    page.ticks.add((1001, 1003))
    page.bulk.ask_assign()
    settle(runner)
    dialog = page.window().findChildren(BulkAssignDialog)[-1]
    assert any("Somebody else has 1 of them open now" in text and number in text for text in texts(dialog))


def test_who_may_not_decide_sees_it(runner: Runner, qtbot: QtBot) -> None:
    page = QueuePage(FakeApi(roles=frozenset({Role.AUDITOR})), runner)
    qtbot.addWidget(page)
    page.ticks.toggle(1001)
    assert not page.bulk.assign.isEnabled() and not page.bulk.decide.isEnabled() and not page.bulk.keep.isEnabled()


def test_copies_unfold_below_their_report_and_fold_again(page: QueuePage, runner: Runner) -> None:
    page.table.select_row(2)
    press(page, Qt.Key.Key_U)
    settle(runner)
    assert page.model.rowCount() == 303
    assert [page.model.id_at(at) for at in range(2, 7)] == [1002, 5000, 5001, 5002, 1003]
    assert [page.model.is_copy(at) for at in range(2, 7)] == [False, True, True, True, False]
    assert page.model.find(1004) == 7 and page.model.place_of(7) == 4
    page.table.select_row(4)
    assert page.current_id() == "900171241", "a copy is opened and decided like any report"
    press(page, Qt.Key.Key_U)
    assert page.model.rowCount() == 300


def test_a_range_keeps_what_was_selected_before() -> None:
    ticks = Ticks()
    ticks.toggle(3)
    ticks.set_range((2, 3, 4))
    ticks.set_range((2,))
    assert set(ticks.ids()) == {2, 3}
    ticks.end_range()
    ticks.set_range((9,))
    assert set(ticks.ids()) == {2, 3, 9}


def test_the_key_of_a_range_is_listed() -> None:
    assert keys.find_key("queue", "tick_range").hold


def test_the_selected_reports_go_into_a_case_and_undo_takes_them_out(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    said: list[str] = []
    page.said.connect(said.append)
    press(page, Qt.Key.Key_C)
    assert said[-1].startswith("Select reports first")
    press(page, Qt.Key.Key_X)
    press(page, Qt.Key.Key_Down, CTRL)
    press(page, Qt.Key.Key_X)
    press(page, Qt.Key.Key_C)
    settle(runner)
    (asked,) = [each for each in page.findChildren(CaseChoice) if each.isVisible()]
    assert asked.windowTitle() == "Case for 2 reports"
    numbers = tuple(row.report_id for row in api.queue if row.id in page.ticks.ids())
    assert ", ".join(numbers) in texts(asked)
    asked.accept()
    settle(runner)
    case = api.load_cases(api.find_cases(CaseFilter()))[4]
    assert said[-1] == f"2 reports are now in case {case.number}. Undo: Ctrl Z" and not page.ticks
    assert set(api.case(case.number).reports) >= set(numbers)
    page.undoing.undo()
    settle(runner)
    assert said[-1].startswith(f"2 reports left case {case.number} again.")


def test_what_was_so_already_is_counted_beside_what_changed() -> None:
    """Twenty were selected, and the notice said nineteen."""
    act = BulkAct(reports=(), assignee="lhr-02")
    said = describe_result(BulkResult(act=4, done=19, unchanged=1), act)
    assert said == "1 report was so already. 19 reports: with lhr-02. Undo: Ctrl Z"
