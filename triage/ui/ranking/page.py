"""Defines the page that shows how good the ranking is: the weekly sample and the outcomes by band and provider."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from triage.jobs.judging.sampling import PER_WEEK, ProviderCounts, Ranking, Sample, SampledReport, SampleView, Share, WeekCount
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.report_table_page import ReportTablePage
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.question_dialog import QuestionDialog
from triage.ui.kit.table import RowsTable, TableColumn
from triage.ui.kit.widgets import BandBlock, Card, clear, column, label, row, set_tooltip
from triage.ui.ranking.share_bar import ShareBar, describe_interval, describe_share
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, isolated, ltr, mark, number, tr, trn

SIDE = 560
WEEKS = 8
"""So many weeks are told one by one."""

REPORTS: tuple[TableColumn[SampledReport], ...] = (
    TableColumn(mark("Drawn in band"), 96, lambda r: r.drawn_in, band=True),
    TableColumn(mark("Report"), 100, lambda r: ltr(r.report_id), cut_middle=True),
    TableColumn(mark("Incident"), 0, lambda r: words.incident(r.incident_type)),
    TableColumn(mark("Status"), 110, lambda r: words.status(r.status), lambda r: "text" if r.worked else "muted"),
    TableColumn(
        mark("Completed"), 76, lambda r: tr("yes") if r.worked else tr("not yet"), lambda r: "text" if r.worked else "muted"
    ),
    TableColumn(mark("With"), 80, lambda r: words.assignee(r.assignee), lambda _: "muted", spare=True),
)
PROVIDERS: tuple[TableColumn[ProviderCounts], ...] = (
    TableColumn(mark("Provider"), 0, lambda p: tr("not stated") if p.name is None else isolated(p.name)),
    TableColumn(mark("Reports"), 74, lambda p: number(p.reports)),
    TableColumn(mark("In band A"), 76, lambda p: number(p.band_a)),
    TableColumn(mark("Became a case"), 100, lambda p: number(p.cases)),
)


class RankingPage(ReportTablePage):
    """Shows the sample of low bands, its progress and how reports of each band ended."""

    keys_of = "ranking"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Is the ranking right?"))
        self.week: str | None = None
        self.sample: SampleView | None = None
        self.draw_button = self.add_button("draw", tr("Draw this week's sample"), self.draw_sample)
        self.draw_button.hide()
        self.add_way_back()
        self.table = RowsTable(REPORTS, lambda r: r.report_id, name=tr("Sampled reports"))
        self.providers = RowsTable(PROVIDERS, lambda p: p.name or "", name=tr("By provider"), inset=True)
        self.measures = QHBoxLayout()
        self.measures.setSpacing(12)
        self.weeks = QHBoxLayout()
        self.weeks.setSpacing(4)
        self.nothing = label("", "muted", wrap=True)
        self.filler = QWidget()
        self.bands = Card(tr("By band"))
        self._build()
        self.bind_table({"draw": self.draw_sample})

    def _build(self) -> None:
        """Lays out the measures, the sample and the tables."""
        left = column(row(label(tr("Sampled reports"), "heading"), None, spacing=8), self.weeks, self.nothing, spacing=6)
        left.addWidget(self.table, 1)
        left.addWidget(self.filler, 1)
        by_provider = Card(tr("By provider"))
        by_provider.body.addWidget(self.providers, 1)
        side = QWidget()
        side.setMaximumWidth(SIDE * theme.current().text_px // theme.TEXT)
        inner = QVBoxLayout(side)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(12)
        inner.addWidget(self.bands)
        inner.addWidget(by_provider, 1)
        lower = QHBoxLayout()
        lower.setSpacing(16)
        lower.addLayout(left, 1)
        lower.addWidget(side, 1)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(16, 12, 16, 16)
        whole.setSpacing(12)
        whole.addLayout(self.measures)
        whole.addLayout(lower, 1)

    # What is read

    def reload(self) -> None:
        """Reads the ranking and the sample of the chosen week again."""
        if not self.api.may(Right.STATISTICS):
            self.message.say(tr("Your roles do not include statistics."), tr("Ask your administrator if that is wrong."))
            return
        may_read, week = self.api.may(Right.READ_REPORT), self.week

        def read() -> tuple[Ranking, SampleView | None]:
            return self.api.ranking(), self.api.sample(week) if may_read else None

        self.read(read, lambda found: self.show_found(*found))

    def show_found(self, ranking: Ranking, sample: SampleView | None) -> None:
        """Shows the ranking and the sample; without the right to read reports `sample` is None."""
        self.sample = sample
        if not ranking.by_provider and (sample is None or not sample.weeks):
            self.draw_button.hide()
            self.message.say(tr("No reports yet."), tr("Once reports are imported, this page measures their ranking."))
            self.states.setCurrentWidget(self.message)
            return
        self._show_measures(ranking, sample)
        self._show_bands(ranking)
        self.providers.show_rows(ranking.by_provider)
        self._show_sample(sample)
        self.show_body()

    def _show_measures(self, ranking: Ranking, sample: SampleView | None) -> None:
        """Shows the progress of the sample and the two measured shares."""
        clear(self.measures)
        if sample is not None:
            self.measures.addWidget(_progress_card(sample), 1)
        missed = tr("Completed sampled reports of D and E that became a case or were referred.")
        top = tr("Completed band A reports that became a case or were referred.")
        self.measures.addWidget(_share_card(tr("Missed by the ranking"), ranking.missed, missed), 1)
        self.measures.addWidget(_share_card(tr("Band A hit rate"), ranking.top_band, top), 1)

    def _show_bands(self, ranking: Ranking) -> None:
        """Shows for each band its cases and the median time to the first opening."""
        clear(self.bands.body)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(3, 1)
        for at, title in enumerate((tr("Band"), tr("Reports in cases"), tr("First opened after (median)"))):
            grid.addWidget(label(title, "small"), 0, at)
        for at, (band, cases) in enumerate(ranking.cases_by_band.items(), start=1):
            grid.addWidget(BandBlock(band, 20), at, 0)
            grid.addWidget(label(number(cases)), at, 1)
            hours = ranking.first_look_hours.get(band)
            said = tr("not opened yet") if hours is None else tr("{n} h", n=hours)
            grid.addWidget(label(said, "muted" if hours is None else ""), at, 2)
        self.bands.body.addLayout(grid)

    def _show_sample(self, sample: SampleView | None) -> None:
        """Shows the sampled reports of the week and the links to other weeks."""
        clear(self.weeks)
        may_draw = self.api.may(Right.ASSIGN)
        drawn = sample is not None and any(week.week == current_week(sample, self.week) for week in sample.weeks)
        self.draw_button.setVisible(sample is not None and self.week is None and not drawn)
        self.draw_button.setEnabled(may_draw)
        set_tooltip(self.draw_button, "" if may_draw else tr("Only a lead can draw the sample."))
        if sample is None:
            self.nothing.setText(tr("Your roles do not include reports."))
            self._show_list(shown=False)
            return
        for week in sample.weeks[:WEEKS]:
            self.weeks.addWidget(self._build_week(week, sample.week))
        self.weeks.addStretch(1)
        self._show_list(shown=bool(sample.reports))
        self.nothing.setText(explain_empty_sample(sample, drawn=drawn, may_draw=may_draw))
        self.table.show_rows(sample.reports)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _show_list(self, *, shown: bool) -> None:
        """Shows the table, or the sentence in its place."""
        self.table.setVisible(shown)
        self.nothing.setVisible(not shown)
        self.filler.setVisible(not shown)

    def _build_week(self, week: WeekCount, shown: str) -> QWidget:
        """Builds the label of the shown week or the link to another week."""
        said = tr("{week}: {worked} of {of}", week=times.short_week(week.week), worked=week.worked, of=week.of)
        if week.week == shown:
            return label(said, "strong")
        return LinkButton(said, lambda: self.choose_week(week.week))

    # What a person does

    def choose_week(self, week: str | None) -> None:
        """Shows the sample of a week; None means the current week."""
        self.week = week
        self.reload()

    def draw_sample(self) -> None:
        """Draws this week's sample, which happens once a week."""
        if self.draw_button.isHidden():
            self.said.emit(tr("This week's sample was drawn already."))
            return
        if not self.api.may(Right.ASSIGN):
            self.said.emit(tr("Only a lead can draw the sample."))
            return
        drawn = tr("Up to {n} reports are drawn by chance, from bands B to E.", n=PER_WEEK)
        says = (drawn, tr("They are worked like any other report. A drawn sample can't be taken back, and a week has one."))
        title = tr("Draw this week's sample?")
        QuestionDialog(title, says, tr("Draw it"), self._draw, parent=self).open()

    def _draw(self) -> None:
        """Draws the sample in the background."""
        self.runner.do(lambda _progress, _cancel: self.api.draw_sample(), self._announce_drawn, owner=self)

    def _announce_drawn(self, sample: Sample) -> None:
        """Says how many reports were drawn and shows the current week."""
        count = len(sample.reports)
        said = trn("{n} report was drawn; work it like any other.", "{n} reports were drawn; work them like any other.", count)
        self.said.emit(said if count else tr("No unworked band D or E report is left to draw."))
        self.choose_week(None)


