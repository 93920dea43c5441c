"""How the desktop looks and when it locks: a small file in the folder of the store. It holds no evidence.

A new preference is one field of `Preferences`. The menu View and the check of the file follow from it.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from triage.message import Message
from triage.model.settings import setting, settings_of
from triage.safe_files import read_file, replace_file, resolve_folder
from triage.ui.kit.theme import ThemeName
from triage.ui.text.i18n import Language

log = logging.getLogger(__name__)

FILE = "desktop.json"
MAX_BYTES = 4096  # many times what the fields need


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a person chooses in the menu View. Locking when idle cannot be switched off."""

    theme: ThemeName = setting(
        "dark",
        Message("Theme"),
        {"dark": Message("Dark"), "light": Message("Light"), "contrast": Message("High contrast")},
    )
    language: Language = setting("en", Message("Language"), {"en": "English", "ur": "اردو"})
    idle_minutes: int = setting(
        10, Message("Lock when idle"), {n: Message("Lock after {n} minutes", n=n) for n in (2, 5, 10, 20, 30)}
    )


SETTINGS = settings_of(Preferences)


def load(store: Path) -> Preferences:
    """Returns the preferences of the file, or the defaults when it is absent or damaged, so that nobody is kept out."""
    try:
        return _check(json.loads(read_file(resolve_folder(store) / FILE, MAX_BYTES)))
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError, TypeError, RecursionError):
        log.warning("%s is damaged; the defaults are used", FILE)
        return Preferences()


def save(store: Path, preferences: Preferences) -> None:
    """Replaces the file. Raises OSError."""
    replace_file(resolve_folder(store) / FILE, json.dumps(asdict(preferences)).encode())


def _check(found: object) -> Preferences:
    """Returns the preferences when each value is one of its choices. Raises TypeError or ValueError."""
    if not isinstance(found, dict):
        raise TypeError("not a table")
    read = Preferences(**found)  # an unknown key raises TypeError
    for each in SETTINGS:
        if getattr(read, each.field) not in each.choices:
            raise ValueError(f"{each.field} has no such choice")
    return read
