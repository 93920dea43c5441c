"""A: who has a report. A number chooses, Enter records it; Ctrl+Z undoes it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QDialog, QLineEdit, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.kit.widgets import KeyButton, clear, label, row
from triage.ui.text.i18n import isolated, ltr, tr

MOST_SHOWN = 9


class AssignDialog(QDialog):
    """`done(decision id, report number)` once it is recorded. Who is no lead may only take a report for themselves."""

    def __init__(
        self,
        api: Api,
        runner: Runner,
        report_id: str,
        *,
        parent: QWidget,
        current: str | None,
        done: Callable[[int, str], None],
    ) -> None:
        super().__init__(parent)
        self._api, self._runner, self._report_id, self._current, self._done = api, runner, report_id, current, done
        self._names: tuple[str, ...] = ()
        self._shown: list[str] = []
        self.chosen: str | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Assign {report}", report=ltr(report_id)))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(24, 20, 24, 20)
        whole.setSpacing(10)
        whole.addWidget(label(tr("Assign {report}", report=ltr(report_id)), "title"))
        now = tr("Not assigned.") if current is None else tr("Assigned to {name}.", name=isolated(current))
        whole.addWidget(label(now, "muted"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a name"))
        self.search.setAccessibleName(tr("Find a name"))
        self.search.textChanged.connect(self._show)
        self.search.setVisible(False)
        whole.addWidget(self.search)
        self._group = QButtonGroup(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        whole.addLayout(self._list)
        if not api.may(Right.ASSIGN):
            whole.addWidget(label(tr("Only a lead can assign reports to others."), "small", wrap=True))
        self.problem = label("", "bad", wrap=True)
        whole.addWidget(self.problem)
        self.record = KeyButton(tr("Assign"), tr("Enter"), kind="primary", on=self.accept)
        cancel = KeyButton(tr("Cancel"), tr("Esc"), kind="quiet", on=self.reject)
        whole.addLayout(row(None, cancel, self.record))
        self.resize(420, 0)
        self.record.setEnabled(False)
        runner.ask(api.user_names, self._users, owner=self, failed=self._failed)

    def _users(self, names: tuple[str, ...]) -> None:
        own = self._api.user.name
        others = sorted(name for name in names if name != own) if self._api.may(Right.ASSIGN) else []
        self._names = (own, *others)
        self.search.setVisible(len(self._names) > MOST_SHOWN)
        self._show()

    def _show(self) -> None:
        """The first names that hold what was typed; the search narrows down the rest."""
        wanted = self.search.text().strip().lower()
        self._shown = [name for name in self._names if wanted in name.lower()][:MOST_SHOWN]
        for button in self._group.buttons():
            self._group.removeButton(button)
        clear(self._list)
        for number, name in enumerate(self._shown, 1):
            said = tr("{name} (you)", name=name) if name == self._api.user.name else ltr(name)
            button = ChoiceButton(ltr(str(number)), said)
            button.clicked.connect(lambda _=False, name=name: self.choose(name))
            self._group.addButton(button)
            self._list.addWidget(button)
        if not self._shown:
            self._list.addWidget(label(tr("No user has this name."), "muted"))
        if self._shown:
            self.choose(self._shown[0])

    def choose(self, name: str) -> None:
        self.chosen = name
        for button, of in zip(self._group.buttons(), self._shown, strict=True):
            button.setChecked(of == name)
            if of == name and not self.search.hasFocus():
                button.setFocus()
        self.record.setEnabled(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pressed = event.text()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif step and self.chosen in self._shown:
            self.choose(self._shown[(self._shown.index(self.chosen) + step) % len(self._shown)])
        elif pressed.isdecimal() and 1 <= int(pressed) <= len(self._shown):
            self.choose(self._shown[int(pressed) - 1])
        else:
            super().keyPressEvent(event)

    def accept(self) -> None:
        name, report_id = self.chosen, self._report_id
        if name is None:
            return
        self.setEnabled(False)
        self._runner.do(
            lambda _progress, _cancel: self._api.decide(report_id, assignee=name),
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
        self.problem.setText(sentence)
