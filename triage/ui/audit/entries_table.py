"""A table over the audit log that holds only the windows that are looked at, however many entries the log has."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from triage.jobs.keeping.audit_reading import AuditEntry
from triage.ui.audit.kind_words import GRAVE
from triage.ui.audit.value_words import describe_facts
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.table import LEAD, ROW_ROLE, RowsDelegate, RowsTable, TableColumn
from triage.ui.text import times
from triage.ui.text.i18n import Safe, isolated, mark, number, shown, tr, word

Index = QModelIndex | QPersistentModelIndex
WINDOW = 128
"""Entries that are read at once."""
KEPT = 40
"""Windows that stay in memory."""
COLUMNS: tuple[TableColumn[AuditEntry | None], ...] = (
    TableColumn(mark("No."), 68, lambda e: number(e.n) if e else Safe("…"), lambda _: "muted", spare=True),
    TableColumn(
        mark("When"), 132, lambda e: times.moment(e.when) if e else Safe(""), told=lambda e: times.both(e.when) if e else Safe("")
    ),
    TableColumn(mark("Who"), 100, lambda e: _describe_user(e) if e else Safe("")),
    TableColumn(mark("What"), 0, lambda e: word(e.kind) if e else Safe(""), lambda e: "bad" if e and e.kind in GRAVE else "text"),
    TableColumn(mark("Of what"), 240, lambda e: describe_about(e) if e else Safe(""), lambda _: "muted", spare=True),
)


def _describe_user(entry: AuditEntry) -> Safe:
    """Returns who did it, or that only auditors see it."""
    return tr("auditors only") if entry.hidden else isolated(entry.user)


def describe_about(entry: AuditEntry) -> Safe:
    """Returns what an entry names, in one line."""
    return Safe(tr(", ").join(tr("{what} {value}", what=name, value=value) for name, value in describe_facts(entry)))


class EntriesModel(QAbstractTableModel):
    """Gives entries by row, the newest first. Rows that are not read yet are asked for, a window at a time."""

    failed = Signal(str)
    arrived = Signal()

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__()
        self._api, self._runner = api, runner
        self._count = 0
        self._found: array[int] | None = None
        self._windows: OrderedDict[int, tuple[AuditEntry, ...]] = OrderedDict()
        self._asked: set[int] = set()
        self.edition = 0
        self.columns = COLUMNS

    def show_all(self, count: int) -> None:
        """Shows the whole log, which has this many entries."""
        self._begin()
        self._count, self._found = count, None
        self.endResetModel()

    def begin_search(self) -> None:
        """Shows no entry until the search finds some."""
        self._begin()
        self._count, self._found = 0, array("q")
        self.endResetModel()

    def add_found(self, numbers: Sequence[int]) -> None:
        """Adds entries that a search found; each is older than those before."""
        if self._found is None or not numbers:
            return
        # A window that was not full is read again with what it holds now.
        self._windows.pop(self._count // WINDOW, None)
        self._asked.discard(self._count // WINDOW)
        self.beginInsertRows(QModelIndex(), self._count, self._count + len(numbers) - 1)
        self._found.extend(numbers)
        self._count = len(self._found)
        self.endInsertRows()

    def _begin(self) -> None:
        """Forgets what was read."""
        self.beginResetModel()
        self.edition += 1
        self._windows.clear()
        self._asked.clear()

    def number_at(self, row: int) -> int:
        """Returns the number of the entry in a row."""
        return self._count - 1 - row if self._found is None else self._found[row]

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Returns the number of entries."""
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Returns the number of columns."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the title of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return word(COLUMNS[section].title)
        return int(LEAD) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the entry for ROW_ROLE, and the text of the cell for display."""
        if role not in (ROW_ROLE, Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        entry = self.entry(index.row())
        return entry if role == ROW_ROLE else shown(COLUMNS[index.column()].text(entry))

    def entry(self, row: int) -> AuditEntry | None:
        """Returns the entry in a row, or None and asks for its window."""
        at, place = divmod(row, WINDOW)
        window = self._windows.get(at)
        if window is None:
            self._ask(at)
            return None
        self._windows.move_to_end(at)
        return window[place] if place < len(window) else None

    def first_entries(self) -> tuple[AuditEntry, ...]:
        """Returns one window of entries that is at hand, or none."""
        return next(iter(self._windows.values()), ())

    def _ask(self, at: int) -> None:
        """Reads a window in the background."""
        if at in self._asked:
            return
        self._asked.add(at)
        rows = range(at * WINDOW, min((at + 1) * WINDOW, self._count))
        numbers, edition = [self.number_at(row) for row in rows], self.edition

        def show(entries: tuple[AuditEntry, ...]) -> None:
            if edition != self.edition:
                return
            self._asked.discard(at)
            self._windows[at] = entries
            while len(self._windows) > KEPT:
                self._windows.popitem(last=False)
            first, last = self.index(rows.start, 0), self.index(rows.stop - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(first, last)
            self.arrived.emit()

        def fail(sentence: str) -> None:
            self._asked.discard(at)
            self.failed.emit(sentence)

        self._runner.ask(lambda: self._api.audit_entries(numbers), show, owner=self, failed=fail, about=f"window {at}")


class EntriesDelegate(RowsDelegate):
    """Paints the entries as other tables paint their rows."""

    def _model(self, index: Index) -> Any:
        """Returns the model, which has the same columns as a RowsModel."""
        return index.model()


class EntriesTable(RowsTable[Any]):
    """Shows the entries of the audit log."""

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(COLUMNS, lambda entry: entry.n, name=tr("Audit log"))
        self.entries = EntriesModel(api, runner)
        self._fitted = -1
        self.setModel(self.entries)
        self.setItemDelegate(EntriesDelegate(self))
        self.selectionModel().currentRowChanged.connect(lambda *_: self._moved())
        self.entries.arrived.connect(self._moved)
        self.entries.arrived.connect(self._fit_to_entries)

    def sample_rows(self) -> Sequence[Any]:
        """Returns the entries that were read first since the log or the search began: the columns stay while one scrolls."""
        return self.entries.first_entries()

    def _fit_to_entries(self) -> None:
        """Shares the width anew when the first entries have come."""
        if self._fitted != self.entries.edition:
            self._fitted = self.entries.edition
            self._needs = []
            self.fit_columns()

    def go(self, step: int) -> None:
        """Moves the current row by `step`."""
        self.select(self.currentIndex().row() + step)

    def select(self, at: int) -> None:
        """Selects the entry in this row and scrolls to it."""
        if 0 <= at < self.entries.rowCount():
            flags = QItemSelectionModel.SelectionFlag
            index = self.entries.index(at, 0)
            self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
            self.scrollTo(index)
