"""Every touch of the machine counts, and nothing else is looked at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import wait_exposed
from triage.ui.unlock.idle_watch import IdleWatch


class CountingWatch(IdleWatch):
    """Counts how often it is asked about an event."""

    asked = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.asked += 1
        return super().eventFilter(watched, event)


@pytest.fixture
def watch(app: QApplication) -> Iterator[CountingWatch]:
    made = CountingWatch(app, 600)
    yield made
    made.stop()
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    for _ in range(20):
        column.addWidget(QLineEdit())
    made.show()
    wait_exposed(made)
    return made


def make_old(watch: IdleWatch) -> None:
    watch._steady -= 300
    watch._wall -= 300


def is_fresh(watch: IdleWatch) -> bool:
    import time

    return time.monotonic() - watch._steady < 100


@pytest.mark.parametrize("act", ["key", "press", "move"])
def test_each_touch_counts(watch: CountingWatch, window: QWidget, act: str) -> None:
    watch.start()
    make_old(watch)
    handle = window.windowHandle()
    if act == "key":
        QTest.keyClick(handle, Qt.Key.Key_J)
    elif act == "press":
        QTest.mouseClick(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(5, 5))
    else:
        QTest.mouseMove(handle, QPoint(9, 9))
    QCoreApplication.processEvents()
    assert is_fresh(watch)


def test_a_window_that_opens_later_is_watched(watch: CountingWatch, window: QWidget, qtbot: QtBot) -> None:
    watch.start()
    menu = QMenu(window)
    menu.addAction("x")
    menu.popup(QPoint(0, 0))
    QCoreApplication.processEvents()
    watch.check_time()
    make_old(watch)
    QTest.mouseMove(menu.windowHandle(), QPoint(3, 3))
    QCoreApplication.processEvents()
    assert is_fresh(watch)
    menu.close()


def test_events_that_are_no_touch_never_reach_it(watch: CountingWatch, window: QWidget) -> None:
    watch.start()
    watch.asked = 0
    for field in window.findChildren(QLineEdit):
        for _ in range(50):
            QCoreApplication.sendEvent(field, QEvent(QEvent.Type.User))
    assert watch.asked == 0


def test_it_says_idle_once(watch: CountingWatch, window: QWidget, qtbot: QtBot) -> None:
    said: list[bool] = []
    watch.idle.connect(lambda: said.append(True))
    watch.start()
    watch.check_time()
    assert not said
    watch._wall -= 3600
    watch.check_time()
    assert said == [True]
    QTest.keyClick(window.windowHandle(), Qt.Key.Key_J)
    assert watch._wall < watch._steady + 10**12 and not watch._timer.isActive()
