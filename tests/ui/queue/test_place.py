"""Where a person is in the queue outlives a lock and a theme; columns and order outlive the day; "new since" counts from the last time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle, wait_active
from triage.model.casework import JoiningStep
from triage.model.open_marks import OpenMark
from triage.model.queue_order import QueueOrder
from triage.model.queue_views import QueuePlace, QueueView
from triage.model.views import QueueFilter
from triage.ui.app import Desktop
from triage.ui.core.joining_steps import add_step, list_steps
from triage.ui.core.preferences import Preferences
from triage.ui.core.runner import Runner
from triage.ui.queue.open_marks import OpenQuestion
from triage.ui.queue.page import QueuePage
from triage.ui.queue.place import ProgramRun
from triage.ui.queue.state import OPEN_WORK
from triage.ui.shell.main_window import MainWindow
from triage.ui.text import times

YESTERDAY = "2026-11-23T12:40:00Z"
RUN = ProgramRun("this run", "2026-11-24T08:00:00Z")


@pytest.fixture
def desktop(app: QApplication, api: FakeApi, tmp_path: Path, qtbot: QtBot) -> Iterator[Desktop]:
    made = Desktop(app, tmp_path / "store", api=api, buses=("", ""))
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    yield made
    made.close()


def working(desktop: Desktop) -> MainWindow:
    window = desktop.centralWidget()
    assert isinstance(window, MainWindow)
    return window


def start(api: FakeApi, runner: Runner, qtbot: QtBot) -> QueuePage:
    page = QueuePage(api, runner, RUN)
    qtbot.addWidget(page)
    page.resize(1290, 800)
    page.show()
    page.start()
    settle(runner)
    return page


def test_lane_filter_order_and_report_outlive_a_lock(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    window = working(desktop)
    qtbot.waitUntil(lambda: window.queue.model.total == 300)
    window.choose_lane("band C")
    window.queue.state.change(offices=("KHI", "LHR"))
    window.queue.state.sort_by("risk")
    qtbot.waitUntil(lambda: 0 < window.queue.model.total < 60 and not window.queue.model.loading)
    window.queue.table.select_row(4)
    current = window.queue.current_id()
    runner = desktop.runner
    desktop.lock("Locked.")
    qtbot.waitUntil(lambda: api.closed)
    assert runner is not desktop.runner
    assert api.kept_place.view.filter.offices == ("KHI", "LHR"), "it lies in the store, not in memory"
    api.closed = False
    again = desktop._show_work(api)
    qtbot.waitUntil(lambda: again.queue.current_id() == current)
    assert again.queue.lane.name == "band C" and again.rail.buttons["band C"].isChecked()
    assert again.queue.state.order == QueueOrder("risk", True)
    assert again.queue.state.filter == replace(OPEN_WORK, bands=("C",), offices=("KHI", "LHR"))


def test_reports_that_were_put_into_a_case_are_taken_out_again_after_a_lock(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    window = working(desktop)
    qtbot.waitUntil(lambda: window.queue.model.total == 300)  # before the place is taken up, none is saved
    case = api.open_case((MAIN,))
    add_step(api, case, {MAIN: None})
    desktop.lock("Locked.")
    qtbot.waitUntil(lambda: api.closed)
    unlocked = FakeApi()  # a session of its own, on the same store
    unlocked.case_views, unlocked.kept_place = api.case_views, api.kept_place
    again = desktop._show_work(unlocked)
    said: list[str] = []
    again.queue.undoing.said.connect(said.append)
    qtbot.waitUntil(lambda: again.queue.model.total == 300)
    again.queue.undoing.undo()
    qtbot.waitUntil(lambda: bool(said))
    assert said == [f"1 report left case {case.number} again. The case was withdrawn."]


def test_another_run_of_the_program_takes_nothing_out_of_cases(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.kept_place = QueuePlace(process="another run", joined=(JoiningStep("C-2026-0009", {MAIN: None}, YESTERDAY),))
    page = start(api, runner, qtbot)
    assert list_steps(api) == []
    assert page.keeper.place().joined == ()


def test_the_place_outlives_a_change_of_theme(desktop: Desktop, qtbot: QtBot) -> None:
    window = working(desktop)
    qtbot.waitUntil(lambda: window.queue.model.total == 300)
    window.choose_lane("preserve")
    qtbot.waitUntil(lambda: window.queue.model.total < 300 and not window.queue.model.loading)
    window.queue.table.select_row(3)
    current = window.queue.current_id()
    desktop.change_look(Preferences(theme="light"))
    again = working(desktop)
    qtbot.waitUntil(lambda: again.queue.current_id() == current)
    assert again is not window and again.queue.lane.name == "preserve"
    desktop.change_look(Preferences())


def test_another_day_begins_with_all_open_reports_in_ones_own_columns(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    view = QueueView(
        filter=QueueFilter(search="boat"),
        order=QueueOrder("deadline"),
        columns=("band", "report", "files"),
        widths={"report": 210},
    )
    api.kept_place = QueuePlace(view=view, row_id=1007, process="another run", here=YESTERDAY)
    page = start(api, runner, qtbot)
    assert page.state.filter == OPEN_WORK and page.search.text() == ""
    assert page.state.order == QueueOrder("deadline") and page.state.columns == ("band", "report", "files")
    at = next(n for n, column in enumerate(page.model.columns) if column.key == "report")
    assert page.table.columnWidth(at) == 210
    assert page.table.currentIndex().row() == 0


def test_new_since_counts_from_the_last_time(api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "now", lambda: times.parse("2026-11-24T09:26:00Z"))
    api.kept_place = QueuePlace(process="another run", here=YESTERDAY)
    api.new_ones = 31
    page = start(api, runner, qtbot)
    assert page.bar.new.words() == "31 new since yesterday 17:40"
    page.bar.new.click()
    assert page.state.filter == replace(OPEN_WORK, new_since=YESTERDAY)
    assert "New since yesterday 17:40" in [str(button.chip.words) for button in page.filters.chips]
    page.keeper.save()
    settle(runner)
    assert (api.kept_place.since, api.kept_place.here) == (YESTERDAY, "2026-11-24T09:26:00Z")
    short = start(api, runner, qtbot)
    assert short.keeper.since == YESTERDAY, "a short lock is no absence"
    monkeypatch.setattr(times, "now", lambda: times.parse("2026-11-24T10:26:00Z"))
    assert start(api, runner, qtbot).keeper.since == "2026-11-24T09:26:00Z"


def test_the_first_time_is_told(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = start(api, runner, qtbot)
    assert page.bar.new.isHidden()
    with qtbot.waitSignal(page.said) as said:
        page.show_new()
    assert "first time" in said.args[0]


# Who has a report open


def mark(api: FakeApi, at: int, *, certain: bool = True) -> OpenMark:
    row = api.queue[at]
    return OpenMark(row_id=row.id, report_id=row.report_id, user="lhr-02", since=YESTERDAY, last_sign=YESTERDAY, certain=certain)


def test_opening_a_report_that_somebody_has_open_asks_first(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    window = working(desktop)
    api.others_open = (mark(api, 5),)
    window.queue.marks.look()
    qtbot.waitUntil(lambda: window.queue.marks.of_report(MAIN) is not None)
    window.open_report(MAIN)
    assert window.report is None
    question = window.findChild(OpenQuestion)
    assert isinstance(question, OpenQuestion)
    question.activateWindow()
    wait_active(question)
    question.back_button.setFocus()
    QTest.keyClick(question.back_button, Qt.Key.Key_Return)
    assert window.report is None and not question.isVisible(), "Enter on the way back goes back"
    window.open_report(MAIN)
    window.findChildren(OpenQuestion)[-1].open_button.click()
    assert window.report is not None and window.report.report_id == MAIN
    qtbot.waitUntil(lambda: api.opened == MAIN)
    settle(desktop.runner)
    assert "Two people" not in window.notice.text(), "who was asked is not told once more"
    window.show_queue()
    qtbot.waitUntil(lambda: api.opened is None)


def test_a_mark_of_which_nobody_is_certain_asks_nothing_and_says_perhaps(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    window = working(desktop)
    api.others_open = (mark(api, 5, certain=False),)
    window.queue.marks.look()
    qtbot.waitUntil(lambda: window.queue.marks.of_report(MAIN) is not None)
    window.open_report(MAIN)
    assert window.report is not None


def test_somebody_who_opened_it_a_moment_ago_is_named_at_once(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    """The marks are read every 20 seconds; the store knows better."""
    window = working(desktop)
    api.others_open = (mark(api, 5),)
    window.queue.marks._marks = {}
    window.open_report(MAIN)
    qtbot.waitUntil(lambda: "Two people would work on it" in window.notice.text())


def test_who_is_seen_between_opening_and_its_mark_is_named_too(desktop: Desktop, api: FakeApi, qtbot: QtBot) -> None:
    """A look that came just then made the window take the person for asked."""
    window = working(desktop)
    settle(desktop.runner)
    api.others_open = (mark(api, 5),)
    window.open_report(MAIN)
    window.queue.marks._arrived(api.others_open)
    qtbot.waitUntil(lambda: "Two people would work on it" in window.notice.text())


def test_a_store_that_cannot_be_written_is_said_once(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    from triage.errors import StoreError

    def refuse(_: str) -> tuple[OpenMark, ...]:
        raise StoreError("The store is open read-only.")

    api.mark_open = refuse  # type: ignore[method-assign]
    page = start(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    for number in (MAIN, api.queue[0].report_id):
        page.marks.set_opened(number)
        qtbot.waitUntil(lambda number=number: page.marks._told == number)
        settle(runner)
    assert len(said) == 1 and "Others can't see" in said[0]


def test_marks_are_forgotten_when_they_cannot_be_read(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    from triage.errors import StoreError

    page = start(api, runner, qtbot)
    api.others_open = (mark(api, 5),)
    page.marks.look()
    settle(runner)
    assert page.marks.known and page.marks.of_row(1005) is not None

    def refuse() -> tuple[OpenMark, ...]:
        raise StoreError("The store can't be read.")

    api.open_marks = refuse  # type: ignore[method-assign]
    page.marks.look()
    settle(runner)
    assert not page.marks.known and page.marks.of_row(1005) is None
