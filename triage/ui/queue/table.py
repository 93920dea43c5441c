"""The table of the queue: dense rows, selection of whole rows, J and K, and widths that leave room for flags."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from triage.model.views import QueueRow
from triage.ui.kit import theme
from triage.ui.queue.columns import COLUMNS
from triage.ui.queue.delegate import PAD, QueueDelegate
from triage.ui.queue.model import ROW_ROLE, QueueModel
from triage.ui.text.i18n import word


class QueueTable(QTableView):
    """Shows the queue. Emits `row_changed` with the current row or None, and `opened` when a person opens it."""

    row_changed = Signal(object)
    opened = Signal()

    def __init__(self, model: QueueModel) -> None:
        super().__init__()
        self._model = model
        self._current_id: int | None = None
        self.setModel(model)
        self.setItemDelegate(QueueDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(theme.current().row_px)
        across = self.horizontalHeader()
        across.setHighlightSections(False)
        across.setSectionsClickable(False)
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setMinimumSectionSize(24)
        for at, column in enumerate(COLUMNS):
            if column.stretch:
                across.setSectionResizeMode(at, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda _: self.opened.emit())
        self.selectionModel().currentRowChanged.connect(self._moved)
        model.modelReset.connect(self._restore)
        model.dataChanged.connect(self._arrived)

    def current_row(self) -> QueueRow | None:
        """Returns the current row, or None when there is none or it has not arrived."""
        index = self.currentIndex()
        row: QueueRow | None = index.data(ROW_ROLE) if index.isValid() else None
        return row

    def current_id(self) -> int | None:
        """Returns the internal number of the current report, or None."""
        return self._current_id

    def keep_current(self, row_id: int | None) -> None:
        """Makes a report current once the queue has come."""
        self._current_id = row_id

    def go(self, step: int) -> None:
        """Moves down or up from the current row, within the queue."""
        rows = self._model.rowCount()
        if rows:
            at = self.currentIndex().row()
            self.select_row(max(0, min(rows - 1, at + step if at >= 0 else 0)))

    def select_row(self, at: int) -> None:
        """Makes the row at a place current and scrolls to it."""
        index = self._model.index(at, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the columns to the new width."""
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Sets the widths, and hides the least needed columns of a narrow window until the others fit."""
        metrics = QFontMetrics(theme.small_font())
        widths = [max(column.usual_width(), metrics.horizontalAdvance(word(column.header)) + 2 * PAD) for column in COLUMNS]
        spare = self.viewport().width() - sum(widths)
        may_go = sorted((column.hidden_first, at) for at, column in enumerate(COLUMNS) if column.hidden_first)
        for _, at in may_go:
            hide = spare < 0
            self.setColumnHidden(at, hide)
            if hide:
                spare += widths[at]
        for at, width in enumerate(widths):
            if not COLUMNS[at].stretch:
                self.setColumnWidth(at, width)

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        self._current_id = self._model.id_at(current.row()) if current.isValid() else None
        self.viewport().update()
        self.row_changed.emit(self.current_row())

    def _arrived(self, first: QModelIndex, last: QModelIndex) -> None:
        at = self.currentIndex().row()
        if first.row() <= at <= last.row():
            self.row_changed.emit(self.current_row())

    def _restore(self) -> None:
        """Keeps the same report current after a new order, or takes the first when it has left the queue."""
        if not self._model.rowCount():
            self._current_id = None
            self.row_changed.emit(None)
            return
        at = None if self._current_id is None else self._model.find(self._current_id)
        self.select_row(at or 0)
