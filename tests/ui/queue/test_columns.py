"""The usual columns stand side by side at 1366 pixels in both languages, wide enough for headings and most cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS, _list_cell_flags, find_column
from triage.ui.queue.delegate import PAD, QueueDelegate
from triage.ui.queue.facets import TITLES
from triage.ui.queue.painting import draw_text, is_cut, lay_flags
from triage.ui.queue.state import usual_columns
from triage.ui.queue.table import QueueTable
from triage.ui.queue.views_menu import ColumnsDialog
from triage.ui.shell.main_window import MainWindow
from triage.ui.text.i18n import LRI, PDI, Language, is_rtl, word

SMALL_SCREEN = (1366, 768)  # pixels
MOST_CELLS = 2 / 3  # of the fake's rows; a longer cell ends in an ellipsis


@pytest.fixture(params=["en", "ur"])
def table(app: QApplication, runner: Runner, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[QueueTable]:
    language: Language = request.param
    theme.apply(app, "dark", language)
    window = MainWindow(FakeApi(), runner)
    qtbot.addWidget(window)
    window.resize(*SMALL_SCREEN)
    window.show()
    window.start()
    settle(runner, 60)
    yield window.queue.table
    window.drop_everything()


def test_each_usual_column_is_seen_and_wide_enough(table: QueueTable) -> None:
    """At 1366 pixels the office was hidden, without a scroll bar."""
    cells, small = QFontMetrics(theme.font()), QFontMetrics(theme.small_font())
    rows = FakeApi().queue
    shown = table._model.columns
    assert tuple(column.key for column in shown) == ("tick", *usual_columns())
    assert sum(table.columnWidth(at) for at in range(len(shown))) <= table.viewport().width()
    for at, column in enumerate(shown):
        width = table.columnWidth(at)
        assert width >= table.across.least_width(column), f"the heading of {column.key} is cut off"
        if column.paint is None:
            fit = [
                cells.horizontalAdvance(column.text(row)) <= width - 2 * PAD + 4
                and small.horizontalAdvance(column.second(row)) <= width - 2 * PAD + 4
                for row in rows
            ]
            assert sum(fit) >= MOST_CELLS * len(rows), f"{column.key} cuts off {len(fit) - sum(fit)} of {len(fit)} cells"


def test_a_local_number_is_whole_or_shows_both_ends(table: QueueTable) -> None:
    """`L-` and 16 digits lost the last two, in which local numbers differ; with copies it hid the triangle that unfolds them."""
    number = "L-0123456789abcdef"
    column = find_column("report")
    width = table.columnWidth(table._model.columns.index(column)) - 2 * PAD
    delegate = table.itemDelegate()
    assert isinstance(delegate, QueueDelegate)
    drawn: list[str] = []
    triangles: list[QRect] = []

    class Painter(QPainter):
        def drawText(self, *given: Any) -> None:
            drawn.append(given[-1].strip(LRI + PDI))

        def drawPolygon(self, *given: Any) -> None:
            triangles.append(given[0].boundingRect())

    canvas, row = QPixmap(width, 40), replace(FakeApi().queue[0], report_id=number)
    painter = Painter(canvas)
    painter.setLayoutDirection(table.layoutDirection())
    for copies in (0, 12):
        delegate._draw_report(painter, canvas.rect(), replace(row, copies=copies), 0)
    painter.end()
    alone, _, beside_copies, count, _ = drawn
    assert is_rtl() or alone == number
    for text in (alone, beside_copies):
        assert text[:4] == number[:4] and text[-4:] == number[-4:]
    assert count == "12" and canvas.rect().contains(triangles[0])
    assert number in column.tip(row)


def test_more_columns_scroll_to_the_side(table: QueueTable) -> None:
    state = table._model.state
    state.set_columns((*usual_columns(), "received", "provider", "languages", "status", "assignee", "files"))
    window = table.window()
    assert isinstance(window, MainWindow)
    assert len(table._model.columns) == len(COLUMNS)
    assert table.horizontalScrollBar().maximum() > 0
    assert table.columnWidth(len(COLUMNS) - 1) >= table.across.least_width(COLUMNS[-1])


def test_columns_are_chosen_and_widths_remembered(table: QueueTable) -> None:
    state = table._model.state
    dialog = ColumnsDialog(state, table.window())
    dialog.boxes["files"].setChecked(True)
    dialog.boxes["location"].setChecked(False)
    assert "files" in state.columns and "location" not in state.columns
    at = next(n for n, column in enumerate(table._model.columns) if column.key == "deadline")
    table.across.resizeSection(at, 133)
    assert state.widths == {"deadline": 133}
    assert state.to_view().widths == {"deadline": 133} and state.to_view().columns == state.columns
    dialog._reset()
    assert state.columns == usual_columns() and state.widths == {}


def test_flags_without_room_are_counted_in_words(app: QApplication) -> None:
    flags = ("escalated", "NCMEC 1", "meeting", "solicitation", "victim named", "sadistic", "repeat")
    width = find_column("flags").width
    layout = lay_flags(flags, width)
    lines = [layout.text()[line.textStart() :] for line in (layout.lineAt(n) for n in range(layout.lineCount()))]
    assert "+" not in layout.text() and layout.text().endswith("\u00a0more")
    assert not [line for line in lines if line[0].isdigit() and not line.endswith("more")], "a name such as NCMEC 1 stays whole"
    assert "NCMEC\u00a01" in layout.text()


def test_the_flag_that_repeats_the_incident_type_takes_no_room() -> None:
    row = replace(FakeApi().queue[0], incident_type="Child Sexual Molestation", flags=("molestation type", "meeting"))
    assert _list_cell_flags(row) == ("meeting",)
    assert _list_cell_flags(replace(row, incident_type=None)) == row.flags


def test_keys_facets_and_orders_are_told_apart() -> None:
    assert len({column.key for column in COLUMNS}) == len(COLUMNS)
    sorts = [column.sort for column in COLUMNS if column.sort is not None]
    assert len(set(sorts)) == len(sorts) == 11, "every order of the store has one heading"
    assert {facet for column in COLUMNS for facet in column.facets} == set(TITLES)
    assert word(find_column("office").header) == "Office, with"


def test_what_is_said_to_fit_is_drawn_whole(app: QApplication) -> None:
    """At 1366 pixels a row said "1 fold...": a width in whole pixels is less than the text takes."""
    drawn: list[str] = []

    class Painter(QPainter):
        def drawText(self, *given: Any) -> None:
            drawn.append(given[-1])

    canvas = QPixmap(100, 20)
    painter = Painter(canvas)
    for width in range(30, 70):
        place = QRect(0, 0, width, 20)
        draw_text(painter, place, "1 folded", QColor("black"), small=True)
        assert is_cut(place, "1 folded", small=True) == (drawn.pop() != "1 folded")
    painter.end()
