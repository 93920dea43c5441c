"""What the queue shows and how: the one source for chips, header lists, lanes, saved views and the table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from triage.model.queue_order import QueueColumn as SortColumn
from triage.model.queue_order import QueueOrder
from triage.model.queue_views import QueueView
from triage.model.views import QueueFilter
from triage.ui.queue.columns import COLUMNS, QueueColumn, find_column
from triage.ui.queue.facets import find_facet

OPEN_WORK = QueueFilter(open_only=True, fold_duplicates=True)
"""What the queue shows at first: open reports, duplicates folded."""


class QueueState(QObject):
    """Holds filter, order and columns.

    Signals:
        filtered: The filter or the order changed, so the queue is read again.
        arranged: Columns or widths changed.
    """

    filtered = Signal()
    arranged = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.filter = OPEN_WORK
        self.order = QueueOrder()
        self.columns: tuple[str, ...] = usual_columns()
        self.widths: dict[str, int] = {}
        self.view = ""
        """Name of the saved view that was chosen last."""
        self._of_view: QueueView | None = None

    def set_filter(self, wanted: QueueFilter, order: QueueOrder | None = None) -> None:
        """Shows another part of the queue, in the same order unless another is given."""
        before = self.filter, self.order
        self.filter, self.order = wanted, order or self.order
        if (self.filter, self.order) != before:
            self.filtered.emit()

    def change(self, **facets: Any) -> None:
        """Changes some fields of the filter."""
        self.set_filter(replace(self.filter, **facets))

    def toggle_value(self, field: str, value: str) -> None:
        """Adds a value to a facet, or takes it out. A value that was excluded is excluded no longer."""
        values: tuple[str, ...] = getattr(self.filter, field)
        chosen = tuple(each for each in values if each != value) if value in values else (*values, value)
        self.change(**{field: chosen, "excluded": self._without(field, value)})

    def toggle_excluded(self, field: str, value: str) -> None:
        """Leaves out the reports with a value of a facet, or lets them in again. The value is wanted no longer."""
        rest = self._without(field, value)
        excluded = rest if rest != self.filter.excluded else (*rest, (find_facet(field).name, value))
        values: tuple[str, ...] = getattr(self.filter, field)
        self.change(**{field: tuple(each for each in values if each != value), "excluded": excluded})

    def _without(self, field: str, value: str) -> tuple[tuple[str, str], ...]:
        """Returns the excluded values but this one."""
        return tuple(pair for pair in self.filter.excluded if pair != (find_facet(field).name, value))

    def sort_by(self, column: SortColumn) -> None:
        """Sorts by a column: first the way that puts what presses on top, then the other way."""
        first = QueueOrder(column, column in DESCENDING_FIRST)
        self.set_filter(self.filter, replace(first, descending=not first.descending) if self.order == first else first)

    def set_columns(self, keys: tuple[str, ...]) -> None:
        """Shows these columns."""
        if keys != self.columns:
            self.columns = keys
            self.arranged.emit()

    def set_width(self, key: str, width: int) -> None:
        """Remembers the width that a person gave to a column."""
        self.widths = {**self.widths, key: width}

    def shown_columns(self) -> tuple[QueueColumn, ...]:
        """Returns the columns in the order of the table."""
        return tuple(column for column in COLUMNS if column.key in self.columns or column.fixed)

    # Views

    def to_view(self) -> QueueView:
        """Returns what is shown as a view that can be saved."""
        return QueueView(filter=self.filter, order=self.order, columns=self.columns, widths=dict(self.widths))

    def use_view(self, name: str, view: QueueView) -> None:
        """Shows a saved view."""
        self.view, self._of_view = name, view
        self.arrange(view)
        self.set_filter(view.filter, view.order)

    def arrange(self, view: QueueView) -> None:
        """Takes over the columns and widths of a view; columns that no longer exist are left out."""
        known = tuple(key for key in view.columns if any(column.key == key for column in COLUMNS))
        self.columns = known or usual_columns()
        self.widths = {key: width for key, width in view.widths.items() if 24 <= width <= 1000}
        self.arranged.emit()

    def name_view(self, name: str) -> None:
        """Says under which name the present state was saved; an empty name says that no view is chosen."""
        self.view, self._of_view = name, self.to_view() if name else None

    def is_changed(self) -> bool:
        """Returns whether the filter or the order differs from the chosen view."""
        view = self._of_view
        return view is not None and (view.filter, view.order) != (self.filter, self.order)


DESCENDING_FIRST = frozenset({"risk", "actionability", "received"})
"""Columns whose largest value is what a person looks for first."""


def usual_columns() -> tuple[str, ...]:
    """Returns the keys of the columns that are shown until a person chooses others."""
    return tuple(column.key for column in COLUMNS if column.usual)


def names_order(order: QueueOrder) -> str:
    """Returns the heading of the column by which the queue is sorted, marked for translation."""
    return next((column.sorted_by for column in COLUMNS if column.sort == order.column), find_column("band").sorted_by)
