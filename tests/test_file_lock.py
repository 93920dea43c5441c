"""Locks on files as Windows has them, asked of a stand-in for its library: no Windows was at hand."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from triage import file_lock


class StandIn:
    """What `msvcrt.locking` is asked, and whether somebody else holds the lock."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int, int]] = []
        self.held = False

    def locking(self, handle: int, mode: int, size: int) -> None:
        self.asked.append((mode, size, os.lseek(handle, 0, os.SEEK_CUR)))
        if mode == 2 and self.held:
            raise OSError(36, "Resource deadlock avoided")


@pytest.fixture
def library() -> StandIn:
    return StandIn()


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch, library: StandIn) -> ModuleType:
    """Returns the module as Windows would load it."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(locking=library.locking, LK_NBLCK=2, LK_UNLCK=0))  # type: ignore[arg-type]
    found = importlib.util.spec_from_file_location("file_lock_of_windows", file_lock.__file__)
    assert found is not None and found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_a_lock_of_windows_is_of_the_first_byte(windows: ModuleType, library: StandIn, tmp_path: Path) -> None:
    handle = os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT)
    try:
        assert windows.try_lock(handle)
        os.write(handle, b"who holds it")  # moves the place in the file: Windows locks and frees from there
        windows.unlock(handle)
        assert library.asked == [(2, 1, 0), (0, 1, 0)]
        library.held = True
        assert not windows.try_lock(handle)
        assert windows.try_shared_lock(handle)
    finally:
        os.close(handle)
