"""Decisions, assignment and packets: by keys alone, refused in a sentence, and never without what they need."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.screens import settle, texts, wait_active
from tests.ui.used_again import REFUSAL, refusing_acts
from triage.errors import Refused
from triage.jobs.consent import Consent
from triage.message import Message
from triage.model.judgement import Band
from triage.model.progress import CancelToken, OnProgress, Progress
from triage.model.users import Role
from triage.model.verification import VerifyResult
from triage.model.views import STATUSES, Status
from triage.ui.core.form_dialog import FormDialog
from triage.ui.core.runner import Runner
from triage.ui.decisions.assign_dialog import AssignDialog
from triage.ui.decisions.close_question import list_open_points
from triage.ui.decisions.decide_dialog import CHOICES, REASON_KEYS, ChoiceButton, DecideDialog
from triage.ui.kit.widgets import KeyButton
from triage.ui.report.packet_dialog import PacketDialog
from triage.ui.text import words
from triage.ui.text.i18n import tr


@pytest.fixture
def parent(app: QApplication, qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def decide(
    api: FakeApi, runner: Runner, parent: QWidget, done: Any = lambda *_: None, status: Status = "in_progress"
) -> DecideDialog:
    dialog = DecideDialog(api, runner, MAIN, status=status, parent=parent, done=done)
    dialog.open()
    settle(runner)
    return dialog


def put_into_band(api: FakeApi, band: Band) -> None:
    api.queue = [replace(row, band=band) if row.report_id == MAIN else row for row in api.queue]


def test_every_status_has_a_letter_and_reasons() -> None:
    assert {choice.status for choice in CHOICES} == set(STATUSES)
    assert len({choice.letter for choice in CHOICES}) == len(CHOICES)
    assert not {choice.letter for choice in CHOICES} & set(REASON_KEYS)
    assert all(1 <= len(choice.reasons) <= len(REASON_KEYS) for choice in CHOICES)


@pytest.mark.parametrize("status", STATUSES)
def test_a_report_that_is_new_is_not_taken_back_to_the_queue(
    api: FakeApi, runner: Runner, parent: QWidget, status: Status
) -> None:
    dialog = decide(api, runner, parent, status=status)
    assert (words.status("new") in {button.accessibleName() for button in dialog.findChildren(ChoiceButton)}) == (status != "new")
    QTest.keyClick(dialog, Qt.Key.Key_N)
    QTest.keyClick(dialog, Qt.Key.Key_1)
    assert dialog.record.isEnabled() == (status != "new")
    QTest.keyClick(dialog, Qt.Key.Key_H)
    QTest.keyClick(dialog, Qt.Key.Key_1)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(runner)
    assert ("decide", MAIN, "on_hold", "age uncertain", None, None) in api.calls


def test_a_letter_and_a_number_and_enter_decide(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    told: list[tuple[int, str]] = []
    dialog = decide(api, runner, parent, lambda *of: told.append(of))
    for key in (Qt.Key.Key_C, Qt.Key.Key_6, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    assert dialog.question is not None
    QTest.keyClick(dialog.question, Qt.Key.Key_Y)
    settle(runner)
    assert ("decide", MAIN, "closed", "duplicate", None, None) in api.calls
    assert told == [(len(api.calls), MAIN)]


@pytest.mark.parametrize("band", ["A", "B"])
def test_closing_a_grave_report_needs_a_look_at_its_facts(api: FakeApi, runner: Runner, parent: QWidget, band: Band) -> None:
    """The keys D, C, 1, Enter closed a report of band A that nobody had looked at; so did a second Enter by the same slip."""
    put_into_band(api, band)
    dialog = decide(api, runner, parent)
    for key in (Qt.Key.Key_C, Qt.Key.Key_1, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    question = dialog.question
    assert question is not None and question.isVisible() and not api.calls
    report = api.show(MAIN)
    said = " ".join(texts(question))
    assert f"band {band}" in said and MAIN in said
    assert all(each in said for each in list_open_points(report))
    for _ in range(3):
        QTest.keyClick(question, Qt.Key.Key_Return)
    QTest.keyClick(question.back, Qt.Key.Key_Return)
    settle(runner)
    assert not [call for call in api.calls if call[0] == "decide"]
    assert dialog.isVisible(), "going back keeps what was filled in"


@pytest.mark.parametrize("band", ["C", "D", "E"])
def test_other_bands_are_closed_without_a_second_question(api: FakeApi, runner: Runner, parent: QWidget, band: Band) -> None:
    put_into_band(api, band)
    dialog = decide(api, runner, parent)
    for key in (Qt.Key.Key_C, Qt.Key.Key_6, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    assert ("decide", MAIN, "closed", "duplicate", None, None) in api.calls


def test_a_report_whose_facts_cannot_be_read_is_not_closed(
    api: FakeApi, runner: Runner, parent: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = decide(api, runner, parent)

    def refuse(*_: object) -> NoReturn:
        raise Refused("The report cannot be read.")

    monkeypatch.setattr(api, "show", refuse)
    for key in (Qt.Key.Key_C, Qt.Key.Key_6, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    assert not api.calls and "cannot be read" in dialog.problem.text() and dialog.isEnabled()


def test_a_decision_needs_a_reason(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    dialog = decide(api, runner, parent)
    QTest.keyClick(dialog, Qt.Key.Key_H)
    assert not dialog.record.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "Choose an outcome and a reason" in dialog.problem.text()
    assert not api.calls


def test_another_status_forgets_the_reason(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    dialog = decide(api, runner, parent)
    for key in (Qt.Key.Key_C, Qt.Key.Key_1, Qt.Key.Key_H):
        QTest.keyClick(dialog, key)
    assert not dialog.record.isEnabled()


def test_letters_in_the_note_are_letters(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    dialog = decide(api, runner, parent)
    for key in (Qt.Key.Key_P, Qt.Key.Key_2):
        QTest.keyClick(dialog, key)
    QTest.keyClicks(dialog.note, "Cousin 5")
    dialog.assignee.setCurrentIndex(dialog.assignee.findData("lhr-02"))
    dialog.record.click()
    settle(runner)
    assert ("decide", MAIN, "in_progress", "reported user may be the victim", "Cousin 5", "lhr-02") in api.calls


def test_who_is_no_lead_assigns_to_nobody_else(runner: Runner, parent: QWidget) -> None:
    dialog = decide(FakeApi(roles=frozenset({Role.ANALYST})), runner, parent)
    assert [dialog.assignee.itemData(i) for i in range(dialog.assignee.count())] == [None, "khi-04"]


def test_a_refusal_keeps_what_was_chosen(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise Refused("khi-04 may not decide on reports.")

    api.decide = refuse  # type: ignore[method-assign]
    dialog = decide(api, runner, parent)
    for key in (Qt.Key.Key_H, Qt.Key.Key_1, Qt.Key.Key_Return):
        QTest.keyClick(dialog, key)
    settle(runner)
    assert dialog.isVisible()
    assert dialog.isEnabled()
    assert dialog.problem.text() == "khi-04 may not decide on reports."


def assign(api: FakeApi, runner: Runner, parent: QWidget, current: str | None = None) -> AssignDialog:
    dialog = AssignDialog(api, runner, MAIN, parent=parent, current=current, done=lambda *_: None)
    dialog.open()
    settle(runner)
    return dialog


def test_a_number_and_enter_assign(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    dialog = assign(api, runner, parent, "lhr-02")
    assert "Assigned to lhr-02." in texts(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_2)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    settle(runner)
    assert ("decide", MAIN, None, None, None, "khi-07") in api.calls


def test_arrows_choose_too(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    dialog = assign(api, runner, parent)
    assert dialog.chosen == "khi-04", "oneself first"
    QTest.keyClick(dialog, Qt.Key.Key_Up)
    assert dialog.chosen == "lhr-02"


def test_many_users_are_searched(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    api.user_names = lambda: tuple(f"khi-{n:02}" for n in range(40))  # type: ignore[method-assign]
    dialog = assign(api, runner, parent)
    assert dialog.search.isVisible()
    QTest.keyClicks(dialog.search, "khi-33")
    assert dialog.chosen == "khi-33"
    dialog.search.setText("nobody")
    assert "No user has this name." in texts(dialog)
    assert dialog.work() is None and not dialog.record.isEnabled(), "the name that was found before is no longer shown"


def test_names_that_come_after_the_dialog_get_the_focus(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    """Before that the dialog itself takes the keys: Enter on Cancel would cancel where the system's style says so."""
    go_on = threading.Event()
    names = api.user_names()
    api.user_names = lambda: (go_on.wait(60), names)[1]  # type: ignore[method-assign,func-returns-value]
    dialog = AssignDialog(api, runner, MAIN, parent=parent, current=None, done=lambda *_: None)
    dialog.open()
    wait_active(dialog)
    assert dialog.focusWidget() is dialog
    go_on.set()
    settle(runner)
    focused = dialog.focusWidget()
    assert isinstance(focused, ChoiceButton) and focused.isChecked()


