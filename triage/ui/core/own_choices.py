"""Keeps what the person of this session chose for themselves, while the session is unlocked."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject

from triage.model.private_account import PrivateSettings
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner

_chosen: WeakKeyDictionary[Api, PrivateSettings] = WeakKeyDictionary()


def load_choices(api: Api, runner: Runner, owner: QObject) -> None:
    """Reads the person's choices in the background, once the window is unlocked."""

    def take_up(found: PrivateSettings) -> None:
        _chosen.setdefault(api, found)  # what was chosen meanwhile is newer

    runner.ask(api.own_settings, take_up, owner=owner, failed=lambda _: None, about="choices")


def keep_choices(api: Api, settings: PrivateSettings) -> None:
    """Keeps the choices of a session; they are forgotten with it."""
    _chosen[api] = settings


def own_choices(api: Api) -> PrivateSettings:
    """Returns the choices, or the defaults before they were read."""
    return _chosen.get(api, PrivateSettings())
