"""Training in the desktop: lessons are answered with keys, tasks say what the store says, and the end is a certificate."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.exchange.test_work_page import find_dialog
from tests.ui.fakes import FakeApi
from tests.ui.layout_faults import find_faults
from tests.ui.screens import settle, texts, wait_active
from triage.jobs.training.tutorials import ROLES, load_tutorial
from triage.ui.core.runner import Runner
from triage.ui.kit import theme
from triage.ui.kit.table import PAD
from triage.ui.shell.page_list import list_pages
from triage.ui.text.i18n import Language
from triage.ui.training.certificate_dialog import CertificateDialog
from triage.ui.training.page import TrainingPage, choose_words

RAIL, STATUS_BAR = 180, 34
"""Pixels that the window keeps for itself."""


@pytest.fixture
def page(api: FakeApi, runner: Runner, qtbot: QtBot) -> TrainingPage:
    api.training = True
    return open_page(api, runner, qtbot)


def open_page(api: FakeApi, runner: Runner, qtbot: QtBot) -> TrainingPage:
    made = TrainingPage(api, runner)
    qtbot.addWidget(made)
    made.resize(1024, 640)
    made.show()
    made.activateWindow()
    wait_active(made)
    made.reload()
    settle(runner)
    made.focus()
    return made


def press(page: TrainingPage, runner: Runner, key: Qt.Key) -> None:
    QTest.keyClick(page.steps, key)
    settle(runner)


def go_to(page: TrainingPage, step: str) -> None:
    while (row := page.steps.current_row()) is None or row.step.id != step:
        page.steps.go(1)


def test_the_page_is_listed_in_a_training_store_only(api: FakeApi) -> None:
    assert "training" not in [entry.name for entry in list_pages(api)]
    api.training = True
    assert "training" in [entry.name for entry in list_pages(api)]


def test_a_store_with_work_has_no_training(api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    page = open_page(api, runner, qtbot)
    assert page.states.currentWidget() is page.message
    assert "triage train" in page.message.next.text()


def test_each_answer_is_explained(page: TrainingPage, runner: Runner) -> None:
    go_to(page, "care-law")
    press(page, runner, Qt.Key.Key_1)
    assert any("new copy outside the store" in text for text in texts(page))
    assert page.steps.current_row().step.id == "care-law"  # type: ignore[union-attr]
    press(page, runner, Qt.Key.Key_2)
    assert any("the record shows who handed it over" in text for text in texts(page))
    assert page.steps.current_row().progress.done  # type: ignore[union-attr]


def test_a_task_shows_its_hint_when_asked_and_leads_to_its_page(page: TrainingPage, runner: Runner) -> None:
    asked: list[str] = []
    page.page_asked.connect(lambda name, _: asked.append(name))
    page.closed.connect(lambda: asked.append("queue"))
    go_to(page, "analyst-possible")
    assert not any("S for the same" in text for text in texts(page))
    press(page, runner, Qt.Key.Key_H)
    assert any("S for the same" in text for text in texts(page))
    press(page, runner, Qt.Key.Key_Return)
    go_to(page, "analyst-shift")
    press(page, runner, Qt.Key.Key_Return)
    go_to(page, "auditor-check")
    press(page, runner, Qt.Key.Key_3)
    assert asked == ["possible", "shift"]


def test_the_certificate_waits_for_every_step(
    page: TrainingPage, api: FakeApi, runner: Runner, qtbot: QtBot, tmp_path: Path
) -> None:
    said: list[str] = []
    page.said.connect(said.append)
    press(page, runner, Qt.Key.Key_E)
    assert "every step" in said[0] and not page.certificate_button.isEnabled()
    api.tasks_done = True
    press(page, runner, Qt.Key.Key_F5)
    press(page, runner, Qt.Key.Key_E)
    dialog = find_dialog(page, CertificateDialog)
    assert not dialog.write.isEnabled() and "name of the trainee" in dialog.problem.text()
    dialog.trainee.setText("A. Trainee")
    qtbot.waitUntil(dialog.write.isEnabled)
    dialog.place.setText(str(tmp_path / "c.pdf"))
    dialog.write.click()
    settle(runner)
    assert api.calls[-1] == ("certificate", "analyst", "A. Trainee")


def test_the_texts_are_in_the_language_of_the_window(app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot) -> None:
    api.training = True
    theme.apply(app, "dark", "ur")
    page = open_page(api, runner, qtbot)
    go_to(page, "care-law")
    assert any("ساتھی کہتا ہے" in text for text in texts(page))


@pytest.mark.parametrize("language", ["en", "ur"])
@pytest.mark.parametrize("step", ["care-contact", "analyst-decide"])
def test_a_step_fits_beside_the_list_on_a_small_screen(
    app: QApplication, api: FakeApi, runner: Runner, qtbot: QtBot, language: Language, step: str
) -> None:
    api.training = True
    api.answers = {"care-contact": 0}
    theme.apply(app, "dark", language)
    page = open_page(api, runner, qtbot)
    page.resize(1024 - RAIL, 700 - STATUS_BAR)
    go_to(page, step)
    page.show_hint()
    settle(runner)
    assert find_faults(page) == []


@pytest.mark.parametrize("language", ["en", "ur"])
def test_the_name_of_every_step_fits_its_column(app: QApplication, runner: Runner, qtbot: QtBot, language: Language) -> None:
    api = FakeApi()
    api.training = True
    theme.apply(app, "dark", language)
    shown = open_page(api, runner, qtbot)
    metrics, room = QFontMetrics(theme.font()), shown.steps.columnWidth(1) - 2 * PAD
    names = {choose_words(step.title) for role in ROLES for step in load_tutorial(role).steps}
    assert [name for name in names if metrics.horizontalAdvance(name) > room] == []
