"""Each column of the queue is seen at 1440 pixels in both languages, wide enough for its heading and most of its cells."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS
from triage.ui.queue.delegate import PAD
from triage.ui.queue.table import QueueTable
from triage.ui.shell.main_window import MainWindow
from triage.ui.text.i18n import Language, word

SMALLEST_SCREEN = (1440, 900)  # pixels
MOST_CELLS = 2 / 3  # of the fake's rows; a longer cell ends in an ellipsis


@pytest.fixture(params=["en", "ur"])
def table(app: QApplication, runner: Runner, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[QueueTable]:
    language: Language = request.param
    theme.apply(app, "dark", language)
    window = MainWindow(FakeApi(), runner)
    qtbot.addWidget(window)
    window.resize(*SMALLEST_SCREEN)
    window.show()
    window.start()
    settle(runner, 60)
    yield window.queue.table
    window.drop_everything()
    theme.apply(app, "dark", "en")


def test_each_column_is_seen_and_wide_enough(table: QueueTable) -> None:
    heading, cell = QFontMetrics(theme.small_font()), QFontMetrics(theme.font())
    rows = FakeApi().queue
    for at, column in enumerate(COLUMNS):
        assert not table.isColumnHidden(at), f"{column.key} does not fit: lower a width, or give another column `hidden_first`"
        width = table.columnWidth(at)
        assert width >= heading.horizontalAdvance(word(column.header)) + 2 * PAD, f"the heading of {column.key} is cut off"
        if column.paint is None:
            fit = [cell.horizontalAdvance(column.text(row)) <= width - 2 * PAD + 4 for row in rows]
            assert sum(fit) >= MOST_CELLS * len(rows), f"{column.key} cuts off {len(fit) - sum(fit)} of {len(fit)} cells"
    (stretch,) = [at for at, column in enumerate(COLUMNS) if column.stretch]
    assert table.columnWidth(stretch) >= COLUMNS[stretch].usual_width()


def test_keys_and_order_of_hiding_are_told_apart() -> None:
    assert len({column.key for column in COLUMNS}) == len(COLUMNS)
    ranks = sorted(column.hidden_first for column in COLUMNS if column.hidden_first)
    assert ranks == list(range(1, len(ranks) + 1))
