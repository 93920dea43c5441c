"""Identifiers in a dense table: kind, value, verified, port, time in both zones, event, source. As many rows as there are."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from triage.model.views import ShowIdentifier, ShowReport
from triage.model.words import IDENTIFIER_KINDS
from triage.ui.kit import theme
from triage.ui.kit.widgets import plain_tip
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, word

Index = QModelIndex | QPersistentModelIndex
PAD = 8
ROOT = QModelIndex()
HEADER = 24
VALUE_LEAST = 180
FIRST_ROWS = 12
"""So many are shown at first; a report may carry thousands of log-ins."""


class Column(IntEnum):
    KIND, VALUE, PORT, TIME, EVENT, VERIFIED, SOURCE = range(7)


HEADERS = {
    Column.KIND: mark("Kind"),
    Column.VALUE: mark("Value"),
    Column.VERIFIED: mark("Verified"),
    Column.PORT: mark("Port"),
    Column.TIME: mark("Time in Pakistan"),
    Column.EVENT: mark("Event"),
    Column.SOURCE: mark("Source"),
}

ORDER = tuple(kind for kind in (
    "phone", "email", "cnic", "name", "username", "display_name", "user_id", "address", "device", "wallet", "url", "ip",
))  # fmt: skip
MAY_BE_VERIFIED = ("phone", "email", "address", "name", "cnic")
EVENTS = {
    "login": mark("log-in"),
    "registration": mark("registration"),
    "purchase": mark("purchase"),
    "upload": mark("upload"),
    "other": mark("other"),
    "unknown": mark("unknown"),
}
"""By the source's word in small letters: providers write Upload, the case tool UPLOAD."""
MOST_WIDTH = {Column.KIND: 130, Column.VERIFIED: 90, Column.PORT: 60, Column.TIME: 330, Column.EVENT: 110, Column.SOURCE: 120}
MEASURED = 300
"""So many identifiers are measured for the columns' widths."""
ITEM_ROLE = Qt.ItemDataRole.UserRole


def in_order(found: Sequence[ShowIdentifier]) -> list[ShowIdentifier]:
    """Those that may name a person first; addresses last, newest first."""

    def rank(entry: ShowIdentifier) -> int:
        return ORDER.index(entry.kind) if entry.kind in ORDER else len(ORDER)

    newest = sorted(found, key=lambda entry: entry.time or "", reverse=True)
    return sorted(newest, key=rank)


def beside(entry: ShowIdentifier, report: ShowReport) -> Safe:
    """What else the source said of the value, in a few muted words."""
    said: list[str] = [isolated(value) for value in entry.details.values() if not _told_already(value, entry)]
    if entry.possible_proxy is not None:
        said.append(tr("possible proxy") if entry.possible_proxy else tr("not a proxy, according to the source"))
    if entry.file is not None:
        said.append(tr("with {file}", file=report_words.name_of_file(report, entry.file)))
    return report_words.listed(said)


def _told_already(value: str, entry: ShowIdentifier) -> bool:
    return value in entry.value or value.lower() == IDENTIFIER_KINDS.get(entry.kind, "").lower()


def verified(entry: ShowIdentifier) -> Safe:
    """Empty where no source ever says so of this kind; else yes, no or not said."""
    if entry.verified is None and entry.kind not in MAY_BE_VERIFIED:
        return Safe("")
    return report_words.tri(entry.verified)


def widths(found: Sequence[ShowIdentifier]) -> dict[Column, int]:
    """Pixels of each column but the value's, the same in all tables of a report; 0 for what no identifier says."""
    plain, small = QFontMetrics(theme.font()), QFontMetrics(theme.small_font())
    made = {}
    for column, most in MOST_WIDTH.items():
        said = [entry for entry in found[:MEASURED] if text(entry, column)]
        wanted = [plain.horizontalAdvance(text(entry, column)) for entry in said]
        if column is Column.TIME:
            wanted = [width + PAD + small.horizontalAdvance(utc(entry)) for width, entry in zip(wanted, said, strict=True)]
        header = small.horizontalAdvance(word(HEADERS[column]))
        made[column] = min(round(most * plain.height() / 18), max([header, *wanted]) + 2 * PAD + 2) if wanted else 0
    return made


