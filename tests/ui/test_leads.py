"""Cases, grades that wait, the ranking, and the way between them: by keys, with every empty and failing state."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, NOW, FakeApi
from tests.ui.fakes_leads import WEEK
from tests.ui.screens import open_page, settle, show_page, texts, wait_active
from triage.errors import Refused
from triage.jobs.judging.sampling import compute_share
from triage.model.casework import Closing, GradeAgreement, Stage
from triage.model.damage import GRADE_UNREADABLE
from triage.model.users import Role
from triage.model.views import ShowDecision
from triage.ui.cases import list_page
from triage.ui.cases.case_choice import CaseChoice
from triage.ui.cases.case_dialogs import NumberDialog, OfficerDialog, ReportsDialog, StageDialog
from triage.ui.cases.list_page import CasesPage
from triage.ui.cases.new_case_dialog import NewCaseDialog
from triage.ui.cases.page import CasePage
from triage.ui.core.page import DeskPage
from triage.ui.core.paged_table import WINDOW as LIST_WINDOW
from triage.ui.core.runner import Runner
from triage.ui.decisions.decide_dialog import CHOICES
from triage.ui.grades.page import GradesPage
from triage.ui.kit import theme
from triage.ui.kit.question_dialog import QuestionDialog
from triage.ui.kit.table import RowHeading
from triage.ui.queue.lanes import WIDTH
from triage.ui.ranking.page import RankingPage
from triage.ui.ranking.share_bar import describe_interval, describe_share
from triage.ui.report.history import find_reopening_decisions
from triage.ui.shell.desk import Desk
from triage.ui.shell.main_window import MainWindow
from triage.ui.text import i18n, times
from triage.ui.text.case_words import due_ink, due_words

P = TypeVar("P", bound=DeskPage)
D = TypeVar("D", bound=QDialog)
CASE = "C-2026-0001"


def shown(page: P, runner: Runner, qtbot: QtBot) -> P:
    return show_page(page, runner, qtbot, 1290, 800)


def case_page(api: FakeApi, runner: Runner, qtbot: QtBot, number: str = CASE) -> CasePage:
    page = CasePage(api, runner)
    page.decide_asked.connect(lambda report, status: api.calls.append(("decide asked", report, status)))
    page.choose(number)
    return shown(page, runner, qtbot)


def dialog(of: QWidget, kind: type[D]) -> D:
    """The one that was opened last, active as it is for a person."""
    found = next(d for d in of.findChildren(kind) if d.isVisible())
    QCoreApplication.processEvents()
    assert found.isActiveWindow()
    return found


def press(page: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """On the page, once it is active again after a dialog."""
    page.window().activateWindow()
    wait_active(page.window())
    QTest.keyClick(QApplication.focusWidget() or page, key, modifier)


# Cases


def test_cases_are_found_by_any_number_and_opened_by_enter(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(CasesPage(api, runner), runner, qtbot)
    assert [case.number for case in page.table.rows()] == ["C-2026-0003", "C-2026-0002", CASE]
    QTest.keyClick(page.table, Qt.Key.Key_Slash)
    QTest.keyClicks(page.search, "201/26")
    QTest.keyClick(page.search, Qt.Key.Key_Return)
    settle(runner)
    assert [case.number for case in page.table.rows()] == [CASE] and page.table.hasFocus()
    with qtbot.waitSignal(page.case_asked) as asked:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert asked.args == [CASE]
    with qtbot.assertNotEmitted(page.closed):
        QTest.keyClick(page.table, Qt.Key.Key_Escape)
    settle(runner)
    assert len(page.table.rows()) == 3, "Esc first takes the search away"
    QTest.keyClick(page.table, Qt.Key.Key_M)
    settle(runner)
    assert [case.officer for case in page.table.rows()] == ["khi-04", "khi-04"]


def test_a_search_finds_the_first_cases_and_more_when_one_scrolls(
    runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It found all of them before it showed one, however many cases there were."""
    monkeypatch.setattr(list_page, "FOUND_AT_ONCE", 100)
    api = FakeApi()
    api._begin_desk(cases=250)
    asked: list[tuple[object, ...]] = []
    plain = api.find_cases
    monkeypatch.setattr(api, "find_cases", lambda *args: asked.append(args) or plain(*args))
    page = shown(CasesPage(api, runner), runner, qtbot)
    page.search.setText("c-2026")
    page.reload()
    settle(runner)
    assert page.table.paged.rowCount() == 100 and page.beside.text() == "first 100 cases"
    assert all(limit <= 100 for _, limit, *_ in asked[1:])
    bar, found = page.table.verticalScrollBar(), []
    for _ in range(3):
        bar.setValue(bar.maximum())
        settle(runner)
        found.append((page.table.paged.rowCount(), page.beside.text()))
    assert found == [(200, "first 200 cases"), (250, "250 cases"), (250, "250 cases")]
    page.table.select(249)
    settle(runner)
    assert page.table.current_row().number == CASE
    page.reload()
    settle(runner)
    assert page.table.paged.rowCount() == 250 and page.table.current_row().number == CASE, (
        "reading again keeps all that was found"
    )
    page.search.setText("0007")
    page.reload()
    settle(runner)
    assert page.beside.text() == "1 case" and page.table.current_row().number == "C-2026-0007"


