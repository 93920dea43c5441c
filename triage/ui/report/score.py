"""Builds the card that explains the band of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from triage.model.damage import DAMAGE
from triage.model.judgement import CardCorrection, Factor
from triage.model.points import print_points
from triage.model.report_page import ReportPageView
from triage.model.views import ShowScore
from triage.ui.kit import theme
from triage.ui.kit.text_view import Ink, TextWriter
from triage.ui.kit.widgets import KeyButton
from triage.ui.report.report_card import TextCard, set_visible
from triage.ui.text import annotation_words, report_words
from triage.ui.text.i18n import Safe, decimal, is_rtl, ltr, tr, tr_message, trn
from triage.ui.text.rule_field_words import describe_rule_field, name_rules

FIRST_REASONS = 5
FIRST_CHANGES = 3
"""The strongest are shown, the rest unfolds: a card of forty lines is not read."""
MARK = 82


class ScoreBars(QWidget):
    """Draws both numbers of a score from 0 to 100 as bars, with their names and values."""

    LINE = 24

    def __init__(self) -> None:
        super().__init__()
        self._bars: list[tuple[str, float]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_score(self, score: ShowScore) -> None:
        """Shows the numbers of a report."""
        self._bars = [(tr("Child risk"), score.risk), (tr("Can act"), score.actionability)]
        self.setAccessibleName(report_words.listed(Safe(f"{name} {decimal(value)}") for name, value in self._bars))
        self.update()

    def measure_height(self, width: int) -> int:
        """Returns the height of both bars."""
        return 2 * self.LINE

    def sizeHint(self) -> QSize:
        """Returns a width of 200 pixels."""
        return QSize(200, 2 * self.LINE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the names, bars and values."""
        now = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme.font(bold=True))
        metrics = painter.fontMetrics()
        names = max((metrics.horizontalAdvance(name) for name, _ in self._bars), default=0) + 12
        values = metrics.horizontalAdvance("100.0") + 10
        for n, (name, value) in enumerate(self._bars):
            line = QRect(0, n * self.LINE, self.width(), self.LINE)
            painter.setPen(now.colour("text"))
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
            lead, trail = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
            if is_rtl():
                lead, trail = trail, lead
            painter.drawText(line, side | lead, name)
            painter.drawText(line, side | trail, decimal(value))
            lane = QRect(names, line.center().y() - 2, self.width() - names - values, 6)
            if is_rtl():
                lane.moveLeft(values)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(now.colour("bar_ground"))
            painter.drawRoundedRect(lane, 3, 3)
            width = max(6, round(lane.width() * max(0.0, min(100.0, value)) / 100))
            left = lane.right() + 1 - width if is_rtl() else lane.left()
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


