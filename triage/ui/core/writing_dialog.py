"""A dialog that writes files: fields, a preview of what they lead to, where to, the handover, progress and the result."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from triage.model.handover import Handover
from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.api import Api
from triage.ui.core.file_dialogs import ask_new_file, ask_parent_folder
from triage.ui.core.runner import NOTHING, Changed, Job, Runner
from triage.ui.kit.handover_form import HandoverForm
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import KeyButton, clear, label, row, scrolled
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, tr

Work = Callable[[OnProgress, CancelToken], Any]
TYPING_MS = 400
WIDTH, PREVIEW_HEIGHT, RESULT_HEIGHT = 680, 150, 420
HIGHEST, LEAST_PREVIEW = 690, 48
"""The preview gives up height until the dialog fits its window, or the lowest screen."""
FRAME = 48  # pixels for the frame of a dialog, and for words that break otherwise once it is laid out


class WritingDialog(QDialog):
    """Asks what to write, shows a preview of it, writes it in the background and shows what was written.

    Subclasses put fields into `form`, call `ask_preview` when one changes, and implement `plan_preview`, `show_preview`,
    `plan_writing` and `show_written`. `name` begins the suggested file name; it names no report and no case, since the register
    of outgoing data keeps it. Without an `ending` a new folder is written.

    Signals:
        written: After something was written.
    """

    written = Signal()

    def __init__(self, api: Api, runner: Runner, title: Safe, *, parent: QWidget, name: str, ending: str = "") -> None:
        super().__init__(parent)
        self.api, self._runner = api, runner
        self.changes: Changed = NOTHING
        self._name, self._ending = name, ending
        self._job: Job | None = None
        self._previewing: Job | None = None
        self._ready = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.form = QVBoxLayout()
        self.form.setSpacing(8)
        self.preview_rows = QVBoxLayout()
        self.preview_rows.setContentsMargins(12, 8, 12, 8)
        self.preview_rows.setSpacing(4)
        self.place = QLineEdit()
        self.handover = HandoverForm()
        self.progress = ProgressRows()
        self.problem = label("", "bad", wrap=True)
        self.write = KeyButton(tr("Write and sign"), tr("Ctrl Enter"), kind="primary", on=self.accept)
        self.cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_MS)
        self._typing.timeout.connect(self.read_preview)
        self._build(title)

    def _build(self, title: Safe) -> None:
        """Lays out the form, the preview, the place and the handover."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 16, 24, 16)
        self._column.setSpacing(8)
        self._column.addWidget(label(title, "title", wrap=True))
        self._fields = QWidget()
        fields = QVBoxLayout(self._fields)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(8)
        fields.addLayout(self.form)
        fields.addWidget(label(tr("Preview"), "heading"))
        inner = QWidget()
        inner.setLayout(self.preview_rows)
        self.preview_area = scrolled(inner)
        self.preview_area.setFixedHeight(PREVIEW_HEIGHT)
        self.preview_area.setAccessibleName(tr("Preview"))
        fields.addWidget(self.preview_area)
        fields.addWidget(label(tr("Destination"), "heading"))
        self.place.setPlaceholderText(tr("A new file") if self._ending else tr("A new folder"))
        self.place.setAccessibleName(tr("Destination"))
        fields.addLayout(row(self.place, KeyButton(tr("Choose"), on=self._choose)))
        fields.addWidget(self.handover)
        self.progress.hide()
        for part in (self._fields, self.progress, self.problem):
            self._column.addWidget(part)
        self._column.addLayout(row(None, self.cancel, self.write))
        self.write.setEnabled(False)
        self.setMinimumWidth(WIDTH)

    def showEvent(self, event: QShowEvent) -> None:
        """Gives the preview the height that the window leaves: less where the dialog would be too high, else more."""
        super().showEvent(event)
        free = self._measure_room() - self.height()
        height = min(PREVIEW_HEIGHT, max(LEAST_PREVIEW, self.preview_area.height() + free))
        if height != self.preview_area.height():
            self.preview_area.setFixedHeight(height)
            self._column.activate()
            self.resize(self.width(), self.minimumSizeHint().height())

    def _measure_room(self) -> int:
        """Returns the height in pixels that the dialog may have: that of its window, and at least that of the lowest screen."""
        parent = self.parentWidget()
        window = HIGHEST if parent is None else parent.window().frameGeometry().height()
        return max(HIGHEST, min(window, self.screen().availableGeometry().height()) - FRAME)

    # The preview

    def plan_preview(self) -> Work | None:
        """Returns the call that makes the preview, or None when something is missing; then `problem` says what."""
        raise NotImplementedError

    def show_preview(self, found: Any) -> bool:
        """Adds the preview to `preview_rows`; returns whether there is something to write."""
        raise NotImplementedError

    def ask_preview(self, *_: object) -> None:
        """Makes the preview anew once nothing was typed for a moment. Until then nothing can be written."""
        self._ready = False
        self.write.setEnabled(False)
        self._typing.start()

    def read_preview(self) -> None:
        """Makes the preview in the background; an earlier one that still runs is dropped."""
        self._typing.stop()
        self._runner.drop_answers(self, "preview")
        self._previewing = None
        self._ready = False
        self.write.setEnabled(False)
        self.problem.setText("")
        clear(self.preview_rows)
        work = self.plan_preview()
        if work is None:
            return
        self.preview_rows.addWidget(label(tr("Reading …"), "muted"))

        def fail(sentence: str) -> None:
            clear(self.preview_rows)
            self.problem.setText(Safe(sentence))

        self._previewing = self._runner.study(work, self._show_preview, owner=self, failed=fail, about="preview")

    def _show_preview(self, found: Any) -> None:
        """Shows a preview that came."""
        clear(self.preview_rows)
        self._ready = self.show_preview(found)
        self.preview_rows.addStretch(1)
        self.write.setEnabled(self._ready)

    def add_line(self, text: str, kind: Any = "", *, indent: int = 0) -> None:
        """Adds a line to the preview."""
        made = label(text, kind, wrap=True)
        if indent:
            made.setIndent(indent)
        self.preview_rows.addWidget(made)

    # Writing

    def plan_writing(self, out: Path, handover: Handover) -> Work | None:
        """Returns the call that writes, or None when something is missing; then `problem` says what."""
        raise NotImplementedError

    def show_written(self, made: Any, column: QVBoxLayout) -> None:
        """Adds what was written to the column."""
        raise NotImplementedError

    def _choose(self) -> None:
        """Asks for the file, or for the folder in which a new folder is made."""
        name = f"{self._name}-{times.now().astimezone(times.PKT).date().isoformat()}-{secrets.token_hex(2)}{self._ending}"
        if self._ending:
            chosen = ask_new_file(self, tr("Write to"), name, f"*{self._ending}")
            if chosen:
                self.place.setText(chosen if chosen.endswith(self._ending) else chosen + self._ending)
            return
        parent = ask_parent_folder(self, tr("New folder in"))
        if parent:
            self.place.setText(str(Path(parent) / name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Writes on Ctrl+Enter."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Writes in the background, or says what is missing."""
        if not self._ready or self._job is not None:
            return
        place = self.place.text().strip()
        if not place:
            self.problem.setText(tr("Choose where to write."))
            self.place.setFocus()
            return
        if Path(place).exists():
            self.problem.setText(tr("Something of this name exists already; choose another name."))
            return
        work = self.plan_writing(Path(place), self.handover.read_handover())
        if work is None:
            return
        self.problem.setText("")
        self._set_writing(True)
        self._job = self._runner.do(
            work, self._written, changes=self.changes, owner=self, failed=self._failed, progress=self.progress.show_progress
        )

    def reject(self) -> None:
        """Stops the writing, or closes the dialog."""
        if self._job is None:
            self._runner.drop_answers(self, "preview")
            super().reject()
        else:
            self._job.cancel()
            self.progress.stage.setText(tr("Stopping"))

    def _set_writing(self, under_way: bool) -> None:
        """Disables the form and shows the progress while files are written."""
        self._fields.setEnabled(not under_way)
        self.write.setEnabled(not under_way)
        self.progress.setVisible(under_way)
        self.progress.begin()

    def _failed(self, sentence: str) -> None:
        """Shows why nothing was written."""
        stopped = self._job is not None and self._job.token.cancelled()
        self._job = None
        self._set_writing(False)
        self.problem.setText(tr("Stopped; nothing was written.") if stopped else Safe(sentence))

    def _written(self, made: Any) -> None:
        """Shows what was written, with one button that closes the dialog."""
        self._job, self._ready = None, False
        self._runner.drop_answers(self, "preview")
        self.setWindowTitle(tr("Written and signed"))
        clear(self._column)
        self._column.addWidget(label(tr("Written and signed"), "title"))
        self._column.addWidget(label(ltr(self.place.text().strip()), wrap=True, selectable=True))
        inner = QWidget()
        result = QVBoxLayout(inner)
        result.setContentsMargins(0, 0, 0, 0)
        result.setSpacing(4)
        self.show_written(made, result)
        result.addStretch(1)
        self._column.addWidget(scrolled(inner), 1)
        close = KeyButton(tr("Close"), tr("Esc"), kind="primary", on=self.reject)
        self._column.addLayout(row(None, close))
        self._column.activate()  # else the height of the form would stay the least
        self.resize(WIDTH, RESULT_HEIGHT)
        close.setFocus(Qt.FocusReason.OtherFocusReason)
        self.written.emit()
