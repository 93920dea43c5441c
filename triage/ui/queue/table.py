"""The table of the queue: rows of two lines, J and K, ticks, copies that unfold, and widths that a person sets."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from triage.model.views import QueueRow
from triage.ui.queue.delegate import QueueDelegate
from triage.ui.queue.header import QueueHeader
from triage.ui.queue.model import ROW_ROLE, QueueModel
from triage.ui.queue.open_marks import OpenMarks
from triage.ui.queue.painting import measure_row
from triage.ui.queue.ticks import Ticks
from triage.ui.text.i18n import tr

_MOVES = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: -10,
    Qt.Key.Key_PageDown: 10,
}


class QueueTable(QTableView):
    """Shows the queue.

    Signals:
        row_changed: The current row or None.
        opened: A person opens the current row.
        range_asked: First and last row of the table that are to be ticked while Shift is held.
    """

    row_changed = Signal(object)
    opened = Signal()
    range_asked = Signal(int, int)

    def __init__(self, model: QueueModel, ticks: Ticks, marks: OpenMarks) -> None:
        super().__init__()
        self._model, self.ticks = model, ticks
        self._current_id: int | None = None
        self._anchor: int | None = None
        self._fitting = False
        self._scrolled = 0
        self.setAccessibleName(tr("Queue"))
        self.setModel(model)
        self.setItemDelegate(QueueDelegate(model, ticks, marks, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setCornerButtonEnabled(False)
        self.across = QueueHeader(model.state, self)
        self.replaced_last = False
        """Whether the current report stands before the one that left the queue: that was the last."""
        self.setHorizontalHeader(self.across)
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(measure_row())
        self.across.sectionResized.connect(self._resized)
        self.doubleClicked.connect(self._double_clicked)
        self.selectionModel().currentRowChanged.connect(self._moved)
        model.modelAboutToBeReset.connect(self._about_to_reset)
        model.modelReset.connect(self._restore)
        model.dataChanged.connect(self._arrived)
        ticks.changed.connect(self.viewport().update)
        marks.changed.connect(self.viewport().update)

    # Moving

    def current_row(self) -> QueueRow | None:
        """Returns the current row, or None when there is none or it has not arrived."""
        index = self.currentIndex()
        row: QueueRow | None = index.data(ROW_ROLE) if index.isValid() else None
        return row

    def current_id(self) -> int | None:
        """Returns the internal id of the report that is current, also while its row is read again."""
        return self._current_id

    def neighbours(self) -> list[str]:
        """Returns the numbers of the reports after and before the current one, as far as their rows have come."""
        at = self.currentIndex().row()
        rows = [self._model.row(place) for place in (at + 1, at - 1) if at >= 0 and 0 <= place < self._model.rowCount()]
        return [row.report_id for row in rows if row is not None]

    def go(self, step: int) -> None:
        """Moves down or up from the current row, within the queue."""
        rows = self._model.rowCount()
        if rows:
            at = self.currentIndex().row()
            self.select_row(max(0, min(rows - 1, at + step if at >= 0 else 0)))

    def select_report(self, number: str) -> None:
        """Makes a report current, if its row is at hand."""
        at = next((at for at, row in self._model.rows_at_hand() if row.report_id == number), None)
        if at is not None:
            self.select_row(at)

    def select_row(self, at: int) -> None:
        """Makes the row at a place current and scrolls to it, but not to the side."""
        index = self._model.index(at, max(0, self.currentIndex().column()))
        flags = QItemSelectionModel.SelectionFlag
        across = self.horizontalScrollBar().value()
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)
        self.horizontalScrollBar().setValue(across)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves with Ctrl, and ticks a range with Shift, on the arrows, page keys, Home and End."""
        key, held = Qt.Key(event.key()), event.modifiers()
        last = self._model.rowCount() - 1
        at = self.currentIndex().row()
        shift, ctrl = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
        to = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: last}.get(key, at + _MOVES[key] if key in _MOVES else None)
        if to is None or last < 0:
            super().keyPressEvent(event)
            return
        to = max(0, min(last, to))
        if held & shift:
            self._grow_range(at, to)
        else:
            self._anchor = None
            self.ticks.end_range()
        if held & (shift | ctrl) or key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.select_row(to)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ticks on the box and with Ctrl, ticks a range with Shift, and unfolds copies on their triangle."""
        index = self.indexAt(event.position().toPoint())
        held = event.modifiers()
        before = max(0, self.currentIndex().row())
        super().mousePressEvent(event)
        if not index.isValid() or event.button() != Qt.MouseButton.LeftButton:
            return
        column, row = self._model.columns[index.column()], self._model.row(index.row())
        if held & Qt.KeyboardModifier.ShiftModifier:
            self._grow_range(before, index.row())
            return
        self._anchor = None
        self.ticks.end_range()
        if row is None:
            return
        if column.key == "tick" or held & Qt.KeyboardModifier.ControlModifier:
            self.ticks.toggle(row.id)
        elif column.key == "report" and row.copies and not self._model.is_copy(index.row()):
            place = self.visualRect(index)
            if event.position().y() < place.center().y():
                self._model.toggle_fold(index.row())

    def _grow_range(self, begin: int, to: int) -> None:
        """Asks for the range between the row where Shift was first held and another row."""
        if self._anchor is None:
            self._anchor = begin
        self.range_asked.emit(min(self._anchor, to), max(self._anchor, to))

    def _double_clicked(self, index: QModelIndex) -> None:
        if self._model.columns[index.column()].key != "tick":
            self.opened.emit()

    # Widths and heights

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fits the columns to the new width."""
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Sets the widths. The flags get what is left; what does not fit is reached by scrolling to the side."""
        self._fitting = True
        state, columns = self._model.state, self._model.columns
        widths = [max(state.widths.get(column.key, column.usual_width()), self.across.least_width(column)) for column in columns]
        spare = self.viewport().width() - sum(widths)
        for at, column in enumerate(columns):
            more = max(0, spare) if column.stretch and column.key not in state.widths else 0
            self.setColumnWidth(at, widths[at] + more)
        if spare > 0 and columns and not any(c.stretch and c.key not in state.widths for c in columns):
            self.setColumnWidth(len(columns) - 1, widths[-1] + spare)
        self._fitting = False
        if self.verticalHeader().defaultSectionSize() != measure_row():  # the theme changed; Qt lays out all rows again
            self.verticalHeader().setDefaultSectionSize(measure_row())

    def _resized(self, section: int, _before: int, width: int) -> None:
        """Remembers a width that a person set."""
        column = self.across.column_at(section)
        if not self._fitting and column is not None and not column.fixed:
            self._model.state.set_width(column.key, width)
            self._model.state.arranged.emit()

    # What comes from the model

    def _moved(self, current: QModelIndex, _before: QModelIndex) -> None:
        if current.isValid():
            self._current_id = self._model.id_at(current.row())
        self.viewport().update()
        self.row_changed.emit(self.current_row())

    def _arrived(self, first: QModelIndex, last: QModelIndex) -> None:
        at = self.currentIndex().row()
        if first.row() <= at <= last.row():
            self._current_id = self._model.id_at(at)
            self.row_changed.emit(self.current_row())

    def _about_to_reset(self) -> None:
        self._scrolled = self.verticalScrollBar().value()

    def _restore(self) -> None:
        """Keeps the same report current after a new order. When it has left the queue, the next one takes its place."""
        self._anchor = None
        self.fit_columns()
        rows = self._model.rowCount()
        if not rows:
            self._current_id = None
            self.row_changed.emit(None)
            return
        kept = self._model.kept
        if kept is None and self._current_id is not None:
            kept = self._model.find(self._current_id)
        self.replaced_last = kept is None and self._model.near > rows - 1
        self.verticalScrollBar().setValue(self._scrolled)
        self.select_row(min(rows - 1, self._model.near if kept is None else kept))
