"""Checks audit log and sandbox now and then, and shows the result in the status bar."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from triage.ui.core.api import Api
from triage.ui.core.runner import Job, Runner
from triage.ui.shell.status_bar import StatusBar
from triage.ui.text import times

EVERY_MS = 15 * 60 * 1000


class MachineCheck(QTimer):
    """Checks in the background every quarter of an hour, and never twice at a time."""

    def __init__(self, api: Api, runner: Runner, status: StatusBar) -> None:
        super().__init__(status)
        self._api, self._runner, self._status = api, runner, status
        self._job: Job | None = None
        self.setInterval(EVERY_MS)
        self.timeout.connect(self.check)

    def check(self) -> None:
        """Checks now."""
        if self._job is not None and not self._job.done:
            return
        looked = times.now_iso()
        self._job = self._runner.ask(
            self._api.machine,
            lambda machine: self._status.show_machine(machine, looked),
            owner=self._status,
            failed=self._status.show_unknown,
        )
