"""The dialog in which people change their own passphrase."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import label_field
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, tr, trn
from triage.ui.unlock.new_passphrase import HINT_HEIGHT, NewPassphrase
from triage.ui.unlock.page import FAILURES

WIDTH = 560


class OwnPassphraseDialog(FormDialog):
    """Asks for the present passphrase, since the workstation may be somebody else's, and twice for the new one.

    Refused tries are counted with those of the lock screen, and delay the next one.
    """

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Safe], None]) -> None:
        super().__init__(
            runner,
            tr("Change my passphrase"),
            parent=parent,
            done=lambda _: done(tr("Your passphrase is changed.")),
            record=tr("Change"),
        )
        self._api = api
        self.present = QLineEdit()
        self.present.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase = NewPassphrase(tr("New passphrase"), lambda: api.user.name, api.store_name)
        self.passphrase.hint.setMinimumHeight(HINT_HEIGHT)
        self.form.addWidget(
            label(tr("Backups that were made before still open with the passphrase of that day."), "muted", wrap=True)
        )
        self.form.addWidget(label_field(tr("Present passphrase"), self.present))
        self.form.addWidget(self.passphrase)
        self.setMinimumWidth(WIDTH)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that changes the passphrase."""
        left = FAILURES.seconds_left()
        missing = (
            trn("Too many failed tries; try again in {n} second.", "Too many failed tries; try again in {n} seconds.", left)
            if left
            else tr("Type your present passphrase.") if not self.present.text()
            else self.passphrase.problem()
        )  # fmt: skip
        if missing:
            self.problem.setText(missing)
            return None
        new, present = self.passphrase.read(), self.present.text()
        self.present.clear()
        return lambda: self._api.change_passphrase(new, present)

    def _made(self, made: Any) -> None:
        FAILURES.clear()
        super()._made(made)

    def _failed(self, sentence: str) -> None:
        FAILURES.add()
        super()._failed(sentence)
        self.present.setFocus()
