"""The line of chips has one line where chips and count fit side by side."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.ui.kit import theme
from triage.ui.queue.filter_bar import FilterBar
from triage.ui.queue.state import QueueState
from triage.ui.text.i18n import Language


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_count_is_one_line_beside_two_chips(app: QApplication, qtbot: QtBot, language: Language) -> None:
    """The width is that of the table at 1366 pixels beside the side panel."""
    theme.apply(app, "dark", language)
    bar = FilterBar(QueueState())
    qtbot.addWidget(bar)
    bar.resize(846, 46)
    bar.show()
    bar.show_open(18_347)
    bar.show_count(18_060)
    app.processEvents()
    assert bar.count.fontMetrics().horizontalAdvance(bar.count.text()) <= bar.count.width()
    assert len({chip.y() for chip in (*bar.chips, bar.add)}) == 1
