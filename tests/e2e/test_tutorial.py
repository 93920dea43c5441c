"""A whole tutorial in Urdu: its lessons and its hints, key by key, in the real window on a real training store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.e2e.person import PASSPHRASE, Person, keep_record
from tests.e2e.trainee import answer_lessons, choose_in_menu, list_open_steps, open_step, view, write_certificate
from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from triage.jobs.casework.cases import open_case
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.jobs.training.trainee import mark_training_store
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.store.store import Store
from triage.ui.kit import theme
from triage.ui.text.i18n import tr

pytestmark = [pytest.mark.ui, pytest.mark.timeout(300)]

REPORT, TRAINEE = "900000001", "sana"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A training store with one report, whose file has a first grade for court, and which is in a case."""
    with Session(Store.create(tmp_path / "store", "first", PASSPHRASE, cost=CHEAP).store) as session:
        mark_training_store(session)
        add_person(session.store, "colleague", [Role.LEAD, Role.EXAMINER], PASSPHRASE)
        add_person(session.store, TRAINEE, [Role.EXAMINER], PASSPHRASE)
        import_bundles(session, [write_bundle(tmp_path / "bundle")], receipt=Receipt())
        grade_file(session, REPORT, "a.jpg", "not pertinent", for_court=True)
        open_case(session, [REPORT])
    return tmp_path / "store"


@pytest.fixture
def sana(store: Path, qapp: QApplication) -> Iterator[Person]:
    """The trainee at the desk, in Urdu."""
    theme.apply(qapp, "dark", "ur")
    person = Person(store, TRAINEE)
    try:
        yield person
    finally:
        person.leave()
        theme.apply(qapp, "dark", "en")


def test_an_examiner_follows_the_whole_tutorial(sana: Person, store: Path, tmp_path: Path, qtbot: QtBot) -> None:
    answer_lessons(sana, "examiner")
    open_step(sana, "examiner-grade")
    sana.press("Return")
    for record in keep_record(store):
        view(sana, Qt.Key.Key_3, record, qtbot)
        view(sana, Qt.Key.Key_4, record, qtbot)
    sana.press("G", "N", "Return")
    assert list_open_steps(sana) == ["examiner-print", "examiner-packet", "examiner-diary"]

    open_step(sana, "examiner-print")
    sana.press("Home", "Return", "Shift+E")
    sana.type(str(tmp_path / "report.pdf"))
    sana.press("Ctrl+Return", "Esc")
    assert list_open_steps(sana) == ["examiner-packet", "examiner-diary"]

    open_step(sana, "examiner-packet")
    sana.press("Home", "Return", "E")
    sana.type(str(tmp_path / "packet"))
    sana.tab_to(tr("Second person"))
    sana.choose("colleague")
    sana.tab_to(tr("Passphrase of the second person"))
    sana.type(PASSPHRASE)
    sana.press("Ctrl+Return", "Esc")
    assert list_open_steps(sana) == ["examiner-diary"]

    open_step(sana, "examiner-diary")
    sana.press("Return", "P")
    choose_in_menu(sana, tr("Diary"))
    sana.type(str(tmp_path / "diary.pdf"))
    sana.press("Ctrl+Return", "Esc")
    write_certificate(sana, tmp_path / "certificate.pdf", qtbot)