def test_p_shows_what_is_due_soon_the_nearest_first(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "now", lambda: NOW)
    for number, due in ((CASE, "2026-12-01"), ("C-2026-0002", "2026-11-20"), ("C-2026-0003", None)):
        api.set_case_stage(number, "enquiry", due=due, note=None)
    page = shown(CasesPage(api, runner), runner, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_P)
    settle(runner)
    assert [case.number for case in page.table.rows()] == ["C-2026-0002", CASE]
    QTest.keyClick(page.table, Qt.Key.Key_Escape)
    settle(runner)
    assert len(page.table.rows()) == 3


def test_no_case_says_what_to_do_next(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.case_views.clear()
    page = shown(CasesPage(api, runner), runner, qtbot)
    assert page.message.title.text() == "No cases yet." and "N" in page.message.next.text()
    press(page, Qt.Key.Key_N)
    question = dialog(page, NewCaseDialog)
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert question.problem.text() and question.isVisible() and api.calls == [], "N and Enter alone open nothing"
    question.empty.click()
    with qtbot.waitSignal(page.case_asked) as asked:
        QTest.keyClick(question, Qt.Key.Key_Return)
    assert asked.args == [CASE] and api.calls == [("open_case", ())]
    settle(runner)
    page.reload()
    settle(runner)
    page.focus()
    press(page, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    settle(runner)
    assert api.calls[-1] == ("undo_joining", CASE, {}) and not api.case_views


def test_a_thousand_cases_are_rows_not_widgets(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi()
    api._begin_desk(cases=2500)
    page = shown(CasesPage(api, runner), runner, qtbot)
    assert page.table.paged.rowCount() == 2500 and len(page.table.rows()) <= LIST_WINDOW, "those in sight are read"
    page.table.select(2499)
    settle(runner)
    assert page.table.current_row().number == CASE
    page.reload()
    settle(runner)
    assert page.table.current_row().number == CASE, "the same case stays current"
    page.table.select(0)
    settle(runner)
    assert len(page.findChildren(QWidget)) < 80
    page.table.go(1)
    assert page.table.current_row() is page.table.rows()[1]


def test_a_case_tells_where_it_stands_and_how_it_came_here(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "now", lambda: NOW)
    page = case_page(api, runner, qtbot)
    said = texts(page)
    assert {CASE, "FIR", "56 d", "201/26", "verification", "FIR, until 19 Jan 2027", "by the book"} <= set(said)
    assert [row.report_id for row in page.table.rows()] == [MAIN]
    with qtbot.waitSignal(page.open_asked) as opened:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [MAIN, ""]
    QTest.keyClick(page.table, Qt.Key.Key_D)
    assert api.calls == [("decide asked", MAIN, page.table.rows()[0].status)], "a closed report is opened again by a decision"


def test_numbers_stage_officer_and_reports_are_recorded_by_keys(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot)
    press(page, Qt.Key.Key_N)
    number = dialog(page, NumberDialog)
    QTest.keyClick(number, Qt.Key.Key_Return)
    assert number.problem.text()
    QTest.keyClick(number, Qt.Key.Key_8)
    QTest.keyClicks(number.value, "17/2026")
    QTest.keyClick(number.value, Qt.Key.Key_Return)
    settle(runner)
    assert [(n.kind, n.value) for n in api.case(CASE).numbers] == [("FIR", "201/26"), ("property register", "17/2026")]
    press(page, Qt.Key.Key_S)
    stage = dialog(page, StageDialog)
    QTest.keyClick(stage, Qt.Key.Key_6)
    stage.due.setText("soon")
    QTest.keyClick(stage.due, Qt.Key.Key_Return)
    settle(runner)
    assert "is no day" in stage.problem.text() and stage.isVisible()
    stage.due.setText("2027-03-01")
    QTest.keyClick(stage.due, Qt.Key.Key_Return)
    settle(runner)
    assert (api.case(CASE).stage, api.case(CASE).stages[-1].due) == (Stage.CHALLAN, "2027-03-01")
    press(page, Qt.Key.Key_A)
    officer = dialog(page, OfficerDialog)
    settle(runner)
    officer.who.setCurrentIndex(officer.who.findData("lhr-02"))
    QTest.keyClick(officer, Qt.Key.Key_Return)
    settle(runner)
    press(page, Qt.Key.Key_R)
    reports = dialog(page, ReportsDialog)
    QTest.keyClicks(reports.numbers, "900000001, 900000002")
    QTest.keyClick(reports.numbers, Qt.Key.Key_Return)
    settle(runner)
    found = api.case(CASE)
    assert found.officer == "lhr-02" and found.reports[-2:] == ("900000001", "900000002")


def test_a_number_is_struck_out(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot)
    with qtbot.waitSignal(page.said) as said:
        page.strike_out(api.case(CASE).numbers[0])
    settle(runner)
    assert said.args == ["FIR 201/26 was struck out."] and api.case(CASE).numbers == ()
    assert "No register number yet; press N to add one." in texts(page)


def test_who_may_not_decide_reads_a_case(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(roles=frozenset({Role.ANALYST}))
    page = case_page(api, runner, qtbot)
    press(page, Qt.Key.Key_A)
    officer = dialog(page, OfficerDialog)
    settle(runner)
    assert [officer.who.itemData(at) for at in range(officer.who.count())] == ["khi-04"]
    assert "Only a lead can assign reports to others." in texts(officer)


def test_a_case_that_is_not_there_is_said(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = case_page(api, runner, qtbot, "C-1999-0001")
    assert page.message.title.text() == "There is no case C-1999-0001 in this store."


def test_c_on_a_report_opens_a_case_or_joins_one(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    assert page.view is not None
    press(page.window(), Qt.Key.Key_C)
    choice = dialog(page, CaseChoice)
    settle(runner)
    QTest.keyClick(choice, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls == [("open_case", (MAIN,))]
    press(page.window(), Qt.Key.Key_C)
    choice = dialog(page, CaseChoice)
    settle(runner)
    choice.search.setText("202/26")
    settle(runner)
    QTest.keyClick(choice, Qt.Key.Key_1)
    QTest.keyClick(choice, Qt.Key.Key_Return)
    settle(runner)
    assert api.case("C-2026-0002").reports[-1] == MAIN


def test_every_closing_reason_of_practice_is_offered() -> None:
    closed = next(choice for choice in CHOICES if choice.status == "closed")
    assert set(closed.reasons) == {reason.value for reason in Closing} - {"cleared"}


def test_opening_a_closed_report_again_is_told() -> None:
    def one(at: int, status: str, *, undone: bool = False) -> ShowDecision:
        return ShowDecision(
            id=at, when="2026-11-24T05:00:00Z", user="x", status=status, reason=None, note=None, assignee=None,  # type: ignore[arg-type]
            undone=undone,
        )  # fmt: skip

    way = (one(1, "closed"), one(2, "in_progress"), one(3, "closed"), one(4, "new", undone=True), one(5, "closed"), one(6, "new"))
    assert find_reopening_decisions(way) == {2, 6}


@pytest.mark.parametrize(
    ("due", "said", "ink"),
    [
        (None, "no deadline set", "muted"),
        ("2026-11-24", "today", "bad"),
        ("2026-11-20", "4 d over", "bad"),
        ("2026-12-10", "16 d", "warn"),
        ("2027-11-24", "365 d", "text"),
    ],
)
def test_a_stages_day(due: str | None, said: str, ink: str, monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.set_language("en")
    monkeypatch.setattr(times, "now", lambda: NOW)
    assert (due_words(due), due_ink(due)) == (said, ink)


# Grades


def test_grades_tell_who_may_act_and_nothing_of_what_was_said(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(GradesPage(api, runner), runner, qtbot)
    rows = [page.table.paged.at(at) for at in range(page.table.paged.rowCount())]
    assert [row.words for row in rows if isinstance(row, RowHeading)] == [
        "Two people disagree: a lead decides",
        "Awaiting a second person",
    ]
    cells = [page.table.rows_model.index(at, 5).data() for at in range(len(rows)) if not isinstance(rows[at], RowHeading)]
    assert cells == [
        "for a lead who graded neither time",
        "you graded it: another person grades next",
        "you can grade it, without seeing the first grade",
    ]
    assert {"7 of 8", "87.5 %", "1 of 3"} <= set(texts(page.agreement))
    QTest.keyClick(page.table, Qt.Key.Key_J)
    with qtbot.waitSignal(page.open_asked) as opened:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [MAIN, "cd" * 32]


def test_pairs_with_a_grade_that_can_not_be_read_are_counted_apart(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    unreadable = GradeAgreement(grade=GRADE_UNREADABLE, pairs=2, agreed=None)
    api.agreement = lambda: (GradeAgreement(grade="adult", pairs=8, agreed=7), unreadable)  # type: ignore[method-assign]
    api.work = (replace(api.work[0], disagree=False, damaged=True, mine=False),)
    page = shown(GradesPage(api, runner), runner, qtbot)
    assert {"7 of 8", "2 pairs are left out: a stored grade can't be read."} <= set(texts(page.agreement))
    assert page.table.rows_model.index(1, 5).data() == "a stored grade can't be read: you can grade it again"


def test_no_grade_waits_and_nothing_was_measured(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.work, api.agreement = (), lambda: ()  # type: ignore[assignment,method-assign]
    page = shown(GradesPage(api, runner), runner, qtbot)
    assert page.message.title.text() == "No grades awaiting review."
    assert "Not measured yet: no file was graded by two people." in texts(page.agreement)


# The ranking


def test_the_ranking_says_how_far_it_is_and_that_it_is_too_little(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RankingPage(api, runner), runner, qtbot)
    said = texts(page)
    assert "3 of 20 completed" in said and "1 of 3" in said
    assert any(text.startswith("Not enough completed yet: 3 of at least 20.") for text in said)
    assert "not opened yet" in said
    assert len(page.table.rows()) == 20 and not page.draw_button.isVisible()
    with qtbot.waitSignal(page.open_asked) as opened:
        QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert opened.args == [page.table.rows()[0].report_id, ""]
    assert page.step(1) == page.table.rows()[1].report_id


def test_what_was_not_measured_is_said_and_never_green(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.worked = 0
    page = shown(RankingPage(api, runner), runner, qtbot)
    assert "not measured" in texts(page)
    assert describe_share(compute_share(0, 0)) == "not measured" and "No sampled report completed" in describe_interval(
        compute_share(0, 0)
    )
    image = page.grab().toImage()
    good = theme.current().colour("good")
    step = 3
    assert not any(image.pixelColor(x, y) == good for y in range(0, image.height(), step) for x in range(0, image.width(), step))


def test_a_lead_draws_once_and_an_analyst_does_not(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.drawn = False
    page = shown(RankingPage(api, runner), runner, qtbot)
    assert page.draw_button.isVisible() and "Press W" in page.nothing.text()
    press(page, Qt.Key.Key_W)
    question = dialog(page, QuestionDialog)
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert api.calls == [] and question.isVisible(), "Enter draws nothing"
    QTest.keyClick(question, Qt.Key.Key_Y)
    settle(runner)
    assert api.calls == [("draw_sample",)] and not page.draw_button.isVisible()
    analyst = FakeApi(roles=frozenset({Role.ANALYST}))
    analyst.drawn = False
    other = shown(RankingPage(analyst, runner), runner, qtbot)
    with qtbot.waitSignal(other.said) as said:
        QTest.keyClick(other, Qt.Key.Key_W)
    assert said.args == ["Only a lead can draw the sample."] and not other.draw_button.isEnabled()


def test_an_auditor_sees_figures_and_no_report(runner: Runner, qtbot: QtBot) -> None:
    page = shown(RankingPage(FakeApi(roles=frozenset({Role.AUDITOR})), runner), runner, qtbot)
    assert page.states.currentWidget() is page.body and not page.table.isVisible()
    assert "Your roles do not include reports." in texts(page) and "1 of 3" in texts(page)


def test_without_a_report_nothing_is_drawn_and_the_page_says_what_comes(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranking, sample = api.ranking(), api.sample(None)
    monkeypatch.setattr(api, "ranking", lambda: replace(ranking, by_provider=()))
    monkeypatch.setattr(api, "sample", lambda _week: replace(sample, weeks=(), reports=()))
    page = shown(RankingPage(api, runner), runner, qtbot)
    assert page.message.isVisible() and page.message.title.text() == "No reports yet." and not page.draw_button.isVisible()


def test_an_earlier_week_is_chosen(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RankingPage(api, runner), runner, qtbot)
    page.choose_week("2026-W47")
    settle(runner)
    assert page.sample is not None and page.sample.week == "2026-W47" != WEEK
    assert "18 of 20 completed" in texts(page)


def test_pages_that_fail_say_it_and_keep_what_they_show(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    def fails(*_: object) -> object:
        raise Refused("The store is locked.")

    page = shown(RankingPage(api, runner), runner, qtbot)
    api.ranking = fails  # type: ignore[method-assign,assignment]
    with qtbot.waitSignal(page.said) as said:
        page.reload()
    assert said.args == ["The store is locked."] and page.states.currentWidget() is page.body


# The way between them


@pytest.fixture
def window(api: FakeApi, runner: Runner, qtbot: QtBot) -> MainWindow:
    made = MainWindow(api, runner)
    qtbot.addWidget(made)
    made.resize(1440, 900)
    made.show()
    made.activateWindow()
    wait_active(made)
    made.start()
    settle(runner, 60)
    return made


def test_keys_go_from_page_to_page(window: MainWindow, runner: Runner) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    for key, name in ((Qt.Key.Key_2, "cases"), (Qt.Key.Key_4, "requests"), (Qt.Key.Key_6, "rules")):
        QTest.keyClick(window.focusWidget() or window, key, control)
        settle(runner, 60)
        assert window.shown_screen() == name and window.rail.pages[name].isChecked()
        assert window.focusWidget() is not None
    QTest.keyClick(window.focusWidget() or window, Qt.Key.Key_1, control)
    assert window.shown_screen() == "queue" and window.rail.buttons["all"].isChecked()


def test_the_rail_leads_to_the_desk(window: MainWindow, runner: Runner) -> None:
    window.rail.pages["cases"].click()
    settle(runner)
    assert window.shown_screen() == "cases"
    window.rail.buttons["band A"].click()
    settle(runner)
    assert window.shown_screen() == "queue" and window.queue.lane.name == "band A"


def test_a_report_leads_back_to_where_it_was_opened(window: MainWindow, runner: Runner) -> None:
    window.show_desk("ranking")
    settle(runner)
    page = window.desk.page("ranking")
    assert isinstance(page, RankingPage)
    page.open_current()
    settle(runner)
    assert window.report is not None and window.report.report_id == page.table.rows()[0].report_id
    window.report.moved.emit(1)
    settle(runner)
    assert window.report.report_id == page.table.rows()[1].report_id
    window.report.closed.emit()
    settle(runner)
    assert window.shown_screen() == "ranking"
    assert page.table.current_row() is not None and page.table.current_row().report_id == page.table.rows()[1].report_id


def test_a_grade_that_waits_opens_at_its_file_blurred(window: MainWindow, api: FakeApi, runner: Runner) -> None:
    sha256 = api.show(MAIN).files[2].sha256 or ""
    window.show_desk("grades")
    settle(runner)
    window.open_from_desk(MAIN, sha256)
    settle(runner)
    assert window.shown_screen() == "media"
    assert not any(call[0] == "reveal" for call in api.calls), "nothing is revealed before a person asks"


def test_locking_leaves_nothing_of_the_desk(window: MainWindow, runner: Runner) -> None:
    window.show_desk("case", CASE)
    settle(runner)
    window.drop_everything()
    assert not any(CASE in text for text in texts(window))


def test_pages_are_made_when_they_are_shown(window: MainWindow) -> None:
    assert isinstance(window.desk, Desk) and window.desk._made == {}
    window.show_desk("cases")
    assert set(window.desk._made) == {"cases"}


@pytest.mark.parametrize("language", ["en", "ur"])
def test_nothing_is_cut_off(app: object, api: FakeApi, runner: Runner, qtbot: QtBot, language: i18n.Language) -> None:
    """Every button is as wide as its words, in both languages, on the smallest window."""
    theme.apply(app, "dark", language)  # type: ignore[arg-type]
    for make in (CasesPage, GradesPage, RankingPage):
        page = shown(make(api, runner), runner, qtbot)
        page.resize(960 - WIDTH, 572)
        settle(runner)
        buttons = [b for b in page.findChildren(QWidget) if hasattr(b, "set_words") and b.isVisible()]
        assert buttons and all(b.width() >= b.sizeHint().width() for b in buttons), make
        assert page.width() <= 960 - WIDTH, make
