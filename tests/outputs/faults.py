"""Faults at a chosen step of a command: each call that changes files is a step."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.drawn_papers import typeset_footer
from triage.exports import pdf_documents
from triage.store.database import Writer

_CHANGES = ("fsync", "mkdir", "rename", "replace", "rmdir", "unlink", "remove")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Killed(BaseException):
    """The process died: nothing that comes after this changes a file."""


class Faults:
    """Counts the steps of a command, and lets one of them fail."""

    def __init__(self, store: Path, at: int, error: BaseException, *, outside: bool) -> None:
        """Raises `error` at step `at` (counted from 1; 0 is never). With `outside` only steps outside the store count."""
        self.steps = self.steps_outside = 0
        self._store, self._at, self._error, self._outside = store, at, error, outside
        self._dead = False

    def reach(self, path: object, folder: int | None) -> None:
        if self._dead:
            raise Killed
        outside = not self._is_in_store(path, folder)
        self.steps_outside += outside
        if self._outside and not outside:
            return
        self.steps += 1
        if self.steps == self._at:
            self._dead = isinstance(self._error, Killed)
            raise self._error

    def _is_in_store(self, path: object, folder: int | None) -> bool:
        if isinstance(path, int):
            where = Path(f"/proc/self/fd/{path}").readlink()
        elif folder is not None:
            where = Path(f"/proc/self/fd/{folder}").readlink() / str(path)
        else:
            where = Path(str(path)).absolute()
        return where.is_relative_to(self._store)


@contextmanager
def injected(store: Path, at: int, error: BaseException, *, outside: bool = False) -> Iterator[Faults]:
    """Lets step `at` of what runs inside fail. Papers are not typeset: they are a constant."""
    faults = Faults(store, at, error, outside=outside)
    with pytest.MonkeyPatch.context() as patch:
        for name in _CHANGES:
            patch.setattr(os, name, _counting(getattr(os, name), faults))
        patch.setattr(os, "open", _counting(os.open, faults, only_writing=True))
        for name in ("begin", "commit"):
            patch.setattr(Writer, name, _counting_statement(getattr(Writer, name), faults))
        patch.setattr(pdf_documents, "_run_typesetter", typeset_footer)
        yield faults


def _counting(function: Callable[..., Any], faults: Faults, *, only_writing: bool = False) -> Callable[..., Any]:
    def wrapped(path: object, *arguments: Any, **named: Any) -> Any:
        if not only_writing or arguments[0] & _WRITES:
            faults.reach(path, named.get("dir_fd", named.get("dst_dir_fd")))
        return function(path, *arguments, **named)

    return wrapped


def _counting_statement(function: Callable[[Writer], None], faults: Faults) -> Callable[[Writer], None]:
    def wrapped(writer: Writer) -> None:
        faults.reach(faults._store, None)
        function(writer)

    return wrapped


FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
FORBIDDEN = OSError(errno.EACCES, os.strerror(errno.EACCES))
