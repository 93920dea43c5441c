"""Enter presses the button that a person reached by keys; in a form it never records what Cancel should end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit import keys
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.widgets import KeyButton
from triage.ui.queue.lanes import RailButton
from triage.ui.text.i18n import tr


class Page(QWidget):
    """Has a field, a button of each kind, and an act of its own on Enter."""

    def __init__(self, *, bound: bool) -> None:
        super().__init__()
        self.done: list[str] = []
        self.field = QLineEdit()
        self.buttons = {
            "key": KeyButton("Columns", on=lambda: self.done.append("key")),
            "link": LinkButton("Undo", lambda: self.done.append("link")),
            "rail": RailButton("All open"),
        }
        self.buttons["rail"].clicked.connect(lambda: self.done.append("rail"))
        whole = QVBoxLayout(self)
        for part in (self.field, *self.buttons.values()):
            whole.addWidget(part)
        if bound:
            keys.bind(self, "queue", "open", lambda: self.done.append("page"))


@pytest.mark.parametrize("bound", [True, False])
@pytest.mark.parametrize("kind", ["key", "link", "rail"])
def test_enter_presses_the_button_that_tab_reached(app: QApplication, qtbot: QtBot, kind: str, bound: bool) -> None:
    page = Page(bound=bound)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    page.field.setFocus()
    while QApplication.focusWidget() is not page.buttons[kind]:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    QTest.keyClick(page.buttons[kind], Qt.Key.Key_Return)
    assert page.done == [kind]


def test_after_a_click_enter_belongs_to_the_page_again(app: QApplication, qtbot: QtBot) -> None:
    page = Page(bound=True)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    QTest.qWaitForWindowActive(page)
    QTest.mouseClick(page.buttons["key"], Qt.MouseButton.LeftButton)
    QTest.keyClick(page.buttons["key"], Qt.Key.Key_Return)
    assert page.done == ["key", "page"]


class Form(FormDialog):
    """Records a word."""

    def __init__(self, runner: Runner, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Name"), parent=parent, done=done, record=tr("Record"))
        self.form.addWidget(QLineEdit())

    def work(self) -> Callable[[], Any]:
        return lambda: "recorded"


def test_enter_on_cancel_cancels(app: QApplication, runner: Runner, qtbot: QtBot) -> None:
    host, done = QWidget(), []
    qtbot.addWidget(host)
    dialog = Form(runner, host, done.append)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    dialog.open()
    dialog.activateWindow()
    QTest.qWaitForWindowActive(dialog)
    dialog.cancel.setFocus()
    QTest.keyClick(dialog.cancel, Qt.Key.Key_Return)
    qtbot.wait(50)
    assert ended == [0] and done == []


def test_enter_on_the_way_back_leaves_any_dialog_without_its_act(app: QApplication, qtbot: QtBot) -> None:
    """Qt presses the default button of a dialog, whichever button has the focus."""
    dialog = QDialog()
    qtbot.addWidget(dialog)
    act = KeyButton("Write", on=dialog.accept)
    back = KeyButton.for_way_back("Cancel", dialog.reject)
    act.setDefault(True)
    whole = QVBoxLayout(dialog)
    whole.addWidget(back)
    whole.addWidget(act)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    dialog.open()
    QTest.qWaitForWindowActive(dialog)
    back.setFocus()
    QTest.keyClick(back, Qt.Key.Key_Return)
    assert ended == [QDialog.DialogCode.Rejected.value]


def test_enter_on_another_button_of_a_dialog_belongs_to_the_dialog(app: QApplication, qtbot: QtBot) -> None:
    """A button beside the act, such as one that opens a folder, must not be pressed in its place; the space bar presses it."""
    dialog, pressed = QDialog(), list[str]()
    qtbot.addWidget(dialog)
    act = KeyButton("Write", on=dialog.accept)
    beside = KeyButton("Choose", on=lambda: pressed.append("beside"))
    act.setDefault(True)
    whole = QVBoxLayout(dialog)
    whole.addWidget(beside)
    whole.addWidget(act)
    ended: list[int] = []
    dialog.finished.connect(ended.append)
    dialog.open()
    QTest.qWaitForWindowActive(dialog)
    beside.setFocus()
    QTest.keyClick(beside, Qt.Key.Key_Space)
    assert pressed == ["beside"] and not ended
    QTest.keyClick(beside, Qt.Key.Key_Return)
    assert pressed == ["beside"] and ended == [QDialog.DialogCode.Accepted.value]
