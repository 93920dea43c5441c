"""A trainee at the desk: goes through the steps of the tutorial on the page Training by keys alone."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.e2e.person import Person, Record
from tests.ui.screens import PATIENCE_MS, settle
from triage.jobs.training.tutorials import load_tutorial
from triage.model.training import Step
from triage.ui.media.media_stage import MediaStage
from triage.ui.text.i18n import tr
from triage.ui.training.certificate_dialog import CertificateDialog
from triage.ui.training.page import TrainingPage


def answer_lessons(person: Person, role: str) -> None:
    """Goes down the steps of the tutorial, and answers each question of a lesson."""
    person.go_to("Training")
    for step in load_tutorial(role).steps:
        assert step_with_focus(person).id == step.id
        if step.answers:
            person.press(str(1 + [answer.right for answer in step.answers].index(True)))
        person.press("J")


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
    views = record.kinds(person.name).count("media revealed")
    QTest.keyPress(person.focus(), key)
    qtbot.waitUntil(stage.is_revealing, timeout=PATIENCE_MS)
    QTest.keyRelease(person.focus(), key)
    qtbot.waitUntil(lambda: record.kinds(person.name).count("media revealed") > views, timeout=PATIENCE_MS)
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


def write_certificate(person: Person, out: Path, qtbot: QtBot) -> None:
    """Writes the certificate of the finished tutorial from the page Training, and has its signature verified."""
    left = list_open_steps(person)
    assert left == [], left
    person.press("E")
    person.tab_to(tr("Name of the trainee"))
    person.type("S. Khan")
    person.tab_to(tr("Destination"))
    person.type(str(out))
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, CertificateDialog)
    qtbot.waitUntil(dialog.write.isEnabled, timeout=PATIENCE_MS)  # the preview follows a moment after the last letter
    person.press("Ctrl+Return", "Esc")
    assert person.said == [] and person.api.verify(out).valid
