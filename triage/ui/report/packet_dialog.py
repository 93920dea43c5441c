"""Defines the dialog that creates an evidence packet and verifies it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from triage.model.outgoing_preview import PacketPreview, RedactedText
from triage.model.packet import WrittenPacket
from triage.model.progress import CancelToken, OnProgress
from triage.model.users import Right
from triage.model.verification import VerifyResult
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.file_dialogs import ask_parent_folder
from triage.ui.core.runner import Job, Runner
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.leaving.preview_view import PreviewView
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, tr_message, trn, word

EDITIONS = {
    "full": mark("Full, for the investigation and the court"),
    "redacted": mark("Redacted: nothing that names a child, no media"),
}
RECIPIENT_STARTS = "age1"
MOST_MARKED = 200  # sentences of a text that stand apart; what follows them is marked as a whole
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
    """Asks for the destination, the edition, the media, the consent and the handover of a packet, and previews its content.

    Media are only included encrypted, for named recipients. A second person consents with their own passphrase, unless the store
    has one user.
    """

    def __init__(self, api: Api, runner: Runner, report_ids: Sequence[str], media_here: int, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._api, self._runner, self._report_ids = api, runner, tuple(report_ids)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Evidence packet"))
        self._job: Job | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(8)
        self.folder = QLineEdit()
        self.with_media = QCheckBox(trn("Include {n} media item, encrypted", "Include {n} media, encrypted", media_here))
        self.edition = QComboBox()
        self.descriptions = QCheckBox(tr("A sheet for each file that describes it in fixed neutral words"))
        self.texts_read = QCheckBox(tr("I have read the texts in the preview: let them leave"))
        self.encrypt_all = QCheckBox(tr("Encrypt the whole packet, as one file"))
        self.cleared = NamedField(tr("Although cleared: the reason"), tr("only if the reported user of a report was cleared"))
        self.preview = PreviewView()
        self.recipients = QPlainTextEdit()
        self.consent = ConsentForm(api, runner, tr("Consent of a second person, a lead or examiner"))
        self.handover = HandoverForm()
        self.problem = label("", "bad", wrap=True)
        self.progress = ProgressRows()
        self.make = KeyButton(tr("Create packet"), tr("Ctrl Enter"), kind="primary", on=self.accept)
        self._build(media_here)
        self._ask_preview()

    def _build(self, media_here: int) -> None:
        """Lays out the form: what the packet holds on one side, who agrees and receives it on the other."""
        title = tr("Evidence packet of {report}", report=ltr(", ".join(self._report_ids)))
        self._column.addWidget(label(title, "title", wrap=True))
        self._form = QWidget()
        both = QHBoxLayout(self._form)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(24)
        for build in (self._build_content, self._build_people):
            side = QWidget()
            form = QVBoxLayout(side)
            form.setContentsMargins(0, 0, 0, 0)
            form.setSpacing(8)
            build(form, media_here)
            both.addWidget(side, 1)
        self.progress.hide()
        self._column.addWidget(self._form, 1)
        for part in (self.progress, self.problem):
            self._column.addWidget(part)
        cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        self._column.addLayout(row(None, cancel, self.make))
        self.resize(960, 640)
        self._update_form()
        self.folder.setFocus(Qt.FocusReason.OtherFocusReason)  # the one field that must be filled in

    def _build_content(self, form: QVBoxLayout, media_here: int) -> None:
        """Lays out what the packet holds."""
        add = form.addWidget
        for name, words in EDITIONS.items():
            self.edition.addItem(word(words), name)
        self.edition.currentIndexChanged.connect(self._edition_chosen)
        add(label_field(tr("Edition"), self.edition))
        self.folder.setPlaceholderText(tr("A new folder"))
        add(label_field(tr("Destination"), self.folder, KeyButton(tr("Choose"), on=self._choose)))
        self._may_take_media = self._api.may(Right.EXPORT_MEDIA) and media_here > 0
        for box in (self.with_media, self.encrypt_all):
            box.toggled.connect(self._update_form)
        for box in (self.descriptions, self.texts_read, self.with_media, self.encrypt_all):
            add(box)
        self.unencrypted = label("", "muted", wrap=True)
        add(self.unencrypted)
        self.recipients.setPlaceholderText(tr("age keys of the recipients, one a line: age1…"))
        self.recipients.setAccessibleName(tr("Recipients"))
        self.recipients.setProperty("kind", "note")
        self.recipients.setMaximumHeight(60)
        self.recipients.setTabChangesFocus(True)
        add(self.recipients)
        add(self.cleared.holder)
        self.cleared.editingFinished.connect(self._ask_preview)
        form.addStretch(1)

    def _build_people(self, form: QVBoxLayout, _media_here: int) -> None:
        """Lays out who agrees, who receives the packet, and the preview."""
        add = form.addWidget
        add(self.consent)
        add(self.handover)
        form.addWidget(self.preview, 1)

    def _edition_chosen(self) -> None:
        """Shows the parts of the edition, and previews it."""
        self._update_form()
        self._ask_preview()

    def _ask_preview(self) -> None:
        """Asks in the background what the packet would hold. The preview of an earlier choice is dropped."""
        edition, reason = self.edition.currentData(), self.cleared.get_text()

        self.texts_read.setChecked(False)
        self.texts_read.setEnabled(False)

        def show(found: PacketPreview) -> None:
            """Shows the preview. What was shown can be said to be read."""
            show_packet_preview(self.preview, found)
            self.texts_read.setEnabled(bool(found.texts))

        def refuse(sentence: str) -> None:
            """Shows why such a packet would be refused."""
            self.preview.show_lines(((Safe(sentence), "bad"),))

        self.preview.show_lines(((tr("Reading what the packet would hold"), "muted"),))
        self._runner.study(
            lambda on_progress, cancel: self._api.preview_packet(
                self._report_ids, edition=edition, although_cleared=reason, on_progress=on_progress, cancel=cancel
            ),
            show,
            owner=self.preview,
            failed=refuse,
            about="preview",
        )

    def _update_form(self) -> None:
        """Shows the parts of the form that apply."""
        full = self.edition.currentData() != "redacted"
        self.texts_read.setVisible(not full)
        self.with_media.setEnabled(self._may_take_media and full)
        if not full:
            self.with_media.setChecked(False)
        if self.encrypt_all.isChecked():
            self.unencrypted.setText(tr("Only the recipients can open it."))
        elif full:
            self.unencrypted.setText(tr("Only media are encrypted; the rest leaves the store unencrypted."))
        else:
            self.unencrypted.setText(tr("The packet leaves the store unencrypted."))
        self.recipients.setVisible(self._encrypts())

    def _choose(self) -> None:
        """Asks for a parent folder, and suggests a new folder in it."""
        parent = ask_parent_folder(self, tr("New packet folder in"))
        if parent:
            self.folder.setText(str(Path(parent) / suggest_folder_name()))

    def wanted_recipients(self) -> tuple[str, ...]:
        """Returns the age keys that were entered, one per line."""
        return tuple(line.strip() for line in self.recipients.toPlainText().splitlines() if line.strip())

    def _encrypts(self) -> bool:
        """Returns whether something is encrypted, and so needs a recipient."""
        return self.with_media.isChecked() or self.encrypt_all.isChecked()

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
        if self.encrypt_all.isChecked() and not recipients:
            return tr("An encrypted packet needs a recipient: give at least one age key.")
        if self._encrypts() and wrong is not None:
            return tr("{key} is not an age public key: it begins with age1.", key=ltr(wrong[:24]))
        return self.consent.problem()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Creates the packet on Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Creates the packet and verifies it in the background, or says what is missing."""
        if self._job is not None:
            return
        refusal = self.find_problem()
        if refusal is not None:
            self.problem.setText(refusal)
            return
        out = Path(self.folder.text().strip())
        with_media = self.with_media.isChecked()
        encrypt_all, descriptions = self.encrypt_all.isChecked(), self.descriptions.isChecked()
        texts_read = self.texts_read.isChecked()
        recipients = self.wanted_recipients() if self._encrypts() else ()
        edition, reason = self.edition.currentData(), self.cleared.get_text()
        handover = self.handover.read_handover()
        consent = self.consent.read()
        self.problem.setText("")
        self._writing(True)

        def work(on_progress: OnProgress, cancel: CancelToken) -> tuple[WrittenPacket, VerifyResult | None]:
            """Writes the packet and reads it back, unless it is encrypted as a whole: only the recipients can."""
            written = self._api.create_packet(
                self._report_ids,
                out,
                edition=edition,
                with_media=with_media,
                encrypt_all=encrypt_all,
                descriptions=descriptions,
                texts_read=texts_read,
                recipients=recipients,
                consent=consent,
                although_cleared=reason,
                handover=handover,
                on_progress=on_progress,
                cancel=cancel,
            )
            return written, None if encrypt_all else self._api.verify(out)

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

    def _written(self, result: tuple[WrittenPacket, VerifyResult | None]) -> None:
        """Shows the packet and the result of its verification."""
        written, verified = result
        self._job = None
        clear(self._column)
        if verified is None:
            self.setWindowTitle(tr("Written, signed and encrypted"))
            show_sealed(self._column, written)
        else:
            self.setWindowTitle(tr("Written, signed and verified") if verified.valid else tr("Verification failed"))
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
    counted = tr(", ").join(f"{word(CHECKED.get(name, name))} {number(n)}" for name, n in verified.checked.items())
    if counted:
        add(label(tr("Read back and verified: {what}", what=Safe(counted)), "good" if verified.valid else "", wrap=True))
    for problem in verified.problems:
        add(label(tr_message(problem), "bad", wrap=True))
    if written.manifest_sha256:
        add(label(tr("SHA-256 of the manifest"), "heading"))
        add(label(ltr(written.manifest_sha256), wrap=True, selectable=True))
    show_removed(column, written)
    add(label(tr("Signing key"), "heading"))
    add(label(ltr(verified.signature_key or written.signature_key), wrap=True, selectable=True))
    if verified.signature_key is not None and verified.signature_key != written.signature_key:
        add(label(tr("The packet names a key other than this store's."), "bad", wrap=True))


