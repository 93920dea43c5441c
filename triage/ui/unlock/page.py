"""The lock: nothing of the store is on screen or in memory until name and passphrase open it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import ltr, tr

Unlock = Callable[[Path, str, str], Api]


class UnlockPage(QWidget):
    """`unlocked` carries the Api of the new session."""

    unlocked = Signal(object)
    other_store_asked = Signal()

    def __init__(self, store: Path, runner: Runner, unlock: Unlock, *, user: str = "", why: str = "") -> None:
        super().__init__()
        self._store, self._runner, self._unlock = store, runner, unlock
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = QLineEdit(user)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.problem = label(why, "muted", wrap=True)
        self.go = KeyButton(tr("Unlock"), "Enter", kind="primary", on=self.try_it)
        self.name.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.returnPressed.connect(self.try_it)
        panel = QFrame()
        panel.setProperty("kind", "card")
        panel.setFixedWidth(400)
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(28, 24, 28, 24)
        inner.setSpacing(8)
        inner.addWidget(label(tr("Triage"), "title"))
        inner.addWidget(label(tr("Locked."), "muted", wrap=True))
        inner.addSpacing(8)
        for said, field in ((tr("Name"), self.name), (tr("Passphrase"), self.passphrase)):
            inner.addWidget(label(said, "small"))
            field.setAccessibleName(said)
            inner.addWidget(field)
        inner.addWidget(self.problem)
        inner.addSpacing(4)
        other = KeyButton(tr("Another store"), kind="quiet", on=self.other_store_asked.emit)
        inner.addLayout(row(self.go, None, other))
        where = label(ltr(str(store)), "small", wrap=True)
        where.setFixedWidth(400)
        where.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(panel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(where, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.setFocusProxy(self.passphrase if user else self.name)

    def try_it(self) -> None:
        """The passphrase leaves the field at once, whatever comes of it."""
        name, passphrase = self.name.text().strip(), self.passphrase.text()
        if not name or not passphrase or not self.go.isEnabled():
            return
        self.passphrase.clear()
        self._busy(True)
        self.problem.setText(tr("Unlocking; this takes a moment."))
        self._runner.ask(lambda: self._unlock(self._store, name, passphrase), self._opened, owner=self, failed=self._failed)

    def _opened(self, api: Api) -> None:
        self.unlocked.emit(api)

    def _failed(self, sentence: str) -> None:
        self._busy(False)
        self.problem.setText(sentence)
        self.passphrase.setFocus()

    def _busy(self, busy: bool) -> None:
        for part in (self.go, self.name, self.passphrase):
            part.setEnabled(not busy)
