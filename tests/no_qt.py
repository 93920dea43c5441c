"""A pytest plug-in (`-p tests.no_qt`) for the run in which PySide6 cannot be imported: only the desktop may need it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

BLOCKED = ("PySide6", "shiboken6")
DESKTOP = ("ui", "e2e")
"""The folders of tests that a second run covers, with PySide6."""


class _NoQt:
    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is blocked in this run: only the desktop may need it")
        return None


sys.meta_path.insert(0, _NoQt())


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """A folder of the desktop's tests is not even imported; None lets pytest decide on everything else."""
    return True if collection_path.parent == Path(__file__).parent and collection_path.name in DESKTOP else None
