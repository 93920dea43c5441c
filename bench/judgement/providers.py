"""Invented providers, by how they write: which parts of a report they fill, in how many of a hundred reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Source = Literal["flags", "fields", "words", "attachments"]
SOURCES: tuple[Source, ...] = ("flags", "fields", "words", "attachments")
"""Where evidence of danger stands: marks of the report, fields of its people, sentences, and what is said of its files."""


@dataclass(frozen=True, slots=True)
class Profile:
    """`chat` and `prose` are shares of reports with the parties' own words, and with a text of the provider's staff."""

    name: str
    provider: str
    share: float
    flags: float
    fields: float
    chat: float
    prose: float
    attachments: float

    def chance(self, source: Source) -> float:
        """Returns the chance that this provider tells a danger by a source."""
        return (
            max(self.chat, self.prose)
            if source == "words"
            else {"flags": self.flags, "fields": self.fields}.get(source, self.attachments)
        )


PROFILES = (
    Profile("fills flags", "Lantern Chat", 0.30, flags=0.55, fields=0.30, chat=0.40, prose=0.10, attachments=0.35),
    Profile("writes prose", "Kite Mail", 0.25, flags=0.05, fields=0.05, chat=0.05, prose=0.85, attachments=0.10),
    Profile("sends chats", "Reed Messenger", 0.25, flags=0.05, fields=0.05, chat=0.85, prose=0.05, attachments=0.10),
    Profile("sends little", "Moss Host", 0.20, flags=0.02, fields=0.04, chat=0.10, prose=0.05, attachments=0.25),
)
