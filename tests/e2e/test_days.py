"""A day of each role in both languages: keys pressed in the real window on a real store, and what the store holds afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.e2e.person import PASSPHRASE, Person, keep_record
from tests.jobs.bundles import write_bundle, write_zip
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from triage.jobs.casework.corrections import correct_band
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.store import Store
from triage.ui.audit.page import AuditPage
from triage.ui.kit import theme
from triage.ui.text.i18n import LANGUAGES, Language

pytestmark = [pytest.mark.ui, pytest.mark.timeout(120)]

URGENT = "900000001"
"""The report of band A."""


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with seven reports and a user of each role, named after it; "first" holds all roles."""
    directory = tmp_path_factory.mktemp("days")
    with Session(Store.create(directory / "store", "first", PASSPHRASE, cost=CHEAP).store) as session:
        for role in Role:
            add_person(session.store, role.value, [role], PASSPHRASE)
        bundle = write_bundle(directory / "bundle")
        (bundle / "broken.zip").unlink()
        reports = write_zip(directory / "more.zip", range(900000101, 900000107))
        import_bundles(session, [bundle, reports], receipt=Receipt(received_from="NCMEC", medium="USB 14"))
        correct_band(session, URGENT, "A", "found at the address")
    return directory / "store"


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Path:
    """A copy for one day."""
    return Path(shutil.copytree(template, tmp_path / "store"))


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Language]:
    """The language of the day."""
    theme.apply(qapp, "dark", request.param)
    yield request.param
    theme.apply(qapp, "dark", "en")


@contextmanager
def day(store: Path, role: str) -> Iterator[Person]:
    """A day at the desk of the person with this role; no call of it may fail."""
    person = Person(store, role)
    try:
        yield person
        assert person.said == []
    finally:
        person.leave()


def test_day_of_an_analyst(language: Language, store: Path) -> None:
    """Takes the alarm, reads, notes, grades a file, takes that back and grades again, closes twice with an undo between."""
    with day(store, "analyst") as analyst:
        analyst.press("Y", "Home", "Return", "N")
        analyst.type("asks for money within the hour")
        analyst.press("Ctrl+Return", "G", "G, I", "Return", "Ctrl+Z", "G, E", "Return", "Esc")
        analyst.press("D", "C", "1", "Return", "Y", "Ctrl+Z")
        analyst.press("D", "C", "2", "Return", "Y")
    for record in keep_record(store):
        assert record.kinds("analyst") == [
            "report decided", "note added", "file graded", "grade taken back", "file graded",
            "report decided", "decision undone", "report decided",
        ]  # fmt: skip
        shown = record.api.show(URGENT)
        assert (shown.score.band, shown.status, shown.assignee) == ("A", "closed", "analyst")
        assert [(note.user, note.text) for note in shown.notes] == [("analyst", "asks for money within the hour")]
        assert [(file.verdict.grade, file.verdict.graded_by) for file in shown.files] == [("exploitive", "analyst")]


def test_day_of_an_auditor(language: Language, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verifies the log, checks the store, exports the head, filters, reads what left; no report opens, and no user is added."""
    head = tmp_path / "head.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(head), ""))
    with day(store, "auditor") as auditor:
        auditor.go_to("audit log")
        auditor.press("V", "C", "E")
        auditor.press("/")
        auditor.type("head")
        auditor.press("Return")
        audit = auditor.window.desk.page("audit")
        assert isinstance(audit, AuditPage)
        found = audit.table.current_row()
        assert found is not None
        auditor.go_to("what left")
        auditor.go_to("users and")
        auditor.press("N")
        auditor.go_to(URGENT)
        assert auditor.window.report is not None and auditor.window.report.report is None
    for record in keep_record(store):
        *checks, export = record.entries("auditor")
        assert [(entry.kind, entry.about) for entry in checks] == [
            ("audit log verified", (("problems", "0"),)),
            ("store checked", (("problems", "0"),)),
        ]
        assert (export.kind, export.n) == ("export registered", found.n)
        assert [(left.kind, left.user, left.name, left.sha256) for left in record.api.outgoing()] == [
            ("head", "auditor", head.name, sha256(head.read_bytes()).hexdigest())
        ]
        assert set(record.api.user_names()) == {"first", *Role}
