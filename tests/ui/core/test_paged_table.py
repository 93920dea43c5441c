"""A table over a list of any length: what stays current when it is read again, and that no row is passed over."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.screens import settle
from triage.errors import WorldError
from triage.ui.core.paged_table import READ_AHEAD, WINDOW, PagedTable, group_ids, read_rows
from triage.ui.core.runner import Runner
from triage.ui.kit.table import TableColumn
from triage.ui.text.i18n import isolated, mark

COLUMNS: tuple[TableColumn[str], ...] = (TableColumn(mark("Number"), 0, isolated),)


def load(ids: Sequence[int]) -> dict[int, str]:
    return {i: f"row {i}" for i in ids}


@pytest.fixture
def table(runner: Runner, qtbot: QtBot) -> PagedTable[str]:
    made = PagedTable(COLUMNS, runner, name="Rows")
    qtbot.addWidget(made)
    made.resize(400, 300)
    made.show()
    return made


def test_who_moves_while_a_list_is_read_again_stays_there(table: PagedTable[str], runner: Runner) -> None:
    """The table went back to the row that was current when the reading began."""
    table.show_found(read_rows(range(1, 1_000), load, None))
    table.select(2)
    again = read_rows(range(1, 1_000), load, table.current_id())
    table.select(2 * WINDOW)
    table.show_found(again)
    settle(runner)
    assert table.current_row() == f"row {2 * WINDOW + 1}"
    table.show_found(read_rows(range(900, 950), load, table.current_id()))
    assert table.current_row() == "row 900", "the first one, since the row is gone"
    shorter = read_rows(range(900, 910), load, table.current_id())
    table.select(40)
    table.show_found(shorter)
    assert table.current_row() == "row 900", "the one before, since the row to which one moved is gone"


def test_the_row_stays_in_a_list_with_headings(runner: Runner, qtbot: QtBot) -> None:
    """A heading spans all columns; the last one became the current row."""
    table = PagedTable(COLUMNS * 2, runner, name="Rows")
    qtbot.addWidget(table)
    ids, headings = group_ids([("first", [1, 2]), ("second", [3, 4])])
    table.show_found(read_rows(ids, load, None, headings))
    assert table.current_row() == "row 1"
    table.select(2)
    table.show_found(read_rows(ids, load, table.current_id(), headings))
    assert table.current_row() == "row 2"


@pytest.mark.parametrize("ids", [range(1, 1), range(1, 2), range(1, WINDOW + 1), range(1, WINDOW + 2)])
def test_short_lists_and_lists_that_fill_a_window(table: PagedTable[str], runner: Runner, ids: range) -> None:
    told: list[object] = []
    table.row_changed.connect(told.append)
    table.show_found(read_rows(ids, load, None))
    assert table.current_row() == ("row 1" if ids else None) and told[-1] == table.current_row()
    while table.step(1) is not None or runner.under_way():
        settle(runner)
        if table.currentIndex().row() == len(ids) - 1:
            break
    assert table.current_id() == (ids[-1] if ids else None)


def test_no_row_is_passed_over_although_it_is_not_read_yet(table: PagedTable[str], runner: Runner) -> None:
    ids, headings = group_ids([("one", range(1, WINDOW - 2)), ("other", range(WINDOW - 2, 400))])
    table.show_found(read_rows(ids, load, None, headings))
    seen, waited = [table.current_row()], 0
    while len(seen) < 399:
        if (row := table.step(1)) is None:
            waited += 1
            settle(runner)
        else:
            seen.append(row)
    assert seen == [f"row {n}" for n in range(1, 400)] and waited == 3, "once for each window behind the first"


def test_the_next_window_is_read_before_somebody_comes_there(table: PagedTable[str], runner: Runner) -> None:
    table.show_found(read_rows(range(1, 1_000), load, None))
    table.select(WINDOW - READ_AHEAD)
    settle(runner)
    for n in range(WINDOW - READ_AHEAD + 1, WINDOW + 2):
        assert table.step(1) == f"row {n + 1}"


def test_a_window_that_could_not_be_read_is_said_and_asked_for_again(table: PagedTable[str], runner: Runner) -> None:
    """Rows that stay "waiting" for ever look like a program that hangs."""
    refused, said = True, list[str]()

    def load_or_refuse(ids: Sequence[int]) -> dict[int, str]:
        if refused and ids[0] > WINDOW:
            raise WorldError("The store can't be read.")
        return load(ids)

    table.paged.failed.connect(said.append)
    table.show_found(read_rows(range(1, 1_000), load_or_refuse, None))
    far = 3 * WINDOW
    assert table.paged.at(far) is None
    settle(runner)
    assert set(said) == {"The store can't be read."} and table.paged.at(0) == "row 1"
    refused = False
    assert table.paged.at(far) is None
    settle(runner)
    assert table.paged.at(far) == f"row {far + 1}"


def test_ids_that_come_later_are_added_at_the_end(table: PagedTable[str], runner: Runner) -> None:
    table.show_found(read_rows(array("q", range(1, 11)), load, None))
    table.paged.extend([])
    assert table.paged.rowCount() == 10
    table.paged.extend([11, 12])
    assert table.paged.at(11) is None, "its window is read again"
    settle(runner)
    assert (table.paged.rowCount(), table.paged.at(0), table.paged.at(11)) == (12, "row 1", "row 12")
