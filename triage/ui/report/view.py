"""Shows one report after the other in the same cards, which are filled over several turns of the event loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Protocol, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.jobs.reading.copying import TEXT
from triage.model.report_page import ReportPageView
from triage.model.users import Right
from triage.model.versions import Choice, ReportVersion
from triage.model.views import ShowDecision, ShowReport
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.kit.text_view import TextView
from triage.ui.kit.widgets import scrolled
from triage.ui.media.thumbnail_strips import MediaStrip
from triage.ui.report.answer_card import AnswerCard
from triage.ui.report.card_columns import CardColumns
from triage.ui.report.case_card import CaseCard
from triage.ui.report.conflicts_card import ConflictsCard, NotUnderstoodCard
from triage.ui.report.deadlines_card import DeadlinesCard
from triage.ui.report.facts_card import FactsCard
from triage.ui.report.history import DecisionsCard, VersionsCard
from triage.ui.report.identifiers_card import IdentifiersCard
from triage.ui.report.law_card import LawCard
from triage.ui.report.links import LinksCard
from triage.ui.report.location_card import LocationCard
from triage.ui.report.media_card import MediaCard
from triage.ui.report.notes_card import NotesCard
from triage.ui.report.people import PeopleCard
from triage.ui.report.report_card import ReportCard
from triage.ui.report.report_header import HeaderChips, ReportHeader
from triage.ui.report.score import ReasonsCard, ScoreCalls
from triage.ui.report.texts import ChatCard, SourcePagesCard
from triage.ui.report.timeline import TimelineCard
from triage.ui.report.waiting_versions import WaitingVersionsCard

TURN_SECONDS = 0.008
"""So long cards are filled in one turn of the event loop."""


class PageCard(Protocol):
    """A card that shows a part of a report."""

    def show_page(self, page: ReportPageView) -> None:
        """Shows a report."""
        ...


class ReportView(QWidget):
    """Shows all cards of a report, and of the next one.

    `calls` maps the actions of `keys.KEYS["report"]` to what the buttons do. `filled` says that all cards stand.
    `copy_asked` carries the kind and value that a person copies.
    """

    filled = Signal()
    copy_asked = Signal(str, str)

    def __init__(
        self,
        api: Api,
        runner: Runner,
        calls: Mapping[str, Callable[[], None]],
        *,
        open_report: Callable[[str], None],
        open_file: Callable[[int], None],
        undo: Callable[[int], None],
        score_calls: ScoreCalls | None = None,
        confirm_lane: Callable[[], None] | None = None,
        choose_version: Callable[[ReportVersion, Choice], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.page: ReportPageView | None = None
        self._api = api
        self._wanted_scroll: int | None = None
        self.header = ReportHeader(api, calls)
        self.chips, self.answers = HeaderChips(), AnswerCard(calls, confirm_lane)
        self.waiting = WaitingVersionsCard(choose_version)
        self.people, self.location, self.identifiers = PeopleCard(), LocationCard(), IdentifiersCard()
        self.score, self.chat, self.timeline = ReasonsCard(score_calls), ChatCard(), TimelineCard()
        self.media = MediaCard(api, runner, calls["media"], open_file)
        self.links, self.case = LinksCard(open_report, calls["links"]), CaseCard(api, runner, calls["case"])
        self.notes, self.versions = NotesCard(calls["note"]), VersionsCard()
        self.decisions = DecisionsCard(undo, self._may_undo)
        self.cards: tuple[ReportCard, ...] = (
            self.people, self.location, DeadlinesCard(), self.identifiers, self.score, ConflictsCard(), self.media, self.timeline,
            self.chat, LawCard(), self.links, self.case, self.notes, self.decisions, FactsCard(), self.versions,
            NotUnderstoodCard(), SourcePagesCard(),
        )  # fmt: skip
        self.columns = CardColumns((self.chips, self.waiting, self.answers))
        for card in self.cards:
            self.columns.add_card(card)
        self.area = scrolled(self.columns)
        self.area.setParent(self)
        self.area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.area.setAccessibleName(self.columns.accessibleName())
        self.columns.watch(self.area)
        bar = self.area.verticalScrollBar()
        bar.rangeChanged.connect(self._scroll_as_wanted)
        bar.actionTriggered.connect(self._forget_scroll)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.header)
        whole.addWidget(self.area, 1)
        self.timeline.lanes.opened.connect(open_report)
        self.identifiers.table.copied.connect(self.copy_asked)
        self.chat.view.copied.connect(lambda said: self.copy_asked.emit(TEXT, said))
        for text in self.findChildren(TextView):
            text.copied.connect(lambda said: self.copy_asked.emit(TEXT, said))
        self._waiting: list[ReportCard] = []
        self._ready: list[ReportCard] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._fill)

    @property
    def report(self) -> ShowReport:
        """Returns the report that is shown.

        Raises:
            ValueError: none is shown yet
        """
        if self.page is None:
            raise ValueError("no report is shown")
        return self.page.report

    @property
    def strip(self) -> MediaStrip:
        """Returns the strip of the report's files.

        Raises:
            ValueError: the report names no files
        """
        if self.media.strip is None:
            raise ValueError("the report names no files")
        return self.media.strip

    def show_page(self, page: ReportPageView, *, scroll: int | None = None) -> None:
        """Shows a report. The same one again keeps its place; another one begins at its top, or where `scroll` says."""
        again = self.page is not None and self.page.report.report_id == page.report.report_id
        self.scroll_to(scroll if scroll is not None else self.scroll_position() if again else 0)
        self.page = page
        self.header.show_report(page.report)
        self.chips.show_page(page)
        self.waiting.show_page(page)
        self.answers.show_page(page)
        self._waiting, self._ready = list(self.cards), []
        self.setUpdatesEnabled(False)  # until all cards stand: a half-filled page would mix two reports
        self._fill()

    def scroll_position(self) -> int:
        """Returns how far the report is scrolled, or is to be scrolled once it is laid out, in pixels."""
        return self.area.verticalScrollBar().value() if self._wanted_scroll is None else self._wanted_scroll

    def scroll_to(self, position: int) -> None:
        """Scrolls the report, at once or as soon as its cards are laid out."""
        self._wanted_scroll = position
        if self.is_filled():
            self._scroll_as_wanted()

    def is_filled(self) -> bool:
        """Returns whether all cards show the report."""
        return not self._waiting

    def _fill(self) -> None:
        """Fills some cards, and leaves the rest to the next turns of the event loop."""
        if self.page is None:
            return
        begin, done = time.perf_counter(), False
        try:
            while self._waiting and time.perf_counter() - begin < TURN_SECONDS:
                card = self._waiting.pop(0)
                cast(PageCard, card).show_page(self.page)
                self._ready.append(card)
            if self._waiting:
                self._timer.start(0)
                return
            self.columns.arrange(self._ready)
            self._scroll_as_wanted()
            done = True
        finally:
            if done or not self._timer.isActive():
                self.setUpdatesEnabled(True)
        self.filled.emit()

    def _scroll_as_wanted(self) -> None:
        """Scrolls to the wanted place. A page without its layout is too short for it: then each later layout tries again."""
        if self._wanted_scroll is None or not self.is_filled():
            return
        bar = self.area.verticalScrollBar()
        bar.setValue(self._wanted_scroll)
        if bar.value() == self._wanted_scroll:
            self._wanted_scroll = None

    def _forget_scroll(self) -> None:
        """Stays where a person scrolls to."""
        self._wanted_scroll = None

    def read_texts(self) -> None:
        """Unfolds the chat and the texts, or folds them, and scrolls to them."""
        self.chat.fold(not self.chat.is_folded())
        self._show_card(self.chat, 20)
        if not self.chat.view.isHidden():
            self.chat.view.setFocus()

    def find_in_texts(self) -> None:
        """Opens the search within the texts."""
        self._show_card(self.chat, 20)
        self.chat.open_find()

    def show_versions(self) -> None:
        """Scrolls to the versions."""
        self._show_card(self.versions, 40)

    def _show_card(self, card: ReportCard, margin: int) -> None:
        self._forget_scroll()
        self.area.ensureWidgetVisible(card, 0, margin)

    def _may_undo(self, decision: ShowDecision) -> bool:
        return self._api.may(Right.DECIDE) and (decision.user == self._api.user.name or self._api.may(Right.ASSIGN))
