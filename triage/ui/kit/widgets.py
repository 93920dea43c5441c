"""Provides the small widgets of every screen. Labels always show plain text, never markup."""

from __future__ import annotations

import html
from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import shiboken6
from PySide6.QtCore import QEasingCurve, QPropertyAnimation, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from triage.ui.kit import theme
from triage.ui.kit.enter_button import EnterButton
from triage.ui.kit.key_binding import Screen
from triage.ui.kit.keys import find_key
from triage.ui.text.i18n import is_rtl, ltr, shown, tr

LabelKind = Literal[
    "", "heading", "title", "strong", "muted", "small", "good", "warn", "bad", "cap", "chip", "chip-grave", "chip-calm", "pill"
]
ChipTone = Literal["plain", "grave", "calm"]


def label(text: str, kind: LabelKind = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Builds a plain-text label that shows control characters escaped; headings are in capitals except in Urdu."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    safe = shown(text)
    made.setText(safe.upper() if kind == "heading" and not is_rtl() else safe)
    made.setProperty("kind", kind)
    made.setWordWrap(wrap)
    if is_rtl():  # else a label that holds no Urdu letter would stand on the wrong side
        made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        if is_rtl():
            made.setContentsMargins(6, 0, 0, 0)  # Qt breaks a mixed line some pixels too late
    elif kind == "pill":
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    if selectable:
        flags = Qt.TextInteractionFlag
        made.setTextInteractionFlags(flags.TextSelectableByMouse | flags.TextSelectableByKeyboard)
    return made


def cap(text: str) -> QLabel:
    """Builds a label that looks like a key of a keyboard."""
    made = label(ltr(text), "cap")
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def chip(text: str, tone: ChipTone = "plain") -> QLabel:
    """Builds a small label with a coloured background."""
    kinds: dict[ChipTone, LabelKind] = {"plain": "chip", "grave": "chip-grave", "calm": "chip-calm"}
    made = label(text, kinds[tone])
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def set_tooltip(widget: QWidget, text: str) -> None:
    """Sets a tooltip as plain text, so that Qt reads no markup in it."""
    widget.setToolTip(escape_tooltip(text))


def escape_tooltip(text: str) -> str:
    """Returns a text escaped for a Qt tooltip, with its line breaks kept."""
    return f"<p style='white-space:pre-wrap'>{html.escape(shown(text))}</p>"


def set_kind(widget: QWidget, kind: str) -> None:
    """Changes the style-sheet kind of a widget and applies it at once."""
    widget.setProperty("kind", kind)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


class KeyButton(EnterButton, QPushButton):
    """Is a button that shows its key beside its words."""

    GAP, SIDE = 8, 12

    def __init__(self, text: str, key_cap: str = "", *, kind: str = "", on: Callable[[], None] | None = None) -> None:
        super().__init__()
        self._text, self._cap = text, key_cap
        self.setProperty("kind", kind)
        self.setAccessibleName(text)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        if on is not None:
            self.clicked.connect(lambda: on())

    @classmethod
    def for_action(
        cls, screen: Screen, action: str, text: str, *, kind: str = "", on: Callable[[], None] | None = None
    ) -> KeyButton:
        """Builds a button with the key that `keys.KEYS` gives this action on this screen."""
        return cls(text, find_key(screen, action).cap, kind=kind, on=on)

    @classmethod
    def for_way_back(cls, text: str, on: Callable[[], None], *, kind: str = "quiet") -> KeyButton:
        """Builds the button that leaves a dialog without an act, as Esc does."""
        made = cls(text, tr("Esc"), kind=kind, on=on)
        made.goes_back = True
        return made

    def set_words(self, text: str) -> None:
        """Sets the words of the button."""
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def words(self) -> str:
        """Returns the words of the button, without the key."""
        return self._text

    def sizeHint(self) -> QSize:
        """Returns the size that fits the words and the key."""
        width = self.SIDE * 2 + self._words_width()
        if self._cap:
            width += self.GAP + measure_width(self._cap, small=True) + 10
        return QSize(width + 2, 26 if self._is_small() else 32)

    def minimumSizeHint(self) -> QSize:
        """Returns the same size as `sizeHint`."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the button, its words and its key."""
        super().paintEvent(event)
        painter = QPainter(self)
        now = theme.current()
        primary = self.property("kind") == "primary" and self.isEnabled()
        painter.setPen(now.colour("on_accent_fill" if primary else "text" if self.isEnabled() else "muted"))
        painter.setFont(theme.small_font() if self._is_small() else theme.font(bold=self.property("kind") != "quiet"))
        words = self._words_width()
        total = words + (self.GAP + measure_width(self._cap, small=True) + 10 if self._cap else 0)
        start = (self.width() - total) // 2
        place = QRect(start, 0, words + 1, self.height())
        painter.drawText(self._mirrored(place), Qt.AlignmentFlag.AlignCenter, self._text)
        if self._cap:
            self._paint_cap(painter, QRect(start + words + self.GAP, 0, total - words - self.GAP, self.height()), primary)

    def _paint_cap(self, painter: QPainter, place: QRect, primary: bool) -> None:
        """Paints the key in a small frame."""
        now = theme.current()
        place = self._mirrored(place.adjusted(0, (place.height() - 18) // 2, 0, -((place.height() - 18) // 2)))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = now.colour("on_accent_fill" if primary else "muted")
        edge = now.colour("on_accent_fill" if primary else "line")
        if primary:
            edge.setAlphaF(0.45)
        painter.setPen(edge)
        painter.drawRoundedRect(place.adjusted(0, 0, -1, -1), 3, 3)
        painter.setPen(ink)
        painter.setFont(theme.small_font())
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, ltr(self._cap))

    def _is_small(self) -> bool:
        """Returns whether the button is drawn with small text."""
        return self.property("kind") in ("pill", "mini", "chip")

    def _words_width(self) -> int:
        """Returns the width of the words in pixels."""
        return measure_width(self._text, small=self._is_small(), bold=not self._is_small())

    def _mirrored(self, place: QRect) -> QRect:
        """Returns the place mirrored when the layout runs from right to left."""
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            return QRect(self.width() - place.right() - 1, place.top(), place.width(), place.height())
        return place


def measure_width(text: str, *, bold: bool = False, small: bool = False) -> int:
    """Returns the width of a text in pixels in the theme's font."""
    return _measure_width(text, tuple(theme.font_families()), theme.current().text_px - 2 * small, bold)


@lru_cache(maxsize=1024)
def _measure_width(text: str, families: tuple[str, ...], px: int, bold: bool) -> int:
    """Measures a text. Layouts ask for the same words of buttons again and again."""
    from PySide6.QtGui import QFontMetrics

    return QFontMetrics(theme.make_font(families, px, bold)).horizontalAdvance(text)


class BandBlock(QWidget):
    """Shows the letter of a band on its colour."""

    def __init__(self, band: str, side: int = 22) -> None:
        super().__init__()
        self.band, self._side = band, side
        self.setFixedSize(side, side)
        self.setAccessibleName(band)

    def show_band(self, band: str) -> None:
        """Shows another band."""
        self.band = band
        self.setAccessibleName(band)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the block."""
        painter = QPainter(self)
        paint_band(painter, QRect(0, 0, self._side, self._side), self.band)


def paint_band(painter: QPainter, place: QRect, band: str) -> None:
    """Paints a filled square with the letter of a band."""
    ground, ink = theme.current().band(band)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawRoundedRect(place, 4, 4)
    painter.setPen(ink)
    painter.setFont(theme.font(px=max(11, place.height() * 6 // 10), bold=True))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, band)
    painter.restore()


class ElidedLabel(QLabel):
    """Shows one line, shortened with dots to fit; the tooltip has the whole text.

    It fills its place. With `snug` it is as wide as its words, and gives way when others need the room, down to `least` pixels.
    """

    least = 24

    def __init__(self, text: str = "", kind: LabelKind = "", *, snug: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("kind", kind)
        across = QSizePolicy.Policy.Preferred if snug else QSizePolicy.Policy.Ignored
        self.setSizePolicy(across, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Sets the text and the tooltip, with control characters escaped."""
        super().setText(shown(text))
        set_tooltip(self, text)

    def minimumSizeHint(self) -> QSize:
        """Returns a small width, so that the label can shrink."""
        return QSize(min(self.least, max(24, super().sizeHint().width())), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the text as far as it fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        fits = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter, fits)


class Card(QFrame):
    """Is a panel with a title; add widgets to its `body`."""

    def __init__(self, title: str, beside: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(16, 12, 16, 14)
        outer.setSpacing(theme.GRID)
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        self.title = label(title, "heading")
        head.addWidget(self.title)
        if beside:
            head.addWidget(label(beside, "small"))
        head.addStretch(1)
        self.head = head
        outer.addLayout(head)
        self.body = QVBoxLayout()
        self.body.setSpacing(theme.GRID)
        outer.addLayout(self.body)


def rule() -> QFrame:
    """Builds a thin horizontal line."""
    made = QFrame()
    made.setProperty("kind", "rule")
    made.setFixedHeight(1)
    return made


def row(*parts: QWidget | int | None, spacing: int = theme.GRID) -> QHBoxLayout:
    """Lays widgets out side by side; a number adds space in pixels, None adds a stretch."""
    made = QHBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for part in parts:
        if part is None:
            made.addStretch(1)
        elif isinstance(part, int):
            made.addSpacing(part)
        else:
            made.addWidget(part)
    return made


def bar(*parts: QWidget | int | None) -> QWidget:
    """Builds the bar at the top of a page with the given widgets; a number adds space, None a stretch."""
    made = QWidget()
    made.setProperty("kind", "bar")
    made.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    made.setFixedHeight(52)
    line = row(*parts)
    line.setContentsMargins(16, 0, 16, 0)
    made.setLayout(line)
    return made


def column(*parts: QWidget | QLayout | int | None, spacing: int = theme.GRID) -> QVBoxLayout:
    """Lays widgets or layouts out below each other; a number adds space in pixels, None a stretch."""
    made = QVBoxLayout()
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    for part in parts:
        if part is None:
            made.addStretch(1)
        elif isinstance(part, int):
            made.addSpacing(part)
        elif isinstance(part, QLayout):
            made.addLayout(part)
        else:
            made.addWidget(part)
    return made


def scrolled(content: QWidget) -> QScrollArea:
    """Returns a frameless area in which the content scrolls vertically only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area


def clear(layout: QLayout) -> None:
    """Removes all items of a layout, including nested layouts.

    Widgets are hidden at once and deleted later.
    """
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif (inner := item.layout()) is not None:
            clear(inner)
            inner.deleteLater()


def give_focus_back(widget: QWidget | None) -> None:
    """Gives the focus to the widget that had it before, unless that was deleted meanwhile."""
    if widget is not None and shiboken6.isValid(widget):
        widget.setFocus()


def fade_in(widget: QWidget) -> None:
    """Fades a widget in within 120 ms; this is the only animation of the program."""
    effect = QGraphicsOpacityEffect(widget)
    widget.setGraphicsEffect(effect)
    motion = QPropertyAnimation(effect, b"opacity", widget)
    motion.setDuration(theme.FADE_MS)
    motion.setStartValue(0.0)
    motion.setEndValue(1.0)
    motion.setEasingCurve(QEasingCurve.Type.OutQuad)
    motion.finished.connect(lambda: widget.setGraphicsEffect(None))  # type: ignore[arg-type]
    motion.start(QPropertyAnimation.DeletionPolicy.DeleteWhenStopped)
