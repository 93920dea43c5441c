"""Defines the dialogs that change a case: its register numbers, stage, officer and reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from triage.model.casework import CaseView, NumberKind, Stage
from triage.model.damage import read_word
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.graph.cluster_dialog import Joined
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import label
from triage.ui.text.case_words import day_words
from triage.ui.text.i18n import Safe, ltr, searchable, tr, word

Done = Callable[[CaseView], None]


class NumberDialog(FormDialog):
    """Adds to a case the number under which a register keeps it.

    The keys 1 to 8 choose the register while no text field has the focus.
    """

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
        self.value = NamedField(tr("Number, as written there"))
        self.form.addWidget(self.value.holder)
        self._kinds.buttons()[0].setFocus()

    def choose(self, kind: NumberKind) -> None:
        """Chooses the register, and moves the focus to the number field."""
        self.kind = kind
        for button, of in zip(self._kinds.buttons(), NumberKind, strict=True):
            button.setChecked(of is kind)
        self.value.setFocus()

    def work(self) -> Callable[[], CaseView] | None:
        """Returns the call that stores the number, or None when the register or the number is missing."""
        kind, value = self.kind, self.value.get_text()
        if kind is None or value is None:
            self.problem.setText(tr("Choose the register and enter the number as written there."))
            return None
        return lambda: self._api.set_case_number(self._case.number, kind.value, value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses a register by its number key."""
        kinds, pressed = tuple(NumberKind), event.text()
        if pressed.isdecimal() and pressed.isascii() and 1 <= int(pressed) <= len(kinds):
            self.choose(kinds[int(pressed) - 1])
        else:
            super().keyPressEvent(event)


class StageDialog(FormDialog):
    """Sets the stage of a case, its deadline and a note.

    Recording the current stage again only changes its deadline. The keys 1 to 7 choose a stage.
    """

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Done) -> None:
        title = tr("Stage of case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Record"))
        self._api, self._case = api, case
        self.changes = Changed(reports=frozenset(case.reports))
        self.stage = read_word(Stage, case.stage)
        self._stages = QButtonGroup(self)
        self.form.setSpacing(4)
        for at, stage in enumerate(Stage):
            here = tr("{stage} (current)", stage=word(stage.value)) if stage is self.stage else word(stage.value)
            button = ChoiceButton(ltr(str(at + 1)), here)
            button.clicked.connect(partial(self.choose, stage))
            self._stages.addButton(button)
            self.form.addWidget(button)
        self.due = NamedField(tr("Day by which the stage should be complete"), "2026-12-31")
        self.form.addWidget(self.due.holder)
        if (now := case.stages[-1]).due is not None:
            self.form.addWidget(label(tr("now {day}", day=day_words(now.due)), "small"))
        hint = tr("Blank: the standard deadline of the stage, if there is one.")
        self.form.addWidget(label(hint, "small", wrap=True))
        self.note = QPlainTextEdit()
        self.note.setProperty("kind", "note")
        self.note.setMaximumHeight(64)
        self.note.setTabChangesFocus(True)
        self.form.addWidget(label_field(tr("Note"), self.note))
        if self.stage is not None:
            self.choose(self.stage)

    def choose(self, stage: Stage) -> None:
        """Chooses a stage, and checks and focuses its button."""
        self.stage = stage
        for button, of in zip(self._stages.buttons(), Stage, strict=True):
            button.setChecked(of is stage)
            if of is stage:
                button.setFocus()

    def work(self) -> Callable[[], CaseView] | None:
        """Returns the call that records the stage, the deadline and the note."""
        stage, due, note = self.stage, self.due.get_text(), self.note.toPlainText().strip() or None
        if stage is None:
            self.problem.setText(tr("The stored stage can't be read; choose a stage."))
            return None
        return lambda: self._api.set_case_stage(self._case.number, stage.value, due=due, note=note)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses a stage by its number key."""
        stages, pressed = tuple(Stage), event.text()
        if pressed.isdecimal() and pressed.isascii() and 1 <= int(pressed) <= len(stages):
            self.choose(stages[int(pressed) - 1])
        else:
            super().keyPressEvent(event)


class OfficerDialog(FormDialog):
    """Assigns a case to an officer.

    Without the right to assign, a person can only choose themselves.
    """

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Done) -> None:
        title = tr("Officer of case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Assign"))
        self._api, self._case = api, case
        now = tr("Not assigned.") if case.officer is None else tr("Assigned to {name}.", name=case.officer)
        self.form.addWidget(label(now, "muted"))
        self.who = QComboBox()
        self.form.addWidget(label_field(tr("Assign to"), self.who))
        if not api.may(Right.ASSIGN):
            self.form.addWidget(label(tr("Only a lead can assign reports to others."), "small", wrap=True))
        runner.ask(api.user_names, self._users, owner=self, failed=self._failed, about="users")
        self.who.setFocus()

    def _users(self, names: tuple[str, ...]) -> None:
        """Fills the list of officers: the person's own name first, others only for a lead."""
        own = self._api.user.name
        others = sorted(name for name in names if name != own) if self._api.may(Right.ASSIGN) else []
        for name in (own, *others):
            self.who.addItem(searchable(tr("{name} (you)", name=name) if name == own else name), name)

    def work(self) -> Callable[[], CaseView] | None:
        """Returns the call that assigns the case, or None while no name is chosen."""
        officer: str | None = self.who.currentData()
        if officer is None:
            return None
        return lambda: self._api.set_case_officer(self._case.number, officer)


class ReportsDialog(FormDialog):
    """Adds reports to a case by their numbers. `done` takes the case, and where each report was before."""

    def __init__(self, api: Api, runner: Runner, case: CaseView, *, parent: QWidget, done: Joined) -> None:
        title = tr("Reports for case {number}", number=ltr(case.number))
        super().__init__(runner, title, parent=parent, done=lambda made: done(*made), record=tr("Add"))
        self._api, self._case = api, case
        self.numbers = QLineEdit()
        self.numbers.setPlaceholderText("900000001 900000002")
        self.form.addWidget(label_field(tr("Report numbers, separated by spaces"), self.numbers))
        hint = tr("A report can be in one case only: adding it here removes it from its current case.")
        self.form.addWidget(label(hint, "small", wrap=True))
        self.numbers.setFocus()

    def work(self) -> Callable[[], tuple[CaseView, dict[str, str | None]]] | None:
        """Returns the call that adds the reports, or None when no number was entered."""
        wanted = tuple(dict.fromkeys(self.numbers.text().replace(",", " ").replace("،", " ").split()))
        if not wanted:
            self.problem.setText(Safe(tr("Enter at least one number.")))
            return None
        self.changes = Changed(reports=frozenset(wanted))

        def add() -> tuple[CaseView, dict[str, str | None]]:
            before = self._api.cases_of_reports(wanted)
            return self._api.add_to_case(self._case.number, wanted), before

        return add
