"""Draws the times of a case: a row for each report, and one for the requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from triage.model.case_page import CaseEvent, CaseOverview, CaseTrack
from triage.model.damage import DAMAGE
from triage.model.data_requests import RequestRow
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip
from triage.ui.text import times
from triage.ui.text.i18n import Safe, ltr, mark, stack_lines, tr, tr_message, word

NAME_WIDTH = 84
AXIS, ROW, BAR = 22, 27, 16
BEFORE, AFTER = timedelta(days=100), timedelta(days=50)
"""What the axis shows around today; older events stand at its left edge, later deadlines at its right edge."""
MOST_TRACKS, MOST_REQUESTS = 40, 12
EVENTS = {
    "incident": mark("incident"),
    "received": mark("received"),
    "captured": mark("captured"),
    "login": mark("log-in"),
    "registration": mark("registration"),
    "purchase": mark("purchase"),
    "upload": mark("upload"),
    "other": mark("other"),
    "unknown": mark("unknown"),
}
DEADLINES = {
    "provider data": mark("provider data end"),
    "operator traffic data": mark("operator log ends"),
    "case stage": mark("stage ends"),
    "preservation notice": mark("notice ends"),
    "tell the Court of the notice": mark("tell the Court"),
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A deadline: where it lies, in words, and the colour of how near it is."""

    when: datetime
    words: Safe
    ink: str


class TimelineChart(QWidget):
    """Draws reports and requests over time, deadlines as marks in words."""

    def __init__(self) -> None:
        super().__init__()
        self.tracks: tuple[CaseTrack, ...] = ()
        self.requests: tuple[RequestRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_overview(self, overview: CaseOverview) -> None:
        """Shows the times of a case."""
        self.tracks = overview.tracks[:MOST_TRACKS]
        self.requests = tuple(each for each in overview.requests if each.sent is not None)[:MOST_REQUESTS]
        self.setAccessibleName(stack_lines(*(self.describe_track(track) for track in self.tracks)))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        """Returns a height for all rows."""
        return QSize(420, AXIS + ROW * len(self.tracks) + max(ROW, BAR * len(self.requests) + 6))

    def describe_track(self, track: CaseTrack) -> Safe:
        """Returns what a row shows, in words."""
        parts = [describe_event(event) for event in track.events]
        parts += [tr("{what} {day}", what=each.words, day=times.day(times.to_pkt(each.when))) for each in _list_marks(track)]
        parts += [tr_message(DAMAGE[part]) for part in track.damaged]
        said = Safe(tr("; ").join(parts)) if parts else tr("no time stated")
        return tr("{report}: {what}", report=ltr(track.report), what=said)

    # Where things lie

    def _find_x(self, when: datetime, now: datetime) -> float:
        """Returns where a moment lies, kept within the axis, and mirrored in Urdu."""
        room = max(1, self.width() - NAME_WIDTH - 12)
        share = (when - (now - BEFORE)) / (BEFORE + AFTER)
        x = NAME_WIDTH + 6 + room * min(1.0, max(0.0, share))
        return self.width() - x if self._is_mirrored() else x

    def _is_mirrored(self) -> bool:
        return self.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def event(self, event: QHelpEvent) -> bool:  # type: ignore[override]
        """Shows a row in words as a tooltip."""
        if isinstance(event, QHelpEvent):
            at = (event.pos().y() - AXIS) // ROW
            said = self.describe_track(self.tracks[at]) if 0 <= at < len(self.tracks) else ""
            QToolTip.showText(event.globalPos(), escape_tooltip(said), self)
            return True
        return bool(super().event(event))

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the axis, the rows and today's line."""
        painter, now = QPainter(self), times.now()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.small_font())
        self._paint_axis(painter, now)
        for at, track in enumerate(self.tracks):
            self._paint_track(painter, track, AXIS + at * ROW, now)
        self._paint_requests(painter, AXIS + len(self.tracks) * ROW, now)
        painter.setPen(QPen(theme.current().colour("text"), 1))
        today = self._find_x(now, now)
        painter.drawLine(QPointF(today, AXIS - 4), QPointF(today, self.height()))

    def _paint_axis(self, painter: QPainter, now: datetime) -> None:
        """Paints the first day of each month, and today."""
        palette, metrics = theme.current(), QFontMetrics(painter.font())
        today = tr("today")
        at = self._find_x(now, now)
        taken = QRectF(at - 30, 0, 60, AXIS)
        painter.setPen(palette.colour("text"))
        painter.drawText(taken, Qt.AlignmentFlag.AlignCenter, today)
        day = times.to_pkt(now - BEFORE).replace(day=1)
        while day < now + AFTER:
            x = self._find_x(day, now)
            if day > now - BEFORE:
                painter.setPen(palette.colour("faint"))
                painter.drawLine(QPointF(x, AXIS), QPointF(x, self.height()))
                words = tr("1 {month}", month=word(times.MONTHS[day.month - 1]))
                place = QRectF(x - 40, 0, 80, AXIS)
                if abs(x - at) > metrics.horizontalAdvance(words) / 2 + 28:
                    painter.setPen(palette.colour("muted"))
                    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
            day = (day.replace(day=28) + timedelta(days=5)).replace(day=1)

    def _paint_name(self, painter: QPainter, words: Safe, top: int) -> None:
        """Paints the name of a row at its beginning, and the line above it."""
        palette = theme.current()
        painter.fillRect(0, top, self.width(), 1, palette.colour("faint"))
        painter.setPen(palette.colour("text"))
        place = QRect(0, top, NAME_WIDTH - 4, ROW)
        if self._is_mirrored():
            place.moveRight(self.width())
        fits = QFontMetrics(painter.font()).elidedText(words, Qt.TextElideMode.ElideMiddle, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, fits)

    def _paint_track(self, painter: QPainter, track: CaseTrack, top: int, now: datetime) -> None:
        """Paints the dots of a report with the latest event in words, and the nearest deadline."""
        palette = theme.current()
        self._paint_name(painter, ltr(track.report), top)
        middle = top + ROW / 2
        used: list[tuple[float, float]] = []
        for event in track.events:
            x = self._find_x(times.parse(event.when), now)
            painter.setPen(palette.colour("accent"))
            painter.setBrush(palette.colour("accent") if event.sure else palette.colour("ground"))
            painter.drawEllipse(QPointF(x, middle), 4, 4)
            used.append((x - 5, x + 5))
        if track.damaged:  # else an empty row says that nothing happened and nothing runs; the tooltip says what is missing
            words, x = tr("can't be read"), self._find_x(now + AFTER, now)
            self._paint_words(painter, words, x, middle, palette.colour("bad"), used)
        marks = _list_marks(track)
        if marks:
            x = self._find_x(marks[0].when, now)
            painter.fillRect(QRectF(x - 1.5, top + 6, 3, ROW - 12), palette.colour(marks[0].ink))
            used.append((x - 3, x + 3))
            words = tr("{what} {day}", what=marks[0].words, day=_short_day(marks[0].when))
            self._paint_words(painter, words, x, middle, palette.colour(marks[0].ink), used)
        if track.events:
            last = max(track.events, key=lambda each: each.when)
            x = self._find_x(times.parse(last.when), now)
            self._paint_words(painter, describe_event(last), x, middle, palette.colour("muted"), used)

    def _paint_words(
        self, painter: QPainter, words: Safe, x: float, middle: float, ink: QColor, used: list[tuple[float, float]]
    ) -> None:
        """Paints words beside a mark, on the side that has room; without room they stand in the tooltip only."""
        width = QFontMetrics(painter.font()).horizontalAdvance(words)
        left, right = (0, self.width() - NAME_WIDTH) if self._is_mirrored() else (NAME_WIDTH, self.width())
        for start in (x + 8, x - 8 - width):
            clear = all(start + width < a or start > b for a, b in used)
            if start >= left and start + width <= right and clear:
                used.append((start - 4, start + width + 4))
                painter.setPen(ink)
                painter.drawText(QRectF(start, middle - 10, width + 2, 20), Qt.AlignmentFlag.AlignCenter, words)
                return

    def _paint_requests(self, painter: QPainter, top: int, now: datetime) -> None:
        """Paints a bar for each sent request from the day it was sent to the day an answer is due."""
        palette = theme.current()
        self._paint_name(painter, tr("Requests"), top)
        if not self.requests:
            painter.setPen(palette.colour("muted"))
            place = QRect(NAME_WIDTH + 6, top, self.width() - NAME_WIDTH - 12, ROW)
            if self._is_mirrored():
                place.moveLeft(6)
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading, tr("none sent"))
        for at, each in enumerate(self.requests):
            begin = self._find_x(_parse_day(each.sent or each.made), now)
            end = self._find_x(_parse_day(each.replied or each.due or each.sent or each.made), now)
            bar = QRectF(min(begin, end), top + 6 + at * BAR, max(6.0, abs(end - begin)), BAR - 6)
            overdue = each.state == "overdue"
            painter.setPen(QPen(palette.colour("bad" if overdue else "muted"), 1))
            painter.setBrush(palette.colour("bad") if overdue else palette.colour("chip"))
            painter.drawRect(bar)
            words = tr("{number}, overdue", number=ltr(each.number)) if overdue else ltr(each.number)
            used = [(bar.left() - 4, bar.right() + 4)]
            ink = palette.colour("bad" if overdue else "muted")
            self._paint_words(painter, words, bar.right(), bar.center().y(), ink, used)
            if len(used) == 1:
                self._paint_words(painter, words, bar.left(), bar.center().y(), ink, used)


