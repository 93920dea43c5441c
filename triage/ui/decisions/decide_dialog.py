"""D: what becomes of a report, and why. A letter chooses the status, a number the reason, Enter records it; Ctrl+Z undoes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
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
from triage.model.views import Status
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.widgets import KeyButton, cap, clear, label, row
from triage.ui.text import words
from triage.ui.text.i18n import Safe, ltr, tr, word

Done = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """A status, its letter, and the reasons that practice gives for it, in the order of their numbers."""

    status: Status
    letter: str
    reasons: tuple[str, ...]


CHOICES: tuple[Choice, ...] = (
    Choice("in_progress", "P", REASONS["in_progress"]),
    Choice("case_opened", "O", REASONS["case_opened"]),
    Choice("referred", "R", REASONS["referred"]),
    Choice("on_hold", "H", REASONS["on_hold"]),
    Choice("closed", "C", REASONS["closed"]),
    Choice("new", "N", REASONS["new"]),
)
REASON_KEYS = "1234567890STUV"
"""Numbers, then letters that no status has."""
IN_A_COLUMN = 7
"""More reasons stand in a second column, so that the dialog fits on a low screen."""


class ChoiceButton(QPushButton):
    """A key, then its words, in one line."""

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
        layout = self.layout()
        return QSize(0 if layout is None else layout.sizeHint().width(), 36)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class DecideDialog(QDialog):
    """`done(decision id, report number)` once it is recorded. A reason is needed; the note and the assignee are not."""

    def __init__(self, api: Api, runner: Runner, report_id: str, *, parent: QWidget, done: Done) -> None:
        super().__init__(parent)
        self._api, self._runner, self._report_id, self._done = api, runner, report_id, done
        self._choice: Choice | None = None
        self._reason: str | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Decide on {report}", report=ltr(report_id)))
        self._statuses, self._reasons = QButtonGroup(self), QButtonGroup(self)
        self.note = QPlainTextEdit()
        self.assignee = QComboBox()
        self.problem = label("", "bad", wrap=True)
        self.record = KeyButton(tr("Record"), tr("Enter"), kind="primary", on=self.accept)
        self._build()
        self._runner.ask(api.user_names, self._users, owner=self, failed=lambda _: None)
        self._state()

    def _build(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(12)
        whole.addWidget(label(tr("Decide on {report}", report=ltr(self._report_id)), "title"))
        left, self._right = QVBoxLayout(), QVBoxLayout()
        for column in (left, self._right):
            column.setSpacing(6)
        left.addWidget(label(tr("Outcome"), "heading"))
        for choice in CHOICES:
            button = ChoiceButton(choice.letter, words.status(choice.status))
            button.clicked.connect(lambda _=False, choice=choice: self.choose(choice))
            self._statuses.addButton(button)
            left.addWidget(button)
        left.addStretch(1)
        both = QHBoxLayout()
        both.setSpacing(20)
        both.addLayout(left, 2)
        both.addLayout(self._right, 4)
        whole.addLayout(both)
        whole.addLayout(row(label(tr("Note"), "heading"), label(tr("stays in the store, and can be erased"), "small"), None))
        self.note.setProperty("kind", "note")
        self.note.setMaximumHeight(80)
        self.note.setTabChangesFocus(True)
        self.note.setAccessibleName(tr("Note"))
        whole.addWidget(self.note)
        self.assignee.addItem(tr("as before"), None)
        self.assignee.setMinimumWidth(180)
        self.assignee.setAccessibleName(tr("Assign to"))
        whole.addLayout(row(label(tr("Assign to"), "muted"), self.assignee, None))
        whole.addWidget(self.problem)
        cancel = KeyButton(tr("Cancel"), tr("Esc"), kind="quiet", on=self.reject)
        whole.addLayout(row(label(tr("Can be undone with {key}", key=ltr("Ctrl Z")), "small"), None, cancel, self.record))
        self._show_reasons()
        self.resize(760, 0)

    def _users(self, names: tuple[str, ...]) -> None:
        own = self._api.user.name
        others = [name for name in names if name != own] if self._api.may(Right.ASSIGN) else []
        for name in (own, *others):
            self.assignee.addItem(tr("{name} (you)", name=name) if name == own else ltr(name), name)

    # Choosing

    def choose(self, choice: Choice) -> None:
        self._choice, self._reason = choice, None
        for button, of in zip(self._statuses.buttons(), CHOICES, strict=True):
            button.setChecked(of is choice)
            if of is choice:
                button.setFocus()
        self._show_reasons()
        self._state()

    def choose_reason(self, reason: str) -> None:
        self._reason = reason
        if self._choice is not None:
            for button, of in zip(self._reasons.buttons(), self._choice.reasons, strict=True):
                button.setChecked(of == reason)
                if of == reason:
                    button.setFocus()
        self._state()

    def _show_reasons(self) -> None:
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

    def _state(self) -> None:
        self.record.setEnabled(self._choice is not None and self._reason is not None)

    # Keys: letters and numbers while no text is being written

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = event.text().upper()
        choice = next((entry for entry in CHOICES if entry.letter == pressed), None)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif choice is not None:
            self.choose(choice)
        elif self._choice is not None and pressed and pressed in REASON_KEYS[: len(self._choice.reasons)]:
            self.choose_reason(self._choice.reasons[REASON_KEYS.index(pressed)])
        else:
            super().keyPressEvent(event)

    # Recording

    def accept(self) -> None:
        if self._choice is None or self._reason is None:
            self.problem.setText(tr("Choose an outcome and a reason."))
            return
        status, reason = self._choice.status, self._reason
        note = self.note.toPlainText().strip() or None
        assignee: str | None = self.assignee.currentData()
        report_id = self._report_id
        self.setEnabled(False)
        self._runner.do(
            lambda _progress, _cancel: self._api.decide(report_id, status=status, reason=reason, note=note, assignee=assignee),
            self._recorded,
            changes=Changed(reports=frozenset({report_id})),
            owner=self,
            failed=self._failed,
        )

    def _recorded(self, decision_id: int) -> None:
        self._done(decision_id, self._report_id)
        super().accept()

    def _failed(self, sentence: str) -> None:
        self.setEnabled(True)
        self.problem.setText(Safe(sentence))
