"""Describes one key of a screen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KeyBinding:
    """Describes one key of a screen.

    `keys` are in the notation of QKeySequence, and `cap` is printed on the button. A `hold` key is watched by the screen itself,
    because it acts while it is held.
    """

    action: str
    keys: tuple[str, ...]
    cap: str
    describe_key: str
    hold: bool = False
