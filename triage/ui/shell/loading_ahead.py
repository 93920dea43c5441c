"""Loads the gallery's modules while nobody waits. Its first opening would else take the window's thread for too long."""

from __future__ import annotations

import importlib

from PySide6.QtCore import QObject, QTimer

MODULES = (
    "triage.ui.gallery.gallery_words",
    "triage.ui.gallery.cell_loader",
    "triage.ui.gallery.gallery_filter_bar",
    "triage.ui.gallery.grading_bar",
    "triage.ui.gallery.grid",
    "triage.ui.gallery.viewer",
    "triage.ui.gallery.selection_grading",
    "triage.ui.gallery.page",
)
"""Each takes some milliseconds when those before it are loaded."""
FIRST_MS, PAUSE_MS = 2_000, 200


class LoadingAhead(QObject):
    """Loads one module after another, with pauses, until all are there."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._left = list(MODULES)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.load_next)
        self._timer.start(FIRST_MS)

    def load_next(self) -> None:
        """Loads the next module."""
        if self._left:
            importlib.import_module(self._left.pop(0))
            self._timer.setInterval(PAUSE_MS)
        else:
            self._timer.stop()
