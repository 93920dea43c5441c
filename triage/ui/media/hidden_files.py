"""Keeps which files a person hid from themselves; the list is forgotten on locking and never affects others.

Files with a warning from which the person keeps away are hidden until the person shows them again.
"""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from triage import wellbeing
from triage.model.views import ShowFile
from triage.ui.core.api import Api
from triage.ui.core.own_choices import own_choices

_hidden: WeakKeyDictionary[Api, set[str]] = WeakKeyDictionary()
_shown_again: WeakKeyDictionary[Api, set[str]] = WeakKeyDictionary()


def hidden_hashes(api: Api) -> set[str]:
    """Returns the SHA-256 of the files that the person of this session hid.

    The set belongs to the session and is forgotten with it.
    """
    return _hidden.setdefault(api, set())


def is_hidden(api: Api, file: ShowFile, report_annotations: Sequence[str] = ()) -> bool:
    """Returns whether the person hid this file, or keeps away from a warning of it or of its report."""
    return file.sha256 is not None and is_hidden_content(api, file.sha256, wellbeing.find_warnings(file, report_annotations))


def is_hidden_content(api: Api, sha256: str, warnings: Sequence[str]) -> bool:
    """Returns whether the person hid this content, or keeps away from one of its warnings."""
    if sha256 in hidden_hashes(api):
        return True
    kept_away = wellbeing.is_kept_away(warnings, own_choices(api).keeps_away)
    return kept_away and sha256 not in _shown_again.get(api, set())


def show_again(api: Api, sha256: str) -> None:
    """Shows a hidden file again, as long as the session lasts."""
    hidden_hashes(api).discard(sha256)
    _shown_again.setdefault(api, set()).add(sha256)


def hide(api: Api, sha256: str) -> None:
    """Hides a file."""
    hidden_hashes(api).add(sha256)
    _shown_again.setdefault(api, set()).discard(sha256)
