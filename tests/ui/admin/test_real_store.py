"""The pages of administration and audit on a real store: what the fakes answer is what the use cases answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from tests.ui.screens import settle
from triage.jobs.keeping.destruction import place_hold
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.store import Store
from triage.ui.admin.backups_page import BackupsPage
from triage.ui.admin.list_dialogs import AddListDialog
from triage.ui.admin.lists_page import ListsPage
from triage.ui.audit.page import AuditPage
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.intake.page import ImportPage
from triage.ui.shell.main_window import MainWindow

PAGES = (
    "admin", "users", "policies", "hash_lists", "offices", "keyring", "updates", "audit", "outgoing", "backups", "destruction",
    "statistics", "program_log",
)  # fmt: skip


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Api]:
    session = Session(Store.create(tmp_path / "store", "first", "seven green boats", cost=CHEAP).store)
    add_person(session.store, "second", [Role.LEAD], "nine grey hills")
    api = Api(session)
    yield api
    api.close()


@pytest.fixture
def window(app: QApplication, real: Api, runner: Runner, qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(real, runner)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.start()
    settle(runner)
    yield made
    made.drop_everything()


def import_one(window: MainWindow, runner: Runner, folder: Path) -> ImportPage:
    """Imports a bundle with a broken file through the page."""
    write_bundle(folder)
    (folder / "broken.zip").write_bytes(b"PK\x03\x04 not a zip")
    window.show_import()
    page = window.importing
    page.add_paths([folder])
    page.form.received_from.setText("NCMEC")
    page.form.medium.setText("USB 14")
    page.form.submit()
    settle(runner)
    return page


def test_a_days_work_of_an_administrator(window: MainWindow, runner: Runner, real: Api, tmp_path: Path) -> None:
    said: list[str] = []
    runner.failed.connect(said.append)
    page = import_one(window, runner, tmp_path / "bundle")
    assert page.orders[0].state == "finished" and page.orders[0].receipt == Receipt(received_from="NCMEC", medium="USB 14")
    window.choose_lane("set aside")
    settle(runner)
    assert len(window.set_aside.table.rows()) == 1
    window.set_aside.read_again()
    settle(runner)
    assert "cut off" in window.set_aside._answer.text()
    place_hold(real._session, "900000001", "an appeal")
    for name in PAGES:
        window.show_desk(name)
        settle(runner)
        shown = window.desk.page(name)
        assert shown.states.currentWidget() is shown.body or name in ("outgoing", "hash_lists", "program_log"), name
    backups = window.desk.page("backups")
    assert isinstance(backups, BackupsPage)
    backups.back_up(tmp_path / "backup")
    settle(runner)
    backups.write_register(tmp_path / "register.json")
    settle(runner)
    assert len(backups.table.rows()) == 1
    audit = window.desk.page("audit")
    assert isinstance(audit, AuditPage)
    audit.checks.verify_log()
    settle(runner)
    audit.checks.check_store()
    settle(runner)
    audit.checks.export_head(tmp_path / "head.json")
    settle(runner)
    audit.checks._verify(tmp_path / "head.json")
    settle(runner)
    assert "It holds all that the exported head vouches for." in [label.text() for label in audit.findChildren(QLabel)]
    window.show_desk("audit")
    settle(runner)
    audit.filter.report.setText("900000001")
    audit.search()
    settle(runner)
    assert audit._hits >= 2 and audit.table.current_row().kind == "hold placed"
    lists = window.desk.page("hash_lists")
    assert isinstance(lists, ListsPage)
    (tmp_path / "l.csv").write_text("MD5\n" + "0" * 32 + "\n")
    window.show_desk("hash_lists")
    settle(runner)
    lists.ask_kind(tmp_path / "l.csv")
    (form,) = lists.findChildren(AddListDialog)
    form.name.setText("drawn 2026-11")
    form.accept()
    settle(runner)
    lists.look_for_conflicts()
    settle(runner)
    assert lists.conflicts is not None and [row.name for row in lists.table.rows()] == ["drawn 2026-11"]
    window.show_desk("admin")
    settle(runner)
    duties = {duty.key: duty.urgency for duty in real.duties()}
    assert {duties[key] for key in ("backup", "check", "log", "head", "lists")} == {"fine"}
    assert said == []
