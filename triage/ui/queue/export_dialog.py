"""Defines the dialog that exports the filtered queue to a signed file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from triage.model.outgoing_preview import QueuePreview
from triage.model.verification import Written
from triage.model.views import QueueFilter
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_new_file
from triage.ui.core.runner import Runner
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.queue.facets import list_chips
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word
from triage.ui.text.words import office as office_name

FORMATS = {
    ".xlsx": mark("Spreadsheet"),
    ".csv": mark("CSV"),
    ".json": mark("JSON"),
    ".pdf": mark("PDF, for paper"),
}


class ExportDialog(FittingDialog):
    """Asks for the format, the handover and the file name of an export."""

    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, wanted: QueueFilter, count: int, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._api, self._runner, self._wanted = api, runner, wanted
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Export this queue"))
        self.setMinimumWidth(560)
        self._done = False
        self.formats = QButtonGroup(self)
        self.handover = HandoverForm()
        self.preview = label(tr("Counting"), "muted", wrap=True)
        self._problem = label("", "bad", wrap=True)
        self.go = KeyButton(tr("Choose a place"), tr("Ctrl Enter"), kind="primary", on=self.choose_file)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(10)
        self._build(count)
        runner.ask(
            lambda: api.preview_queue(wanted), self._show_preview, owner=self.preview, failed=self._failed, about="preview"
        )

    def _show_preview(self, found: QueuePreview) -> None:
        """Shows how many reports the file would hold, by band and by office."""
        if not found.rows:
            self.preview.setText(tr("The filter finds no report: the file would hold only its heading."))
            return
        bands = (f"{ltr(band)}: {number(n)}" for band, n in found.bands)
        offices = (f"{office_name(office)}: {number(n)}" for office, n in found.offices)
        lines = (
            trn("The file will hold {n} report.", "The file will hold {n} reports.", found.rows),
            tr("By band: {totals}", totals=Safe(tr(", ").join(bands))),
            tr("By office: {totals}", totals=Safe(tr(", ").join(offices))),
        )
        self.preview.setText("\n".join(lines))

    def _build(self, count: int) -> None:
        """Lays out the formats, the handover and the buttons."""
        add = self._column.addWidget
        add(label(tr("Export this queue"), "title"))
        what = trn(
            "{n} report, current filter: {filter}",
            "{n} reports, current filter: {filter}",
            count,
            filter=describe_filter(self._wanted),
        )
        add(label(what, wrap=True))
        leaves = tr("The file is signed and anyone can verify it. It holds no media, but it leaves the encrypted store.")
        add(label(leaves, "muted", wrap=True))
        add(label(tr("Preview"), "heading"))
        add(self.preview)
        add(label(tr("Format"), "heading"))
        choices = QHBoxLayout()
        choices.setSpacing(8)
        for words in FORMATS.values():
            button = KeyButton(word(words), kind="pill")
            button.setCheckable(True)
            self.formats.addButton(button)
            choices.addWidget(button)
        choices.addStretch(1)
        self.formats.buttons()[0].setChecked(True)
        self._column.addLayout(choices)
        add(self.handover)
        add(self._problem)
        self._column.addLayout(row(None, KeyButton.for_way_back(tr("Cancel"), self.reject), self.go))
        self.handover.handed_to.setFocus()

    def chosen_ending(self) -> str:
        """Returns the file ending of the chosen format."""
        return next(ending for ending, button in zip(FORMATS, self.formats.buttons(), strict=True) if button.isChecked())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Asks for the file name on Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._done:
            self.choose_file()
        else:
            super().keyPressEvent(event)

    def choose_file(self) -> None:
        """Asks for the file name, adds the ending if it is missing, and exports."""
        ending = self.chosen_ending()
        name = ask_new_file(self, tr("Write the queue to"), f"queue{ending}", f"*{ending}")
        if name:
            self.export_to(Path(name if name.endswith(ending) else name + ending))

    def export_to(self, out: Path) -> None:
        """Exports the queue in the background."""
        handover = self.handover.read_handover()
        self.setEnabled(False)
        self._runner.do(
            lambda _progress, _cancel: self._api.export_queue(self._wanted, out, handover=handover, overwrite=True),
            self._written,
            owner=self,
            failed=self._failed,
        )

    def _failed(self, sentence: str) -> None:
        """Shows why the export failed."""
        self.setEnabled(True)
        self._problem.setText(sentence)

    def _written(self, written: Written) -> None:
        """Shows the path, the number of reports and the signing key."""
        self.setEnabled(True)
        self._done = True
        self.setWindowTitle(tr("Written and signed"))
        clear(self._column)
        add = self._column.addWidget
        add(label(tr("Written and signed"), "title"))
        add(label(ltr(written.path), wrap=True, selectable=True))
        add(label(trn("{n} report", "{n} reports", written.rows), "muted"))
        add(label(tr("Signing key {key}", key=ltr(written.signature_key)), "small", wrap=True, selectable=True))
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.accept)
        self._column.addStretch(1)
        self._column.addLayout(row(None, close))
        self.adjustSize()
        close.setFocus()
        self.said.emit(trn("Queue exported: {n} report.", "Queue exported: {n} reports.", written.rows))


def describe_filter(wanted: QueueFilter) -> Safe:
    """Returns a queue filter in words, as its chips read."""
    parts = [chip.words for chip in list_chips(wanted)]
    if wanted.search:
        parts.append(tr("containing {words}", words=wanted.search))
    return Safe(tr(", ").join(parts)) or tr("everything")
