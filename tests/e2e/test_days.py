"""A day of each role, some in English and some in Urdu: keys pressed on a real store, and what the store holds afterwards."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QFileDialog

from tests.e2e.person import PASSPHRASE, Person, keep_record
from tests.jobs.bundles import write_bundle, write_zip
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from tests.thorough import THOROUGH
from triage.jobs.casework.corrections import correct_band
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.session import Session
from triage.model.casework import CaseFilter
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.store import Store
from triage.ui.audit.page import AuditPage
from triage.ui.kit import theme
from triage.ui.leads.chart_view import ChartView
from triage.ui.leads.page import LeadsPage
from triage.ui.text.i18n import LANGUAGES, Language, tr

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]

URGENT = "900000001"
"""The report of band A."""
OTHERS = tuple(str(number) for number in range(900000101, 900000107))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with seven reports and a user of each role, named after it; "first" holds all roles."""
    directory = tmp_path_factory.mktemp("days")
    with Session(Store.create(directory / "store", "first", PASSPHRASE, cost=CHEAP).store) as session:
        for role in Role:
            add_person(session.store, role.value, [role], PASSPHRASE)
        bundle = write_bundle(directory / "bundle")
        (bundle / "broken.zip").unlink()
        reports = write_zip(directory / "more.zip", range(int(OTHERS[0]), int(OTHERS[-1]) + 1))
        import_bundles(session, [bundle, reports], receipt=Receipt(received_from="NCMEC", medium="USB 14"))
        correct_band(session, URGENT, "A", "found at the address")
    return directory / "store"


@pytest.fixture
def store(template: Path, tmp_path: Path) -> Path:
    """A copy for one day."""
    return Path(shutil.copytree(template, tmp_path / "store"))


def in_language(first: Language) -> pytest.MarkDecorator:
    """Runs a day in one language, and `make thorough` in both. The keys are the same; each language has days of several roles."""
    return pytest.mark.parametrize("language", LANGUAGES if THOROUGH else (first,), indirect=True)


@pytest.fixture
def language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Language]:
    """The language of the day."""
    theme.apply(qapp, "dark", request.param)
    yield request.param
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # else parts of the closed window are dressed anew
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


@in_language("ur")
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


@in_language("ur")
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
        assert [(left.kind, left.user, left.name, left.sha256) for left in record.outgoing()] == [
            ("head", "auditor", head.name, sha256(head.read_bytes()).hexdigest())
        ]
        assert set(record.api.user_names()) == {"first", *Role}


@in_language("en")
def test_day_of_a_lead(language: Language, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters by band, assigns what is left to the analyst, saves the view, exports it, and opens what stands behind a number."""
    sheet = tmp_path / "queue.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(sheet), ""))
    with day(store, "lead") as lead:
        lead.press("F", "Return")
        lead.choose("D")
        lead.press("Space", "Esc", "Ctrl+A", "A", "3", "Return", "Shift+X", "Ctrl+S")
        lead.type("rest of the week")
        lead.press("Return", "E")
        lead.type("Inspector B.")
        lead.press("Ctrl+Return", "Esc", "Ctrl+5")
        lead.tab_to_kind(ChartView)
        lead.press("Right", "Return")
        leads = lead.window.desk.page("leads")
        assert isinstance(leads, LeadsPage)
        behind = {row.report_id for row in leads.behind.table.rows()}
        views = lead.api.queue_views()
    for record in keep_record(store):
        assert record.kinds("lead") == [
            "bulk act begun", *["report decided"] * len(OTHERS), "queue exported", "export registered",
        ]  # fmt: skip
        assert [record.api.show(number).assignee for number in (*OTHERS, URGENT)] == ["analyst"] * len(OTHERS) + [None]
        assert list(views) == ["rest of the week"] and views["rest of the week"].filter.bands == ("D",)
        assert [(left.kind, left.user, left.handover.handed_to) for left in record.outgoing()] == [
            ("queue", "lead", "Inspector B.")
        ]
        assert record.api.verify(sheet).valid
        assert behind == {URGENT}
    cells = {str(cell.value) for page in openpyxl.load_workbook(sheet).worksheets for line in page.iter_rows() for cell in line}
    assert cells.issuperset(OTHERS) and URGENT not in cells


@in_language("ur")
def test_day_of_an_examiner(language: Language, store: Path, tmp_path: Path) -> None:
    """Opens a case with the urgent report, makes its packet with the consent of the lead, and takes the report."""
    packet = tmp_path / "packet"
    with day(store, "examiner") as examiner:
        examiner.press("Home", "Return", "C", "Return", "E")
        examiner.type(str(packet))
        examiner.tab_to(tr("Second person"))
        examiner.choose("lead")
        examiner.tab_to(tr("Passphrase of the second person"))
        examiner.type(PASSPHRASE)
        examiner.press("Ctrl+Return", "Esc", "A", "Return")
    for record in keep_record(store):
        assert record.kinds("examiner") == ["case opened", "packet made", "export registered", "report decided"]
        assert record.kinds("lead") == ["packet consented"]
        shown = record.api.show(URGENT)
        assert (shown.assignee, shown.status) == ("examiner", "new")
        assert [(case.number, case.reports) for case in record.api.load_cases(record.api.find_cases(CaseFilter())).values()] == [
            (shown.case, 1)
        ]
        assert [(left.kind, left.user, left.name) for left in record.outgoing()] == [("packet", "examiner", "packet")]
        assert record.api.verify(packet).valid


@in_language("en")
def test_day_of_an_administrator(language: Language, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Adds a user with the lead's consent, sets a policy and takes that back, backs up, and checks the store."""
    backup = tmp_path / "backup"
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(backup))
    with day(store, "admin") as admin:
        admin.press("Ctrl+8", "U", "N")
        admin.type("b.shah")
        admin.tab_to(tr("First passphrase"))
        admin.type("eleven slow ferries")
        admin.tab_to(tr("Passphrase again"))
        admin.type("eleven slow ferries")
        admin.tab_to(tr("Second person"))
        admin.choose("lead")
        admin.tab_to(tr("Passphrase of the second person"))
        admin.type(PASSPHRASE)
        admin.press("Return", "Esc", "P", "Down", "Tab", "Space", "Ctrl+Z")
        admin.press("Esc", "B", "N", "Esc", "V", "C")
    for record in keep_record(store):
        assert record.kinds("lead") == ["new user consented"]
        added, *policies, backed_up, checked = record.entries("admin")
        assert (added.kind, dict(added.about)["second"], dict(added.about)["subject"]) == ("user added", "lead", "b.shah")
        assert [(entry.kind, dict(entry.about)["value"]) for entry in policies] == [("policy set", "yes"), ("policy set", "no")]
        assert backed_up.kind == "backup made" and (checked.kind, checked.about) == ("store checked", (("problems", "0"),))
        assert [account.roles for account in record.api.accounts() if account.name == "b.shah"] == [{Role.ANALYST}]
        assert not record.api.office_policy().receipt_required
        assert [(kept.place, kept.gone) for kept in record.api.backups()] == [(str(backup), None)]
