"""What a form says while its call runs."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import settle
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.text.i18n import tr


class Form(FormDialog):
    """Waits for a word, then for an event."""

    def __init__(self, runner: Runner, parent: QWidget, go: Event) -> None:
        super().__init__(runner, tr("Name"), parent=parent, done=lambda _: None, record=tr("Record"))
        self.word, self._go = QLineEdit(), go
        self.form.addWidget(self.word)

    def work(self) -> Callable[[], Any] | None:
        if not self.word.text():
            self.problem.setText(tr("Type a name."))
            return None
        return lambda: self._go.wait(60)


def test_what_was_missing_is_not_said_any_more_while_the_call_runs(app: QApplication, runner: Runner, qtbot: QtBot) -> None:
    """ "Their passphrase is missing" stood there for seconds after it was typed."""
    host, go = QWidget(), Event()
    qtbot.addWidget(host)
    dialog = Form(runner, host, go)
    dialog.open()
    dialog.accept()
    assert dialog.problem.text() == "Type a name."
    dialog.word.setText("kite")
    dialog.accept()
    assert dialog.is_recording() and dialog.problem.text() == ""
    go.set()
    settle(runner)
