"""Defines the page of policies: each setting of the office with its words, its value, and a way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from triage.jobs.policy import SETTINGS, OfficePolicy
from triage.message import Message
from triage.model.settings import MAX_TEXT, Setting, format_value
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import ScrolledContent
from triage.ui.kit.widgets import Card, KeyButton, label, row, scrolled
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, tr_message, word

DEFAULTS = OfficePolicy()
WHY: dict[str, str] = {
    "receipt_required": mark("With yes, nothing is imported without saying who handed it over and on what carrier."),
    "backup_expires_after_days": mark("After this time the start page asks to renew or destroy a backup."),
    "agency_name": mark("Stands on packets, requests and certificates."),
    "agency_address": mark("Stands on packets, requests and certificates."),
    "clock_source": mark("Courts ask how right the clock was. State the source, the time and the difference."),
}
WIDTH = 900


class SettingRow(QWidget):
    """Shows one setting: its words, why it exists, its value, and the value that it has by default."""

    def __init__(self, setting: Setting, on_set: Any, *, enabled: bool) -> None:
        super().__init__()
        self.setting = setting
        self._on_set = on_set
        words = tr_message(setting.label)
        self.choice = QComboBox()
        self.text = QLineEdit()
        self.text.setMaxLength(MAX_TEXT)
        self.save = KeyButton(tr("Set"), kind="mini", on=self._set)
        self.save.setAccessibleName(tr("Set: {what}", what=words))
        self.field: QWidget = self.choice if setting.choices else self.text
        self.field.setAccessibleName(words)
        self.field.setEnabled(enabled)
        if setting.choices:
            for value, said in setting.choices.items():
                self.choice.addItem(tr_message(said) if isinstance(said, Message) else ltr(said), value)
        self._enabled = enabled
        self._shown: object = None
        self.choice.currentIndexChanged.connect(lambda _: self._offer())
        self.text.textChanged.connect(lambda _: self._offer())
        self.save.setEnabled(False)
        self.text.returnPressed.connect(self._set)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(label(words, "strong", wrap=True))
        if why := WHY.get(setting.field):
            left.addWidget(label(word(why), "small", wrap=True))
        left.addWidget(label(self._describe_default(), "small", wrap=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 6, 0, 6)
        line.setSpacing(16)
        line.addLayout(left, 3)
        beside = row(self.field, self.save)
        beside.setStretchFactor(self.field, 1)
        line.addLayout(beside, 2)
        line.setAlignment(Qt.AlignmentFlag.AlignTop)

    def _describe_default(self) -> Safe:
        """Says which value holds as long as nobody sets one."""
        value = getattr(DEFAULTS, self.setting.field)
        return tr("Usual: {value}", value=describe_value(self.setting, value))

    def show_value(self, value: object) -> None:
        """Shows the value in force."""
        self._shown = value
        if self.setting.choices:
            self.choice.setCurrentIndex(list(self.setting.choices).index(value))
        else:
            self.text.setText(str(value))
        self._offer()

    def _read(self) -> object:
        """Returns the value that stands in the field."""
        return self.choice.currentData() if self.setting.choices else self.text.text()

    def _offer(self) -> None:
        """Lets a value be set that differs from the one in force: neither wheel nor arrow key sets one by itself."""
        self.save.setEnabled(self._enabled and self._read() != self._shown)

    def _set(self) -> None:
        """Sets the value that stands in the field."""
        if self._enabled and self._read() != self._shown:
            self._on_set(self.setting, format_value(self._read()))


def describe_value(setting: Setting, value: object) -> Safe:
    """Returns a value in words."""
    said = setting.choices.get(value) if setting.choices else None
    if isinstance(said, Message):
        return tr_message(said)
    return isolated(str(value)) if str(value) else tr("not stated")


class PoliciesPage(DeskPage):
    """Shows and sets the policies. Each change can be undone, one after the other."""

    keys_of = "policies"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Policies"))
        self._may = api.may(Right.POLICY)
        self._before: list[tuple[Setting, str]] = []
        self.policy = DEFAULTS
        self.undo = self.add_button("undo", tr("Undo"), self.undo_last)
        self.undo.setEnabled(False)
        self.add_button("back", tr("Administration"), self.go_back)
        inner = ScrolledContent()
        inner.setMaximumWidth(WIDTH)
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        hint = tr("Each change holds at once, for everybody; the audit log keeps who made it.")
        column.addWidget(label(hint if self._may else tr("Only an administrator sets policies."), "muted", wrap=True))
        self.rows: dict[str, SettingRow] = {}
        for title, some in _group(SETTINGS):
            card = Card(title)
            for setting in some:
                made = self.rows[setting.field] = SettingRow(setting, self.set_value, enabled=self._may)
                card.body.addWidget(made)
            column.addWidget(card)
        column.addStretch(1)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(inner))
        self.bind({"back": self.go_back, "undo": self.undo_last})

    def go_back(self) -> None:
        """Returns to the start page of administration."""
        self.page_asked.emit("admin", "")

    def reload(self) -> None:
        """Reads the policy in force."""
        self.read(self.api.office_policy, self.show_policy)

    def show_policy(self, policy: OfficePolicy) -> None:
        """Shows the values in force."""
        self.policy = policy
        for field, made in self.rows.items():
            made.show_value(getattr(policy, field))
        self.show_body()

    def set_value(self, setting: Setting, value: str, *, undoing: bool = False) -> None:
        """Sets a value, and keeps the one before for undo."""
        before = format_value(getattr(self.policy, setting.field))
        if value == before:
            return

        def done(_: object) -> None:
            self.runner.drop_answers(self, "page")  # it may bring the value before
            if not undoing:
                self._before.append((setting, before))
            self.undo.setEnabled(bool(self._before))
            self.policy = replace(self.policy, **{setting.field: setting.parse(value)})
            self.rows[setting.field].show_value(getattr(self.policy, setting.field))
            shown = describe_value(setting, getattr(self.policy, setting.field))
            self.said.emit(tr("{what}: {value}", what=tr_message(setting.label), value=shown))

        def refused(sentence: str) -> None:
            if undoing:
                self._before.append((setting, value))
            self.undo.setEnabled(bool(self._before))
            if setting.choices or undoing:  # a text that was typed stays, to be mended
                self.rows[setting.field].show_value(getattr(self.policy, setting.field))
            self.said.emit(sentence)

        self.runner.do(lambda _progress, _cancel: self.api.set_policy(setting.name, value), done, owner=self, failed=refused)

    def undo_last(self) -> None:
        """Sets back the last value that was changed here."""
        if self._before:
            setting, before = self._before.pop()
            self.set_value(setting, before, undoing=True)
        else:
            self.said.emit(tr("Nothing was changed here since you signed in."))

    def focus(self) -> None:
        """Moves the focus to the first setting."""
        next(iter(self.rows.values())).field.setFocus()


def _group(settings: tuple[Setting, ...]) -> list[tuple[Safe, list[Setting]]]:
    """Returns the settings that have choices, and those that stand on papers as text."""
    rules = [each for each in settings if each.choices]
    texts = [each for each in settings if not each.choices]
    return [(tr("Rules of the office"), rules), (tr("On papers"), texts)]
