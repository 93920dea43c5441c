"""Remembers when the person of a session began to work in this run of the program. A lock does not end it."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from triage.ui.core.api import Api
from triage.ui.text import times

_began: WeakKeyDictionary[Api, str] = WeakKeyDictionary()


def keep_start(api: Api, began: str) -> None:
    """Keeps the time, ISO 8601 UTC, for a session that goes on with the work of an earlier one."""
    _began[api] = began


def find_start(api: Api) -> str:
    """Returns since when undo reaches back: since the person began in this run of the program, or since now."""
    return _began.setdefault(api, times.now_iso())
