"""Lays out a page: a table on one side, and beside it what is known of the current row and what can be done."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from triage.ui.kit.widgets import Card, label, scrolled, set_tooltip
from triage.ui.text.i18n import Safe, is_rtl, ltr

SIDE = 360


class ScrolledContent(QWidget):
    """Is content of a scroll area that is as high as it needs at its width.

    Qt would take the height that wrapped text needs at the least width, and the page would end in empty space.
    """

    def minimumSizeHint(self) -> QSize:
        """Returns the least width, and the height at the present width."""
        least, layout = super().minimumSizeHint(), self.layout()
        if layout is None or not layout.hasHeightForWidth() or self.width() < least.width():
            return least
        return QSize(least.width(), layout.totalHeightForWidth(self.width()))


def make_side(width: int = SIDE, top: int = 12) -> tuple[QVBoxLayout, QScrollArea]:
    """Returns the column beside a table, and the area in which it scrolls."""
    inner = ScrolledContent()
    column = QVBoxLayout(inner)
    column.setContentsMargins(*((16, top, 0, 16) if is_rtl() else (0, top, 16, 16)))  # Qt does not mirror margins
    column.setSpacing(12)
    area = scrolled(inner)
    area.setFixedWidth(width)
    return column, area


def set_start_margin(target: QWidget | QLayout, top: int = 0, bottom: int = 0) -> None:
    """Sets a margin of 16 pixels where reading begins, and none at the end. Qt does not mirror margins."""
    target.setContentsMargins(*((0, top, 16, bottom) if is_rtl() else (16, top, 0, bottom)))


def lay_out(body: QWidget, main: QWidget | QLayout, side: QScrollArea) -> None:
    """Puts the main part and the column beside it into the body of a page."""
    both = QHBoxLayout(body)
    both.setContentsMargins(0, 0, 0, 0)
    both.setSpacing(16)
    if isinstance(main, QLayout):
        both.addLayout(main, 1)
    else:
        both.addWidget(main, 1)
    both.addWidget(side)


def stack(*parts: QWidget) -> QVBoxLayout:
    """Returns a layout of parts below each other. The last one takes the room that is left, which is empty while it hides."""
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part)
    column.setStretchFactor(parts[-1], 1)
    column.addStretch(0)
    return column


def group_digits(text: str) -> Safe:
    """Returns a hash in groups of eight digits, so that it can break into lines."""
    return ltr(" ".join(text[at : at + 8] for at in range(0, len(text), 8)))


def add_facts(card: Card, facts: list[tuple[Safe, Safe]]) -> None:
    """Adds lines with a name and a value to a card; values wrap and can be copied."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for at, (name, value) in enumerate(facts):
        grid.addWidget(label(name, "small", wrap=True), at, 0, top)
        shows = label(value, wrap=True, selectable=True)
        shows.setMinimumWidth(1)  # else a long name without a space would push the column beside the table out of the window
        set_tooltip(shows, value)
        grid.addWidget(shows, at, 1)
    grid.setColumnMinimumWidth(0, 96)
    card.body.addLayout(grid)
