"""What the first half of an import leaves for the second: attachments, and which reports lie where they do."""

from __future__ import annotations

from dataclasses import dataclass, field

from triage.importers.bundle_entry import Entry
from triage.importers.levels import Level, enclosing_levels


@dataclass(frozen=True, slots=True)
class Attachment:
    """`kind` as `classify` says. `refused`: why it is no report although it looks like one; it is set aside with that reason
    unless a report lists it."""

    entry: Entry
    kind: str
    refused: str | None = None


@dataclass(slots=True)
class Attachments:
    """What is left for the second half: entries that are no documents, and which reports lie at the levels they need."""

    entries: list[Attachment] = field(default_factory=list)
    levels: dict[str, Level] = field(default_factory=dict)
    _needed: set[str] = field(default_factory=set)
    """Where entries wait, and all levels above."""
    _open: set[str] = field(default_factory=set)
    """Of `levels`, those of which it is not known yet whether anything needs them."""
    _zips_seen: int = 0

    def add(self, attachment: Attachment) -> None:
        self.entries.append(attachment)
        self._need(attachment.entry.level)

    def level(self, name: str) -> Level:
        self._open.add(name)
        return self.levels.setdefault(name, Level())

    def forget_done(self, at: str, opened: list[Entry]) -> None:
        """Levels that the bundle, which stands `at` one now, has left behind, and that nothing waits for: of a hundred thousand
        reports they would fill the memory. Not the topmost, to which files that are handed over one by one come back."""
        for zipped in opened[self._zips_seen :]:
            self._need(zipped.level)
        self._zips_seen = len(opened)
        left = {level for level in self._open if "/" in level and not f"{at}/".startswith(f"{level}/")}
        self._open -= left
        for level in left - self._needed:
            del self.levels[level]

    def _need(self, level: str) -> None:
        for here in enclosing_levels(level):
            if here in self._needed:
                return
            self._needed.add(here)
