"""resources/law.toml, read and checked."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from triage.errors import WorldError
from triage.law.facts import FACTS
from triage.resources import resource

Certainty = Literal["certain", "probable", "unverified"]


class LawError(WorldError):
    """The table can't be used. The sentence says what is wrong with it."""


class Investigator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may investigate under these acts, between which days of the investigation."""

    acts: tuple[str, ...]
    who: str
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    certainty: Certainty
    source: str

    def says(self) -> str:
        days = (f"since {self.since}" if self.since else "", f"until {self.until}" if self.until else "")
        when = " ".join(part for part in days if part)
        return f"{self.who}{f' {when}' if when else ''} ({self.certainty}: {self.source})"


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A row. `not_by` is a fact on which alone the section is not offered; `instead` is what is said then."""

    act: str
    section: str
    title: str
    since: date = msgspec.field(name="from")
    until: date | None = None
    certainty: Certainty
    source: str
    suggested_by: tuple[str, ...]
    not_by: str | None = None
    instead: str = ""

    def holds_on(self, day: date) -> bool:
        """From its first day on, and before the day that ended it."""
        return self.since <= day and (self.until is None or day < self.until)


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    version: str
    law: tuple[Section, ...]
    investigator: tuple[Investigator, ...]


@cache
def shipped() -> Table:
    return load(resource("law.toml"))


def load(file: Traversable) -> Table:
    """Raises LawError."""
    try:
        table = msgspec.toml.decode(file.read_bytes(), type=Table)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LawError("The table of law is not valid: {error}.", error=str(error), detail=str(error)) from error
    for row in table.law:
        unknown = {*row.suggested_by, *([row.not_by] if row.not_by else [])} - FACTS.keys()
        if unknown:
            raise LawError(
                "{act} s.{section} rests on facts that Triage does not look for: {unknown}.",
                act=row.act,
                section=row.section,
                unknown=tuple(sorted(unknown)),
            )
        if (row.not_by is None) != (not row.instead) or not row.suggested_by or not row.source:
            raise LawError(
                "{act} s.{section} lacks its source, what suggests it, or the alternative.", act=row.act, section=row.section
            )
    return table
