"""Provides the form in which a second person agrees with their own passphrase."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from triage.ui.kit.widgets import label, row
from triage.ui.text.i18n import Safe, ltr, tr


class ConsentForm(QWidget):
    """Asks for the second person and their passphrase. It says so when nobody can be asked."""

    def __init__(self, title: Safe) -> None:
        super().__init__()
        self.alone = False
        """Whether the store has only ever had one user, so that nobody can be asked."""
        self.user = QComboBox()
        self.user.setMinimumWidth(160)
        self.user.setAccessibleName(tr("Second person"))
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.passphrase.setPlaceholderText(tr("their passphrase, typed by that person"))
        self.passphrase.setAccessibleName(tr("Passphrase of the second person"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(title, "small"))
        column.addLayout(row(self.user, self.passphrase))

    def show_users(self, alone: bool, names: Sequence[str]) -> None:
        """Lists who can be asked."""
        self.alone = alone
        self.user.clear()
        for name in names:
            self.user.addItem(ltr(name), name)

    def find_problem(self) -> Safe | None:
        """Returns what is missing, or None."""
        if self.alone:
            return None
        if self.user.count() == 0:
            return tr("Nobody can consent: every other user is disabled. An administrator has to enable or add one.")
        if not self.passphrase.text():
            return tr("The second person has not consented: their passphrase is missing.")
        return None

    def take(self) -> tuple[str, str] | None:
        """Returns the person and the passphrase, and empties the field; None when the store has one user."""
        if self.alone:
            return None
        said = (str(self.user.currentData()), self.passphrase.text())
        self.passphrase.clear()
        return said
