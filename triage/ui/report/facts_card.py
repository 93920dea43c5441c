"""Builds the card of facts and annotations stated about the whole report."""

from __future__ import annotations

from triage.model.report_page import ReportPageView
from triage.ui.kit.text_view import TextWriter
from triage.ui.media import media_words
from triage.ui.report.report_card import TextCard
from triage.ui.text import report_words
from triage.ui.text.i18n import isolated, tr, trn


class FactsCard(TextCard):
    """Shows what the sources state about the report; without any the card is left out."""

    first = 8
    grows = 5

    def __init__(self) -> None:
        super().__init__(tr("Stated about the report"))
        self._view: ReportPageView | None = None

    def show_page(self, view: ReportPageView) -> None:
        """Shows the facts of a report."""
        self._view = view
        self.has_content = bool(view.report.facts or view.report.annotations)
        if self.has_content:
            self.reset()
            self.refill()

    def write(self, writer: TextWriter) -> None:
        """Writes each fact."""
        if self._view is None:
            return
        report = self._view.report
        if report.annotations:
            said = report_words.listed(media_words.describe_annotation(name) for name in report.annotations)
            writer.write_line([(tr("The provider marked it: {what}", what=said), "")])
        lines = [
            lambda name=name, value=value: writer.write_line(
                [(report_words.fact(name), "muted"), ("  ", ""), (report_words.stated(value), "")], tip=isolated(name)
            )
            for name, value in report.facts.items()
        ]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
