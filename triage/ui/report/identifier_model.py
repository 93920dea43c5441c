"""Holds the rows of the table of identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QTableView

from triage.model.report_page import ReportPageView, ShowOperator
from triage.model.views import ShowIdentifier, ShowReport
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.report.identifier_words import (
    HEADERS,
    IdentifierColumn,
    IdentifierRow,
    cell_text,
    describe_details,
    describe_event_and_time,
    describe_identifier,
    describe_operator,
    group_rows,
)
from triage.ui.text.i18n import Safe, word

Index = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
FIRST_ROWS = 12
"""So many are shown at first; a report may carry thousands of log-ins."""
ITEM_ROLE = Qt.ItemDataRole.UserRole


class IdentifierModel(QAbstractTableModel):
    """Holds the rows of the table; ITEM_ROLE returns the row itself."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(parent)
        self._report: ShowReport | None = None
        self.operators: Mapping[str, ShowOperator] = {}
        self.items: list[IdentifierRow] = []
        self._cells: dict[tuple[int, int], tuple[Safe, Safe]] = {}
        self.shown_rows = 0

    def show_page(self, view: ReportPageView) -> None:
        """Replaces all rows."""
        self.beginResetModel()
        self._report = view.report
        self.operators = {operator.value: operator for operator in view.operators}
        self.items = group_rows(view.report)
        self.shown_rows = min(len(self.items), FIRST_ROWS)
        self._cells.clear()
        self.endResetModel()

    def show_rows(self, count: int) -> None:
        """Shows so many rows, if there are as many."""
        count = max(0, min(count, len(self.items)))
        if count > self.shown_rows:
            self.beginInsertRows(QModelIndex(), self.shown_rows, count - 1)
            self.shown_rows = count
            self.endInsertRows()

    def rowCount(self, parent: Index = ROOT) -> int:
        """Returns the number of rows shown."""
        return 0 if parent.isValid() else self.shown_rows

    def columnCount(self, parent: Index = ROOT) -> int:
        """Returns the number of columns."""
        return 0 if parent.isValid() else len(IdentifierColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the title of a column."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return word(HEADERS[IdentifierColumn(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Returns that headings can't be selected."""
        if self.items[index.row()].entry is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the row, the tooltip or the text of a cell."""
        row = self.items[index.row()]
        if role == ITEM_ROLE:
            return row
        if row.entry is None:
            wanted = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return row.heading if wanted and index.column() == 0 else None
        operator = self.operators.get(row.entry.value)
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(describe_identifier(row.entry, operator))
        column = IdentifierColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return cell_text(row.entry, column, operator)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return Safe(" ".join(filter(None, (cell_text(row.entry, column, operator), self.rest(row.entry, column)))))
        return None

    def cell(self, row: int, column: IdentifierColumn) -> tuple[Safe, Safe]:
        """Returns the text of a cell and its remark; it is worked out once."""
        key = (row, int(column))
        found = self._cells.get(key)
        if found is None:
            entry = self.items[row].entry
            if entry is None:
                return self.items[row].heading, Safe("")
            found = self._cells[key] = (cell_text(entry, column, self.operators.get(entry.value)), self.rest(entry, column))
        return found

    def rest(self, entry: ShowIdentifier, column: IdentifierColumn) -> Safe:
        """Returns the remark that stands after the text of a cell."""
        match column:
            case IdentifierColumn.VALUE:
                return Safe("") if self._report is None else describe_details(entry, self._report)
            case IdentifierColumn.OPERATOR:
                return describe_operator(self.operators.get(entry.value))[1]
            case IdentifierColumn.TIME:
                return describe_event_and_time(entry)[1]
        return Safe("")
