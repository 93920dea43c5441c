"""A person whose act waits for another program sees it within a second or two, and the act is done once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from triage.message import Message
from triage.store.compaction import _WAIT_FOR_REBUILD
from triage.ui.core.form_dialog import FormDialog, LongFormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.notice import Notice
from triage.ui.text.i18n import tr

Hear = Callable[[Message | None], None]


class _Waiting:
    """Work that says that it waits, until it is let go."""

    def __init__(self, runner: Runner) -> None:
        self.let_go, self.done = threading.Event(), list[bool]()
        runner.waits.follow(self)

    def hear_waits(self, hear: Hear) -> None:
        self.hear = hear

    def work(self, *_: Any) -> None:
        self.hear(_WAIT_FOR_REBUILD)
        self.let_go.wait(60)
        self.hear(None)
        self.done.append(True)


@pytest.fixture
def waiting(runner: Runner) -> Iterator[_Waiting]:
    made = _Waiting(runner)
    yield made
    made.let_go.set()


@pytest.fixture
def parent(app: QApplication, qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.mark.parametrize("kind", [FormDialog, LongFormDialog])
def test_a_dialog_says_what_it_waits_for_and_takes_no_second_enter(
    kind: type[FormDialog], waiting: _Waiting, runner: Runner, parent: QWidget, qtbot: QtBot
) -> None:
    class Dialog(kind):  # type: ignore[misc, valid-type]
        def work(self) -> Callable[..., None]:
            return waiting.work

    recorded: list[bool] = []
    dialog = Dialog(runner, tr("Decide"), parent=parent, done=lambda _: recorded.append(True), record=tr("Record"))
    dialog.open()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.waiting.isVisible() and "rebuilt after a destruction" in dialog.waiting.text())
    for _ in range(3):
        QTest.keyClick(dialog, Qt.Key.Key_Return)
    waiting.let_go.set()
    qtbot.waitUntil(lambda: recorded == [True] and runner.under_way() == 0)
    assert waiting.done == [True]


def test_the_window_says_it_until_nobody_waits(waiting: _Waiting, runner: Runner, parent: QWidget, qtbot: QtBot) -> None:
    notice = Notice(parent)
    runner.waits.changed.connect(notice.show_wait)
    runner.do(waiting.work)
    runner.do(waiting.work, long=True)
    qtbot.waitUntil(lambda: "rebuilt after a destruction" in notice.text())
    assert not notice._timer.isActive(), "it stays"
    waiting.let_go.set()
    qtbot.waitUntil(lambda: runner.under_way() == 0 and notice.text() == "")
    assert waiting.done == [True, True]


def test_what_nobody_waits_for_is_not_told(waiting: _Waiting, runner: Runner, qtbot: QtBot) -> None:
    told: list[str] = []
    runner.waits.changed.connect(told.append)
    waiting.let_go.set()
    runner.quietly(waiting.work, lambda _: None)
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    assert [sentence for sentence in told if sentence] == []
