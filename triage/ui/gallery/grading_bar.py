"""The bar under the grid: what is selected, the grades with their keys, undo, and how far the work is."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QProgressBar, QVBoxLayout, QWidget

from triage.ui.gallery.gallery_words import SHORT_GRADES
from triage.ui.kit.flow import FlowLayout
from triage.ui.kit.widgets import ElidedLabel, KeyButton, label, row
from triage.ui.media.grade_dialog import LETTERS
from triage.ui.text.i18n import Safe, number, tr, trn, word

QUIET_SIDE = 4  # pixels beside the words of a button without a frame, so that two lines hold all at 1366 pixels


class GradingBar(QWidget):
    """Shows acts on the selection. `graded` carries a grade; `nothing_here`, `undone`, `ticked` and `cleared` carry nothing."""

    graded = Signal(object)
    nothing_here = Signal()
    undone = Signal()
    ticked = Signal()
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._allowed = True
        self.selection = label("", "strong")
        self.reach = ElidedLabel("", "muted")
        self.tick = KeyButton.for_action("gallery", "tick", tr("Tick"), kind="quiet", on=self.ticked.emit)
        self.clear = KeyButton.for_action("gallery", "clear", tr("Clear"), kind="quiet", on=self.cleared.emit)
        self.page = KeyButton.for_action("gallery", "nothing", "", on=self.nothing_here.emit)
        self.last = ElidedLabel("", "muted")
        self.undo = KeyButton.for_action("gallery", "undo", tr("Undo"), on=self.undone.emit)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(90)
        self.count = label("", "strong")
        self.advance = QCheckBox(tr("Then next ungraded"))
        self.advance.setChecked(True)
        self.grades = {
            grade: KeyButton.for_action(
                "gallery", f"grade_{letter.lower()}", word(SHORT_GRADES[grade]), on=partial(self.graded.emit, grade)
            )
            for letter, grade, _ in LETTERS
        }
        for button in (self.tick, self.clear):
            button.SIDE = QUIET_SIDE
        grades = FlowLayout(spacing=4)
        for button in self.grades.values():
            grades.addWidget(button)
        for beside in (self.tick, self.clear):
            grades.addWidget(beside)
        below = QWidget()
        below.setLayout(grades)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 8, 16, 8)
        whole.setSpacing(6)
        upper = row(self.selection, self.page, self.advance)
        upper.insertWidget(1, self.reach, 1)
        upper.addWidget(self.last, 1)
        for part in (self.undo, self.progress, self.count):
            upper.addWidget(part)
        whole.addLayout(upper)
        whole.addWidget(below)
        self.show_last(None)

    def show_selection(self, media: int, files: int, on_page: int) -> None:
        """Shows how much is selected, and how many contents of the page nobody here has graded."""
        self.selection.setText(trn("{n} selected", "{n} selected", media))
        self.reach.setText(trn("{n} file with copies", "{n} files with copies", files))
        self.page.set_words(tr("Nothing here: {n} on page", n=number(on_page)))
        self.page.setEnabled(on_page > 0 and self._allowed)

    def show_progress(self, done: int, total: int) -> None:
        """Shows how many contents are graded."""
        self.progress.setMaximum(max(1, total))
        self.progress.setValue(done)
        self.count.setText(tr("{n} of {total} graded", n=number(done), total=number(total)))

    def show_last(self, sentence: Safe | None) -> None:
        """Shows what undo would take back; None when there is nothing."""
        self.last.setText(sentence or Safe(""))
        self.undo.setEnabled(sentence is not None)

    def set_allowed(self, allowed: bool) -> None:
        """Enables grading only for people whose roles allow it."""
        self._allowed = allowed
        for button in (*self.grades.values(), self.page):
            button.setEnabled(allowed)
