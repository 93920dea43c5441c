"""Defines the dialogs for what papers say of the person who works here and of the agency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from PySide6.QtWidgets import QComboBox, QWidget

from triage.jobs.policy import SETTINGS, OfficePolicy
from triage.message import Message
from triage.model.settings import MAX_TEXT, format_value
from triage.model.users import Officer, Profile, Right
from triage.ui.core.api import Api
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField, label_field
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import Safe, ltr, mark, tr, tr_message, word

PROFILE = {
    "full_name": (mark("Full name"), mark("as it shall stand before a court")),
    "rank": (mark("Rank"), mark("e.g. Inspector")),
    "badge": (mark("Badge number"), ""),
    "post": (mark("Post"), mark("e.g. Cybercrime Circle, Karachi")),
}


class ProfileDialog(FormDialog):
    """Asks a person what papers shall say of them. Everybody states their own."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("About you, for papers"), parent=parent, done=done, record=tr("Record"))
        self._api = api
        self._before: dict[str, str] = {}
        self.fields = {name: _field(word(words), word(hint) if hint else Safe("")) for name, (words, hint) in PROFILE.items()}
        says = tr("Packets, certificates and letters name you so. A blank field is printed as not stated.")
        self.form.addWidget(label(says, "muted", wrap=True))
        self.form.addWidget(label(tr("You sign in as {name}.", name=ltr(api.user.name)), "small", wrap=True))
        for field in self.fields.values():
            self.form.addWidget(field.holder)
        self.agency = label("", "muted", wrap=True)
        self.form.addWidget(self.agency)
        self.record.setEnabled(False)
        runner.ask(api.officer, self._show, owner=self, failed=self._failed, about="officer")

    def _show(self, officer: Officer) -> None:
        """Shows what is stated now."""
        self._before = {field.name: getattr(officer.profile, field.name) for field in fields(Profile)}
        for name, field in self.fields.items():
            field.setText(self._before[name])
        agency = ltr(officer.agency_name) if officer.agency_name else tr("not stated; an administrator sets it")
        self.agency.setText(tr("Agency: {agency}", agency=agency))
        self.record.setEnabled(True)
        self.fields["full_name"].setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that records the changed fields."""
        if not self.record.isEnabled():
            return None
        given = {name: field.get_text() or "" for name, field in self.fields.items()}
        changed = {name: text for name, text in given.items() if text != self._before[name]}
        if not changed:
            self.problem.setText(tr("Nothing was changed."))
            return None
        return lambda: self._api.set_profile(self._api.user.name, changed)


class AgencyDialog(FormDialog):
    """Shows the policy of the office with the texts for papers. An administrator changes it; others read it."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("The agency and its policy"), parent=parent, done=done, record=tr("Record"))
        self._api = api
        self._before: dict[str, str] = {}
        self.fields: dict[str, NamedField | QComboBox] = {}
        may = api.may(Right.POLICY)
        if not may:
            self.form.addWidget(label(tr("An administrator changes this; you see what is in force."), "muted", wrap=True))
        for each in SETTINGS:
            said = tr_message(each.label)
            if each.choices:
                combo = QComboBox()
                for value, words in each.choices.items():
                    combo.addItem(tr_message(words) if isinstance(words, Message) else words, format_value(value))
                combo.setEnabled(may)
                self.fields[each.name] = combo
                self.form.addWidget(label_field(said, combo))
            else:
                field = _field(said)
                field.setReadOnly(not may)
                self.fields[each.name] = field
                self.form.addWidget(field.holder)
        self.resize(560, 0)
        self.record.setVisible(may)
        self.record.setEnabled(False)
        runner.ask(api.office_policy, self._show, owner=self, failed=self._failed, about="policy")

    def _show(self, policy: OfficePolicy) -> None:
        """Shows the values in force."""
        for each in SETTINGS:
            text, field = format_value(getattr(policy, each.field)), self.fields[each.name]
            self._before[each.name] = text
            if isinstance(field, NamedField):
                field.setText(text)
                field.setCursorPosition(0)
            else:
                field.setCurrentIndex(field.findData(text))
        self.record.setEnabled(self._api.may(Right.POLICY))
        self.fields["agency-name"].setFocus()

    def _read(self) -> dict[str, str]:
        """Returns the values in the form that differ from those in force."""
        given = {
            name: (field.get_text() or "") if isinstance(field, NamedField) else str(field.currentData())
            for name, field in self.fields.items()
        }
        return {name: text for name, text in given.items() if text != self._before[name]}

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that sets the changed values, one after the other."""
        if not self.record.isEnabled():
            return None
        changed = self._read()
        if not changed:
            self.problem.setText(tr("Nothing was changed."))
            return None

        def set_each() -> None:
            """Sets the values. What was set stays if a later one is refused."""
            for name, text in changed.items():
                self._api.set_policy(name, text)

        return set_each


def _field(name: str, hint: str = "") -> NamedField:
    """Builds a field for one line of the length that a setting may have."""
    made = NamedField(name, hint)
    made.setMaxLength(MAX_TEXT)
    return made
