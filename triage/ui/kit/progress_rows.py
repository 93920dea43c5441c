"""How far a long job is: a bar, its pace in words, and what it does now."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QProgressBar, QWidget

from triage.model.progress import Progress
from triage.ui.kit.pace import Pace
from triage.ui.kit.widgets import column, label
from triage.ui.text.i18n import tr, tr_message


class ProgressRows(QWidget):
    """Connect a job's `progress` to `tell`."""

    def __init__(self) -> None:
        super().__init__()
        self._pace = Pace()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.words = label("", "strong")
        self.stage = label("", "muted", wrap=True)
        parts = column(self.bar, self.words, self.stage)
        parts.setContentsMargins(0, 0, 0, 0)
        self.setLayout(parts)

    def begin(self) -> None:
        self._pace = Pace()
        self.bar.setRange(0, 0)
        self.words.setText(tr("Starting"))
        self.stage.setText("")

    def tell(self, progress: Progress) -> None:
        self._pace.add(progress, time.monotonic())
        if progress.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(1000 * progress.done // progress.total)
        else:
            self.bar.setRange(0, 0)
        self.words.setText(self._pace.words())
        self.stage.setText(tr_message(progress.note))
