"""Remembers in the folder of the store where the window was and how large, and keeps it on the screens that there are."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from PySide6.QtCore import QRect, QSize

from triage.safe_files import read_file, replace_file, resolve_folder

log = logging.getLogger(__name__)

FILE = "place.json"
"""Not a name of `triage.store.window_lock`, whose files come and go with each start."""
MAX_BYTES = 4096  # bytes of the stored place of the window
LARGEST = 32_767
"""Qt's own limit of a coordinate on screen."""
FIRST_SIZE = QSize(1440, 900)


@dataclass(frozen=True, slots=True)
class WindowPlace:
    """The place of the window in logical pixels; `maximized` tells whether it filled its screen."""

    x: int
    y: int
    width: int
    height: int
    maximized: bool = False

    def __post_init__(self) -> None:
        """Refuses what no window can have."""
        numbers = (self.x, self.y, self.width, self.height)
        if any(type(each) is not int or abs(each) > LARGEST for each in numbers) or min(self.width, self.height) < 1:
            raise ValueError("no place of a window")
        if type(self.maximized) is not bool:
            raise ValueError("maximized is yes or no")


def load(store: Path) -> WindowPlace | None:
    """Returns the remembered place, or None when there is none or the file is damaged."""
    try:
        return WindowPlace(**json.loads(read_file(resolve_folder(store) / FILE, MAX_BYTES)))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, RecursionError):
        log.warning("%s is damaged; the window opens in the middle of the screen", FILE)
        return None


def save(store: Path, place: WindowPlace) -> None:
    """Replaces the file. A place that cannot be saved is forgotten, since the folder may be read-only."""
    try:
        replace_file(resolve_folder(store) / FILE, json.dumps(asdict(place)).encode())
    except OSError:
        log.info("%s could not be written", FILE)


def fit_on_screens(place: WindowPlace | None, frame: QSize, screens: Sequence[QRect]) -> QRect:
    """Returns where the window opens.

    `frame` is what the system's frame adds to the window, and `screens` are the usable areas, the main one first. A remembered
    place is moved and shrunk until it lies on the screen that shows most of it. Without one, or when its screen is gone, the
    window stands in the middle of the main screen.
    """
    main = screens[0]
    if place is None:
        home = main
        wanted = QRect(main.topLeft(), FIRST_SIZE.boundedTo(main.size() - frame))
        wanted.moveCenter(main.center())
    else:
        wanted = QRect(place.x, place.y, place.width, place.height)
        seen = [_area(screen.intersected(wanted)) for screen in screens]
        home = screens[seen.index(max(seen))] if max(seen) else main
        wanted.setSize(wanted.size().boundedTo(home.size() - frame))
        if not max(seen):
            wanted.moveCenter(main.center())
    wanted.moveLeft(max(home.left(), min(wanted.left(), home.right() + 1 - wanted.width() - frame.width())))
    wanted.moveTop(max(home.top(), min(wanted.top(), home.bottom() + 1 - wanted.height() - frame.height())))
    return wanted


def _area(area: QRect) -> int:
    return max(0, area.width()) * max(0, area.height())