class ReasonsCard(TextCard):
    """Shows both scores, the reasons with their points, what people said, and what would change the band."""

    pinned = "aside"
    free_of_three = True
    first = FIRST_REASONS
    grows = 3

    def __init__(self, calls: ScoreCalls | None) -> None:
        super().__init__(tr("Why this band"))
        self._calls = calls
        self.bars = ScoreBars()
        self.bars.setParent(self)
        self.parts.insert(0, self.bars)
        if calls is not None:
            self.add_button(KeyButton.for_action("report", "correct", tr("Correct"), kind="mini", on=calls.factor))
            self.add_button(KeyButton.for_action("report", "band", tr("Band"), kind="mini", on=calls.band))

    def show_page(self, page: ReportPageView) -> None:
        """Shows the score card of a report."""
        self.set_title(tr("Why band {band}", band=page.report.score.band))
        self.bars.show_score(page.report.score)
        set_visible(self.bars, "score" not in page.report.damaged)
        super().show_page(page)

    def write(self, writer: TextWriter, page: ReportPageView) -> None:
        """Writes the reasons."""
        score = page.report.score
        if "score" in page.report.damaged:  # the numbers are 0 then, and no reason is known
            writer.write_line([(tr_message(DAMAGE["score"]), "bad")])
            return
        if near := _describe_near(score):
            writer.write_line([(near, "small")])
        printed = print_points(score.factors, score.risk, score.actionability)
        shown = [replace(factor, points=points) for factor, points in zip(score.factors, printed.points, strict=True)]
        writer.write_heading(tr("Child risk"))
        self._write_reasons(writer, [f for f in shown if f.axis in ("risk", "floor")], printed.risk_beyond)
        writer.write_heading(tr("Can act"))
        self._write_reasons(writer, [f for f in shown if f.axis == "actionability"], printed.actionability_beyond)
        if notes := [f for f in shown if f.axis == "note"]:
            writer.write_heading(tr("Notes, no points"))
            self._write_reasons(writer, notes)
        self._write_corrections(writer, score)
        writer.write_heading(tr("Would change if"))
        arrow = Safe("←" if is_rtl() else "→")
        changes = [
            lambda change=change: writer.write_marked((arrow, "muted"), [(report_words.reason(change), "")], width=22)
            for change in score.would_change_if
        ]
        self._fold_after(writer, changes, FIRST_CHANGES)
        if score.rules:
            writer.write_line([(name_rules(score.rules), "small")], tip=ltr(score.rules), gap=6)

    def _write_reasons(self, writer: TextWriter, factors: list[Factor], beyond: float = 0.0) -> None:
        """Writes factors: minimum bands first, then by points, and folded after the first five.

        `beyond` is what the ends of the scale take from the sum.
        """
        if not factors:
            writer.write_line([(tr("Nothing counts for this number."), "muted")])
            return
        floors_first = sorted(factors, key=lambda f: (f.taken_out is not None, f.axis != "floor", -f.points))
        lines = [lambda factor=factor: _write_factor(writer, factor) for factor in floors_first]
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        if beyond:
            ends = tr("{points}: the scale ends at 0 and at 100.", points=report_words.printed_points(beyond))
            writer.write_line([(ends, "muted")])

    def _fold_after(self, writer: TextWriter, lines: Sequence[Callable[[], object]], first: int) -> None:
        kept, self._first = self._first, max(first, self._first - FIRST_REASONS + first)
        self.fold(writer, lines, lambda n: trn("Show {n} more", "Show {n} more", n))
        self._first = kept

    def _write_corrections(self, writer: TextWriter, score: ShowScore) -> None:
        """Writes what people said of the card, each with a link to undo or to confirm it."""
        if not score.corrections:
            return
        writer.write_heading(tr("Corrections"))
        for each in score.corrections:
            ink: Ink = "" if each.state in ("applied", "recorded") else "muted"
            writer.write_line([(report_words.reason(each.says), ink)])
            if self._calls is not None:
                _add_links(writer, each, self._calls)


def _add_links(writer: TextWriter, each: CardCorrection, calls: ScoreCalls) -> None:
    """Adds the links of a correction that this person may use."""
    if calls.may_confirm(each):
        writer.add_link(tr("Confirm"), lambda: calls.confirm(each.id), space=True)
    if calls.may_undo(each):
        writer.add_link(tr("Undo"), lambda: calls.undo(each.id), space=True)


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


def _write_factor(writer: TextWriter, factor: Factor) -> None:
    """Writes points, reason and value of a factor; the rule stands in the tooltip."""
    holds = factor.axis == "floor" and factor.taken_out is None
    mark = report_words.printed_points(factor.points)
    if holds:
        mark = tr("min. {points}", points=mark) if factor.points else tr("min. band")
    value = annotation_words.describe_seen(factor)
    told = tr("rule {rule}; {field}: {value}", rule=factor.rule, field=describe_rule_field(factor.field), value=value)
    writer.write_marked((mark, "strong"), [(report_words.reason(factor.why), "")], [(value, "small")], tip=told, width=MARK)
