"""Defines the dialog that exports for other tools: choose, see what would be written, write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from triage.model.casework import CaseFilter
from triage.model.outgoing_preview import OutgoingPreview
from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_new_file, ask_parent_folder
from triage.ui.core.runner import Job, Runner
from triage.ui.kit.fields import label_field
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.leaving.preview_view import PreviewView
from triage.ui.leaving.tool_choices import ToolChoices
from triage.ui.text.i18n import Safe, ltr, tr

ROWS = ("rows", "media", "cells")
"""What the results of the exports call the number of their rows."""
CASES_OFFERED = 200
"""The newest cases stand in the list; the number of an older one is typed."""


class ToolExportDialog(QDialog):
    """Asks for the kind, the file and the handover. The first step previews, the second writes.

    Each change of the choices asks for a new preview, so that nobody writes what they have not seen.
    """

    said = Signal(str)

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Export for other tools"))
        self._job: Job | None = None
        self._writing = self._done = False
        self._replaceable: Path | None = None
        self.previewed: OutgoingPreview | None = None
        self.choices = ToolChoices(api)
        self.target = QLineEdit()
        self.handover = HandoverForm()
        self.preview = PreviewView()
        self.progress = ProgressRows()
        self.problem = label("", "bad", wrap=True)
        self.go = KeyButton(tr("Preview"), tr("Ctrl Enter"), kind="primary", on=self.step_on)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 20, 24, 20)
        self._column.setSpacing(10)
        self._build()
        self.choices.changed.connect(self._forget)
        choices = self.choices
        runner.ask(
            lambda: tuple(case.number for case in api.load_cases(api.find_cases(CaseFilter(), CASES_OFFERED)).values()),
            choices.show_cases,
            owner=choices,
            failed=self._failed,
            about="cases",
        )

    def _build(self) -> None:
        """Lays out the choices beside the preview."""
        self._column.addWidget(label(tr("Export for other tools"), "title"))
        leaves = tr("The file is signed and entered in the register. It holds no media, but it leaves the encrypted store.")
        self._column.addWidget(label(leaves, "muted", wrap=True))
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.addWidget(self.choices)
        self.target.setPlaceholderText(tr("A new file"))
        form.addWidget(label_field(tr("File to write"), self.target, KeyButton(tr("Choose"), on=self._choose)))
        form.addStretch(1)
        beside = QWidget()
        right = QVBoxLayout(beside)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(12)
        right.addWidget(self.handover)
        right.addWidget(self.preview, 1)
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addWidget(self._form, 1)
        both.addWidget(beside, 1)
        self._column.addLayout(both, 1)
        self.progress.hide()
        self._column.addWidget(self.progress)
        self._column.addWidget(self.problem)
        cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        self._column.addLayout(row(None, cancel, self.go))
        self.resize(960, 560)
        self.choices.kind.setFocus()

    def _choose(self) -> None:
        """Asks for the file. Qt asks before one is replaced."""
        ending = self.choices.ending()
        if not ending:
            parent = ask_parent_folder(self, tr("New folder in"))
            if parent:
                self.target.setText(str(Path(parent) / self.choices.chosen()))
            return
        name = ask_new_file(self, tr("Write the file to"), f"{self.choices.chosen()}{ending}", f"*{ending}")
        if name:
            self._replaceable = Path(name) if name.endswith(ending) else None
            self.target.setText(name if name.endswith(ending) else name + ending)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Previews or writes on Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not self._done:
            self.step_on()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.accept()  # Enter in a field neither writes nor closes
        else:
            super().keyPressEvent(event)

    def step_on(self) -> None:
        """Previews what is chosen, or writes what was previewed."""
        if self._job is not None:
            return
        self.problem.setText("")
        if self.previewed is None:
            self._preview()
        else:
            self._write()

    def _preview(self) -> None:
        """Asks for the preview in the background, or says what is missing."""
        problem = self.choices.find_problem()
        if problem is not None:
            self.problem.setText(problem)
            return
        wanted = self.choices.read()
        self._begin(writing=False)
        self._job = self._runner.study(
            lambda on_progress, cancel: wanted.preview(on_progress=on_progress, cancel=cancel),
            self._show_preview,
            owner=self,
            failed=self._failed,
            progress=self.progress.show_progress,
            about="preview",
        )

    def _show_preview(self, found: OutgoingPreview) -> None:
        """Shows the preview; the next step writes."""
        self._end()
        self.previewed = found
        self.preview.show_preview(found, self.choices.count(found.rows))
        self.go.set_words(tr("Write the file"))

    def find_problem(self) -> Safe | None:
        """Returns what is missing before the file can be written, or None."""
        name, ending = self.target.text().strip(), self.choices.ending()
        if not name:
            return tr("Choose the file to write.")
        if not name.lower().endswith(ending):
            return tr("The name of this kind of file ends in {ending}.", ending=ltr(ending))
        return None

    def _write(self) -> None:
        """Writes the file in the background, or says what is missing."""
        problem = self.find_problem()
        if problem is not None:
            self.problem.setText(problem)
            return
        out, wanted, handover = Path(self.target.text().strip()), self.choices.read(), self.handover.read_handover()
        more = {} if wanted.folder else {"overwrite": out == self._replaceable}

        def work(on_progress: OnProgress, cancel: CancelToken) -> Any:
            """Writes the file."""
            return wanted.write(out, handover=handover, on_progress=on_progress, cancel=cancel, **more)

        self._begin(writing=True)
        self._job = self._runner.do(work, self._written, owner=self, failed=self._failed, progress=self.progress.show_progress)

    def _begin(self, *, writing: bool) -> None:
        """Disables the form and shows the progress."""
        self._writing = writing
        self._form.setEnabled(False)
        self.handover.setEnabled(False)
        self.go.setEnabled(False)
        self.progress.begin()
        self.progress.show()

    def _end(self) -> None:
        """Enables the form again."""
        self._job = None
        self._form.setEnabled(True)
        self.handover.setEnabled(True)
        self.go.setEnabled(True)
        self.progress.hide()

    def reject(self) -> None:
        """Stops what is under way, or closes the dialog."""
        if self._job is None:
            super().reject()
        else:
            self._job.cancel()
            self.progress.stage.setText(tr("Stopping"))

    def _forget(self) -> None:
        """Drops the preview of other choices."""
        self.previewed = None
        self.preview.forget()
        self.problem.setText("")
        self.go.set_words(tr("Preview"))

    def _failed(self, sentence: str) -> None:
        """Shows why nothing was previewed or written."""
        stopped = self._job is not None and self._job.token.cancelled()
        self._end()
        self.problem.setText(tr("Stopped; no file was written.") if stopped else Safe(sentence))

    def _written(self, written: Any) -> None:
        """Shows the path, what the file holds, and the signing key."""
        self._end()
        self._done = True
        counted = self.choices.count(next(getattr(written, each) for each in ROWS if hasattr(written, each)))
        lines: Sequence[QWidget] = (
            label(tr("Written and signed"), "title"),
            label(ltr(written.path), wrap=True, selectable=True),
            label(counted, "strong"),
            label(tr("Signing key {key}", key=ltr(written.signature_key)), "small", wrap=True, selectable=True),
        )
        self.setWindowTitle(tr("Written and signed"))
        clear(self._column)
        for each in lines:
            self._column.addWidget(each)
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.accept)
        self._column.addStretch(1)
        self._column.addLayout(row(None, close))
        self.adjustSize()
        close.setFocus()
        self.said.emit(tr("Exported: {what}.", what=counted))
