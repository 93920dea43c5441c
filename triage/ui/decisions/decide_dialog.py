"""Defines the dialog that records a report's outcome with a reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from triage.model.casework import REASONS
from triage.model.users import Right
from triage.model.views import ShowReport, Status
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.close_question import ASKED_BANDS, CloseQuestion
from triage.ui.kit.widgets import cap, clear, label, row
from triage.ui.text import words
from triage.ui.text.i18n import ltr, searchable, tr, word

Done = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class OutcomeChoice:
    """Describes one status: its letter and its reasons in the order of their keys."""

    status: Status
    letter: str
    reasons: tuple[str, ...]


CHOICES: tuple[OutcomeChoice, ...] = (
    OutcomeChoice("in_progress", "P", REASONS["in_progress"]),
    OutcomeChoice("case_opened", "O", REASONS["case_opened"]),
    OutcomeChoice("referred", "R", REASONS["referred"]),
    OutcomeChoice("on_hold", "H", REASONS["on_hold"]),
    OutcomeChoice("closed", "C", REASONS["closed"]),
    OutcomeChoice("new", "N", REASONS["new"]),
)
REASON_KEYS = "1234567890STUV"
"""Numbers, then letters that no status has."""
IN_A_COLUMN = 7
"""More reasons stand in a second column, so that the dialog fits on a low screen."""


class ChoiceButton(QPushButton):
    """Is a checkable button that shows a key and its meaning in one line."""

    def __init__(self, key_cap: str, text: str) -> None:
        super().__init__()
        self.setProperty("kind", "step")
        self.setCheckable(True)
        self.setAutoDefault(False)
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 0, 10, 0)
        line.setSpacing(8)
        for part in (cap(key_cap), label(text)):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            line.addWidget(part)
        line.addStretch(1)

    def sizeHint(self) -> QSize:
        """Returns the width of the content and a height of 36 pixels."""
        layout = self.layout()
        return QSize(0 if layout is None else layout.sizeHint().width(), 36)

    def minimumSizeHint(self) -> QSize:
        """Returns the same size as `sizeHint`."""
        return self.sizeHint()


class DecideDialog(FormDialog):
    """Asks for the outcome of a report, with a reason, an optional note and an optional assignee.

    `status` is the report's present one; None where there are several reports. A report that is new is not taken back to the
    queue. `done` is called with the decision id and the report number once the decision is recorded.
    """

    def __init__(self, api: Api, runner: Runner, report_id: str, *, status: Status | None, parent: QWidget, done: Done) -> None:
        title = tr("Decide on {report}", report=ltr(report_id))
        super().__init__(runner, title, parent=parent, done=lambda decision_id: done(decision_id, report_id), record=tr("Record"))
        self._api, self._report_id = api, report_id
        self.changes = Changed(reports=frozenset({report_id}))
        self._choices = tuple(each for each in CHOICES if status != "new" or each.status != "new")
        self._choice: OutcomeChoice | None = None
        self._reason: str | None = None
        self._statuses, self._reasons = QButtonGroup(self), QButtonGroup(self)
        self.question: CloseQuestion | None = None
        self.note = QPlainTextEdit()
        self.assignee = QComboBox()
        self._build()
        runner.ask(api.user_names, self._users, owner=self, failed=lambda _: None, about="users")
        self._update_button()

    def _build(self) -> None:
        """Lays out the outcomes, the reasons, the note and the buttons."""
        self.form.setSpacing(12)
        left, self._right = QVBoxLayout(), QVBoxLayout()
        for column in (left, self._right):
            column.setSpacing(6)
        left.addWidget(label(tr("Outcome"), "heading"))
        for choice in self._choices:
            button = ChoiceButton(choice.letter, words.status(choice.status))
            button.clicked.connect(lambda _=False, choice=choice: self.choose(choice))
            self._statuses.addButton(button)
            left.addWidget(button)
        left.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addLayout(left, 2)
        both.addLayout(self._right, 4)
        self.form.addLayout(both)
        self.form.addLayout(row(label(tr("Note"), "heading"), label(tr("stays in the store, and can be erased"), "small"), None))
        self.note.setProperty("kind", "note")
        self.note.setMaximumHeight(80)
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName(tr("Note"))
        self.form.addWidget(self.note)
        self.assignee.addItem(tr("as before"), None)
        self.assignee.setMinimumWidth(180)
        self.assignee.setAccessibleName(tr("Assign to"))
        undo = label(tr("Can be undone with {key}", key=ltr("Ctrl Z")), "small")
        self.form.addLayout(row(label(tr("Assign to"), "muted"), self.assignee, None, undo))
        self._show_reasons()
        self.resize(760, 0)

    def _users(self, names: tuple[str, ...]) -> None:
        """Fills the list of assignees: the person's own name first, others only for a lead."""
        own = self._api.user.name
        others = [name for name in names if name != own] if self._api.may(Right.ASSIGN) else []
        for name in (own, *others):
            self.assignee.addItem(searchable(tr("{name} (you)", name=name) if name == own else name), name)

    # Choosing

    def choose(self, choice: OutcomeChoice) -> None:
        """Chooses an outcome and shows its reasons."""
        self._choice, self._reason = choice, None
        for button, of in zip(self._statuses.buttons(), self._choices, strict=True):
            button.setChecked(of is choice)
            if of is choice:
                button.setFocus()
        self._show_reasons()
        self._update_button()

    def choose_reason(self, reason: str) -> None:
        """Chooses a reason and checks its button."""
        self._reason = reason
        if self._choice is not None:
            for button, of in zip(self._reasons.buttons(), self._choice.reasons, strict=True):
                button.setChecked(of == reason)
                if of == reason:
                    button.setFocus()
        self._update_button()

    def _show_reasons(self) -> None:
        """Shows the reasons of the chosen outcome, with a key for each."""
        for button in self._reasons.buttons():
            self._reasons.removeButton(button)
        clear(self._right)
        self._right.addWidget(label(tr("Why"), "heading"))
        if self._choice is None:
            self._right.addWidget(label(tr("Choose an outcome, then a reason."), "muted", wrap=True))
        else:
            grid = QGridLayout()
            grid.setSpacing(6)
            for place, (key, reason) in enumerate(zip(REASON_KEYS, self._choice.reasons, strict=False)):
                button = ChoiceButton(ltr(key), word(reason))
                button.clicked.connect(lambda _=False, reason=reason: self.choose_reason(reason))
                self._reasons.addButton(button)
                across, down = divmod(place, IN_A_COLUMN)
                grid.addWidget(button, down, across)
            self._right.addLayout(grid)
        self._right.addStretch(1)

    def _update_button(self) -> None:
        """Enables recording once an outcome and a reason are chosen."""
        self.record.setEnabled(self._choice is not None and self._reason is not None)

    # Keys: letters and numbers while no text is being written

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses an outcome or a reason by its key, and records on Enter."""
        pressed = event.text().upper()
        choice = next((entry for entry in self._choices if entry.letter == pressed), None)
        if choice is not None:
            self.choose(choice)
        elif self._choice is not None and pressed and pressed in REASON_KEYS[: len(self._choice.reasons)]:
            self.choose_reason(self._choice.reasons[REASON_KEYS.index(pressed)])
        else:
            super().keyPressEvent(event)

    # Recording

    def accept(self) -> None:
        """Records the decision. Closing a report of band A or B first states its facts and asks a second time."""
        if self._choice is None or self._choice.status != "closed" or self._reason is None:
            super().accept()
            return
        self.setEnabled(False)
        self._runner.ask(
            lambda: self._api.show(self._report_id), self._ask_again, owner=self, failed=self._failed, about="report"
        )

    def _ask_again(self, report: ShowReport) -> None:
        """Asks the second question when the report is grave, else records at once."""
        self.setEnabled(True)
        if report.score.band not in ASKED_BANDS or self._reason is None:
            super().accept()
            return
        self.question = CloseQuestion(report, self._reason, parent=self)
        self.question.confirmed.connect(super().accept)
        self.question.open()

    def work(self) -> Callable[[], int] | None:
        """Returns the call that records the decision, or None and says that a choice is missing."""
        if self._choice is None or self._reason is None:
            self.problem.setText(tr("Choose an outcome and a reason."))
            return None
        status, reason = self._choice.status, self._reason
        note = self.note.toPlainText().strip() or None
        assignee: str | None = self.assignee.currentData()
        report_id = self._report_id
        return lambda: self._api.decide(report_id, status=status, reason=reason, note=note, assignee=assignee)
