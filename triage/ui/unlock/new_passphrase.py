"""Fields for a new passphrase, typed twice."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from triage.ui.kit.fields import label_field, lay_side_by_side
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, tr
from triage.ui.unlock.passphrase_strength import describe_strength, is_strong_enough

HINT_HEIGHT = 54
"""Two lines of the hint in a narrow dialog, also in Urdu: what is typed must not move the fields."""


class NewPassphrase(QWidget):
    """Asks twice for a passphrase, and says how good it is."""

    def __init__(self, said: Safe, name: Callable[[], str], store: str) -> None:
        super().__init__()
        self._name, self._store = name, store
        self.once, self.again = QLineEdit(), QLineEdit()
        for field in (self.once, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(self._hint)
        self.hint = label("", "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(lay_side_by_side(label_field(said, self.once), label_field(tr("Passphrase again"), self.again)))
        column.addWidget(self.hint)
        self._hint()

    def _hint(self) -> None:
        """Says how good the passphrase is."""
        differ = bool(self.again.text()) and self.again.text() != self.once.text()
        words = tr("The two passphrases differ.") if differ else describe_strength(self.once.text(), self._name(), self._store)
        self.hint.setText(words)

    def problem(self) -> Safe | None:
        """Returns what is wrong, or None."""
        if self.once.text() != self.again.text():
            return tr("The two passphrases differ.")
        if not is_strong_enough(self.once.text(), self._name(), self._store):
            return tr("Choose a stronger passphrase.")
        return None

    def read(self) -> str:
        """Returns the passphrase, which leaves the fields at once."""
        passphrase = self.once.text()
        self.once.clear()
        self.again.clear()
        return passphrase
