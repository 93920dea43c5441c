"""A person at the desk: keys pressed in the real window, on a real store, without a display."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QListWidget, QWidget

from tests.ui.screens import settle, wait_active
from triage.jobs.keeping.audit_reading import AuditEntry
from triage.jobs.session import Session
from triage.model.handover import Outgoing
from triage.store.store import Store
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.shell.main_window import MainWindow

PASSPHRASE = "nine grey hills"
"""Of everybody in the store of the tests."""


class Person:
    """Presses keys where the focus is, and waits after each until all that was asked has come."""

    def __init__(self, store: Path, name: str) -> None:
        assert not gc.isenabled(), "a thread that reads would delete parts of the window; the fixture qapp prevents it"
        self.name = name
        self.api = Api(Session(Store.open(store, name, PASSPHRASE)))
        self.runner = Runner()
        self.said: list[str] = []
        """Sentences of calls that failed."""
        self.runner.failed.connect(self.said.append)
        self.window = MainWindow(self.api, self.runner)
        self.window.resize(1366, 768)
        self.window.show()
        self.window.activateWindow()
        wait_active(self.window)
        self.window.start()
        settle(self.runner)

    def press(self, *sequences: str) -> None:
        """Presses keys as they are written in the table of keys, such as "Ctrl+S", or the chord "G, I"."""
        for sequence in sequences:
            keys = QKeySequence(sequence)
            for at in range(keys.count()):
                pressed = keys[at]
                QTest.keyClick(self.focus(), pressed.key(), pressed.keyboardModifiers())
            settle(self.runner)

    def type(self, text: str) -> None:
        """Types text into the field that has the focus."""
        QTest.keyClicks(self.focus(), text)
        settle(self.runner)

    def go_to(self, page: str) -> None:
        """Goes to a page by the first letters of its English name, which finds it in both languages."""
        self.press("Ctrl+G")
        self.type(page)
        self.press("Return")

    def tab_to(self, name: str) -> None:
        """Presses Tab until the field with this accessible name has the focus."""
        for _ in range(40):
            if self.focus().accessibleName() == name:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {name!r}")

    def tab_to_kind(self, kind: type[QWidget]) -> None:
        """Presses Tab until a widget of this kind has the focus."""
        for _ in range(40):
            if isinstance(self.focus(), kind):
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach a {kind.__name__}")

    def choose(self, words: str) -> None:
        """Presses Down until the list that has the focus stands on the line that holds these words."""
        field = self.focus()
        assert isinstance(field, (QComboBox, QListWidget))
        self.press("Home")
        for _ in range(field.count()):
            line = field.currentText() if isinstance(field, QComboBox) else field.currentItem().text()
            if words in line:
                return
            self.press("Down")
        raise AssertionError(f"the list does not offer {words!r}")

    def leave(self) -> None:
        """Ends the day, as a lock does."""
        self.window.drop_everything()
        settle(self.runner)
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(self.window, QEvent.Type.DeferredDelete)  # no event loop comes that would do it
        self.runner.stop()
        self.api.close()

    def focus(self) -> QWidget:
        """Returns what takes the keys: an open menu, else the focus of the active window."""
        if QApplication.activeWindow() is None:  # without a display no window manager goes back to the window under a dialog
            (QApplication.activeModalWidget() or self.window).activateWindow()
            settle(self.runner)
        focus = QApplication.activePopupWidget() or QApplication.focusWidget()
        assert focus is not None, "nothing takes the keys"
        return focus


class Record:
    """What the store holds afterwards, read by somebody who may read all of it."""

    def __init__(self, store: Path) -> None:
        self.api = Api(Session(Store.open(store, "first", PASSPHRASE)))

    def entries(self, user: str) -> Sequence[AuditEntry]:
        """Returns what the audit log says that this person did, the oldest first."""
        return [entry for entry in self.api.audit_entries(range(self.api.count_audit())) if entry.user == user]

    def kinds(self, user: str) -> list[str]:
        """Returns the kinds of these entries."""
        return [entry.kind for entry in self.entries(user)]

    def outgoing(self) -> list[Outgoing]:
        """Returns the register of what left."""
        return list(self.api.load_outgoing(self.api.list_outgoing_ids()).values())


def keep_record(store: Path) -> Iterator[Record]:
    """Yields the record of a store, and closes it."""
    record = Record(store)
    try:
        yield record
    finally:
        record.api.close()