def show_removed(column: QVBoxLayout, written: WrittenPacket) -> None:
    """Adds what a redacted edition left out to a layout."""
    if written.removed:
        column.addWidget(label(tr("Removed"), "heading"))
        for each in written.removed:
            column.addWidget(label(tr_message(each.what), wrap=True))


def show_sealed(column: QVBoxLayout, written: WrittenPacket) -> None:
    """Adds the path, the fingerprint and the signing key of a packet that only its recipients can open."""
    add = column.addWidget
    add(label(tr("Written, signed and encrypted"), "title"))
    add(label(ltr(written.path), wrap=True, selectable=True))
    add(label(tr("It was not read back: only the recipients can open it."), "muted", wrap=True))
    show_removed(column, written)
    add(label(tr("SHA-256 of the manifest"), "heading"))
    add(label(ltr(written.manifest_sha256), wrap=True, selectable=True))
    add(label(tr("Signing key"), "heading"))
    add(label(ltr(written.signature_key), wrap=True, selectable=True))


def show_packet_preview(view: PreviewView, found: PacketPreview) -> None:
    """Shows what a packet would hold, what its redacted edition removes, and what was not done."""
    documents = trn("{n} source document", "{n} source documents", found.documents)
    files = trn("{n} received file", "{n} received files", found.files)
    lines: list[tuple[Safe, str]] = [(Safe(f"{documents}{tr(', ')}{files}"), "strong")]
    if found.removed:
        lines.append((tr("Removed"), "heading"))
        lines += [(tr("{what}. Why: {why}", what=tr_message(each.what), why=tr_message(each.why)), "") for each in found.removed]
    for text in found.texts:
        lines.append((tr("Text to read: {label} of {report}", label=isolated(text.label), report=ltr(text.report_id)), "heading"))
        lines += split_text(text)
    lines.append((tr("Not done"), "heading"))
    for what, n in found.not_done:
        said = tr_message(what)
        lines.append((trn("{n} file: {reason}", "{n} files: {reason}", n, reason=said) if n else said, ""))
    view.show_lines(tuple(lines))


def split_text(text: RedactedText) -> list[tuple[Safe, str]]:
    """Returns a text in parts: sentences that speak of a school, a home or the like stand apart as a warning."""
    parts: list[tuple[Safe, str]] = []
    at = 0
    for sentence in text.telling[:MOST_MARKED]:
        start = text.text.find(sentence, at)
        if before := text.text[at:start].strip():
            parts.append((isolated(before), ""))
        parts.append((isolated(sentence), "warn"))
        at = start + len(sentence)
    if rest := text.text[at:].strip():
        parts.append((isolated(rest), "warn" if len(text.telling) > MOST_MARKED else ""))
    return parts
