"""What people and other programs read of a hash list. Field names are JSON keys: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass, field

LIST_KINDS = ("known", "known-good", "negative", "case")
"""What a hit on a list can mean. `case` are the hashes of a seized device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSummary:
    """A hash list in the store, with what was read of it."""

    name: str
    kind: str
    profile: str | None
    added: str
    entries: int
    """Entries of the file: media of a VICS file, rows of a table."""
    hash_kinds: dict[str, int]
    """Distinct hashes that are compared, by kind."""
    unmatched_kinds: dict[str, int]
    """Distinct hashes that are kept and not compared."""
    unmatched_why: dict[str, str] = field(default_factory=dict)
    format: str = ""
    unread: int = 0
    """Places of the file that could not be read; `unread_examples` names the first of them, each with its reason."""
    unread_examples: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
