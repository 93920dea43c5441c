"""Asks once before a grade reaches more than one file that its grader has viewed, and names how many files it reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QVBoxLayout, QWidget

from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, cap, label, row
from triage.ui.text.i18n import Safe, number, tr, trn


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeReach:
    """What a grade would reach: contents, their files with all exact copies, and near copies under them.

    `unviewed` counts the contents that the person has not viewed, `graded` those that are graded already.
    """

    media: int
    files: int
    near: int
    unviewed: int
    graded: int

    @property
    def needs_question(self) -> bool:
        """Returns whether the person is asked first."""
        return self.media > 1 or self.near > 0 or self.unviewed > 0 or self.graded > 0


class GradeQuestion(FittingDialog):
    """Names the grade and its reach. `confirmed` is called with whether near copies take it over, and whether it is for court."""

    def __init__(self, grade: Safe, reach: GradeReach, *, parent: QWidget, confirmed: Callable[[bool, bool], None]) -> None:
        super().__init__(parent)
        self._confirmed = confirmed
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Grade files"))
        title = trn(
            "Grade {n} media item “{grade}”? It has {files} files with all exact copies.",
            "Grade {n} media items “{grade}”? They have {files} files with all exact copies.",
            reach.media,
            grade=grade,
            files=number(reach.files),
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(title, "title", wrap=True))
        for sentence in _describe(reach):
            whole.addWidget(label(sentence, "warn", wrap=True))
        self.near = QCheckBox(
            trn(
                "Let {n} near copy take the grade over. It will state that it was not viewed.",
                "Let {n} near copies take the grade over. They will state that they were not viewed.",
                reach.near,
            )
        )
        if reach.near:
            whole.addLayout(row(cap("T"), self.near, None))
            whole.addWidget(label(tr("Near copies for court, or graded already, stay as they are."), "small", wrap=True))
        self.near.setVisible(reach.near > 0)
        self.court = QCheckBox(tr("For court: a second person grades it without seeing this grade"))
        whole.addLayout(row(cap("C"), self.court, None))
        record = KeyButton(tr("Record"), tr("Enter"), kind="primary", on=self.accept)
        cancel = KeyButton(tr("Cancel"), tr("Esc"), kind="quiet", on=self.reject)
        whole.addLayout(row(None, cancel, record))
        self.resize(520, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Records on Enter; T and C tick."""
        pressed = event.text().upper()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif pressed == "T" and self.near.isVisible():
            self.near.toggle()
        elif pressed == "C":
            self.court.toggle()
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        """Hands the answer over and closes."""
        near, court = self.near.isChecked(), self.court.isChecked()
        super().accept()
        self._confirmed(near, court)


def _describe(reach: GradeReach) -> list[Safe]:
    """Returns what a person should know before the grade is recorded."""
    said = []
    if reach.unviewed:
        said.append(tr("You have not viewed {n} of {total}; a grade states that you did.", n=reach.unviewed, total=reach.media))
    if reach.graded:
        said.append(trn("{n} is graded already.", "{n} are graded already.", reach.graded))
    return said