def current_week(sample: SampleView, chosen: str | None) -> str:
    """Returns the week of the sample when no week was chosen, else the chosen week."""
    return sample.week if chosen is None else chosen


def explain_empty_sample(sample: SampleView, *, drawn: bool, may_draw: bool) -> Safe:
    """Returns why the sample of this week has no reports, and what to do."""
    if drawn:
        return tr("No unworked band D or E report was left to draw in {week}.", week=times.week(sample.week))
    why = tr("No sample for {week}. Only a sample shows what the ranking misses.", week=times.week(sample.week))
    step = tr("Press W to draw {n} reports of bands B to E.", n=PER_WEEK) if may_draw else tr("A lead draws the sample.")
    return Safe(f"{why} {step}")


def _progress_card(sample: SampleView) -> Card:
    """Builds the card with the progress of this week's sample and of all weeks."""
    card = Card(tr("Sample of B to E"), tr("week from {day}", day=times.day(times.find_week_start(sample.week))))
    count = next((week for week in sample.weeks if week.week == sample.week), None)
    if count is None:
        card.body.addWidget(label(tr("not drawn yet"), "title"))
        card.body.addWidget(_build_bar(0, 1))
    else:
        card.body.addWidget(label(tr("{worked} of {of} completed", worked=count.worked, of=count.of), "title"))
        card.body.addWidget(_build_bar(count.worked, count.of))
    if sample.weeks:
        card.body.addWidget(label(_describe_all_weeks(sample.weeks), "small", wrap=True))
    card.body.addStretch(1)
    return card


def _describe_all_weeks(weeks: Sequence[WeekCount]) -> Safe:
    """Returns how many sampled reports of all weeks are completed."""
    drawn, worked = sum(week.of for week in weeks), sum(week.worked for week in weeks)
    return tr("All weeks: {worked} of {drawn} completed.", worked=number(worked), drawn=number(drawn))


def _build_bar(done: int, of: int) -> QWidget:
    """Builds a progress bar with a fixed height."""
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, max(1, of))
    bar.setValue(done)
    holder = QWidget()
    inner = QVBoxLayout(holder)
    inner.setContentsMargins(0, 8, 0, 8)
    inner.addWidget(bar)
    holder.setFixedHeight(ShareBar.HEIGHT)
    return holder


def _share_card(title: str, share: Share, of_what: str) -> Card:
    """Builds the card of a measured share with its confidence interval."""
    card = Card(title)
    card.body.addWidget(label(describe_share(share), "title"))
    card.body.addWidget(ShareBar(share))
    card.body.addWidget(label(describe_interval(share), "small", wrap=True))
    card.body.addWidget(label(of_what, "small", wrap=True))
    card.body.addStretch(1)
    card.title.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
    return card
