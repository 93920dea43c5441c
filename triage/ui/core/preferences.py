"""How the desktop looks and when it locks: a small file beside the store that holds no evidence and no state of it."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path

from triage.safe_files import read_file, replace_file, resolve_folder
from triage.ui.kit.theme import THEMES, ThemeName
from triage.ui.text.i18n import LANGUAGES, Language

log = logging.getLogger(__name__)

FILE = "desktop.json"
MAX_BYTES = 4096
IDLE_MINUTES = (1, 60)
"""Least and most: nobody can switch locking off."""


@dataclass(frozen=True, slots=True)
class Preferences:
    theme: ThemeName = "dark"
    language: Language = "en"
    idle_minutes: int = 10


def load(store: Path) -> Preferences:
    """What the file says if it is whole and known, else the defaults: a damaged file never keeps anybody out."""
    try:
        return _checked(json.loads(read_file(resolve_folder(store) / FILE, MAX_BYTES)))
    except FileNotFoundError:
        return Preferences()
    except (OSError, ValueError, TypeError, RecursionError):
        log.warning("%s is damaged; the defaults are used", FILE)
        return Preferences()


def save(store: Path, preferences: Preferences) -> None:
    """Replaces the file. Raises OSError."""
    replace_file(resolve_folder(store) / FILE, json.dumps(asdict(preferences)).encode())


def _checked(found: object) -> Preferences:
    if not isinstance(found, dict):
        raise TypeError("not a table")
    read = Preferences(**found)  # an unknown key raises TypeError
    low, high = IDLE_MINUTES
    if read.theme not in THEMES or read.language not in LANGUAGES:
        raise ValueError("unknown theme or language")
    if not isinstance(read.idle_minutes, int) or not low <= read.idle_minutes <= high:
        raise ValueError("idle minutes out of bounds")
    return read
