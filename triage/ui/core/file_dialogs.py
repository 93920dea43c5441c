"""Asks for files and folders, and begins where the last one was: what comes in and what leaves have a place each.

The places are kept in memory, as long as the window is open. A folder's name can tell of a case: it is written nowhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QWidget

Way = Literal["in", "out"]

_last: dict[Way, Path] = {}


def ask_file(parent: QWidget, title: str, endings: str = "") -> str:
    """Asks for a file that is read. Returns "" when none was chosen."""
    name, _ = QFileDialog.getOpenFileName(parent, title, _begin("in"), endings)
    return _keep("in", name, Path(name).parent)


def ask_files(parent: QWidget, title: str) -> list[str]:
    """Asks for files that are read."""
    names, _ = QFileDialog.getOpenFileNames(parent, title, _begin("in"))
    for name in names[:1]:
        _keep("in", name, Path(name).parent)
    return names


def ask_new_file(parent: QWidget, title: str, name: str, endings: str) -> str:
    """Asks where a file is written, and proposes a name. Returns "" when nothing was chosen."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path(_begin("out"), name)), endings)
    return _keep("out", chosen, Path(chosen).parent)


def ask_folder(parent: QWidget, title: str, way: Way) -> str:
    """Asks for a folder that is read ("in") or written to ("out"). Returns "" when none was chosen."""
    name = QFileDialog.getExistingDirectory(parent, title, _begin(way))
    return _keep(way, name, Path(name))


def _begin(way: Way) -> str:
    """Returns the folder in which a dialog begins: the last one, else the person's own. A carrier may have been pulled out."""
    last = _last.get(way)
    try:
        there = last is not None and last.is_dir()
    except OSError:
        there = False
    return str(last if there else Path.home())


def _keep(way: Way, name: str, folder: Path) -> str:
    """Keeps the place of what was chosen, and returns the choice."""
    if name:
        _last[way] = folder
    return name
