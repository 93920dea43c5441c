"""A whole tutorial in Urdu: its lessons and its hints, key by key, in the real window on a real training store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.e2e.person import PASSPHRASE, Person, Record, keep_record
from tests.jobs.bundles import write_bundle
from tests.jobs.conftest import CHEAP
from tests.people import add_person
from tests.ui.screens import PATIENCE_MS, settle
from triage.jobs.casework.cases import open_case
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.review.grading import grade_file
from triage.jobs.session import Session
from triage.jobs.training.trainee import mark_training_store
from triage.jobs.training.tutorials import load_tutorial
from triage.model.handover import Receipt
from triage.model.training import Step
from triage.model.users import Role
from triage.store.store import Store
from triage.ui.kit import theme
from triage.ui.media.media_stage import MediaStage
from triage.ui.text.i18n import tr
from triage.ui.training.certificate_dialog import CertificateDialog
from triage.ui.training.page import TrainingPage

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


def step_with_focus(person: Person) -> Step:
    """Returns the step on which the page Training stands."""
    page = person.window.desk.page("training")
    assert isinstance(page, TrainingPage)
    row = page.steps.current_row()
    assert row is not None
    return row.step


def open_step(person: Person, name: str) -> None:
    """Goes to a step by keys alone, from another one on the page Training, and then where the step is done."""
    for key in ("J", "K"):
        for _ in range(20):
            if step_with_focus(person).id == name:
                person.press("Return")
                return
            person.press(key)
    raise AssertionError(f"no key reaches the step {name}")


def list_open_steps(person: Person) -> list[str]:
    """Goes to the page Training, and returns the steps that it says are to do."""
    person.go_to("Training")
    page = person.window.desk.page("training")
    assert isinstance(page, TrainingPage)
    (tutorial,) = page.tutorials
    return [step.id for step in tutorial.steps if not step.done]


def view(person: Person, key: Qt.Key, record: Record, qtbot: QtBot) -> None:
    """Holds a key until the image is revealed, lets it go, and waits until the audit log has the view."""
    stage = next(stage for stage in person.window.findChildren(MediaStage) if stage.isVisible())
    views = record.kinds(TRAINEE).count("media revealed")
    QTest.keyPress(person.focus(), key)
    qtbot.waitUntil(stage.is_revealing, timeout=PATIENCE_MS)
    QTest.keyRelease(person.focus(), key)
    qtbot.waitUntil(lambda: record.kinds(TRAINEE).count("media revealed") > views, timeout=PATIENCE_MS)
    settle(person.runner)


def choose_in_menu(person: Person, words: str) -> None:
    """Goes down the open menu to the line with these words, and presses Enter."""
    menu = person.focus()
    assert isinstance(menu, QMenu)
    for _ in menu.actions():
        person.press("Down")
        if (line := menu.activeAction()) is not None and words in line.text():
            person.press("Return")
            return
    raise AssertionError(f"the menu does not offer {words!r}")


def test_an_examiner_follows_the_whole_tutorial(sana: Person, store: Path, tmp_path: Path, qtbot: QtBot) -> None:
    sana.go_to("Training")
    for step in load_tutorial("examiner").steps:
        assert step_with_focus(sana).id == step.id
        if step.answers:
            sana.press(str(1 + [answer.right for answer in step.answers].index(True)))
        sana.press("J")
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
    assert list_open_steps(sana) == []

    sana.press("E")
    sana.tab_to(tr("Name of the trainee"))
    sana.type("S. Khan")
    sana.tab_to(tr("Destination"))
    sana.type(str(tmp_path / "certificate.pdf"))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CertificateDialog)
    qtbot.waitUntil(dialog.write.isEnabled, timeout=PATIENCE_MS)  # the preview follows a moment after the last letter
    sana.press("Ctrl+Return", "Esc")
    assert sana.said == [] and sana.api.verify(tmp_path / "certificate.pdf").valid
