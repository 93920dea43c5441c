"""Defines the rail on the left: lanes that filter the queue, with their counts, and the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QLabel, QSizePolicy, QVBoxLayout, QWidget

from triage.model.queue_order import PRESERVE_NOW, QueueOrder
from triage.model.users import Right
from triage.model.version_flags import CHANGED_AFTER_CLOSING, VERSION_WAITS
from triage.model.views import QueueFilter, Status
from triage.ui.core.page import PageEntry
from triage.ui.kit import theme
from triage.ui.kit.enter_button import EnterButton
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import label, paint_band, rule, scrolled
from triage.ui.queue.state import OPEN_WORK
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, word

if TYPE_CHECKING:
    from triage.jobs.reading.queue import LaneCounts
    from triage.jobs.reading.queue_picks import OwnWork

WIDTH = 180
"""Fits each lane with a count of five digits in both languages, and leaves the queue its column of offices at 1366 pixels."""
LOW = 800
"""Below this height in pixels the rail closes up."""
HEADING_MARGINS = (10, 6, 10, 2)
CHILD_FLAG = "child lane"


@dataclass(frozen=True, slots=True)
class Lane:
    """Describes a lane: its words, its queue filter and how to read its count.

    A lane without a filter opens a page of its own. Every count is of open work, except in the lanes that are named after what
    is done. An `own` lane is of the person alone: the page adds the name. A lane may have an order of its own. A `rare` lane is
    shown only while it holds a report.
    """

    name: str
    words: str
    filter: QueueFilter | None
    count: Callable[[LaneCounts], int | None]
    """None: the count comes with the person's own work."""
    band: str | None = None
    key_cap: str = ""
    order: QueueOrder = field(default_factory=QueueOrder)
    own: bool = False
    rare: bool = False

    def filter_for(self, user: str) -> QueueFilter:
        """Returns the filter of the lane for a person."""
        wanted = self.filter or OPEN_WORK
        return replace(wanted, assignees=(user,)) if self.own else wanted


def _band(band: str, words: str) -> Lane:
    """Builds the lane of a band."""
    return Lane(f"band {band}", words, replace(OPEN_WORK, bands=(band,)), lambda counts: counts.bands.get(band, 0), band=band)


def _status(status: Status, words: str) -> Lane:
    """Builds the lane of a status of open work."""
    wanted = replace(OPEN_WORK, statuses=(status,))
    return Lane(f"status {status}", words, wanted, lambda counts: counts.statuses.get(status, 0))


ALL = Lane("all", mark("All open"), OPEN_WORK, lambda counts: counts.open)
PRESERVE = Lane(
    "preserve",
    mark("Preserve now"),
    PRESERVE_NOW,
    lambda counts: counts.expiring,
    key_cap=find_key("queue", "preserve").cap,
    order=QueueOrder("deadline"),
)
CHILD = Lane("child", mark("Child lane"), replace(OPEN_WORK, flags=(CHILD_FLAG,)), lambda counts: counts.child_lane)
VERSIONS = Lane("versions", mark("Version waits"), QueueFilter(flags=(VERSION_WAITS,)), lambda counts: None, rare=True)
CHANGED = Lane("changed", mark("Reopened"), replace(OPEN_WORK, flags=(CHANGED_AFTER_CLOSING,)), lambda counts: None, rare=True)
MINE = Lane("mine", mark("Mine"), OPEN_WORK, lambda counts: None, key_cap=find_key("queue", "mine").cap, own=True)
UNASSIGNED = Lane("unassigned", mark("Unassigned"), replace(OPEN_WORK, assignees=("",)), lambda counts: None)
_DONE: tuple[Status, ...] = ("referred", "case_opened", "closed")
DONE = Lane(
    "done",
    mark("Done"),
    QueueFilter(statuses=_DONE),
    lambda counts: sum(counts.statuses.get(status, 0) for status in _DONE),
    order=QueueOrder("received", True),
)
SET_ASIDE = Lane("set aside", mark("Set aside"), None, lambda counts: counts.set_aside)
POSSIBLE = Lane("possible", mark("Possible matches"), None, lambda counts: counts.possible)
HELD = Lane("held", mark("Held hashes"), None, lambda counts: counts.held)

SECTIONS: tuple[tuple[str, tuple[Lane, ...]], ...] = (
    (
        mark("Open reports"),
        (
            ALL,
            _band("A", mark("Act now")),
            _band("B", mark("Urgent")),
            _band("C", mark("Soon")),
            _band("D", mark("In turn")),
            _band("E", mark("Info only")),
        ),
    ),
    (mark("First"), (PRESERVE, CHILD, VERSIONS, CHANGED)),
    (
        mark("Work"),
        (
            MINE,
            UNASSIGNED,
            _status("in_progress", mark("In progress")),
            _status("on_hold", mark("On hold")),
            SET_ASIDE,
            POSSIBLE,
            HELD,
            DONE,
        ),
    ),
)
LANES = {lane.name: lane for _, lanes in SECTIONS for lane in lanes}


