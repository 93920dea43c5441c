"""Shows the funnel: one row a step, with a bar on a logarithmic scale that says so."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from triage.model.funnel import Funnel, FunnelStep
from triage.model.lead_figures import Behind, FunnelPlaceName
from triage.ui.kit import theme
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.widgets import column, label
from triage.ui.text.i18n import Safe, is_rtl, number, tr, trn, word


class LogBar(QWidget):
    """Is a bar whose length is the logarithm of a count, of the highest count's logarithm."""

    def __init__(self, count: int, most: int) -> None:
        super().__init__()
        self._share = math.log10(1 + count) / math.log10(1 + most) if most else 0.0
        self.setMinimumWidth(60)

    def sizeHint(self) -> QSize:
        """Returns the height of a row of the funnel."""
        return QSize(160, 14)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bar from the side where reading begins."""
        painter = QPainter(self)
        length = round(self.width() * self._share)
        left = self.width() - length if is_rtl() else 0
        painter.fillRect(QRect(left, (self.height() - 12) // 2, length, 12), theme.current().colour("bar"))


class FunnelBars(QWidget):
    """Shows the steps of the funnel. Each number opens its reports."""

    def __init__(self, funnel: Funnel, opened: Callable[[Behind, Safe], None]) -> None:
        super().__init__()
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(2, 1)
        for at, title in enumerate((tr("Step"), tr("Reports"), tr("logarithmic scale"), tr("of 100,000"))):
            grid.addWidget(label(title, "small"), 0, at)
        most = max((step.reports for step in funnel.steps), default=0)
        for at, step in enumerate(funnel.steps, start=1):
            grid.addWidget(label(word(step.step)), at, 0)
            grid.addWidget(_make_link(step, opened), at, 1)
            grid.addWidget(LogBar(step.reports, most), at, 2)
            rate = tr("none received") if step.per_100_000 is None else number(round(step.per_100_000))
            grid.addWidget(label(rate, "muted"), at, 3)
        beside = tr(
            "Without an outcome: {n}, of which {late} are overdue.", n=number(funnel.without_outcome), late=number(funnel.overdue)
        )
        self.setLayout(column(grid, label(beside, "small", wrap=True), None, spacing=6))


def _make_link(step: FunnelStep, opened: Callable[[Behind, Safe], None]) -> LinkButton:
    """Returns the number of a step, which opens its reports."""
    name: FunnelPlaceName = step.step  # type: ignore[assignment]  # the funnel's own names
    made = LinkButton(number(step.reports), lambda: opened(Behind(funnel=name), word(step.step)))
    made.setAccessibleName(trn("{step}: {n} report", "{step}: {n} reports", step.reports, step=word(step.step)))
    return made
