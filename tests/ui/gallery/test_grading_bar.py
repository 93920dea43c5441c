"""The bar under the grid keeps its acts in two lines on a screen of 1366 pixels."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from triage.ui.gallery.grading_bar import GradingBar
from triage.ui.kit import theme
from triage.ui.queue.lanes import WIDTH
from triage.ui.text.i18n import Language


@pytest.mark.parametrize("language", ["en", "ur"])
def test_no_act_stands_in_a_third_line(app: QApplication, qtbot: QtBot, language: Language) -> None:
    """ "Clear" stood there alone."""
    theme.apply(app, "dark", language)
    bar = GradingBar()
    qtbot.addWidget(bar)
    bar.resize(1366 - WIDTH, 90)
    bar.show()
    app.processEvents()
    assert len({button.y() for button in (*bar.grades.values(), bar.tick, bar.clear)}) == 1