def test_a_field_that_comes_after_the_dialog_gets_the_focus(runner: Runner, parent: QWidget, qtbot: QtBot) -> None:
    dialog = FormDialog(runner, tr("Close"), parent=parent, done=lambda _: None, record=tr("Close"))
    dialog.record.setEnabled(False)
    dialog.open()
    wait_active(dialog)
    assert dialog.focusWidget() is dialog
    field = QLineEdit()
    dialog.form.addWidget(field)
    field.show()
    qtbot.waitUntil(lambda: dialog.focusWidget() is field)


def test_an_analyst_may_take_it_only_for_oneself(runner: Runner, parent: QWidget) -> None:
    dialog = assign(FakeApi(roles=frozenset({Role.ANALYST})), runner, parent)
    assert dialog._names == ("khi-04",)


def packet(api: FakeApi, runner: Runner, parent: QWidget, media_here: int = 6) -> PacketDialog:
    dialog = PacketDialog(api, runner, (MAIN,), media_here, parent=parent)
    dialog.open()
    settle(runner)
    return dialog


def test_the_suggested_folder_names_no_report(
    api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The register of outgoing data keeps the folder's name when the report is destroyed."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog = packet(api, runner, parent)
    names = set()
    for _ in range(20):
        QTest.mouseClick(button(dialog, "Choose"), Qt.MouseButton.LeftButton)
        folder = Path(dialog.folder.text())
        assert folder.parent == tmp_path and MAIN not in folder.name
        assert re.fullmatch(r"packet-\d{4}-\d\d-\d\d-[0-9a-f]{4}", folder.name)
        names.add(folder.name)
    assert len(names) > 1, "two packets of a day get two folders"


def button(dialog: QWidget, words: str) -> KeyButton:
    return next(each for each in dialog.findChildren(KeyButton) if each.words() == words)


def test_a_packet_asks_for_what_it_needs(api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path) -> None:
    dialog = packet(api, runner, parent)
    refusals = []

    def refused() -> None:
        dialog.accept()
        refusals.append(dialog.problem.text())

    refused()
    dialog.folder.setText(str(tmp_path))
    refused()
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.with_media.setChecked(True)
    refused()
    dialog.recipients.setPlainText("AGE-SECRET-KEY-1EXAMPLE")
    refused()
    dialog.recipients.setPlainText("age1example")
    refused()
    assert refusals == [
        "Choose where to write the packet.",
        "This folder exists already; choose a new one for the packet.",
        "Media leave only for a named recipient: give at least one age key.",
        "AGE-SECRET-KEY-1EXAMPLE is not an age public key: it begins with age1.",
        "The second person has not consented: their passphrase is missing.",
    ]
    assert not api.calls


def test_a_packet_is_written_and_verified(api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path) -> None:
    dialog = packet(api, runner, parent)
    out = tmp_path / "packet"
    dialog.folder.setText(str(out))
    with refusing_acts(runner) as made:
        dialog.consent.passphrase.setText("their own words")
        for _ in range(2):
            dialog.accept()
        settle(runner)
    assert len(made) == 1 and dialog.isVisible() and dialog.problem.text() == REFUSAL and dialog.folder.text() == str(out)
    dialog.consent.passphrase.setText("their own words")
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.consent.passphrase.text() == "", "it does not stay in the field"
    settle(runner)
    kind, reports, where, more = api.calls[-1]
    assert (kind, reports, where) == ("create_packet", (MAIN,), out)
    assert more["consent"] == Consent("khi-07", "their own words")
    assert not more["with_media"]
    assert more["recipients"] == ()
    assert "Written, signed and verified" in texts(dialog)
    assert "Read back and verified: files 12" in texts(dialog)


def test_a_redacted_edition_says_what_it_removes_and_takes_no_media(
    api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path
) -> None:
    dialog = packet(api, runner, parent)
    assert "3 source documents, 7 received files" in texts(dialog) and "REMOVED" not in texts(dialog)
    assert "4 files: The file has no grade." in texts(dialog)
    dialog.with_media.setChecked(True)
    dialog.edition.setCurrentIndex(1)
    settle(runner)
    assert not dialog.with_media.isEnabled() and not dialog.with_media.isChecked()
    assert "REMOVED" in texts(dialog)
    assert any("wherever they stand: 2. Why: It identifies a child" in each for each in texts(dialog))
    dialog.descriptions.setChecked(True)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.consent.passphrase.setText("x")
    dialog.accept()
    settle(runner)
    more = api.calls[-1][3]
    assert (more["edition"], more["descriptions"], more["with_media"], more["recipients"]) == ("redacted", True, False, ())


def test_texts_leave_redacted_only_when_a_person_says_that_they_read_what_was_shown(
    api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path
) -> None:
    dialog = packet(api, runner, parent)
    assert dialog.texts_read.isHidden()
    dialog.edition.setCurrentIndex(1)
    settle(runner)
    assert dialog.texts_read.isEnabled() and not dialog.texts_read.isChecked()
    marked = [found.text() for found in dialog.preview.findChildren(QLabel) if found.property("kind") == "warn"]
    assert [each.strip("\u2068\u2069") for each in marked] == ["She goes to Lantern School."]
    dialog.texts_read.setChecked(True)
    dialog.cleared.editingFinished.emit()
    assert not dialog.texts_read.isChecked(), "what another preview shows was not read"
    settle(runner)
    dialog.texts_read.setChecked(True)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.consent.passphrase.setText("x")
    dialog.accept()
    settle(runner)
    assert api.calls[-1][3]["texts_read"] is True


def test_a_wholly_encrypted_packet_needs_a_recipient_and_is_not_called_verified(
    api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path
) -> None:
    dialog = packet(api, runner, parent)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.consent.passphrase.setText("x")
    dialog.encrypt_all.setChecked(True)
    dialog.accept()
    assert dialog.problem.text() == "An encrypted packet needs a recipient: give at least one age key."
    dialog.recipients.setPlainText("age1example")
    dialog.accept()
    settle(runner)
    assert api.calls[-1][3]["encrypt_all"] and api.calls[-1][3]["recipients"] == ("age1example",)
    said = texts(dialog)
    assert f"{tmp_path / 'packet'}.tar.age" in said and "0" * 64 in said
    assert "It was not read back: only the recipients can open it." in said
    assert "Written, signed and verified" not in said


def test_a_cleared_person_asks_for_a_reason_before_a_packet_is_previewed(
    api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path
) -> None:
    api.clearing = MAIN
    dialog = packet(api, runner, parent)
    assert f"{MAIN}: the reported user was cleared." in texts(dialog)
    dialog.cleared.setText("order of the court")
    dialog.cleared.editingFinished.emit()
    settle(runner)
    assert "3 source documents, 7 received files" in texts(dialog)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.consent.passphrase.setText("x")
    dialog.accept()
    settle(runner)
    assert api.calls[-1][3]["although_cleared"] == "order of the court"


def test_a_packet_tells_how_far_it_is_and_esc_stops_it(
    api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path, qtbot: QtBot
) -> None:
    def write(*_: object, on_progress: OnProgress, cancel: CancelToken, **__: object) -> NoReturn:
        on_progress(Progress(done=3, total=4, unit="kB", note=Message("media")))
        while True:
            cancel.check()
            time.sleep(0.005)

    api.create_packet = write  # type: ignore[method-assign]
    dialog = packet(api, runner, parent)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.consent.passphrase.setText("x")
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.progress.bar.value() == 750)
    assert dialog.progress.words.text() == "3 of 4 kB"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    settle(runner)
    assert dialog.isVisible(), "what was filled in is still there"
    assert dialog.make.isEnabled()
    assert "Stopped; no packet was written." in texts(dialog)


