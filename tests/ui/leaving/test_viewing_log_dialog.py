from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.model.handover import Handover
from triage.ui.core.runner import Runner
from triage.ui.leaving.viewing_log_dialog import ViewingLogDialog


def test_the_form_needs_a_packet_and_a_file(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    host, told = QWidget(), []
    qtbot.addWidget(host)
    dialog = ViewingLogDialog(api, runner, parent=host, done=told.append)
    dialog.accept()
    assert dialog.problem.text() == "Choose the folder of the packet."
    dialog.packet.setText(str(tmp_path / "packet"))
    dialog.target.setText(str(tmp_path / "viewings.doc"))
    dialog.accept()
    assert dialog.problem.text() == "Choose a file whose name ends in .pdf."
    dialog.target.setText(str(tmp_path / "viewings.pdf"))
    dialog.handover.handed_to.setText("Inspector B.")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(told))
    handover = Handover(handed_to="Inspector B.")
    assert api.calls == [("viewing_log", tmp_path / "packet", tmp_path / "viewings.pdf", handover, False)]
