"""Shows the cells of a gallery, painted as far as they are in view, with a current cell and a selection.

The grid holds arrays, and objects for cells near the view only. Nothing in it is ever sharp: it has no other pixels than the
stored blurred previews.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame

from triage.model.gallery import GalleryCell, GalleryHeading, Grouping
from triage.ui.gallery import gallery_words
from triage.ui.gallery.cell_loader import CellLoader
from triage.ui.gallery.cell_painter import CellLook, CellPainter
from triage.ui.gallery.grid_layout import HEADING, SIDES, GridLayout
from triage.ui.gallery.heading_painter import HeadingLook, paint_heading
from triage.ui.gallery.shown_cells import ShownCells
from triage.ui.kit import theme
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr

if TYPE_CHECKING:
    from triage.jobs.reading.gallery_items import GalleryItems, GalleryOrder

STANDARD_SIDE = 120
ABOVE, BELOW = 6, 8
"""Pixels that stay free above and below a cell that is scrolled into view."""


class GalleryGrid(QAbstractScrollArea):
    """Shows an arranged gallery; `shown` is None until the first came.

    `moved` is emitted when another cell is current, `selected` when the selection changed, `opened` with the cell on a double
    click. `headings_wanted` carries the keys of groups that came into view without a heading.
    """

    moved = Signal()
    selected = Signal()
    opened = Signal(int)
    headings_wanted = Signal(object)

    def __init__(self, loader: CellLoader, is_hidden: Callable[[GalleryCell], bool]) -> None:
        super().__init__()
        self._loader, self._is_hidden = loader, is_hidden
        self.shown: ShownCells | None = None
        self.grouping = Grouping.NONE
        self.headings: dict[int, GalleryHeading] = {}
        self.current = 0
        self.side = STANDARD_SIDE
        self._anchor = 0
        self._graded = np.zeros(0, np.int64)
        self.lines = GridLayout(np.zeros(1, np.int64), np.zeros(0, bool), 1, self.side, headings=False)
        self._painter = CellPainter()
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setAccessibleName(tr("Gallery"))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # so that a scroll moves what is painted
        loader.loaded.connect(self.viewport().update)

    # What is in it

    def show_order(self, items: GalleryItems, order: GalleryOrder, grouping: Grouping, *, keep: int | None = None) -> None:
        """Shows an arranged gallery. The media item `keep` becomes current when it is there."""
        self.shown, self.grouping = ShownCells(items, order), grouping
        self._painter = CellPainter()
        self.headings = {}
        self._graded = self.shown.count_done()
        self.current = self._anchor = (order.find_cell(keep) if keep is not None else None) or 0
        self._lay_out()
        self._scroll_to(self.current)
        self.selected.emit()
        self.moved.emit()

    def clear(self) -> None:
        """Shows nothing until another order comes."""
        self.shown, self.current = None, 0
        self._lay_out()

    def show_states(self) -> None:
        """Paints again after states of contents changed."""
        if self.shown is not None:
            self._graded = self.shown.count_done()
        self.viewport().update()

    def forget_cells(self, medium_ids: Sequence[int]) -> None:
        """Reads the cells of these media items anew."""
        self._loader.forget(medium_ids)

    def step_side(self, step: int) -> None:
        """Makes the thumbnails larger or smaller, and keeps the current cell in view."""
        self.side = SIDES[max(0, min(len(SIDES) - 1, SIDES.index(self.side) + step))]
        self._lay_out()
        self._scroll_to(self.current)

    def count(self) -> int:
        """Returns the number of cells."""
        return self.shown.count if self.shown is not None else 0

    def find_chosen(self) -> NDArray[np.int64]:
        """Returns the ticked cells; the current one when none is ticked."""
        if self.shown is None or not self.shown.count:
            return np.zeros(0, np.int64)
        ticked = np.flatnonzero(self.shown.ticked)
        return ticked if len(ticked) else np.array([self.current])

    def list_chosen(self) -> list[int]:
        """Returns the ticked cells as a list; the current one when none is ticked."""
        return [int(cell) for cell in self.find_chosen()]

    def list_visible(self) -> list[int]:
        """Returns the cells whose thumbnails are wholly in view."""
        view = self._view()
        inside = []
        for group in self.lines.iter_visible(view.top(), view.bottom()):
            for cell in group.cells:
                place = self.lines.place(cell)
                if place.top() >= view.top() and place.top() + self.lines.side * 3 // 4 <= view.bottom() + 1:
                    inside.append(cell)
        return inside

    # Layout and scrolling

    def _lay_out(self) -> None:
        """Lays the cells out anew."""
        groups = np.zeros(1, np.int64) if self.shown is None else self.shown.order.groups
        folded = np.zeros(0, bool) if self.shown is None else self.shown.folded
        width = self.viewport().width()
        self.lines = GridLayout(groups, folded, width, self.side, headings=self.grouping is not Grouping.NONE)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self.lines.height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self.lines.line // 3)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the cells out for the new width, and keeps the current one in view."""
        super().resizeEvent(event)
        self._lay_out()
        self._scroll_to(self.current)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Moves what is painted, so that only what comes into view is painted."""
        self.viewport().scroll(0, dy)

    def _view(self) -> QRect:
        return QRect(0, self.verticalScrollBar().value(), self.viewport().width(), self.viewport().height())

    def _scroll_to(self, cell: int) -> None:
        """Scrolls as far as a cell needs to be in view, with the heading when the cell stands right under it."""
        if not self.count():
            return
        bar, group, place = self.verticalScrollBar(), self.lines.find_group(cell), self.lines.place(cell)
        is_first_line = cell - int(self.lines.groups[group]) < self.lines.columns
        top = (self.lines.top(group) if is_first_line else place.top()) - ABOVE
        if top < bar.value():
            bar.setValue(top)
        elif place.bottom() + BELOW > bar.value() + self.viewport().height():
            bar.setValue(place.bottom() + BELOW - self.viewport().height())

    # Moving and selecting

    def go_to(self, cell: int, *, extend: bool = False) -> None:
        """Makes a cell current; with `extend` selects all from the last one that was reached without."""
        if self.shown is None or not self.shown.count:
            return
        self.current = max(0, min(self.shown.count - 1, cell))
        self.shown.ticked[:] = False
        if extend:
            first, last = sorted((self._anchor, self.current))
            self.shown.ticked[first : last + 1] = True
        else:
            self._anchor = self.current
        self._scroll_to(self.current)
        self._selection_changed()
        self.moved.emit()

    def go(self, step: int, *, extend: bool = False) -> bool:
        """Moves to the next or previous cell; returns False at the end."""
        wanted = self.lines.move(self.current, step) if self.count() else self.current
        if wanted == self.current:
            return False
        self.go_to(wanted, extend=extend)
        return True

    def toggle(self, cell: int) -> None:
        """Ticks a cell, or takes its tick away."""
        if self.shown is not None and self.shown.count:
            self.shown.ticked[cell] = not self.shown.ticked[cell]
            self._anchor = cell
            self._selection_changed()

    def select_all(self, selected: bool = True) -> None:
        """Ticks all cells, or none."""
        if self.shown is not None:
            self.shown.ticked[:] = selected
            self._selection_changed()

    def _selection_changed(self) -> None:
        self.viewport().update()
        self.selected.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Moves by arrows and pages; with Shift the selection grows."""
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        forward = -1 if is_rtl() else 1
        page = max(1, self.viewport().height() // self.lines.line)
        steps = {Qt.Key.Key_Right: forward, Qt.Key.Key_Left: -forward}
        lines = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        key = event.key()
        if not self.count():
            super().keyPressEvent(event)
        elif key in steps:
            self.go(steps[Qt.Key(key)], extend=extend)
        elif key in lines:
            self.go_to(self.lines.step(self.current, lines[Qt.Key(key)]), extend=extend)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.go_to(0 if key == Qt.Key.Key_Home else self.count() - 1, extend=extend)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Chooses a cell, or folds a group by its heading. Ctrl ticks one cell, Shift selects a range."""
        at = self._find_point(event.position().toPoint())
        cell = self.lines.find_cell(at.x(), at.y())
        modifiers = event.modifiers()
        if cell is None:
            group = self.lines.find_heading(at.y()) if self.count() else None
            if group is not None:
                self.fold(group)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self.current = cell
            self.toggle(cell)
            self.moved.emit()
        else:
            self.go_to(cell, extend=bool(modifiers & Qt.KeyboardModifier.ShiftModifier))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Opens a cell."""
        at = self._find_point(event.position().toPoint())
        if (cell := self.lines.find_cell(at.x(), at.y())) is not None:
            self.opened.emit(cell)

    def fold(self, group: int) -> None:
        """Folds a group away, or unfolds it. A current cell that is folded away gives way to its neighbour."""
        if self.shown is None:
            return
        self.shown.folded[group] = not self.shown.folded[group]
        self._lay_out()
        if self.shown.folded[self.lines.find_group(self.current)]:
            first, last = int(self.lines.groups[group]), int(self.lines.groups[group + 1]) - 1
            after = self.lines.move(last, 1)
            self.go_to(after if after != last else self.lines.move(first, -1))

    def fold_current(self) -> None:
        """Folds the group of the current cell, or unfolds it when it is the only one left."""
        if self.count() and self.grouping is not Grouping.NONE:
            self.fold(self.lines.find_group(self.current))

    def unfold_all(self) -> None:
        """Unfolds all groups."""
        if self.shown is not None:
            self.shown.folded[:] = False
            self._lay_out()
            self._scroll_to(self.current)

    def _find_point(self, at: QPoint) -> QPoint:
        """Returns a point of the viewport in the coordinates of the layout, which runs from left to right."""
        x = self.viewport().width() - at.x() - 1 if is_rtl() else at.x()
        return QPoint(x, at.y() + self.verticalScrollBar().value())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Paints the frame of the current cell."""
        super().focusInEvent(event)
        self.viewport().update()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints what is in view, and asks for the cells that are missing."""
        shown = self.shown
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), theme.current().colour("ground"))
        if shown is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        offset = self.verticalScrollBar().value()
        dirty = event.rect().translated(0, offset)
        unknown: list[int] = []
        self._loader.begin_frame()
        for group in self.lines.iter_visible(dirty.top(), dirty.bottom() + 1):
            if self.grouping is not Grouping.NONE and group.top + HEADING > dirty.top():
                self._paint_heading(painter, shown, group.group, group.top - offset)
                key = int(shown.order.keys[group.group])
                if key >= 0 and key not in self.headings:
                    unknown.append(key)
            for cell in group.cells:
                self._painter.paint(painter, self._find_on_screen(self.lines.place(cell), offset), self._describe(shown, cell))
        painter.end()
        if unknown and self.grouping is not Grouping.DAY:
            self.headings_wanted.emit(unknown)
        self._want_cells(shown)

    def _want_cells(self, shown: ShownCells) -> None:
        """Asks for the cells in view, and then for those one screen further."""
        view = self._view()
        wanted: list[int] = []
        for top, bottom in ((view.top(), view.bottom()), (view.bottom(), view.bottom() + view.height())):
            for group in self.lines.iter_visible(top, bottom):
                wanted += group.cells
        self._loader.want(shown.list_places(wanted))

    def _find_on_screen(self, place: QRect, offset: int) -> QRect:
        """Returns a place of the layout in the viewport, mirrored in Urdu."""
        left = self.viewport().width() - place.right() - 1 if is_rtl() else place.left()
        return QRect(left, place.top() - offset, place.width(), place.height())

    def _describe(self, shown: ShownCells, cell: int) -> CellLook:
        """Returns how a cell looks now."""
        medium_id = int(shown.order.media[shown.order.starts[cell]])
        known = self._loader.find(medium_id)
        return CellLook(
            cell=known,
            thumbnail=self._loader.thumbnail(medium_id, QSize(self.lines.side, self.lines.side * 3 // 4)),
            state=shown.find_state(cell),
            grade=shown.find_grade(cell),
            files=shown.count_files([cell]),
            near=shown.count_near(cell),
            hidden=known is not None and self._is_hidden(known),
            selected=bool(shown.ticked[cell]),
            current=cell == self.current,
        )

    def _paint_heading(self, painter: QPainter, shown: ShownCells, group: int, top: int) -> None:
        """Paints the heading of a group."""
        key = int(shown.order.keys[group])
        heading = self.headings.get(key)
        look = HeadingLook(
            title=gallery_words.describe_heading(self.grouping, key, heading),
            heading=heading,
            cells=int(shown.order.groups[group + 1] - shown.order.groups[group]),
            graded=int(self._graded[group]),
            folded=bool(shown.folded[group]),
        )
        paint_heading(painter, top, self.viewport().width(), look)

    def describe_current(self) -> Safe:
        """Returns what a screen reader says of the current cell."""
        if self.shown is None or not self.shown.count:
            return Safe("")
        look = self._describe(self.shown, self.current)
        parts = [ltr(look.cell.name)] if look.cell is not None else []
        parts.append(gallery_words.describe_state(look.state, look.cell, look.grade))
        if (copies := gallery_words.describe_copies(look.files, look.near)) is not None:
            parts.append(copies)
        parts.append(tr("{n} of {total}", n=self.current + 1, total=self.count()))
        return report_words.listed(parts)
