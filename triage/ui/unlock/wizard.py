"""Defines the wizard of the first start, which creates a store and shows the recovery key in two halves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QLineEdit, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from triage.model.user_names import clean_name, find_name_problem
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.code_line import CodeLine
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import ltr, tr, word
from triage.ui.unlock.language_switch import LanguageSwitch
from triage.ui.unlock.passphrase_strength import describe_strength, is_strong_enough
from triage.ui.unlock.printing import can_print, print_half

WIDTH = 560


@dataclass(frozen=True, slots=True)
class OpenedNewStore:
    """Holds a new store: its session, the signing key's fingerprint and both halves of the recovery key."""

    api: Api
    fingerprint: str
    recovery: tuple[str, str]


Make = Callable[[Path, str, str], OpenedNewStore]


class SetupWizard(QWidget):
    """Creates a store and its first user.

    `finished` carries the Api once both halves are confirmed.
    """

    finished = Signal(object)
    other_store_asked = Signal()
    language_asked = Signal(str)

    def __init__(self, store: Path, runner: Runner, make: Make, *, user: str = "") -> None:
        super().__init__()
        self._store, self._runner, self._make = store, runner, make
        self._made: OpenedNewStore | None = None
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.pages = QStackedWidget()
        self.first = _FirstUser(store, user)
        self.first.asked.connect(self._create)
        self.first.other_store_asked.connect(self.other_store_asked)
        self.pages.addWidget(self.first)
        panel = QFrame()
        panel.setProperty("kind", "card")
        panel.setFixedWidth(WIDTH)
        inner = QVBoxLayout(panel)
        inner.setContentsMargins(32, 28, 32, 28)
        inner.addWidget(self.pages)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(panel, 0, Qt.AlignmentFlag.AlignHCenter)
        self.languages = LanguageSwitch()
        self.languages.asked.connect(self.language_asked)
        column.addSpacing(8)
        column.addWidget(self.languages, 0, Qt.AlignmentFlag.AlignHCenter)
        learn = label(
            tr("To learn with invented data, run at the command line: triage train. F1 opens the guide."),
            "small",
        )
        column.addWidget(learn, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.setFocusProxy(self.first.once if user else self.first.name)

    def _create(self, name: str, passphrase: str) -> None:
        """Creates the store in the background. From here on the page stays as it is, whatever the language."""
        self.languages.hide()
        self._runner.ask(
            lambda: self._make(self._store, name, passphrase), self._created, owner=self, failed=self.first.failed, about=None
        )

    def _created(self, made: OpenedNewStore) -> None:
        """Shows the first half of the recovery key."""
        self._made = made
        self._show_half(0)

    def _show_half(self, which: int) -> None:
        """Shows one half of the recovery key."""
        if self._made is None:
            return
        page = HalfPage(which, self._made.recovery[which], self._made.fingerprint, self._store)
        page.confirmed.connect(lambda: self._show_half(1) if which == 0 else self._end())
        self._show(page)

    def _end(self) -> None:
        """Announces the session after both halves were confirmed."""
        made, self._made = self._made, None
        if made is not None:
            self._show(QWidget())
            self.finished.emit(made.api)

    def _show(self, page: QWidget) -> None:
        """Shows a page and deletes the page before it, with what it showed."""
        before = self.pages.currentWidget()
        self.pages.addWidget(page)
        self.pages.setCurrentWidget(page)
        if before is not None:
            self.pages.removeWidget(before)
            before.deleteLater()

    def abandon(self) -> None:
        """Closes the session when the window closes before both halves were confirmed."""
        if self._made is not None:
            self._made.api.close()
            self._made = None


class _FirstUser(QWidget):
    """Asks for the name and the passphrase of the first user."""

    asked = Signal(str, str)
    other_store_asked = Signal()

    def __init__(self, store: Path, user: str) -> None:
        super().__init__()
        self._store = store
        self.name, self.once, self.again = QLineEdit(user), QLineEdit(), QLineEdit()
        for field in (self.once, self.again):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(self._hint)
        self.name.textChanged.connect(self._hint)
        self.again.returnPressed.connect(self._ask)
        self.hint = label("", "muted", wrap=True)
        self.hint.setMinimumHeight(38)
        self.go = KeyButton(tr("Create store"), kind="primary", on=self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("Create store"), "title"))
        what = tr(
            "Everything is kept encrypted in this folder. You become its first user, with all roles; you can add others later."
        )
        column.addWidget(label(what, "muted", wrap=True))
        other = KeyButton(tr("Another folder"), kind="quiet", on=self.other_store_asked.emit)
        other.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        column.addLayout(
            row(
                label(ltr(str(store)), "small", wrap=True),
                other,
            )
        )
        fields = ((tr("Your name"), self.name), (tr("Passphrase"), self.once), (tr("Passphrase again"), self.again))
        for said, field in fields:
            column.addWidget(label(said, "small"))
            field.setAccessibleName(said)
            column.addWidget(field)
        column.addWidget(self.hint)
        column.addLayout(row(self.go, None))
        self._hint()

    def _hint(self) -> None:
        """Shows what is wrong with name or passphrase, and enables the button when both are accepted."""
        name, passphrase, store = clean_name(self.name.text()), self.once.text(), self._store.name
        problem = find_name_problem(name)
        if name and problem:
            self.hint.setText(word(problem))
        elif self.again.text() and self.again.text() != passphrase:
            self.hint.setText(tr("The two passphrases differ."))
        else:
            self.hint.setText(describe_strength(passphrase, name, store))
        self.go.setEnabled(not problem and self.again.text() == passphrase and is_strong_enough(passphrase, name, store))

    def _ask(self) -> None:
        """Emits name and passphrase, which leave the fields at once."""
        if not self.go.isEnabled():
            return
        name, passphrase = clean_name(self.name.text()), self.once.text()
        for field in (self.once, self.again):
            field.clear()
        self._enable(False)
        self.hint.setText(tr("Creating the store; this takes a moment."))
        self.asked.emit(name, passphrase)

    def failed(self, sentence: str) -> None:
        """Shows why the store could not be created."""
        self._enable(True)
        self._hint()
        self.hint.setText(sentence)

    def _enable(self, enabled: bool) -> None:
        """Enables or disables the fields. Qt hands the focus on: a second Enter must not ask for another folder."""
        for part in (self.name, self.once, self.again, self.go):
            part.setEnabled(enabled)
        if enabled:
            self.once.setFocus()
        elif (next_one := self.window().focusWidget()) is not None:
            next_one.clearFocus()


