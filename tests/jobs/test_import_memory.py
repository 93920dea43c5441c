"""The C library keeps freed memory during an import, and gives it back afterwards."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

import pytest

from triage import limits
from triage.jobs.intake.memory import keep_freed_memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems are not told")


class Library:
    """Stands for the C library and notes what it is told."""

    def __init__(self, told: list[tuple[str, tuple[int, ...]]], *names: str) -> None:
        for name in names:
            setattr(self, name, self._make_call(told, name))

    @staticmethod
    def _make_call(told: list[tuple[str, tuple[int, ...]]], name: str) -> Callable[..., int]:
        def call(*numbers: int) -> int:
            told.append((name, numbers))
            return 1

        return call


def test_freed_memory_is_kept_inside_and_given_back_even_after_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library(told, "mallopt", "malloc_trim"))
    with pytest.raises(KeyError), keep_freed_memory():
        inside = list(told)
        raise KeyError
    assert ("mallopt", (-1, 64 * limits.MIB)) in inside and "malloc_trim" not in dict(inside)
    assert told[len(inside) :] == [("malloc_trim", (0,))]


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, tuple[int, ...]]] = []
    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library(told, "malloc_trim"))
    with keep_freed_memory():
        pass
    assert told == []
