"""Builds the card of the identifiers of a report."""

from __future__ import annotations

from triage.model.report_page import ReportPageView
from triage.ui.kit.widgets import KeyButton
from triage.ui.report.identifiers import IdentifierTable
from triage.ui.report.report_card import ReportCard, set_visible
from triage.ui.text.i18n import Safe, tr, trn

BUTTON = 34


class MoreButton(KeyButton):
    """A quiet button that unfolds a list, at the edge of its line."""

    def measure_height(self, width: int) -> int:
        """Returns the height in pixels."""
        return self.sizeHint().height()


class IdentifiersCard(ReportCard):
    """Shows all identifiers in one table; long ones are folded. It shows more rows where there is room."""

    pinned = "main"
    grows = 2

    def __init__(self) -> None:
        super().__init__(tr("Identifiers"))
        self.table = IdentifierTable()
        self.more = MoreButton(Safe(""), kind="quiet", on=self.show_all)
        self.add_part(self.table)
        self.add_part(self.more)

    def show_page(self, view: ReportPageView) -> None:
        """Shows the identifiers of a report; without any the card is left out."""
        self.has_content = bool(view.report.identifiers)
        if not self.has_content:
            return
        count = len(view.report.identifiers)
        self.set_beside(trn("{n} value", "{n} values", count))
        self.table.show_page(view)
        self._show_more_button()

    def show_all(self) -> None:
        """Shows all rows."""
        self.table.show_all()
        self._show_more_button()
        arrange = getattr(self.parentWidget(), "arrange", None)
        if arrange is not None:
            arrange()

    def grow(self, width: int, room: int) -> None:
        """Shows so many rows as find room."""
        begin, end = self.table.rows.shown_rows, len(self.table.rows.items)
        room += BUTTON
        for row in range(begin, end):
            room -= self.table.row_height(row, width)
            if room < (0 if row == end - 1 else BUTTON):
                end = row
                break
        if end > begin:
            self.table.show_rows(end)
            self._show_more_button()

    def _show_more_button(self) -> None:
        hidden = self.table.hidden_rows()
        set_visible(self.more, hidden > 0)
        if hidden:
            self.more.set_words(trn("Show {n} more", "Show {n} more", hidden))