def test_a_packet_that_does_not_verify_says_so(api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path) -> None:
    broken = VerifyResult(
        valid=False, problems=(Message("{file} was changed.", file="report.pdf"),), checked={"files": 12}, signature_key="other"
    )
    api.verify = lambda path: broken  # type: ignore[method-assign]
    dialog = packet(api, runner, parent)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.consent.passphrase.setText("x")
    dialog.accept()
    settle(runner)
    said = texts(dialog)
    assert "Packet created, but verification failed: do not hand it over" in said
    assert "report.pdf was changed." in said
    assert "The packet names a key other than this store's." in said


def says_one_user(dialog: PacketDialog) -> bool:
    said = "This store has one user, so nobody else has to agree. Papers say so."
    return any(each.isVisible() for each in dialog.findChildren(QLabel) if each.text() == said)


def test_one_user_alone_needs_no_second(api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path) -> None:
    api.user_names = lambda: ("khi-04",)  # type: ignore[method-assign]
    api.has_one_user = lambda: True  # type: ignore[method-assign]
    dialog = packet(api, runner, parent)
    assert says_one_user(dialog)
    dialog.folder.setText(str(tmp_path / "packet"))
    dialog.accept()
    settle(runner)
    assert api.calls[-1][3]["consent"] is None


def test_nobody_is_alone_because_the_others_are_disabled(api: FakeApi, runner: Runner, parent: QWidget, tmp_path: Path) -> None:
    api.user_names = lambda: ("khi-04",)  # type: ignore[method-assign]
    dialog = packet(api, runner, parent)
    assert not says_one_user(dialog)
    dialog.folder.setText(str(tmp_path / "packet"))
    before = list(api.calls)
    dialog.accept()
    assert dialog.problem.text() == (
        "Nobody can consent: every other user is disabled. An administrator has to enable or add one."
    )
    assert api.calls == before


def test_no_media_here_none_to_send(api: FakeApi, runner: Runner, parent: QWidget) -> None:
    assert not packet(api, runner, parent, media_here=0).with_media.isEnabled()
