"""Requests in the desktop: the list, what is recorded, the reply, and letters that are previewed, written and stopped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle, show_page, texts
from tests.ui.slow_work import UNTIL_LET_GO
from triage.errors import Refused
from triage.model.data_requests import PlannedRequests, RequestKind
from triage.model.handover import Handover
from triage.model.users import Role
from triage.ui.cases.page import CasePage
from triage.ui.core.runner import Runner
from triage.ui.core.writing_dialog import WritingDialog
from triage.ui.kit import theme
from triage.ui.queue.page import QueuePage
from triage.ui.requests.life_dialogs import CloseRequestDialog, DayDialog, RemindDialog, ReplyDialog
from triage.ui.requests.making_dialogs import PreserveDialog, RequestDataDialog
from triage.ui.requests.page import RequestsPage
from triage.ui.requests.request_words import choose_ink, describe_request, describe_state
from triage.ui.shell.main_window import MainWindow
from triage.ui.text import i18n, times

D = TypeVar("D", bound=QDialog)


def shown(page: RequestsPage, runner: Runner, qtbot: QtBot) -> RequestsPage:
    return show_page(page, runner, qtbot, 1180)


def dialog(of: QWidget, kind: type[D]) -> D:
    found = next(d for d in of.findChildren(kind) if d.isVisible())
    QCoreApplication.processEvents()
    return found


def say(page: RequestsPage) -> list[str]:
    said: list[str] = []
    page.said.connect(said.append)
    return said


def test_the_list_says_what_is_overdue(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    assert [row.number for row in page.table.rows()][:2] == ["R-2026-0006", "R-2026-0005"], "the newest first"
    assert page.beside.text() == "6 requests, 1 answer overdue, 1 notice overdue at Court"
    late = next(row for row in page.table.rows() if row.court_overdue)
    assert describe_state(late) == "answer overdue; Court not told" and choose_ink(late) == "bad"
    page.table.select(page.table.rows().index(late))
    assert page.details.text().startswith("Overdue: the Court had to be told of this notice by ")
    draft = next(row for row in page.table.rows() if row.state == "draft")
    assert any(line.startswith("DRAFT; missing: a case with an enquiry") for line in describe_request(draft))


def test_an_empty_list_says_how_to_begin(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.requests = ()
    page = shown(RequestsPage(api, runner), runner, qtbot)
    assert page.states.currentWidget() is page.message
    assert page.message.title.text() == "No requests yet."
    assert not page.sent.isEnabled() and not page.reminders.isEnabled(), "there is nothing to do it on"
    page.record_sent()
    assert not [d for d in page.findChildren(DayDialog) if d.isVisible()]


def test_the_day_is_recorded_by_keys(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    page.table.select(2)
    QTest.keyClick(page.table, Qt.Key.Key_S)
    asked = dialog(page, DayDialog)
    asked.day.setText("")
    asked.accept()
    assert asked.problem.text() == "Enter the day."
    asked.day.setText("2026-11-20")
    QTest.keyClick(asked.day, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls[-1] == ("sent", "R-2026-0004", "2026-11-20")
    assert next(row for row in page.table.rows() if row.number == "R-2026-0004").state == "sent"


def test_a_refused_day_keeps_the_dialog(api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)

    def refuse(number: str, *, sent: str) -> None:
        raise Refused("Request {number} is closed.", number=number)

    monkeypatch.setattr(api, "send_request", refuse)
    page.record_sent()
    asked = dialog(page, DayDialog)
    asked.accept()
    settle(runner)
    assert asked.isVisible() and asked.problem.text() == "Request R-2026-0006 is closed."


def test_the_court_is_told_only_of_a_notice(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    said = say(page)
    page.record_court_told()
    assert said == ["Request R-2026-0006 has no notice of which the Court is told."]
    page.table.select(4)
    page.record_court_told()
    dialog(page, DayDialog).accept()
    settle(runner)
    assert api.calls[-1][:2] == ("court", "R-2026-0002")
    assert page.beside.text() == "6 requests, 1 answer overdue"


def test_a_reply_shows_rows_with_and_without_a_line(
    api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (["/in/answer.xlsx", "/in/a.csv"], ""))
    page.choose_reply()
    settle(runner)
    assert api.calls[-1] == ("reply", "R-2026-0006", (Path("/in/answer.xlsx"), Path("/in/a.csv")))
    said = texts(dialog(page, ReplyDialog))
    assert "Rows for 9 lines of 4 reports. Who is named is the owner of the line; not shown to be the user." in said
    assert "a.csv was received before." in said
    assert "answer.xlsx row 0 +92 300 0000000: several lines fit" in said


def test_a_long_reply_shows_progress_and_is_stopped_by_key(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    said = say(page)
    api.slow = UNTIL_LET_GO
    page.take_reply("R-2026-0006", (Path("/in/answer.xlsx"),))
    assert page.reading.isVisible()
    page.take_reply("R-2026-0006", (Path("/in/b.xlsx"),))
    assert said[-1] == "A reply is being read; wait until it ends, or stop it."
    QTest.keyClick(page.table, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    settle(runner)
    assert not page.reading.isVisible()
    assert said[-1] == "Stopped. What was sealed stays, and is read with the next reply."
    assert len([call for call in api.calls if call[0] == "reply"]) == 1


def test_a_request_is_closed_after_a_question(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_X)
    asked = dialog(page, CloseRequestDialog)
    assert "It was sent and is not answered." in texts(asked) and not [c for c in api.calls if c[0] == "close"]
    asked.accept()
    settle(runner)
    assert api.calls[-1][:2] == ("close", "R-2026-0006")
    said = say(page)
    page.close_request()
    assert said == ["Request R-2026-0006 is closed."]


def test_who_may_not_is_told_why(runner: Runner, qtbot: QtBot) -> None:
    api = FakeApi(roles=frozenset({Role.AUDITOR}))
    page = shown(RequestsPage(api, runner), runner, qtbot)
    said = say(page)
    for button, call in ((page.sent, page.record_sent), (page.reply, page.choose_reply), (page.reminders, page.remind)):
        assert not button.isEnabled() and button.toolTip()
        call()
    assert len(said) == 3 and not [d for d in page.findChildren(QDialog) if d.isVisible()]


def test_enter_opens_the_case(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = shown(RequestsPage(api, runner), runner, qtbot)
    asked: list[str] = []
    page.case_asked.connect(asked.append)
    said = say(page)
    page.open_case()
    page.table.select(3)
    page.open_case()
    assert asked == ["C-2026-0001"] and len(said) == 1, "one was made for all that expires"


def test_reminders_are_for_what_is_old_and_unanswered(
    api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = datetime.fromisoformat(f"{api.requests[1].sent}T12:00:00+05:00")
    monkeypatch.setattr(times, "now", lambda: sent + timedelta(days=30))  # a midnight may pass meanwhile
    assert api.list_unanswered(30) == [2, 6] and not api.list_unanswered(31)
    page = shown(RequestsPage(api, runner), runner, qtbot)
    page.remind()
    asked = dialog(page, RemindDialog)
    settle(runner)
    assert asked.write.isEnabled() and "R-2026-0002 to Example Telecom, sent 30 days ago" in texts(asked)
    asked.days.setValue(31)
    assert not asked.write.isEnabled(), "an old preview is no ground to write"
    asked.read_preview()
    settle(runner)
    assert not asked.write.isEnabled()
    asked.days.setValue(14)
    asked.read_preview()
    settle(runner)
    asked.place.setText(str(tmp_path / "new"))
    asked.accept()
    settle(runner)
    assert api.calls[-1][:3] == ("remind", 14, tmp_path / "new")


@pytest.fixture
def preserving(api: FakeApi, runner: Runner, qtbot: QtBot) -> PreserveDialog:
    host = QWidget()
    qtbot.addWidget(host)
    made = PreserveDialog(api, runner, 30, parent=host)
    made.host = host  # type: ignore[attr-defined]
    made.show()
    settle(runner)
    return made


def test_the_preview_says_who_is_asked_and_what_is_left_out(preserving: PreserveDialog) -> None:
    said = texts(preserving)
    assert "Saffron Chat, trust and safety: preservation abroad, 3 lines" in said
    assert any(line.startswith("DRAFT; missing: a case with an enquiry or FIR number") for line in said)
    assert "Phone +92 300 0000000: not a possible number" in said
    assert any("203.0.113.‹U+202E›7" in line for line in said), "hostile values are written out"
    assert preserving.write.isEnabled()


def test_letters_are_written_with_the_handover(preserving: PreserveDialog, api: FakeApi, runner: Runner, tmp_path: Path) -> None:
    preserving.accept()
    assert preserving.problem.text() == "Choose where to write."
    preserving.place.setText(str(tmp_path))
    preserving.accept()
    assert preserving.problem.text() == "Something of this name exists already; choose another name."
    preserving.place.setText(str(tmp_path / "letters"))
    preserving.handover.handed_to.setText("ASI Example")
    preserving.accept()
    settle(runner)
    handover = Handover(handed_to="ASI Example", medium=None, medium_serial=None)
    assert api.calls[-1] == ("preserve", 30, tmp_path / "letters", handover)
    assert "R-2026-0011 to Example Telecom: 41 lines" in texts(preserving)
    before = len(api.calls)
    preserving.accept()
    assert len(api.calls) == before, "nothing is written twice"


def test_writing_is_stopped(preserving: PreserveDialog, api: FakeApi, runner: Runner, tmp_path: Path) -> None:
    api.slow = UNTIL_LET_GO
    preserving.place.setText(str(tmp_path / "letters"))
    preserving.accept()
    assert preserving.progress.isVisible() and not preserving.write.isEnabled()
    preserving.reject()
    settle(runner)
    assert preserving.isVisible() and preserving.problem.text() == "Stopped; nothing was written."


def test_nothing_to_ask_is_no_letter(preserving: PreserveDialog, api: FakeApi, runner: Runner) -> None:
    api.planned = PlannedRequests(requests=(), left_out=())
    preserving.read_preview()
    settle(runner)
    assert "No line leads to an operator or provider; there is nothing to write." in texts(preserving)
    assert not preserving.write.isEnabled()


def test_the_lane_preserve_now_asks_to_keep(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = QueuePage(api, runner)
    qtbot.addWidget(page)
    page.show()
    page.set_lane("all")
    settle(runner)
    assert not page.bar.ask_preserve.isVisible()
    page.set_lane("preserve")
    settle(runner)
    assert page.bar.ask_preserve.isVisible()
    page.bar.ask_preserve.click()
    asked = dialog(page, PreserveDialog)
    settle(runner)
    assert ("preview expiring", 30) in api.calls
    asked.close()
    may_not = QueuePage(FakeApi(roles=frozenset({Role.ANALYST})), runner)
    qtbot.addWidget(may_not)
    assert not may_not.bar.ask_preserve.isEnabled() and may_not.bar.ask_preserve.toolTip()


def test_data_of_a_case_are_asked_for(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    page = CasePage(api, runner)
    qtbot.addWidget(page)
    page.choose("C-2026-0001")
    page.show()
    page.reload()
    settle(runner)
    page.request_data()
    asked = dialog(page, RequestDataDialog)
    settle(runner)
    assert not asked.warrant.isEnabled(), "a notice needs none"
    asked.kind.setCurrentIndex(list(RequestKind).index(RequestKind.TRAFFIC))
    asked.warrant.setText("W 7/26")
    asked.child_line.setChecked(True)
    asked.read_preview()
    settle(runner)
    assert api.calls[-1] == ("preview", "C-2026-0001", RequestKind.TRAFFIC, "W 7/26", True)
    assert asked.operator.itemText(0) == "All of them"
    asked.operator.setCurrentIndex(asked.operator.findData("Example Telecom"))
    asked.place.setText(str(tmp_path / "letters"))
    asked.accept()
    settle(runner)
    wanted = ("create", "C-2026-0001", RequestKind.TRAFFIC, tmp_path / "letters", "W 7/26", True, "Example Telecom")
    assert api.calls[-1] == wanted, "one operator alone can be asked"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_it_fits_the_smallest_window(
    app: QApplication, api: FakeApi, qtbot: QtBot, language: i18n.Language, runner: Runner
) -> None:
    theme.apply(app, "dark", language)
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.show_desk("requests")
    settle(runner)
    assert window.width() == 1366
    page = window.desk.page("requests")
    makers: tuple[Callable[[], WritingDialog], ...] = (
        lambda: PreserveDialog(api, runner, 30, parent=page),
        lambda: RequestDataDialog(api, runner, "C-2026-0001", parent=page),
        lambda: RemindDialog(api, runner, parent=page),
    )
    for make in makers:
        made = make()
        made.show()
        settle(runner)
        assert made.height() <= 730, made.windowTitle()
        made.close()
    window.drop_everything()
