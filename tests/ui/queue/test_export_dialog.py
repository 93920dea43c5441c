from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from tests.ui.used_again import REFUSAL, refusing_acts
from triage.model.handover import Handover
from triage.model.outgoing_preview import QueuePreview
from triage.model.views import QueueFilter
from triage.ui.core.runner import Runner
from triage.ui.queue.export_dialog import ExportDialog


def test_a_queue_leaves_with_its_handover(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    wanted = QueueFilter(bands=("A",))
    dialog = ExportDialog(api, runner, wanted, 2, parent=host)
    assert dialog.chosen_ending() == ".xlsx"
    dialog.formats.buttons()[1].click()
    assert dialog.chosen_ending() == ".csv"
    dialog.handover.handed_to.setText(" Inspector B. ")
    dialog.handover.serial.setText("SN-9")
    said: list[str] = []
    dialog.said.connect(said.append)
    dialog.show()
    with refusing_acts(runner):
        dialog.export_to(tmp_path / "queue.csv")
        dialog.close()
        settle(runner)
    assert dialog.isVisible() and dialog.isEnabled() and dialog._problem.text() == REFUSAL
    assert dialog.handover.serial.text() == "SN-9" and not said
    dialog.export_to(tmp_path / "queue.csv")
    qtbot.waitUntil(lambda: bool(said))
    handover = Handover(handed_to="Inspector B.", medium_serial="SN-9")
    assert api.calls == [("export_queue", wanted, tmp_path / "queue.csv", handover, True)]
    assert "Written and signed" in [label.text() for label in dialog.findChildren(QLabel)]
    assert dialog.windowTitle() == "Written and signed"


def test_totals_are_shown_before_anything_is_written(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    dialog = ExportDialog(api, runner, QueueFilter(bands=("A",)), 2, parent=host)
    qtbot.waitUntil(lambda: "By office" in dialog.preview.text())
    assert dialog.preview.text().splitlines() == [
        "The file will hold 2 reports.",
        "By band: A: 2",
        "By office: Karachi: 1, Lahore: 1",
    ]
    assert api.calls == []
    empty = ExportDialog(api, runner, QueueFilter(bands=("A",), statuses=("closed",)), 0, parent=host)
    qtbot.waitUntil(lambda: "only its heading" in empty.preview.text())


def test_totals_that_come_after_the_file_was_written_are_dropped(
    api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written, counted = threading.Event(), api.preview_queue

    def count_late(wanted: QueueFilter) -> QueuePreview:
        assert written.wait(60)
        return counted(wanted)

    monkeypatch.setattr(api, "preview_queue", count_late)
    host = QWidget()
    qtbot.addWidget(host)
    dialog = ExportDialog(api, runner, QueueFilter(bands=("A",)), 2, parent=host)
    dialog.export_to(tmp_path / "queue.csv")
    qtbot.waitUntil(lambda: dialog.windowTitle() == "Written and signed")
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    written.set()
    settle(runner)
    assert dialog.windowTitle() == "Written and signed"
