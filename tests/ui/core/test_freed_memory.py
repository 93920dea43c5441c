"""Freed memory goes back to the system when the window has grown, and not each time it is looked at."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from triage.ui.core import freed_memory
from triage.ui.core.freed_memory import GROWN, FreedMemory, watch_freed_memory


def test_it_goes_back_when_the_window_has_grown(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, given = [0], []
    monkeypatch.setattr(freed_memory, "measure_memory", lambda: taken[0])
    monkeypatch.setattr(freed_memory, "give_back_freed_memory", lambda: given.append(taken[0]))
    watch = FreedMemory(app)
    for megabytes in (0, 10, 15, 16, 17, 31, 32, 20, 40):
        taken[0] = megabytes * GROWN // 16
        watch.look()
    watch.deleteLater()
    assert given == [GROWN, 2 * GROWN]


def test_a_program_has_one_watch(app: QApplication) -> None:
    watch = watch_freed_memory(app)
    assert watch_freed_memory(app) is watch and isinstance(watch, QObject)
