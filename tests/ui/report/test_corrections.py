"""A score card is corrected from the report's page: with keys, with a reason, and by whom it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi, show
from tests.ui.screens import ChangedApi, open_page, texts
from triage.message import Message
from triage.model.judgement import CardCorrection
from triage.model.users import Role
from triage.ui.core.runner import Runner
from triage.ui.decisions.correct_dialogs import BandDialog, CorrectFactorDialog
from triage.ui.report.page import ReportPage
from triage.ui.text import i18n, report_words


def said_of(number: int, by: str, state: Any) -> CardCorrection:
    return CardCorrection(
        id=number,
        rule="incident",
        verdict="means nothing",
        band=None,
        value="drawn",
        by=by,
        made="2026-11-24T09:00:00Z",
        reason="a school play",
        confirmed_by=None,
        state=state,
        says=Message("Taken out by {by} on {day}: {reason}.", by=by, day="2026-11-24", reason="a school play"),
    )


def open_with(runner: Runner, qtbot: QtBot, roles: frozenset[Role] = frozenset(Role), **score: Any) -> tuple[ReportPage, FakeApi]:
    plain = FakeApi()
    report = show(next(row for row in plain.queue if row.report_id == MAIN))
    api = ChangedApi(score=replace(report.score, **score))
    api.user = replace(api.user, roles=roles)
    return open_page(api, runner, qtbot), api


def opened(page: ReportPage, kind: type[QDialog], qtbot: QtBot) -> Any:
    qtbot.waitUntil(lambda: any(isinstance(each, kind) for each in page.findChildren(QDialog)))
    return next(each for each in page.findChildren(QDialog) if isinstance(each, kind))


def links(page: ReportPage, text: str) -> list[Callable[[], object]]:
    assert page.view is not None
    found = [each.find_link(text) for each in (page.view.score.text, page.view.decisions.text)]
    return [each for each in found if each is not None]


def test_a_factor_is_corrected_with_a_reason(runner: Runner, qtbot: QtBot) -> None:
    page, api = open_with(runner, qtbot)
    page.corrections.correct_factor()
    dialog = opened(page, CorrectFactorDialog, qtbot)
    dialog.accept()
    assert "reason" in dialog.problem.text() and not api.calls
    at = next(i for i, factor in enumerate(dialog.factors) if factor.rule == "solicitation")
    dialog.factor.setCurrentIndex(at)
    assert "csamSolicitation" in dialog.value.text()
    assert dialog.why.text() == report_words.reason(dialog.factors[at].why)
    listed = [dialog.factor.itemText(n) for n in range(dialog.factor.count())]
    widest = max(dialog.factor.fontMetrics().horizontalAdvance(text) for text in listed)
    assert widest < dialog.factor.width() - 40, "an entry was cut in the middle of a letter"
    dialog.choose("means nothing")
    dialog.reason.setText("a school play")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(api.calls))
    assert api.calls[0] == ("correct_factor", MAIN, "solicitation", "means nothing", "a school play", "csamSolicitation")


def test_the_printed_numbers_act_while_the_list_of_factors_has_the_focus(runner: Runner, qtbot: QtBot) -> None:
    page, _ = open_with(runner, qtbot)
    page.corrections.correct_factor()
    dialog = opened(page, CorrectFactorDialog, qtbot)
    qtbot.keyClick(dialog.factor, Qt.Key.Key_2)
    assert dialog.verdict == "means nothing"


def test_a_band_is_raised_or_lowered_with_a_reason(runner: Runner, qtbot: QtBot) -> None:
    page, api = open_with(runner, qtbot)
    page.corrections.correct_band()
    dialog = opened(page, BandDialog, qtbot)
    assert dialog.bands == ("A", "C", "D", "E"), "the report stands in B"
    said: list[str] = []
    page.said.connect(said.append)
    dialog.choose("E")
    dialog.reason.setText("read it")
    dialog.accept()
    qtbot.waitUntil(lambda: bool(said))
    assert api.calls == [("correct_band", MAIN, "E", "read it")]
    assert "a lead who is not you" in said[0]


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_dialogs_fit_a_low_screen(runner: Runner, qtbot: QtBot, language: Any) -> None:
    before = i18n.language()
    i18n.set_language(language)
    try:
        page, _ = open_with(runner, qtbot)
        page.corrections.correct_factor()
        page.corrections.correct_band()
        for kind in (CorrectFactorDialog, BandDialog):
            dialog = opened(page, kind, qtbot)
            dialog.adjustSize()
            assert dialog.width() <= 1366 and dialog.height() <= 700, (kind, dialog.size())
    finally:
        i18n.set_language(before)


def test_the_card_says_what_people_said_and_who_may_do_what(runner: Runner, qtbot: QtBot) -> None:
    said = (said_of(1, "khi-04", "applied"), said_of(2, "lhr-02", "waits for a lead"))
    page, api = open_with(runner, qtbot, corrections=said, near=("A",))
    assert page.view is not None
    lines = texts(page.view)
    assert "Taken out by khi-04 on 24 Nov 2026: a school play." in "\n".join(lines).replace("\u2068", "").replace("\u2069", "")
    assert any("if every point were a tenth more" in line for line in lines)
    assert len(links(page, "Confirm")) == 1, "nobody confirms their own"
    links(page, "Confirm")[0]()
    qtbot.waitUntil(lambda: ("confirm_correction", 2) in api.calls)
    page, api = open_with(runner, qtbot, frozenset({Role.ANALYST}), corrections=said)
    assert len(links(page, "Confirm")) == 0
    undo = links(page, "Undo")
    assert len(undo) >= 1, "an analyst undoes their own"
    undo[-1]()
    qtbot.waitUntil(lambda: any(call[0] in ("undo_correction", "undo") for call in api.calls))


def test_who_may_not_decide_corrects_nothing(runner: Runner, qtbot: QtBot) -> None:
    page, _ = open_with(runner, qtbot, frozenset({Role.AUDITOR}))
    said: list[str] = []
    page.said.connect(said.append)
    page.corrections.correct_band()
    page.corrections.correct_factor()
    QApplication.processEvents()
    assert said and not page.findChildren(BandDialog) and not page.findChildren(CorrectFactorDialog)


def test_a_factor_that_was_taken_out_holds_no_minimum_band(runner: Runner, qtbot: QtBot) -> None:
    plain = FakeApi()
    report = show(next(row for row in plain.queue if row.report_id == MAIN))
    floor = msgspec.structs.replace(report.score.factors[0], axis="floor", points=0.0, taken_out=1, why=Message("A drawn floor."))
    page, _ = open_with(runner, qtbot, factors=(floor, *report.score.factors[1:]))
    assert page.view is not None
    assert "min. band" not in "\n".join(texts(page.view))
