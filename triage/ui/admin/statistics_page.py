"""Defines the page of statistics: counts of the store by band, status, office and month."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from triage.jobs.stats import Statistics
from triage.model.users import Right
from triage.ui.core.api import Api
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit import theme
from triage.ui.kit.listing import ScrolledContent
from triage.ui.kit.widgets import Card, clear, label, scrolled
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, is_rtl, ltr, number, tr

TOTALS_ABREAST = 4
MOST_MONTHS = 24  # columns of the chart: two years
UNKNOWN = "unknown"
"""Stands for the month of reports whose receipt is not stated."""


class CountBar(QWidget):
    """Draws a count as a share of the largest one."""

    def __init__(self, share: float, name: str) -> None:
        super().__init__()
        self._share = share
        self.setAccessibleName(name)
        self.setFixedHeight(10)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bar from the side where reading begins."""
        painter = QPainter(self)
        width = max(2, round(self.width() * self._share)) if self._share else 0
        left = self.width() - width if is_rtl() else 0
        painter.fillRect(left, 1, width, 8, theme.current().colour("accent"))


class StatisticsPage(DeskPage):
    """Shows counts; destroyed reports stay in them. The file for others is written from the menu Export."""

    keys_of = "statistics"

    def __init__(self, api: Api, runner: Runner) -> None:
        super().__init__(api, runner, tr("Statistics"))
        self.add_button("back", tr("Administration"), lambda: self.page_asked.emit("admin", ""))
        inner = ScrolledContent()
        whole = QVBoxLayout(inner)
        whole.setContentsMargins(16, 12, 16, 16)
        whole.setSpacing(12)
        self.totals = QGridLayout()
        self.totals.setSpacing(12)
        self.columns = QHBoxLayout()
        self.columns.setSpacing(12)
        whole.addLayout(self.totals)
        self.note = label("", "small", wrap=True)
        whole.addWidget(self.note)
        whole.addLayout(self.columns)
        whole.addStretch(1)
        outer = QVBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inner))
        self.bind({"back": lambda: self.page_asked.emit("admin", "")})

    def reload(self) -> None:
        """Counts again."""
        if not self.api.may(Right.STATISTICS):
            self.message.say(tr("Your roles do not include statistics."), tr("Ask your administrator if that is wrong."))
            return
        self.read(self.api.statistics, self.show_statistics)

    def on_changed(self, changed: Changed) -> None:
        """Counts again only when the page is opened: counting reads much."""

    def show_statistics(self, found: Statistics) -> None:
        """Shows the counts, or what brings some."""
        if not found.reports:
            self.message.say(tr("No reports yet."), tr("Once reports are imported, this page counts them."))
            self.states.setCurrentWidget(self.message)
            return
        clear(self.totals)
        clear(self.columns)
        totals = (
            (tr("Reports"), found.reports),
            (tr("of them destroyed"), found.destroyed),
            (tr("Media items"), found.media),
            (tr("Set aside"), found.set_aside),
            (tr("Held hashes"), found.held_for_review),
            (tr("Possible matches"), found.possible),
            (tr("Views avoided"), found.looks_avoided),
        )
        for at, (words_, value) in enumerate(totals):
            card = Card(words_)
            card.body.addWidget(label(number(value), "title"))
            self.totals.addWidget(card, *divmod(at, TOTALS_ABREAST))
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(12)
            self.columns.addLayout(column, 1)
        left.addWidget(_build_counts(tr("By band"), {tr("Band {band}", band=ltr(b)): n for b, n in found.by_band.items()}))
        left.addWidget(_build_counts(tr("By status"), {words.status(status): n for status, n in found.by_status.items()}))
        right.addWidget(_build_counts(tr("By office"), _name_offices(found.by_office)))
        months = {
            tr("not stated") if month == UNKNOWN else times.month(month): n for month, n in fill_months(found.by_month).items()
        }
        right.addWidget(_build_counts(tr("By month received"), months))
        left.addStretch(1)
        right.addStretch(1)
        self.note.setText(tr("The bars count destroyed reports too; the queue does not.") if found.destroyed else "")
        self.note.setVisible(bool(found.destroyed))
        self.show_body()


def fill_months(counts: Mapping[str, int]) -> dict[str, int]:
    """Returns the counts of the last months (YYYY-MM), with 0 for a month without a report: nobody would see a gap.

    What has no month stays at the end.
    """
    known = [month for month in counts if month != UNKNOWN]
    rest = {month: n for month, n in counts.items() if month == UNKNOWN}
    if not known:
        return rest
    first, last = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (min(known), max(known)))
    months = (f"{n // 12:04}-{n % 12 + 1:02}" for n in range(max(first, last - MOST_MONTHS + 1), last + 1))
    return {month: counts.get(month, 0) for month in months} | rest


def _name_offices(counts: Mapping[str, int]) -> dict[Safe, int]:
    """Returns the counts by the names of the offices, the largest first."""
    ordered = sorted(((words.office(code), n) for code, n in counts.items()), key=lambda pair: (-pair[1], pair[0]))
    return dict(ordered)


def _build_counts(title: Safe, counts: dict[Safe, int]) -> Card:
    """Builds a card with a bar and a number for each count."""
    card = Card(title)
    if not counts:
        card.body.addWidget(label(tr("none"), "muted"))
        return card
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    most = max(counts.values()) or 1
    for at, (words_, n) in enumerate(counts.items()):
        grid.addWidget(label(words_), at, 0)
        grid.addWidget(CountBar(n / most, f"{words_} {n}"), at, 1, Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(label(number(n)), at, 2, Qt.AlignmentFlag.AlignTrailing)
    card.body.addLayout(grid)
    return card
