"""A small dialog: what is asked, a line for what is wrong, Record and Cancel. What was filled in stays when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from triage.ui.core.runner import NOTHING, Changed, Runner
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import Safe, tr


class FormDialog(QDialog):
    """`form` takes the fields. `work()` gives what to do, or None when something is missing and `problem` says what; what it
    made is handed to `done`."""

    def __init__(self, runner: Runner, title: Safe, *, parent: QWidget, done: Callable[[Any], None], record: Safe) -> None:
        super().__init__(parent)
        self._runner, self._done = runner, done
        self.changes: Changed = NOTHING
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(title, "title", wrap=True))
        self.form = QVBoxLayout()
        self.form.setSpacing(8)
        whole.addLayout(self.form)
        self.problem = label("", "bad", wrap=True)
        whole.addWidget(self.problem)
        self.record = KeyButton(record, tr("Enter"), kind="primary", on=self.accept)
        cancel = KeyButton(tr("Cancel"), tr("Esc"), kind="quiet", on=self.reject)
        whole.addLayout(row(None, cancel, self.record))
        self.resize(460, 0)

    def work(self) -> Callable[[], Any] | None:
        raise NotImplementedError

    def accept(self) -> None:
        work = self.work()
        if work is None:
            return
        self.setEnabled(False)
        self._runner.do(lambda _progress, _cancel: work(), self._made, changes=self.changes, owner=self, failed=self._failed)

    def _made(self, made: Any) -> None:
        self._done(made)
        super().accept()

    def _failed(self, sentence: str) -> None:
        self.setEnabled(True)
        self.problem.setText(Safe(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)