def describe_event(event: CaseEvent) -> Safe:
    """Returns an event of a report with its day."""
    kind = word(EVENTS.get(event.kind, event.kind))
    said = tr("{what} {day}", what=kind, day=times.day(times.to_pkt(times.parse(event.when))))
    return said if event.count == 1 else tr("{said} × {n}", said=said, n=event.count)


def _list_marks(track: CaseTrack) -> list[_Mark]:
    """Returns the deadlines of a report, the nearest first."""
    return [
        _Mark(when, word(DEADLINES.get(name, name)), _choose_ink(when))
        for name, due in sorted(track.deadlines, key=lambda each: each[1])
        for when in (times.parse(due),)
    ]


def _choose_ink(when: datetime) -> str:
    """Returns the colour of a deadline: "bad" below 14 days, "warn" below 30."""
    days = (when - times.now()).days
    return "bad" if days < 14 else "warn" if days < 30 else "muted"


def _short_day(when: datetime) -> Safe:
    """Returns the day of a deadline without its year, when it is within a year."""
    here = times.to_pkt(when)
    if abs((when - times.now()).days) > 300:
        return times.day(here)
    return tr("{day} {month}", day=here.day, month=word(times.MONTHS[here.month - 1]))


def _parse_day(when: str) -> datetime:
    """Returns the moment of a day or an ISO time."""
    return times.parse(when if "T" in when else f"{when}T07:00:00Z")
