"""Describes one key of a screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Screen = Literal[
    "everywhere", "queue", "report", "media", "compare", "held", "import", "set_aside",
    "gallery", "cases", "case", "links", "victims", "requests", "work", "deconfliction", "shift", "funnel", "grades", "ranking",
    "rules", "trial", "leads", "wellbeing",
    "admin", "users", "policies", "hash_lists", "offices", "keyring", "backups", "destruction", "statistics",
    "updates", "audit", "outgoing", "program_log", "help", "training",
]  # fmt: skip


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
