"""A dialog that writes gives its preview the height that the window leaves."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import FRAME, HIGHEST, LEAST_PREVIEW, PREVIEW_HEIGHT, WritingDialog
from triage.ui.text.i18n import tr

ROUNDED = 8
"""Pixels by which the layout may make a dialog higher, well within the room for its frame."""


class Letter(WritingDialog):
    """Has a form of a given height."""

    def __init__(self, api: FakeApi, runner: Runner, parent: QWidget, form: int) -> None:
        super().__init__(api, runner, tr("Preview"), parent=parent, name="letter")  # type: ignore[arg-type]
        filling = QWidget()
        filling.setFixedHeight(form)
        self.form.addWidget(filling)
        self.preview_area.setFixedHeight(80)
        self.host = parent  # which would be deleted at once

    def plan_preview(self) -> None:
        return None

    def show_preview(self, found: Any) -> bool:
        return False


def open_letter(api: FakeApi, runner: Runner, qtbot: QtBot, size: tuple[int, int], form: int) -> Letter:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(*size)
    host.show()
    dialog = Letter(api, runner, host, form)
    dialog.open()
    QApplication.processEvents()
    return dialog


@pytest.mark.parametrize("size", [(1024, 700), (1366, 768), (1366, 750)])
def test_the_preview_takes_what_the_window_leaves(
    app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, size: tuple[int, int]
) -> None:
    """It was 48 pixels high in Urdu, also where the window had room for more."""
    room = max(HIGHEST, min(size[1], app.primaryScreen().availableGeometry().height()) - FRAME)
    bare = open_letter(api, runner, qtbot, size, 0)
    rest = bare.height() - bare.preview_area.height()
    assert bare.preview_area.height() == PREVIEW_HEIGHT
    high = open_letter(api, runner, qtbot, size, room - rest - 60)
    assert LEAST_PREVIEW <= high.preview_area.height() < 80 and high.height() <= room + ROUNDED
    roomy = open_letter(api, runner, qtbot, size, HIGHEST - rest - LEAST_PREVIEW)
    assert roomy.height() <= room + ROUNDED
    assert roomy.preview_area.height() >= LEAST_PREVIEW + room - HIGHEST - 8, "more than on the lowest screen"
