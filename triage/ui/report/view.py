"""Lays out the cards of a report in two columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from triage.model.users import Right
from triage.model.views import ShowDecision, ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.keys import find_key
from triage.ui.kit.widgets import Card, cap, label, scrolled, set_tooltip
from triage.ui.media import media_words
from triage.ui.media.thumbnail_strips import MediaStrip
from triage.ui.report.case_card import CaseCard
from triage.ui.report.conflicts import NotUnderstoodCard, build_conflicts_card
from triage.ui.report.deadlines_card import build_deadlines_card
from triage.ui.report.file_text_view import FileTexts
from triage.ui.report.header import HeaderChips, ReportHeader
from triage.ui.report.history import VersionsCard, build_decisions_card
from triage.ui.report.links import LinksCard
from triage.ui.report.location_card import build_location_card
from triage.ui.report.people import build_people_card
from triage.ui.report.score import ScoreCalls, build_score_card
from triage.ui.report.texts import TextsCard
from triage.ui.report.timeline import build_timeline_card
from triage.ui.text import report_words
from triage.ui.text.i18n import Safe, isolated, tr, trn

ASIDE = 360


class ReportView(QWidget):
    """Shows all cards of a report.

    `calls` maps the actions of `keys.KEYS["report"]` to what the buttons do.
    """

    def __init__(
        self,
        report: ShowReport,
        api: Api,
        runner: Runner,
        calls: Mapping[str, Callable[[], None]],
        *,
        open_report: Callable[[str], None],
        undo: Callable[[int], None],
        score_calls: ScoreCalls | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.report = report
        self.area, columns = self._area()
        self.header = ReportHeader(report, api, calls)
        self.texts = TextsCard(report)
        self.versions = VersionsCard(report)
        self.strip = MediaStrip(api, runner, report.files)
        self.file_texts = FileTexts(report.files)

        def may_undo(decision: ShowDecision) -> bool:
            return api.may(Right.DECIDE) and (decision.user == api.user.name or api.may(Right.ASSIGN))

        main: list[QWidget | None] = [
            build_people_card(report),
            build_conflicts_card(report),
            self.texts,
            build_timeline_card(report),
            self._media(report),
            build_facts_card(report),
            NotUnderstoodCard(report) if report.not_understood else None,
            lay_cards_side_by_side(build_decisions_card(report, undo, may_undo), self.versions),
        ]
        aside: list[QWidget | None] = [
            build_score_card(report, score_calls),
            build_deadlines_card(report),
            CaseCard(report, api, runner, calls["case"]),
            build_location_card(report),
            LinksCard(report, open_report),
        ]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.area, 1)
        for column, cards in zip(columns, (main, aside), strict=True):
            for card in cards:
                if card is not None:
                    column.addWidget(card)
            column.addStretch(1)

    def _area(self) -> tuple[QScrollArea, tuple[QVBoxLayout, QVBoxLayout]]:
        """Builds the scroll area with its two empty columns."""
        content = QWidget()
        area = scrolled(content)
        area.setParent(self)
        area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column in (left, right):
            column.setSpacing(12)
        side = QWidget()
        side.setFixedWidth(ASIDE)
        side.setLayout(right)
        right.setContentsMargins(0, 0, 0, 0)
        body = QHBoxLayout()
        body.setSpacing(12)
        body.addLayout(left, 1)
        body.addWidget(side)
        whole = QVBoxLayout(content)
        whole.setContentsMargins(16, 12, 16, 16)
        whole.setSpacing(12)
        whole.addWidget(HeaderChips(self.report))
        whole.addLayout(body, 1)
        return area, (left, right)

    def _media(self, report: ShowReport) -> Card:
        """Builds the card of the blurred media."""
        here = sum(file.present for file in report.files)
        count = trn("{n} file, {here} stored", "{n} files, {here} stored", len(report.files), here=here)
        card = Card(tr("Media, blurred"), count if report.files else "")
        if not report.files:
            card.body.addWidget(label(tr("The report names no files."), "muted", wrap=True))
            return card
        card.head.addWidget(cap(find_key("report", "media").cap))
        card.head.addWidget(label(tr("opens viewing"), "small"))
        said = Safe(" ".join(media_words.summarise_files(report.files, report)))
        card.body.addWidget(label(said, wrap=True))
        card.body.addWidget(self.strip)
        card.body.addWidget(self.file_texts)
        return card

    def read_texts(self) -> None:
        """Unfolds the texts of the report and of its files, or folds them when all are unfolded, and scrolls to them."""
        unfold = self.texts.has_folded() or self.file_texts.has_closed()
        self.texts.fold(not unfold)
        self.file_texts.open(unfold)
        self.area.ensureWidgetVisible(self.texts if self.texts.blocks or not self.file_texts.blocks else self.file_texts, 0, 40)

    def show_versions(self) -> None:
        """Scrolls to the versions."""
        self.area.ensureWidgetVisible(self.versions, 0, 40)


def lay_cards_side_by_side(*cards: Card) -> QWidget:
    """Returns a widget that holds cards side by side at equal width."""
    both = QWidget()
    line = QHBoxLayout(both)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(12)
    for card in cards:
        line.addWidget(card, 1)
        card.body.addStretch(1)
    return both


def build_facts_card(report: ShowReport) -> Card | None:
    """Builds the card of facts and annotations stated about the whole report, or returns None."""
    if not report.facts and not report.annotations:
        return None
    card = Card(tr("Stated about the report"))
    if report.annotations:
        said = report_words.listed(media_words.describe_annotation(name) for name in report.annotations)
        card.body.addWidget(label(tr("The provider marked it: {what}", what=said), wrap=True))
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(3)
    grid.setColumnStretch(1, 1)
    for at, (name, value) in enumerate(report.facts.items()):
        named = label(report_words.fact(name), "muted")
        set_tooltip(named, isolated(name))
        grid.addWidget(named, at, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(report_words.stated(value), wrap=True, selectable=True), at, 1)
    card.body.addLayout(grid)
    return card
