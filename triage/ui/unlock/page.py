"""Defines the lock page, which opens a store with name and passphrase."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from triage.message import Message
from triage.model.progress import CancelToken
from triage.store.settling import HearWait
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.core.window_calls import make_window_call
from triage.ui.kit import keys
from triage.ui.kit.widgets import KeyButton, label, row
from triage.ui.text.i18n import ltr, tr, tr_message, trn
from triage.ui.unlock.language_switch import LanguageSwitch
from triage.ui.unlock.passphrase_strength import describe_strength, is_strong_enough

Unlock = Callable[[Path, str, str, HearWait, CancelToken], Api]
"""Opens a store with name and passphrase. Tells meanwhile what it waits for; the token stops it."""

_FREE_TRIES = 3  # failures before the first delay
_FIRST_DELAY_S, _LONGEST_DELAY_S = 5, 300  # doubled with each further failure


@dataclass
class FailedTries:
    """Counts the failed tries in this process and delays further ones.

    It does not protect against another program that has the key file.
    """

    count: int = 0
    wait_until: float = 0.0
    """On the monotonic clock."""

    def add(self) -> None:
        """Counts a failure; from the third on, each doubles the delay, up to 300 seconds."""
        self.count += 1
        if self.count >= _FREE_TRIES:
            delay = min(_FIRST_DELAY_S * 2 ** (self.count - _FREE_TRIES), _LONGEST_DELAY_S)
            self.wait_until = time.monotonic() + delay

    def seconds_left(self) -> int:
        """Returns how many seconds the next try has to wait."""
        return max(0, round(self.wait_until - time.monotonic()))

    def clear(self) -> None:
        """Forgets all failures."""
        self.count, self.wait_until = 0, 0.0


FAILURES = FailedTries()


class UnlockPage(QWidget):
    """Asks for name and passphrase. `why` says more than that the store is locked, which the page says by itself.

    `unlocked` carries the session's Api. A passphrase that somebody else set has to be changed first.
    """

    unlocked = Signal(object)
    other_store_asked = Signal()
    language_asked = Signal(str)

    def __init__(self, store: Path, runner: Runner, unlock: Unlock, *, user: str = "", why: str = "") -> None:
        super().__init__()
        self._store, self._runner, self._unlock = store, runner, unlock
        self._unlocking = CancelToken()
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.name = QLineEdit(user)
        self.passphrase = QLineEdit()
        self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self.problem = label(why, "muted", wrap=True)
        self.go = KeyButton(tr("Unlock"), "Enter", kind="primary", on=self.submit)
        self.name.returnPressed.connect(self.passphrase.setFocus)
        self.passphrase.returnPressed.connect(self.submit)
        self.change: ChangePassphrase | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._wait)
        panel = QFrame()
        panel.setProperty("kind", "card")
        panel.setFixedWidth(400)
        around = QVBoxLayout(panel)
        around.setContentsMargins(28, 24, 28, 24)
        self.pages = QStackedWidget()
        around.addWidget(self.pages)
        fields = QWidget()
        self.pages.addWidget(fields)
        inner = QVBoxLayout(fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(label(tr("Triage"), "title"))
        inner.addWidget(label(tr("Locked."), "muted", wrap=True))
        inner.addSpacing(8)
        for said, field in ((tr("Name"), self.name), (tr("Passphrase"), self.passphrase)):
            inner.addWidget(label(said, "small"))
            field.setAccessibleName(said)
            inner.addWidget(field)
        inner.addWidget(self.problem)
        inner.addSpacing(4)
        other = KeyButton(tr("Another store"), kind="quiet", on=self.other_store_asked.emit)
        inner.addLayout(row(self.go, None, other))
        where = label(ltr(str(store)), "small", wrap=True)
        where.setFixedWidth(400)
        where.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(panel, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(where, 0, Qt.AlignmentFlag.AlignHCenter)
        self.languages = LanguageSwitch()
        self.languages.asked.connect(self.language_asked)
        column.addWidget(self.languages, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.setFocusProxy(self.passphrase if user else self.name)
        self._wait()

    def submit(self) -> None:
        """Tries to unlock the store; the passphrase leaves the field at once."""
        name, passphrase = self.name.text().strip(), self.passphrase.text()
        if not name or not passphrase or not self.go.isEnabled():
            return
        self.passphrase.clear()
        self._busy(True)
        self.hear(None)
        hear, cancel = make_window_call(self, self.hear), CancelToken()
        self._unlocking = cancel
        self._runner.ask(
            lambda: self._unlock(self._store, name, passphrase, hear, cancel),
            self._opened,
            owner=self,
            failed=self._failed,
            about=None,
        )

    def hear(self, message: Message | None) -> None:
        """Shows what the unlocking waits for, None when it goes on."""
        self.problem.setText(tr("Unlocking; this takes a moment.") if message is None else tr_message(message))

    def _opened(self, api: Api) -> None:
        """Announces the session, or asks for a new passphrase first."""
        FAILURES.clear()
        if not api.user.initial:
            self.unlocked.emit(api)
            return
        self.change = ChangePassphrase(api, self._store, self._runner)
        self.change.done.connect(self._changed)
        self.change.left.connect(self._leave_change)
        self.pages.addWidget(self.change)
        self.pages.setCurrentWidget(self.change)
        self.change.once.setFocus()

    def _changed(self) -> None:
        """Announces the session after the passphrase was changed."""
        if self.change is not None:
            change, self.change = self.change, None
            self.unlocked.emit(change.api)

    def _leave_change(self) -> None:
        """Closes the session without a new passphrase, and asks for name and passphrase again."""
        if self.change is None:
            return
        change, self.change = self.change, None
        self.pages.removeWidget(change)
        change.api.close()
        change.deleteLater()
        self.problem.clear()
        self._busy(False)

    def is_in_use(self) -> bool:
        """Returns whether somebody types a passphrase, waits for the store, or changes the passphrase."""
        return bool(self.passphrase.text()) or not self.go.isEnabled() or self.change is not None

    def abandon(self) -> None:
        """Stops the unlocking, or closes the session when the window closes before the passphrase was changed."""
        self._unlocking.cancel()
        if self.change is not None:
            self.change.api.close()
            self.change = None

    def _failed(self, sentence: str) -> None:
        """Counts the failure and shows its reason."""
        FAILURES.add()
        self._busy(False)
        self.problem.setText(sentence)
        self._wait()

    def _wait(self) -> None:
        """Disables the fields while a delay lasts."""
        left = FAILURES.seconds_left()
        if left > 0:
            self._busy(True)
            self.problem.setText(
                trn("Too many failed tries; try again in {n} second.", "Too many failed tries; try again in {n} seconds.", left)
            )
            self._timer.start()
        elif self._timer.isActive():
            self._timer.stop()
            self._busy(False)
            self.problem.clear()

    def _busy(self, busy: bool) -> None:
        """Enables or disables the fields. The page is built anew for another language, so not while it works.

        Qt hands the focus of a disabled field on: a second Enter must not ask for another store.
        """
        for part in (self.go, self.name, self.passphrase, self.languages):
            part.setEnabled(not busy)
        if not busy:
            self.passphrase.setFocus()
        elif (next_one := self.focusWidget()) is not None:
            next_one.clearFocus()


class ChangePassphrase(QWidget):
    """Asks for a new passphrase in place of one that somebody else set. `left` goes back without one."""

    done = Signal()
    left = Signal()

    def __init__(self, api: Api, store: Path, runner: Runner) -> None:
        super().__init__()
        self.api, self._store, self._runner = api, store, runner
        self.once, self.again = QLineEdit(), QLineEdit()
        self.hint = label("", "muted", wrap=True)
        self.hint.setMinimumHeight(54)
        self.go = KeyButton(tr("Change"), "Enter", kind="primary", on=self.submit)
        self.back = KeyButton.for_way_back(tr("Back"), self.left.emit)
        keys.bind_sequence(self, "Escape", self.back.click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(tr("Choose your own passphrase"), "title"))
        why = tr("Somebody else set your passphrase and may know it. Choose a new one that only you know.")
        column.addWidget(label(why, "muted", wrap=True))
        for said, field in ((tr("New passphrase"), self.once), (tr("Passphrase again"), self.again)):
            field.setEchoMode(QLineEdit.EchoMode.Password)
            field.textChanged.connect(self._hint)
            field.setAccessibleName(said)
            column.addWidget(label(said, "small"))
            column.addWidget(field)
        self.again.returnPressed.connect(self.submit)
        column.addWidget(self.hint)
        column.addLayout(row(self.go, None, self.back))
        self._hint()

    def _hint(self) -> None:
        """Shows how good the passphrase is, and enables the button when it is accepted."""
        passphrase, name, store = self.once.text(), self.api.user.name, self._store.name
        differ = bool(self.again.text()) and self.again.text() != passphrase
        self.hint.setText(tr("The two passphrases differ.") if differ else describe_strength(passphrase, name, store))
        self.go.setEnabled(self.again.text() == passphrase and is_strong_enough(passphrase, name, store))

    def submit(self) -> None:
        """Changes the passphrase; it leaves the fields at once."""
        if not self.go.isEnabled():
            return
        api, passphrase = self.api, self.once.text()
        for field in (self.once, self.again):
            field.clear()
            field.setEnabled(False)
        for button in (self.go, self.back):
            button.setEnabled(False)
        self.hint.setText(tr("Changing the passphrase; this takes a moment."))
        self._runner.ask(
            lambda: api.change_passphrase(passphrase), lambda _: self.done.emit(), owner=self, failed=self._failed, about=None
        )

    def _failed(self, sentence: str) -> None:
        """Shows why the passphrase could not be changed."""
        for part in (self.once, self.again, self.back):
            part.setEnabled(True)
        self.hint.setText(sentence)
        self.once.setFocus()
