"""People change their own passphrase in the window, after they typed the present one once more."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.jobs.conftest import CHEAP
from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.errors import WrongPassphrase
from triage.jobs.session import Session
from triage.store.store import Store
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.fitting_dialog import HIGHEST
from triage.ui.text.i18n import Language
from triage.ui.unlock.page import FAILURES
from triage.ui.unlock.passphrase_dialog import OwnPassphraseDialog

OLD, NEW = "seven green boats", "ten grey stones sleep"


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(1024, 700)
    made.show()
    return made


def fill(dialog: OwnPassphraseDialog, present: str, new: str, again: str) -> None:
    dialog.present.setText(present)
    dialog.passphrase.once.setText(new)
    dialog.passphrase.again.setText(again)


def test_the_passphrase_is_changed_with_the_present_one_only(
    tmp_path: Path, app: QApplication, runner: Runner, host: QWidget
) -> None:
    store = Store.create(tmp_path / "s", "first", OLD, cost=CHEAP).store
    said: list[str] = []
    with Session(store) as session:
        dialog = OwnPassphraseDialog(Api(session), runner, parent=host, done=said.append)
        dialog.open()
        for field in (dialog.present, dialog.passphrase.once, dialog.passphrase.again):
            assert field.isVisible() and field.echoMode() == QLineEdit.EchoMode.Password, "nobody reads it over a shoulder"
        fill(dialog, "ten green boats", NEW, NEW)
        dialog.accept()
        settle(runner)
        assert dialog.isVisible() and dialog.problem.text() == "The present passphrase is wrong."
        assert dialog.present.text() == dialog.passphrase.once.text() == "", "what was typed stays nowhere"
        fill(dialog, OLD, NEW, NEW)
        dialog.accept()
        settle(runner)
        assert said == ["Your passphrase is changed."] and FAILURES.count == 0
    with pytest.raises(WrongPassphrase):
        Store.open(tmp_path / "s", "first", OLD)
    Store.open(tmp_path / "s", "first", NEW).close()


@pytest.mark.parametrize(
    ("present", "new", "again", "problem"),
    [
        ("", NEW, NEW, "Type your present passphrase."),
        (OLD, NEW, NEW[:-1], "The two passphrases differ."),
        (OLD, "triage2026", "triage2026", "Choose a stronger passphrase."),
        (OLD, "kites-of-lahore 4823", "kites-of-lahore 4823", "Choose a stronger passphrase."),
    ],
)
def test_nothing_is_asked_while_something_is_missing(
    api: FakeApi, runner: Runner, host: QWidget, present: str, new: str, again: str, problem: str
) -> None:
    dialog = OwnPassphraseDialog(api, runner, parent=host, done=lambda _: None)
    dialog.open()
    fill(dialog, present, new, again)
    dialog.accept()
    assert dialog.problem.text() == problem and not api.calls
    dialog.close()


def test_wrong_passphrases_are_slowed_down_as_at_the_lock(api: FakeApi, runner: Runner, host: QWidget) -> None:
    for _ in range(3):
        FAILURES.add()
    dialog = OwnPassphraseDialog(api, runner, parent=host, done=lambda _: None)
    dialog.open()
    fill(dialog, OLD, NEW, NEW)
    dialog.accept()
    assert dialog.problem.text().startswith("Too many failed tries") and not api.calls
    dialog.close()


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_dialog_fits(app: QApplication, api: FakeApi, runner: Runner, host: QWidget, language: Language) -> None:
    theme.apply(app, "dark", language)
    dialog = OwnPassphraseDialog(api, runner, parent=host, done=lambda _: None)
    dialog.open()
    settle(runner)
    assert not dialog.findChildren(QScrollArea) and dialog.height() <= HIGHEST
    dialog.close()
