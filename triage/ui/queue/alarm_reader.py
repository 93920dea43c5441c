"""Defines the alarm bar of the queue, which reads the new band A reports itself and assigns them by name."""

from __future__ import annotations

from PySide6.QtCore import Signal

from triage.model.queue_order import QueueOrder
from triage.model.views import QueueFilter, QueueRow
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import keys
from triage.ui.queue.alarm_bar import AlarmBar
from triage.ui.text.i18n import ltr, tr

NEW_IN_BAND_A = QueueFilter(bands=("A",), statuses=("new",))


class AlarmReader(AlarmBar):
    """Shows the new band A reports.

    Signals:
        looked: Their number, and the row of the first or None.
        taken: The number of a report that this person takes.
        said: A sentence.
    """

    looked = Signal(int, object)
    taken = Signal(str)
    said = Signal(str)

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self.acknowledged.connect(self.acknowledge)

    def look(self) -> None:
        """Reads the new band A reports and shows them."""

        def read() -> tuple[int, QueueRow | None]:
            window = self._api.queue_window(NEW_IN_BAND_A, QueueOrder(), 0, 1)
            return window.total, window.rows[0] if window.rows else None

        def show(found: tuple[int, QueueRow | None]) -> None:
            self.show_state(*found, self._api.user.name)
            self.looked.emit(*found)

        self._runner.ask(read, show, owner=self, about="alarm")

    def acknowledge(self, report_id: str) -> None:
        """Assigns a report to this person and sets it in progress."""
        self.taken.emit(report_id)
        done = tr("{report} is assigned to you, in progress.", report=ltr(report_id))
        undo = keys.find_key("queue", "undo").cap
        self._runner.do(
            lambda _progress, _cancel: self._api.decide(report_id, status="in_progress", assignee=self._api.user.name),
            lambda _: self.said.emit(tr("{done} Undo: {key}", done=done, key=undo)),
            changes=Changed(reports=frozenset({report_id})),
            owner=self,
        )
