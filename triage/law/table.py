"""Reads and checks resources/law.toml."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from triage.errors import WorldError
from triage.law.context import Sex
from triage.law.facts import FACTS
from triage.resources import reads_tables, resource

Certainty = Literal["certain", "probable", "unverified"]
NO_PROVINCE = "unknown"
"""Stands in `provinces` for a report whose province is not known."""


class LawError(WorldError):
    """Says what is wrong with the table."""


class Investigator(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may investigate: the first row that fits act, section, province and today. Empty `sections` and `provinces` fit all."""

    acts: tuple[str, ...]
    sections: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    who: str
    since: date | None = msgspec.field(default=None, name="from")
    until: date | None = None
    certainty: Certainty
    source: str

    def fits(self, row: Section, province: str | None, today: date) -> bool:
        """Returns whether this body investigates a section in a province today."""
        return (
            (not self.acts or row.act in self.acts)
            and (not self.sections or row.section in self.sections)
            and (not self.provinces or province in self.provinces)
            and (self.since is None or self.since <= today)
            and (self.until is None or today < self.until)
        )

    def describe(self) -> str:
        """Returns the body with certainty and source, as papers print it."""
        return f"{self.who} ({self.certainty}: {self.source})"


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One row of the table.

    `suggested_by` names facts, any of which suggests the row. `not_by` names facts on which alone the row is not offered;
    `instead` is printed then. `provinces` limits the row to places. `sex` limits it to a child of whom the report states that sex
    or none. `by_today` rows follow today, not the day of the act: they say what to do now. A `pending` row is a bill and is
    never offered.
    """

    act: str
    section: str
    title: str
    since: date = msgspec.field(name="from")
    until: date | None = None
    certainty: Certainty
    source: str
    suggested_by: tuple[str, ...]
    not_by: tuple[str, ...] = ()
    instead: str = ""
    provinces: tuple[str, ...] = ()
    sex: Sex | None = None
    by_today: bool = False
    pending: bool = False

    def holds_on(self, day: date) -> bool:
        """Returns whether the section holds from its first day on, and before the day that ended it."""
        return self.since <= day and (self.until is None or day < self.until)

    def holds_in(self, province: str | None) -> bool:
        """Returns whether the section may hold in a province; None is a province that is not known."""
        return not self.provinces or (province or NO_PROVINCE) in self.provinces


class LawTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The sections in the order in which papers print them, and who investigates."""

    version: str
    law: tuple[Section, ...]
    investigator: tuple[Investigator, ...]


@reads_tables
@cache
def load_shipped_table() -> LawTable:
    """Returns the table that is shipped with the program."""
    return load_table(resource("law.toml"))


def load_table(file: Traversable) -> LawTable:
    """Reads a table of law.

    Raises:
        LawError: The file can't be read, or a row lacks something or rests on an unknown fact.
    """
    try:
        table = msgspec.toml.decode(file.read_bytes(), type=LawTable)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise LawError("The table of law is not valid: {error}.", error=str(error), detail=str(error)) from error
    for row in table.law:
        unknown = {*row.suggested_by, *row.not_by} - FACTS.keys()
        if unknown:
            raise LawError(
                "{act} s.{section} rests on facts that Triage does not look for: {unknown}.",
                act=row.act,
                section=row.section,
                unknown=tuple(sorted(unknown)),
            )
        if bool(row.not_by) != bool(row.instead) or not row.suggested_by or not row.source:
            raise LawError(
                "{act} s.{section} lacks its source, what suggests it, or the alternative.", act=row.act, section=row.section
            )
    if not table.law or not table.investigator:
        raise LawError("The table of law is not valid: {error}.", error="it has no section, or nobody who investigates")
    return table
