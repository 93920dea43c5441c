"""Builds the cards of conflicts between sources and of content that no importer understood."""

from __future__ import annotations

from triage.model.report_page import ReportPageView
from triage.model.views import ShowNotUnderstood
from triage.ui.kit.text_view import TextWriter
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, ltr, shown_block, tr, trn

FIRST_LINES = 4


class ConflictsCard(TextCard):
    """Shows each conflicting value and its source."""

    def __init__(self) -> None:
        super().__init__(tr("The sources disagree"))

    def show_page(self, page: ReportPageView) -> None:
        """Shows the conflicts of a report; without any the card is left out."""
        conflicts = page.report.conflicts
        self.has_content = bool(conflicts)
        if self.has_content:
            self.set_beside(trn("{n} point, all values kept", "{n} points, all values kept", len(conflicts)))
            super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes each field with its values."""
        for conflict in page.report.conflicts:
            writer.write_line([(describe_field(conflict.field), "chip-grave")], gap=5)
            for value in conflict.values:
                where = report_words.short_sources(value.sources)
                runs = [(report_words.stated(value.value), ""), ("  ", ""), (where, "muted")]
                writer.write_line(runs, tip=report_words.full_sources(value.sources), indent=12)  # type: ignore[arg-type]


def describe_field(name: str) -> Safe:
    """Returns the name of a conflicting field in words."""
    says, colon, fact = name.partition(": ")
    if colon:
        return tr("“{says}”: {fact}", says=says, fact=report_words.fact(fact))
    return report_words.fact(name)


class NotUnderstoodCard(TextCard):
    """Shows elements, keys and lines that no importer knows."""

    first = FIRST_LINES
    grows = 6

    def __init__(self) -> None:
        super().__init__(tr("Not understood"))

    def show_page(self, page: ReportPageView) -> None:
        """Shows what was not understood; without any the card is left out."""
        entries = page.report.not_understood
        self.has_content = bool(entries)
        if self.has_content:
            self.set_beside(trn("{n} line, complete", "{n} lines, complete", len(entries)))
            super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes each line with its source."""
        lines = [lambda entry=entry: _write_entry(writer, entry) for entry in page.report.not_understood]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))


def _write_entry(writer: TextWriter, entry: ShowNotUnderstood) -> None:
    """Writes a line with its source."""
    whole = ltr(f"{entry.source}  {entry.path}")
    place = ltr(f"{entry.source.rpartition('/')[2]}  {entry.path}")
    writer.write_line([(shown_block(entry.value), ""), ("\n", ""), (place, "small")], tip=whole, gap=4)
