"""Asks once before a grade reaches more than one file that its grader has viewed, and names how many files it reaches."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QWidget

from triage.model.progress import CancelToken, OnProgress
from triage.ui.core.form_dialog import LongFormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.widgets import cap, label, row
from triage.ui.text.i18n import Safe, number, tr, trn

Plan = Callable[[OnProgress, CancelToken], Any]


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


class GradeQuestion(LongFormDialog):
    """Names the grade and its reach, and records the grade.

    `plan` returns the call that records it. It takes whether near copies take the grade over, and whether it is for court.
    """

    def __init__(
        self,
        runner: Runner,
        grade: Safe,
        reach: GradeReach,
        *,
        parent: QWidget,
        plan: Callable[[bool, bool], Plan],
        changes: Callable[[Any], Changed],
        done: Callable[[Any], None],
    ) -> None:
        title = trn(
            "Grade {n} media item “{grade}”? It has {files} files with all exact copies.",
            "Grade {n} media items “{grade}”? They have {files} files with all exact copies.",
            reach.media,
            grade=grade,
            files=number(reach.files),
        )
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record"))
        self._plan, self.changes = plan, changes
        self.setWindowTitle(tr("Grade files"))
        for sentence in _describe(reach):
            self.form.addWidget(label(sentence, "warn", wrap=True))
        self.near = QCheckBox(
            trn(
                "Let {n} near copy take the grade over. It will state that it was not viewed.",
                "Let {n} near copies take the grade over. They will state that they were not viewed.",
                reach.near,
            )
        )
        if reach.near:
            self.form.addLayout(row(cap("T"), self.near, None))
            self.form.addWidget(label(tr("Near copies for court, or graded already, stay as they are."), "small", wrap=True))
        self.near.setVisible(reach.near > 0)
        self.court = QCheckBox(tr("For court: a second person grades it without seeing this grade"))
        self.form.addLayout(row(cap("C"), self.court, None))
        self.resize(520, 0)

    def work(self) -> Plan:  # type: ignore[override]
        """Returns the call that records the grade."""
        return self._plan(self.near.isChecked(), self.court.isChecked())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ticks on T and C, and records on Enter."""
        pressed = event.text().upper()
        if pressed == "T" and self.near.isVisible() and not self.running:
            self.near.toggle()
        elif pressed == "C" and not self.running:
            self.court.toggle()
        else:
            super().keyPressEvent(event)


def _describe(reach: GradeReach) -> list[Safe]:
    """Returns what a person should know before the grade is recorded."""
    said = []
    if reach.unviewed:
        said.append(tr("You have not viewed {n} of {total}; a grade states that you did.", n=reach.unviewed, total=reach.media))
    if reach.graded:
        said.append(trn("{n} is graded already.", "{n} are graded already.", reach.graded))
    return said
