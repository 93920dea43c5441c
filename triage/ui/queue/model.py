"""The queue as a Qt model: ids in queue order, and rows fetched a page at a time when they come into sight.

Two million reports are two million integers here. The order changes only with `load`, so that no row moves while a person
points at it.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from triage.model.views import QueueFilter, QueueRow
from triage.ui.core.api import Api
from triage.ui.core.runner import Changed, Runner
from triage.ui.queue.columns import COLUMNS
from triage.ui.text.i18n import tr, word

PAGE = 64  # rows fetched at once
PAGES_KEPT = 64  # more are dropped, the longest unused first
ROW_ROLE = Qt.ItemDataRole.UserRole + 1


Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractTableModel):
    """Holds the order and the rows at hand. Emits `loaded` after a new order came, and `failed` with a sentence."""

    loaded = Signal()
    failed = Signal(str)

    def __init__(self, api: Api, runner: Runner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self._ids: array[int] = array("q")
        self._pages: OrderedDict[int, dict[int, QueueRow]] = OrderedDict()
        self._wanted: set[int] = set()
        self._asked: set[int] = set()
        self._order = 0
        self.filter = QueueFilter()
        self.loading = False
        self._fetch_soon = QTimer(self)
        self._fetch_soon.setSingleShot(True)
        self._fetch_soon.setInterval(0)
        self._fetch_soon.timeout.connect(self._fetch)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Returns how many reports are in the queue under the filter."""
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Returns how many columns there are."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the heading of a column and its alignment."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return word(COLUMNS[section].header)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns a cell in words or, with `ROW_ROLE`, the whole row; None for a row that has not arrived."""
        if role not in (Qt.ItemDataRole.DisplayRole, ROW_ROLE, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        return tr("loading") if row is None else COLUMNS[index.column()].text(row)

    # What the page asks

    def load(self, wanted: QueueFilter) -> None:
        """Reads the order under a filter. Rows stay as they are until it arrives."""
        self.filter = wanted
        self._order += 1
        self.loading = True
        order = self._order

        def arrived(ids: Sequence[int]) -> None:
            if order == self._order:
                self._replace(ids)

        def could_not(sentence: str) -> None:
            if order == self._order:
                self.loading = False
                self.failed.emit(sentence)

        self._runner.ask(lambda: self._api.queue_ids(wanted), arrived, owner=self, failed=could_not)

    def row(self, at: int) -> QueueRow | None:
        """Returns the row at a place, or None; then its page is fetched."""
        if not 0 <= at < len(self._ids):
            return None
        page = at // PAGE
        rows = self._pages.get(page)
        if rows is None:
            self._want(page)
            return None
        self._pages.move_to_end(page)
        return rows.get(self._ids[at])

    def id_at(self, at: int) -> int | None:
        """Returns the internal id at a place, or None outside the queue."""
        return self._ids[at] if 0 <= at < len(self._ids) else None

    def find(self, row_id: int) -> int | None:
        """Returns the place of an internal id, or None when it is not in the queue."""
        try:
            return self._ids.index(row_id)
        except ValueError:
            return None

    def refresh_rows(self, changed: Changed) -> None:
        """Reads anew the rows at hand that changed. Their places stay until the next `load`."""
        for page, rows in list(self._pages.items()):
            if changed.all_reports or any(row.report_id in changed.reports for row in rows.values()):
                self._want(page)

    def forget(self) -> None:
        """Drops all rows and ids, and answers that are still on their way."""
        self._order += 1
        self._replace(())

    # Pages

    def _replace(self, ids: Sequence[int]) -> None:
        self.beginResetModel()
        self._ids = array("q", ids)
        self._pages.clear()
        self._wanted.clear()
        self._asked.clear()
        self.loading = False
        self.endResetModel()
        self.loaded.emit()

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._wanted.add(page)
            if not self._fetch_soon.isActive():
                self._fetch_soon.start()

    def _fetch(self) -> None:
        pages, self._wanted = sorted(self._wanted), set()
        self._asked.update(pages)
        order = self._order
        ids = [row_id for page in pages for row_id in self._ids[page * PAGE : (page + 1) * PAGE]]

        def arrived(rows: dict[int, QueueRow]) -> None:
            if order != self._order:
                return
            for page in pages:
                self._asked.discard(page)
                self._pages[page] = {i: rows[i] for i in self._ids[page * PAGE : (page + 1) * PAGE] if i in rows}
                last = min((page + 1) * PAGE, len(self._ids)) - 1
                self.dataChanged.emit(self.index(page * PAGE, 0), self.index(last, len(COLUMNS) - 1))
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)

        def could_not(sentence: str) -> None:
            self._asked.difference_update(pages)
            self.failed.emit(sentence)

        self._runner.ask(lambda: self._api.rows(ids), arrived, owner=self, failed=could_not)
