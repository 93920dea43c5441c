"""Defines the dialog that assigns a report to an officer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Changed, Runner
from triage.ui.decisions.decide_dialog import ChoiceButton
from triage.ui.kit.widgets import clear, label
from triage.ui.text.i18n import isolated, ltr, tr

MOST_SHOWN = 9  # names: the keys 1 to 9 choose them


class AssignDialog(FormDialog):
    """Asks who should work on a report.

    `done` is called with the decision id and the report number once the assignment is recorded. Without the right to assign,
    a person can only choose themselves.
    """

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
        title = tr("Assign {report}", report=ltr(report_id))
        super().__init__(runner, title, parent=parent, done=lambda decision_id: done(decision_id, report_id), record=tr("Assign"))
        self._api, self._report_id = api, report_id
        self.changes = Changed(reports=frozenset({report_id}))
        self._names: tuple[str, ...] = ()
        self._shown: list[str] = []
        self.chosen: str | None = None
        now = tr("Not assigned.") if current is None else tr("Assigned to {name}.", name=isolated(current))
        self.present = label(now, "muted")
        self.form.addWidget(self.present)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a name"))
        self.search.setAccessibleName(tr("Find a name"))
        self.search.textChanged.connect(self._list_names)
        self.search.setVisible(False)
        self.form.addWidget(self.search)
        self._group = QButtonGroup(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self.form.addLayout(self._list)
        if not api.may(Right.ASSIGN):
            self.form.addWidget(label(tr("Only a lead can assign reports to others."), "small", wrap=True))
        self.record.setEnabled(False)
        runner.ask(api.user_names, self._users, owner=self, failed=self._failed, about="users")

    def _users(self, names: tuple[str, ...]) -> None:
        """Stores the names that may be chosen: the person's own first, others only for a lead."""
        own = self._api.user.name
        others = sorted(name for name in names if name != own) if self._api.may(Right.ASSIGN) else []
        self._names = (own, *others)
        self.search.setVisible(len(self._names) > MOST_SHOWN)
        self._list_names()

    def _list_names(self) -> None:
        """Lists the first nine names that contain the search text."""
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
            button.show()  # the layout would show it later, and until then it takes no focus
        if self._shown:
            self.choose(self._shown[0])
        else:
            self.chosen = None
            self.record.setEnabled(False)
            self._list.addWidget(label(tr("No user has this name."), "muted"))

    def choose(self, name: str) -> None:
        """Chooses a name and checks its button."""
        self.chosen = name
        for button, of in zip(self._group.buttons(), self._shown, strict=True):
            button.setChecked(of == name)
            if of == name and not self.search.hasFocus():
                button.setFocus()
        self.record.setEnabled(True)

    def work(self) -> Callable[[], int] | None:
        """Returns the call that records the assignment, or None while no name is chosen."""
        name, report_id = self.chosen, self._report_id
        return None if name is None else lambda: self._api.decide(report_id, assignee=name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Chooses by number or arrow key, and records on Enter."""
        pressed = event.text()
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if step and self.chosen in self._shown:
            self.choose(self._shown[(self._shown.index(self.chosen) + step) % len(self._shown)])
        elif pressed.isdecimal() and 1 <= int(pressed) <= len(self._shown):
            self.choose(self._shown[int(pressed) - 1])
        else:
            super().keyPressEvent(event)
