"""The queue: windows of rows, an order that stands still, lanes, search, the alarm of band A, and what keys do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle
from triage.errors import StoreError
from triage.model.queue_order import PRESERVE_NOW, QueueOrder, QueueWindow
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS, find_column
from triage.ui.queue.empty_queue import explain_empty_queue
from triage.ui.queue.lanes import LANES, LaneRail, RailButton, find_lane
from triage.ui.queue.model import PAGE, PAGES_KEPT, ROW_ROLE, QueueModel
from triage.ui.queue.page import QueuePage
from triage.ui.queue.painting import FLAG_LINES, lay_flags, measure_row, order_flags
from triage.ui.queue.state import OPEN_WORK
from triage.ui.shell.page_list import PAGES as DESK_PAGES
from triage.ui.text import times, words
from triage.ui.text.i18n import Language


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> QueuePage:
    made = QueuePage(api, runner)
    qtbot.addWidget(made)
    made.resize(1290, 800)
    made.show()
    with qtbot.waitSignal(made.model.loaded):
        made.start()
    qtbot.waitUntil(lambda: made.table.current_row() is not None)
    runner.changed.connect(made.on_changed)
    return made


def test_rows_come_a_window_at_a_time(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(count=PAGE * 100)
    asked: list[tuple[int, int]] = []
    own = api.queue_window

    def window(filter: QueueFilter, order: QueueOrder, start: int, count: int) -> QueueWindow:
        asked.append((start, count))
        return own(filter, order, start, count)

    api.queue_window = window  # type: ignore[method-assign]
    model = QueueModel(api, runner)
    with qtbot.waitSignal(model.loaded):
        model.load()
    assert model.rowCount() == PAGE * 100
    assert model.row(3) is not None and asked == [(0, PAGE)], "the first window comes with the count"
    assert model.row(PAGE * 3) is None, "not here yet, but asked for"
    qtbot.waitUntil(lambda: model.row(PAGE * 3) is not None)
    for page in range(100):
        model.row(page * PAGE)
        qtbot.waitUntil(lambda page=page: model.row(page * PAGE) is not None)
    assert len(model._pages) == PAGES_KEPT, "memory stays flat"
    assert max(count for _, count in asked) <= 2 * PAGE, "nothing reads the whole queue"


def test_a_late_answer_to_an_old_filter_is_dropped(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    model = QueueModel(api, runner)
    model.load()
    model.state.change(bands=("A",))
    with qtbot.waitSignal(model.loaded):
        model.load()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert model.rowCount() == 2


def test_a_closed_report_leaves_the_queue_and_the_next_takes_its_place(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    page.table.select_row(5)
    assert page.current_id() == MAIN
    following = page.model.row(6)
    api.decide(MAIN, status="closed")
    page.on_changed(Changed(reports=frozenset({MAIN})))
    qtbot.waitUntil(lambda: page.model.total == 299)
    assert following is not None
    qtbot.waitUntil(lambda: page.current_id() == following.report_id)
    assert page.table.currentIndex().row() == 5


def test_the_same_report_stays_current_after_a_fresh_order(page: QueuePage, qtbot: QtBot) -> None:
    page.table.select_row(7)
    report_id = page.current_id()
    with qtbot.waitSignal(page.model.loaded):
        page.reload()
    qtbot.waitUntil(lambda: page.current_id() == report_id)
    assert page.table.currentIndex().row() == 7


def test_j_and_k_move_and_stay_within(page: QueuePage, qtbot: QtBot) -> None:
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_J)
    assert page.table.currentIndex().row() == 1
    for _ in range(3):
        qtbot.keyClick(page.table, Qt.Key.Key_K)
    assert page.table.currentIndex().row() == 0


def test_enter_opens_and_d_decides_what_is_current(page: QueuePage, qtbot: QtBot) -> None:
    page.table.setFocus()
    page.table.select_row(5)
    qtbot.waitUntil(lambda: page.current_id() == MAIN)
    with qtbot.waitSignal(page.open_asked) as opened:
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
    with qtbot.waitSignal(page.decide_asked) as decided:
        qtbot.keyClick(page.table, Qt.Key.Key_D)
    with qtbot.waitSignal(page.assign_asked) as assigned:
        qtbot.keyClick(page.table, Qt.Key.Key_A)
    row = page.table.current_row()
    assert row is not None and opened.args == [MAIN] and decided.args == [MAIN, row.status]
    assert assigned.args[0].report_id == MAIN


def test_letters_typed_in_the_search_are_letters(page: QueuePage, qtbot: QtBot) -> None:
    qtbot.keyClick(page.table, "/")
    assert page.search.hasFocus()
    qtbot.keyClicks(page.search, "jade")
    assert page.search.text() == "jade"
    assert page.table.currentIndex().row() == 0
    qtbot.waitUntil(lambda: page.model.rowCount() == 0)
    assert page.middle.currentWidget() is page.empty
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: page.model.rowCount() == 300)
    assert page.search.text() == ""
    assert page.state.filter == OPEN_WORK


def test_enter_in_the_search_searches_and_opens_nothing(page: QueuePage, qtbot: QtBot) -> None:
    page.activateWindow()
    qtbot.keyClick(page.table, "/")
    qtbot.keyClicks(page.search, MAIN)
    with qtbot.assertNotEmitted(page.open_asked):
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.table.hasFocus() or not page.isActiveWindow()


def test_p_shows_what_expires_by_time_left_and_p_again_all(page: QueuePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.lane_changed) as lane:
        qtbot.keyClick(page.table, Qt.Key.Key_P)
    assert lane.args == ["preserve"]
    assert page.wanted() == PRESERVE_NOW
    qtbot.waitUntil(lambda: 0 < page.model.total < 300)
    due = [row.deadline for at in range(20) if (row := page.model.row(at)) is not None]
    assert due == sorted(due, key=str), "band by band the nearest deadlines were spread over the whole lane"
    with qtbot.waitSignal(page.lane_changed) as lane:
        qtbot.keyClick(page.table, Qt.Key.Key_P)
    assert lane.args == ["all"]


def test_mine_asks_for_ones_own(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_M)
    assert page.lane.name == "mine"
    assert page.wanted().assignees == (api.user.name,)
    qtbot.waitUntil(lambda: 0 < page.model.rowCount() < 300)


def test_band_a_is_acknowledged_by_name(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    page.alarm.look()
    qtbot.waitUntil(page.alarm.isVisible)
    first = api.queue[0].report_id
    assert first in page.alarm.button.words()
    page.table.select_row(4)
    qtbot.keyClick(page.table, Qt.Key.Key_Y)
    row = page.table.current_row()
    assert row is not None and row.report_id == first, "Enter opens what was taken"
    qtbot.waitUntil(lambda: page.alarm.report_id == api.queue[1].report_id)
    assert api.calls[0] == ("decide", first, "in_progress", None, None, "khi-04")
    qtbot.keyClick(page.table, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: not page.alarm.isVisible())


def test_undo_goes_back_step_by_step_and_says_what_it_undid(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    ctrl = Qt.KeyboardModifier.ControlModifier
    with qtbot.waitSignal(page.said) as said:
        page.undoing.undo()
    assert "nothing to undo" in said.args[0]
    api.decide(MAIN, status="on_hold", reason="age uncertain")
    api.decide(MAIN, status="in_progress", assignee="lhr-02")
    with qtbot.waitSignal(page.said) as said:
        qtbot.keyClick(page.table, Qt.Key.Key_Z, ctrl)
    assert said.args == [f"Undone for {MAIN}: in progress, with lhr-02. Now on hold, unassigned."]
    qtbot.waitUntil(lambda: page.undoing.job is None or page.undoing.job.done)
    with qtbot.waitSignal(page.said) as said:
        qtbot.keyClick(page.table, Qt.Key.Key_Z, ctrl)
    assert said.args == [f"Undone for {MAIN}: on hold. Now new, unassigned."]


def test_new_reports_wait_behind_a_button(page: QueuePage, qtbot: QtBot) -> None:
    page.offer_new(412)
    assert page.bar.fresh.isVisible() and "412" in page.bar.fresh.words()
    with qtbot.waitSignal(page.model.loaded):
        page.bar.fresh.click()
    assert not page.bar.fresh.isVisible()


def test_a_failure_is_said(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    def fails(*_: object) -> QueueWindow:
        raise StoreError("The store can't be read; unlock it again.")

    api.queue_window = fails  # type: ignore[method-assign]
    with qtbot.waitSignal(page.said) as said:
        page.reload()
    assert said.args == ["The store can't be read; unlock it again."]


def test_who_may_not_export_sees_it_on_the_button(runner: Runner, qtbot: QtBot) -> None:
    page = QueuePage(FakeApi(roles=frozenset({Role.ANALYST})), runner)
    qtbot.addWidget(page)
    assert not page.bar.export.isEnabled()
    assert "lead" in page.bar.export.toolTip()


def test_side_panel_says_why(page: QueuePage, qtbot: QtBot) -> None:
    page.table.select_row(5)
    qtbot.waitUntil(lambda: page.side.report is not None and page.side.report.report_id == MAIN)
    from PySide6.QtWidgets import QLabel

    said = [label.text() for label in page.side.findChildren(QLabel)]
    assert "+26.0" in said
    assert "Online enticement: contact with a child, possibly continuing." in said
    assert any("13" in text and "Child" in text for text in said)
    assert not [text for text in said if text.startswith("minimum band")], (
        "wide marks leave no room for the sentences beside them"
    )


def test_flags_are_whole_words_in_two_lines_and_the_others_are_counted(app: QApplication) -> None:
    """Rows of band A with ten flags were six lines high; cut words would mislead."""
    flags = ("viral", "sextortion", "solicitation", "victim named", "victim in Pakistan", "reported user may be the victim")
    for language in ("en", "ur"):
        theme.apply(app, "dark", language)  # type: ignore[arg-type]
        for width in range(90, 900, 37):
            layout = lay_flags(flags, width)
            assert layout.lineCount() <= FLAG_LINES
            assert all(layout.lineAt(n).naturalTextWidth() <= width + 1 for n in range(layout.lineCount()))
            shown = [flag for flag in order_flags(flags) if str(words.word(flag)) in layout.text()]
            assert shown == list(order_flags(flags)[: len(shown)]), "grave flags come first"
            count = str(len(flags) - len(shown))
            assert (count in layout.text()) == (len(shown) < len(flags)) and "+" not in layout.text()
        assert len(shown) == len(flags)
    theme.apply(app, "dark", "en")
    assert order_flags(flags)[-1] == "viral"


def test_many_flags_leave_the_row_as_it_is_and_stand_in_the_panel(
    page: QueuePage, api: FakeApi, runner: Runner, qtbot: QtBot
) -> None:
    many = tuple(sorted({flag for row in api.queue for flag in row.flags}))
    api.queue[3] = replace(api.queue[3], flags=many)
    page.reload()
    settle(runner)
    page.table.select_row(3)
    qtbot.waitUntil(lambda: page.side.report is not None and page.side.report.report_id == api.queue[3].report_id)
    assert page.table.rowHeight(3) == page.table.rowHeight(4) == measure_row() >= 40
    from PySide6.QtWidgets import QLabel

    (said,) = (each.text() for each in page.side.findChildren(QLabel) if each.text().startswith("Flags: "))
    assert all(str(words.word(flag)) in said for flag in many)


def test_cells_say_in_words_what_is_drawn(app: QApplication, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.ui.fakes import NOW

    monkeypatch.setattr(times, "now", lambda: NOW)
    row = api.queue[5]
    said = {column.key: column.describe(row) for column in COLUMNS}
    assert said["band"] == "B"
    assert said["report"] == f"{MAIN}, Online enticement"
    assert said["deadline"] == "9 days, provider data"
    assert words.deadline(row) == "provider data, 9 days"
    assert said["office"] == "Multan, unassigned, new"
    assert "reported user may be the victim" in said["flags"]
    assert said["status"] == "new"
    assert "PKT" in find_column("deadline").tip(row)
    assert find_column("flags").tip(row) == said["flags"]
    assert words.where(api.queue[0]) == "child here?; Sindh"
    over = replace(row, deadline="2026-11-21T09:00:00Z", deadline_name="operator traffic data")
    assert words.deadline(over) == "operator log, over by 3 days"
    assert words.deadline(replace(row, deadline="2026-11-25T15:00:00Z")) == "provider data, 29 hours"
    assert words.where(api.queue[1]) == "unclear", "unclear is not abroad"


def test_model_gives_screen_readers_words(page: QueuePage) -> None:
    index = page.model.index(0, 1)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "A"
    assert index.data(ROW_ROLE).band == "A"
    assert page.model.headerData(2, Qt.Orientation.Horizontal) == "Child risk"


def test_lanes_count_open_work_and_choose(app: QApplication, api: FakeApi, qtbot: QtBot) -> None:
    rail = LaneRail([page for page in DESK_PAGES if page.in_rail])
    qtbot.addWidget(rail)
    api.decide(api.queue[0].report_id, status="closed")
    api.decide(api.queue[3].report_id, status="referred")
    rail.show_counts(api.lanes(), api.own_work())
    ends = {name: button.end for name, button in rail.buttons.items()}
    assert (ends["all"], ends["band A"], ends["band B"], ends["done"]) == ("298", "1", "5", "2")
    assert ends["set aside"] == "4"
    assert int(ends["mine"]) == sum(row.assignee == "khi-04" for row in api.queue)
    assert int(ends["unassigned"]) == sum(row.assignee is None and row.status == "new" for row in api.queue)
    with qtbot.waitSignal(rail.chosen) as chosen:
        rail.buttons["child"].click()
    assert chosen.args == ["child"]


def test_each_lane_is_found_by_its_filter_and_keeps_it_when_more_is_added() -> None:
    for lane in LANES.values():
        if lane.filter is not None:
            wanted = lane.filter_for("khi-04")
            assert find_lane(wanted, "khi-04") is lane
            assert find_lane(replace(wanted, offices=("KHI",), search="x"), "khi-04") is lane
    assert find_lane(QueueFilter(open_only=True, bands=("A", "B")), "khi-04").name == "all"
    assert all(lane.filter is None or lane.filter.open_only or lane.filter == PRESERVE_NOW or lane.name in {"done", "versions"}
               for lane in LANES.values())  # fmt: skip


@pytest.mark.parametrize("language", ["en", "ur"])
def test_a_low_window_shows_pages_below_the_lanes(app: QApplication, qtbot: QtBot, language: Language) -> None:
    """At 768 pixels, of which the status bar and the frame take some."""
    theme.apply(app, "dark", language)
    rail = LaneRail([page for page in DESK_PAGES if page.in_rail])
    qtbot.addWidget(rail)
    rail.resize(rail.width(), 734)
    rail.show()
    app.processEvents()
    shown = [name for name, button in rail.pages.items() if button.visibleRegion().boundingRect() == button.rect()]
    assert len(shown) >= 4, shown


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_lane_is_cut_off(app: QApplication, qtbot: QtBot, language: Language) -> None:
    """On the lowest window, where a scroll bar takes its part, with tens of thousands of reports."""
    theme.apply(app, "dark", language)
    rail = LaneRail([page for page in DESK_PAGES if page.in_rail])
    qtbot.addWidget(rail)
    for button in rail.buttons.values():
        button.set_end("99,999")
        button.show()
    rail.resize(rail.width(), 500)
    rail.show()
    app.processEvents()
    assert any(bar.isVisible() and bar.width() for bar in rail.findChildren(QScrollBar))
    buttons = rail.findChildren(RailButton)
    assert len(buttons) > len(rail.buttons) and all(button.width() < rail.width() for button in buttons)
    assert [button.accessibleName() for button in buttons if not button.words_fit()] == []


@pytest.mark.parametrize(
    ("wanted", "lane", "offered"),
    [
        (OPEN_WORK, "all", "import"),
        (QueueFilter(search="x"), "all", "clear"),
        (replace(OPEN_WORK, search="x"), "all", "clear everywhere"),
        (replace(OPEN_WORK, assignees=("khi-04",)), "mine", "clear"),
        (replace(OPEN_WORK, new_since="2026-11-24T09:00:00Z"), "all", "clear"),
        (PRESERVE_NOW, "preserve", "clear"),
        (replace(OPEN_WORK, bands=("A",)), "band A", "clear"),
    ],
)
def test_an_empty_queue_says_what_to_do_next(app: QApplication, wanted: QueueFilter, lane: str, offered: str) -> None:
    state = explain_empty_queue(wanted, lane)
    assert state.title and state.next_step
    found = {"import": state.offer_import, "clear": state.offer_clear, "everywhere": state.offer_everywhere}
    assert " ".join(name for name, on in found.items() if on) == offered


def test_a_search_that_finds_nothing_open_can_look_everywhere(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    api.decide(MAIN, status="closed")
    page.search.setText(MAIN)
    page.bar.search_now()
    qtbot.waitUntil(lambda: page.middle.currentWidget() is page.empty)
    page.empty.everywhere_button.click()
    qtbot.waitUntil(lambda: page.model.total == 1)
    assert page.search.text() == MAIN
