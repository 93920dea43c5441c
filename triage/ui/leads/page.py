"""Defines the page for leads: where reports stand too long, what expires soon and what share becomes a case."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from triage.jobs.reading.provider_profiles import ProviderProfile
from triage.model.funnel import Funnel
from triage.model.lead_figures import Behind, LeadFigures, ReportsBehind
from triage.model.progress import CancelToken, OnProgress
from triage.model.shift import ShiftSheet
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Job, Runner
from triage.ui.kit import keys
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.progress_rows import ProgressRows
from triage.ui.kit.widgets import Card, KeyButton, scrolled
from triage.ui.leads import chart_makers, figure_cards
from triage.ui.leads.behind_view import BehindView
from triage.ui.leads.chart import LeadChart
from triage.ui.leads.chart_export_dialog import ExportChartDialog
from triage.ui.leads.chart_library import load_pyqtgraph
from triage.ui.leads.chart_view import ChartView
from triage.ui.leads.figure_cards import CardGrid, ChartCard
from triage.ui.leads.funnel_bars import FunnelBars
from triage.ui.leads.handover_panel import HandoverPanel
from triage.ui.text import words
from triage.ui.text.i18n import Safe, ltr, searchable, tr

FRESH_SECONDS = 60
"""Figures that are younger are not measured anew when the page is shown again."""
TURN_SECONDS = 0.02  # after which the event loop has its turn; a chart takes 0.05
PANEL, WIDE = 290, 1090
"""Width of the handover beside the charts, and from which width of the page it stands there."""
Found = tuple[LeadFigures, Funnel, ShiftSheet | None]


class LeadsPage(DeskPage):
    """Shows the figures of the office. Only a lead sees it; what people viewed is not on it."""

    keys_of = "leads"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Leads"))
        self.office: str | None = None
        self.found: Found | None = None
        self.profiles: tuple[ProviderProfile, ...] | None = None
        self._measured, self._changed = 0.0, False
        self._weeks = self._by_office = False
        self._job: Job | None = None
        self.charts: list[tuple[LeadChart, ChartView]] = []
        self._waiting: list[tuple[Callable[[], QWidget], int]] = []
        self._ready: list[tuple[QWidget, int]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._build_cards)
        self._load_charts = QTimer(self)
        self._load_charts.setSingleShot(True)
        self._load_charts.timeout.connect(load_pyqtgraph)
        self.offices = QComboBox()
        self.offices.setAccessibleName(tr("Office"))
        self.offices.setMinimumContentsLength(12)
        self.offices.currentIndexChanged.connect(self._choose_office)
        self.bar.insertWidget(1, self.offices)
        self.add_button("again", tr("Measure again"), self.measure)
        self.add_button("rules", tr("What if rules change"), lambda: self.page_asked.emit("rules", ""))
        self.add_button("export", tr("Export"), self.export)
        self.progress = ProgressRows()
        self.progress.hide()
        self.grid = CardGrid()
        self.handover = HandoverPanel(self._make_shift_button)
        self.behind = BehindView()
        self.parts = QStackedWidget()
        self._build()
        self._bind()

    def _build(self) -> None:
        """Lays out the charts, the handover beside them, and the list of reports in their place."""
        self.area = scrolled(self.grid)
        self.side = scrolled(self.handover)
        self.side.setFixedWidth(PANEL)
        figures = QWidget()
        both = QHBoxLayout(figures)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(self.area, 1)
        both.addWidget(self.side)
        self.parts.addWidget(figures)
        self.parts.addWidget(self.behind)
        whole = QVBoxLayout(self.body)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        self.progress.setContentsMargins(16, 8, 16, 0)
        whole.addWidget(self.progress)
        whole.addWidget(self.parts, 1)

    def _bind(self) -> None:
        """Binds the keys of the figures, and those of the list of reports."""
        self.behind.table.opened.connect(lambda _: self.open_current())
        keys.bind(self.behind, "leads", "open", self.open_current)
        self.bind(
            {
                "back": self.go_back,
                "again": self.measure,
                "rules": lambda: self.page_asked.emit("rules", ""),
                "sample": lambda: self.page_asked.emit("ranking", ""),
                "export": self.export,
                "shift": self.open_shift,
                "funnel": lambda: self.page_asked.emit("funnel", ""),
                "providers": self.measure_providers,
                "stop": self.stop,
                "next": lambda: self.behind.table.go(1),
                "previous": lambda: self.behind.table.go(-1),
            }
        )

    # What is read

    def reload(self) -> None:
        """Measures when the page has no figures, or when they are old or reports changed since."""
        if not self.api.may(Right.ASSIGN):
            self.message.say(tr("Only a lead sees these figures."), tr("Ask your administrator if that is wrong."))
            return
        if self.found is None or self._changed or time.monotonic() - self._measured > FRESH_SECONDS:
            self.measure()

    def on_changed(self, changed: Changed) -> None:
        """Remembers that reports changed. The figures stay as they are until somebody measures again."""
        self._changed = self._changed or changed.all_reports or bool(changed.reports)

    def measure(self) -> None:
        """Measures everything in the background, with progress."""
        if self._job is None and self.api.may(Right.ASSIGN):
            self._measure()

    def _measure(self) -> None:
        """Measures the chosen office. What is being measured for another one is stopped."""
        office = self.office

        def work(on_progress: OnProgress, cancel: CancelToken) -> Found:
            figures = self.api.lead_figures(office, on_progress, cancel)
            sheets = self.api.list_shifts()
            return figures, self.api.funnel(), self.api.show_shift(sheets[0].number) if sheets else None

        self._begin()
        self._job = self.runner.study(
            work, self.show_found, owner=self, failed=self._failed, progress=self.progress.show_progress, about="figures"
        )
        self._load_charts.start()  # while the figures are counted, in a turn of its own

    def _begin(self) -> None:
        """Shows the progress, over the figures that are there already."""
        self.progress.begin()
        self.progress.show()
        if self.found is None:
            self.message.say(tr("Counting the reports …"))

    def stop(self) -> None:
        """Stops what is being measured."""
        if self._job is not None:
            self._job.cancel()

    def _failed(self, sentence: str) -> None:
        """Says why nothing was measured."""
        stopped = self._job is not None and self._job.token.cancelled()
        self._job = None
        self.progress.hide()
        self.failed(tr("Stopped. Press {key} to measure again.", key=ltr("F5")) if stopped else sentence)

    def show_found(self, found: Found) -> None:
        """Shows new figures."""
        self.found, self._job = found, None
        self._measured, self._changed = time.monotonic(), False
        self.progress.hide()
        figures = found[0]
        self._show_offices(figures)
        self.handover.show_sheet(found[2])
        self.show_cards()

    def _show_offices(self, figures: LeadFigures) -> None:
        """Offers the offices in which reports lie."""
        self.offices.blockSignals(True)
        self.offices.clear()
        self.offices.addItem(tr("All offices"), None)
        for office in figures.offices:
            self.offices.addItem(searchable(words.office(office)), office)
        self.offices.setCurrentIndex(max(0, self.offices.findData(self.office)))
        self.offices.blockSignals(False)

    def _choose_office(self, at: int) -> None:
        """Measures one office, or all."""
        self.office = self.offices.itemData(at)
        self._measure()

    # The cards

    def show_cards(self) -> None:
        """Builds the cards of the figures that are there, over several turns of the event loop. Those before stay until then."""
        if self.found is None:
            return
        self._waiting, self._ready = self._list_makers(self.found), []
        self._timer.start(0)

    def is_filled(self) -> bool:
        """Returns whether all cards show the figures."""
        return not self._timer.isActive()

    def _list_makers(self, found: Found) -> list[tuple[Callable[[], QWidget], int]]:
        """Returns what builds each card, with the number of columns that it takes."""
        figures, funnel, sheet = found
        by_office, weeks = self._by_office, self._weeks

        def draw(chart: LeadChart, beside: QWidget | None = None) -> QWidget:
            return ChartCard(chart, self.open_behind, beside=beside)

        def make_numbers() -> QWidget:
            return figure_cards.stack_of(
                figure_cards.make_open_card(figures, self.open_behind),
                figure_cards.make_oldest_card(figures, self._open_report),
            )

        def make_providers() -> QWidget:
            return figure_cards.make_provider_card(figures, self.profiles, self.open_behind, self._make_measure_link())

        def make_handover() -> QWidget:
            below = HandoverPanel(self._make_shift_button)
            below.show_sheet(sheet)
            return below

        makers: list[tuple[Callable[[], QWidget], int]] = [
            (
                lambda: draw(
                    chart_makers.make_backlog_chart(figures, offices=by_office),
                    self._make_switch("_by_office", tr("By age"), tr("By office")),
                ),
                2,
            ),
            (make_numbers, 1),
            (lambda: self._make_funnel_card(funnel), 2),
            (lambda: draw(chart_makers.make_outcome_chart(figures)), 1),
            (lambda: draw(chart_makers.make_due_chart(figures)), 1),
            (
                lambda: draw(
                    chart_makers.make_inflow_chart(figures, weeks=weeks),
                    self._make_switch("_weeks", tr("By day"), tr("By week")),
                ),
                2,
            ),
            (lambda: draw(chart_makers.make_load_chart(figures)), 2),
            (lambda: self._make_miss_card(figures), 1),
            (make_providers, 3),
        ]
        return makers if self._is_wide() else [*makers, (make_handover, 3)]

    def _build_cards(self) -> None:
        """Builds some cards, and leaves the rest to the next turns of the event loop: all charts take a quarter of a second."""
        if self._waiting:
            begin = time.perf_counter()
            while self._waiting:
                make, wide = self._waiting.pop(0)
                self._ready.append((make(), wide))
                if time.perf_counter() - begin >= TURN_SECONDS:
                    break
            self._timer.start(0)
            return
        cards, self._ready = self._ready, []
        self.charts = [(card.chart, card.view) for card, _ in cards if isinstance(card, ChartCard) and card.chart.parts]
        self.grid.show_cards(cards)
        self.show_body()

    def _make_miss_card(self, figures: LeadFigures) -> Card:
        """Builds the card with the miss rate, and the way to the sample."""
        card = figure_cards.make_miss_card(figures, chart_makers.make_miss_chart(figures), self.open_behind)
        card.head.addWidget(LinkButton(tr("Sample (R)"), lambda: self.page_asked.emit("ranking", "")))
        return card

    def _make_measure_link(self) -> QWidget:
        """Returns the link that measures the providers."""
        return LinkButton(tr("Measure providers (P)"), self.measure_providers)

    def _make_switch(self, name: str, off: Safe, on: Safe) -> QWidget:
        """Returns a link that shows the other view of a chart."""

        def switch() -> None:
            setattr(self, name, not getattr(self, name))
            self.show_cards()

        return LinkButton(off if getattr(self, name) else on, switch)

    def _make_funnel_card(self, funnel: Funnel) -> Card:
        """Builds the card with the funnel."""
        card = Card(tr("Funnel"), tr("all reports, all offices"))
        card.body.addWidget(FunnelBars(funnel, self.open_behind), 1)
        card.head.addWidget(LinkButton(tr("Details"), lambda: self.page_asked.emit("funnel", "")))
        return card

    def _make_shift_button(self) -> QWidget:
        """Returns the button that goes to the shift page."""
        return KeyButton.for_action(self.keys_of, "shift", tr("Go to the shift page"), on=self.open_shift)

    def measure_providers(self) -> None:
        """Measures what the reports of each provider state; it reads every document, so it takes long."""
        if self._job is not None or self.found is None:
            return
        self.progress.begin()
        self.progress.show()

        def show(found: tuple[ProviderProfile, ...]) -> None:
            self._job, self.profiles = None, found
            self.progress.hide()
            self.show_cards()

        self._job = self.runner.study(
            self.api.providers, show, owner=self, failed=self._failed, progress=self.progress.show_progress, about="figures"
        )

    # What a person does

    def open_behind(self, behind: Behind, name: Safe) -> None:
        """Lists the reports behind a number."""
        self.behind.begin(name)
        self.parts.setCurrentWidget(self.behind)
        self.behind.table.setFocus()

        def show(found: ReportsBehind) -> None:
            self.behind.show_found(found)

        self.runner.ask(lambda: self.api.reports_behind(behind), show, owner=self, failed=self.failed, about="behind")

    def go_back(self) -> None:
        """Goes from the list to the figures, or from the figures to the page before."""
        if self.parts.currentWidget() is self.behind:
            self.runner.drop_answers(self, "behind")
            self.parts.setCurrentIndex(0)
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.closed.emit()

    def open_current(self) -> None:
        """Opens the report in the current row of the list."""
        if (report := self.behind.table.current_row()) is not None:
            self._open_report(report.report_id)

    def _open_report(self, report_id: str) -> None:
        """Opens a report."""
        self.open_asked.emit(report_id, "")

    def step(self, step: int) -> str | None:
        """Moves in the list behind a number and returns the report number there, or None while figures are shown."""
        if self.parts.currentWidget() is not self.behind:
            return None
        self.behind.table.go(step)
        report = self.behind.table.current_row()
        return None if report is None else report.report_id

    def open_shift(self) -> None:
        """Goes to the shift page, where sheets are acknowledged and printed."""
        self.page_asked.emit("shift", "")

    def export(self) -> None:
        """Asks which chart to export, beginning with the one that has the focus."""
        if not self.api.may(Right.EXPORT_QUEUE):
            self.said.emit(tr("Your roles do not allow you to export charts."))
            return
        if not self.charts:
            self.said.emit(tr("There is no chart to export yet."))
            return
        chosen = next((at for at, (_, view) in enumerate(self.charts) if view.hasFocus()), 0)
        dialog = ExportChartDialog(self.api, self.runner, self.charts, chosen=chosen, parent=self)
        dialog.open()

    def resizeEvent(self, event: object) -> None:
        """Shows the handover beside the charts where there is room, else below them."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self.side.isHidden() == self._is_wide():
            self.side.setVisible(self._is_wide())
            self.show_cards()

    def _is_wide(self) -> bool:
        """Returns whether there is room for the handover beside the charts."""
        return self.width() >= WIDE
