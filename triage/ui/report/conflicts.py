"""Builds the cards of conflicts between sources and of content that no importer understood."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from triage.model.views import ShowNotUnderstood, ShowReport
from triage.ui.kit.widgets import Card, KeyButton, chip, label, row, set_tooltip
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, shown_block, tr, trn

FIRST_LINES = 6


def build_conflicts_card(report: ShowReport) -> Card | None:
    """Builds the card with each conflicting value and its source, or returns None."""
    if not report.conflicts:
        return None
    count = trn("{n} point, all values kept", "{n} points, all values kept", len(report.conflicts))
    card = Card(tr("The sources disagree"), count)
    for conflict in report.conflicts:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(2, 1)
        grid.addWidget(chip(describe_field(conflict.field), "grave"), 0, 0, Qt.AlignmentFlag.AlignTop)
        for at, value in enumerate(conflict.values):
            grid.addWidget(label(report_words.stated(value.value), wrap=False, selectable=True), at, 1)
            where = label(report_words.short_sources(value.sources), "muted")
            set_tooltip(where, report_words.full_sources(value.sources))
            grid.addWidget(where, at, 2)
        card.body.addLayout(grid)
    return card


def describe_field(name: str) -> Safe:
    """Returns the name of a conflicting field in words."""
    says, colon, fact = name.partition(": ")
    if colon:
        return tr("“{says}”: {fact}", says=says, fact=report_words.fact(fact))
    return report_words.fact(name)


class NotUnderstoodCard(Card):
    """Shows elements, keys and lines that no importer knows."""

    def __init__(self, report: ShowReport) -> None:
        super().__init__(tr("Not understood"), trn("{n} line, complete", "{n} lines, complete", len(report.not_understood)))
        self._rest = list(report.not_understood)
        self._more()

    def _more(self) -> None:
        """Adds the next six lines, and a button for the rest."""
        now, self._rest = self._rest[:FIRST_LINES], self._rest[FIRST_LINES:]
        for entry in now:
            self.body.addWidget(_build_line(entry))
        if self._rest:
            self._button = KeyButton(trn("Show {n} more", "Show {n} more", len(self._rest)), kind="quiet", on=self._all)
            self.body.addLayout(row(self._button, None))

    def _all(self) -> None:
        """Adds all remaining lines."""
        self._button.hide()
        for entry in self._rest:
            self.body.addWidget(_build_line(entry))
        self._rest = []


def _build_line(entry: ShowNotUnderstood) -> QWidget:
    """Builds the widget of a line with its source."""
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(0)
    place = ltr(f"{entry.source.rpartition('/')[2]}  {entry.path}")
    where = label(place, "small", wrap=True, selectable=True)
    set_tooltip(where, ltr(f"{entry.source}  {entry.path}"))
    grid.addWidget(label(shown_block(entry.value), wrap=True, selectable=True), 0, 0)
    grid.addWidget(where, 1, 0)
    return made
