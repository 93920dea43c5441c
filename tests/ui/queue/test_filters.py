"""Chips, header lists, lanes and saved views set one filter; a change in one shows in the others."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.model.queue_order import QueueOrder
from triage.model.views import QueueFilter
from triage.ui.core.runner import Runner
from triage.ui.queue.facet_list import FacetList
from triage.ui.queue.facets import list_chips
from triage.ui.queue.page import QueuePage
from triage.ui.queue.state import OPEN_WORK, QueueState
from triage.ui.queue.views_menu import SaveViewDialog, build_sort_menu


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> QueuePage:
    made = QueuePage(api, runner)
    qtbot.addWidget(made)
    made.resize(1290, 800)
    made.show()
    made.start()
    settle(runner)
    return made


def chips(page: QueuePage) -> list[str]:
    return [str(button.chip.words) for button in page.filters.chips]


def open_list(page: QueuePage, runner: Runner, *facets: str) -> FacetList:
    page.list_values(facets, QPoint(0, 0))
    settle(runner)
    found = page.window().findChildren(FacetList)[-1]
    assert isinstance(found, FacetList)
    return found


def test_a_list_closes_when_what_had_the_focus_is_gone(page: QueuePage, runner: Runner) -> None:
    """An exception in closeEvent ended the program."""
    field = QLineEdit(page)
    field.show()
    field.setFocus()
    listed = open_list(page, runner, "flags")
    shiboken6.delete(field)
    listed.values.setFocus()
    assert listed.close()


def lines(listed: FacetList) -> list[str]:
    said = Qt.ItemDataRole.AccessibleTextRole
    return [str(listed.values.item(n).data(said) or listed.values.item(n).text()) for n in range(listed.values.count())]


def tick(listed: FacetList, beginning: str) -> None:
    item = next(listed.values.item(n) for n in range(listed.values.count()) if listed.values.item(n).text().startswith(beginning))
    ticked = item.checkState() == Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)


def test_facets_combine_and_a_list_counts_under_the_other_filters(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    """Band and status could not be combined."""
    page.set_lane("band C")
    settle(runner)
    listed = open_list(page, runner, "offices")
    wanted = [row for row in api.queue if row.band == "C"]
    assert f"Karachi {sum(row.office == 'KHI' for row in wanted)}" in lines(listed)
    tick(listed, "Lahore")
    tick(listed, "Multan")
    settle(runner)
    assert page.state.filter == replace(OPEN_WORK, bands=("C",), offices=("LHR", "MUX"))
    assert page.model.total == sum(row.office in ("LHR", "MUX") for row in wanted)
    assert chips(page) == ["Status: open", "Band: C", "Office: Lahore, Multan", "Duplicates: folded"]
    assert page.lane.name == "band C", "the lane stays marked while more is added"
    assert any(line.startswith("Karachi ") and not line.endswith(" 0") for line in lines(listed)), (
        "its own choice narrows nothing"
    )
    listed.close()


def test_the_search_line_of_a_list_finds_values(page: QueuePage, runner: Runner, qtbot: QtBot) -> None:
    listed = open_list(page, runner, "flags")
    before = len(lines(listed))
    QTest.keyClicks(listed.search, "vir")
    qtbot.waitUntil(lambda: len(lines(listed)) == 1)
    assert lines(listed)[0].startswith("viral") and before > 1
    QTest.keyClick(listed.search, Qt.Key.Key_Down)
    QTest.keyClick(listed.values, Qt.Key.Key_Space)
    assert page.state.filter.flags == ("viral",)
    listed.clear()
    assert page.state.filter.flags == ()
    offices = open_list(page, runner, "offices")
    QTest.keyClicks(offices.search, "kara")
    qtbot.waitUntil(lambda: [line.split(" ")[0] for line in lines(offices)] == ["Karachi"])


def test_a_heading_lists_the_facets_of_its_column_only(page: QueuePage, runner: Runner) -> None:
    listed = open_list(page, runner, *("offices", "assignees", "statuses"))
    assert {"OFFICE", "WITH", "STATUS", "Open reports"} <= set(lines(listed))
    tick(listed, "Open reports")
    settle(runner)
    assert page.state.filter.open_only is False and "Status: open" not in chips(page)
    listed.close()


def test_the_deadline_is_one_of_some_days(page: QueuePage, runner: Runner) -> None:
    listed = open_list(page, runner, "deadline")
    tick(listed, "Deadline: within 14 days")
    assert page.state.filter.expiring_within_days == 14
    tick(listed, "Deadline: within 90 days")
    assert page.state.filter.expiring_within_days == 90
    tick(listed, "Deadline: within 90 days")
    assert page.state.filter.expiring_within_days is None
    listed.close()


def test_a_chip_is_taken_away_by_delete_and_changed_by_enter(page: QueuePage, runner: Runner, qtbot: QtBot) -> None:
    page.state.change(bands=("A", "B"))
    chip = page.filters.chips[1]
    with qtbot.waitSignal(page.filters.facets_asked) as asked:
        QTest.keyClick(chip, Qt.Key.Key_Return)
    assert asked.args[0] == ("bands",)
    QTest.keyClick(page.filters.chips[1], Qt.Key.Key_Delete)
    assert page.state.filter == OPEN_WORK


def test_every_field_of_a_filter_is_a_chip_that_can_be_taken_away() -> None:
    wanted = QueueFilter(
        bands=("A",), statuses=("new",), offices=("KHI",), assignees=("",), providers=("x",), incident_types=("y",), flags=("viral",),
        languages=("Urdu",), provinces=("SD",), excluded=(("flag", "spam"),), open_only=True, expiring_within_days=7, new_since="2026-11-24T09:00:00Z",
        fold_duplicates=True,
    )  # fmt: skip
    found = list_chips(wanted)
    for chip in found:
        wanted = replace(wanted, **chip.without)
    assert wanted == QueueFilter()
    assert "With: unassigned" in [str(chip.words) for chip in found]


def test_a_value_is_excluded_with_shift_and_let_in_again(page: QueuePage, api: FakeApi, runner: Runner) -> None:
    listed = open_list(page, runner, "offices")
    whole = page.model.total
    listed.values.setCurrentItem(listed.values.findItems("Lahore", Qt.MatchFlag.MatchStartsWith)[0])
    QTest.keyClick(listed.values, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    settle(runner)
    assert page.state.filter == replace(OPEN_WORK, excluded=(("office", "LHR"),))
    assert chips(page) == ["Status: open", "Office: not Lahore", "Duplicates: folded"]
    left_out = sum(row.office == "LHR" for row in api.queue if row.status in ("new", "in_progress", "on_hold"))
    assert page.model.total == whole - left_out < whole
    assert any(line.startswith("not Lahore ") for line in lines(listed)), "its count stays, and a reader of the screen hears it"
    tick(listed, "Karachi")
    assert page.state.filter == replace(OPEN_WORK, offices=("KHI",), excluded=(("office", "LHR"),))
    QTest.keyClick(listed.values, Qt.Key.Key_Space, Qt.KeyboardModifier.ShiftModifier)
    page.state.toggle_value("offices", "LHR")
    assert page.state.filter.excluded == ()
    page.state.toggle_excluded("offices", "KHI")
    assert page.state.filter.offices == ("LHR",) and page.state.filter.excluded == (("office", "KHI"),)
    listed.clear()
    assert page.state.filter == OPEN_WORK


def test_headings_and_keys_sort(page: QueuePage, runner: Runner) -> None:
    page.table.across.sort_asked.emit("risk")
    assert page.state.order == QueueOrder("risk", True), "the highest risk comes first"
    page.table.across.sort_asked.emit("risk")
    assert page.state.order == QueueOrder("risk", False)
    settle(runner)
    assert page.model.row(0) is not None and page.model.row(0).risk < 10  # type: ignore[union-attr]
    assert "sorted by child risk" in page.filters.count.text()
    menu = build_sort_menu(page.state, page)
    next(action for action in menu.actions() if action.text() == "office").trigger()
    assert page.state.order == QueueOrder("office", False)
    assert len([action for action in menu.actions() if action.isCheckable()]) == 11


def test_a_view_is_saved_chosen_told_as_changed_and_deleted(page: QueuePage, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page.state.change(offices=("KHI",))
    page.state.sort_by("deadline")
    page.bar.views.save()
    dialog = page.window().findChild(SaveViewDialog)
    assert isinstance(dialog, SaveViewDialog)
    dialog.accept()
    assert "name" in dialog.problem.text()
    dialog.name.setText("South")
    dialog.accept()
    settle(runner)
    assert api.views["South"].filter.offices == ("KHI",)
    assert page.bar.views.words() == "View: South"
    page.state.change(bands=("A",))
    assert page.bar.views.words() == "View: South, changed"
    page.set_lane("all")
    assert page.bar.views.words() == "Views" and page.state.filter == OPEN_WORK
    menu = page.bar.views.build_menu(api.queue_views())
    next(action for action in menu.actions() if action.text() == "South").trigger()
    assert page.state.filter.offices == ("KHI",) and page.state.order == QueueOrder("deadline")
    page.bar.views._delete("South")
    settle(runner)
    assert api.views == {} and page.bar.views.words() == "Views"


def test_a_view_with_columns_that_no_longer_exist_still_opens() -> None:
    state = QueueState()
    view = replace(state.to_view(), columns=("band", "gone"), widths={"band": 3, "report": 200})
    state.use_view("old", view)
    assert state.columns == ("band",) and state.widths == {"report": 200}
