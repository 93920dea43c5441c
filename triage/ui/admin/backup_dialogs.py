"""Dialogs for backups: restore into a new folder, state that a carrier was destroyed, state that there is no register."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QLineEdit, QWidget

from triage.jobs.keeping.backup import BackupFolder, Restored
from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_file, ask_folder
from triage.ui.core.form_dialog import FormDialog, LongFormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import Safe, ltr, tr


class PathField(QWidget):
    """A field for a folder or a file, with a button that asks for it."""

    def __init__(self, name: Safe, *, folder: bool, hint: str = "") -> None:
        super().__init__()
        self._name, self._folder = name, folder
        self.field = NamedField(name, hint, beside=KeyButton(tr("Choose"), on=self._choose))
        self.field.setMaxLength(4_000)
        self.setLayout(row(self.field.holder))

    def _choose(self) -> None:
        """Asks for the folder or the file."""
        chosen = ask_folder(self, self._name, "out") if self._folder else ask_file(self, self._name)
        if chosen:
            self.field.setText(chosen)

    def path(self) -> Path | None:
        """Returns the path, or None while the field is blank."""
        text = self.field.get_text()
        return None if text is None else Path(text)


class RestoreDialog(LongFormDialog):
    """Restores a backup into a new folder. Nothing of this store changes."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Restore a backup"), parent=parent, done=done, record=tr("Restore"))
        self._api = api
        self.source = PathField(tr("Folder of the backup"), folder=True)
        self.target = PathField(tr("New, empty folder for the store"), folder=True)
        self.register = PathField(tr("Newest register of destructions, if there is one"), folder=False)
        self.reason = NamedField(tr("Or why there is none"), tr("e.g. nothing was destroyed since"))
        self.user = NamedField(tr("Administrator's name"))
        self.user.setText(api.user.name)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        says = tr(
            "A drill each quarter shows that backups can be read. Without register and reason the new store shows no media."
        )
        for part in (
            label(says, "muted", wrap=True),
            self.source,
            self.target,
            self.register,
            self.reason.holder,
            self.user.holder,
            label_field(tr("Passphrase, as it was when the backup was made"), self.passphrase),
        ):
            self.form.addWidget(part)
        self.setMinimumWidth(600)

    def work(self) -> Callable[[OnProgress, CancelToken], tuple[Restored, Path]] | None:  # type: ignore[override]
        """Returns the call that restores, or None and says what is missing. The passphrase leaves the field at once."""
        source, target, user = self.source.path(), self.target.path(), self.user.get_text()
        if source is None or target is None or user is None or not self.passphrase.text():
            self.problem.setText(tr("Name both folders, and type name and passphrase."))
            return None
        register, reason = self.register.path(), self.reason.get_text()
        if register is not None and reason is not None:
            self.problem.setText(tr("Give either a register, or the reason why there is none."))
            return None
        passphrase = self.passphrase.text()
        self.passphrase.clear()

        def restore(on_progress: OnProgress, cancel: CancelToken) -> tuple[Restored, Path]:
            found = self._api.restore_backup(
                source, target, user, passphrase, on_progress, cancel, register=register, no_register=reason
            )
            return found, target

        return restore


class DestroyedCarrierDialog(FormDialog):
    """Asks before a backup is recorded as destroyed."""

    def __init__(self, api: Api, runner: Runner, row_: BackupFolder, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("The carrier was destroyed"), parent=parent, done=done, record=tr("I state it"))
        self._api, self._row = api, row_
        self.form.addWidget(label(ltr(row_.place), "strong", wrap=True))
        self.form.addWidget(
            label(tr("You state that nobody can read this backup any more. The audit log keeps that you did."), wrap=True)
        )

    def work(self) -> Callable[[], Any]:
        """Returns the call that records it."""
        return lambda: self._api.record_backup_destroyed(self._row.id)


class NoRegisterDialog(FormDialog):
    """Asks why there is no register of destructions, in a restored store."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("There is no register"), parent=parent, done=done, record=tr("I state it"))
        self._api = api
        self.reason = NamedField(tr("Reason"), tr("e.g. nothing was destroyed since the backup"))
        says = tr(
            "What a court ordered destroyed after the backup may be in this store again. You state that there is no register."
        )
        self.form.addWidget(label(says, wrap=True))
        self.form.addWidget(self.reason.holder)
        self.setMinimumWidth(520)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that records it."""
        reason = self.reason.get_text()
        if reason is None:
            self.problem.setText(tr("State why there is no register."))
            return None
        return lambda: self._api.state_no_register(reason)
