"""Paints the queue: the band's letter block, two bars, the deadline, flags as chips that are never cut in half."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from triage.model.views import QueueRow
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip, paint_band
from triage.ui.queue.model import ROW_ROLE, Column, cell_text
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, ltr, tr, word

PAD = 8
CHIP_GAP = 4
CHIP_HEIGHT = 18
LEAD = Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter


class QueueDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(60, theme.current().row_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        row: QueueRow | None = index.data(ROW_ROLE)
        column = Column(index.column())
        painter.save()
        painter.setLayoutDirection(option.direction)
        self._ground(painter, option, row, column)
        place = option.rect.adjusted(PAD, 0, -PAD, 0)
        if row is None:
            if column == Column.REPORT:
                self._text(painter, place, tr("loading"), theme.current().colour("muted"))
        elif column == Column.BAND:
            self._band(painter, place, row)
        elif column in (Column.RISK, Column.ACT):
            self._bar(painter, place, row.risk if column == Column.RISK else row.actionability)
        elif column == Column.FLAGS:
            self._flags(painter, place, row.flags)
        else:
            self._text(painter, place, cell_text(row, column), ink(row, column), bold=row.band == "A" and column == Column.REPORT)
        painter.restore()

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        row: QueueRow | None = index.data(ROW_ROLE)
        text = "" if row is None else tip_text(row, Column(index.column()))
        if text:
            QToolTip.showText(event.globalPos(), escape_tooltip(text), view)
        else:
            QToolTip.hideText()
        return True

    def _ground(self, painter: QPainter, option: QStyleOptionViewItem, row: QueueRow | None, column: Column) -> None:
        now = theme.current()
        rect: QRect = option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, now.colour("selected"))
        elif row is not None and row.band == "A":
            painter.fillRect(rect, now.colour("row_a"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, now.colour("faint"))
        view = option.widget
        if state & QStyle.StateFlag.State_Selected and isinstance(view, QTableView):
            self._mark_current(painter, rect, column, view)

    def _mark_current(self, painter: QPainter, rect: QRect, column: Column, view: QTableView) -> None:
        """A bar at the row's beginning; with focus, a frame around the row as well."""
        colour = theme.current().colour("focus")
        if view.hasFocus():
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, colour)
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, colour)
        if column == Column.BAND:
            left = rect.right() - 2 if _rtl(painter) else rect.left()
            painter.fillRect(left, rect.top(), 3, rect.height() - 1, colour)

    def _band(self, painter: QPainter, place: QRect, row: QueueRow) -> None:
        side = 22
        block = QRect(0, 0, side, side)
        block.moveCenter(place.center())
        paint_band(painter, block, row.band)

    def _bar(self, painter: QPainter, place: QRect, value: float) -> None:
        """A bar of 0 to 100 and the number beside it."""
        now = theme.current()
        number = 24
        length = place.width() - number - 4
        top = place.center().y() - 2
        ground = _directed(painter, place, QRect(place.left(), top, length, 6))
        filled = _directed(painter, place, QRect(place.left(), top, round(length * max(0.0, min(100.0, value)) / 100), 6))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour("bar_ground"))
        painter.drawRoundedRect(ground, 3, 3)
        painter.setBrush(now.colour("bar"))
        painter.drawRoundedRect(filled, 3, 3)
        at = _directed(painter, place, QRect(place.left() + length + 6, place.top(), number, place.height()))
        self._text(painter, at, ltr(f"{value:.0f}"), now.colour("muted"))

    def _flags(self, painter: QPainter, place: QRect, flags: tuple[str, ...]) -> None:
        now = theme.current()
        font = theme.small_font()
        painter.setFont(font)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = place.left()
        for text, tone, width in fitting(flags, place.width(), QFontMetrics(font)):
            ground, ink_name = {
                "plain": ("chip", "on_chip"),
                "grave": ("chip_grave", "on_chip_grave"),
                "calm": ("chip_calm", "on_chip_calm"),
                "more": ("", "muted"),
            }[tone]
            block = QRect(left, place.center().y() - CHIP_HEIGHT // 2 + 1, width, CHIP_HEIGHT)
            block = _directed(painter, place, block)
            if ground:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(now.colour(ground))
                painter.drawRoundedRect(block, 3, 3)
            painter.setPen(now.colour(ink_name))
            painter.drawText(block, Qt.AlignmentFlag.AlignCenter, text)
            left += width + CHIP_GAP

    def _text(self, painter: QPainter, place: QRect, text: str, colour: QColor, *, bold: bool = False) -> None:
        font = theme.font(bold=bold)
        painter.setFont(font)
        painter.setPen(QPen(colour))
        fits = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width() + 4)
        painter.drawText(place.adjusted(0, 0, 4, 0), LEAD, fits)


def fitting(flags: tuple[str, ...], width: int, metrics: QFontMetrics) -> list[tuple[Safe, str, int]]:
    """Whole chips only, (words, tone, width); what does not fit becomes one "+2" at the end."""
    chips = [(word(flag), words.tone(flag), metrics.horizontalAdvance(word(flag)) + 11) for flag in flags]
    more = metrics.horizontalAdvance("+99") + 8
    shown: list[tuple[Safe, str, int]] = []
    used = 0
    for at, chip in enumerate(chips):
        rest = len(chips) - at - 1
        if used + chip[2] + (more + CHIP_GAP if rest else 0) > width:
            shown.append((ltr(f"+{rest + 1}"), "more", more))
            break
        shown.append(chip)
        used += chip[2] + CHIP_GAP
    return shown


def ink(row: QueueRow, column: Column) -> QColor:
    now = theme.current()
    if column == Column.DEADLINE:
        return now.colour(words.deadline_colour(row))
    if column == Column.WHERE:
        return now.colour("text" if "victim in Pakistan" in row.flags else "muted")
    if column in (Column.STATUS, Column.OFFICE):
        return now.colour("muted")
    return now.colour("text")


def tip_text(row: QueueRow, column: Column) -> str:
    """More than the cell can hold: the whole list of flags, both clocks of a deadline, the provider's own words."""
    if column == Column.FLAGS:
        return cell_text(row, column)
    if column == Column.DEADLINE and row.deadline is not None:
        return f"{words.deadline(row)}\n{times.both(row.deadline)}"
    if column == Column.INCIDENT:
        return "\n".join(filter(None, (row.incident_type, row.esp)))
    if column == Column.REPORT and row.duplicates_of:
        return tr("Possible duplicate of {report}", report=row.duplicates_of)
    if column in (Column.RISK, Column.ACT):
        return tr("{value} of 100", value=f"{row.risk if column == Column.RISK else row.actionability:.1f}")
    if column == Column.WHERE:
        province = words.province(row.province)
        return tr("{place}; province of the reported user: {province}", place=words.where(row), province=province)
    return ""


def _rtl(painter: QPainter) -> bool:
    return painter.layoutDirection() == Qt.LayoutDirection.RightToLeft


def _directed(painter: QPainter, within: QRect, place: QRect) -> QRect:
    """Mirrored within its cell when the layout runs from right to left."""
    if not _rtl(painter):
        return place
    return QRect(within.left() + within.right() - place.right(), place.top(), place.width(), place.height())
