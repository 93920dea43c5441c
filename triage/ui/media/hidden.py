"""What a person hid from themselves: for their own eyes alone, until they lock, and never from a second grader."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from triage.ui.core.api import Api

_hidden: WeakKeyDictionary[Api, set[str]] = WeakKeyDictionary()


def hidden(api: Api) -> set[str]:
    """SHA-256 of the media that the person of this session hid. One set a session; it goes with the session."""
    return _hidden.setdefault(api, set())
