"""A report that another window has open is in the pictures all the same."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle
from triage.model.open_marks import OpenMark
from triage.ui.core.runner import Runner
from triage.ui.shell.main_window import MainWindow
from triage_demo.screenshots.screen_scenes import open_report


def test_a_report_that_another_run_has_open_is_shown(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    """Two runs of the tool on one demo store, one after the other within three minutes, left out each other's report."""
    row = next(each for each in api.queue if each.report_id == MAIN)
    seen = "2026-11-24T09:00:00Z"
    api.others_open = (OpenMark(row_id=row.id, report_id=MAIN, user="demo", since=seen, last_sign=seen, certain=True),)
    window = MainWindow(api, runner)  # type: ignore[arg-type]
    qtbot.addWidget(window)
    window.show()
    window.start()
    settle(runner)
    assert window.queue.marks.of_report(MAIN) is not None
    page = open_report(window, lambda: settle(runner), MAIN)
    assert page.report_id == MAIN
    window.drop_everything()
