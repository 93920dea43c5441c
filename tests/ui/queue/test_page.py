"""The queue: lazy rows, an order that stands still, lanes, search, the alarm of band A, and what keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from triage.errors import StoreError
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS, find_column
from triage.ui.queue.empty_queue import explain_empty_queue
from triage.ui.queue.lanes import LANES, LaneRail, RailButton
from triage.ui.queue.model import PAGE, PAGES_KEPT, ROW_ROLE, QueueModel
from triage.ui.queue.page import QueuePage
from triage.ui.queue.painting import fit_chips
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
        made.reload()
    qtbot.waitUntil(lambda: made.table.current_row() is not None)
    return made


def test_rows_come_a_page_at_a_time(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(count=PAGE * 100)
    asked: list[int] = []
    api.rows = lambda ids, own=api.rows: asked.append(len(ids)) or own(ids)  # type: ignore[method-assign,func-returns-value]
    model = QueueModel(api, runner)
    with qtbot.waitSignal(model.loaded):
        model.load(QueueFilter())
    assert model.rowCount() == PAGE * 100
    assert model.row(3) is None, "not here yet, but asked for"
    qtbot.waitUntil(lambda: model.row(3) is not None)
    assert asked == [PAGE]
    for page in range(100):
        model.row(page * PAGE)
        qtbot.waitUntil(lambda page=page: model.row(page * PAGE) is not None)
    assert len(model._pages) == PAGES_KEPT, "memory stays flat"


def test_a_late_answer_to_an_old_filter_is_dropped(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    model = QueueModel(api, runner)
    model.load(QueueFilter())
    with qtbot.waitSignal(model.loaded):
        model.load(QueueFilter(bands=("A",)))
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert model.rowCount() == 2


def test_rows_change_in_place_and_the_order_stands(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    before = [page.model.id_at(at) for at in range(10)]
    api.decide(MAIN, status="closed")
    page.on_changed(Changed(reports=frozenset({MAIN})))
    qtbot.waitUntil(lambda: page.model.row(5) is not None and page.model.row(5).status == "closed")  # type: ignore[union-attr]
    assert [page.model.id_at(at) for at in range(10)] == before


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
    assert opened.args == decided.args == [MAIN]
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


def test_enter_in_the_search_searches_and_opens_nothing(page: QueuePage, qtbot: QtBot) -> None:
    page.activateWindow()
    qtbot.keyClick(page.table, "/")
    qtbot.keyClicks(page.search, MAIN)
    with qtbot.assertNotEmitted(page.open_asked):
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.model.rowCount() == 1)
    assert page.table.hasFocus() or not page.isActiveWindow()


def test_p_shows_what_expires_and_p_again_all(page: QueuePage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.lane_changed) as lane:
        qtbot.keyClick(page.table, Qt.Key.Key_P)
    assert lane.args == ["preserve"]
    assert page.wanted().expiring_within_days == 30
    with qtbot.waitSignal(page.lane_changed) as lane:
        qtbot.keyClick(page.table, Qt.Key.Key_P)
    assert lane.args == ["all"]


def test_mine_asks_for_ones_own(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    qtbot.keyClick(page.table, Qt.Key.Key_M)
    assert page.wanted().assignees == (api.user.name,)
    qtbot.waitUntil(lambda: 0 < page.model.rowCount() < 300)


def test_band_a_is_acknowledged_by_name(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    page.look_for_alarm()
    qtbot.waitUntil(page.alarm.isVisible)
    first = api.queue[0].report_id
    assert first in page.alarm.button.words()
    page.runner_changed = page._runner.changed.connect(page.on_changed)  # type: ignore[attr-defined]
    qtbot.keyClick(page.table, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: page.alarm.report_id == api.queue[1].report_id)
    assert api.calls[0] == ("decide", first, "in_progress", None, None, "khi-04")
    qtbot.keyClick(page.table, Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: not page.alarm.isVisible())


def test_undo_takes_the_last_decision_back(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    with qtbot.waitSignal(page.said) as said:
        page.undo()
    assert "nothing to undo" in said.args[0]
    page.remember(7, MAIN)
    with qtbot.waitSignal(page.said) as said:
        qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert api.calls == [("undo", 7)]
    assert MAIN in said.args[0]


def test_new_reports_wait_behind_a_button(page: QueuePage, qtbot: QtBot) -> None:
    page.offer_new(412)
    assert page.fresh.isVisible() and "412" in page.fresh.words()
    with qtbot.waitSignal(page.model.loaded):
        page.fresh.click()
    assert not page.fresh.isVisible()


def test_a_failure_is_said(page: QueuePage, api: FakeApi, qtbot: QtBot) -> None:
    def fails(_wanted: QueueFilter) -> tuple[int, ...]:
        raise StoreError("The store can't be read; unlock it again.")

    api.queue_ids = fails  # type: ignore[method-assign]
    with qtbot.waitSignal(page.said) as said:
        page.reload()
    assert said.args == ["The store can't be read; unlock it again."]


def test_who_may_not_export_sees_it_on_the_button(runner: Runner, qtbot: QtBot) -> None:
    page = QueuePage(FakeApi(roles=frozenset({Role.ANALYST})), runner)
    qtbot.addWidget(page)
    assert not page.export.isEnabled()
    assert "lead" in page.export.toolTip()


def test_side_panel_says_why(page: QueuePage, qtbot: QtBot) -> None:
    page.table.select_row(5)
    qtbot.waitUntil(lambda: page.side.report is not None and page.side.report.report_id == MAIN)
    from PySide6.QtWidgets import QLabel

    said = [label.text() for label in page.side.findChildren(QLabel)]
    assert "+26.0" in said
    assert "Online enticement: contact with a child, possibly continuing." in said
    assert any("13" in text and "Child" in text for text in said)


def test_chips_are_whole_or_counted(app: QApplication) -> None:
    metrics = QFontMetrics(theme.small_font())
    flags = ("sextortion", "solicitation", "victim named", "victim in Pakistan")
    for width in range(40, 500, 7):
        chips = fit_chips(flags, width, metrics)
        whole = [text for text, tone, _ in chips if tone != "more"]
        rest = [text for text, tone, _ in chips if tone == "more"]
        assert whole == list(flags[: len(whole)])
        assert rest == ([] if len(whole) == len(flags) else [f"+{len(flags) - len(whole)}"])
        assert sum(w + 4 for _, _, w in chips) - 4 <= max(width, 40)
    assert fit_chips((), 100, metrics) == []


def test_cells_say_in_words_what_is_drawn(app: QApplication, api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.ui.fakes import NOW

    monkeypatch.setattr(times, "now", lambda: NOW)
    row = api.queue[5]
    said = {column.key: column.text(row) for column in COLUMNS}
    assert said["band"] == "B"
    assert said["report"] == MAIN
    assert said["incident"] == "Online enticement"
    assert said["deadline"] == "9 d provider"
    assert "reported user may be the victim" in said["flags"]
    assert said["status"] == "new"
    assert "PKT" in find_column("deadline").tip(row)
    assert find_column("flags").tip(row) == said["flags"]
    assert words.where(api.queue[0]) == "child here?"
    assert words.where(api.queue[1]) == "unclear", "unclear is not abroad"


def test_model_gives_screen_readers_words(page: QueuePage) -> None:
    index = page.model.index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "A"
    assert index.data(ROW_ROLE).band == "A"
    assert page.model.headerData(1, Qt.Orientation.Horizontal) == "Child risk"


def test_lanes_count_and_choose(app: QApplication, api: FakeApi, qtbot: QtBot) -> None:
    rail = LaneRail([page for page in DESK_PAGES if page.in_rail])
    qtbot.addWidget(rail)
    rail.show_counts(api.lanes())
    assert rail.buttons["all"].end == "300"
    assert rail.buttons["band A"].end == "2"
    assert rail.buttons["set aside"].end == "4"
    with qtbot.waitSignal(rail.chosen) as chosen:
        rail.buttons["child"].click()
    assert chosen.args == ["child"]
    assert LANES["child"].filter == QueueFilter(flags=("child lane",), open_only=True)


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_lane_is_cut_off(app: QApplication, qtbot: QtBot, language: Language) -> None:
    """On the lowest window, where a scroll bar takes its part, with thousands of reports."""
    theme.apply(app, "dark", language)
    try:
        rail = LaneRail([page for page in DESK_PAGES if page.in_rail])
        qtbot.addWidget(rail)
        for button in rail.buttons.values():
            button.set_end("9,999")
        rail.resize(rail.width(), 500)
        rail.show()
        buttons = rail.findChildren(RailButton)
        assert len(buttons) > len(rail.buttons) and all(button.width() < rail.width() for button in buttons)
        assert [button.accessibleName() for button in buttons if not button.words_fit()] == []
    finally:
        theme.apply(app, "dark", "en")


@pytest.mark.parametrize(
    ("wanted", "lane", "button"),
    [
        (QueueFilter(), "all", "import"),
        (QueueFilter(search="x"), "all", "clear"),
        (QueueFilter(assignees=("khi-04",)), "all", "clear"),
        (QueueFilter(expiring_within_days=30), "preserve", "clear"),
        (QueueFilter(bands=("A",)), "band A", "clear"),
    ],
)
def test_an_empty_queue_says_what_to_do_next(app: QApplication, wanted: QueueFilter, lane: str, button: str) -> None:
    state = explain_empty_queue(wanted, lane)
    assert state.title and state.next_step
    assert (state.offer_import, state.offer_clear) == (button == "import", button == "clear")
