"""Keeps what the first half of an import leaves for the second: attachments, and the reports at their levels."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.importers.bundle_entry import Entry
from triage.importers.levels import Level, enclosing_levels
from triage.message import Message


@dataclass(frozen=True, slots=True)
class Attachment:
    """An entry that is no document. `kind` is as `classify` says.

    `refused` is why it is no report although it looks like one. It is quarantined with that reason unless a report lists it.
    """

    entry: Entry
    kind: str
    refused: Message | None = None
    locked: bool = False
    """It is quarantined already, until a password opens it. A report that it belongs to keeps it as a file that was not read."""


@dataclass(slots=True)
class Attachments:
    """The entries that are no documents, and the reports at the levels that these entries need."""

    entries: list[Attachment] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    _needed: set[str] = field(default_factory=set)
    """The levels of the entries, and all levels above."""
    _open: set[str] = field(default_factory=set)
    """Those of `levels` for which it is not known yet whether anything needs them."""
    _zips_seen: int = 0

    def add(self, attachment: Attachment) -> None:
        """Adds an entry; its level and all levels above are kept."""
        self.entries.append(attachment)
        self._keep_level(attachment.entry.level)

    def level(self, name: str) -> Level:
        """Returns the level with this name, and adds it when it is new."""
        self._open.add(name)
        return self.levels.setdefault(name, Level())

    def forget_done(self, at: str, opened: list[Entry]) -> None:
        """Forgets levels that the bundle has left, now at `at`, and for which no entry waits.

        Those of a hundred thousand reports would fill the memory. The topmost level stays: files that are handed over one by one
        come back to it.
        """
        for zipped in opened[self._zips_seen :]:
            self._keep_level(zipped.level)
        self._zips_seen = len(opened)
        left = {level for level in self._open if "/" in level and not f"{at}/".startswith(f"{level}/")}
        self._open -= left
        for level in left - self._needed:
            del self.levels[level]

    def _keep_level(self, level: str) -> None:
        """Keeps a level and all levels above."""
        for here in enclosing_levels(level):
            if here in self._needed:
                return
            self._needed.add(here)
