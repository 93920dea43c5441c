"""The pages before the work: what has the focus while they work, so that a second Enter does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.screens import settle, wait_active
from triage.errors import WrongPassphrase
from triage.ui.core.runner import Runner
from triage.ui.unlock.page import UnlockPage
from triage.ui.unlock.wizard import SetupWizard

WORDS = "orange kite window lantern plum"


def fill_lock(page: UnlockPage) -> None:
    page.name.setText("lhr-01")
    page.passphrase.setText(WORDS)
    page.passphrase.setFocus()


def fill_wizard(page: SetupWizard) -> None:
    page.first.name.setText("lhr-01")
    for field in (page.first.once, page.first.again):
        field.setText(WORDS)
    page.first.again.setFocus()


@pytest.mark.parametrize(("make", "fill"), [(UnlockPage, fill_lock), (SetupWizard, fill_wizard)])
def test_a_second_enter_asks_for_no_other_store(
    app: QApplication, runner: Runner, qtbot: QtBot, make: Callable[..., Any], fill: Callable[[Any], None]
) -> None:
    go = Event()

    def refuse(*_: object) -> Any:
        go.wait(60)
        raise WrongPassphrase

    page = make(Path("/srv/triage/store"), runner, refuse)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    wait_active(page)
    asked: list[object] = []
    page.other_store_asked.connect(lambda: asked.append(page))
    fill(page)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Space):
        QTest.keyClick(QApplication.focusWidget() or page, key)
    go.set()
    settle(runner)
    assert asked == []
    focused = QApplication.focusWidget()
    assert isinstance(focused, QWidget) and focused.hasFocus() and focused.isEnabled(), "one can type at once again"


def test_a_locked_page_says_so_once_and_shows_why_as_it_is_given(app: QApplication, runner: Runner, qtbot: QtBot) -> None:
    """It compares no sentences: whoever locks without a reason gives none."""
    for why in ("", "Locked."):
        page = UnlockPage(Path("/srv/triage/store"), runner, lambda *_: None, user="lhr-01", why=why)  # type: ignore[arg-type, return-value]
        qtbot.addWidget(page)
        assert page.problem.text() == why
        assert [label.text() for label in page.findChildren(QLabel)].count("Locked.") == 1 + bool(why)
