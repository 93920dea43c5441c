"""Lays out a page: a table on one side, and beside it what is known of the current row and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from triage.ui.kit.widgets import Card, label, scrolled
from triage.ui.text.i18n import Safe, is_rtl

SIDE = 360


def make_side(width: int = SIDE) -> tuple[QVBoxLayout, QScrollArea]:
    """Returns the column beside a table, and the area in which it scrolls."""
    inner = QWidget()
    column = QVBoxLayout(inner)
    column.setContentsMargins(*((16, 12, 0, 16) if is_rtl() else (0, 12, 16, 16)))  # Qt does not mirror margins
    column.setSpacing(12)
    area = scrolled(inner)
    area.setFixedWidth(width)
    return column, area


def set_start_margin(target: QWidget | QLayout, top: int = 0, bottom: int = 0) -> None:
    """Sets a margin of 16 pixels where reading begins, and none at the end. Qt does not mirror margins."""
    target.setContentsMargins(*((0, top, 16, bottom) if is_rtl() else (16, top, 0, bottom)))


def lay_out(body: QWidget, main: QWidget, side: QScrollArea) -> None:
    """Puts the main part and the column beside it into the body of a page."""
    both = QHBoxLayout(body)
    both.setContentsMargins(0, 0, 0, 0)
    both.setSpacing(16)
    both.addWidget(main, 1)
    both.addWidget(side)


def add_facts(card: Card, facts: list[tuple[Safe, Safe]]) -> None:
    """Adds lines with a name and a value to a card; values wrap and can be copied."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for at, (name, value) in enumerate(facts):
        grid.addWidget(label(name, "small", wrap=True), at, 0, top)
        grid.addWidget(label(value, wrap=True, selectable=True), at, 1)
    grid.setColumnMinimumWidth(0, 96)
    card.body.addLayout(grid)
