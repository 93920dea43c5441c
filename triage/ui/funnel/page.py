"""Defines the page that shows what became of the reports, and which have no outcome in time."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout

from triage.model.funnel import Funnel, FunnelPlace, OverdueReport
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.report_table_page import ReportTablePage
from triage.ui.core.runner import Runner
from triage.ui.kit.listing import lay_out, make_side, stack
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import Card, LabelKind, clear, label
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn, word

MOST_LISTED = 500
"""Reports in the table; the counts say how many there are in all."""
SIDE = 400
STEPS = (
    mark("received"), mark("judged"), mark("folded as duplicates"), mark("assigned"),
    mark("requested from operators and providers"), mark("answered"), mark("in a case"), mark("FIR"),
    mark("challan"), mark("trial"),
)  # fmt: skip
OUTCOMES = (mark("destroyed"), mark("by order"), mark("joined to a case"), mark("in a case, status open"))
COLUMNS: tuple[TableColumn[OverdueReport], ...] = (
    TableColumn(mark("Band"), 48, lambda r: r.band, band=True),
    TableColumn(mark("Report"), 100, lambda r: ltr(r.report_id), cut_middle=True),
    TableColumn(mark("Outcome due"), 0, lambda r: times.day(times.to_pkt(times.parse(r.due)))),
    TableColumn(mark("Overdue by"), 100, lambda r: tr("{n} d", n=r.days_over), lambda _: "bad"),
    TableColumn(mark("Status"), 110, lambda r: words.status(r.status)),
    TableColumn(mark("With"), 90, lambda r: words.assignee(r.assignee), lambda _: "muted"),
    TableColumn(mark("Office"), 124, lambda r: words.office(r.office), lambda _: "muted", spare=True),
)


class FunnelPage(ReportTablePage):
    """Shows the steps of the funnel, the outcomes, where reports stand, and the reports whose outcome is overdue."""

    keys_of = "funnel"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("What became of the reports"))
        self.add_way_back()
        self.table = RowsTable(COLUMNS, lambda r: r.report_id, name=tr("Reports whose outcome is overdue"))
        self.nothing = label("", "muted", wrap=True)
        self.nothing.setContentsMargins(16, 16, 16, 16)
        self.heading = label("", "heading")
        self.heading.setContentsMargins(16, 12, 16, 4)
        self.cards, area = make_side(SIDE)
        lay_out(self.body, stack(self.heading, self.nothing, self.table), area)
        self.bind_table({})

    def reload(self) -> None:
        """Measures the funnel again, or says that the person's roles do not include statistics."""
        if not self.api.may(Right.STATISTICS):
            self.message.say(tr("Your roles do not include statistics."), tr("Ask your administrator if that is wrong."))
            return
        may_read = self.api.may(Right.READ_REPORT)

        def read() -> tuple[Funnel, tuple[OverdueReport, ...] | None]:
            return self.api.funnel(), self.api.overdue(MOST_LISTED) if may_read else None

        self.read(read, lambda found: self.show_funnel(*found))

    def show_funnel(self, funnel: Funnel, overdue: Sequence[OverdueReport] | None) -> None:
        """Shows the funnel; without the right to read reports `overdue` is None."""
        received = funnel.steps[0].reports if funnel.steps else 0
        if not received:
            self.message.say(tr("No reports yet."), tr("Once reports are imported, this page says what becomes of them."))
            self.states.setCurrentWidget(self.message)
            return
        self.beside.setText(trn("{n} report without an outcome", "{n} reports without an outcome", funnel.without_outcome))
        clear(self.cards)
        for card in (_build_steps(funnel), _build_outcomes(funnel), _build_standing(funnel)):
            self.cards.addWidget(card)
        self.cards.addStretch(1)
        said = trn("{n} outcome overdue", "{n} outcomes overdue", funnel.overdue)
        listed = tr("{said}; the first {n} are listed", said=said, n=MOST_LISTED)
        self.heading.setText(listed if funnel.overdue > MOST_LISTED else said)
        rows = overdue or ()
        self.table.show_rows(rows)
        self.table.setVisible(bool(rows))
        self.nothing.setVisible(not rows)
        self.nothing.setText(
            tr("Your roles do not include reports.") if overdue is None else tr("Each report has an outcome, or still has time.")
        )
        self.show_body()


def _build_steps(funnel: Funnel) -> Card:
    """Builds the card with the steps, and the region's figure below."""
    card, grid = Card(tr("Steps")), _build_grid((tr("Step"), tr("Reports"), tr("Per 100,000")))
    for at, step in enumerate(funnel.steps, start=1):
        share = tr("not known") if step.per_100_000 is None else number(round(step.per_100_000))
        _fill(grid, at, (word(step.step), number(step.reports), share))
    card.body.addLayout(grid)
    region = funnel.region_cases_per_100_000
    says = tr("In the region, {n} of 100,000 reports become a case; compare the line “in a case”.", n=region)
    card.body.addWidget(label(says, "small", wrap=True))
    return card


def _build_outcomes(funnel: Funnel) -> Card:
    """Builds the card with how reports ended."""
    card = Card(tr("Outcomes"))
    if not funnel.outcomes:
        card.body.addWidget(label(tr("No report has an outcome yet."), "muted", wrap=True))
        return card
    grid = _build_grid((tr("Outcome"), tr("Reason"), tr("Reports")))
    for at, each in enumerate(funnel.outcomes, start=1):
        reason = tr("none given") if each.reason is None else isolated(word(each.reason))
        _fill(grid, at, (words.status(each.status), reason, number(each.reports)))
    card.body.addLayout(grid)
    return card


def _build_standing(funnel: Funnel) -> Card:
    """Builds the card with where reports and cases stand."""
    card = Card(tr("Where they stand"))
    grid = _build_grid((tr("Place"), tr("Count"), tr("Overdue"), tr("Longest")))
    for at, each in enumerate(funnel.standing, start=1):
        longest = tr("none") if each.longest_days is None else tr("{n} d", n=each.longest_days)
        cells = (_name_place(each), number(each.count), number(each.overdue), longest)
        _fill(grid, at, cells, bad=2 if each.overdue else None)
    card.body.addLayout(grid)
    return card


def _name_place(place: FunnelPlace) -> Safe:
    """Returns the words of a place: a stage of cases, or a status of reports that are in no case."""
    if place.stage is not None:
        return tr("case: {stage}", stage=word(place.stage))
    return tr("{status}, in no case", status=words.status(place.status or ""))


def _build_grid(titles: Sequence[Safe]) -> QGridLayout:
    """Builds a grid with titles; its first column takes the space that is left."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(5)
    grid.setColumnStretch(0, 1)
    for at, title in enumerate(titles):
        grid.addWidget(label(title, "small"), 0, at)
    return grid


def _fill(grid: QGridLayout, at: int, cells: Sequence[Safe], *, bad: int | None = None) -> None:
    """Adds a row to a grid; the cell `bad` is shown as a problem."""
    for column, text in enumerate(cells):
        kind: LabelKind = "bad" if column == bad else ""
        grid.addWidget(label(text, kind, wrap=column < len(cells) - 1 and column < 2), at, column)
