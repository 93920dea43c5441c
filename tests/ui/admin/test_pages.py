"""The pages of administration: what they show, and what their acts call."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from tests.ui.fakes_admin import FINE, NEVER, OLD, backup, hash_list
from tests.ui.layout_faults import find_faults
from tests.ui.screens import settle
from tests.ui.used_again import refusing_acts
from triage.errors import Refused
from triage.jobs.consent import Consent
from triage.jobs.keeping.holdings import OpenWork
from triage.jobs.keeping.keys import KnownHalf
from triage.model.list_summary import ListConflicts
from triage.model.users import Role, User
from triage.ui.admin.backup_dialogs import DestroyedCarrierDialog, NoRegisterDialog, RestoreDialog
from triage.ui.admin.backups_page import BackupsPage
from triage.ui.admin.destruction_dialog import DestroyDialog
from triage.ui.admin.destruction_page import DestructionPage, HoldDialog
from triage.ui.admin.key_dialogs import HalfDialog, RotateDialog, ShownHalfDialog, TrustDialog
from triage.ui.admin.keyring_page import KeyringPage
from triage.ui.admin.list_dialogs import AddListDialog, DistanceDialog, RemoveListDialog
from triage.ui.admin.lists_page import ListsPage
from triage.ui.admin.offices_page import OfficesPage
from triage.ui.admin.policies_page import PoliciesPage
from triage.ui.admin.start_page import AdminPage
from triage.ui.admin.statistics_page import MOST_MONTHS, StatisticsPage, fill_months
from triage.ui.admin.user_dialogs import AddUserDialog, ConfirmDialog, PassphraseDialog, RolesDialog, SuspendDialog
from triage.ui.admin.users_page import UsersPage
from triage.ui.core.page import DeskPage
from triage.ui.core.runner import Changed, Runner
from triage.ui.kit.listing import SIDE, add_facts, make_side
from triage.ui.kit.widgets import Card, KeyButton
from triage.ui.text.i18n import Safe

P = TypeVar("P", bound=DeskPage)
D = TypeVar("D", bound=QDialog)
STRONG = "kite basin lamp velvet orchard"
SECOND = Consent("khi-07", "nine grey hills")


def check_store_name_is_weak(form: AddUserDialog | PassphraseDialog, api: FakeApi) -> None:
    """Checks that the form itself refuses a passphrase of the store's name: only the job did."""
    for field in (form.passphrase.once, form.passphrase.again):
        field.setText(f"{api.store_name} 4823")
    assert form.passphrase.problem() == "Choose a stronger passphrase."
    assert form.passphrase.hint.text().startswith("Too weak")


def texts(widget: QWidget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel)]


@pytest.fixture
def said() -> list[str]:
    return []


def open_page(page: P, runner: Runner, qtbot: QtBot, said: list[str]) -> P:
    qtbot.addWidget(page)
    page.said.connect(said.append)
    page.resize(1186, 700)
    page.show()
    page.reload()
    settle(runner)
    return page


def dialog(page: QWidget, kind: type[D], runner: Runner) -> D:
    settle(runner)
    (found,) = [each for each in page.findChildren(kind) if each.isVisible()]
    return found


def consent(form: QWidget) -> None:
    """Fills in the second person."""
    form.user.setCurrentIndex(form.user.findData(SECOND.user))  # type: ignore[attr-defined]
    form.passphrase.setText(SECOND.passphrase)  # type: ignore[attr-defined]


# -- start page ----------------------------------------------------------------------------------------------------------


def test_the_start_page_says_what_needs_attention_and_leads_there(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]
) -> None:
    page = open_page(AdminPage(api, runner), runner, qtbot, said)
    assert [line.duty for line in page.rows()] == [NEVER, OLD, FINE]
    assert {"There is no backup.", "Now", "Soon", "In order"} <= set(texts(page))
    assert page.beside.text() == "2 things need attention"
    asked: list[str] = []
    page.page_asked.connect(lambda name, _: asked.append(name))
    page.go(1)
    QTest.keyClick(page.rows()[1], Qt.Key.Key_Return)
    QTest.keyClick(page, Qt.Key.Key_U)
    assert asked == ["audit", "users"]
    assert len(page.newest.rows()) == 30


