"""Keeps where a person is in the queue: over a lock and a change of theme all of it, over days the columns, widths and order.

With it go the reports that were put into cases, so that undo reaches back over a lock.

The place lies in the store, so nothing of it stays in memory while the store is locked.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from triage.model.queue_views import QueuePlace, QueueView
from triage.ui.core.api import Api
from triage.ui.core.joining_steps import keep_over_lock, take_up_steps
from triage.ui.core.runner import Runner
from triage.ui.queue.state import OPEN_WORK, QueueState
from triage.ui.queue.table import QueueTable
from triage.ui.text import times

SAVE_EVERY_MS = 5_000
AWAY = timedelta(minutes=30)  # who was away for longer was not "here"


@dataclass(frozen=True, slots=True)
class ProgramRun:
    """One run of the program: its name, and when the person began to work in it (ISO 8601 UTC). A lock does not end it."""

    name: str
    began: str

    @classmethod
    def begin(cls) -> ProgramRun:
        """Returns a run that begins now."""
        return cls(secrets.token_hex(8), times.now_iso())


class PlaceKeeper(QObject):
    """Takes up a place and saves it. Emits `taken_up` once the state holds it."""

    taken_up = Signal()

    def __init__(self, api: Api, runner: Runner, state: QueueState, table: QueueTable, process: str) -> None:
        super().__init__(table)
        self._api, self._runner, self._state, self._process = api, runner, state, process
        self.row_id: int | None = None
        self.since: str | None = None
        """When the person was here the time before."""
        self._begun = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SAVE_EVERY_MS)
        self._soon.timeout.connect(self.save)
        state.filtered.connect(self._changed)
        state.arranged.connect(self._changed)

    def start(self, place: QueuePlace | None) -> None:
        """Takes up a place, or the one that the store keeps for this person."""
        if place is not None:
            self._take_up(place)
        else:
            self._runner.ask(
                self._api.queue_place, self._take_up, owner=self, failed=lambda _: self._take_up(QueuePlace()), about="place"
            )

    def place(self) -> QueuePlace:
        """Returns where the person is now."""
        return QueuePlace(
            view=self._state.to_view(),
            row_id=self.row_id,
            process=self._process,
            here=times.now_iso(),
            joined=keep_over_lock(self._api),
            since=self.since,
        )

    def note_row(self, row_id: int | None) -> None:
        """Remembers the current report."""
        if row_id is not None and row_id != self.row_id:
            self.row_id = row_id
            self._changed()

    def save(self) -> None:
        """Saves the place in the store, in the background. A store that can't be written keeps the place before."""
        if self._begun:
            place = self.place()
            self._runner.do(lambda _progress, _cancel: self._api.save_queue_place(place), changes=None, failed=lambda _: None)

    def _changed(self) -> None:
        if self._begun and not self._soon.isActive():
            self._soon.start()

    def _take_up(self, place: QueuePlace) -> None:
        """Puts a place into the state. Filter and report count within one run of the program only."""
        same_run = place.process == self._process
        self.since = place.since if same_run and not _was_away(place) else place.here
        self.row_id = place.row_id if same_run else None
        if same_run:
            take_up_steps(self._api, place.joined)
        view = place.view if same_run else QueueView(order=place.view.order, columns=place.view.columns, widths=place.view.widths)
        self._state.blockSignals(True)
        self._state.arrange(view)
        self._state.filter = view.filter if same_run else OPEN_WORK
        self._state.order = view.order
        self._state.blockSignals(False)
        self._begun = True
        self.taken_up.emit()


def _was_away(place: QueuePlace) -> bool:
    """Returns whether the person was away long enough for a new "since"."""
    return place.here is not None and times.now() - times.parse(place.here) > AWAY
