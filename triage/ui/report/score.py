"""Builds the card that explains the band of a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from triage.model.judgement import CardCorrection, Factor
from triage.model.points import print_points
from triage.model.views import ShowReport, ShowScore
from triage.ui.kit import theme
from triage.ui.kit.marked_lines import LinkButton, MarkedLine, MarkedLines
from triage.ui.kit.widgets import Card, KeyButton, LabelKind, label, row
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, is_rtl, ltr, tr

FIRST_REASONS = 5
FIRST_CHANGES = 3
"""The strongest are shown, the rest unfolds: a card of forty lines is not read."""


class ScoreBar(QWidget):
    """Draws a number from 0 to 100 as a bar."""

    def __init__(self, value: float) -> None:
        super().__init__()
        self._value = max(0.0, min(100.0, value))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(18)

    def sizeHint(self) -> QSize:
        """Returns a size of 120 by 18 pixels."""
        return QSize(120, 18)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the bar."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        lane = QRect(0, self.height() // 2 - 3, self.width(), 6)
        painter.setBrush(now.colour("bar_ground"))
        painter.drawRoundedRect(lane, 3, 3)
        width = max(6, round(self.width() * self._value / 100))
        left = self.width() - width if self.layoutDirection() == Qt.LayoutDirection.RightToLeft else 0
        painter.setBrush(now.colour("bar"))
        painter.drawRoundedRect(QRect(left, lane.top(), width, 6), 3, 3)


@dataclass(frozen=True, slots=True)
class ScoreCalls:
    """What the buttons of the score card do. `undo` and `confirm` take the id of a correction."""

    factor: Callable[[], None]
    band: Callable[[], None]
    undo: Callable[[int], None]
    confirm: Callable[[int], None]
    may_undo: Callable[[CardCorrection], bool]
    may_confirm: Callable[[CardCorrection], bool]


def build_score_card(report: ShowReport, calls: ScoreCalls | None = None) -> Card:
    """Builds the card with both scores, the reasons with their points, what people said, and what would change the band."""
    score = report.score
    card = Card(tr("Why band {band}", band=score.band))
    if calls is not None:
        factor = KeyButton.for_action("report", "correct", tr("Correct"), kind="quiet", on=calls.factor)
        band = KeyButton.for_action("report", "band", tr("Band"), kind="quiet", on=calls.band)
        card.body.addLayout(row(factor, band, None, spacing=8))
    if near := _describe_near(score):
        card.body.addWidget(label(near, "small", wrap=True))
    card.body.addLayout(_build_measure(tr("Child risk"), score.risk))
    printed = print_points(score.factors, score.risk, score.actionability)
    shown = [replace(factor, points=points) for factor, points in zip(score.factors, printed.points, strict=True)]
    _add_reasons(card, [f for f in shown if f.axis in ("risk", "floor")], printed.risk_beyond)
    card.body.addSpacing(4)
    card.body.addLayout(_build_measure(tr("Can act"), score.actionability))
    _add_reasons(card, [f for f in shown if f.axis == "actionability"], printed.actionability_beyond)
    if notes := [f for f in shown if f.axis == "note"]:
        card.body.addWidget(label(tr("Notes, no points"), "heading"))
        _add_reasons(card, notes)
    _add_corrections(card, score, calls)
    card.body.addWidget(label(tr("Would change if"), "heading"))
    changes, arrow = MarkedLines(), Safe("←" if is_rtl() else "→")
    changes.add_folded([(arrow, report_words.reason(change), "", "") for change in score.would_change_if], FIRST_CHANGES)
    card.body.addWidget(changes)
    if score.rules:
        card.body.addWidget(label(tr("Rules {version}", version=ltr(score.rules)), "small", wrap=True))
    return card


def _describe_near(score: ShowScore) -> Safe | None:
    """Returns in which bands the report would stand with a tenth more or less, or None for a stable card."""
    said = {"band": score.band}
    higher = min((band for band in score.near if band < score.band), default=None)
    lower = max((band for band in score.near if band > score.band), default=None)
    if higher and lower:
        return tr("Band {band}; {up} if every point were a tenth more, {down} if a tenth less.", up=higher, down=lower, **said)
    if higher:
        return tr("Band {band}; {up} if every point were a tenth more.", up=higher, **said)
    if lower:
        return tr("Band {band}; {down} if every point were a tenth less.", down=lower, **said)
    return None


def _add_corrections(card: Card, score: ShowScore, calls: ScoreCalls | None) -> None:
    """Adds what people said of the card, each with a link to undo or to confirm it."""
    if not score.corrections:
        return
    card.body.addWidget(label(tr("Corrections"), "heading"))
    for each in score.corrections:
        kind: LabelKind = "" if each.state in ("applied", "recorded") else "muted"
        card.body.addWidget(label(report_words.reason(each.says), kind, wrap=True, selectable=True))
        links = [] if calls is None else _build_links(each, calls)
        if links:
            card.body.addLayout(row(*links, None, spacing=12))


def _build_links(each: CardCorrection, calls: ScoreCalls) -> list[QWidget]:
    """Builds the links of a correction that this person may use."""
    links: list[QWidget] = []
    if calls.may_confirm(each):
        links.append(LinkButton(tr("Confirm"), partial(calls.confirm, each.id)))
    if calls.may_undo(each):
        links.append(LinkButton(tr("Undo"), partial(calls.undo, each.id)))
    return links


def _build_measure(words: Safe, value: float) -> QHBoxLayout:
    """Lays out the name, the bar and the value of a score."""
    number = label(ltr(f"{value:.1f}"), "strong")
    line = row(label(words, "strong"), ScoreBar(value), number, spacing=10)
    line.setStretch(1, 1)
    return line


def _add_reasons(card: Card, factors: list[Factor], beyond: float = 0.0) -> None:
    """Adds factors to a card: minimum bands first, then by points, and folded after the first five.

    `beyond` is what the ends of the scale take from the sum.
    """
    if not factors:
        card.body.addWidget(label(tr("Nothing counts for this number."), "muted"))
        return
    lines = MarkedLines()
    floors_first = sorted(factors, key=lambda f: (f.taken_out is not None, f.axis != "floor", -f.points))
    lines.add_folded([_build_line(factor) for factor in floors_first], FIRST_REASONS)
    card.body.addWidget(lines)
    if beyond:
        ends = tr("{points}: the scale ends at 0 and at 100.", points=report_words.printed_points(beyond))
        card.body.addWidget(label(ends, "muted", wrap=True))


def _build_line(factor: Factor) -> MarkedLine:
    """Returns points, reason, value and tooltip of a factor."""
    holds = factor.axis == "floor" and factor.taken_out is None
    mark = report_words.printed_points(factor.points)
    if holds:
        mark = tr("minimum band {points}", points=mark) if factor.points else tr("minimum band")
    value = report_words.reason(factor.value)
    told = tr("rule {rule}; {field}: {value}", rule=factor.rule, field=factor.field, value=value)
    return mark, report_words.reason(factor.why), value, told
