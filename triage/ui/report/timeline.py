"""Draws the times of a report on one line, in Pakistan time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.model.views import ShowReport
from triage.ui.kit import theme
from triage.ui.kit.widgets import Card, label, set_tooltip
from triage.ui.report.identifiers import describe_event as event_words
from triage.ui.text import times
from triage.ui.text.i18n import Safe, tr

MOST_LABELS = 7


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Is an event of a report; `count` says how often it happened on that day."""

    when: datetime
    words: Safe
    count: int = 1
    sure: bool = True

    def describe(self) -> Safe:
        """Returns the event in words, with its day and time."""
        here = times.to_pkt(self.when)
        said = tr("{day}, {clock}, {what}", day=times.day(here), clock=times.clock(here), what=self.words)
        return said if self.count == 1 else tr("{said} × {n}", said=said, n=self.count)


def list_events(report: ShowReport) -> list[TimelineEvent]:
    """Returns the events in order of time; equal events of a day are counted as one."""
    by_day: dict[tuple[object, str], TimelineEvent] = {}
    for event in sorted(_find_events(report), key=lambda event: event.when):
        at = times.to_pkt(event.when).date(), str(event.words)
        before = by_day.get(at)
        by_day[at] = event if before is None else TimelineEvent(before.when, before.words, before.count + 1, before.sure)
    return list(by_day.values())


def _find_events(report: ShowReport) -> Iterator[TimelineEvent]:
    """Yields the incident, the receipt and the timed identifiers as events."""
    if report.incident_time is not None:
        yield TimelineEvent(times.parse(report.incident_time), tr("incident"))
    if report.received is not None:
        said = tr("received, estimated") if report.received_estimated else tr("received")
        yield TimelineEvent(times.parse(report.received), said, sure=not report.received_estimated)
    for entry in report.identifiers:
        if entry.time is not None and entry.role != "reporter":
            said = event_words(entry.event) if entry.event else tr("captured")
            yield TimelineEvent(times.parse(entry.time), said, sure=entry.time_zone != "assumed UTC")


def build_timeline_card(report: ShowReport) -> Card:
    """Builds the card of the timeline."""
    events = list_events(report)
    card = Card(tr("Timeline"), tr("Pakistan time"))
    if not events:
        card.body.addWidget(label(tr("The sources state no time."), "muted", wrap=True))
        return card
    card.body.addWidget(Timeline(events))
    if any(not event.sure for event in events):
        card.body.addWidget(label(tr("○ estimated, or no time zone stated: UTC is assumed"), "small", wrap=True))
    return card


class Timeline(QWidget):
    """Draws events as evenly spaced dots; gaps between them are labelled with their length."""

    def __init__(self, events: list[TimelineEvent]) -> None:
        super().__init__()
        self.events = events
        self.shown = _choose_shown(events)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(84 if theme.current().text_px == theme.TEXT else 96)
        said = "\n".join(event.describe() for event in events[:40])
        self.setAccessibleName(said)
        set_tooltip(self, Safe(said))

    def sizeHint(self) -> QSize:
        """Returns a width of 400 pixels."""
        return QSize(400, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the line, the dots and their labels."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(now.colour("line"))
        painter.drawLine(QPointF(0, middle), QPointF(self.width(), middle))
        slot = self.width() / len(self.shown)
        for i, happened_ in enumerate(self.shown):
            x = slot * (i + 0.5)
            if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
                x = self.width() - x
            painter.setPen(now.colour("accent"))
            painter.setBrush(now.colour("accent") if happened_.sure else now.colour("panel"))
            painter.drawEllipse(QPointF(x, middle), 4.5, 4.5)
            self._paint_label(painter, happened_, x, slot, above=i % 2 == 0)
            if i:
                self._paint_gap(painter, self.shown[i - 1], happened_, x, slot)

    def _paint_label(self, painter: QPainter, event: TimelineEvent, x: float, slot: float, *, above: bool) -> None:
        """Paints time and event above or below a dot."""
        now = theme.current()
        here = times.to_pkt(event.when)
        what = event.words if event.count == 1 else tr("{said} × {n}", said=event.words, n=event.count)
        metrics = QFontMetrics(theme.small_font())
        width = round(min(slot * 1.9, 2 * x, 2 * (self.width() - x)))
        left = round(x - width / 2)
        height = metrics.height()
        top = 0 if above else self.height() - 2 * height
        centre = Qt.AlignmentFlag.AlignCenter
        for line, (text, colour) in enumerate(((Safe(f"{times.day(here)} {times.clock(here)}"), "text"), (what, "muted"))):
            painter.setFont(theme.small_font())
            painter.setPen(now.colour(colour))
            place = QRect(left, top + line * height, width, height)
            painter.drawText(place, centre, metrics.elidedText(text, Qt.TextElideMode.ElideRight, width))

    def _paint_gap(self, painter: QPainter, before: TimelineEvent, after: TimelineEvent, x: float, slot: float) -> None:
        """Paints the time between two dots, if it is an hour or longer."""
        seconds = (after.when - before.when).total_seconds()
        if seconds < 3600:
            return
        said = tr("{n} d", n=int(seconds // 86400)) if seconds >= 172_800 else times.duration(seconds)
        painter.setFont(theme.font(px=theme.current().text_px - 3))
        painter.setPen(theme.current().colour("muted"))
        towards = slot / 2 if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else -slot / 2
        metrics = QFontMetrics(painter.font())
        width = metrics.horizontalAdvance(said) + 8
        place = QRect(round(x + towards - width / 2), self.height() // 2 - metrics.height() // 2, width, metrics.height())
        painter.fillRect(place, theme.current().colour("panel"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, said)


def _choose_shown(events: list[TimelineEvent]) -> list[TimelineEvent]:
    """Returns at most seven events: the first, the last and the most frequent between them."""
    if len(events) <= MOST_LABELS:
        return events
    inner = sorted(range(1, len(events) - 1), key=lambda i: (-events[i].count, -i))[: MOST_LABELS - 2]
    return [events[i] for i in sorted((0, *inner, len(events) - 1))]
