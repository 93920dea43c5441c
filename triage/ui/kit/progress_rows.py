"""Provides a progress bar with the pace and the current stage in words."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QProgressBar, QWidget

from triage.model.progress import Progress
from triage.ui.kit.job_pace import Pace
from triage.ui.kit.widgets import column, label
from triage.ui.text.i18n import tr, tr_message


class ProgressRows(QWidget):
    """Shows the progress of one job; connect the job's `progress` to `show_progress`."""

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
        """Resets the bar and the words for a new job."""
        self._pace = Pace()
        self.bar.setRange(0, 0)
        self.words.setText(tr("Starting"))
        self.stage.setText("")

    def show_progress(self, progress: Progress) -> None:
        """Shows a progress report."""
        self._pace.add(progress, time.monotonic())
        if progress.total:
            self.bar.setRange(0, 1000)
            self.bar.setValue(1000 * progress.done // progress.total)
        else:
            self.bar.setRange(0, 0)
        self.words.setText(self._pace.describe())
        self.stage.setText(tr_message(progress.note))
