"""Asks for the second person of an act that nobody does alone."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from triage.jobs.consent import Consent
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import label_field, lay_side_by_side
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, tr


class SecondPersonForm(QWidget):
    """Asks for the name and the passphrase of another user. In a store with one user it asks for nothing.

    `required` is False for acts that one person may do in a store that has only ever had one user.
    """

    def __init__(self, api: Api, runner: Runner, why: Safe, *, required: bool = False) -> None:
        super().__init__()
        self._required = required
        self.user, self.passphrase = QComboBox(), QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.words = label(tr("Reading …"), "muted", wrap=True)
        self._fields = QWidget()
        fields = lay_side_by_side(
            label_field(tr("Second person"), self.user), label_field(tr("Their own passphrase"), self.passphrase)
        )
        fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setLayout(fields)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addWidget(label(tr("Second person"), "heading"))
        column.addWidget(self.words)
        column.addWidget(self._fields)
        self._why, self._alone = why, False
        runner.ask(lambda: (api.has_one_user(), api.user_names(), api.user.name), self._show, owner=self)

    def _show(self, found: tuple[bool, tuple[str, ...], str]) -> None:
        """Lists the other users, or says that there is nobody else."""
        self._alone, names, own = found
        self._fields.setVisible(not self._alone)
        self.user.addItems([name for name in names if name != own])
        if not self._alone:
            self.words.setText(self._why)
        elif self._required:
            self.words.setText(tr("This store has one user, so this can't be done here. Add a second user first."))
        else:
            self.words.setText(tr("This store has one user, so nobody else has to agree. Papers say so."))

    def read(self) -> Consent | None:
        """Returns the second person, or None in a store with one user. The passphrase leaves the field at once."""
        if self._alone:
            return None
        passphrase = self.passphrase.text()
        self.passphrase.clear()
        return Consent(self.user.currentText(), passphrase)

    def problem(self) -> Safe | None:
        """Returns what is missing, or None."""
        if self._alone:
            return tr("Nobody else can agree in a store with one user.") if self._required else None
        if not self.user.currentText() or not self.passphrase.text():
            return tr("The second person chooses their name and types their own passphrase.")
        return None