class HalfPage(QWidget):
    """Shows one half of the recovery key until it is confirmed; it never touches the clipboard."""

    confirmed = Signal()

    def __init__(self, which: int, half: str, fingerprint: str, store: Path) -> None:
        super().__init__()
        self._which, self._half, self._fingerprint, self._store = which, half, fingerprint, store
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        title = tr("Recovery key, first half") if which == 0 else tr("Recovery key, second half")
        column.addWidget(label(title, "title"))
        whom = tr("For the first custodian.") if which == 0 else tr("For the second custodian, a different person.")
        why = tr(
            "Both halves together open the store when every passphrase is lost; one half alone does not. This is shown only once."
        )
        alone = tr("You see both halves, since this store has one user. They are void as soon as you add a second user.")
        column.addWidget(label(f"{whom} {why} {alone}", "muted", wrap=True))
        sheet = QFrame()
        sheet.setProperty("kind", "notice")
        inner = QVBoxLayout(sheet)
        inner.setContentsMargins(16, 14, 16, 14)
        for line in split_half(half):
            inner.addWidget(CodeLine(line), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(sheet)
        column.addWidget(label(tr("Signing key {key}", key=ltr(group_fingerprint(fingerprint))), "small", wrap=True))
        self.print_button = KeyButton(tr("Print"), on=self._print)
        self.print_button.setVisible(can_print())
        self.written = QCheckBox(tr("I have this half on paper"))
        self.go = KeyButton(tr("Next half") if which == 0 else tr("Open the store"), kind="primary", on=self.confirmed.emit)
        self.go.setEnabled(False)
        self.written.toggled.connect(self.go.setEnabled)
        column.addWidget(self.written)
        column.addLayout(row(self.go, self.print_button, None))
        if can_print():
            column.addWidget(
                label(tr("A printer may keep a copy: use one connected directly to this machine."), "small", wrap=True)
            )

    def _print(self) -> None:
        """Prints the half."""
        print_half(self, self._which, split_half(self._half), group_fingerprint(self._fingerprint), str(self._store))


def split_half(half: str) -> list[str]:
    """Returns the half in lines of four groups, for reading aloud and typing."""
    groups = half.split()
    if len(groups) <= 1:
        groups = half.replace("-", " ").split()
    return [" ".join(groups[at : at + 4]) for at in range(0, len(groups), 4)]


def group_fingerprint(fingerprint: str) -> str:
    """Returns a fingerprint in groups of four characters."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))
