"""The dialog that destroys a report by rule or court order: what goes, what stays, and two people."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from triage.jobs.keeping.destruction import DestructionResult
from triage.jobs.keeping.holdings import DestructionPreview, OpenWork
from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.file_dialogs import ask_new_file
from triage.ui.core.form_dialog import LongFormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.fields import NamedField, label_field, lay_side_by_side
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, tr, trn

WIDTH = 640


class DestroyDialog(LongFormDialog):
    """Destroys one report. The number is typed twice, the second person types a passphrase of their own."""

    stoppable = False

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Destroy a report"), parent=parent, done=done, record=tr("Destroy for good"))
        self._api = api
        self.changes = Changed(all_reports=True)
        self.found: DestructionPreview | None = None
        self.number = NamedField(tr("Report number"))
        self.again = NamedField(tr("The number again"))
        self.look = KeyButton(tr("Show what would go"), kind="mini", on=self.read_preview)
        self.reason = NamedField(tr("Reason"), tr("e.g. retention ended"))
        self.order_of = NamedField(tr("Rule, or the court's order with number and date"))
        self.certificate = QLineEdit()
        self.certificate.setReadOnly(True)
        self._preview = QVBoxLayout()
        self._preview.setSpacing(2)
        self.boxes: dict[str, QCheckBox] = {}
        why = tr("A destruction always takes two people who may destroy: a lead or an administrator.")
        self.consent = ConsentForm(api, runner, why, required=True)
        choose = KeyButton(tr("Choose"), on=self._choose_certificate)
        for part in (
            label(tr("What is destroyed can't be brought back. Nothing of the content is shown here."), "warn", wrap=True),
            self.number.holder,
        ):
            self.form.addWidget(part)
        self.form.addLayout(row(self.look, None))
        self.form.addLayout(self._preview)
        self.form.addWidget(self.again.holder)
        self.form.addLayout(lay_side_by_side(self.reason.holder, self.order_of.holder))
        self.form.addWidget(label_field(tr("Certificate, a new file"), self.certificate, choose))
        self.form.addWidget(self.consent)
        self.number.editingFinished.connect(self.read_preview)
        self.setMinimumWidth(WIDTH)
        self.number.setFocus()

    def read_preview(self) -> None:
        """Reads what destroying the report would take away."""
        number = self.number.get_text()
        if number is None or self.running or (self.found is not None and self.found.report_id == number):
            return  # a field that is disabled while the call runs has ended its editing
        self.found = None
        self.runner_ask(number)

    def runner_ask(self, number: str) -> None:
        """Asks in the background."""
        self._runner.ask(
            lambda: self._api.preview_destruction(number), self.show_preview, owner=self, failed=self._not_found, about="preview"
        )

    def _not_found(self, sentence: str) -> None:
        """Says that there is no such report."""
        clear(self._preview)
        self.problem.setText(Safe(sentence))

    def show_preview(self, found: DestructionPreview) -> None:
        """Shows what goes and what stays, and the backups that would still hold it."""
        self.found = found
        self.problem.setText("")
        clear(self._preview)
        self.boxes = {}
        add = self._preview.addWidget
        if found.held:
            add(
                label(tr("A legal hold stands on this report. It can't be destroyed until the hold is lifted."), "bad", wrap=True)
            )
            return
        goes = [
            trn("{n} document", "{n} documents", found.documents),
            trn("{n} media item", "{n} media items", found.media),
            *([trn("{n} reply", "{n} replies", found.replies)] if found.replies else []),
        ]
        listed = Safe(tr(", ").join(goes))
        add(label(tr("Will be destroyed: {what}, all links, the score and all decisions.", what=listed), wrap=True))
        stays = found.shared_documents + found.shared_media
        if stays:
            add(label(trn("Stays for other reports: {n} file.", "Stays for other reports: {n} files.", stays), wrap=True))
        for work in found.work:
            add(label(describe_open_work(work), "warn", wrap=True))
        if found.backups:
            says = tr("These backups hold it. Tick those that are connected; they are brought up to date under new keys.")
            add(label(says, "warn", wrap=True))
        for place in found.backups:
            box = self.boxes[place] = QCheckBox(ltr(place))
            add(box)

    def _choose_certificate(self) -> None:
        """Asks where the certificate is written."""
        name = ask_new_file(self, tr("Certificate, a new file"), "certificate.json", "*.json")
        if name:
            self.certificate.setText(name if name.endswith(".json") else f"{name}.json")

    def _find_problem(self) -> Safe | None:
        """Returns what is missing, or None."""
        number = self.number.get_text()
        if number is None or self.found is None or self.found.report_id != number:
            return tr("Type the number of the report, and look what would go.")
        if self.found.held:
            return tr("A legal hold stands on this report. It can't be destroyed until the hold is lifted.")
        if self.again.get_text() != number:
            return tr("Type the number again; the two differ.")
        if self.reason.get_text() is None or self.order_of.get_text() is None:
            return tr("State the reason, and the rule or order.")
        if not self.certificate.text():
            return tr("Choose where the certificate is written.")
        return self.consent.problem()

    def work(self) -> Callable[[OnProgress, CancelToken], DestructionResult] | None:  # type: ignore[override]
        """Returns the call that destroys the report, or None and says what is missing."""
        if missing := self._find_problem():
            self.problem.setText(missing)
            return None
        second = self.consent.read()
        if second is None:
            return None
        number, reason, order = self.number.text().strip(), self.reason.text(), self.order_of.text()
        certificate = Path(self.certificate.text())
        reachable = [Path(place) for place, box in self.boxes.items() if box.isChecked()]
        return lambda on_progress, _cancel: self._api.destroy(
            number,
            reason=reason,
            order=order,
            second=second,
            certificate=certificate,
            reachable=reachable,
            on_progress=on_progress,
        )


def describe_open_work(work: OpenWork) -> Safe:
    """Returns what a destruction does to work that is not done: what comes back of it is not imported."""
    when, who = times.pkt(work.made), isolated(work.with_)
    if work.direction == "sent":
        return tr(
            "Sent to {who} on {when} to be worked on, and not answered. Their work will not be imported.", who=who, when=when
        )
    return tr(
        "Came from {who} on {when} to be worked on here. No results were written yet, and none can be later.", who=who, when=when
    )


def describe_destroyed(result: DestructionResult) -> list[Safe]:
    """Returns the sentences about a destruction: what went, what still holds it, and where the papers are."""
    goes = (
        trn("{n} document", "{n} documents", result.documents),
        trn("{n} media item", "{n} media items", result.media),
    )
    found = [
        tr("Destroyed: {what}.", what=Safe(tr(", ").join(goes))),
        tr("Certificate: {path}", path=ltr(result.certificate)),
        tr("Register of destructions: {path}. Keep it away from this machine.", path=ltr(result.register)),
    ]
    found += [tr("This backup no longer holds it: {folder}", folder=ltr(folder)) for folder in result.backups]
    found += [tr("This backup was NOT brought up to date: {folder}", folder=ltr(folder)) for folder in result.backups_failed]
    found += [tr("Still holds the report: {what}", what=ltr(f"{held.what} {held.where}")) for held in result.still_held]
    if not result.log_emptied:
        found.append(tr("Old database pages remain. Close all windows, then open the store once."))
    return found
