"""A table over a list of any length: it knows the ids in order, and reads the rows that are looked at, a window at a time."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal

from triage.ui.core.runner import Runner
from triage.ui.kit.table import ROW_ROLE, WAITING, RowHeading, RowsModel, RowsTable, TableColumn
from triage.ui.text.i18n import number, shown

Row = TypeVar("Row")
Load = Callable[[Sequence[int]], Mapping[int, Row]]
"""Reads the rows with these ids; those that are gone are missing."""
Index = QModelIndex | QPersistentModelIndex
WINDOW = 128
"""Rows that are read at once."""
KEPT = 40
"""Windows that stay in memory."""
READ_AHEAD = 8
"""Rows on both sides of the current one that are read with it."""
NO_ID = 0
"""Stands in a list of ids where a heading is."""


@dataclass(frozen=True, slots=True)
class PagedRows(Generic[Row]):
    """A list as a page reads it: the ids, the rows of one window, and which row is to be current.

    When a person has moved to another row of it while it was read, that one stays current.
    """

    ids: Sequence[int]
    load: Load[Row]
    rows: Mapping[int, Row]
    at: int
    headings: Mapping[int, RowHeading] = field(default_factory=dict)
    """Row of the table -> heading; its id is NO_ID."""
    kept: int | None = None
    """The row that was current when the list was asked for."""


def read_rows(
    ids: Sequence[int], load: Load[Row], kept: int | None, headings: Mapping[int, RowHeading] | None = None
) -> PagedRows[Row]:
    """Reads the window in which the row `kept` is, or the first one when it is no longer in the list."""
    at = _find(ids, kept)
    return PagedRows(ids, load, load(_choose_window(ids, at // WINDOW)) if ids else {}, at, headings or {}, kept)


def group_ids(groups: Iterable[tuple[str, Sequence[int]]]) -> tuple[Sequence[int], Mapping[int, RowHeading]]:
    """Returns the ids of groups one after the other, each below a heading with its number; groups without rows are left out."""
    ids, headings = array("q"), dict[int, RowHeading]()
    for title, some in groups:
        if some:
            headings[len(ids)] = RowHeading(title, number(len(some)))
            ids.append(NO_ID)
            ids.extend(some)
    return ids, headings


def _find(ids: Sequence[int], kept: int | None, otherwise: int | None = None) -> int:
    """Returns the place of an id; else this one, or that of the first id that is no heading."""
    if kept is not None:
        with suppress(ValueError):
            return ids.index(kept)
    return next((at for at, each in enumerate(ids) if each != NO_ID), 0) if otherwise is None else otherwise


def _choose_window(ids: Sequence[int], window: int) -> list[int]:
    """Returns the ids of a window."""
    return [each for each in ids[window * WINDOW : (window + 1) * WINDOW] if each != NO_ID]


class PagedModel(RowsModel[Row]):
    """Gives rows by their place. Rows that are not read yet are asked for, a window at a time.

    Signals:
        failed: A sentence why rows could not be read.
        arrived: A window was read.
    """

    failed = Signal(str)
    arrived = Signal()

    def __init__(self, columns: Sequence[TableColumn[Row]], runner: Runner) -> None:
        super().__init__(columns)
        self._runner = runner
        self.ids: Sequence[int] = ()
        self._load: Load[Row] = lambda _: {}
        self._headings: Mapping[int, RowHeading] = {}
        self._windows: OrderedDict[int, Mapping[int, Row]] = OrderedDict()
        self._asked: set[int] = set()
        self.edition = 0
        """Counts how often the list was exchanged: windows of an earlier one are dropped."""

    def show(self, found: PagedRows[Row]) -> None:
        """Shows another list."""
        self.beginResetModel()
        self.edition += 1
        self.ids, self._load, self._headings = found.ids, found.load, found.headings
        self._windows.clear()
        self._asked.clear()
        if found.rows:
            self._windows[found.at // WINDOW] = found.rows
        self.endResetModel()

    def extend(self, ids: Sequence[int]) -> None:
        """Adds ids at the end of a list that is an array."""
        if not ids or not isinstance(self.ids, array):
            return
        # A window that was not full is read again with what it holds now.
        last = len(self.ids) // WINDOW
        self._windows.pop(last, None)
        self._asked.discard(last)
        self.beginInsertRows(QModelIndex(), len(self.ids), len(self.ids) + len(ids) - 1)
        self.ids.extend(ids)
        self.endInsertRows()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Returns the number of rows and headings."""
        return 0 if parent.isValid() else len(self.ids)

    def at(self, row: int) -> Row | RowHeading | None:
        """Returns a row or heading, or None for a row that is not read yet, and asks for it."""
        if (heading := self._headings.get(row)) is not None:
            return heading
        window = self._windows.get(row // WINDOW)
        if window is None:
            self._ask(row // WINDOW)
            return None
        self._windows.move_to_end(row // WINDOW)
        return window.get(self.ids[row])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the row object for ROW_ROLE, and the text of the cell for display."""
        if role not in (ROW_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.at(index.row())
        if role == ROW_ROLE:
            return row
        if row is None:
            return shown(WAITING)
        return row.words if isinstance(row, RowHeading) else shown(self.columns[index.column()].text(row))

    def rows_at_hand(self) -> list[Row]:
        """Returns the rows that were read, in their order."""
        rows: list[Row] = []
        for window in sorted(self._windows):
            held = self._windows[window]
            rows += [held[each] for each in _choose_window(self.ids, window) if each in held]
        return rows

    def _ask(self, window: int) -> None:
        """Reads a window in the background."""
        if window in self._asked:
            return
        self._asked.add(window)
        edition, load, ids = self.edition, self._load, _choose_window(self.ids, window)
        first, last = window * WINDOW, min((window + 1) * WINDOW, len(self.ids)) - 1

        def show(rows: Mapping[int, Row]) -> None:
            if edition != self.edition or window not in self._asked:
                return
            self._asked.discard(window)
            self._windows[window] = rows
            while len(self._windows) > KEPT:
                self._windows.popitem(last=False)
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
            self.arrived.emit()

        def fail(sentence: str) -> None:
            if edition == self.edition:
                self._asked.discard(window)
                self.failed.emit(sentence)

        self._runner.ask(lambda: load(ids), show, owner=self, failed=fail, about=f"window {window}")


class PagedTable(RowsTable[Row]):
    """Shows a list of any length; otherwise as a RowsTable."""

    def __init__(self, columns: Sequence[TableColumn[Row]], runner: Runner, *, name: str) -> None:
        model: PagedModel[Row] = PagedModel(columns, runner)
        super().__init__(columns, id, name=name, model=model)
        self.paged = model
        self._fitted = -1
        self._announced = False
        self.paged.arrived.connect(self._take_window)

    def show_found(self, found: PagedRows[Row]) -> None:
        """Shows a list, with the row that is to be current."""
        now = self.current_id()
        at = found.at if now in (found.kept, NO_ID) else _find(found.ids, now, found.at)
        self.clearSpans()
        self.paged.show(found)
        self._fit_to_rows()
        if self.paged.columnCount() > 1:
            for heading in found.headings:
                self.setSpan(heading, 0, 1, self.paged.columnCount())
        if found.ids:
            self.select(at)
        else:
            self.row_changed.emit(None)

    def current_id(self) -> int | None:
        """Returns the id of the current row, also while it is not read yet."""
        at = self.currentIndex().row()
        return self.paged.ids[at] if 0 <= at < len(self.paged.ids) else None

    def step(self, step: int) -> Row | None:
        """Moves the current row by `step` and returns the row there. One that is not read yet is asked for, and not moved to.

        So nobody who opens one row after the other passes over one.
        """
        before = self.currentIndex().row()
        self.go(step)
        if (row := self.current_row()) is None and before >= 0:
            self.select(before)
        return row

    def rows(self) -> list[Row]:
        """Returns the rows that were read."""
        return self.paged.rows_at_hand()

    def sample_rows(self) -> Sequence[Row]:
        """Returns the rows that were read first since the list came: the columns stay while one scrolls."""
        return self.paged.rows_at_hand()[:WINDOW]

    def _take_window(self) -> None:
        """Shows what came of the current row, and measures the columns when these are the first rows."""
        if self._fitted != self.paged.edition:
            self._fit_to_rows()
        if not self._announced:
            self._moved()

    def _moved(self) -> None:
        """Announces the current row; a row that is not read yet is announced again when it came."""
        self._announced = self.current_row() is not None
        at = self.currentIndex().row()
        if at >= 0:  # the rows beside it are there before somebody steps on them
            for near in (max(0, at - READ_AHEAD), min(at + READ_AHEAD, self.paged.rowCount() - 1)):
                self.paged.at(near)
        super()._moved()

    def _fit_to_rows(self) -> None:
        """Shares the width anew among the columns, when rows are there to measure."""
        if self.paged.rows_at_hand():
            self._fitted = self.paged.edition
            self._needs = []
            self.fit_columns()
