"""The page of signed updates: what it shows, and what its acts call."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.admin.test_pages import SECOND, consent, dialog, open_page, texts
from tests.ui.fakes import FakeApi
from tests.ui.fakes_updates import ISSUER, STRANGER, preview
from tests.ui.screens import settle
from triage.errors import Refused
from triage.jobs.update_changes import FileChange
from triage.message import Message
from triage.model.users import Role
from triage.ui.admin.update_dialogs import DistrustIssuerDialog, TrustIssuerDialog, UpdateDialog
from triage.ui.admin.updates_page import UpdatesPage
from triage.ui.core.runner import Runner
from triage.ui.kit.fields import ShownLines
from triage.ui.kit.question_dialog import QuestionDialog

FILE = Path("/media/stick-14/law.update")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def page(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> UpdatesPage:
    return open_page(UpdatesPage(api, runner), runner, qtbot, said)


def test_what_is_in_use_stands_before_what_was(page: UpdatesPage) -> None:
    rows = [(row.kind, row.update.number if row.update else None) for row in page.table.rows()]
    shipped = [(kind, None) for kind in ("addresses", "law", "phrases", "rules")]
    assert rows[:6] == [shipped[0], ("offices", 2), *shipped[1:], ("hash-list", 3)]
    assert rows[6:] == [("offices", 1)]
    assert page.beside.text() == "2 updates in use"
    page.table.go(1)
    assert {"Headquarters", "Lahore has a new centre", "1 Nov 2026", "khi-04"} <= set(texts(page))


def test_a_store_without_updates_says_so_and_what_to_do(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.applied_updates, api.trusted_issuers = [], {}
    page = open_page(UpdatesPage(api, runner), runner, qtbot, said)
    assert page.beside.text() == "No update was applied; all is as shipped"
    assert len(page.table.rows()) == 5 and not page.undo.isEnabled() and not page.distrust.isEnabled()
    assert any("No issuer is trusted" in text for text in texts(page))


def test_a_file_is_shown_and_applied_as_it_was_shown(page: UpdatesPage, api: FakeApi, runner: Runner, said: list[str]) -> None:
    page.look_at(FILE)
    form = dialog(page, UpdateDialog, runner)
    assert {"Signed by Headquarters", "law.toml: 2 lines added, 1 line removed"} <= set(texts(form))
    (lines,) = form.findChildren(ShownLines)
    assert lines.toPlainText().split("\n") == ["- act = 'Y'", "+ [offence.a]", "+ act = 'X'"] and lines.hasFocus()
    assert not lines.verticalScrollBar().maximum(), "three lines need no scrolling"
    assert api.calls == [], "looking changes nothing"
    QTest.keyClick(lines, Qt.Key.Key_Return)
    settle(runner)
    assert api.calls == [("apply_update", FILE, "ab" * 32)]
    assert said == ["Law, number 3, is in use. Ctrl Z undoes it."]
    assert ("law", 3) in [(row.kind, row.update.number) for row in page.table.rows() if row.update]


def test_every_changed_line_is_read_by_scrolling(page: UpdatesPage, api: FakeApi, runner: Runner) -> None:
    """Three lines of each file were shown, and a person applied what they had not seen."""
    added = tuple(f"line {n} \u202e" for n in range(400))
    change = FileChange(file="law.toml", added=401, removed=0, first_added=added, first_removed=())
    api.update_file = preview(changes=(change,))
    page.look_at(FILE)
    form = dialog(page, UpdateDialog, runner)
    (lines,) = form.findChildren(ShownLines)
    assert lines.blockCount() == 400 and lines.toPlainText().endswith("+ line 399 ‹U+202E›")
    assert lines.verticalScrollBar().maximum() > 0 and form.height() < 700
    assert "1 further changed line is not shown." in texts(form)


def test_a_refused_file_says_why_and_can_not_be_applied(page: UpdatesPage, api: FakeApi, runner: Runner) -> None:
    api.update_file = preview(issuer=STRANGER, issuer_name="", problem=Message("Nobody here trusts the issuer."))
    page.look_at(FILE)
    form = dialog(page, UpdateDialog, runner)
    assert form.problem.text() == "Nobody here trusts the issuer." and not form.record.isEnabled()
    form.accept()
    settle(runner)
    assert api.calls == []
    form.reject()
    page.ask_trust()
    assert dialog(page, TrustIssuerDialog, runner).key.text() == STRANGER, "the key of the file is at hand"


def test_what_a_hit_on_a_list_means_is_shown(page: UpdatesPage, api: FakeApi, runner: Runner) -> None:
    api.update_file = preview(kind="hash-list", name="drawn 2026-11", list_kind="known-good", profile="UK")
    page.look_at(FILE)
    shown = set(texts(dialog(page, UpdateDialog, runner)))
    assert {"What a hit means: known good: harmless files", "Meaning of its categories: UK"} <= shown


def test_a_file_that_is_no_update_is_said(page: UpdatesPage, api: FakeApi, runner: Runner, said: list[str], monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def refuse(path: Path) -> None:
        raise Refused("The update was changed since it was signed; ask for it again.")

    monkeypatch.setattr(api, "show_update", refuse)
    page.look_at(FILE)
    settle(runner)
    assert said == ["The update was changed since it was signed; ask for it again."]


def test_a_failure_leaves_what_was_in_use(page: UpdatesPage, api: FakeApi, runner: Runner, said: list[str]) -> None:
    api.update_fails = Refused("The file was exchanged since it was shown; look at it again.")
    page.look_at(FILE)
    form = dialog(page, UpdateDialog, runner)
    form.accept()
    settle(runner)
    assert form.isVisible() and form.problem.text() == "The file was exchanged since it was shown; look at it again."
    assert form.progress.isHidden() and len(page.table.rows()) == 7 and said == []


def test_undo_asks_first_and_reaches_what_is_in_use_only(page: UpdatesPage, api: FakeApi, runner: Runner, said: list[str]) -> None:  # fmt: skip
    page.ask_undo()
    assert page.findChildren(QuestionDialog) == [], "what was shipped has nothing to undo"
    page.table.go(1)
    page.ask_undo()
    asked = dialog(page, QuestionDialog, runner)
    QTest.keyClick(asked, Qt.Key.Key_Return)
    assert api.calls == []
    QTest.keyClick(asked, Qt.Key.Key_Y)
    settle(runner)
    assert api.calls == [("undo_update", 2)] and said == ["Offices, number 2, is undone."]


def test_an_issuer_is_trusted_by_two_people(page: UpdatesPage, api: FakeApi, runner: Runner, said: list[str]) -> None:
    page.ask_trust()
    form = dialog(page, TrustIssuerDialog, runner)
    form.accept()
    assert form.problem.text() == "Type the name and the fingerprint."
    form.name.setText("Vendor")
    form.key.setText(STRANGER)
    form.accept()
    assert "second person" in form.problem.text() and api.calls == []
    consent(form.consent)
    form.accept()
    settle(runner)
    assert api.calls == [("trust_issuer", STRANGER, "Vendor", SECOND)]
    assert said == ["Updates of Vendor can be applied."] and page.issuers[STRANGER] == "Vendor"


def test_the_trust_in_an_issuer_ends(page: UpdatesPage, api: FakeApi, runner: Runner) -> None:
    page.ask_distrust()
    dialog(page, DistrustIssuerDialog, runner).accept()
    settle(runner)
    assert api.calls == [("distrust_issuer", "Headquarters")]
    assert ISSUER not in page.issuers and not page.distrust.isEnabled()


@pytest.mark.parametrize(("role", "applies", "trusts"), [(Role.ADMIN, False, True), (Role.LEAD, True, False)])
def test_leads_apply_and_administrators_trust(
    app: QApplication, runner: Runner, qtbot: QtBot, said: list[str], role: Role, applies: bool, trusts: bool
) -> None:
    page = open_page(UpdatesPage(FakeApi(roles=frozenset({role})), runner), runner, qtbot, said)
    page.table.go(1)
    assert (page.undo.isEnabled(), page.trust.isEnabled()) == (applies, trusts)
    page.look_at(FILE)
    assert dialog(page, UpdateDialog, runner).record.isEnabled() == applies
