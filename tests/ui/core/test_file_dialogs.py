from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QSettings, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from pytestqt.qtbot import QtBot

from tests.ui.fakes import FakeApi
from tests.ui.screens import settle
from triage.model.private_account import LastFolders
from triage.ui.app import application
from triage.ui.core.file_dialogs import (
    ask_file,
    ask_files,
    ask_folder,
    ask_new_file,
    ask_parent_folder,
    begin_session,
    end_session,
)
from triage.ui.core.runner import Runner

ROOT = Path(__file__).parents[3]
OWN = ("triage/ui/core/file_dialogs.py", "triage/ui/app.py", "triage/ui/text/qt_words.py")
"""The window itself asks for the folder of the store, and begins at the store that it shows. The last one only translates."""


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, str]:
    """Where each dialog began, by its title; the dialogs choose names below tmp_path."""
    end_session()
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


@pytest.mark.parametrize("marks", [("keys.json", "vault"), ("backup.json", "state")])
def test_what_leaves_is_never_chosen_inside_a_store_or_backup(
    qtbot: QtBot, begun: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marks: tuple[str, str]
) -> None:
    said: list[str] = []
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, text: said.append(str(text)))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "court"))
    assert ask_new_file(None, "file", "queue.csv", "*.csv") and ask_parent_folder(None, "folder") == str(tmp_path / "court")
    for mark in marks:
        (tmp_path / "court" / mark).mkdir()
    assert ask_new_file(None, "file", "queue.csv", "*.csv") == ask_parent_folder(None, "folder") == ""
    assert len(said) == 2 and all("folder of a store or backup" in text for text in said)


def test_a_carrier_that_was_pulled_out_is_no_place(qtbot: QtBot, begun: dict[str, str], tmp_path: Path) -> None:
    ask_file(None, "first")
    (tmp_path / "carrier").rmdir()
    ask_file(None, "next")
    assert begun["next"] == str(Path.home())


def test_a_dialog_begins_where_the_last_one_was_before_a_restart(
    qtbot: QtBot, runner: Runner, api: FakeApi, begun: dict[str, str], tmp_path: Path
) -> None:
    begin_session(api, runner, runner)
    settle(runner)
    ask_file(None, "first")
    settle(runner)
    assert api.folders == LastFolders(read=str(tmp_path / "carrier"))
    end_session()
    begin_session(api, runner, runner)
    settle(runner)
    ask_file(None, "after a restart")
    assert begun["after a restart"] == str(tmp_path / "carrier")


def test_a_person_does_not_see_where_another_one_was(
    qtbot: QtBot, runner: Runner, api: FakeApi, begun: dict[str, str], tmp_path: Path
) -> None:
    begin_session(api, runner, runner)
    ask_file(None, "first")
    end_session()
    begin_session(FakeApi(), runner, runner)
    settle(runner)
    ask_file(None, "another person")
    assert begun["another person"] == str(Path.home())


def test_what_qt_noted_of_the_folders_is_deleted(qtbot: QtBot, begun: dict[str, str], tmp_path: Path) -> None:
    """On Windows it stands in the registry, which no setting leads elsewhere."""
    scope = QSettings.Scope.UserScope
    QSettings.setPath(QSettings.Format.NativeFormat, scope, str(tmp_path))
    try:
        noted = QSettings(scope, "QtProject")
        noted.setValue("FileDialog/lastVisited", "file:///media/carrier")
        noted.sync()
        ask_file(None, "first")
        written = (tmp_path / "QtProject.conf").read_text() if (tmp_path / "QtProject.conf").exists() else ""
        assert "carrier" not in written
    finally:
        QSettings.setPath(QSettings.Format.NativeFormat, scope, f"{os.devnull}/nowhere")


def test_no_dialog_of_the_system_lists_what_was_chosen() -> None:
    application()
    assert QCoreApplication.testAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)


def test_every_dialog_for_files_is_asked_here() -> None:
    others = [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "triage/ui").rglob("*.py")
        if "QFileDialog" in path.read_text("utf-8")
    ]
    assert sorted(others) == sorted(OWN)
