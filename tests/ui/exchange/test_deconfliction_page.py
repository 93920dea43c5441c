"""Deconfliction in the desktop: who is at which step, and "not run" is never "nothing found"."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from tests.ui.exchange.test_work_page import find_dialog
from tests.ui.fakes import FakeApi
from tests.ui.fakes_exchange import REPORT, a_deconfliction
from tests.ui.screens import settle, show_page, texts
from triage.model.deconfliction import SharedIdentifier
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Role
from triage.ui.core.paged_table import WINDOW
from triage.ui.core.runner import Runner
from triage.ui.exchange.deconfliction_dialogs import AnswerDialog, FinishFirstDialog, FinishSecondDialog, StartDialog
from triage.ui.exchange.deconfliction_page import DeconflictionPage, describe_found, describe_state
from triage.ui.kit.marked_lines import LinkButton
from triage.ui.kit.question_dialog import QuestionDialog


def open_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> DeconflictionPage:
    return show_page(DeconflictionPage(api, runner), runner, qtbot, 1180)


def test_not_run_never_looks_like_nothing_found(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    assert page.beside.text() == "3 comparisons, 2 not run to their end"
    said = [(describe_state(each), describe_found(each)) for each in page.table.rows()]
    assert said == [
        ("not run yet; waits for their answer", "not known yet"),
        ("not run yet; waits for their third file", "not known yet"),
        ("finished", "none is shared"),
    ]
    assert "Nothing is known yet. That is not the same as: nothing was found." in texts(page)
    page.table.select(2)
    settle(runner)
    assert "The comparison is finished: no identifier is held by both." in texts(page)


def test_a_long_list_keeps_the_current_comparison_when_a_newer_one_comes(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.deconflictions = tuple(a_deconfliction(n) for n in range(1_000, 0, -1))
    asked: list[int] = []
    load = api.load_deconflictions
    api.load_deconflictions = lambda ids: (asked.append(len(ids)), load(ids))[1]  # type: ignore[method-assign,func-returns-value]
    page = open_page(api, runner, qtbot)
    assert page.table.paged.rowCount() == 1_000 and max(asked) <= WINDOW and sum(asked) < 500
    page.table.select(3)
    settle(runner)
    before = page.table.current_row()
    api.deconflictions = (a_deconfliction(1_001), *api.deconflictions)
    page.reload()
    settle(runner)
    assert before is not None and page.table.current_row() == before and page.table.currentIndex().row() == 4


def test_shared_identifiers_lead_to_reports_and_silent_ones_are_counted_for_the_lead(
    api: FakeApi, runner: Runner, qtbot: QtBot
) -> None:
    shared = (SharedIdentifier(kind="email", value="a\u202eb@example.invalid", reports=(REPORT,)),)
    api.compared = replace(api.compared, shared=shared, silent=1)
    page = open_page(api, runner, qtbot)
    page.table.select(2)
    settle(runner)
    said = texts(page)
    assert "Email: a‹U+202E›b@example.invalid" in said
    assert REPORT in [link.text() for link in page.findChildren(LinkButton)]
    assert any("only you as a lead see it, and the other side was told nothing" in each for each in said)


def test_only_leads_see_the_page(runner: Runner, qtbot: QtBot) -> None:
    page = open_page(FakeApi(roles=frozenset({Role.ANALYST})), runner, qtbot)
    assert page.states.currentWidget() is page.message and page.message.title.text() == "Only leads see this page."
    page.begin()
    assert not [d for d in page.findChildren(StartDialog)]


def test_a_comparison_is_begun(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(api, runner, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_N)
    asked = find_dialog(page, StartDialog)
    settle(runner)
    said = texts(asked)
    assert "43 identifiers are compared" in said
    assert "2 of them are undercover and stay silent towards the other side." in said
    asked.other.setCurrentIndex(1)
    asked.place.setText(str(tmp_path / "1.json"))
    asked.accept()
    settle(runner)
    assert ("start", "Quetta", tmp_path / "1.json") in api.calls


def test_only_a_first_file_is_answered(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(api, runner, qtbot)
    page.answer_file()
    asked = find_dialog(page, AnswerDialog)
    asked.came.path.setText("/in/2.json")
    asked.read_preview()
    settle(runner)
    assert not asked.write.isEnabled() and "Only a first file is answered. Use Finish for this one." in texts(asked)
    api.carried = replace(api.carried, step="start", begun_here=None)
    asked.read_preview()
    settle(runner)
    assert "first file from Lahore; its signature holds" in texts(asked)
    asked.place.setText(str(tmp_path / "2.json"))
    asked.accept()
    settle(runner)
    assert ("answer", Path("/in/2.json"), tmp_path / "2.json") in api.calls


def test_the_side_that_began_writes_the_third_file_and_the_other_does_not(
    api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path
) -> None:
    page = open_page(api, runner, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_F)
    first = find_dialog(page, FinishFirstDialog)
    api.carried = replace(api.carried, session="another")
    first.came.path.setText("/in/2.json")
    first.read_preview()
    settle(runner)
    assert not first.write.isEnabled(), "a file of another session is not taken"
    api.carried = replace(api.carried, session="s3")
    first.read_preview()
    settle(runner)
    first.place.setText(str(tmp_path / "3.json"))
    first.accept()
    settle(runner)
    assert ("finish", Path("/in/2.json"), tmp_path / "3.json") in api.calls
    first.close()
    page.table.select(1)
    page.finish_session()
    second = find_dialog(page, FinishSecondDialog)
    second.accept()
    assert second.problem.text() == "Choose the file."
    second.came.path.setText("/in/3.json")
    second.accept()
    settle(runner)
    assert api.calls[-1] == ("finish", Path("/in/3.json"), None)


def test_what_is_not_finished_is_withdrawn_after_a_question(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    QTest.keyClick(page.table, Qt.Key.Key_X)
    question = find_dialog(page, QuestionDialog)
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert ("withdraw", "s3") not in api.calls, "Enter withdraws nothing"
    QTest.keyClick(question, Qt.Key.Key_Y)
    settle(runner)
    assert ("withdraw", "s3") in api.calls and said[-1].startswith("The comparison with ")
    page.table.select(1)
    page.withdraw_session()
    assert said[-1] == "This comparison is finished; what it found can't be withdrawn."


def test_the_end_of_a_comparison_shows_progress_and_can_be_stopped(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def finish(path: Path, *, on_progress: OnProgress, cancel: CancelToken) -> object:
        on_progress(Progress(done=300, total=1_000, unit="identifiers"))
        begun.set()
        go_on.wait(60)
        cancel.check()
        return api.compared

    monkeypatch.setattr(api, "finish_deconfliction", finish)
    page = open_page(api, runner, qtbot)
    page.table.select(1)
    page.finish_session()
    asked = find_dialog(page, FinishSecondDialog)
    asked.came.path.setText("/in/3.json")
    asked.accept()
    qtbot.waitUntil(begun.is_set)
    qtbot.waitUntil(lambda: asked.progress.bar.value() == 300)
    assert asked.progress.isVisible() and not asked.came.isEnabled()
    asked.reject()
    go_on.set()
    settle(runner)
    assert asked.problem.text() == "Stopped; nothing was recorded." and asked.came.isEnabled()
