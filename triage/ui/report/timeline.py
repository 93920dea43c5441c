"""Draws the times of a report and of its linked reports on one scale, in Pakistan time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from triage.model.damage import DAMAGE
from triage.model.report_page import ReportPageView, ReportTrack, TrackEvent
from triage.ui.kit import theme
from triage.ui.kit.widgets import escape_tooltip, label
from triage.ui.report.identifier_words import describe_event as event_words
from triage.ui.report.report_card import ReportCard, set_visible
from triage.ui.text import report_words, times
from triage.ui.text.i18n import Safe, is_rtl, ltr, stack_lines, tr, tr_message, trn, word

MOST_LABELS = 7  # labelled events of one lane
OWN, OTHER, AXIS, LINE = 92, 24, 22, 20
"""Heights in pixels: of the report's own lane, of a linked one, of the axis, and of the line that names the chosen event."""
NAMES = 104
"""Pixels for the numbers of linked reports."""
DOT = 4.5


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Is an event of a report; `count` says how often it happened on that day."""

    when: datetime
    words: Safe
    count: int = 1
    sure: bool = True
    deadline: bool = False

    def describe(self) -> Safe:
        """Returns the event in words, with its day and time."""
        here = times.to_pkt(self.when)
        said = tr("{day}, {clock}, {what}", day=times.day(here), clock=times.clock(here), what=self.words)
        said = said if self.count == 1 else tr("{said} × {n}", said=said, n=self.count)
        return said if self.sure else tr("{said} (estimated, or time zone assumed)", said=said)


def list_events(track: ReportTrack) -> list[TimelineEvent]:
    """Returns the events in order of time; equal events of a day are counted as one."""
    by_day: dict[tuple[object, str], TimelineEvent] = {}
    for entry in track.events:
        event = TimelineEvent(times.parse(entry.when), describe_event(entry), 1, entry.sure, entry.kind == "deadline")
        at = times.to_pkt(event.when).date(), str(event.words)
        before = by_day.get(at)
        by_day[at] = (
            event
            if before is None
            else TimelineEvent(before.when, before.words, before.count + 1, before.sure and event.sure, before.deadline)
        )
    return sorted(by_day.values(), key=lambda event: event.when)


def describe_event(event: TrackEvent) -> Safe:
    """Returns an event in words."""
    match event.kind:
        case "incident":
            return tr("incident")
        case "received":
            return tr("received") if event.sure else tr("received, estimated")
        case "message":
            return tr("message")
        case "captured":
            return tr("captured")
        case "deadline":
            return tr("until: {what}", what=word(event.name))
    return event_words(event.kind)


class TimeScale:
    """Places times between 0 and 1. Long gaps are shortened, so that minutes and months have room on one line."""

    def __init__(self, moments: Sequence[datetime]) -> None:
        self._moments = sorted(set(moments))
        self._at = [0.0]
        for before, after in zip(self._moments, self._moments[1:], strict=False):
            hours = max(0.0, (after - before).total_seconds() / 3600)
            self._at.append(self._at[-1] + 0.4 + math.log1p(hours))
        self._places = dict(zip(self._moments, self._at, strict=False))

    def place(self, when: datetime) -> float:
        """Returns the place of a time of the scale."""
        whole = self._at[-1]
        return 0.5 if not whole else self._places[when] / whole


class TimelineCard(ReportCard):
    """Shows the timeline. `opened` carries the number of a linked report that was clicked."""

    pinned = "main"
    least_width = 420
    grows = 8

    def __init__(self) -> None:
        super().__init__(tr("Timeline"))
        self.lanes = TimelineView()
        self.nothing = label(tr("The sources state no time."), "muted", wrap=True)
        self.nothing.setFixedHeight(20)
        self.note = label("", "small", wrap=True)
        self.note.setFixedHeight(18)
        self.damage = label("", "bad", wrap=True)
        for part in (self.lanes, self.nothing, self.note, self.damage):
            self.add_part(part)

    def show_page(self, view: ReportPageView) -> None:
        """Shows the times of a report and of those linked to it."""
        lanes = [(track, list_events(track)) for track in view.tracks]
        lanes = [(track, events) for n, (track, events) in enumerate(lanes) if events or track.damaged or n == 0]
        own = lanes[0][1] if lanes else []
        count = len(lanes) - 1
        said = [tr("Pakistan time; long gaps are shortened")]
        if count > 0:
            said.append(trn("with {n} linked report", "with {n} linked reports", count))
        self.set_beside(report_words.listed(said))
        damaged = [
            tr("{report}: {what}", report=ltr(track.report_id), what=tr_message(DAMAGE[part]))
            for track, _ in lanes
            for part in track.damaged
        ]
        self.damage.setText(stack_lines(*damaged))
        self.damage.setFixedHeight(18 * 2 * len(damaged))
        set_visible(self.damage, bool(damaged))
        set_visible(self.nothing, not own and not (lanes and lanes[0][0].damaged))
        set_visible(self.lanes, any(events for _, events in lanes))
        unsure = any(not event.sure for _, events in lanes for event in events)
        notes = [tr("○ estimated, or no time zone stated: UTC is assumed")] if unsure else []
        if view.left_out:
            notes.append(report_words.reason(view.left_out))
        self.note.setText(Safe("   ".join(notes)))
        set_visible(self.note, bool(notes))
        self.lanes.show_lanes(lanes)

    def grow(self, width: int, room: int) -> None:
        """Gives the lanes more room."""
        self.lanes.extra = min(self.lanes.extra + room, 12 * len(self.lanes.lanes) + 30)


class TimelineView(QWidget):
    """Draws a lane for each report. Left and right go from event to event; the chosen one is named below."""

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.lanes: list[tuple[ReportTrack, list[TimelineEvent]]] = []
        self.extra = 0
        self._scale = TimeScale([])
        self._chosen = -1
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_lanes(self, lanes: list[tuple[ReportTrack, list[TimelineEvent]]]) -> None:
        """Shows the lanes of a report."""
        self.lanes, self._chosen, self.extra = lanes, -1, 0
        self._scale = TimeScale([event.when for _, events in lanes for event in events])
        own = lanes[0][1] if lanes else []
        self.setAccessibleName(Safe("\n".join(event.describe() for event in own[:40])))
        self.update()

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels of all lanes."""
        return self._own_height() + max(0, len(self.lanes) - 1) * self._other_height() + AXIS + LINE

    def _own_height(self) -> int:
        return OWN + (0 if theme.current().text_px == theme.TEXT else 12) + min(30, self.extra)

    def _other_height(self) -> int:
        others = max(1, len(self.lanes) - 1)
        return OTHER + min(12, max(0, self.extra - 30) // others)

    def sizeHint(self) -> QSize:
        """Returns a width of 400 pixels."""
        return QSize(400, self.measure_height(400))

    # Places

    def _left(self) -> int:
        return NAMES if len(self.lanes) > 1 else 0

    def _x(self, event: TimelineEvent) -> float:
        left, edge = self._left(), 46
        inner = self.width() - left - 2 * edge
        x = left + edge + inner * self._scale.place(event.when)
        return self.width() - x if is_rtl() else x

    def _y(self, lane: int) -> float:
        return self._own_height() / 2 if lane == 0 else self._own_height() + (lane - 0.5) * self._other_height()

    def _find(self, at: QPointF) -> TimelineEvent | None:
        best, nearest = None, 9.0
        for n, (_, events) in enumerate(self.lanes):
            for event in events:
                apart = math.hypot(self._x(event) - at.x(), self._y(n) - at.y())
                if apart < nearest:
                    best, nearest = event, apart
        return best

    def _lane_at(self, at: QPointF) -> ReportTrack | None:
        begin = self._own_height()
        n = int((at.y() - begin) // self._other_height()) + 1 if at.y() >= begin else 0
        named = at.x() < NAMES if not is_rtl() else at.x() > self.width() - NAMES
        return self.lanes[n][0] if named and 0 < n < len(self.lanes) else None

    # Input

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Goes from event to event of the report."""
        own = self.lanes[0][1] if self.lanes else []
        steps = {Qt.Key.Key_Left: 1 if is_rtl() else -1, Qt.Key.Key_Right: -1 if is_rtl() else 1}
        if event.key() in steps and own:
            self._chosen = max(0, min(len(own) - 1, self._chosen + steps[Qt.Key(event.key())]))
            self.setAccessibleDescription(own[self._chosen].describe())
            self.update()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Opens the linked report whose number is clicked, or chooses an event of this one."""
        track = self._lane_at(event.position())
        if track is not None:
            self.opened.emit(track.report_id)
            return
        found, own = self._find(event.position()), self.lanes[0][1] if self.lanes else []
        self._chosen = own.index(found) if found in own else -1
        self.update()

    def event(self, event: QEvent) -> bool:
        """Names the event below the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self._find(QPointF(event.pos()))
            said = "" if found is None else found.describe()
            if track := self._lane_at(QPointF(event.pos())):
                said = tr("Open report {report}", report=track.report_id)
            QToolTip.showText(event.globalPos(), escape_tooltip(said) if said else "", self)
            return True
        return super().event(event)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the lanes, dots, labels and the axis."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for n, (track, events) in enumerate(self.lanes):
            self._paint_lane(painter, n, track)
            for entry in events:
                self._paint_dot(painter, QPointF(self._x(entry), self._y(n)), entry)
        own = self.lanes[0][1] if self.lanes else []
        shown = _choose_shown(own)
        self._paint_labels(painter, shown)
        self._paint_axis(painter)
        if 0 <= self._chosen < len(own):
            self._paint_chosen(painter, own[self._chosen])
        if self.hasFocus():
            painter.setPen(QPen(theme.current().colour("focus"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)

    def _paint_lane(self, painter: QPainter, n: int, track: ReportTrack) -> None:
        now, y = theme.current(), self._y(n)
        painter.setPen(now.colour("line"))
        left = self._left()
        begin, end = (0, self.width() - left) if is_rtl() else (left, self.width())
        painter.drawLine(QPointF(begin, y), QPointF(end, y))
        if not left:
            return
        side = Qt.AlignmentFlag.AlignRight if is_rtl() else Qt.AlignmentFlag.AlignLeft
        place = QRect(self.width() - left if is_rtl() else 0, round(y) - 10, left - 8, 20)
        painter.setFont(theme.small_font(bold=n == 0))
        painter.setPen(now.colour("text" if n == 0 else "accent"))
        said = tr("this report") if n == 0 else ltr(track.report_id)
        painter.drawText(place, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, said)

    def _paint_dot(self, painter: QPainter, at: QPointF, event: TimelineEvent) -> None:
        now = theme.current()
        colour: QColor = now.colour("warn" if event.deadline else "accent")
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(colour if event.sure else now.colour("panel"))
        if event.deadline:
            painter.drawRect(QRectF(at.x() - 4, at.y() - 4, 8, 8))
        else:
            painter.drawEllipse(at, DOT, DOT)

    def _paint_labels(self, painter: QPainter, shown: list[TimelineEvent]) -> None:
        """Paints time and event above or below the dots, where there is room."""
        now = theme.current()
        metrics = QFontMetrics(theme.small_font())
        height, middle = metrics.height(), self._y(0)
        taken: dict[bool, list[QRect]] = {True: [], False: []}
        above = True
        for event in shown:
            here = times.to_pkt(event.when)
            what = event.words if event.count == 1 else tr("{said} × {n}", said=event.words, n=event.count)
            lines = ((Safe(f"{times.day(here)} {times.clock(here)}"), "text"), (what, "muted"))
            width = min(190, max(metrics.horizontalAdvance(text) for text, _ in lines) + 6)
            x = self._x(event)
            for side in (above, not above):
                top = round(middle - 9 - 2 * height if side else middle + 9)
                left = max(0, min(self.width() - width, round(x - width / 2)))
                place = QRect(left, top, width, 2 * height)
                if any(place.intersects(each) for each in taken[side]):
                    continue
                taken[side].append(place)
                painter.setFont(theme.small_font())
                for n, (text, colour) in enumerate(lines):
                    painter.setPen(now.colour(colour))
                    line = QRect(left, top + n * height, width, height)
                    fits = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
                    painter.drawText(line, Qt.AlignmentFlag.AlignCenter, fits)
                above = not side
                break

    def _paint_axis(self, painter: QPainter) -> None:
        """Paints the first and last day of the scale, and today."""
        moments = [event.when for _, events in self.lanes for event in events]
        if not moments:
            return
        now = theme.current()
        top = self.height() - AXIS - LINE
        painter.setPen(now.colour("faint"))
        painter.drawLine(0, top, self.width(), top)
        painter.setFont(theme.small_font())
        painter.setPen(now.colour("muted"))
        left = self._left()
        inner = QRect(0 if is_rtl() else left, top, self.width() - left, AXIS)
        ends = (min(moments), max(moments))
        sides = (Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft) if is_rtl() else (
            Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        )  # fmt: skip
        for moment, side in zip(ends, sides, strict=True):
            painter.drawText(
                inner, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, times.day(times.to_pkt(moment))
            )

    def _paint_chosen(self, painter: QPainter, event: TimelineEvent) -> None:
        """Frames the chosen event and names it below."""
        now = theme.current()
        painter.setPen(QPen(now.colour("focus"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QPointF(self._x(event), self._y(0)), DOT + 3, DOT + 3)
        painter.setPen(now.colour("text"))
        painter.setFont(theme.font())
        place = QRect(0, self.height() - LINE, self.width(), LINE)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, event.describe())


def _choose_shown(events: list[TimelineEvent]) -> list[TimelineEvent]:
    """Returns at most seven events: the first, the last and the most frequent between them."""
    if len(events) <= MOST_LABELS:
        return events
    inner = sorted(range(1, len(events) - 1), key=lambda i: (-events[i].count, -i))[: MOST_LABELS - 2]
    return [events[i] for i in sorted((0, *inner, len(events) - 1))]
