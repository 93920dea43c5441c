"""Work packages in the desktop: the list, sending, results, and conflicts side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_exchange import REPORT, a_package
from tests.ui.screens import settle, show_page, texts
from triage.jobs.consent import Consent
from triage.message import Message
from triage.model.users import Role
from triage.model.work import HeldBack
from triage.ui.core.paged_table import WINDOW
from triage.ui.core.runner import Runner
from triage.ui.exchange.work_dialogs import ConflictDialog, ResultsDialog, SendWorkDialog
from triage.ui.exchange.work_page import WorkPage
from triage.ui.kit import theme
from triage.ui.shell.main_window import MainWindow
from triage.ui.text import i18n

D = TypeVar("D", bound=QDialog)


def open_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> WorkPage:
    return show_page(WorkPage(api, runner), runner, qtbot, 1180)


def find_dialog(of: QWidget, kind: type[D]) -> D:
    found = next(d for d in of.findChildren(kind) if d.isVisible())
    QCoreApplication.processEvents()
    return found


def test_the_list_says_what_is_overdue_and_what_conflicts(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    assert page.beside.text() == "3 packages, 1 overdue"
    assert [row.with_ for row in page.table.rows()] == ["Lahore", "Quetta", "Lahore"]
    said = texts(page)
    assert "900144218, Status: here on hold; at Lahore in progress" in said
    assert "900144218, Stage: here no value; at Lahore FIR" in said
    assert " ".join(["bbbb"] * 16) in said, "fingerprints are grouped as on paper"
    assert "here on hold; at Lahore in progress, stage FIR" in said


def test_a_long_list_is_read_window_by_window(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.packages = tuple(a_package(n, "sent") for n in range(1, 1_001))
    asked: list[int] = []
    load = api.load_work
    api.load_work = lambda ids: (asked.append(len(ids)), load(ids))[1]  # type: ignore[method-assign,func-returns-value]
    page = open_page(api, runner, qtbot)
    assert page.beside.text() == "1,000 packages" and page.table.paged.rowCount() == 1_001
    assert asked and max(asked) <= WINDOW and sum(asked) < 500


def test_without_packages_the_page_says_how_to_begin(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.packages, api.conflicts = (), ()
    page = open_page(api, runner, qtbot)
    assert page.nothing.isVisible() and page.nothing.text().startswith("No package was sent or received yet. Press N")


def test_a_lead_sees_both_values_and_states_a_reason(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_V)
    asked = find_dialog(page, ConflictDialog)
    said = texts(asked)
    assert "on hold" in said and "in progress" in said
    asked.accept()
    assert asked.problem.text() == "Choose one of the two values."
    asked.there.setChecked(True)
    asked.accept()
    assert asked.problem.text() == "State the reason." and not api.calls
    asked.reason.setPlainText("The office works on it.")
    asked.accept()
    settle(runner)
    assert api.calls[-1] == ("resolve", REPORT, "status", "there", "The office works on it.", f"{1:032x}")
    settle(runner)
    assert "900144218, Status: here on hold; at Lahore in progress" not in texts(page)


def test_who_may_not_is_told_why(runner: Runner, qtbot: QtBot) -> None:
    page = open_page(FakeApi(roles=frozenset({Role.ANALYST})), runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    for button, act in ((page.send, page.send_work), (page.resolve, page.resolve_next)):
        assert not button.isEnabled() and button.toolTip()
        act()
    assert said == ["Your roles do not allow the export of queues.", "Only a lead resolves conflicts."]
    assert not [d for d in page.findChildren(QDialog) if d.isVisible()]


def test_work_is_sent_with_media_only_after_consent(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    page = open_page(api, runner, qtbot)
    QTest.keyClick(page.table, Qt.Key.Key_N)
    asked = find_dialog(page, SendWorkDialog)
    settle(runner)
    settle(runner)
    assert asked.age_key.text() == "age1lahore" and not asked.consent.isVisible()
    asked.of.setCurrentIndex(2)
    asked.read_preview()
    assert asked.problem.text() == "Name the reports." and not asked.write.isEnabled()
    asked.reports.setText(f"{REPORT}, 900000002")
    asked.with_media.setChecked(True)
    asked.read_preview()
    settle(runner)
    assert api.calls[-1] == ("preview work", (REPORT, "900000002"), None, None, True)
    assert "1 grade waits for a second person and stays here." in texts(asked)
    asked.due.setText("2026-12-31")
    asked.place.setText(str(tmp_path / "w.age"))
    asked.accept()
    assert asked.problem.text().startswith("The second person has not consented")
    asked.consent.passphrase.setText("eight blue kites")
    asked.accept()
    assert not asked.consent.passphrase.text(), "the passphrase does not stay in the window"
    settle(runner)
    wanted = ((REPORT, "900000002"), "age1lahore", tmp_path / "w.age", None, None, True, "2026-12-31")
    sent = next(call for call in api.calls if call[0] == "send")
    assert sent == ("send", *wanted, Consent("khi-07", "eight blue kites"))


@pytest.mark.parametrize(("opens", "kind"), [(Qt.Key.Key_N, SendWorkDialog), (Qt.Key.Key_R, ResultsDialog)])
def test_why_nothing_may_leave_is_read_first(
    api: FakeApi, runner: Runner, qtbot: QtBot, opens: Qt.Key, kind: type[SendWorkDialog | ResultsDialog]
) -> None:
    """The reason stood below the counts, where a low window cut it off, and the button was grey."""
    api.work_refused = Message("900000009: the reported user may be a child.")
    page = open_page(api, runner, qtbot)
    page.table.select(page.table.paged.rowCount() - 1)
    QTest.keyClick(page.table, opens)
    asked = find_dialog(page, kind)
    settle(runner)
    first = asked.preview_rows.itemAt(0).widget()
    assert isinstance(first, QLabel) and first.text() == "It is refused: 900000009: the reported user may be a child."
    assert not asked.write.isEnabled()


def test_results_name_what_stays_here(api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path) -> None:
    api.held_back = (HeldBack(report="900000009", reason=Message("the reported user may be a child")),)
    page = open_page(api, runner, qtbot)
    said: list[str] = []
    page.said.connect(said.append)
    page.write_results()
    assert said == ["Select a package that was received."]
    page.table.select(page.table.paged.rowCount() - 1)
    QTest.keyClick(page.table, Qt.Key.Key_R)
    asked = find_dialog(page, ResultsDialog)
    settle(runner)
    assert "Stays here: 900000009. the reported user may be a child" in texts(asked)
    asked.place.setText(str(tmp_path / "r.age"))
    asked.accept()
    settle(runner)
    assert ("results", f"{3:032x}", "age1lahore", tmp_path / "r.age") in api.calls


def test_a_received_file_goes_to_the_import_page(
    app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    window = MainWindow(api, runner)
    qtbot.addWidget(window)
    window.show()
    window.show_desk("work")
    settle(runner)
    file = tmp_path / "results.age"
    file.write_bytes(b"age-encryption.org/v1")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(file), ""))
    page = window.desk.page("work")
    assert isinstance(page, WorkPage)
    page.choose_file()
    assert window.pages.currentWidget() is window.importing
    assert "results.age" in " ".join(texts(window.importing))
    window.drop_everything()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_dialogs_fit_a_low_screen(
    app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, language: i18n.Language
) -> None:
    from triage.ui.exchange.deconfliction_dialogs import AnswerDialog, FinishFirstDialog, StartDialog
    from triage.ui.referrals.dialog import ReferralDialog
    from triage.ui.shift.page import PrintDialog

    theme.apply(app, "dark", language)
    host = QWidget()
    qtbot.addWidget(host)
    made: list[QDialog] = [
        SendWorkDialog(api, runner, parent=host),
        ResultsDialog(api, runner, api.packages[2], parent=host),
        ConflictDialog(api, runner, api.conflicts[0], parent=host, done=lambda _: None),
        StartDialog(api, runner, parent=host),
        AnswerDialog(api, runner, parent=host),
        FinishFirstDialog(api, runner, api.deconflictions[0], parent=host),
        ReferralDialog(api, runner, REPORT, parent=host),
        PrintDialog(api, runner, 2, parent=host),
    ]
    for each in made:
        if isinstance(each, SendWorkDialog):
            each.with_media.setChecked(True)
        each.show()
        settle(runner)
        assert each.height() <= 735, (type(each).__name__, each.height())
        each.close()
