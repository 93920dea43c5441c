"""Defines the dialog that creates an evidence packet and verifies it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QFileDialog, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from triage.jobs.consent import Consent
from triage.model.packet import WrittenPacket
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Right
from triage.model.verification import VerifyResult
from triage.ui.core.api import Api
from triage.ui.core.runner import Job, Runner
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, mark, tr, tr_message, trn, word

RECIPIENT_STARTS = "age1"
CHECKED = {
    "files": mark("files"),
    "signatures": mark("signatures"),
    "entries": mark("audit log entries"),
    "record_entries": mark("audit log entries"),
    "rows": mark("rows"),
    "reports": mark("reports"),
    "media": mark("media"),
}


class PacketDialog(QDialog):
    """Asks for the destination, the media, the consent and the handover of a packet.

    Media are only included encrypted, for named recipients. A second person consents with their own passphrase, unless the store
    has one user.
    """

    def __init__(self, api: Api, runner: Runner, report_ids: Sequence[str], media_here: int, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._api, self._runner, self._report_ids = api, runner, tuple(report_ids)
        self._alone = True
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Evidence packet"))
        self._job: Job | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(8)
        self.folder = QLineEdit()
        self.with_media = QCheckBox(trn("Include {n} media item, encrypted", "Include {n} media, encrypted", media_here))
        self.recipients = QPlainTextEdit()
        self.consent_user = QComboBox()
        self.consent_passphrase = QLineEdit()
        self.handover = HandoverForm()
        self.problem = label("", "bad", wrap=True)
        self.progress = ProgressRows()
        self.make = KeyButton(tr("Create packet"), tr("Ctrl Enter"), kind="primary", on=self.accept)
        self._build(media_here)
        self._runner.ask(lambda: (api.has_one_user(), api.user_names()), self._users, owner=self, failed=self._failed)

    def _build(self, media_here: int) -> None:
        """Lays out the form."""
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        add = form.addWidget
        title = tr("Evidence packet of {report}", report=ltr(", ".join(self._report_ids)))
        add(label(title, "title", wrap=True))
        says = tr("Everything stated, found and done, signed. Only media are encrypted; the rest leaves the store unencrypted.")
        add(label(says, "muted", wrap=True))
        add(label(tr("Destination"), "heading"))
        self.folder.setPlaceholderText(tr("A new folder"))
        self.folder.setAccessibleName(tr("Destination"))
        form.addLayout(row(self.folder, KeyButton(tr("Choose"), on=self._choose)))
        add(label(tr("Media"), "heading"))
        allowed = self._api.may(Right.EXPORT_MEDIA) and media_here > 0
        self.with_media.setEnabled(allowed)
        self.with_media.toggled.connect(self._update_form)
        add(self.with_media)
        self.recipients.setPlaceholderText(tr("age keys of the recipients, one a line: age1…"))
        self.recipients.setAccessibleName(tr("Recipients"))
        self.recipients.setProperty("kind", "note")
        self.recipients.setMaximumHeight(80)
        self.recipients.setTabChangesFocus(True)
        add(self.recipients)
        self._consent = QWidget()
        inner = QVBoxLayout(self._consent)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(label(tr("Consent of a second person, a lead or examiner"), "heading"))
        self.consent_user.setMinimumWidth(160)
        self.consent_user.setAccessibleName(tr("Second person"))
        self.consent_passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.consent_passphrase.setPlaceholderText(tr("their passphrase, typed by that person"))
        self.consent_passphrase.setAccessibleName(tr("Passphrase of the second person"))
        inner.addLayout(row(self.consent_user, self.consent_passphrase))
        add(self._consent)
        self._lone = label(tr('This store has one user: the packet will say "no second person".'), "muted", wrap=True)
        add(self._lone)
        add(self.handover)
        self.progress.hide()
        for part in (self._form, self.progress, self.problem):
            self._column.addWidget(part)
        cancel = KeyButton(tr("Cancel"), tr("Esc"), kind="quiet", on=self.reject)
        self._column.addLayout(row(None, cancel, self.make))
        self.resize(600, 0)
        self._update_form()

    def _users(self, answer: tuple[bool, tuple[str, ...]]) -> None:
        """Lists the other users as second person, or says that there is none."""
        self._alone, names = answer
        for name in names:
            if name != self._api.user.name:
                self.consent_user.addItem(ltr(name), name)
        self._update_form()

    def _update_form(self) -> None:
        """Shows the parts of the form that apply."""
        self.recipients.setVisible(self.with_media.isChecked())
        self._consent.setVisible(not self._alone)
        self._lone.setVisible(self._alone)

    def _choose(self) -> None:
        """Asks for a parent folder, and suggests a new folder in it."""
        parent = QFileDialog.getExistingDirectory(self, tr("New packet folder in"))
        if parent:
            self.folder.setText(str(Path(parent) / suggest_folder_name()))

    def wanted_recipients(self) -> tuple[str, ...]:
        """Returns the age keys that were entered, one per line."""
        return tuple(line.strip() for line in self.recipients.toPlainText().splitlines() if line.strip())

    def find_problem(self) -> Safe | None:
        """Returns what is missing or wrong in the form, or None."""
        recipients = self.wanted_recipients()
        if not self.folder.text().strip():
            return tr("Choose where to write the packet.")
        if Path(self.folder.text().strip()).exists():
            return tr("This folder exists already; choose a new one for the packet.")
        if self.with_media.isChecked() and not recipients:
            return tr("Media leave only for a named recipient: give at least one age key.")
        wrong = next((line for line in recipients if not line.startswith(RECIPIENT_STARTS)), None)
        if self.with_media.isChecked() and wrong is not None:
            return tr("{key} is not an age public key: it begins with age1.", key=ltr(wrong[:24]))
        if not self._alone and self.consent_user.count() == 0:
            return tr("Nobody can consent: every other user is disabled. An administrator has to enable or add one.")
        if not self._alone and not self.consent_passphrase.text():
            return tr("The second person has not consented: their passphrase is missing.")
        return None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Creates the packet on Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Creates the packet and verifies it in the background, or says what is missing."""
        refusal = self.find_problem()
        if refusal is not None:
            self.problem.setText(refusal)
            return
        out = Path(self.folder.text().strip())
        with_media = self.with_media.isChecked()
        recipients = self.wanted_recipients() if with_media else ()
        handover = self.handover.read_handover()
        consent = None if self._alone else Consent(self.consent_user.currentData(), self.consent_passphrase.text())
        self.consent_passphrase.clear()
        self.problem.setText("")
        self._writing(True)

        def work(on_progress: OnProgress, cancel: CancelToken) -> tuple[WrittenPacket, VerifyResult]:
            """Writes the packet and reads it back."""
            written = self._api.create_packet(
                self._report_ids,
                out,
                with_media=with_media,
                recipients=recipients,
                consent=consent,
                handover=handover,
                on_progress=on_progress,
                cancel=cancel,
            )
            return written, self._api.verify(out)

        self._job = self._runner.do(work, self._written, owner=self, failed=self._failed, progress=self.progress.show_progress)

    def reject(self) -> None:
        """Stops a packet that is being written, or closes the dialog."""
        if self._job is None:
            super().reject()
        else:
            self._job.cancel()
            self.progress.stage.setText(tr("Stopping"))

    def _writing(self, under_way: bool) -> None:
        """Disables the form and shows the progress while a packet is written."""
        self._form.setEnabled(not under_way)
        self.make.setEnabled(not under_way)
        self.progress.setVisible(under_way)
        self.progress.begin()

    def _failed(self, sentence: str) -> None:
        """Shows why no packet was written."""
        stopped = self._job is not None and self._job.token.cancelled()
        self._job = None
        self._writing(False)
        self.problem.setText(tr("Stopped; no packet was written.") if stopped else sentence)

    def _written(self, result: tuple[WrittenPacket, VerifyResult]) -> None:
        """Shows the packet and the result of its verification."""
        written, verified = result
        self._job = None
        self.setWindowTitle(tr("Written, signed and verified") if verified.valid else tr("Verification failed"))
        clear(self._column)
        show_verified(self._column, written, verified)
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.reject)
        self._column.addStretch(1)
        self._column.addLayout(row(None, close))
        self.adjustSize()
        close.setFocus(Qt.FocusReason.OtherFocusReason)


