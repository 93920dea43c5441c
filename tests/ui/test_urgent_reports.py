"""What can't wait is seen, and taken by somebody's name, while the import that brought it still runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.message import Message
from triage.model.progress import Progress
from triage.model.views import ImportResult
from triage.ui.core.runner import Runner
from triage.ui.shell.main_window import MainWindow


class LongImport(FakeApi):
    """Commits its pressing report first, tells of the next stage, and then goes on until it is let go."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.later = list(self.queue)
        self.queue = []
        self.go_on = threading.Event()

    def run_import(self, order_id: int, **more: Any) -> ImportResult:
        self.queue = [replace(self.later[0], band="A", status="new", report_id="900777001")]
        more["on_progress"](Progress(done=1, total=None, unit="files", note=Message("reading reports")))
        self.go_on.wait(60)
        return super().run_import(order_id, **more)


@pytest.fixture
def window(app: QApplication, qtbot: QtBot) -> Iterator[MainWindow]:
    runner = Runner()
    api = LongImport(40)
    made = MainWindow(api, runner)
    made.resize(1440, 900)
    qtbot.addWidget(made)
    made.show()
    made.start()
    qtbot.waitUntil(lambda: not runner.under_way())
    made.show_import()
    made.importing.add_paths([Path("bundle.zip")])
    made.importing.form.received_from.setText("NCMEC")
    made.importing.form.medium.setText("USB")
    made.importing.form.submit()
    qtbot.waitUntil(lambda: made.importing.job is not None)
    yield made
    api.go_on.set()
    runner.stop()


def test_band_a_asks_for_a_name_while_the_import_runs(window: MainWindow, qtbot: QtBot) -> None:
    alarm = window.importing.alarm
    qtbot.waitUntil(alarm.isVisible)
    assert window.importing.job is not None
    assert "900777001" in alarm.button.words()
    assert window.queue.alarm.report_id == "900777001"


def test_the_queue_fills_and_lanes_count_while_the_import_runs(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.queue.model.rowCount() == 1)
    assert window.importing.job is not None
    assert "1" in window.status.counts.text()


def test_it_is_taken_while_the_import_runs(window: MainWindow, qtbot: QtBot) -> None:
    """A decision does not wait for the end of the import."""
    api: Any = window.api
    qtbot.waitUntil(window.importing.alarm.isVisible)
    window.importing.alarm.take_report()
    qtbot.waitUntil(lambda: ("decide", "900777001", "in_progress", None, None, "khi-04") in api.calls)
    assert window.importing.job is not None
    qtbot.waitUntil(lambda: not window.importing.alarm.isVisible())


def test_what_comes_later_waits_behind_a_button(window: MainWindow, qtbot: QtBot) -> None:
    api: Any = window.api
    qtbot.waitUntil(lambda: window.queue.model.rowCount() == 1)
    window.show_queue()
    qtbot.waitUntil(lambda: window.counting.before == 1)
    api.queue = [*api.queue, *api.later[1:]]
    window.counting.read()
    qtbot.waitUntil(window.queue.bar.fresh.isVisible)
    assert window.queue.model.rowCount() == 1
    assert "39" in window.queue.bar.fresh.words()
