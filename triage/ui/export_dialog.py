"""E: the queue as it is filtered now, written out and signed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QVBoxLayout, QWidget

from triage.model.views import QueueFilter, Written
from triage.ui.api import Api
from triage.ui.i18n import Safe, ltr, mark, number, tr, trn, word
from triage.ui.runner import Runner
from triage.ui.widgets import KeyButton, clear, label, row

FORMATS = {
    ".xlsx": mark("Spreadsheet, for people"),
    ".csv": mark("CSV, for other programs"),
    ".json": mark("JSON, for other programs"),
    ".pdf": mark("PDF, for paper"),
}


class ExportDialog(QDialog):
    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, wanted: QueueFilter, count: int, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._api, self._runner, self._wanted = api, runner, wanted
        self.setWindowTitle(tr("Export this queue"))
        self.setMinimumWidth(480)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(10)
        add = self._column.addWidget
        add(label(tr("Export this queue"), "title"))
        add(
            label(
                trn(
                    "{n} report, as filtered now: {filter}", "{n} reports, as filtered now: {filter}", count, filter=said(wanted)
                ),
                wrap=True,
            )
        )
        add(
            label(
                tr("The file is signed; anybody can verify it. It holds no media, but it leaves the encrypted store."),
                "muted",
                wrap=True,
            )
        )
        self._problem = label("", "bad", wrap=True)
        for ending, words in FORMATS.items():
            button = KeyButton(tr("{format} ({ending})", format=word(words), ending=ending), on=partial(self.choose, ending))
            add(button)
        add(self._problem)
        self._column.addLayout(row(None, KeyButton(tr("Cancel"), "Esc", kind="quiet", on=self.reject)))

    def choose(self, ending: str) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Write the queue to"), f"queue{ending}", f"*{ending}")
        if name:
            self.write(Path(name if name.endswith(ending) else name + ending))

    def write(self, out: Path) -> None:
        self.setEnabled(False)
        self._runner.do(
            lambda _progress, _cancel: self._api.export_queue(out, self._wanted), self._written, owner=self, failed=self._failed
        )

    def _failed(self, sentence: str) -> None:
        self.setEnabled(True)
        self._problem.setText(sentence)

    def _written(self, written: Written) -> None:
        self.setEnabled(True)
        clear(self._column)
        add = self._column.addWidget
        add(label(tr("Written and signed"), "title"))
        add(label(ltr(written.path), wrap=True, selectable=True))
        add(label(trn("{n} report", "{n} reports", written.rows), "muted"))
        add(label(tr("Signing key {key}", key=ltr(written.signature_key)), "small", wrap=True, selectable=True))
        close = KeyButton(tr("Close"), "Esc", kind="primary", on=self.accept)
        self._column.addLayout(row(None, close))
        close.setFocus()
        self.said.emit(tr("The queue was exported: {n} reports.", n=number(written.rows)))


def said(wanted: QueueFilter) -> Safe:
    """The filter in words."""
    parts = [
        tr("band {band}", band=wanted.band) if wanted.band else None,
        tr("office {office}", office=wanted.office) if wanted.office else None,
        tr("status {status}", status=word(wanted.status.replace("_", " "))) if wanted.status else None,
        tr("with {name}", name=wanted.assignee) if wanted.assignee else None,
        tr("holding {words}", words=wanted.search) if wanted.search else None,
        tr("expiring within {n} days", n=wanted.expiring_within_days) if wanted.expiring_within_days is not None else None,
        tr("flag {flag}", flag=word(wanted.flag)) if wanted.flag else None,
    ]
    return Safe(tr(", ").join(part for part in parts if part)) or tr("everything")
