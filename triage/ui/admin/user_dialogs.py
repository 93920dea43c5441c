"""Dialogs for users: add, roles, suspend, let in again, a new passphrase, confirm."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QWidget

from triage.jobs.keeping.accounts import Account
from triage.model.users import Role
from triage.ui.admin.account_words import describe_role
from triage.ui.core.api import Api
from triage.ui.core.consent_form import ConsentForm
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import NamedField
from triage.ui.kit.widgets import label
from triage.ui.text.i18n import is_rtl, isolated, tr
from triage.ui.text.role_names import name_role
from triage.ui.unlock.new_passphrase import HINT_HEIGHT, NewPassphrase

WIDTH, WIDE = 560, 820
ABREAST = 3
"""Columns of roles: with two, the words of the dialog in Urdu are higher than the lowest screen, and it scrolls."""
INDENT = 30
"""Pixels by which words stand below those of the box that they explain."""


class RoleChoice(QWidget):
    """Lists the roles in columns with a box before each, and what each may do."""

    def __init__(self, held: Iterable[Role]) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(2)
        self.boxes: dict[Role, QCheckBox] = {}
        for at, role in enumerate(Role):
            box = QCheckBox(name_role(role))
            box.setChecked(role in held)
            box.setAccessibleDescription(describe_role(role))
            self.boxes[role] = box
            grid.addWidget(box, at // ABREAST * 2, at % ABREAST)
            says = label(describe_role(role), "small", wrap=True)
            says.setContentsMargins(*((0, 0, INDENT, 0) if is_rtl() else (INDENT, 0, 0, 0)))  # an indent would also push it down
            grid.addWidget(says, at // ABREAST * 2 + 1, at % ABREAST, Qt.AlignmentFlag.AlignTop)
        for column in range(ABREAST):
            grid.setColumnStretch(column, 1)

    def read(self) -> list[str]:
        """Returns the ticked roles."""
        return [role.value for role, box in self.boxes.items() if box.isChecked()]


class AddUserDialog(FormDialog):
    """Adds a user with roles and a first passphrase."""

    def __init__(self, api: Api, runner: Runner, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        super().__init__(runner, tr("Add a user"), parent=parent, done=done, record=tr("Add"))
        self._api = api
        self.name = NamedField(tr("Name to sign in with"), tr("e.g. a.khan"))
        self.roles = RoleChoice([Role.ANALYST])
        self.passphrase = NewPassphrase(tr("First passphrase"), self.name.text, api.store_name)
        self.consent = ConsentForm(api, runner, tr("Nobody adds a user alone. Another person agrees with their own passphrase."))
        for part in (
            self.name.holder,
            label(tr("Roles"), "heading"),
            self.roles,
            label(tr("They change this passphrase when they first sign in."), "muted", wrap=True),
            self.passphrase,
            self.consent,
        ):
            self.form.addWidget(part)
        self.setMinimumWidth(WIDE)
        self.name.setFocus()

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that adds the user."""
        name, roles = self.name.text().strip(), self.roles.read()
        missing = (
            tr("Type a name.") if not name
            else tr("Tick at least one role.") if not roles
            else self.passphrase.problem() or self.consent.problem()
        )  # fmt: skip
        if missing:
            self.problem.setText(missing)
            return None
        passphrase, consent = self.passphrase.read(), self.consent.read()
        return lambda: self._api.add_user(name, roles, passphrase, consent)


class RolesDialog(FormDialog):
    """Sets the roles of a user."""

    def __init__(self, api: Api, runner: Runner, account: Account, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Roles of {name}", name=isolated(account.name))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Set roles"))
        self._api, self._account = api, account
        self.roles = RoleChoice(account.roles)
        self.consent = ConsentForm(api, runner, tr("Nobody sets roles alone. Another person agrees with their own passphrase."))
        self.form.addWidget(
            label(tr("New roles hold from the next time they sign in; a lost role is lost at once."), "muted", wrap=True)
        )
        self.form.addWidget(self.roles)
        self.form.addWidget(self.consent)
        self.setMinimumWidth(WIDE)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that sets the roles."""
        roles = self.roles.read()
        missing = tr("Tick at least one role, or suspend the user.") if not roles else self.consent.problem()
        if missing:
            self.problem.setText(missing)
            return None
        consent = self.consent.read()
        return lambda: self._api.set_roles(self._account.name, roles, consent)


class SuspendDialog(FormDialog):
    """Asks before a user is suspended."""

    def __init__(self, api: Api, runner: Runner, account: Account, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Suspend {name}", name=isolated(account.name))
        super().__init__(runner, title, parent=parent, done=done, record=tr("Suspend"))
        self._api, self._account = api, account
        says = tr("They can't sign in any more, and an open window of theirs writes nothing. What they did stays.")
        self.form.addWidget(label(says, wrap=True))
        self.form.addWidget(
            label(tr("One person may do this, since it can be urgent. Letting them in again takes two."), "muted", wrap=True)
        )

    def work(self) -> Callable[[], Any]:
        """Returns the call that suspends the user."""
        return lambda: self._api.disable_user(self._account.name)


class PassphraseDialog(FormDialog):
    """Gives a user a first passphrase: because they forgot theirs, or to let a suspended user in again."""

    def __init__(self, api: Api, runner: Runner, account: Account, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        self._again = account.standing == "disabled"
        name = isolated(account.name)
        title = tr("Let {name} in again", name=name) if self._again else tr("New passphrase for {name}", name=name)
        super().__init__(runner, title, parent=parent, done=done, record=tr("Let in") if self._again else tr("Set passphrase"))
        self._api, self._account = api, account
        self.passphrase = NewPassphrase(tr("First passphrase"), lambda: account.name, api.store_name)
        self.passphrase.hint.setMinimumHeight(HINT_HEIGHT)
        self.consent = ConsentForm(
            api, runner, tr("Nobody sets another's passphrase alone. Another person agrees with their own.")
        )
        self.form.addWidget(label(tr("They change this passphrase when they first sign in."), "muted", wrap=True))
        self.form.addWidget(self.passphrase)
        self.form.addWidget(self.consent)
        self.setMinimumWidth(WIDTH)

    def work(self) -> Callable[[], Any] | None:
        """Returns the call that sets the passphrase."""
        missing = self.passphrase.problem() or self.consent.problem()
        if missing:
            self.problem.setText(missing)
            return None
        passphrase, consent, name = self.passphrase.read(), self.consent.read(), self._account.name
        call = self._api.enable_user if self._again else self._api.reset_passphrase
        return lambda: call(name, passphrase, consent)


class ConfirmDialog(FormDialog):
    """Asks before a person vouches for a user whom the recovery key let in."""

    def __init__(self, api: Api, runner: Runner, account: Account, *, parent: QWidget, done: Callable[[Any], None]) -> None:
        title = tr("Confirm {name}", name=isolated(account.name))
        super().__init__(runner, title, parent=parent, done=done, record=tr("I confirm"))
        self._api, self._account = api, account
        says = tr("The recovery key let this user in. You confirm that it was this person who used it. Papers name you.")
        self.form.addWidget(label(says, wrap=True))

    def work(self) -> Callable[[], Any]:
        """Returns the call that confirms the user."""
        return lambda: self._api.confirm_user(self._account.name)
