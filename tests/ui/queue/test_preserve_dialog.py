from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from triage.model.handover import Handover
from triage.ui.core.runner import Runner
from triage.ui.queue.page import QueuePage
from triage.ui.queue.preserve_dialog import PreserveDialog


def test_what_expires_is_asked_for_in_one_act(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    dialog = PreserveDialog(api, runner, 30, host)
    dialog.days.setText("45")
    dialog.handover.handed_to.setText("the courier")
    said: list[str] = []
    dialog.said.connect(said.append)
    dialog.write_to(tmp_path)
    qtbot.waitUntil(lambda: bool(said))
    assert api.calls == [("preserve_expiring", 45, tmp_path, Handover(handed_to="the courier"))]
    shown = " ".join(label.text() for label in dialog.findChildren(QLabel))
    assert "Operator Example" in shown and "draft: the enquiry or FIR number of the case" in shown


def test_only_the_lane_offers_it(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = QueuePage(api, runner)
    qtbot.addWidget(page)
    assert page.requests.isHidden()
    page.set_lane("preserve")
    assert not page.requests.isHidden()
    page.set_lane("all")
    assert page.requests.isHidden()
