"""The queue as a Qt model: windows of rows that are read when they come into sight, and copies unfolded below their report.

The model knows how many reports there are, and holds the rows at hand; it never holds all ids. The order changes only with
`load`, so that no row moves while a person points at it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from triage.model.queue_order import QueueOrder, QueueWindow
from triage.model.views import QueueFilter, QueueRow
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.queue.columns import QueueColumn
from triage.ui.queue.state import OPEN_WORK, QueueState
from triage.ui.text.i18n import tr, word

PAGE = 64  # rows read at once
PAGES_KEPT = 64  # more are dropped, the longest unused first
MOST_COPIES = 200  # copies that are unfolded below one report; the rest is named in words
ROW_ROLE = Qt.ItemDataRole.UserRole + 1
COPY_ROLE = Qt.ItemDataRole.UserRole + 2
"""Whether a row is a copy that was unfolded."""

Index = QModelIndex | QPersistentModelIndex


@dataclass(slots=True)
class _Loaded:
    """What one read of the queue brought."""

    window: QueueWindow
    place: int | None
    """Where the report that is to stay current stands now."""


@dataclass(slots=True)
class _Unfolded:
    """Copies below the reports at some places, by place in ascending order."""

    places: list[int] = field(default_factory=list)
    copies: dict[int, list[QueueRow]] = field(default_factory=dict)

    def count(self) -> int:
        """Returns how many rows the copies take."""
        return sum(len(rows) for rows in self.copies.values())

    def find(self, at: int) -> tuple[int, int | None]:
        """Returns the place in the queue that a row of the table shows, and which of its copies, if any."""
        above = 0
        for place in self.places:
            head = place + above
            if at <= head:
                break
            many = len(self.copies[place])
            if at <= head + many:
                return place, at - head - 1
            above += many
        return at - above, None

    def row_of(self, place: int) -> int:
        """Returns the row of the table that shows a place of the queue."""
        return place + sum(len(self.copies[each]) for each in self.places[: bisect_left(self.places, place)])


class QueueModel(QAbstractTableModel):
    """Holds the number of reports and the rows at hand.

    Signals:
        loaded: A new order came. `kept` is the row that shows the report asked to stay current, or None.
        failed: A sentence why the queue could not be read.
    """

    loaded = Signal()
    failed = Signal(str)

    def __init__(self, api: Api, runner: Runner, state: QueueState | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._api, self._runner = api, runner
        self.state = state or QueueState(self)
        self.columns: tuple[QueueColumn, ...] = self.state.shown_columns()
        self.total = self.stored = 0
        self.kept: int | None = None
        self.near = 0
        self._pages: OrderedDict[int, tuple[QueueRow, ...]] = OrderedDict()
        self._unfolded = _Unfolded()
        self._wanted: set[int] = set()
        self._asked: set[int] = set()
        self._edition = 0
        """Counts how often all rows were exchanged: pages and copies of earlier rows are dropped. Many are read at once."""
        self.filter: QueueFilter = OPEN_WORK
        self.order = QueueOrder()
        self.loading = False
        self._fetch_soon = QTimer(self)
        self._fetch_soon.setSingleShot(True)
        self._fetch_soon.setInterval(0)
        self._fetch_soon.timeout.connect(self._fetch)

    # What Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own signature
        """Returns how many rows there are: reports under the filter, and copies that are unfolded."""
        return 0 if parent.isValid() else self.total + self._unfolded.count()

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Returns how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the heading of a column and its alignment."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return word(self.columns[section].header)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns a cell in words or, with `ROW_ROLE`, the whole row; None for a row that has not arrived."""
        if role == COPY_ROLE:
            return self.is_copy(index.row())
        if role not in (Qt.ItemDataRole.DisplayRole, ROW_ROLE, Qt.ItemDataRole.AccessibleTextRole):
            return None
        row = self.row(index.row())
        if role == ROW_ROLE:
            return row
        return tr("loading") if row is None else self.columns[index.column()].describe(row)

    # What the page asks

    def show_columns(self) -> None:
        """Takes over the columns of the state."""
        self.beginResetModel()
        self.columns = self.state.shown_columns()
        self.endResetModel()

    def load(self, keep: int | None = None, near: int = 0) -> None:
        """Reads the queue under the filter and order of the state. Rows stay as they are until the new ones arrive.

        `keep` is the id of the report that stays current; when it is not in the queue, the place `near` is current.
        """
        wanted, order = self.state.filter, self.state.order
        self.loading = True
        self.near = near

        def read() -> _Loaded:
            place = None if keep is None else self._api.find_place(wanted, order, keep)
            start = max(0, (near if place is None else place) // PAGE * PAGE)
            window = self._api.queue_window(wanted, order, start, PAGE)
            if start and not window.rows:  # the queue became shorter
                start = max(0, (window.total - 1) // PAGE * PAGE)
                window = self._api.queue_window(wanted, order, start, PAGE)
            return _Loaded(window, place)

        def arrived(found: _Loaded) -> None:
            self.filter, self.order = wanted, order
            self._replace(found)

        def could_not(sentence: str) -> None:
            self.loading = False
            self.failed.emit(sentence)

        self._runner.ask(read, arrived, owner=self, failed=could_not, about="queue")

    def row(self, at: int) -> QueueRow | None:
        """Returns the report in a row of the table, or None; then its page is read."""
        if not 0 <= at < self.rowCount():
            return None
        place, copy = self._unfolded.find(at)
        if copy is not None:
            return self._unfolded.copies[place][copy]
        page = place // PAGE
        rows = self._pages.get(page)
        if rows is None:
            self._want(page)
            return None
        self._pages.move_to_end(page)
        return rows[place % PAGE] if place % PAGE < len(rows) else None

    def id_at(self, at: int) -> int | None:
        """Returns the internal id of the report in a row, or None when it is not at hand."""
        row = self.row(at)
        return None if row is None else row.id

    def find(self, row_id: int) -> int | None:
        """Returns the row that shows an id among the rows at hand, or None."""
        for page, rows in self._pages.items():
            for n, row in enumerate(rows):
                if row.id == row_id:
                    return self._unfolded.row_of(page * PAGE + n)
        return None

    def place_of(self, at: int) -> int:
        """Returns the place in the queue that a row shows; a copy has the place of its report."""
        return self._unfolded.find(at)[0]

    def is_copy(self, at: int) -> bool:
        """Returns whether a row is a copy that was unfolded."""
        return self._unfolded.find(at)[1] is not None

    def is_unfolded(self, at: int) -> bool:
        """Returns whether the copies of the report in a row are shown below it."""
        return self.place_of(at) in self._unfolded.copies

    def rows_at_hand(self) -> list[tuple[int, QueueRow]]:
        """Returns the rows of the table that have arrived."""
        heads = [
            (self._unfolded.row_of(page * PAGE + n), row) for page, rows in self._pages.items() for n, row in enumerate(rows)
        ]
        below = [
            (self._unfolded.row_of(place) + 1 + n, row)
            for place, copies in self._unfolded.copies.items()
            for n, row in enumerate(copies)
        ]
        return heads + below

    def forget(self) -> None:
        """Drops all rows, and answers that are still on their way."""
        self._runner.drop_answers(self, "queue")
        self._replace(_Loaded(QueueWindow((), 0, 0, 0), None))

    # Copies

    def toggle_fold(self, at: int) -> None:
        """Shows the copies of the report in a row below it, or folds them again."""
        place = self.place_of(at)
        head = self._unfolded.row_of(place)
        if place in self._unfolded.copies:
            many = len(self._unfolded.copies[place])
            self.beginRemoveRows(QModelIndex(), head + 1, head + many)
            del self._unfolded.copies[place]
            self._unfolded.places.remove(place)
            self.endRemoveRows()
            return
        row = self.row(head)
        if row is None or not row.copies:
            return
        edition, row_id = self._edition, row.id

        def read() -> list[QueueRow]:
            ids = self._api.list_copies(row_id, MOST_COPIES)
            found = self._api.rows(ids)
            return [found[i] for i in ids if i in found]

        def arrived(rows: list[QueueRow]) -> None:
            if edition == self._edition and rows and place not in self._unfolded.copies:
                below = self._unfolded.row_of(place) + 1
                self.beginInsertRows(QModelIndex(), below, below + len(rows) - 1)
                self._unfolded.copies[place] = rows
                self._unfolded.places = sorted(self._unfolded.copies)
                self.endInsertRows()

        self._runner.ask(read, arrived, owner=self, failed=self.failed.emit, about=None)

    # Pages

    def _replace(self, found: _Loaded) -> None:
        self.beginResetModel()
        self._edition += 1
        self.total, self.stored = found.window.total, found.window.stored
        self._pages.clear()
        if found.window.rows:
            self._pages[found.window.start // PAGE] = found.window.rows
        self._unfolded = _Unfolded()
        self._wanted.clear()
        self._asked.clear()
        self.kept = found.place
        self.loading = False
        self.endResetModel()
        self.loaded.emit()

    def _want(self, page: int) -> None:
        if page not in self._asked:
            self._wanted.add(page)
            if not self._fetch_soon.isActive():
                self._fetch_soon.start()

    def _fetch(self) -> None:
        for first, many in _join_pages(sorted(self._wanted)):
            self._read(first, many)
        self._wanted = set()

    def _read(self, first: int, many: int) -> None:
        """Reads some pages that follow each other."""
        pages = range(first, first + many)
        self._asked.update(pages)
        edition, wanted, order = self._edition, self.filter, self.order

        def arrived(window: QueueWindow) -> None:
            if edition != self._edition:
                return
            for n, page in enumerate(pages):
                self._asked.discard(page)
                self._pages[page] = window.rows[n * PAGE : (n + 1) * PAGE]
            top = self._unfolded.row_of(first * PAGE)
            last = min(self._unfolded.row_of(min(self.total, (first + many) * PAGE) - 1), self.rowCount() - 1)
            self.dataChanged.emit(self.index(top, 0), self.index(last, len(self.columns) - 1))
            while len(self._pages) > PAGES_KEPT:
                self._pages.popitem(last=False)

        def could_not(sentence: str) -> None:
            if edition == self._edition:
                self._asked.difference_update(pages)
                self.failed.emit(sentence)

        self._runner.ask(
            lambda: self._api.queue_window(wanted, order, first * PAGE, many * PAGE),
            arrived,
            owner=self,
            failed=could_not,
            about=None,
        )


def _join_pages(pages: Sequence[int]) -> list[tuple[int, int]]:
    """Returns runs of pages that follow each other, as (first, how many)."""
    runs: list[tuple[int, int]] = []
    for page in pages:
        if runs and runs[-1][0] + runs[-1][1] == page:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((page, 1))
    return runs
