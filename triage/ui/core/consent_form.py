"""Asks for the second person of an act that nobody does alone."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from triage.jobs.consent import Consent
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.widgets import label, row
from triage.ui.text.i18n import Safe, searchable, tr


class ConsentForm(QWidget):
    """Asks for the name and the passphrase of another user. In a store with one user it asks for nothing.

    `required` is for acts that nobody may do alone, even in a store that has only ever had one user.
    """

    def __init__(self, api: Api, runner: Runner, why: Safe, *, required: bool = False) -> None:
        super().__init__()
        self._why, self._required = why, required
        self.alone: bool | None = None
        """Whether the store has only ever had one user, so that nobody can be asked; None until it was read."""
        self.user, self.passphrase = QComboBox(), QLineEdit()
        self.user.setAccessibleName(tr("Second person"))
        self.passphrase.setAccessibleName(tr("Passphrase of the second person"))
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.words = label(tr("Reading …"), "small", wrap=True)
        self._fields = QWidget()
        self.user.setMinimumWidth(160)
        self.passphrase.setPlaceholderText(tr("their passphrase, typed by that person"))
        fields = row(self.user, self.passphrase)
        fields.setContentsMargins(0, 0, 0, 0)
        self._fields.setLayout(fields)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.words)
        column.addWidget(self._fields)
        runner.ask(lambda: (api.has_one_user(), api.user_names(), api.user.name), self._show, owner=self, about="users")

    def _show(self, found: tuple[bool, tuple[str, ...], str]) -> None:
        """Lists the other users, or says that there is nobody else."""
        self.alone, names, own = found
        self._fields.setVisible(not self.alone)
        for name in names:
            if name != own:
                self.user.addItem(searchable(name), name)
        if not self.alone:
            self.words.setText(self._why)
        elif self._required:
            self.words.setText(tr("This store has one user, so this can't be done here. Add a second user first."))
        else:
            self.words.setText(tr("This store has one user, so nobody else has to agree. Papers say so."))

    def read(self) -> Consent | None:
        """Returns the second person, or None in a store with one user. The passphrase leaves the field at once."""
        if self.alone:
            return None
        passphrase = self.passphrase.text()
        self.passphrase.clear()
        return Consent(str(self.user.currentData()), passphrase)

    def problem(self) -> Safe | None:
        """Returns what is missing, or None. A missing passphrase gets the focus."""
        if self.alone is None:
            return tr("Reading …")
        if self.alone:
            return tr("Nobody else can agree in a store with one user.") if self._required else None
        if self.user.count() == 0:
            return tr("Nobody can consent: every other user is disabled. An administrator has to enable or add one.")
        if not self.passphrase.text():
            self.passphrase.setFocus()
            return tr("The second person has not consented: their passphrase is missing.")
        return None