def told(entry: ShowIdentifier) -> Safe:
    """Everything of one identifier, for the tooltip."""
    lines: list[str] = [tr("{kind}: {value}", kind=word(IDENTIFIER_KINDS.get(entry.kind, entry.kind)), value=ltr(entry.value))]
    if entry.normalised and entry.normalised != entry.value:
        lines.append(tr("normal form: {value}", value=ltr(entry.normalised)))
    if entry.time is not None:
        lines.append(times.both(entry.time))
        if entry.time_original:
            lines.append(tr("as in the source: {text}", text=ltr(entry.time_original)))
        if entry.time_zone == "assumed UTC":
            lines.append(tr("The source states no time zone; UTC is assumed."))
    lines += [f"{isolated(name)}: {isolated(value)}" for name, value in entry.details.items()]
    lines.append(report_words.full_sources(entry.sources))
    return Safe("\n".join(lines))


def text(entry: ShowIdentifier, column: Column) -> Safe:
    match column:
        case Column.KIND:
            return word(IDENTIFIER_KINDS.get(entry.kind, entry.kind))
        case Column.VALUE:
            return ltr(entry.value)
        case Column.VERIFIED:
            return verified(entry)
        case Column.PORT:
            return Safe("") if entry.port is None else ltr(str(entry.port))
        case Column.TIME:
            return Safe("") if entry.time is None else here(entry.time)
        case Column.EVENT:
            return Safe("") if entry.event is None else event(entry.event)
        case Column.SOURCE:
            return report_words.short_sources(entry.sources)


def event(name: str) -> Safe:
    return word(EVENTS.get(name.lower(), name))


def here(iso: str) -> Safe:
    """The column's header says which zone."""
    local = times.to_pkt(times.parse(iso))
    return Safe(f"{times.day(local)} {times.clock(local, seconds=True)}")


def utc(entry: ShowIdentifier) -> Safe:
    """The same time in UTC, with its day when that is another one, and whether the zone was stated at all."""
    if entry.time is None:
        return Safe("")
    there = times.parse(entry.time)
    said = times.clock(there, seconds=True)
    if times.to_pkt(there).date() != there.date():
        said = Safe(f"{ltr(str(there.day))} {word(times.MONTHS[there.month - 1])} {said}")
    return tr("{clock} UTC?", clock=said) if entry.time_zone == "assumed UTC" else tr("{clock} UTC", clock=said)


