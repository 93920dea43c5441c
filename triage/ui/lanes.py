"""The lanes on the left: one press filters the queue, and every lane says how many reports stand in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from triage.model.views import QueueFilter
from triage.ui import theme
from triage.ui.i18n import mark, number, tr, word
from triage.ui.keys import key
from triage.ui.widgets import label, paint_band

if TYPE_CHECKING:
    from triage.jobs.queue import Lanes

WIDTH = 152
EXPIRING_DAYS = 30
CHILD_FLAG = "child lane"


@dataclass(frozen=True, slots=True)
class Lane:
    """`filter` None: not of the queue but a page of its own. `count` reads its number from the counts."""

    name: str
    words: str
    filter: QueueFilter | None
    count: Callable[[Lanes], int]
    band: str | None = None
    key_cap: str = ""


def _band(band: str, words: str) -> Lane:
    return Lane(f"band {band}", words, QueueFilter(band=band), lambda counts: counts.bands.get(band, 0), band=band)


def _status(status: str, words: str) -> Lane:
    return Lane(f"status {status}", words, QueueFilter(status=status), lambda counts: counts.statuses.get(status, 0))


ALL = Lane("all", mark("All reports"), QueueFilter(), lambda counts: counts.total)
PRESERVE = Lane(
    "preserve",
    mark("Preserve now"),
    QueueFilter(expiring_within_days=EXPIRING_DAYS),
    lambda counts: counts.expiring,
    key_cap=key("queue", "preserve").cap,
)
CHILD = Lane("child", mark("Child lane"), QueueFilter(flag=CHILD_FLAG), lambda counts: counts.child_lane)
SET_ASIDE = Lane("set aside", mark("Set aside"), None, lambda counts: counts.set_aside)

SECTIONS: tuple[tuple[str, tuple[Lane, ...]], ...] = (
    (
        mark("Queue"),
        (
            ALL,
            _band("A", mark("Act now")),
            _band("B", mark("Urgent")),
            _band("C", mark("Soon")),
            _band("D", mark("In turn")),
            _band("E", mark("Info only")),
        ),
    ),
    (mark("First"), (PRESERVE, CHILD)),
    (
        mark("Work"),
        (
            _status("new", mark("New")),
            _status("in_progress", mark("In progress")),
            _status("on_hold", mark("On hold")),
            _status("referred", mark("Referred")),
            _status("case_opened", mark("Case opened")),
            _status("closed", mark("Closed")),
            SET_ASIDE,
        ),
    ),
)
LANES = {lane.name: lane for _, lanes in SECTIONS for lane in lanes}


class LaneButton(QAbstractButton):
    """A band's block or a little space, the words, the count."""

    HEIGHT = 30

    def __init__(self, lane: Lane) -> None:
        super().__init__()
        self.lane = lane
        self.count: int | None = None
        self._over = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_count(None)

    def set_count(self, count: int | None) -> None:
        self.count = count
        said = word(self.lane.words)
        self.setAccessibleName(said if count is None else f"{said}, {number(count)}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH - 16, self.HEIGHT)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._over = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        body = self.rect().adjusted(1, 1, -1, -1)
        if self.isChecked() or self._over:
            painter.setBrush(now.colour("selected" if self.isChecked() else "hover"))
            painter.drawRoundedRect(body, theme.RADIUS, theme.RADIUS)
        if self.hasFocus():
            painter.setPen(now.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body, theme.RADIUS, theme.RADIUS)
        self._paint_words(painter, now)

    def _paint_words(self, painter: QPainter, now: theme.Theme) -> None:
        count = "" if self.count is None else number(self.count)
        small = theme.small_font()
        count_width = QFontMetrics(small).horizontalAdvance(count)
        left = 10
        if self.lane.band is not None:
            paint_band(painter, self._directed(QRect(left, (self.height() - 18) // 2, 18, 18)), self.lane.band)
            left += 26
        font = theme.font(bold=self.isChecked())
        painter.setFont(font)
        painter.setPen(now.colour("text" if self.count != 0 or self.isChecked() else "muted"))
        place = QRect(left, 0, self.width() - left - 14 - count_width, self.height())
        text = QFontMetrics(font).elidedText(word(self.lane.words), Qt.TextElideMode.ElideRight, place.width())
        lead = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.setLayoutDirection(self.layoutDirection())
        painter.drawText(self._directed(place), lead, text)
        painter.setFont(small)
        painter.setPen(now.colour("muted"))
        end = QRect(self.width() - 10 - count_width, 0, count_width + 1, self.height())
        painter.drawText(self._directed(end), lead, count)

    def _directed(self, place: QRect) -> QRect:
        if self.layoutDirection() != Qt.LayoutDirection.RightToLeft:
            return place
        return QRect(self.width() - place.right() - 1, place.top(), place.width(), place.height())


class LaneRail(QWidget):
    """`chosen` is emitted with the lane's name when a person chooses one."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.buttons: dict[str, LaneButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 12, 8, 8)
        self.column.setSpacing(0)
        for title, lanes in SECTIONS:
            heading = label(word(title), "heading")
            heading.setContentsMargins(10, 8, 10, 4)
            self.column.addWidget(heading)
            for lane in lanes:
                self._add(lane)
            self.column.addSpacing(6)
        self.column.addStretch(1)
        self.buttons["all"].setChecked(True)

    def _add(self, lane: Lane) -> None:
        button = LaneButton(lane)
        if lane.key_cap:
            button.setToolTip(tr("Key {key}", key=lane.key_cap))
        button.clicked.connect(lambda: self.chosen.emit(lane.name))
        self._group.addButton(button)
        self.buttons[lane.name] = button
        self.column.addWidget(button)

    def show_counts(self, counts: Lanes) -> None:
        for button in self.buttons.values():
            button.set_count(button.lane.count(counts))

    def check(self, name: str) -> None:
        self.buttons[name].setChecked(True)
