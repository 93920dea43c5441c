"""Defines the dialog that prints a report to a signed PDF.

There is no way to the system's printer: it would leave the pages in the clear in a spool folder. The PDF is written where the
person says, and is printed from there by a machine that may hold it.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.damage import DAMAGE
from triage.model.handover import Handover
from triage.model.packet import PacketReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import ltr, tr, tr_message, trn


class ReportPrintDialog(WritingDialog):
    """Writes one report to a signed PDF, without media and notes."""

    def __init__(self, api: Api, runner: Runner, report_id: str, *, parent: QWidget) -> None:
        title = tr("Print report {report}", report=ltr(report_id))
        super().__init__(api, runner, title, parent=parent, name="report", ending=".pdf")
        self._report_id = report_id
        says = tr(
            "A signed PDF, without media and notes. The system's printer is not offered: it keeps pages unencrypted on the disk."
        )
        self.form.addWidget(label(says, "muted", wrap=True))
        self.place.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that reads what the print would hold."""
        return lambda _progress, _cancel: self.api.preview_report(self._report_id)

    def show_preview(self, found: PacketReport) -> bool:
        """Shows what the print holds."""
        show = found.show
        self.add_line(trn("{n} identifier", "{n} identifiers", len(show.identifiers)))
        self.add_line(trn("{n} file", "{n} files", len(show.files)))
        self.add_line(trn("{n} linked report", "{n} linked reports", len({link.report_id for link in show.links})))
        for part in show.damaged:
            self.add_line(tr_message(DAMAGE[part]))
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the PDF."""
        return lambda _progress, _cancel: self.api.export_report(self._report_id, out, handover=handover)

    def show_written(self, made: str, column: QVBoxLayout) -> None:
        """Names the key that signed the PDF."""
        column.addWidget(label(tr("Signed with key {key}", key=ltr(made)), "muted", wrap=True, selectable=True))
