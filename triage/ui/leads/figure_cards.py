"""Builds the cards of the leads' page: charts, tables and numbers, each of which opens the reports behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.jobs.judging.sampling import Share
from triage.jobs.reading.provider_profiles import ProviderProfile
from triage.model.lead_figures import Behind, LeadFigures
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.widgets import BandBlock, Card, column, label
from triage.ui.leads.chart import ChartPart, LeadChart
from triage.ui.leads.chart_makers import missed_percent
from triage.ui.leads.chart_view import ChartView
from triage.ui.text import times
from triage.ui.text.i18n import Safe, decimal, isolated, ltr, number, percent, tr, trn

Opened = Callable[[Behind, Safe], None]
SIDE_MARGIN = 16
"""Pixels beside the cards."""


class ChartCard(Card):
    """Is a card with one chart, and with links that switch between views of it."""

    def __init__(self, chart: LeadChart, opened: Opened, *, beside: QWidget | None = None) -> None:
        super().__init__(chart.title)
        self.chart = chart
        if beside is not None:
            self.head.addWidget(beside)
        self.view = ChartView()
        self.view.show_chart(chart)

        def open_part(part: ChartPart) -> None:
            if part.behind is not None:
                opened(part.behind, part.name)

        self.view.part_asked.connect(open_part)
        self.body.addWidget(self.view, 1)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)


def make_number(count: int, behind: Behind, name: Safe, opened: Opened) -> LinkButton:
    """Returns a number that opens its reports."""
    made = LinkButton(number(count), lambda: opened(behind, name))
    made.setAccessibleName(Safe(f"{name}: {count}"))
    return made


def _start_grid(titles: Sequence[Safe], stretch: int) -> QGridLayout:
    """Returns a grid with titles; the column `stretch` takes the space that is left."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(stretch, 1)
    for at, title in enumerate(titles):
        grid.addWidget(label(title, "small"), 0, at)
    return grid


def make_oldest_card(figures: LeadFigures, open_report: Callable[[str], None]) -> Card:
    """Builds the card with the open report of each band that was received first."""
    card = Card(tr("Oldest open report of each band"))
    if not figures.oldest:
        card.body.addWidget(label(tr("No report is open."), "muted", wrap=True))
    grid = _start_grid((tr("Band"), tr("Report"), tr("Open for"), tr("With")), 3)
    for at, each in enumerate(figures.oldest, start=1):
        grid.addWidget(BandBlock(each.band, 20), at, 0)
        grid.addWidget(LinkButton(ltr(each.report_id), partial(open_report, each.report_id)), at, 1)
        grid.addWidget(label(trn("{n} day", "{n} days", each.days), "strong"), at, 2)
        with_whom = isolated(each.assignee) if each.assignee else tr("unassigned")
        grid.addWidget(label(with_whom, "" if each.assignee else "muted"), at, 3)
    card.body.addLayout(grid)
    card.body.addStretch(1)
    return card


def make_open_card(figures: LeadFigures, opened: Opened) -> Card:
    """Builds the card with what is open, unassigned and overdue."""
    made = times.clock(times.to_pkt(times.parse(figures.made)))
    card = Card(tr("Open work"), tr("as of {when}", when=made))
    grid = _start_grid((), 0)
    everything = Behind(open_only=True, office=figures.office)
    for at, (name, count, behind) in enumerate(
        (
            (tr("Reports, in all"), figures.received, replace(everything, open_only=False)),
            (tr("Open reports"), figures.open, everything),
            (tr("Unassigned, all offices"), figures.unassigned.reports, figures.unassigned.behind),
            (tr("Duties past their deadline"), figures.overdue_duties.reports, figures.overdue_duties.behind),
        )
    ):
        grid.addWidget(label(name, wrap=True), at, 0)
        grid.addWidget(make_number(count, behind, name, opened), at, 1, Qt.AlignmentFlag.AlignTrailing)
    card.body.addLayout(grid)
    card.body.addStretch(1)
    return card


def make_miss_card(figures: LeadFigures, chart: LeadChart, opened: Opened) -> Card:
    """Builds the card with the miss rate, its interval, and the two numbers behind it."""
    card = ChartCard(chart, opened)
    missed = figures.missed
    if missed.of:
        rate = tr(
            "{rate} %, between {low} % and {high} % at 95 %",
            rate=decimal(missed_percent(missed)),
            low=decimal(100 * missed.low),
            high=decimal(100 * missed.high),
        )
        card.body.insertWidget(0, label(rate, "strong", wrap=True))
        both = _start_grid((), 0)
        for at, (name, count, behind) in enumerate(
            (
                (tr("Became a case or a referral"), missed.hits, missed.hits_behind),
                (tr("Completed sampled reports of D and E"), missed.of, missed.behind),
            )
        ):
            both.addWidget(label(name, "small", wrap=True), at, 0)
            both.addWidget(make_number(count, behind, name, opened), at, 1)
        card.body.addLayout(both)
    return card


