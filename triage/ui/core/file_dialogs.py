"""Asks for files and folders, and begins where the last one was: what comes in and what leaves have a place each.

A folder's name can tell of a case. So the places lie in the person's private account, sealed in the store, and in memory while
the session is unlocked. Qt's own dialogs are used (`triage.ui.app.application`), since those of a system list files in the clear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, QSettings
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from triage.errors import WorldError
from triage.model.private_account import LastFolders
from triage.target_path import resolve_target
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.text.i18n import tr_message

Way = Literal["in", "out"]

_FIELDS: dict[Way, str] = {"in": "read", "out": "written"}

_last = LastFolders()
_save: Callable[[LastFolders], object] = lambda _: None  # noqa: E731


def begin_session(api: Api, runner: Runner, owner: QObject) -> None:
    """Takes up the places that the person's account holds, and keeps there where the next dialogs were."""
    global _save

    def save(last: LastFolders) -> None:
        runner.do(lambda _progress, _cancel: api.save_last_folders(last), changes=None, failed=lambda _: None)

    def take_up(found: LastFolders) -> None:
        global _last
        if _save is save:  # else another session has begun; a dialog may have been quicker too
            _last = LastFolders(read=_last.read or found.read, written=_last.written or found.written)

    _save = save
    runner.ask(api.last_folders, take_up, owner=owner, failed=lambda _: None, about="folders")


def end_session() -> None:
    """Forgets the places: another person may unlock the store."""
    global _last, _save
    _last, _save = LastFolders(), lambda _: None


def ask_file(parent: QWidget, title: str, endings: str = "") -> str:
    """Asks for a file that is read. Returns "" when none was chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, title, _begin("in"), endings)
    return _keep("in", name, Path(name).parent)


def ask_files(parent: QWidget, title: str) -> list[str]:
    """Asks for files that are read."""
    names, _ = QFileDialog.getOpenFileNames(parent, title, _begin("in"))
    first = names[0] if names else ""
    _keep("in", first, Path(first).parent)
    return names


def ask_new_file(parent: QWidget, title: str, name: str, endings: str) -> str:
    """Asks where a file is written, and proposes a name. Returns "" when nothing was chosen, or the place is refused."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path(_begin("out"), name)), endings)
    return _keep("out", _refuse_store(parent, title, chosen, Path(chosen)), Path(chosen).parent)


def ask_parent_folder(parent: QWidget, title: str) -> str:
    """Asks for the folder in which a new one is written. Returns "" when nothing was chosen, or the place is refused."""
    chosen = QFileDialog.getExistingDirectory(parent, title, _begin("out"))
    return _keep("out", _refuse_store(parent, title, chosen, Path(chosen, "new")), Path(chosen))


def ask_folder(parent: QWidget, title: str, way: Way) -> str:
    """Asks for a folder that is read ("in") or written to ("out"). Returns "" when none was chosen."""
    name = QFileDialog.getExistingDirectory(parent, title, _begin(way))
    return _keep(way, name, Path(name))


def delete_traces() -> None:
    """Deletes what Qt's dialog wrote of the folders that were visited: on Windows it goes to the registry, in the clear."""
    QSettings(QSettings.Scope.UserScope, "QtProject").remove("FileDialog")


def _refuse_store(parent: QWidget, title: str, chosen: str, target: Path) -> str:
    """Returns the choice, or says that a store or backup can't be written into and returns ""."""
    if not chosen:
        return ""
    try:
        resolve_target(target)
    except WorldError as error:
        QMessageBox.warning(parent, title, tr_message(error.message))
        return ""
    return chosen


def _begin(way: Way) -> str:
    """Returns the folder in which a dialog begins: the last one, else the person's own. A carrier may have been pulled out."""
    last = getattr(_last, _FIELDS[way])
    try:
        there = bool(last) and Path(last).is_dir()
    except OSError:
        there = False
    return last if there else str(Path.home())


def _keep(way: Way, name: str, folder: Path) -> str:
    """Keeps the place of what was chosen, and returns the choice."""
    global _last
    delete_traces()
    if name and getattr(_last, _FIELDS[way]) != str(folder):
        _last = replace(_last, **{_FIELDS[way]: str(folder)})
        _save(_last)
    return name
