"""One's own page: what it shows to oneself, what it hides from others, and what one keeps away from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.fakes_figures import fill_account
from tests.ui.screens import open_page, settle, show_page
from tests.ui.screens import texts as list_texts
from tests.ui.used_again import refusing_acts
from triage.jobs.policy import OfficePolicy
from triage.model.private_account import PrivateSettings
from triage.model.users import Role
from triage.ui.core.own_choices import keep_choices, own_choices
from triage.ui.core.runner import Runner
from triage.ui.media import hidden_files
from triage.ui.shell.main_window import MainWindow
from triage.ui.wellbeing.page import WellbeingPage


def texts(page: WellbeingPage) -> str:
    return "\n".join(list_texts(page))


def open_wellbeing(api: FakeApi, runner: Runner, qtbot: QtBot, width: int = 1186) -> WellbeingPage:
    return show_page(WellbeingPage(api, runner), runner, qtbot, width)


@pytest.fixture
def full(api: FakeApi) -> FakeApi:
    fill_account(api)
    return api


def test_the_account_is_shown_by_step_day_and_warning(full: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    said = texts(open_wellbeing(full, runner, qtbot))
    for wanted in (
        "412",
        "240",
        "of which only edges",
        "an infant or toddler",
        "violence or gore",
        "2026-11-24",
        "961",
        "140",
        "Only you see this page.",
    ):
        assert wanted in said, wanted
    assert "2026-11-09" not in said and "triage exposure" in said, "only the last days stand here"


def test_an_empty_account_says_what_will_stand_here(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    said = texts(open_wellbeing(api, runner, qtbot))
    assert "You have viewed no media yet." in said and "No report on which you worked has an outcome yet." in said


def test_help_is_the_offices_own_words_and_never_invented(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = texts(open_wellbeing(api, runner, qtbot))
    assert "Your administrator writes it on the page Policies." in said
    monkeypatch.setattr(api, "office_policy", lambda: OfficePolicy(help_text="Room 4, Mondays"))
    said = texts(open_wellbeing(api, runner, qtbot))
    assert "Room 4, Mondays" in said and "Set by your administrator." in said


def test_only_a_lead_sees_team_totals(full: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    said = texts(open_wellbeing(full, runner, qtbot))
    assert "4,120" in said and "too few people" in said
    analyst = FakeApi(roles=frozenset({Role.ANALYST}))
    fill_account(analyst)
    assert "4,120" not in texts(open_wellbeing(analyst, runner, qtbot))


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_this_page(runner: Runner, qtbot: QtBot, role: Role) -> None:
    page = open_wellbeing(FakeApi(roles=frozenset({role})), runner, qtbot)
    assert page.states.currentWidget() is page.body


def test_a_choice_is_kept_and_its_reports_can_be_given_back_and_taken_again(
    full: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_wellbeing(full, runner, qtbot)
    assert "You keep away from nothing now." in texts(page) and page.give_back_button.isHidden()
    page.kinds["infant"].click()
    settle(runner)
    assert full.settings == PrivateSettings(keeps_away=("infant",)) == own_choices(full)
    assert "1 open report of yours has such a warning (An infant or toddler)." in texts(page)
    asked: list[str] = []
    monkeypatch.setattr(QMessageBox, "open", lambda box: (asked.append(box.text()), box.buttons()[0].click()))
    QTest.keyClick(page, Qt.Key.Key_U)
    settle(runner)
    assert "no reason" in asked[0]
    assert ("give back", ("900000001",)) in full.calls
    page.reload()
    settle(runner)
    assert not page.undo_link.isHidden()
    with refusing_acts(runner):
        page.undo_link.click()
        settle(runner)
    page.undo_link.click()
    settle(runner)
    assert [call for call in full.calls if call[0] == "undo"] == [("undo", 1)]


def test_files_with_a_warning_one_keeps_away_from_stay_hidden_until_shown_again(
    api: FakeApi, runner: Runner, qtbot: QtBot
) -> None:
    file = replace(api.show(MAIN).files[0], annotations=("Infant",))
    assert file.sha256 is not None and not hidden_files.is_hidden(api, file)
    keep_choices(api, PrivateSettings(keeps_away=("infant",)))
    assert hidden_files.is_hidden(api, file)
    assert hidden_files.is_hidden(api, replace(file, annotations=()), ("infant",)), "a warning of the report counts too"
    assert not hidden_files.is_hidden(api, replace(file, annotations=("violenceGore",)))
    assert not hidden_files.is_hidden(FakeApi(), file), "only from oneself"
    hidden_files.show_again(api, file.sha256)
    assert not hidden_files.is_hidden(api, file)
    hidden_files.hide(api, file.sha256)
    assert hidden_files.is_hidden(api, file)


def test_a_kept_away_file_can_not_be_revealed(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    keep_choices(api, PrivateSettings(keeps_away=("infant", "violence", "sadistic", "live")))
    page = open_page(api, runner, qtbot)
    warned = [at for at, file in enumerate(page.report.files) if hidden_files.is_hidden(api, file, page.report.annotations)]
    assert warned, "the example has a warning"
    page.open_media(warned[0])
    assert page.media is not None and page.media.is_hidden() and not page.media.can_show()


def test_the_calm_screen_stands_between_reports_only_by_choice(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.resize(1186, 700)
    window.show()
    window.start()
    settle(runner)
    window.open_report(window.queue.current_id())
    settle(runner)
    window._move(1)
    settle(runner)
    assert window.calm.isHidden()
    keep_choices(api, PrivateSettings(calm_screen=True))
    before = window.queue.current_id()
    window._move(1)
    settle(runner)
    again = window.queue.current_id()
    assert not window.calm.isHidden() and window.calm.size() == window.pages.size() and again != before
    QTest.keyClick(window.calm, Qt.Key.Key_J)
    settle(runner)
    assert window.calm.isHidden() and window.queue.current_id() == again, "the key that goes on does nothing else"


def test_it_fits_a_narrow_window(full: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_wellbeing(full, runner, qtbot, width=700)
    assert page.choices_card.width() > 500 and page._columns == 1


def test_the_page_keeps_no_score(full: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    said = texts(open_wellbeing(full, runner, qtbot)).lower()
    assert not any(word in said for word in ("streak", "score", "level up", "badge", "achievement", "%"))


def test_the_next_report_is_one_from_which_one_does_not_keep_away(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.queue[:] = [
        replace(row, flags=("infant",)) if at in (1, 2) else replace(row, flags=()) for at, row in enumerate(api.queue)
    ]
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.resize(1186, 700)
    window.show()
    window.start()
    settle(runner)
    window.open_report(window.queue.current_id())
    settle(runner)
    keep_choices(api, PrivateSettings(keeps_away=("infant",)))
    window._move(1)
    settle(runner)
    assert window.queue.current_id() == api.queue[3].report_id
    assert "Skipped 2 reports that you keep away from." in "\n".join(list_texts(window))
    window.queue.table.go(-1)
    assert window.queue.current_id() == api.queue[2].report_id, "the queue lists them still"
