"""Defines the dialogs that write papers of a case: the draft of a source report, and the diary."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.model.diary import CaseDiary
from triage.model.handover import Handover
from triage.model.source_report import SourceReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import Work, WritingDialog
from triage.ui.kit.widgets import label
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, trn, word
from triage.ui.text.role_names import name_person

MOST_ENTRIES = 40
"""Entries of the diary in the preview, the latest; the paper holds all."""
MISSING = (mark("full name"), mark("rank"), mark("agency"), mark("source report number"), mark("office"), mark("reports"))
"""What a draft may lack, as the job names it."""


class SourceReportDialog(WritingDialog):
    """Writes the draft of a source report on a case."""

    def __init__(self, api: Api, runner: Runner, case: str, *, parent: QWidget) -> None:
        title = tr("Source-report draft of case {number}", number=ltr(case))
        super().__init__(api, runner, title, parent=parent, name="source-report", ending=".docx")
        self._case = case
        says = tr("A draft to be signed. It names no child and holds no score.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.place.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that gathers the draft."""
        return lambda _progress, _cancel: self.api.preview_source_report(self._case)

    def show_preview(self, found: SourceReport) -> bool:
        """Shows what is missing, then what the draft says of each report."""
        if found.missing:
            missing = Safe(tr("; ").join(word(each) for each in found.missing))
            self.add_line(tr("To be filled in by hand: {what}", what=missing), "warn")
        offices = Safe(tr(", ").join(word(each) for each in found.offices)) or tr("unclear")
        self.add_line(tr("Office: {offices}", offices=offices))
        for item in found.items:
            self.add_line(
                tr(
                    "{report}: {provider}, {identifiers}, {files}, {exhibits}",
                    report=ltr(item.report_id),
                    provider=isolated(item.provider or tr("not stated")),
                    identifiers=trn("{n} identifier", "{n} identifiers", len(item.identifiers)),
                    files=trn("{n} file", "{n} files", item.files),
                    exhibits=trn("{n} exhibit", "{n} exhibits", len(item.exhibits)),
                ),
                "strong",
            )
        for each in found.sections:
            self.add_line(tr("{section}: {title}", section=ltr(each.section), title=isolated(each.title)), "small")
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the draft."""
        return lambda _progress, _cancel: self.api.export_source_report(self._case, out, handover=handover)

    def show_written(self, made: SourceReport, column: QVBoxLayout) -> None:
        """Says what is left to fill in."""
        column.addWidget(label(trn("{n} report", "{n} reports", len(made.items)), "muted"))
        if made.missing:
            missing = Safe(tr("; ").join(word(each) for each in made.missing))
            column.addWidget(label(tr("To be filled in by hand: {what}", what=missing), "warn", wrap=True))


class DiaryDialog(WritingDialog):
    """Writes the diary of a case."""

    def __init__(self, api: Api, runner: Runner, case: str, *, parent: QWidget) -> None:
        title = tr("Diary of case {number}", number=ltr(case))
        super().__init__(api, runner, title, parent=parent, name="diary", ending=".pdf")
        self._case = case
        says = tr("Everything that was done on the case, in the order of time. Who viewed which file is not in it.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.place.setFocus()
        self.read_preview()

    def plan_preview(self) -> Work | None:
        """Returns the call that reads the diary."""
        return lambda _progress, _cancel: self.api.load_diary(self._case)

    def show_preview(self, found: CaseDiary) -> bool:
        """Shows the latest entries."""
        self.add_line(trn("{n} entry", "{n} entries", len(found.entries)), "strong")
        if (more := len(found.entries) - MOST_ENTRIES) > 0:
            self.add_line(trn("and {n} earlier one", "and {n} earlier ones", more), "small")
        for entry in found.entries[-MOST_ENTRIES:]:
            when, who = times.pkt(entry.when), name_person(entry.who)
            self.add_line(tr("{when}, {name}: {what}", when=when, name=who, what=tr_message(entry.what)), "small")
        return True

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes the diary."""
        return lambda _progress, _cancel: self.api.export_diary(self._case, out, handover=handover)

    def show_written(self, made: CaseDiary, column: QVBoxLayout) -> None:
        """Says how many entries the diary has."""
        column.addWidget(label(trn("{n} entry", "{n} entries", len(made.entries)), "muted"))