def test_an_auditor_sees_what_their_roles_allow(runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(AdminPage(FakeApi(roles=frozenset({Role.AUDITOR})), runner), runner, qtbot, said)
    buttons = [button.words() for button in page.findChildren(KeyButton)]
    assert "Audit log and checks" in buttons and "Backup and restore" not in buttons and "Hash lists" not in buttons


def test_everything_in_order_is_said(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.duty_list = (FINE,)
    page = open_page(AdminPage(api, runner), runner, qtbot, said)
    assert page.beside.text() == "Nothing needs attention"


# -- users ---------------------------------------------------------------------------------------------------------------


def choose(page: UsersPage, name: str) -> None:
    page.table.select(next(at for at, account in enumerate(page.table.rows()) if account.name == name))


def test_a_user_is_added_with_a_second_person(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(UsersPage(api, runner), runner, qtbot, said)
    page.add_user()
    form = dialog(page, AddUserDialog, runner)
    form.accept()
    assert form.problem.text() == "Type a name."
    form.name.setText("qta-01")
    form.passphrase.once.setText("short")
    form.passphrase.again.setText("short")
    form.accept()
    assert form.problem.text() == "Choose a stronger passphrase."
    check_store_name_is_weak(form, api)
    form.passphrase.once.setText(STRONG)
    form.passphrase.again.setText(STRONG)
    form.accept()
    assert "second person" in form.problem.text() and api.calls == []
    consent(form.consent)
    form.roles.boxes[Role.LEAD].setChecked(True)
    form.accept()
    assert form.passphrase.once.text() == form.consent.passphrase.text() == "", "passphrases leave the fields at once"
    settle(runner)
    assert api.calls[0] == ("add_user", "qta-01", ("analyst", "lead"), STRONG, SECOND)
    assert said == ["qta-01 is added."] and "qta-01" in [account.name for account in page.table.rows()]
    row = page.table.current_row()
    assert row is not None and row.name == "qta-01", "the new user is selected"


def test_with_the_second_user_it_says_that_both_recovery_papers_are_void(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]
) -> None:
    page = open_page(UsersPage(api, runner), runner, qtbot, said)
    page.show_accounts(page.table.rows()[:1])
    page._added(User(9, "qta-01", frozenset({Role.ADMIN})))
    assert said[0].startswith("qta-01 is added.") and "recovery papers" in said[0] and "void" in said[0]
    settle(runner)


def test_a_refusal_keeps_the_dialog_open(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.admin_fails = Refused("Nobody gives themselves a role that sees reports; another administrator has to.")
    page = open_page(UsersPage(api, runner), runner, qtbot, said)
    page.set_roles()
    form = dialog(page, RolesDialog, runner)
    consent(form.consent)
    form.accept()
    settle(runner)
    assert form.isVisible() and form.problem.text().startswith("Nobody gives themselves")


def test_a_user_is_suspended_let_in_again_and_confirmed(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(UsersPage(api, runner), runner, qtbot, said)
    choose(page, "lhr-02")
    page.suspend_user()
    dialog(page, SuspendDialog, runner).accept()
    settle(runner)
    assert api.calls[-1] == ("disable_user", "lhr-02")
    assert page.passphrase.words() == "Let in again" and not page.suspend.isEnabled()
    page.set_passphrase()
    form = dialog(page, PassphraseDialog, runner)
    check_store_name_is_weak(form, api)
    form.passphrase.once.setText(STRONG)
    form.passphrase.again.setText(STRONG)
    consent(form.consent)
    form.accept()
    settle(runner)
    assert api.calls[-1] == ("enable_user", "lhr-02", STRONG, SECOND)
    choose(page, "pew-03")
    page.confirm_person()
    dialog(page, ConfirmDialog, runner).accept()
    settle(runner)
    assert api.calls[-1] == ("confirm_user", "pew-03")


def test_who_may_not_change_users_reads_them(runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api = FakeApi(roles=frozenset({Role.AUDITOR}))
    page = open_page(UsersPage(api, runner), runner, qtbot, said)
    for act in (page.add_user, page.set_roles, page.suspend_user, page.set_passphrase):
        act()
    assert api.calls == [] and not page.add.isEnabled() and len(said) == 4
    assert any("consent of lhr-02" in text for text in texts(page))


def test_a_store_with_one_user_asks_for_nobody_else(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.has_one_user = lambda: True  # type: ignore[method-assign]
    page = open_page(UsersPage(api, runner), runner, qtbot, said)
    page.set_roles()
    form = dialog(page, RolesDialog, runner)
    assert "This store has one user, so nobody else has to agree. Papers say so." in texts(form)
    form.accept()
    settle(runner)
    assert api.calls[-1][-1] is None


# -- policies --------------------------------------------------------------------------------------------------------------


def test_a_policy_is_set_by_its_button_and_undone(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    calls: list[tuple[str, str]] = []
    api.set_policy = lambda name, value: calls.append((name, value))  # type: ignore[method-assign]
    page = open_page(PoliciesPage(api, runner), runner, qtbot, said)
    row = page.rows["receipt_required"]
    assert row.choice.currentText() == "yes" and not row.save.isEnabled()
    row.choice.setCurrentIndex(0)
    settle(runner)
    assert calls == [], "neither wheel nor arrow key sets a policy"
    row.save.click()
    settle(runner)
    page.rows["agency_name"].text.setText("NCCIA, drawn")
    page.rows["agency_name"].save.click()
    settle(runner)
    assert calls == [("receipt-required", "no"), ("agency-name", "NCCIA, drawn")]
    assert said[0] == "Imports must state source and carrier: no"
    with refusing_acts(runner):
        page.undo_last()
        settle(runner)
    page.undo_last()
    settle(runner)
    page.undo_last()
    settle(runner)
    assert calls[2:] == [("agency-name", ""), ("receipt-required", "yes")]
    assert not page.undo.isEnabled() and row.choice.currentText() == "yes"


def test_a_refused_policy_shows_the_value_in_force(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    def refuse(name: str, value: str) -> None:
        raise Refused("no")

    api.set_policy = refuse  # type: ignore[method-assign]
    page = open_page(PoliciesPage(api, runner), runner, qtbot, said)
    row = page.rows["receipt_required"]
    row.choice.setCurrentIndex(0)
    row.save.click()
    settle(runner)
    assert row.choice.currentText() == "yes" and said == ["no"] and not page.undo.isEnabled()
    text = page.rows["agency_name"]
    text.text.setText("NCCIA, drawn")
    text.save.click()
    settle(runner)
    assert text.text.text() == "NCCIA, drawn" and text.save.isEnabled(), "what was typed can be mended"


def test_each_setting_says_why_it_exists(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(PoliciesPage(FakeApi(roles=frozenset({Role.ANALYST})), runner), runner, qtbot, said)
    assert not any(row.field.isEnabled() for row in page.rows.values())
    assert "Only an administrator sets policies." in texts(page)


# -- hash lists ------------------------------------------------------------------------------------------------------------


def test_a_list_is_imported_compared_and_removed(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(ListsPage(api, runner), runner, qtbot, said)
    changed: list[Changed] = []
    runner.changed.connect(changed.append)
    page.ask_kind(Path("/lists/new.json"))
    form = dialog(page, AddListDialog, runner)
    form.name.setText("INTERPOL 2026-11")
    form.kind.setCurrentIndex(form.kind.findData("negative"))
    assert "both are shown" in form.meaning.text()
    form.accept()
    settle(runner)
    assert api.calls == [("add_list", Path("/lists/new.json"), "INTERPOL 2026-11", "negative", None)]
    assert changed[-1].all_reports and "INTERPOL 2026-11" in [row.name for row in page.table.rows()]
    row = page.table.current_row()
    assert row is not None and row.name == "INTERPOL 2026-11", "the new list is selected"
    page.table.select(0)
    page.set_distance()
    chosen = dialog(page, DistanceDialog, runner)
    chosen.distance.setCurrentIndex(chosen.distance.findData(8))
    chosen.accept()
    settle(runner)
    assert api.calls[-1] == ("set_list_distance", "drawn-2 2026-11", 8) and page.table.rows()[0].distance == 8
    page.remove_list()
    asked = dialog(page, RemoveListDialog, runner)
    asked.accept()
    assert asked.problem.text() == "That is not the name of this list."
    asked.typed.setText("drawn-2 2026-11")
    asked.accept()
    settle(runner)
    assert api.calls[-1] == ("remove_list", "drawn-2 2026-11")


def test_conflicts_are_looked_for_and_lead_to_their_report(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(ListsPage(api, runner), runner, qtbot, said)
    column = page.table.rows_model.columns[-1]
    row = page.table.rows()[0]
    assert column.text(row) == "not checked", "what was not looked for is not none"
    page.look_for_conflicts()
    settle(runner)
    assert column.text(row) == "1 file" and said == ["1 file is disputed between lists."]
    opened: list[str] = []
    page.open_asked.connect(lambda report, _: opened.append(report))
    next(button for button in page.findChildren(KeyButton) if button.words() == f"Open {MAIN}").click()
    assert opened == [MAIN]
    api.disputed = ListConflicts(files=(), shared={})
    page.look_for_conflicts()
    settle(runner)
    assert column.text(row) == "none"


def test_an_empty_page_of_lists_says_that_nothing_was_checked(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]
) -> None:
    api.lists = []
    page = open_page(ListsPage(api, runner), runner, qtbot, said)
    assert page.message.title.text() == "No hash list is loaded; files were not checked."
    api.lists = [hash_list("one")]
    page.reload()
    settle(runner)
    assert page.states.currentWidget() is page.body


def test_analysts_read_lists_and_change_none(runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api = FakeApi(roles=frozenset({Role.ANALYST}))
    page = open_page(ListsPage(api, runner), runner, qtbot, said)
    page.set_distance()
    page.remove_list()
    page.choose_file()
    assert api.calls == [] and not page.remove.isEnabled() and page.compare.isEnabled()


# -- keys, offices, statistics -------------------------------------------------------------------------------------------


def test_a_half_is_shown_once_and_stays_until_it_is_on_paper(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(KeyringPage(api, runner), runner, qtbot, said)
    assert any("There is no valid recovery key." in text for text in texts(page))
    page.show_half(2)
    form = dialog(page, HalfDialog, runner)
    form.names.setCurrentText("lhr-02")
    consent(form.consent)
    form.accept()
    shown = dialog(page, ShownHalfDialog, runner)
    assert api.calls == [("show_half", 2, "lhr-02", SECOND)]
    assert "abcd efgh ijkl mnop" in texts(shown)
    QTest.keyClick(shown, Qt.Key.Key_Escape)
    assert shown.isVisible() and not shown.close_button.isEnabled(), "Esc by mistake would lose it"
    next(iter(shown.findChildren(QCheckBox))).setChecked(True)
    shown.close_button.click()
    settle(runner)
    assert not any("abcd efgh" in text for text in texts(page))


def test_keys_of_others_are_recorded_and_removed(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.halves = tuple(KnownHalf(half=n, custodian=f"c-{n}", shown="2026-11-01T00:00:00Z", valid=True) for n in (1, 2))
    page = open_page(KeyringPage(api, runner), runner, qtbot, said)
    assert "Two custodians keep one half each. Both halves together give a user a new passphrase." in texts(page)
    page.record_key()
    form = dialog(page, TrustDialog, runner)
    form.name.setText("Quetta 1")
    form.key.setText("ab" * 32)
    form.accept()
    settle(runner)
    assert api.calls[-1] == ("trust_key", "ab" * 32, "Quetta 1") and len(page.table.rows()) == 2
    key = page.table.current_row()
    assert key is not None and key.name == "Quetta 1", "the new key is selected"
    page.table.select(0)
    page.remove_key()
    settle(runner)
    assert api.calls[-1] == ("distrust_key", "Lahore 2") and "to undo" in said[-1]
    page.replace_key()
    dialog(page, RotateDialog, runner).accept()
    settle(runner)
    assert api.calls[-1] == ("rotate_key",)


def test_others_may_see_keys_and_change_none(runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api = FakeApi(roles=frozenset({Role.ANALYST}))
    page = open_page(KeyringPage(api, runner), runner, qtbot, said)
    page.record_key()
    page.replace_key()
    page.remove_key()
    assert api.calls == [] and len(said) == 3


def test_offices_explain_their_codes(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(OfficesPage(api, runner), runner, qtbot, said)
    page.table.go(1)
    assert "Inferred districts: no notification says so. Check them first." in texts(page)
    assert page.beside.text() == "2 offices"


def test_statistics_are_counts(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(StatisticsPage(api, runner), runner, qtbot, said)
    assert {"300", "1,240", "Band A", "Karachi", "Nov 2026"} <= set(texts(page))
    shown = page.totals.count()
    page.on_changed(Changed(all_reports=True))
    settle(runner)
    assert page.totals.count() == shown


def test_statistics_without_a_report_say_what_brings_some(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = api.statistics()
    monkeypatch.setattr(api, "statistics", lambda: replace(counted, reports=0))
    page = open_page(StatisticsPage(api, runner), runner, qtbot, said)
    assert page.message.isVisible() and page.message.title.text() == "No reports yet."


def test_a_month_without_a_report_is_a_count_of_none() -> None:
    assert fill_months({"2025-11": 9, "2026-02": 4, "unknown": 2}) == {
        "2025-11": 9, "2025-12": 0, "2026-01": 0, "2026-02": 4, "unknown": 2,
    }  # fmt: skip
    long = fill_months({"2020-01": 1, "2026-02": 4})
    assert len(long) == MOST_MONTHS and list(long)[-1] == "2026-02"
    assert fill_months({}) == {}


def test_a_long_value_does_not_push_the_column_beside_a_table_out_of_the_window(app: QApplication, qtbot: QtBot) -> None:
    column, area = make_side()
    qtbot.addWidget(area)
    card = Card("ENTRY")
    add_facts(card, [(Safe("store"), Safe("8427d63d-4ae5-4e91-9a07-34164c0b1100" * 3))])
    column.addWidget(card)
    area.resize(SIDE, 300)
    area.show()
    assert find_faults(area) == [] and card.width() <= SIDE


# -- backups ---------------------------------------------------------------------------------------------------------------


def test_backups_are_made_and_their_carriers_recorded(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(BackupsPage(api, runner), runner, qtbot, said)
    duty = page.table.rows_model.columns[-1]
    assert [duty.text(row) for row in page.table.rows()] == ["nothing", "older than 90 days", "holds 2 destroyed since"]
    page.back_up(Path("/media/new"))
    settle(runner)
    assert api.calls[-1] == ("make_backup", Path("/media/new")) and said[-1].startswith("Backup 9 is complete")
    page.table.select(1)
    page.back_up_again()
    settle(runner)
    assert api.calls[-1] == ("make_backup", Path("/media/backup-3"))
    page.state_destroyed()
    dialog(page, DestroyedCarrierDialog, runner).accept()
    settle(runner)
    assert api.calls[-1] == ("record_backup_destroyed", "id-3")
    page.write_register(Path("/papers/register.json"))
    settle(runner)
    page.apply_register(Path("/papers/register.json"))
    settle(runner)
    assert [call[0] for call in api.calls[-2:]] == ["export_register", "apply_register"]
    page.state_no_register()
    form = dialog(page, NoRegisterDialog, runner)
    form.accept()
    assert form.problem.text() == "State why there is no register."
    form.reason.setText("nothing was destroyed")
    form.accept()
    settle(runner)
    assert api.calls[-1] == ("state_no_register", "nothing was destroyed")


def test_a_backup_is_restored_into_another_folder(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(BackupsPage(api, runner), runner, qtbot, said)
    page.ask_restore()
    form = dialog(page, RestoreDialog, runner)
    form.accept()
    assert "both folders" in form.problem.text()
    form.source.field.setText("/media/backup-1")
    form.target.field.setText("/srv/new")
    form.passphrase.setText(STRONG)
    form.register.field.setText("/papers/register.json")
    form.reason.setText("none")
    form.accept()
    assert "either a register" in form.problem.text()
    form.reason.clear()
    form.register.field.clear()
    form.accept()
    assert form.passphrase.text() == ""
    settle(runner)
    assert api.calls[-1] == ("restore", Path("/media/backup-1"), Path("/srv/new"), "khi-04", STRONG, None, None)
    assert said[-1] == "Restored to /srv/new. It waits for a register of destructions."


def test_no_backup_says_what_to_do(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.backup_copies = []
    page = open_page(BackupsPage(api, runner), runner, qtbot, said)
    assert page.nothing.isVisible() and "Press N" in page.nothing.text()
    api.backup_copies = [backup(1)]
    page.reload()
    settle(runner)
    assert page.table.isVisible() and not page.nothing.isVisible()


# -- destruction -----------------------------------------------------------------------------------------------------------


def filled(page: DestructionPage, runner: Runner) -> DestroyDialog:
    page.ask_destroy()
    form = dialog(page, DestroyDialog, runner)
    form.number.setText(MAIN)
    form.read_preview()
    settle(runner)
    form.again.setText(MAIN)
    form.reason.setText("retention ended")
    form.order_of.setText("Rule 12")
    form.certificate.setText("/papers/gone.json")
    consent(form.consent)
    return form


def test_a_destruction_takes_two_people_and_shows_what_goes(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    page = open_page(DestructionPage(api, runner), runner, qtbot, said)
    form = filled(page, runner)
    assert "Will be destroyed: 3 documents, 9 media items, all links, the score and all decisions." in texts(form)
    assert "Stays for other reports: 2 files." in texts(form)
    form.boxes["/media/backup-1"].setChecked(True)
    form.accept()
    settle(runner)
    assert api.calls[-1] == (
        "destroy", MAIN, "retention ended", "Rule 12", SECOND, Path("/papers/gone.json"), (Path("/media/backup-1"),)
    )  # fmt: skip
    assert "This backup no longer holds it: /media/backup-1" in texts(page)


def test_who_destroys_reads_that_others_work_on_the_report(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    made = "2026-11-02T05:00:00Z"
    api.open_work = (
        OpenWork(package_id="a" * 32, direction="sent", with_="Lahore", made=made),
        OpenWork(package_id="b" * 32, direction="received", with_="Headquarters", made=made),
    )
    form = filled(open_page(DestructionPage(api, runner), runner, qtbot, said), runner)
    sent, received = (text for text in texts(form) if "worked on" in text)
    assert "Sent to" in sent and "Lahore" in sent and "will not be imported" in sent
    assert "Came from" in received and "Headquarters" in received


@pytest.mark.parametrize("missing", ["number", "again", "reason", "order_of", "certificate", "passphrase"])
def test_nothing_is_destroyed_while_something_is_missing(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str], missing: str
) -> None:
    page = open_page(DestructionPage(api, runner), runner, qtbot, said)
    form = filled(page, runner)
    (form.consent.passphrase if missing == "passphrase" else getattr(form, missing)).setText("")
    form.accept()
    settle(runner)
    assert form.isVisible() and form.problem.text() and not [call for call in api.calls if call[0] == "destroy"]


def test_a_held_report_and_a_lone_user_destroy_nothing(api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]) -> None:
    api.on_hold = True
    page = open_page(DestructionPage(api, runner), runner, qtbot, said)
    form = filled(page, runner)
    form.accept()
    assert "legal hold" in form.problem.text()
    form.reject()
    api.on_hold = False
    api.has_one_user = lambda: True  # type: ignore[method-assign]
    form = filled(page, runner)
    form.accept()
    assert form.problem.text() == "Nobody else can agree in a store with one user."
    assert not [call for call in api.calls if call[0] == "destroy"]


def test_another_number_than_the_one_that_was_shown_is_not_destroyed(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]
) -> None:
    page = open_page(DestructionPage(api, runner), runner, qtbot, said)
    form = filled(page, runner)
    form.number.setText("900999999")
    form.again.setText("900999999")
    form.accept()
    assert form.problem.text() == "Type the number of the report, and look what would go."


def test_holds_are_placed_and_lifted_by_those_who_work_on_reports(
    api: FakeApi, runner: Runner, qtbot: QtBot, said: list[str]
) -> None:
    page = open_page(DestructionPage(api, runner), runner, qtbot, said)
    page.ask_hold()
    form = dialog(page, HoldDialog, runner)
    form.number.setText(MAIN)
    form.reason.setText("an appeal")
    form.accept()
    settle(runner)
    assert api.calls[-1] == ("place_hold", MAIN, "an appeal")
    page.ask_hold()
    form = dialog(page, HoldDialog, runner)
    form.number.setText("900144219")
    form.reason.setText("an appeal")
    form.accept()
    settle(runner)
    hold = page.holds.current_row()
    assert hold is not None and hold.report_id == "900144219", "the new hold is selected"
    page.holds.go(-1)
    page.lift_hold()
    settle(runner)
    assert api.calls[-1] == ("lift_hold", MAIN) and "again to undo" in said[-1]
    admin = open_page(DestructionPage(FakeApi(roles=frozenset({Role.ADMIN})), runner), runner, qtbot, said)
    admin.ask_hold()
    admin.lift_hold()
    assert said[-1] == "Your roles do not include holds." and not admin.holds.isVisible()
