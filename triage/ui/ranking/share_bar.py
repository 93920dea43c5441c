"""Draws a measured share with its confidence interval; nothing here is green."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.jobs.judging.sampling import Share
from triage.ui.kit import theme
from triage.ui.text.i18n import Safe, is_rtl, number, percent, tr

ENOUGH = 20
"""Reports worked to an end from which on a share says something; below, only the interval does."""


class ShareBar(QWidget):
    """Shows a share from 0 to 100 % as a tick within its interval; an unmeasured share is an empty bar."""

    HEIGHT = 22

    def __init__(self, share: Share) -> None:
        super().__init__()
        self._share = share
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.HEIGHT)
        self.setAccessibleName(describe_interval(share))

    def sizeHint(self) -> QSize:
        """Returns a width of 160 pixels."""
        return QSize(160, self.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bar, the interval and the tick."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(now.colour("bar_ground"))
        lane = QRect(0, self.height() // 2 - 3, self.width(), 6)
        painter.drawRoundedRect(lane, 3, 3)
        if not self._share.of:
            return
        left, right = self._find_x(self._share.low), self._find_x(self._share.high)
        painter.setBrush(now.colour("bar"))
        painter.drawRoundedRect(QRect(min(left, right), lane.top(), max(6, abs(right - left)), 6), 3, 3)
        painter.setBrush(now.colour("text"))
        tick = self._find_x(self._share.hits / self._share.of)
        painter.drawRect(QRect(max(0, min(self.width() - 2, tick - 1)), 3, 2, self.height() - 6))

    def _find_x(self, share: float) -> int:
        """Returns the x position of a share, mirrored in Urdu."""
        place = round(self.width() * share)
        return self.width() - place if is_rtl() else place


def format_percent(value: float) -> Safe:
    """Returns a share between 0 and 1 as a percentage with one decimal."""
    return percent(value, 1)


def describe_share(share: Share) -> Safe:
    """Returns a share as "1 of 7", or "not measured"."""
    if not share.of:
        return tr("not measured")
    return tr("{hits} of {of}", hits=number(share.hits), of=number(share.of))


def describe_interval(share: Share) -> Safe:
    """Returns the 95 % interval in words, and whether too few reports are completed."""
    if not share.of:
        return tr("No sampled report completed yet.")
    between = tr("With 95 % certainty between {low} and {high}.", low=format_percent(share.low), high=format_percent(share.high))
    if share.of >= ENOUGH:
        return between
    few = tr("Not enough completed yet: {n} of at least {enough}.", n=share.of, enough=ENOUGH)
    return Safe(f"{few} {between}")
