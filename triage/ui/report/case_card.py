"""Builds the card of the case that a report is in."""

from __future__ import annotations

from collections.abc import Callable

from triage.model.casework import CaseView
from triage.model.views import ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.due_label import choose_stage_due_kind
from triage.ui.kit.widgets import Card, KeyButton, label, row
from triage.ui.text.case_words import due_words
from triage.ui.text.i18n import isolated, ltr, tr, trn, word


class CaseCard(Card):
    """Shows the case of a report with its stage and deadline; the case is read in the background."""

    def __init__(self, report: ShowReport, api: Api, runner: Runner, on_case: Callable[[], None]) -> None:
        super().__init__(tr("Case"))
        if report.case is None:
            self.body.addWidget(label(tr("This report is in no case."), "muted", wrap=True))
            self.body.addLayout(row(KeyButton.for_action("report", "case", tr("Case"), on=on_case), None))
            return
        number = report.case
        opened = KeyButton.for_action("report", "case", tr("Open {number}", number=ltr(number)), on=on_case)
        self.body.addLayout(row(opened, None))
        runner.ask(lambda: api.case(number), self.show_case, owner=self, failed=self.failed)

    def show_case(self, case: CaseView) -> None:
        """Shows the case that was read."""
        now = case.stages[-1]
        has = tr("unassigned") if case.officer is None else tr("with {name}", name=isolated(case.officer))
        line = row(label(word(case.stage), "strong"), label(due_words(now.due), choose_stage_due_kind(now.due)), None)
        self.body.insertLayout(0, line)
        count = trn("{n} report", "{n} reports", len(case.reports))
        self.body.insertWidget(1, label(tr("{who}, {reports}", who=has, reports=count), "small", wrap=True))
        for at, kept in enumerate(case.numbers):
            said = tr("{kind} {value}", kind=word(kept.kind), value=ltr(kept.value))
            self.body.insertWidget(2 + at, label(said, wrap=True, selectable=True))

    def failed(self, sentence: str) -> None:
        """Shows why the case could not be read."""
        self.body.addWidget(label(sentence, "small", wrap=True))
