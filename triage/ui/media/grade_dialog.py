"""Defines the dialog that grades a file.

A grade states that a person viewed the file. It can be applied to similar images, each ticked by the person. A file can also
inherit the grade of a similar image that was viewed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from triage.message import NOTHING
from triage.model.casework import DISAGREE, Grade, GradeState
from triage.model.damage import GRADE_UNREADABLE
from triage.model.matches import MatchingFile
from triage.model.users import Right
from triage.model.views import ShowFile
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.kit.fitting_dialog import FittingDialog
from triage.ui.kit.widgets import KeyButton, cap, label, row
from triage.ui.matches.match_pair import changes_of_grade
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, mark, tr, trn, word
from triage.ui.text.match_way_words import describe_way

Done = Callable[[str, str], None]
MOST_LIKE = 9  # similar files that are offered
LETTERS: tuple[tuple[str, Grade, str], ...] = (
    ("A", Grade.ABUSE, mark("abuse material")),
    ("E", Grade.EXPLOITIVE, mark("exploitive")),
    ("U", Grade.AGE_UNCERTAIN, mark("age uncertain")),
    ("D", Grade.ADULT, mark("adult")),
    ("I", Grade.INNOCENT, mark("innocent family or medical picture")),
    ("M", Grade.DRAWING, mark("drawing or made by a machine")),
    ("N", Grade.OTHER, mark("not pertinent")),
)
STATES = (
    mark("waits for a second grader"),
    mark("graders disagree: a lead decides"),
    mark("the stored grade can't be read"),
)
TAKE_OVER = "T"


@dataclass(frozen=True, slots=True)
class GradeAnswer:
    """Holds a grade, or the SHA-256 of the similar image whose grade is inherited."""

    grade: Grade | None = None
    seen: str | None = None


class GradeDialog(FittingDialog):
    """Asks for the grade of a file.

    `done` is called with the SHA-256 and a sentence once the grade is recorded. `opened` says whether the person had the file
    open on the page.
    """

    def __init__(
        self, api: Api, runner: Runner, report_id: str, file: ShowFile, *, parent: QWidget, done: Done, opened: bool = True
    ) -> None:
        super().__init__(parent)
        self._api, self._runner, self._report_id, self._file, self._done = api, runner, report_id, file, done
        self._like = [other for other in file.alike if other.tier == "match"][:MOST_LIKE]
        self.answer: GradeAnswer | None = None
        self.grades = QButtonGroup(self)
        self.grades.setExclusive(False)
        self.ticks: list[QCheckBox] = []
        self.answers: list[tuple[str, GradeAnswer]] = []
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("What the file shows"))
        self.for_court = QCheckBox(tr("For court: a second person grades it without seeing this grade"))
        self.settle = QCheckBox(tr("Lead's decision between the two grades"))
        self.problem = label("", "bad", wrap=True)
        self.record = KeyButton(tr("Record"), tr("Enter"), kind="primary", on=self.accept)
        self._build(opened)
        self.record.setEnabled(False)

    def _build(self, opened: bool) -> None:
        """Lays out the grades, the similar images and the options."""
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(tr("What does {file} show?", file=report_words.file_name(self._file)), "title"))
        copies = len(self._file.seen_in) + 1
        if copies > 1:
            covers = trn(
                "One verdict covers the same bytes in {n} report.", "One verdict covers the same bytes in {n} reports.", copies
            )
            whole.addWidget(label(covers, wrap=True))
        if not opened:
            said = tr("You have not viewed this file; a grade states that you did.")
            whole.addWidget(label(said, "warn", wrap=True))
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(6)
        left.addWidget(label(tr("It shows"), "heading"))
        for letter, grade, words in LETTERS:
            self._add_answer(left, letter, word(words), GradeAnswer(grade=grade))
        left.addStretch(1)
        self._fill_right(right)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addLayout(left, 2)
        both.addLayout(right, 3)
        whole.addLayout(both)
        whole.addWidget(self.for_court)
        self.settle.setVisible(self._api.may(Right.ASSIGN) and self._file.verdict.grade_state in (DISAGREE, GRADE_UNREADABLE))
        whole.addWidget(self.settle)
        whole.addWidget(self.problem)
        cancel = KeyButton.for_way_back(tr("Cancel"), self.reject)
        whole.addLayout(row(label(tr("Can be undone with {key}", key=ltr("Ctrl Z")), "small"), None, cancel, self.record))
        self.resize(760, 0)

    def _fill_right(self, right: QVBoxLayout) -> None:
        """Lists the grade that can be inherited, and the similar images."""
        seen = next((other for other in self._like if other.seen), None)
        if seen is not None and self._file.verdict.grade is None:
            right.addWidget(label(tr("Or without viewing"), "heading"))
            said = tr(
                "Use grade “{grade}” of {file}, distance {n}",
                grade=word(seen.graded or ""),
                file=ltr(seen.sha256[:12]),
                n=seen.distance,
            )
            self._add_answer(right, TAKE_OVER, said, GradeAnswer(seen=seen.sha256))
            right.addWidget(label(report_words.reason(seen.grade or NOTHING), "small", wrap=True))
        right.addWidget(label(tr("Also apply to similar images (tick each)"), "heading"))
        if not self._like:
            right.addWidget(label(tr("Nothing in this store matches it."), "muted", wrap=True))
        for number, other in enumerate(self._like, 1):
            self._add_similar(right, number, other)
        right.addStretch(1)

    def _add_answer(self, column: QVBoxLayout, letter: str, words: Safe, answer: GradeAnswer) -> None:
        """Adds a button for an answer."""
        button = ChoiceButton(letter, words)
        button.clicked.connect(lambda: self.choose(answer))
        self.grades.addButton(button)
        self.answers.append((letter, answer))
        column.addWidget(button)

    def _add_similar(self, column: QVBoxLayout, number: int, other: MatchingFile) -> None:
        """Adds a similar image with a tick box; an image that was viewed keeps its own grade."""
        where = report_words.listed(ltr(report) for report in other.reports[:2]) if other.reports else tr("in no report")
        tick = QCheckBox(report_words.listed([where, ltr(other.sha256[:8]), tr("distance {n}", n=other.distance)]))
        self.ticks.append(tick)
        column.addLayout(row(cap(str(number)), tick, None))
        tick.setEnabled(not other.seen)
        if other.seen:
            beside = tr(
                "{grade}, {who}: its own grade stays",
                grade=word(other.graded or ""),
                who=report_words.reason(other.grade or NOTHING),
            )
        else:
            beside = tr("will state: grade from this image, distance {n} ({how})", n=other.distance, how=describe_way(other.way))
        column.addWidget(label(beside, "small", wrap=True))

    # Choosing

    def choose(self, answer: GradeAnswer) -> None:
        """Chooses an answer and checks its button."""
        self.answer = answer
        for button, (_, of) in zip(self.grades.buttons(), self.answers, strict=True):
            button.setChecked(of == answer)
            if of == answer:
                button.setFocus()
        self.record.setEnabled(True)

    def ticked_files(self) -> list[str]:
        """Returns the SHA-256 of the ticked similar images."""
        return [other.sha256 for other, tick in zip(self._like, self.ticks, strict=True) if tick.isChecked()]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses a grade by letter, ticks an image by number, and records on Enter."""
        pressed = event.text().upper()
        answer = next((of for letter, of in self.answers if letter == pressed), None)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif answer is not None:
            self.choose(answer)
        elif pressed.isdecimal() and 1 <= int(pressed) <= len(self.ticks):
            tick = self.ticks[int(pressed) - 1]
            tick.setChecked(tick.isEnabled() and not tick.isChecked())
        else:
            super().keyPressEvent(event)

    # Recording

    def accept(self) -> None:
        """Records the grade in the background, or says that none is chosen."""
        answer, sha256 = self.answer, self._file.sha256
        if answer is None or sha256 is None:
            self.problem.setText(tr("Choose what it shows."))
            return
        ticked = self.ticked_files()
        court, settle = self.for_court.isChecked(), self.settle.isChecked()

        def record() -> GradeState:
            """Stores the grade, or inherits it from a similar image."""
            if answer.seen is not None:
                return self._api.inherit_grade(self._report_id, sha256, answer.seen)
            grade = answer.grade or Grade.OTHER
            return self._api.grade(self._report_id, sha256, grade.value, also=ticked, for_court=court, settle=settle)

        self.setEnabled(False)
        self._runner.do(
            lambda _progress, _cancel: record(),
            self._recorded,
            changes=changes_of_grade(self._file, self._report_id),
            owner=self,
            failed=self._failed,
        )

    def _recorded(self, state: GradeState) -> None:
        """Announces the recorded grade and closes the dialog."""
        undo = ltr("Ctrl Z")
        said = tr("Recorded: {waits}. Undo: {key}", waits=word(state.state), key=undo)
        if (grade := state.grade) is not None:
            said = trn(
                "Graded {grade}, for {n} copy of the bytes. Undo: {key}",
                "Graded {grade}, for {n} copies of the bytes. Undo: {key}",
                state.copies,
                grade=word(grade),
                key=undo,
            )
        self._done(state.sha256, said)
        super().accept()

    def _failed(self, sentence: str) -> None:
        """Shows why the grade could not be recorded."""
        self.setEnabled(True)
        self.problem.setText(sentence)
