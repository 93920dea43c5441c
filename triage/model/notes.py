"""What people note on a report, for display. Field names are JSON keys: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowNote:
    """What a person noted on a report; `elsewhere`: at another workstation."""

    id: int
    when: str
    user: str
    text: str
    elsewhere: bool = False
