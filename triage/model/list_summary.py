"""What people and other programs read of a hash list. Field names are JSON keys: extend, never rename."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.message import Message

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
    unread_examples: tuple[Message, ...] = ()
    notes: tuple[str, ...] = ()
    distance: int | None = None
    """Bits of 256 up to which its PDQ hashes match; None is the usual distance."""
    unfinished: bool = False
    """It is long and was not read to the end: it has no effect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchConflict:
    """A file of the store that one list counts as known material and another as harmless. Both stand; a person decides."""

    report_id: str | None
    file: str
    known: str
    known_tier: str
    harmless: str
    harmless_tier: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListConflicts:
    """Where hash lists disagree.

    `shared` counts, by list of known material and harmless list, the hashes that both hold, whether or not the store has them.
    """

    files: tuple[MatchConflict, ...]
    shared: dict[tuple[str, str], int]

    def count(self, name: str) -> tuple[int, int]:
        """Returns how many files and how many hashes a list disputes with others."""
        return (
            sum(name in (each.known, each.harmless) for each in self.files),
            sum(n for names, n in self.shared.items() if name in names),
        )
