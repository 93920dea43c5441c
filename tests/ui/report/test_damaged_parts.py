"""A card whose stored values can't be read says so; "none" would be a statement about the report."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi, show
from tests.ui.fakes_figures import make_figures
from tests.ui.screens import texts
from triage.model.case_page import CaseOverview, CaseTrack
from triage.model.damage import DAMAGE
from triage.model.report_page import ReportPageView, ReportTrack
from triage.ui.cases.timeline_chart import TimelineChart
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.decisions.close_question import list_open_points
from triage.ui.leads.figure_cards import make_provider_card
from triage.ui.queue.side_panel import _list_reasons, summarise_report
from triage.ui.report.answer_card import AnswerCard
from triage.ui.report.deadlines_card import DeadlinesCard
from triage.ui.report.law_card import LawCard
from triage.ui.report.links import LinksCard
from triage.ui.report.location_card import LocationCard
from triage.ui.report.media_card import MediaCard
from triage.ui.report.people import PeopleCard
from triage.ui.report.score import ReasonsCard
from triage.ui.report.texts import ChatCard
from triage.ui.report.timeline import TimelineCard
from triage.ui.text import i18n
from triage.ui.text.i18n import tr_message


@pytest.fixture(params=["en", "ur"], autouse=True)
def language(request: pytest.FixtureRequest) -> object:
    i18n.set_language(request.param)
    yield
    i18n.set_language("en")


SAID_OF_NONE = (
    "The report names no files.",
    "No location evidence in this report.",
    "Nothing counts for this number.",
    "No deadline runs.",
)
"""What a card must not say of a part that can't be read."""


@pytest.fixture
def page() -> ReportPageView:
    whole = show(next(row for row in FakeApi().queue if row.report_id == MAIN))
    report = replace(
        whole, clocks=(), links=(), prior_reports=(), files=(), damaged=("documents", "score", "location", "clocks", "links")
    )
    report = replace(report, location=replace(report.location, evidence=()))
    return ReportPageView(report=report, tracks=(ReportTrack(report_id=MAIN, via="", events=(), damaged=("clocks",)),))


def test_the_cards_of_a_report(page: ReportPageView, runner: Runner, qtbot: QtBot) -> None:
    for card, part in (
        (LinksCard(lambda _: None, lambda: None), "links"),
        (DeadlinesCard(), "clocks"),
        (AnswerCard({}), "clocks"),
        (AnswerCard({}), "documents"),
        (TimelineCard(), "clocks"),
        (PeopleCard(), "documents"),
        (LawCard(), "documents"),
        (ChatCard(), "documents"),
        (LocationCard(), "location"),
        (AnswerCard({}), "location"),
        (AnswerCard({}), "score"),
        (ReasonsCard(None), "score"),
        (MediaCard(cast("Api", FakeApi()), runner, lambda: None, lambda *_: None), "documents"),
    ):
        qtbot.addWidget(card)
        card.show_page(page)
        said = "\n".join(texts(card))
        assert tr_message(DAMAGE[part]) in said, type(card).__name__
        assert not [none for none in map(i18n.tr, SAID_OF_NONE) if none in said], type(card).__name__
        sound = replace(page, report=replace(page.report, damaged=()), tracks=(replace(page.tracks[0], damaged=()),))
        card.show_page(sound)
        assert not any(tr_message(each) in "\n".join(texts(card)) for each in DAMAGE.values()), type(card).__name__


def test_the_panel_of_the_queue_and_the_question_before_closing(page: ReportPageView) -> None:
    assert summarise_report(page.report) == tr_message(DAMAGE["documents"])
    assert tr_message(DAMAGE["clocks"]) in [said for _, said, _ in _list_reasons(page.report, "actionability")]
    assert {tr_message(DAMAGE[part]) for part in page.report.damaged} <= set(list_open_points(page.report))


def test_the_timeline_of_a_case(qtbot: QtBot) -> None:
    chart = TimelineChart()
    qtbot.addWidget(chart)
    track = CaseTrack(report=MAIN, band="B", events=(), deadlines=(), damaged=("documents", "clocks"))
    chart.show_overview(cast("CaseOverview", SimpleNamespace(tracks=(track,), requests=())))
    for part in track.damaged:
        assert tr_message(DAMAGE[part]) in chart.accessibleName()
    chart.resize(420, 200)
    chart.grab()


def test_the_card_of_providers_says_how_many_were_left_out(qtbot: QtBot) -> None:
    figures = make_figures("2026-11-24T09:26:00Z")
    (profile,) = FakeApi().providers()
    for unread, said in ((0, False), (3, True)):
        card = make_provider_card(figures, (replace(profile, unread=unread),), lambda *_: None, QWidget())
        qtbot.addWidget(card)
        assert (i18n.tr("Can't be read") in texts(card)) is said
