from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from triage.ui.core import file_dialogs
from triage.ui.core.file_dialogs import ask_file, ask_files, ask_folder, ask_new_file

ROOT = Path(__file__).parents[3]
OWN = ("triage/ui/core/file_dialogs.py", "triage/ui/app.py")
"""The window itself asks for the folder of the store, and begins at the store that it shows."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Where each dialog began, by its title; the dialogs choose names below tmp_path."""
    monkeypatch.setattr(file_dialogs, "_last", {})
    where: dict[str, str] = {}

    def answer(chosen: object) -> object:
        def ask(_parent: object, title: str, begin: str = "", _endings: str = "") -> object:
            where[title] = begin
            return chosen

        return ask

    (tmp_path / "carrier").mkdir()
    (tmp_path / "court").mkdir()
    file = str(tmp_path / "carrier/report.zip")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer((file, "")))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", answer(([file], "")))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", answer((str(tmp_path / "court/queue.csv"), "")))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", answer(""))
    return where


def test_a_dialog_begins_where_the_last_one_was(qtbot: QtBot, begun: dict[str, str], tmp_path: Path) -> None:
    assert ask_files(None, "first") == [str(tmp_path / "carrier/report.zip")]
    ask_folder(None, "next", "in")
    ask_file(None, "then")
    assert begun == {"first": str(Path.home()), "next": str(tmp_path / "carrier"), "then": str(tmp_path / "carrier")}


def test_what_leaves_has_a_place_of_its_own(qtbot: QtBot, begun: dict[str, str], tmp_path: Path) -> None:
    ask_file(None, "in")
    ask_new_file(None, "out", "queue.csv", "*.csv")
    ask_new_file(None, "again", "queue.csv", "*.csv")
    assert begun["out"] == str(Path.home() / "queue.csv")
    assert begun["again"] == str(tmp_path / "court/queue.csv")


def test_a_carrier_that_was_pulled_out_is_no_place(qtbot: QtBot, begun: dict[str, str], tmp_path: Path) -> None:
    ask_file(None, "first")
    (tmp_path / "carrier").rmdir()
    ask_file(None, "next")
    assert begun["next"] == str(Path.home())


def test_every_dialog_for_files_is_asked_here() -> None:
    others = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "triage/ui").rglob("*.py")
        if "QFileDialog" in path.read_text("utf-8")
    ]
    assert sorted(others) == sorted(OWN)
