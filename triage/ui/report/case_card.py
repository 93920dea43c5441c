"""Builds the card of the case that a report is in."""

from __future__ import annotations

from collections.abc import Callable

from triage.model.casework import CaseView
from triage.model.report_page import ReportPageView
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.due_label import choose_stage_due_kind
from triage.ui.kit.keys import find_key
from triage.ui.kit.text_view import Ink, TextWriter
from triage.ui.report.report_card import TextCard
from triage.ui.text.case_words import due_words
from triage.ui.text.i18n import isolated, ltr, tr, trn, word


class CaseCard(TextCard):
    """Shows the case of a report with its stage and deadline; the case is read in the background."""

    def __init__(self, api: Api, runner: Runner, on_case: Callable[[], None]) -> None:
        super().__init__(tr("Case"))
        self._api, self._runner, self._on_case = api, runner, on_case
        self._number: str | None = None
        self._case: CaseView | None = None
        self._problem = ""

    def show_page(self, page: ReportPageView) -> None:
        """Shows the case of a report, and reads it."""
        number = self._number = page.report.case
        self._case, self._problem = None, ""
        super().show_page(page)
        self._runner.drop_answers(self, "case")
        if number is not None:
            self._runner.ask(
                lambda: self._api.case(number),
                self._show_case,
                owner=self,
                failed=self._failed,
                about="case",
            )

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes the case."""
        key = find_key("report", "case").cap
        if self._number is None:
            writer.write_line([(tr("This report is in no case."), "muted")])
            writer.add_link(tr("Choose or open one ({key})", key=key), self._on_case, space=True)
            return
        case = self._case
        if case is not None:
            now = case.stages[-1]
            due: Ink = choose_stage_due_kind(now.due)  # type: ignore[assignment]
            writer.write_line([(word(case.stage), "strong"), ("  ", ""), (due_words(now.due), due)])
            has = tr("unassigned") if case.officer is None else tr("with {name}", name=isolated(case.officer))
            count = trn("{n} report", "{n} reports", len(case.reports))
            writer.write_line([(tr("{who}, {reports}", who=has, reports=count), "small")])
            for kept in case.numbers:
                writer.write_line([(tr("{kind} {value}", kind=word(kept.kind), value=ltr(kept.value)), "")])
        elif self._problem:
            writer.write_line([(self._problem, "small")])
        writer.write_link(tr("Open {number} ({key})", number=ltr(self._number), key=key), self._on_case)

    def _show_case(self, case: CaseView) -> None:
        """Shows the case that was read."""
        self._case = case
        self.refill()
        self.ask_layout()

    def _failed(self, sentence: str) -> None:
        """Shows why the case could not be read."""
        self._problem = sentence
        self.refill()
        self.ask_layout()
