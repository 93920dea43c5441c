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


REVEAL_KEYS: tuple[KeyBinding, ...] = (
    KeyBinding("facts", ("1",), "1", "Facts, as the provider stated them"),
    KeyBinding("verdict", ("2",), "2", "Verdict: I have read what is known and warned of"),
    KeyBinding("blurred", ("3",), "3", "Large and blurred while held", hold=True),
    KeyBinding("edges", ("4",), "4", "Only edges while held", hold=True),
    KeyBinding("grey", ("5",), "5", "Grey while held", hold=True),
    KeyBinding("colour", ("6",), "6", "Colour while held", hold=True),
    KeyBinding("hold", ("Space",), "Space", "The current step, while held", hold=True),
    KeyBinding("latch", ("L",), "L", "Keep it open for a few seconds instead of holding the key"),
)
"""The steps in which one file is revealed: the same keys wherever media are seen one by one."""
