"""The reports that a person ticked for an act on many."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Ticks(QObject):
    """Holds ids of ticked reports, at most as many as one act reaches.

    Signals:
        changed: Other reports are ticked.
        cleared: No report is to be ticked: what is on its way to be ticked is not wanted any more.
    """

    changed = Signal()
    cleared = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: dict[int, None] = {}
        self._range: frozenset[int] = frozenset()

    def __len__(self) -> int:
        """Returns how many reports are ticked."""
        return len(self._ids)

    def __contains__(self, row_id: object) -> bool:
        """Returns whether a report is ticked."""
        return row_id in self._ids

    def ids(self) -> tuple[int, ...]:
        """Returns the ids in the order of ticking."""
        return tuple(self._ids)

    def toggle(self, row_id: int) -> None:
        """Ticks a report, or takes the tick away."""
        if row_id in self._ids:
            del self._ids[row_id]
        else:
            self._ids[row_id] = None
        self._range = frozenset()
        self.changed.emit()

    def add(self, row_ids: Iterable[int]) -> None:
        """Ticks reports."""
        self._ids |= dict.fromkeys(row_ids)
        self.changed.emit()

    def set_range(self, row_ids: Iterable[int]) -> None:
        """Ticks a range that grows or shrinks while Shift is held: what the range before ticked is given up."""
        wanted = frozenset(row_ids)
        for row_id in self._range - wanted:
            self._ids.pop(row_id, None)
        self._range = frozenset(row_id for row_id in wanted if row_id not in self._ids or row_id in self._range)
        self._ids |= dict.fromkeys(sorted(wanted - self._ids.keys()))
        self.changed.emit()

    def end_range(self) -> None:
        """Keeps the range as it is; the next one begins anew."""
        self._range = frozenset()

    def clear(self) -> None:
        """Takes all ticks away."""
        self.cleared.emit()
        if self._ids:
            self._ids.clear()
            self._range = frozenset()
            self.changed.emit()