def suggest_folder_name() -> str:
    """Returns a new folder name such as "packet-2026-11-27-3f9c".

    It names no report, because the register of outgoing data keeps the name after the report is destroyed.
    """
    today = times.now().astimezone(times.PKT).date()
    return f"packet-{today.isoformat()}-{secrets.token_hex(2)}"


def show_verified(column: QVBoxLayout, written: WrittenPacket, verified: VerifyResult) -> None:
    """Adds the path, what was verified, the problems and the signing key to a layout."""
    add = column.addWidget
    if verified.valid:
        add(label(tr("Written, signed and verified"), "title"))
    else:
        add(label(tr("Packet created, but verification failed: do not hand it over"), "title"))
    add(label(ltr(written.path), wrap=True, selectable=True))
    counted = tr(", ").join(f"{word(CHECKED.get(name, name))} {ltr(f'{n:,}')}" for name, n in verified.checked.items())
    if counted:
        add(label(tr("Read back and verified: {what}", what=Safe(counted)), "good" if verified.valid else "", wrap=True))
    for problem in verified.problems:
        add(label(tr_message(problem), "bad", wrap=True))
    if written.manifest_sha256:
        add(label(tr("SHA-256 of the manifest"), "heading"))
        add(label(ltr(written.manifest_sha256), wrap=True, selectable=True))
    add(label(tr("Signing key"), "heading"))
    add(label(ltr(verified.signature_key or written.signature_key), wrap=True, selectable=True))
    if verified.signature_key is not None and verified.signature_key != written.signature_key:
        add(label(tr("The packet names a key other than this store's."), "bad", wrap=True))
