"""Dialogs for keys: show a half of the recovery key, record another workstation's key, replace the master key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFrame, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from triage.store.key_file import ShownHalf
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.code_line import CodeLine
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import isolated, tr
from triage.ui.unlock.printing import can_print, print_half
from triage.ui.unlock.wizard import group_fingerprint, split_half


class HalfDialog(FormDialog):
    """Asks which half is shown to whom, with the consent of a second person."""

    def __init__(self, api: Api, runner: Runner, half: int, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Show half {n} of the recovery key", n=half)
        super().__init__(runner, title, parent=parent, done=done, record=tr("Show the half"))
        self._api, self._half = api, half
        self._alone = False
        says = tr("Only its custodian looks at the screen. The half is shown once and kept nowhere; print it or write it down.")
        self.form.addWidget(label(says, wrap=True))
        self.names, self.name = QComboBox(), QLineEdit()
        self.fields = QStackedWidget()
        self.fields.addWidget(label_field(tr("Custodian"), self.names))
        self.fields.addWidget(label_field(tr("Custodian"), self.name))
        self.form.addWidget(self.fields)
        self.consent = ConsentForm(api, runner, tr("A second person agrees. Nobody may see both halves."))
        self.form.addWidget(self.consent)
        self.setMinimumWidth(560)
        runner.ask(lambda: (api.has_one_user(), api.user_names()), self._show, owner=self, about="users")

    def _show(self, found: tuple[bool, tuple[str, ...]]) -> None:
        """Lists the users, or lets a name be typed while the store has one user."""
        self._alone, names = found
        self.names.addItems(names)
        self.fields.setCurrentIndex(1 if self._alone else 0)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that makes the half."""
        custodian = self.name.text().strip() if self._alone else self.names.currentText()
        missing = tr("Name the custodian.") if not custodian else self.consent.problem()
        if missing:
            self.problem.setText(missing)
            return None
        consent = self.consent.read()
        return lambda: (custodian, self._api.show_half(self._half, custodian, consent))


class ShownHalfDialog(QDialog):
    """Shows one half of the recovery key in large type, until its custodian says that it is on paper."""

    def __init__(self, shown: ShownHalf, custodian: str, fingerprint: str, store: str, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        title = tr("Half {n}, for {name} alone", n=shown.number, name=isolated(custodian))
        self.setWindowTitle(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(label(title, "title", wrap=True))
        sheet = QFrame()
        sheet.setProperty("kind", "notice")
        inner = QVBoxLayout(sheet)
        inner.setContentsMargins(16, 14, 16, 14)
        self.lines = split_half(shown.text)
        for text in self.lines:
            inner.addWidget(CodeLine(text), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(sheet)
        whole = tr("Both halves were shown. They are valid from now on; older halves are void.")
        waits = tr("It is not valid until half {n} was shown to its custodian, in another person's session.", n=3 - shown.number)
        column.addWidget(label(whole if shown.whole else waits, wrap=True))
        self.written = QCheckBox(tr("I have this half on paper"))
        self.close_button = KeyButton(tr("Close"), kind="primary", on=self.accept)
        self.close_button.setEnabled(False)
        self.written.toggled.connect(self.close_button.setEnabled)
        number = shown.number - 1
        printing = KeyButton(tr("Print"), on=lambda: print_half(self, number, self.lines, group_fingerprint(fingerprint), store))
        printing.setVisible(can_print())
        column.addWidget(self.written)
        column.addLayout(row(self.close_button, printing, None))
        self.setMinimumWidth(520)

    def reject(self) -> None:
        """Stays open until the half is on paper: Esc by mistake would lose it."""
        if self.written.isChecked():
            super().reject()


class TrustDialog(FormDialog):
    """Records another workstation's signing key under a name."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Record a signing key"), parent=parent, done=done, record=tr("Record"))
        self._api = api
        self.name = NamedField(tr("Name of the workstation"), tr("e.g. Lahore 2"))
        self.key = NamedField(tr("Fingerprint of 64 digits, or the path of a PEM file"))
        self.form.addWidget(
            label(tr("Compare it with the paper of that workstation, not with what came beside the file."), wrap=True)
        )
        self.form.addWidget(self.name.holder)
        self.form.addWidget(self.key.holder)
        self.setMinimumWidth(520)
        self.name.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that records the key."""
        name, key = self.name.get_text(), self.key.get_text()
        if name is None or key is None:
            self.problem.setText(tr("Type the name and the fingerprint."))
            return None
        return lambda: self._api.trust_key(key, name)


class RotateDialog(FormDialog):
    """Asks before the master key is replaced."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Replace the master key"), parent=parent, done=done, record=tr("Replace"))
        self._api = api
        for says in (
            tr("For example when somebody has left. Passphrases and recovery halves stay valid."),
            tr("Other open windows must sign in again. Earlier copies of the disk still open with their old passphrases."),
        ):
            self.form.addWidget(label(says, wrap=True))

    def work(self) -> Callable[[], Any]:
        """Returns the call that replaces the key."""
        return self._api.rotate_key
