"""Checks audit log and sandbox now and then, and shows the result in the status bar."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from triage.jobs.status import MachineStatus
from triage.ui.core.api import Api
from triage.ui.core.runner import Job, Runner
from triage.ui.shell.status_bar import StatusBar
from triage.ui.text import times

EVERY_MS = 15 * 60 * 1000
Seen = tuple[MachineStatus, str]
"""The result of a check, and when it was made (ISO 8601 UTC)."""


class MachineCheck(QTimer):
    """Checks in the background every quarter of an hour, and never twice at a time."""

    def __init__(self, api: Api, runner: Runner, status: StatusBar) -> None:
        super().__init__(status)
        self._api, self._runner, self._status = api, runner, status
        self._job: Job | None = None
        self.setInterval(EVERY_MS)
        self.timeout.connect(self.check)

    def begin(self, seen: Seen | None) -> None:
        """Shows what the window before this one saw, or checks. In a large store a check reads the sums of all pages."""
        if seen is None:
            self.check()
        else:
            self._status.show_machine(*seen)

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
            about="machine",
        )
