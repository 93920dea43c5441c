"""Keeps which files a person hid from themselves; the list is forgotten on locking and never affects others."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from triage.ui.core.api import Api

_hidden: WeakKeyDictionary[Api, set[str]] = WeakKeyDictionary()


def hidden_hashes(api: Api) -> set[str]:
    """Returns the SHA-256 of the files that the person of this session hid.

    The set belongs to the session and is forgotten with it.
    """
    return _hidden.setdefault(api, set())
