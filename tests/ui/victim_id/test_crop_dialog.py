"""A crop is drawn on the blurred image, looked at alone, and used only when a person says that the child is not in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.fakes_victims import a_file, a_series
from tests.ui.screens import settle
from triage.jobs.consent import Consent
from triage.model.case_page import CaseFile
from triage.model.media import ImageCrop, RevealStep
from triage.model.victim_id import ClueKind
from triage.ui.core.runner import Runner
from triage.ui.victim_id.crop_dialog import CropDialog
from triage.ui.victim_id.crop_stage import FIRST
from triage.ui.victim_id.sheet_dialog import SheetDialog
from triage.ui.victim_id.victim_dialogs import ClueDialog
from triage.wellbeing import Rung

Taken = list[tuple[ImageCrop, int | None]]


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    """A window that owns the dialogs of a test."""
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


def crop_dialog(api: FakeApi, runner: Runner, window: QWidget, file: CaseFile) -> tuple[CropDialog, Taken]:
    taken: Taken = []
    dialog = CropDialog(api, runner, file, parent=window, done=lambda crop, at_ms: taken.append((crop, at_ms)))
    dialog.show()
    settle(runner)
    return dialog, taken


def look(dialog: CropDialog, key: Qt.Key, qtbot: QtBot) -> None:
    """Holds a key until something is shown, and lets go."""
    QTest.keyPress(dialog.chooser.stage, key)
    qtbot.waitUntil(dialog.chooser.stage.is_revealing)
    QTest.keyRelease(dialog.chooser.stage, key)


def stored_file(api: FakeApi) -> CaseFile:
    report = api.show(a_file(1).report)
    file = next(each for each in report.files if each.present and each.sha256)
    return CaseFile(sha256=file.sha256 or "", name="a.jpg", report=report.report_id, copies=1, state="graded")


def test_only_the_rectangle_is_shown_in_grey_and_it_has_to_be_looked_at(
    api: FakeApi, runner: Runner, qtbot: QtBot, window: QWidget
) -> None:
    dialog, taken = crop_dialog(api, runner, window, stored_file(api))
    stage = dialog.chooser.stage
    dialog.without_child.setChecked(True)
    dialog.accept()
    assert dialog.problem.text() == "Look at the rectangle first: hold 5." and not taken
    QTest.keyClick(stage, Qt.Key.Key_2)
    assert dialog.chooser.reached is Rung.VERDICT, "the warning is read before anything is shown"
    for key in (Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5):
        look(dialog, key, qtbot)
    dialog.chooser.conceal()
    shown = [call[3:] for call in api.calls if call[0] == "reveal"]
    assert shown == [(RevealStep.BLURRED,), (RevealStep.EDGES,), (RevealStep.GREY, FIRST)]
    QTest.keyClick(stage, Qt.Key.Key_Right)
    assert stage.window_of_crop == ImageCrop(3_700, 3_500, 6_700, 6_500)
    assert not dialog.without_child.isChecked(), "another rectangle is asked about again"
    dialog.without_child.setChecked(True)
    dialog.accept()
    assert not taken, "this rectangle was not looked at"
    QTest.keyClick(stage, Qt.Key.Key_Left)
    dialog.accept()
    assert dialog.problem.text() == "Tick that no part of the child is in the rectangle."
    dialog.without_child.setChecked(True)
    dialog.accept()
    assert taken == [(FIRST, None)]


def test_the_mouse_draws_a_rectangle_and_opens_nothing(api: FakeApi, runner: Runner, qtbot: QtBot, window: QWidget) -> None:
    dialog, _ = crop_dialog(api, runner, window, stored_file(api))
    stage, place = dialog.chooser.stage, dialog.chooser.stage.picture_place()
    QTest.mousePress(stage, Qt.MouseButton.LeftButton, pos=place.topLeft() - QPoint(20, 20))
    QTest.mouseMove(stage, place.center())
    stage._draw(place.topLeft() - QPoint(20, 20), place.center())
    QTest.mouseRelease(stage, Qt.MouseButton.LeftButton, pos=place.center())
    crop = stage.window_of_crop
    assert (crop.left, crop.top) == (0, 0) and abs(crop.right - 5_000) < 60 and abs(crop.bottom - 5_000) < 60
    assert not [call for call in api.calls if call[0] == "reveal"]
    stage.set_crop(ImageCrop(0, 0, 10_000, 9_000))
    dialog.accept()
    assert dialog.problem.text() == "The rectangle covers more than half of the image; make it smaller."


def test_a_clue_takes_its_crop_along_and_drops_it_with_the_file(
    api: FakeApi, runner: Runner, qtbot: QtBot, window: QWidget
) -> None:
    asked = ClueDialog(api, runner, a_series(2), parent=window, done=lambda _: None)
    asked.show()
    assert not asked._choose_crop.isEnabled()
    asked.file.setCurrentIndex(1)
    asked._take_crop(FIRST, None)
    asked.file.setCurrentIndex(2)
    assert asked.crop is None
    asked._take_crop(FIRST, None)
    asked.choose(ClueKind.ROOM)
    asked.words.setPlainText("a red gate")
    asked.accept()
    settle(runner)
    assert api.calls[-1][:4] == ("record_clue", "V-2026-0002", "room or furniture", "a red gate") and api.calls[-1][5] == FIRST


def test_crops_leave_only_after_the_second_person_agreed(api: FakeApi, runner: Runner, window: QWidget, tmp_path: Path) -> None:
    series = api.record_clue("V-2026-0002", "place", "a gate", sha256=a_file(1).sha256, crop=FIRST)
    asked = SheetDialog(api, runner, series, parent=window)
    asked.show()
    settle(runner)
    asked.place.setText(f"{tmp_path}/sheet.pdf")
    asked.with_crops.setChecked(True)
    asked.read_preview()
    settle(runner)
    asked.accept()
    assert asked.problem.text() == "The second person has not consented: their passphrase is missing."
    asked.consent.passphrase.setText("eight blue kites")
    asked.accept()
    settle(runner)
    assert api.calls[-1][0] == "export_series_sheet" and api.calls[-1][3] is True
    assert isinstance(api.calls[-1][4], Consent)