def find_lane(wanted: QueueFilter, user: str) -> Lane:
    """Returns the lane to which a filter belongs: the narrowest whose own facets the filter keeps."""
    best, most = ALL, -1
    for lane in LANES.values():
        if lane.filter is None:
            continue
        own = lane.filter_for(user)
        fields = _facets_of(own)
        kept = all(getattr(wanted, name) == getattr(own, name) for name in fields)
        if kept and wanted.open_only == own.open_only and len(fields) > most:
            best, most = lane, len(fields)
    return best


def _facets_of(wanted: QueueFilter) -> list[str]:
    """Returns the fields in which a lane's filter differs from all open reports."""
    names = ("bands", "statuses", "assignees", "flags", "preserve_within_days")
    return [name for name in names if getattr(wanted, name) != getattr(OPEN_WORK, name)]


class RailButton(EnterButton, QAbstractButton):
    """Shows a band block, words, and a count or a key at the end."""

    HEIGHT, LOW_HEIGHT = 28, 24
    """Pixels, and those in a low window."""

    def __init__(self, words: str, *, band: str | None = None, end: str = "") -> None:
        super().__init__()
        self._words, self._band, self.end = words, band, end
        self._over = self._low = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_end(end)

    def set_end(self, end: str, *, faint: bool = False) -> None:
        """Sets the count or the key at the end; `faint` marks an empty lane."""
        self.end, self._faint = end, faint
        self.setAccessibleName(f"{word(self._words)} {end}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """Returns the width of the rail and the height of a line."""
        return QSize(WIDTH - 16, self.LOW_HEIGHT if self._low else self.HEIGHT)

    def set_low(self, low: bool) -> None:
        """Makes the button lower, or as high as it was."""
        self._low = low
        self.updateGeometry()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Highlights the button under the mouse."""
        self._over = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Removes the highlight."""
        self._over = False
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the background and the words."""
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
        """Paints the band block, the words and the end."""
        small = theme.small_font()
        end_width = QFontMetrics(small).horizontalAdvance(self.end)
        if self._band is not None:
            paint_band(painter, self._mirror(QRect(10, (self.height() - 18) // 2, 18, 18)), self._band)
        font = self._font_of_words()
        painter.setFont(font)
        painter.setPen(now.colour("muted" if self._faint and not self.isChecked() else "text"))
        place = self._place_of_words()
        text = QFontMetrics(font).elidedText(word(self._words), Qt.TextElideMode.ElideRight, place.width())
        lead = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        painter.setLayoutDirection(self.layoutDirection())
        painter.drawText(self._mirror(place), lead, text)
        painter.setFont(small)
        painter.setPen(now.colour("muted"))
        end = QRect(self.width() - 10 - end_width, 0, end_width + 1, self.height())
        painter.drawText(self._mirror(end), lead, self.end)

    def _place_of_words(self) -> QRect:
        """Returns the rectangle between the band block and the end."""
        left = 10 if self._band is None else 34
        end_width = QFontMetrics(theme.small_font()).horizontalAdvance(self.end)
        return QRect(left, 0, self.width() - left - 14 - end_width, self.height())

    def _font_of_words(self) -> QFont:
        """Returns the font of the words: the small one where they do not fit in bold beside a long count."""
        fits = self._measure_words(theme.font(bold=True)) <= self._place_of_words().width()
        return theme.font(bold=self.isChecked()) if fits else theme.small_font()

    def _measure_words(self, font: QFont) -> int:
        return QFontMetrics(font).horizontalAdvance(word(self._words))

    def words_fit(self) -> bool:
        """Returns whether the words are drawn whole."""
        return self._measure_words(self._font_of_words()) <= self._place_of_words().width()

    def _mirror(self, place: QRect) -> QRect:
        """Returns the rectangle mirrored when the layout runs from right to left."""
        if self.layoutDirection() != Qt.LayoutDirection.RightToLeft:
            return place
        return QRect(self.width() - place.right() - 1, place.top(), place.width(), place.height())


class LaneRail(QWidget):
    """Shows the lanes, the pages and the buttons at the foot.

    `chosen` carries the name of a lane, `page_chosen` the name of a page, and `palette_asked` asks for the palette. The other
    signals belong to the buttons at the foot.
    """

    chosen = Signal(str)
    page_chosen = Signal(str)
    palette_asked = Signal()
    import_asked = Signal()
    keys_asked = Signal()
    lock_asked = Signal()
    view_asked = Signal(object)
    exports_asked = Signal(object)

    def __init__(self, pages: Sequence[PageEntry], may: Callable[[Right], bool] = lambda _: True) -> None:
        """Offers the lanes to people who read reports, and the import to those who may import."""
        super().__init__()
        self.setProperty("kind", "rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(WIDTH)
        self.buttons: dict[str, RailButton] = {}
        self._headings: list[QLabel] = []
        self._low = False
        self._group = QButtonGroup(self)
        self.pages: dict[str, RailButton] = {}
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        lanes_holder, foot_holder = QWidget(), QWidget()
        self.column, self._foot_column = QVBoxLayout(lanes_holder), QVBoxLayout(foot_holder)
        self.column.setContentsMargins(8, 8, 8, 0)
        self._foot_column.setContentsMargins(8, 4, 8, 8)
        for column in (self.column, self._foot_column):
            column.setSpacing(0)
        self._lanes = scrolled(lanes_holder)
        whole.addWidget(self._lanes, 1)
        whole.addWidget(rule())
        whole.addWidget(foot_holder)
        for title, lanes in SECTIONS if may(Right.READ_REPORT) else ():
            self._add_heading(word(title))
            for lane in lanes:
                self._add_lane(lane)
            self.column.addSpacing(4)
        self._add_pages(pages)
        self.column.addStretch(1)
        view = self._add_foot_button(mark("View"), "", lambda: self.view_asked.emit(view))
        cap = find_key("everywhere", "exports").cap
        self.exports = self._add_foot_button(mark("Export"), cap, lambda: self.exports_asked.emit(self.exports))
        if may(Right.IMPORT):
            self._add_foot_button(mark("Import"), find_key("queue", "import").cap, self.import_asked.emit)
        self._add_foot_button(mark("Keys"), find_key("everywhere", "keys").cap, self.keys_asked.emit)
        self._add_foot_button(mark("Lock"), find_key("everywhere", "lock").cap, self.lock_asked.emit)
        if may(Right.READ_REPORT):
            self.buttons["all"].setChecked(True)

    def _add_heading(self, title: Safe) -> None:
        """Adds the heading of a section."""
        heading = label(title, "heading")
        heading.setContentsMargins(*HEADING_MARGINS)
        self._headings.append(heading)
        self.column.addWidget(heading)

    def _add_lane(self, lane: Lane) -> None:
        """Adds the button of a lane."""
        button = RailButton(lane.words, band=lane.band)
        button.setCheckable(True)
        if lane.key_cap:
            button.setToolTip(tr("Key {key}", key=lane.key_cap))
        button.clicked.connect(lambda: self.chosen.emit(lane.name))
        self._group.addButton(button)
        if lane.rare:
            button.hide()
        self.buttons[lane.name] = button
        self.column.addWidget(button)

    def _add_pages(self, pages: Sequence[PageEntry]) -> None:
        """Adds the buttons of the pages, and the button of the palette that finds all others."""
        self._add_heading(tr("Pages"))
        for page in pages:
            button = RailButton(page.words, end=ltr(page.cap))
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, name=page.name: self.page_chosen.emit(name))
            self._group.addButton(button)
            self.pages[page.name] = button
            self.column.addWidget(button)
        more = RailButton(mark("More pages"), end=ltr(find_key("everywhere", "go").cap))
        more.clicked.connect(self.palette_asked)
        self.column.addWidget(more)

    def _add_foot_button(self, words: str, cap: str, on: Callable[[], None]) -> RailButton:
        """Adds a button at the foot."""
        button = RailButton(words, end=ltr(cap) if cap else "")
        button.clicked.connect(lambda: on())
        self._foot_column.addWidget(button)
        return button

    def show_counts(self, counts: LaneCounts, own: OwnWork) -> None:
        """Shows the number of reports in each lane."""
        for name, button in self.buttons.items():
            count = LANES[name].count(counts)
            if count is not None:
                button.set_end(number(count), faint=count == 0)
        for lane, count in (
            (MINE, own.mine),
            (UNASSIGNED, own.unassigned),
            (VERSIONS, own.versions_waiting),
            (CHANGED, own.changed_after_closing),
        ):
            button = self.buttons[lane.name]
            button.set_end(number(count), faint=count == 0)
            button.setVisible(not lane.rare or count > 0 or button.isChecked())

    def set_current(self, name: str) -> None:
        """Marks a lane or a page as current and scrolls to it. For a page that the rail does not list, nothing stays marked."""
        button = self.buttons.get(name) or self.pages.get(name)
        if button is None:
            self._unmark()
        else:
            button.show()
            button.setChecked(True)
            self._lanes.ensureWidgetVisible(button, 0, 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Closes up in a low window, so that pages are seen, and scrolls to what is current."""
        super().resizeEvent(event)
        if (low := self.height() < LOW) != self._low:
            self._low = low
            for button in self.findChildren(RailButton):
                button.set_low(low)
            left, top, right, bottom = HEADING_MARGINS
            for heading in self._headings:
                heading.setContentsMargins(left, top // 3 if low else top, right, 0 if low else bottom)
        current = self._group.checkedButton()
        if current is not None and (whole := self.layout()) is not None:
            whole.activate()
            self._lanes.ensureWidgetVisible(current, 0, 8)

    def _unmark(self) -> None:
        """Marks no button; an exclusive group would refuse that."""
        if (marked := self._group.checkedButton()) is not None:
            self._group.setExclusive(False)
            marked.setChecked(False)
            self._group.setExclusive(True)
