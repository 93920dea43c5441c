from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QEnterEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_active
from triage.exports.queue_columns import BAND_WORDS
from triage.ui.kit import theme
from triage.ui.queue.lanes import LANES, RailButton


@pytest.fixture
def button(app: QApplication, qtbot: QtBot) -> Iterator[RailButton]:
    window, made, other = QWidget(), RailButton("Overdue", end="4"), QWidget()
    other.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    layout = QVBoxLayout(window)
    layout.addWidget(made)
    layout.addWidget(other)
    qtbot.addWidget(window)
    window.resize(240, 80)
    window.show()
    wait_active(window)
    other.setFocus()
    yield made
    window.hide()


def shown_at(button: RailButton, x: int, y: int) -> str:
    return button.grab().toImage().pixelColor(x, y).name()


def name(role: str) -> str:
    colour: QColor = theme.current().colour(role)
    return colour.name()


def test_the_mouse_above_a_lane_and_the_chosen_lane_are_seen(button: RailButton) -> None:
    """The chosen one stays as it is below the mouse."""
    at = button.width() // 2, 4
    plain = shown_at(button, *at)
    assert plain not in (name("hover"), name("selected"))
    middle = QPointF(5, 5)
    QApplication.sendEvent(button, QEnterEvent(middle, middle, middle))
    assert shown_at(button, *at) == name("hover")
    button.setCheckable(True)
    button.setChecked(True)
    assert shown_at(button, *at) == name("selected")
    button.setChecked(False)
    QApplication.sendEvent(button, QEvent(QEvent.Type.Leave))
    assert shown_at(button, *at) == plain


def test_the_keyboard_focus_on_a_lane_is_seen(button: RailButton) -> None:
    QApplication.processEvents()
    plain = button.grab().toImage()
    button.setFocus()
    assert button.hasFocus()
    focused = button.grab().toImage()
    differing = {
        (x, y) for x in range(focused.width()) for y in range(focused.height()) if focused.pixel(x, y) != plain.pixel(x, y)
    }
    ys = {y for x, y in differing if 10 < x < focused.width() - 10}
    assert min(ys) <= 1 and max(ys) >= focused.height() - 3, "a line around the whole lane"
    assert focused.height() // 2 not in ys


def test_bands_are_called_the_same_on_the_screen_and_in_queue_sheets() -> None:
    """On paper "soon" meant band B, and on the screen band C."""
    assert {lane.band: lane.words.lower() for lane in LANES.values() if lane.band} == BAND_WORDS
