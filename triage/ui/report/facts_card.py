"""Builds the card of facts and annotations stated about the whole report."""

from __future__ import annotations

from triage.model.report_page import ReportPageView
from triage.ui.kit.text_view import TextWriter
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words
from triage.ui.text.annotation_words import describe_annotation
from triage.ui.text.i18n import isolated, tr, trn


class FactsCard(TextCard):
    """Shows what the sources state about the report; without any the card is left out."""

    first = 8
    grows = 5

    def __init__(self) -> None:
        super().__init__(tr("Stated about the report"))

    def show_page(self, page: ReportPageView) -> None:
        """Shows the facts of a report."""
        self.has_content = bool(page.report.facts or page.report.annotations)
        if self.has_content:
            super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes each fact."""
        report = page.report
        if report.annotations:
            said = report_words.listed(describe_annotation(name) for name in report.annotations)
            writer.write_line([(tr("The provider marked it: {what}", what=said), "")])
        lines = [
            lambda name=name, value=value: writer.write_line(
                [(report_words.fact(name), "muted"), ("  ", ""), (report_words.stated(value), "")], tip=isolated(name)
            )
            for name, value in report.facts.items()
        ]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