class IdentifierModel(QAbstractTableModel):
    """`data` under ITEM_ROLE is the ShowIdentifier itself; the delegate paints from the display text and the muted rest."""

    def __init__(self, report: ShowReport, found: Sequence[ShowIdentifier], parent: QTableView) -> None:
        super().__init__(parent)
        self._report = report
        self.items = in_order(found)
        self.shown_rows = min(len(self.items), FIRST_ROWS)

    def show_all(self) -> None:
        if self.shown_rows < len(self.items):
            self.beginInsertRows(QModelIndex(), self.shown_rows, len(self.items) - 1)
            self.shown_rows = len(self.items)
            self.endInsertRows()

    def rowCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else self.shown_rows

    def columnCount(self, parent: Index = ROOT) -> int:
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return word(HEADERS[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.items[index.row()]
        if role == ITEM_ROLE:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(told(entry))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return text(entry, Column(index.column()))
        return None

    def rest(self, entry: ShowIdentifier, column: Column) -> Safe:
        """What stands muted after the cell's text."""
        return beside(entry, self._report) if column is Column.VALUE else utc(entry) if column is Column.TIME else Safe("")


MUTED = (Column.KIND, Column.EVENT, Column.SOURCE)


class IdentifierDelegate(QStyledItemDelegate):
    """A cell: its text, then muted what belongs to it; nothing is cut without an ellipsis and a tooltip."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        now = theme.current()
        model = index.model()
        entry, column = index.data(ITEM_ROLE), Column(index.column())
        painter.save()
        state = option.state
        place: QRect = option.rect
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, now.colour("selected"))
        painter.setPen(now.colour("faint"))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        text, rest = index.data(), model.rest(entry, column)  # type: ignore[attr-defined]
        quiet = column in MUTED or (column is Column.VERIFIED and entry.verified is None)
        inner = place.adjusted(PAD, 0, -PAD, 0)
        long = QFontMetrics(theme.font()).horizontalAdvance(text) > inner.width() - 4  # an IPv6 address is read whole, if small
        used = self._write(painter, inner, text, "muted" if quiet else "text", small=long)
        if rest:
            room = self._after(inner, used + PAD)
            self._write(painter, room, rest, "muted", small=True)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(40, theme.current().row_px - 4)

    def _write(self, painter: QPainter, place: QRect, text: str, colour: str, *, small: bool) -> int:
        font = theme.small_font() if small else theme.font()
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(theme.current().colour(colour))
        fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        leading = Qt.AlignmentFlag.AlignRight if _mirrored() else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, leading | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, fits)
        return metrics.horizontalAdvance(fits)

    def _after(self, place: QRect, used: int) -> QRect:
        return place.adjusted(0, 0, -used, 0) if _mirrored() else place.adjusted(used, 0, 0, 0)


def _mirrored() -> bool:
    return QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft


class IdentifierTable(QTableView):
    """Sized to its rows: the page scrolls, not the table. Ctrl+C copies the value as the source wrote it."""

    copied = Signal()

    def __init__(self, report: ShowReport, found: Sequence[ShowIdentifier], *, header: bool) -> None:
        super().__init__()
        self._widths = widths(report.identifiers)
        self._model = IdentifierModel(report, found, self)
        self.setModel(self._model)
        self.setItemDelegate(IdentifierDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setProperty("kind", "inset")
        self.setAccessibleName(tr("Identifiers"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(theme.current().row_px - 4)
        across = self.horizontalHeader()
        across.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        across.setSectionsClickable(False)
        across.setHighlightSections(False)
        across.setMinimumSectionSize(0)
        across.setVisible(header)
        across.setFixedHeight(HEADER)
        across.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        self._fit()

    def hidden_rows(self) -> int:
        return len(self._model.items) - self._model.shown_rows

    def show_all(self) -> None:
        self._model.show_all()
        self._fit()

    def copy(self) -> None:
        entry = self.currentIndex().data(ITEM_ROLE)
        if entry is not None:
            QGuiApplication.clipboard().setText(entry.value)
            self.copied.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._columns()

    def _columns(self) -> None:
        """The value takes what is left; where that is too little, times are shortened, and stand whole in the tooltip."""
        room = self.viewport().width() - sum(self._widths.values())
        lent = min(max(0, VALUE_LEAST - room), self._widths[Column.TIME] // 3)
        for column, width in self._widths.items():
            self.setColumnHidden(column, not width)
            self.setColumnWidth(column, width - lent if column is Column.TIME else width)
        self.setColumnWidth(Column.VALUE, max(80, room + lent))

    def _fit(self) -> None:
        """As high as the rows; a value without time and port runs on through their columns."""
        for row, entry in enumerate(self._model.items[: self._model.rowCount()]):
            if entry.port is None and entry.time is None and entry.event is None:
                self.setSpan(row, Column.VALUE, 1, Column.VERIFIED - Column.VALUE)
        header = HEADER if self.horizontalHeader().isVisibleTo(self) else 0
        self.setFixedHeight(self._model.rowCount() * (theme.current().row_px - 4) + header + 1)

    def _menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.setCurrentIndex(index)
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("Copy the value"), self.copy)
            menu.popup(self.viewport().mapToGlobal(at))
