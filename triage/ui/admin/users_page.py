"""Defines the page of users: who they are, what they may do, and what two people do to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QVBoxLayout

from triage.jobs.keeping.accounts import Account
from triage.model.users import Right, Role, User
from triage.ui.admin.account_words import (
    choose_ink,
    describe_added,
    describe_passphrase,
    describe_role,
    describe_standing,
    name_roles,
)
from triage.ui.admin.user_dialogs import AddUserDialog, ConfirmDialog, PassphraseDialog, RolesDialog, SuspendDialog
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import add_facts, lay_out, make_side
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, KeyButton, clear, label
from triage.ui.text.i18n import Safe, isolated, mark, tr, trn
from triage.ui.text.role_names import name_role
from triage.ui.text.times import pkt
from triage.ui.unlock.passphrase_dialog import OwnPassphraseDialog

COLUMNS: tuple[TableColumn[Account], ...] = (
    TableColumn(mark("Name"), 150, lambda a: isolated(a.name), lambda a: "muted" if a.standing == "disabled" else "text"),
    TableColumn(mark("Roles"), 0, name_roles, lambda a: "muted" if a.standing == "disabled" else "text"),
    TableColumn(mark("Standing"), 180, describe_standing, choose_ink),
    TableColumn(mark("Added"), 190, lambda a: pkt(a.added) if a.added else tr("not stated"), lambda _: "muted", spare=True),
)


class UsersPage(DeskPage):
    """Lists the users. What takes two people asks for the second one's passphrase."""

    keys_of = "users"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Users and roles"))
        self._may = api.may(Right.USERS)
        self.add = self.add_button("add", tr("Add a user"), self.add_user, kind="primary")
        self.add.setEnabled(self._may)
        self.add_button("back", tr("Administration"), self.go_back)
        self.table = RowsTable(COLUMNS, lambda account: account.name, name=tr("Users and roles"))
        self.table.row_changed.connect(self._show_account)
        self.table.opened.connect(lambda _: self.set_roles())
        side, area = make_side()
        self._facts = QVBoxLayout()
        self._acts = Card(tr("What you can do"))

        def make(action: str, words: Safe, on: Callable[[], None]) -> KeyButton:
            return KeyButton.for_action("users", action, words, on=on)

        self.roles = make("roles", tr("Change roles"), self.set_roles)
        self.suspend = make("suspend", tr("Suspend"), self.suspend_user)
        self.passphrase = make("passphrase", tr("New passphrase"), self.set_passphrase)
        self.confirm = make("confirm", tr("Confirm the person"), self.confirm_person)
        self._words = label("", "muted", wrap=True)
        for part in (self._words, self.roles, self.passphrase, self.suspend, self.confirm):
            self._acts.body.addWidget(part)
        side.addLayout(self._facts)
        side.addWidget(self._acts)
        side.addWidget(_build_roles())
        side.addStretch(1)
        lay_out(self.body, self.table, area)
        self.bind(
            {
                "back": self.go_back,
                "next": lambda: self.table.go(1),
                "previous": lambda: self.table.go(-1),
                "add": self.add_user,
                "roles": self.set_roles,
                "suspend": self.suspend_user,
                "passphrase": self.set_passphrase,
                "confirm": self.confirm_person,
            }
        )

    def go_back(self) -> None:
        """Returns to the start page of administration."""
        self.page_asked.emit("admin", "")

    def reload(self) -> None:
        """Reads the users again."""
        self.read(self.api.accounts, self.show_accounts)

    def show_accounts(self, accounts: Sequence[Account]) -> None:
        """Shows the users."""
        self.beside.setText(trn("{n} user", "{n} users", len(accounts)))
        self.table.show_rows(accounts)
        self._show_account(self.table.current_row())
        self.show_body()

    def _show_account(self, account: Account | None) -> None:
        """Shows what is known of the current user, and what can be done."""
        clear(self._facts)
        if account is None:
            return
        card = Card(isolated(account.name))
        add_facts(
            card,
            [
                (tr("Standing"), describe_standing(account)),
                (tr("Roles"), name_roles(account)),
                (tr("Added"), describe_added(account)),
                (tr("Passphrase"), describe_passphrase(account)),
            ],
        )
        self._facts.addWidget(card)
        own, gone = account.name == self.api.user.name, account.standing == "disabled"
        self.roles.setEnabled(self._may and not gone)
        self.suspend.setEnabled(self._may and not gone)
        self.passphrase.setEnabled(self._may and not own)
        self.passphrase.set_words(tr("Let in again") if gone else tr("New passphrase"))
        self.confirm.setVisible(account.standing == "recovered")
        self.confirm.setEnabled(not own)
        self._words.setText(_describe_acts(own=own, may=self._may))
        self._words.setVisible(bool(self._words.text()))

    # What a person does

    def _find(self) -> Account | None:
        """Returns the current user when this person may change users."""
        if not self._may:
            self.said.emit(tr("Your roles do not include users."))
            return None
        return self.table.current_row()

    def _done(self, sentence: Safe) -> None:
        """Says what was done, and reads the users again."""
        self.said.emit(sentence)
        self.reload()

    def add_user(self) -> None:
        """Opens the dialog that adds a user."""
        if not self._may:
            self.said.emit(tr("Your roles do not include users."))
            return
        AddUserDialog(self.api, self.runner, parent=self, done=self._added).open()

    def _added(self, user: User) -> None:
        """Selects the new user. With the second one, says what became void by it."""
        alone = len(self.table.rows()) == 1
        self.table.choose(user.name)
        name = isolated(user.name)
        if alone:
            self._done(
                tr(
                    "{name} is added. The two recovery papers of before are void now: show new ones under Keys and custodians.",
                    name=name,
                )
            )
        else:
            self._done(tr("{name} is added.", name=name))

    def set_roles(self) -> None:
        """Opens the dialog that sets the roles of the current user."""
        account = self._find()
        if account is not None and account.standing != "disabled":
            done = lambda user: self._done(tr("The roles of {name} are set.", name=isolated(user.name)))  # noqa: E731
            RolesDialog(self.api, self.runner, account, parent=self, done=done).open()

    def suspend_user(self) -> None:
        """Asks whether to suspend the current user."""
        account = self._find()
        if account is not None and account.standing != "disabled":
            done = lambda _: self._done(tr("{name} is suspended.", name=isolated(account.name)))  # noqa: E731
            SuspendDialog(self.api, self.runner, account, parent=self, done=done).open()

    def set_passphrase(self) -> None:
        """Opens the dialog for a first passphrase, or the one that lets a suspended user in again."""
        account = self._find()
        if account is None:
            return
        if account.name == self.api.user.name:
            OwnPassphraseDialog(self.api, self.runner, parent=self, done=self._done).open()
            return
        done = lambda user: self._done(tr("{name} has a first passphrase.", name=isolated(user.name)))  # noqa: E731
        PassphraseDialog(self.api, self.runner, account, parent=self, done=done).open()

    def confirm_person(self) -> None:
        """Asks whether the current user is the person they say."""
        account = self.table.current_row()
        if account is not None and account.standing == "recovered" and account.name != self.api.user.name:
            done = lambda user: self._done(tr("{name} is confirmed.", name=isolated(user.name)))  # noqa: E731
            ConfirmDialog(self.api, self.runner, account, parent=self, done=done).open()

    def focus(self) -> None:
        """Moves the focus to the table."""
        self.table.setFocus()


def _describe_acts(*, own: bool, may: bool) -> Safe:
    """Returns why something can't be done."""
    if not may:
        return tr("Only an administrator changes users.")
    return tr("This is you: nobody gives themselves a role that sees reports.") if own else Safe("")


def _build_roles() -> Card:
    """Builds the card that says what each role may do."""
    card = Card(tr("What each role may do"))
    for role in Role:
        card.body.addWidget(label(name_role(role), "strong"))
        card.body.addWidget(label(describe_role(role), "small", wrap=True))
    return card
