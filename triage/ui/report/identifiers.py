"""Shows identifiers in a table: kind, value, verification, port, time, event and source."""

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

from triage.model.role_words import IDENTIFIER_KINDS
from triage.model.views import ShowIdentifier, ShowReport
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, isolated, ltr, mark, tr, word

Index = QModelIndex | QPersistentModelIndex
PAD = 8
ROOT = QModelIndex()
HEADER = 24
VALUE_LEAST = 180
FIRST_ROWS = 12
"""So many are shown at first; a report may carry thousands of log-ins."""


class IdentifierColumn(IntEnum):
    """Numbers the columns of the table."""

    KIND, VALUE, PORT, TIME, EVENT, VERIFIED, SOURCE = range(7)


HEADERS = {
    IdentifierColumn.KIND: mark("Kind"),
    IdentifierColumn.VALUE: mark("Value"),
    IdentifierColumn.VERIFIED: mark("Verified"),
    IdentifierColumn.PORT: mark("Port"),
    IdentifierColumn.TIME: mark("Time in Pakistan"),
    IdentifierColumn.EVENT: mark("Event"),
    IdentifierColumn.SOURCE: mark("Source"),
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
MOST_WIDTH = {
    IdentifierColumn.KIND: 130,
    IdentifierColumn.VERIFIED: 90,
    IdentifierColumn.PORT: 60,
    IdentifierColumn.TIME: 330,
    IdentifierColumn.EVENT: 110,
    IdentifierColumn.SOURCE: 120,
}
MEASURED = 300
"""So many identifiers are measured for the columns' widths."""
ITEM_ROLE = Qt.ItemDataRole.UserRole


def sort_identifiers(found: Sequence[ShowIdentifier]) -> list[ShowIdentifier]:
    """Returns identifiers that may name a person first, IP addresses last, and newest first within a kind."""

    def rank(entry: ShowIdentifier) -> int:
        return ORDER.index(entry.kind) if entry.kind in ORDER else len(ORDER)

    newest = sorted(found, key=lambda entry: entry.time or "", reverse=True)
    return sorted(newest, key=rank)


def describe_details(entry: ShowIdentifier, report: ShowReport) -> Safe:
    """Returns the other details of an identifier, as a remark."""
    said: list[str] = [isolated(value) for value in entry.details.values() if not _repeats(value, entry)]
    if entry.possible_proxy is not None:
        said.append(tr("possible proxy") if entry.possible_proxy else tr("not a proxy, according to the source"))
    if entry.file is not None:
        said.append(tr("with {file}", file=report_words.name_of_file(report, entry.file)))
    return report_words.listed(said)


def _repeats(value: str, entry: ShowIdentifier) -> bool:
    """Returns whether a detail repeats the value or the kind."""
    return value in entry.value or value.lower() == IDENTIFIER_KINDS.get(entry.kind, "").lower()


def describe_verified(entry: ShowIdentifier) -> Safe:
    """Returns "yes", "no" or "not stated", or an empty text for kinds that are never verified."""
    if entry.verified is None and entry.kind not in MAY_BE_VERIFIED:
        return Safe("")
    return report_words.tri(entry.verified)


def measure_columns(found: Sequence[ShowIdentifier]) -> dict[IdentifierColumn, int]:
    """Returns the column widths in pixels for all tables of a report; 0 hides a column without content."""
    plain, small = QFontMetrics(theme.font()), QFontMetrics(theme.small_font())
    made = {}
    for column, most in MOST_WIDTH.items():
        said = [entry for entry in found[:MEASURED] if cell_text(entry, column)]
        wanted = [plain.horizontalAdvance(cell_text(entry, column)) for entry in said]
        if column is IdentifierColumn.TIME:
            wanted = [width + PAD + small.horizontalAdvance(format_utc(entry)) for width, entry in zip(wanted, said, strict=True)]
        header = small.horizontalAdvance(word(HEADERS[column]))
        made[column] = min(round(most * plain.height() / 18), max([header, *wanted]) + 2 * PAD + 2) if wanted else 0
    return made


def describe_identifier(entry: ShowIdentifier) -> Safe:
    """Returns all that is stated about an identifier, for the tooltip."""
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


def cell_text(entry: ShowIdentifier, column: IdentifierColumn) -> Safe:
    """Returns the text of an identifier's cell."""
    match column:
        case IdentifierColumn.KIND:
            return word(IDENTIFIER_KINDS.get(entry.kind, entry.kind))
        case IdentifierColumn.VALUE:
            return ltr(entry.value)
        case IdentifierColumn.VERIFIED:
            return describe_verified(entry)
        case IdentifierColumn.PORT:
            return Safe("") if entry.port is None else ltr(str(entry.port))
        case IdentifierColumn.TIME:
            return Safe("") if entry.time is None else format_local_time(entry.time)
        case IdentifierColumn.EVENT:
            return Safe("") if entry.event is None else describe_event(entry.event)
        case IdentifierColumn.SOURCE:
            return report_words.short_sources(entry.sources)


def describe_event(name: str) -> Safe:
    """Returns an event in words."""
    return word(EVENTS.get(name.lower(), name))


def format_local_time(iso: str) -> Safe:
    """Returns a time in Pakistan, without naming the zone."""
    local = times.to_pkt(times.parse(iso))
    return Safe(f"{times.day(local)} {times.clock(local, seconds=True)}")


def format_utc(entry: ShowIdentifier) -> Safe:
    """Returns the time in UTC, with the day if it differs and a question mark if the zone is assumed."""
    if entry.time is None:
        return Safe("")
    there = times.parse(entry.time)
    said = times.clock(there, seconds=True)
    if times.to_pkt(there).date() != there.date():
        said = Safe(f"{ltr(str(there.day))} {word(times.MONTHS[there.month - 1])} {said}")
    return tr("{clock} UTC?", clock=said) if entry.time_zone == "assumed UTC" else tr("{clock} UTC", clock=said)


class IdentifierModel(QAbstractTableModel):
    """Holds the identifiers of a table; ITEM_ROLE returns the identifier itself."""

    def __init__(self, report: ShowReport, found: Sequence[ShowIdentifier], parent: QTableView) -> None:
        super().__init__(parent)
        self._report = report
        self.items = sort_identifiers(found)
        self.shown_rows = min(len(self.items), FIRST_ROWS)

    def show_all(self) -> None:
        """Adds the rows beyond the first twelve."""
        if self.shown_rows < len(self.items):
            self.beginInsertRows(QModelIndex(), self.shown_rows, len(self.items) - 1)
            self.shown_rows = len(self.items)
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

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Returns the identifier, the tooltip or the text of a cell."""
        entry = self.items[index.row()]
        if role == ITEM_ROLE:
            return entry
        if role == Qt.ItemDataRole.ToolTipRole:
            return escape_tooltip(describe_identifier(entry))
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return cell_text(entry, IdentifierColumn(index.column()))
        return None

    def rest(self, entry: ShowIdentifier, column: IdentifierColumn) -> Safe:
        """Returns the remark that stands after the text of a cell."""
        return (
            describe_details(entry, self._report)
            if column is IdentifierColumn.VALUE
            else format_utc(entry)
            if column is IdentifierColumn.TIME
            else Safe("")
        )


MUTED = (IdentifierColumn.KIND, IdentifierColumn.EVENT, IdentifierColumn.SOURCE)


class IdentifierDelegate(QStyledItemDelegate):
    """Paints a cell: its text, then its remark in a muted colour."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paints a cell."""
        now = theme.current()
        model = index.model()
        entry, column = index.data(ITEM_ROLE), IdentifierColumn(index.column())
        painter.save()
        state = option.state
        place: QRect = option.rect
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(place, now.colour("selected"))
        painter.setPen(now.colour("faint"))
        painter.drawLine(place.bottomLeft(), place.bottomRight())
        text, rest = index.data(), model.rest(entry, column)  # type: ignore[attr-defined]
        quiet = column in MUTED or (column is IdentifierColumn.VERIFIED and entry.verified is None)
        inner = place.adjusted(PAD, 0, -PAD, 0)
        long = QFontMetrics(theme.font()).horizontalAdvance(text) > inner.width() - 4  # an IPv6 address is read whole, if small
        used = self._write(painter, inner, text, "muted" if quiet else "text", small=long)
        if rest:
            room = self._after(inner, used + PAD)
            self._write(painter, room, rest, "muted", small=True)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Returns the row height."""
        return QSize(40, theme.current().row_px - 4)

    def _write(self, painter: QPainter, place: QRect, text: str, colour: str, *, small: bool) -> int:
        """Paints a text and returns its width in pixels."""
        font = theme.small_font() if small else theme.font()
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(theme.current().colour(colour))
        fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        leading = Qt.AlignmentFlag.AlignRight if _mirrored() else Qt.AlignmentFlag.AlignLeft
        painter.drawText(place, leading | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, fits)
        return metrics.horizontalAdvance(fits)

    def _after(self, place: QRect, used: int) -> QRect:
        """Returns the part of a place that is left after `used` pixels."""
        return place.adjusted(0, 0, -used, 0) if _mirrored() else place.adjusted(used, 0, 0, 0)


def _mirrored() -> bool:
    """Returns whether the layout runs from right to left."""
    return QGuiApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft


class IdentifierTable(QTableView):
    """Shows identifiers in a table as high as its rows; Ctrl+C copies the value."""

    copied = Signal()

    def __init__(self, report: ShowReport, found: Sequence[ShowIdentifier], *, header: bool) -> None:
        super().__init__()
        self._widths = measure_columns(report.identifiers)
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
        """Returns how many rows are not shown yet."""
        return len(self._model.items) - self._model.shown_rows

    def show_all(self) -> None:
        """Shows all rows."""
        self._model.show_all()
        self._fit()

    def copy(self) -> None:
        """Copies the current value to the clipboard as the source wrote it."""
        entry = self.currentIndex().data(ITEM_ROLE)
        if entry is not None:
            QGuiApplication.clipboard().setText(entry.value)
            self.copied.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copies the value on Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Adjusts the column widths."""
        super().resizeEvent(event)
        self._columns()

    def _columns(self) -> None:
        """Gives the value the width that is left, and shortens times when that is too little."""
        room = self.viewport().width() - sum(self._widths.values())
        lent = min(max(0, VALUE_LEAST - room), self._widths[IdentifierColumn.TIME] // 3)
        for column, width in self._widths.items():
            self.setColumnHidden(column, not width)
            self.setColumnWidth(column, width - lent if column is IdentifierColumn.TIME else width)
        self.setColumnWidth(IdentifierColumn.VALUE, max(80, room + lent))

    def _fit(self) -> None:
        """Sets the height to the rows, and lets a value run through empty columns."""
        for row, entry in enumerate(self._model.items[: self._model.rowCount()]):
            if entry.port is None and entry.time is None and entry.event is None:
                self.setSpan(row, IdentifierColumn.VALUE, 1, IdentifierColumn.VERIFIED - IdentifierColumn.VALUE)
        header = HEADER if self.horizontalHeader().isVisibleTo(self) else 0
        self.setFixedHeight(self._model.rowCount() * (theme.current().row_px - 4) + header + 1)

    def _menu(self, at: QPoint) -> None:
        """Shows the context menu."""
        index = self.indexAt(at)
        if index.isValid():
            self.setCurrentIndex(index)
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction(tr("Copy the value"), self.copy)
            menu.popup(self.viewport().mapToGlobal(at))
