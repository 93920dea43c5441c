"""The dialogs for users fit the lowest screen in both languages, so that nothing of a decision is scrolled out of sight."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.ui.admin.user_dialogs import AddUserDialog, RolesDialog
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.fitting_dialog import HIGHEST
from triage.ui.text.i18n import Language


@pytest.fixture(params=["en", "ur"])
def language(app: QApplication, request: pytest.FixtureRequest) -> Language:
    theme.apply(app, "dark", request.param)
    return request.param  # type: ignore[no-any-return]


def test_a_dialog_for_users_does_not_scroll(language: Language, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(1024, 700)
    host.show()
    account = api.accounts()[0]
    for dialog in (
        AddUserDialog(api, runner, parent=host, done=lambda _: None),
        RolesDialog(api, runner, account, parent=host, done=lambda _: None),
    ):
        dialog.show()
        settle(runner)
        assert not dialog.findChildren(QScrollArea) and dialog.height() <= HIGHEST, (language, dialog.windowTitle())
        dialog.close()
