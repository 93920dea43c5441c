"""Defines the dialog that writes the sheet of a series for other victim identification desks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.victim_id import SeriesView, WrittenSheet
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.fields import NamedField
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, ltr, tr, tr_message, trn


class SheetDialog(WritingDialog):
    """Writes state, clues and digests of a series. Crops are enclosed only when a second person agrees."""

    def __init__(self, api: Api, runner: Runner, series: SeriesView, *, parent: QWidget) -> None:
        title = tr("Sheet of series {number}", number=ltr(series.row.number))
        super().__init__(api, runner, title, parent=parent, name="series", ending=".pdf")
        self._series = series
        says = tr("It names no report and no person. Other offices compare it with their own series.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.with_crops = QCheckBox(tr("Enclose the crops of the clues"))
        self.consent = ConsentForm(api, runner, tr("A second person, a lead or examiner, has looked at the crops and agrees."))
        self.cleared = NamedField(tr("Although cleared: the reason"), tr("only if the reported user of a report was cleared"))
        for part in (self.with_crops, self.consent, self.cleared.holder):
            self.form.addWidget(part)
        self.consent.hide()
        self.with_crops.setEnabled(any(clue.crop is not None for clue in series.clues))
        self.with_crops.toggled.connect(self.consent.setVisible)
        self.with_crops.toggled.connect(self.ask_preview)
        self.cleared.editingFinished.connect(self.ask_preview)
        self.preview_area.setFixedHeight(56)
        self.read_preview()

    def plan_preview(self) -> Work:
        """Returns the call that previews the sheet."""
        number, reason = self._series.row.number, self.cleared.get_text()
        return lambda _progress, _cancel: self.api.preview_series_sheet(number, although_cleared=reason)

    def show_preview(self, found: OutgoingPreview) -> bool:
        """Says what the sheet holds."""
        counts = (
            trn("{n} clue", "{n} clues", len(self._series.clues)),
            trn("{n} file", "{n} files", self._series.row.media),
            trn("{n} crop", "{n} crops", found.rows if self.with_crops.isChecked() else 0),
        )
        self.add_line(Safe(tr(", ").join(counts)), "strong")
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the sheet, or says what is missing."""
        crops = self.with_crops.isChecked()
        if crops and (problem := self.consent.problem()) is not None:
            self.problem.setText(problem)
            return None
        consent = self.consent.read() if crops else None
        number, reason = self._series.row.number, self.cleared.get_text()
        return lambda on_progress, cancel: self.api.export_series_sheet(
            number,
            out,
            with_crops=crops,
            consent=consent,
            although_cleared=reason,
            handover=handover,
            on_progress=on_progress,
            cancel=cancel,
        )

    def show_written(self, made: Any, column: QVBoxLayout) -> None:
        """Says what was written."""
        written: WrittenSheet = made
        column.addWidget(label(tr("Written and signed"), "title"))
        column.addWidget(label(ltr(written.path), wrap=True, selectable=True))
        column.addWidget(label(trn("{n} crop", "{n} crops", written.crops)))
        for each in written.left_out:
            said = tr("Left out: {name}. {why}", name=ltr(each.sha256[:12]), why=tr_message(each.reason))
            column.addWidget(label(said, "warn", wrap=True))
