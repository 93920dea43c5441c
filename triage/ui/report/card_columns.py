"""Lays cards out in columns that end at the same height: it measures each card, and fills free space with what was folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from triage.ui.report.report_card import ReportCard
from triage.ui.text.i18n import is_rtl

EDGE, GAP = 16, 12
ONE_BELOW = 800
"""Pixels: narrower pages have one column, wider ones two, and from `THREE_FROM` three."""
THREE_FROM = 1_480
ASIDE_LEAST, ASIDE_MOST = 330, 480
FEW = 24
"""Pixels that are too few to fill with anything."""


@dataclass(slots=True)
class Column:
    """A column: its place, and its cards from above."""

    left: int
    width: int
    cards: list[ReportCard] = field(default_factory=list)
    height: int = 0

    def add(self, card: ReportCard) -> None:
        """Adds a card below the others."""
        self.height += card.measure(self.width) + (GAP if self.cards else 0)
        self.cards.append(card)


class CardColumns(QWidget):
    """Holds the cards in the order in which they matter. `top` spans all columns."""

    def __init__(self, top: Sequence[ReportCard] = ()) -> None:
        super().__init__()
        self._top = list(top)
        self._cards: list[ReportCard] = []
        self.columns: list[Column] = []
        self._area: QScrollArea | None = None
        for card in self._top:
            card.setParent(self)

    def watch(self, area: QScrollArea) -> None:
        """Fills the height of this scroll area."""
        self._area = area

    def add_card(self, card: ReportCard) -> None:
        """Adds a card; it is shown from the next `arrange` on."""
        card.setParent(self)
        card.hide()
        self._cards.append(card)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lays the cards out again when the width changed."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.arrange()

    def arrange(self, ready: Sequence[ReportCard] | None = None) -> None:
        """Places the cards that are ready, by default those that were ready before, and hides those without content."""
        if ready is not None:
            self._ready = list(ready)
        width = self.width()
        if width < 200:
            return
        at = GAP
        for card in self._top:
            card.setVisible(card.has_content)
            if not card.has_content:
                continue
            height = card.measure(width - 2 * EDGE)
            card.setGeometry(EDGE, at, width - 2 * EDGE, height)
            at += height + GAP
        self.columns = columns = self._make_columns(width)
        cards = [card for card in self._ready if card.has_content]
        shown = set(cards)
        for card in self._cards:
            if card not in shown and not card.isHidden():
                card.hide()
        self._deal(cards, columns)
        self._fill(columns, at)
        for column in columns:
            self._place(column, at, width)
        self.setFixedHeight(at + max((column.height for column in columns), default=0) + EDGE)

    _ready: Sequence[ReportCard] = ()

    def _make_columns(self, width: int) -> list[Column]:
        inner = width - 2 * EDGE
        if inner < ONE_BELOW:
            return [Column(EDGE, inner)]
        if inner < THREE_FROM:
            aside = max(ASIDE_LEAST, min(ASIDE_MOST, inner * 36 // 100))
            main = inner - aside - GAP
            return [Column(EDGE, main), Column(EDGE + main + GAP, aside)]
        aside = (inner - 2 * GAP) * 27 // 100
        main = inner - 2 * (aside + GAP)
        return [Column(EDGE, main), Column(EDGE + main + GAP, aside), Column(EDGE + main + aside + 2 * GAP, aside)]

    def _deal(self, cards: Sequence[ReportCard], columns: list[Column]) -> None:
        """Deals the cards: pinned ones first, then the highest ones first, each to the column that is shortest so far.

        So the columns end together. Within a column the cards stand in the order in which they matter.
        """
        order = {card: at for at, card in enumerate(cards)}
        free: list[ReportCard] = []
        for card in cards:
            if len(columns) == 1 or card.pinned == "main":
                columns[0].add(card)
            elif card.pinned == "aside" and (len(columns) == 2 or not card.free_of_three):
                columns[-1].add(card)
            else:
                free.append(card)
        for card in sorted(free, key=lambda card: -card.measure(columns[-1].width)):
            wide = [column for column in columns if column.width >= card.least_width] or [columns[0]]
            min(wide, key=lambda column: column.height).add(card)
        for column in columns:
            column.cards.sort(key=order.__getitem__)

    def _fill(self, columns: list[Column], top: int) -> None:
        """Lets cards of the shorter columns show more, until all end together and reach the end of the page."""
        room = 0 if self._area is None else self._area.viewport().height() - top - EDGE
        target = max([room, *(column.height for column in columns)])
        for column in columns:
            for card in sorted((card for card in column.cards if card.grows), key=lambda card: card.grows):
                extra = target - column.height
                if extra < FEW:
                    break
                before = card.measure(column.width)
                card.grow(column.width, extra)
                column.height += card.measure(column.width) - before
        target = max([room, *(column.height for column in columns)])
        for column in columns:
            column.height = target if column.cards else column.height

    def _place(self, column: Column, top: int, width: int) -> None:
        at, heights = top, [card.measure(column.width) for card in column.cards]
        left = width - column.left - column.width if is_rtl() else column.left
        spare = column.height - sum(heights) - GAP * (len(heights) - 1)
        for i, (card, height) in enumerate(zip(column.cards, heights, strict=True)):
            whole = height + (max(0, spare) if i == len(heights) - 1 else 0)
            place = QRect(left, at, column.width, whole)
            if place.size() == card.size():
                card.place_parts()
            card.setGeometry(place)  # another size places the parts by itself
            if card.isHidden():
                card.show()
            at += whole + GAP
