"""Papers of a case: previewed, written with their handover, and off for who may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, texts
from triage.model.handover import Handover
from triage.model.users import Role
from triage.ui.cases.page import CasePage
from triage.ui.cases.paper_dialogs import DiaryDialog, SourceReportDialog
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.text import i18n

CASE = "C-2026-0001"
NOT_STATED = Handover(handed_to=None, medium=None, medium_serial=None)


def case_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> CasePage:
    page = CasePage(api, runner)
    qtbot.addWidget(page)
    page.resize(1186, 700)
    page.choose(CASE)
    page.show()
    page.reload()
    settle(runner)
    return page


@pytest.mark.parametrize(
    ("kind", "call", "ending", "says"),
    [
        (SourceReportDialog, "source report", "docx", "To be filled in by hand: full name; source report number"),
        (DiaryDialog, "diary", "pdf", "60 entries"),
    ],
)
def test_a_paper_is_previewed_and_written(
    api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path, kind: type, call: str, ending: str, says: str
) -> None:
    page = case_page(api, runner, qtbot)
    page.write(kind)
    made = next(d for d in page.findChildren(kind) if d.isVisible())
    settle(runner)
    assert says in texts(made)
    out = tmp_path / f"paper.{ending}"
    made.place.setText(str(out))
    made.accept()
    settle(runner)
    assert api.calls[-1] == (call, CASE, out, NOT_STATED)
    assert str(out) in texts(made)


def test_the_menu_offers_both_papers(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot)
    page.papers.click()
    menu = page.findChildren(QMenu)[-1]
    assert [action.text() for action in menu.actions()] == ["Source-report draft", "Diary"]
    menu.close()


def test_who_may_not_is_told_why(runner: Runner, qtbot: QtBot) -> None:
    page = case_page(FakeApi(roles=frozenset({Role.ANALYST})), runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    for button, call in ((page.papers, page.show_papers), (page.request, page.request_data)):
        assert not button.isEnabled() and button.toolTip()
        call()
    page.write(DiaryDialog)
    assert said == ["Your roles do not allow papers of a case."] * 3
    assert not [d for d in page.findChildren(QDialog) if d.isVisible()]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_bar_and_the_dialogs_fit(
    app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, language: i18n.Language
) -> None:
    theme.apply(app, "dark", language)
    page = case_page(api, runner, qtbot)
    assert page.minimumSizeHint().width() <= 1186, "1366 without the rail"
    for kind in (SourceReportDialog, DiaryDialog):
        page.write(kind)
        made = next(d for d in page.findChildren(kind) if d.isVisible())
        settle(runner)
        assert made.height() <= 730
        made.close()
