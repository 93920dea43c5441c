"""What is written down in a case: a number of a register, its stage with a day, its officer, more reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from triage.model.casework import CaseView, NumberKind, Stage
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.kit.fields import Field, named
from triage.ui.kit.widgets import label
from triage.ui.text.case_words import day_words
from triage.ui.text.i18n import Safe, ltr, tr, word

Done = Callable[[CaseView], None]


class NumberDialog(FormDialog):
    """N: the number under which a register keeps the case. 1 to 8 choose the register while no number is being written."""

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Done) -> None:
        title = tr("Number for case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Add"))
        self._api, self._case = api, case
        self.kind: NumberKind | None = None
        self._kinds = QButtonGroup(self)
        grid = QGridLayout()
        grid.setSpacing(6)
        for at, kind in enumerate(NumberKind):
            button = ChoiceButton(ltr(str(at + 1)), word(kind.value))
            button.clicked.connect(partial(self.choose, kind))
            self._kinds.addButton(button)
            grid.addWidget(button, at % 4, at // 4)
        self.form.addWidget(label(tr("Register"), "heading"))
        self.form.addLayout(grid)
        self.value = Field(tr("Number, as written there"))
        self.form.addWidget(self.value.holder)
        self._kinds.buttons()[0].setFocus()

    def choose(self, kind: NumberKind) -> None:
        self.kind = kind
        for button, of in zip(self._kinds.buttons(), NumberKind, strict=True):
            button.setChecked(of is kind)
        self.value.setFocus()

    def work(self) -> Callable[[], CaseView] | None:
        kind, value = self.kind, self.value.said()
        if kind is None or value is None:
            self.problem.setText(tr("Choose the register and enter the number as written there."))
            return None
        return lambda: self._api.set_case_number(self._case.number, kind.value, value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        kinds, pressed = tuple(NumberKind), event.text()
        if pressed.isdecimal() and pressed.isascii() and 1 <= int(pressed) <= len(kinds):
            self.choose(kinds[int(pressed) - 1])
        else:
            super().keyPressEvent(event)


class StageDialog(FormDialog):
    """S: the stage a case is at; the same stage again only sets its day. 1 to 7 choose it."""

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Done) -> None:
        title = tr("Stage of case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record"))
        self._api, self._case = api, case
        self.changes = Changed(reports=frozenset(case.reports))
        self.stage = Stage(case.stage)
        self._stages = QButtonGroup(self)
        for at, stage in enumerate(Stage):
            here = tr("{stage} (current)", stage=word(stage.value)) if stage is self.stage else word(stage.value)
            button = ChoiceButton(ltr(str(at + 1)), here)
            button.clicked.connect(partial(self.choose, stage))
            self._stages.addButton(button)
            self.form.addWidget(button)
        self.due = Field(tr("Day by which the stage should be complete"), "2026-12-31")
        self.form.addWidget(self.due.holder)
        if (now := case.stages[-1]).due is not None:
            self.form.addWidget(label(tr("now {day}", day=day_words(now.due)), "small"))
        hint = tr("Blank: the standard deadline of the stage, if there is one.")
        self.form.addWidget(label(hint, "small", wrap=True))
        self.note = QPlainTextEdit()
        self.note.setProperty("kind", "note")
        self.note.setMaximumHeight(64)
        self.note.setTabChangesFocus(True)
        self.form.addWidget(named(tr("Note"), self.note))
        self.choose(self.stage)

    def choose(self, stage: Stage) -> None:
        self.stage = stage
        for button, of in zip(self._stages.buttons(), Stage, strict=True):
            button.setChecked(of is stage)
            if of is stage:
                button.setFocus()

    def work(self) -> Callable[[], CaseView] | None:
        due, note = self.due.said(), self.note.toPlainText().strip() or None
        return lambda: self._api.set_case_stage(self._case.number, self.stage.value, due=due, note=note)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        stages, pressed = tuple(Stage), event.text()
        if pressed.isdecimal() and pressed.isascii() and 1 <= int(pressed) <= len(stages):
            self.choose(stages[int(pressed) - 1])
        else:
            super().keyPressEvent(event)


class OfficerDialog(FormDialog):
    """A: who has the case. Who is no lead takes it for themselves only."""

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Done) -> None:
        title = tr("Officer of case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Assign"))
        self._api, self._case = api, case
        now = tr("Not assigned.") if case.officer is None else tr("Assigned to {name}.", name=case.officer)
        self.form.addWidget(label(now, "muted"))
        self.who = QComboBox()
        self.form.addWidget(named(tr("Assign to"), self.who))
        if not api.may(Right.ASSIGN):
            self.form.addWidget(label(tr("Only a lead can assign reports to others."), "small", wrap=True))
        runner.ask(api.user_names, self._users, owner=self, failed=self._failed)
        self.who.setFocus()

    def _users(self, names: tuple[str, ...]) -> None:
        own = self._api.user.name
        others = sorted(name for name in names if name != own) if self._api.may(Right.ASSIGN) else []
        for name in (own, *others):
            self.who.addItem(tr("{name} (you)", name=name) if name == own else ltr(name), name)

    def work(self) -> Callable[[], CaseView] | None:
        officer: str | None = self.who.currentData()
        if officer is None:
            return None
        return lambda: self._api.set_case_officer(self._case.number, officer)


class ReportsDialog(FormDialog):
    """R: reports that join the case, by their numbers."""

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Done) -> None:
        title = tr("Reports for case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Add"))
        self._api, self._case = api, case
        self.numbers = QLineEdit()
        self.numbers.setPlaceholderText("900000001 900000002")
        self.form.addWidget(named(tr("Report numbers, separated by spaces"), self.numbers))
        hint = tr("A report can be in one case only: adding it here removes it from its current case.")
        self.form.addWidget(label(hint, "small", wrap=True))
        self.numbers.setFocus()

    def work(self) -> Callable[[], CaseView] | None:
        wanted = tuple(dict.fromkeys(self.numbers.text().replace(",", " ").replace("،", " ").split()))
        if not wanted:
            self.problem.setText(Safe(tr("Enter at least one number.")))
            return None
        self.changes = Changed(reports=frozenset(wanted))
        return lambda: self._api.add_to_case(self._case.number, wanted)
