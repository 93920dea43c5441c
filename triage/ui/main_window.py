"""The working window: lanes on the left, a page in the middle, the truth about the machine at the foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.ui.api import Api
from triage.ui.lanes import LaneRail
from triage.ui.queue_page import QueuePage
from triage.ui.runner import Runner
from triage.ui.status_bar import StatusBar

if TYPE_CHECKING:
    pass

COUNTS_EVERY_MS = 5_000
MACHINE_EVERY_MS = 15 * 60 * 1000


class MainWindow(QWidget):
    """Everything that an unlocked session shows. `lock_asked` when a person locks."""

    lock_asked = Signal()

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self.api, self.runner = api, runner
        self.setProperty("kind", "ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.rail = LaneRail()
        self.status = StatusBar()
        self.pages = QStackedWidget()
        self.queue = QueuePage(api, runner)
        self.pages.addWidget(self.queue)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(self.rail)
        body.addWidget(self.pages, 1)
        outer.addLayout(body, 1)
        outer.addWidget(self.status)
        self.look()

    def look(self):
        self.queue.reload()
        self.queue.look_for_alarm()
        self.runner.ask(self.api.lanes, self.rail.show_counts, owner=self)
        self.runner.ask(self.api.machine, lambda m: self.status.show_machine(m, "2026-11-24T09:14:00Z"), owner=self)
