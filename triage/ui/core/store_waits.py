"""Tells screens what a step waits for when the store can't be written for more than a second."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from triage.message import Message
from triage.ui.core.window_calls import make_window_call
from triage.ui.text.i18n import tr_message


class _HearsWaits(Protocol):
    def hear_waits(self, hear: Callable[[Message | None], None]) -> None: ...


class StoreWaits(QObject):
    """Collects the waits of all threads on the window's thread.

    Signals:
        changed: One sentence, or an empty text when nobody waits any more.
    """

    changed = Signal(str)

    def __init__(self, parent: QObject, occupied: Callable[[], bool]) -> None:
        """`occupied` says whether a person waits for anything; what waits for nobody is not told."""
        super().__init__(parent)
        self._occupied, self._waiting = occupied, 0

    def follow(self, api: _HearsWaits) -> None:
        """Listens to the threads that write by this session."""
        api.hear_waits(make_window_call(self, self.hear))

    def hear(self, message: Message | None) -> None:
        """Takes what a thread waits for, or None when its wait has ended."""
        self._waiting += -1 if message is None else 1
        if message is not None and self._occupied():
            self.changed.emit(tr_message(message))
        elif not self._waiting:
            self.changed.emit("")