def make_provider_card(
    figures: LeadFigures, profiles: Sequence[ProviderProfile] | None, opened: Opened, measure: QWidget
) -> Card:
    """Builds the card with the providers: reports, cases, and what their reports state once that was measured."""
    card = Card(tr("Provider quality"))
    card.head.addWidget(measure)
    by_name = {profile.name: profile for profile in profiles or ()}
    titles = [tr("Provider"), tr("Reports"), tr("Cases of 100,000")]
    unread = sum(profile.unread for profile in profiles or ())
    if profiles is not None:
        titles += [tr("View stated"), tr("With text"), tr("Boilerplate")]
    if unread:
        titles.append(tr("Can't be read"))
    grid = _start_grid(titles, 0)
    for at, each in enumerate(figures.providers, start=1):
        name = tr("not stated") if each.name is None else isolated(each.name)
        grid.addWidget(label(name, wrap=True), at, 0)
        grid.addWidget(make_number(each.reports, each.behind, name, opened), at, 1)
        grid.addWidget(label(number(round(each.per_100_000))), at, 2)
        profile = by_name.get(each.name)
        if profiles is not None:
            for place, share in enumerate(
                (None, None, None) if profile is None else (profile.viewed, profile.with_text, profile.boilerplate), start=3
            ):
                grid.addWidget(label(_describe_share(share)), at, place)
        if unread and profile is not None:
            grid.addWidget(label(number(profile.unread), "bad" if profile.unread else "muted"), at, len(titles) - 1)
    if not figures.providers:
        card.body.addWidget(label(tr("No report was imported yet."), "muted", wrap=True))
    card.body.addLayout(grid)
    if unread:
        hint = trn(
            "Left out of the shares, because its documents can't be read: {n} report. The store check names it.",
            "Left out of the shares, because their documents can't be read: {n} reports. The store check names them.",
            unread,
        )
        card.body.addWidget(label(hint, "bad", wrap=True))
    if profiles is None and figures.providers:
        hint = tr("What the reports of each provider state is measured on demand, from 400 of them drawn by lot.")
        card.body.addWidget(label(hint, "small", wrap=True))
    card.body.addStretch(1)
    return card


def _describe_share(share: Share | None) -> Safe:
    """Returns a share in per cent; never 0 % of nothing."""
    if share is None or not share.of:
        return tr("not measured")
    return percent(share.hits / share.of)


class CardGrid(QWidget):
    """Lays cards out in as many columns as fit, in reading order. A gap is filled with the next card that fits.

    It lies in an area that scrolls up and down only: it is never wider than that, so it takes fewer columns instead.
    """

    COLUMN, GAP = 280, 12

    def __init__(self) -> None:
        super().__init__()
        self._cards: list[tuple[QWidget, int]] = []
        self._columns = 0
        self._replaced: list[QWidget] = []
        self._delete_replaced = QTimer(self)  # in a later turn than the new cards are painted
        self._delete_replaced.setSingleShot(True)
        self._delete_replaced.timeout.connect(self._delete)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(self.GAP)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SIDE_MARGIN, 12, SIDE_MARGIN, 16)
        whole.addLayout(self._grid)
        whole.addStretch(1)

    def show_cards(self, cards: Sequence[tuple[QWidget, int]]) -> None:
        """Replaces the cards; each with the number of columns that it takes."""
        for card, _ in self._cards:
            self._grid.removeWidget(card)
            card.hide()
            self._replaced.append(card)
        self._delete_replaced.start()
        self._cards = list(cards)
        self._columns = 0
        self._lay_out()

    def _delete(self) -> None:
        """Deletes the cards that others replaced."""
        for card in self._replaced:
            card.deleteLater()
        self._replaced.clear()

    def resizeEvent(self, event: object) -> None:
        """Lays the cards out again when another number of columns fits."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._lay_out()

    def minimumSizeHint(self) -> QSize:
        """Returns a width that the area always has, and the height of the cards."""
        return QSize(self.COLUMN, super().minimumSizeHint().height())

    def _fit_columns(self) -> int:
        """Returns how many columns hold the cards without cutting one."""
        room = self.contentsRect().width() - 2 * SIDE_MARGIN
        for columns in (3, 2):
            gaps = (columns - 1) * self.GAP
            widest = max((_share_width(card, min(wide, columns), self.GAP) for card, wide in self._cards), default=0)
            if columns * max(self.COLUMN - 2 * self.GAP, widest) + gaps <= room:
                return columns
        return 1

    def _lay_out(self) -> None:
        """Puts the cards in their places."""
        columns = self._fit_columns()
        if columns == self._columns:
            return
        self._columns = columns
        for at in range(3):
            self._grid.setColumnStretch(at, 1 if at < columns else 0)
        line = place = 0
        waiting = [(card, min(wide, columns)) for card, wide in self._cards]
        while waiting:
            fits = next((at for at, (_, span) in enumerate(waiting) if place + span <= columns), None)
            if fits is None:
                line, place = line + 1, 0
                continue
            card, span = waiting.pop(fits)
            self._grid.addWidget(card, line, place, 1, span)
            card.show()
            place += span


def _share_width(card: QWidget, span: int, gap: int) -> int:
    """Returns the width that each column needs for a card over so many columns."""
    least = max(card.minimumSizeHint().width(), card.minimumWidth())
    return -(-(least - (span - 1) * gap) // span)


def stack_of(*parts: QWidget) -> QWidget:
    """Returns widgets below each other as one."""
    made = QWidget()
    made.setLayout(column(*parts, spacing=12))
    return made
