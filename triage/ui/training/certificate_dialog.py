"""Defines the dialog that writes the certificate of a finished tutorial."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.model.training import Tutorial
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import label_field
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, language, tr, trn


class CertificateDialog(WritingDialog):
    """Asks for the trainee's name. The certificate says that the data were invented."""

    def __init__(self, api: Api, runner: Runner, finished: Sequence[Tutorial], *, parent: QWidget) -> None:
        super().__init__(api, runner, tr("Write a certificate"), parent=parent, name="training", ending=".pdf")
        self.tutorial, self.trainee = QComboBox(), QLineEdit()
        for each in finished:
            self.tutorial.addItem(each.title.ur if language() == "ur" else each.title.en, each)
        self.tutorial.setAccessibleName(tr("Tutorial"))
        self.trainee.setAccessibleName(tr("Name of the trainee"))
        self.form.addWidget(label_field(tr("Tutorial"), self.tutorial))
        self.form.addWidget(label_field(tr("Name of the trainee"), self.trainee))
        self.tutorial.currentIndexChanged.connect(self.ask_preview)
        self.trainee.textChanged.connect(self.ask_preview)
        self.trainee.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns a call that counts the steps, or None without a name."""
        if not self.trainee.text().strip():
            self.problem.setText(tr("Enter the name of the trainee."))
            return None
        steps = len(self.tutorial.currentData().steps)
        return lambda _progress, _cancel: steps

    def show_preview(self, found: int) -> bool:
        """Says what the certificate says."""
        says = trn(
            "It names the trainee, the role, the day and {n} step.",
            "It names the trainee, the role, the day and {n} steps.",
            found,
        )
        self.add_line(says)
        self.add_line(tr("It says on its face: training with invented data."), "muted")
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the certificate."""
        role, name = self.tutorial.currentData().role, self.trainee.text()
        return lambda _progress, _cancel: self.api.write_training_certificate(role, name, out, handover=handover)

    def show_written(self, made: object, column: QVBoxLayout) -> None:
        """Says what comes next."""
        column.addWidget(label(Safe(tr("Print it, and let trainee and instructor sign.")), "muted"))
