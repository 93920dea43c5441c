from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.fakes import MAIN, FakeApi
from triage.errors import Cancelled, WorldError
from triage.model.handover import Handover
from triage.ui.core.runner import Runner
from triage.ui.leaving.tool_choices import ENDINGS, EXPLAINED, KINDS
from triage.ui.leaving.tool_export_dialog import ToolExportDialog


@pytest.fixture
def dialog(api: FakeApi, runner: Runner, qtbot: QtBot) -> Iterator[ToolExportDialog]:
    host = QWidget()
    qtbot.addWidget(host)
    made = ToolExportDialog(api, runner, parent=host)
    made.open()
    qtbot.waitUntil(lambda: runner.under_way() == 0)
    yield made


def words(dialog: QWidget) -> str:
    return "\n".join(label.text() for label in dialog.findChildren(QLabel))


def choose(dialog: ToolExportDialog, kind: str) -> None:
    dialog.choices.kind.setCurrentIndex(dialog.choices.kind.findData(kind))


def preview(dialog: ToolExportDialog, qtbot: QtBot) -> None:
    dialog.step_on()
    qtbot.waitUntil(lambda: dialog.previewed is not None)


def test_each_kind_is_explained_and_has_an_ending() -> None:
    assert KINDS.keys() == EXPLAINED.keys() == ENDINGS.keys()


def test_a_preview_says_what_stays_inside_and_writes_nothing(dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot) -> None:
    assert dialog.go.words() == "Preview"
    preview(dialog, qtbot)
    said = words(dialog.preview)
    assert "12 graded files" in said and "3 FILES ARE LEFT OUT:" in said
    assert "2 files: One person graded it" in said and "1 file: The reported user" in said
    assert api.calls == [] and dialog.go.words() == "Write the file"


def test_what_was_previewed_is_written_with_its_handover(
    dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.choices.version.setCurrentIndex(1)
    preview(dialog, qtbot)
    dialog.step_on()
    assert dialog.problem.text() == "Choose the file to write."
    dialog.target.setText(str(tmp_path / "v.csv"))
    dialog.step_on()
    assert dialog.problem.text() == "The name of this kind of file ends in .json."
    dialog.target.setText(str(tmp_path / "v.json"))
    dialog.handover.handed_to.setText("Inspector B.")
    dialog.step_on()
    qtbot.waitUntil(lambda: dialog.windowTitle() == "Written and signed")
    handover = Handover(handed_to="Inspector B.")
    assert api.calls == [("vics", tmp_path / "v.json", "1.3", "all", None, None, handover, False)]
    assert "12 graded files" in words(dialog)


@pytest.mark.parametrize("change", ["kind", "version", "grades", "case"])
def test_a_change_asks_for_a_new_preview(dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, change: str) -> None:
    preview(dialog, qtbot)
    combo = getattr(dialog.choices, change)
    if combo.count() == 1:
        combo.addItem("C-2026-0001", "C-2026-0001")
    combo.setCurrentIndex(1)
    assert dialog.previewed is None and dialog.go.words() == "Preview"
    assert "nothing is written" in words(dialog.preview)


def test_a_timeline_needs_a_case_or_reports_and_a_reason_for_cleared_people(
    dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "timeline")
    dialog.step_on()
    assert dialog.problem.text() == "Choose a case, or give the number of a report."
    api.clearing = MAIN
    dialog.choices.reports.setText(f" {MAIN} ")
    dialog.step_on()
    qtbot.waitUntil(lambda: "was cleared" in dialog.problem.text())
    assert dialog.previewed is None
    dialog.choices.cleared.setText("order of the court")
    preview(dialog, qtbot)
    assert "40 events" in words(dialog.preview)
    dialog.target.setText(str(tmp_path / "t.csv"))
    dialog.step_on()
    qtbot.waitUntil(lambda: bool(api.calls))
    assert api.calls[0][:5] == ("timeline", tmp_path / "t.csv", (MAIN,), None, "order of the court")


def test_a_reason_that_is_not_shown_is_not_passed_on(
    dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "timeline")
    dialog.choices.cleared.setText("order of the court")
    choose(dialog, "vics")
    preview(dialog, qtbot)
    dialog.target.setText(str(tmp_path / "v.json"))
    dialog.step_on()
    qtbot.waitUntil(lambda: bool(api.calls))
    assert api.calls[0][5] is None


def test_a_statistic_is_a_new_folder_and_its_preview_tells_no_number_of_it(
    dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, tmp_path: Path
) -> None:
    choose(dialog, "statistics")
    dialog.step_on()
    assert dialog.problem.text() == "Give the first and the last day of the period."
    dialog.choices.first.setText("2026-01-01")
    dialog.choices.last.setText("2026-06-30")
    preview(dialog, qtbot)
    assert "210 figures" in words(dialog.preview) and "17 of them are withheld" in words(dialog.preview)
    dialog.target.setText(str(tmp_path / "half-year"))
    dialog.step_on()
    qtbot.waitUntil(lambda: dialog.windowTitle() == "Written and signed")
    assert api.calls == [("statistics", tmp_path / "half-year", "2026-01-01", "2026-06-30", None, Handover())]


def test_an_empty_export_is_said(dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot) -> None:
    api.graded, api.left_out = 0, ()
    preview(dialog, qtbot)
    assert "The file would be empty." in words(dialog.preview) and "Nothing is left out." in words(dialog.preview)


def test_a_failure_is_one_sentence_and_keeps_the_form(
    dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise WorldError("Can't write {name}.", name="i.csv")

    monkeypatch.setattr(api, "export_icse", refuse)
    choose(dialog, "icse")
    preview(dialog, qtbot)
    dialog.target.setText(str(tmp_path / "i.csv"))
    dialog.step_on()
    qtbot.waitUntil(lambda: dialog.problem.text() == "Can't write i.csv.")
    assert dialog.target.text() == str(tmp_path / "i.csv") and dialog.go.isEnabled()


def test_escape_stops_what_is_under_way_and_keeps_the_dialog(
    dialog: ToolExportDialog, api: FakeApi, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def last(*, on_progress: object, cancel: object) -> None:
        while not cancel.cancelled():  # type: ignore[attr-defined]
            pass
        raise Cancelled("Stopped. Finished steps stay.")

    monkeypatch.setattr(api, "preview_icse", last)
    choose(dialog, "icse")
    dialog.step_on()
    assert not dialog.go.isEnabled()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: dialog.problem.text() == "Stopped; no file was written.")
    assert dialog.isVisible() and dialog.go.isEnabled()


def test_ctrl_enter_steps_on_and_enter_alone_does_not(dialog: ToolExportDialog, qtbot: QtBot) -> None:
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.previewed is None and dialog.isVisible()
    qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: dialog.previewed is not None)
