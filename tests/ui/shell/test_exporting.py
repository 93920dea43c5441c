from __future__ import annotations

from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.leaving.about_dialogs import AgencyDialog, ProfileDialog
from triage.ui.leaving.tool_export_dialog import ToolExportDialog
from triage.ui.leaving.viewing_log_dialog import ViewingLogDialog
from triage.ui.queue.export_dialog import ExportDialog
from triage.ui.shell.main_window import MainWindow


def test_the_menu_opens_each_dialog(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    menu = window.exporting.build_menu()
    for action, kind in zip(
        (each for each in menu.actions() if not each.isSeparator()),
        (ExportDialog, ToolExportDialog, ViewingLogDialog, ProfileDialog, AgencyDialog),
        strict=True,
    ):
        assert action.isEnabled()
        action.trigger()
        (dialog,) = window.findChildren(kind)
        dialog.close()
    qtbot.waitUntil(lambda: runner.under_way() == 0)


def test_what_the_roles_do_not_allow_is_said(runner: Runner, qtbot: QtBot) -> None:
    window = MainWindow(FakeApi(roles=frozenset({Role.ANALYST})), runner)
    qtbot.addWidget(window)
    said = {action.text(): action.isEnabled() for action in window.exporting.build_menu().actions() if action.text()}
    assert said == {
        "This queue (your roles do not allow it)": False,
        "For other tools (your roles do not allow it)": False,
        "Form for supervised viewings (your roles do not allow it)": False,
        "About you, for papers": True,
        "The agency and its policy": True,
    }
