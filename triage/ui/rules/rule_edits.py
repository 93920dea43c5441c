"""Holds edits of the rules that are not in use yet, with undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from triage.jobs.judging.rule_book import RuleBook
from triage.priority import RuleEdit

T = TypeVar("T")


class RuleEdits:
    """Holds the edits of the rules in `book`; an edit back to the value in use is no edit."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self._past: list[RuleEdit] = [RuleEdit()]

    @property
    def now(self) -> RuleEdit:
        """Returns all current edits."""
        return self._past[-1]

    def count(self) -> int:
        """Returns how many rules, bands and caps are edited."""
        edit = self.now
        return len({*edit.amounts, *edit.on}) + len(edit.bands) + len(edit.caps)

    def set_points(self, rule_id: str, value: float) -> None:
        """Sets the points of a rule."""
        was = next(rule.amount for rule in self.book.rules if rule.id == rule_id)
        self._push(replace(self.now, amounts=_set_value(self.now.amounts, rule_id, value, was)))

    def set_on(self, rule_id: str, on: bool) -> None:
        """Turns a rule on or off."""
        was = next(rule.on for rule in self.book.rules if rule.id == rule_id)
        self._push(replace(self.now, on=_set_value(self.now.on, rule_id, on, was)))

    def set_bands_and_caps(self, bands: dict[str, float], caps: dict[str, float]) -> None:
        """Sets all bands and caps at once."""
        edited = replace(
            self.now,
            bands={name: value for name, value in bands.items() if value != self.book.bands[name]},
            caps={f.name: caps[f.name] for f in self.book.families if f.name in caps and caps[f.name] != f.cap},
        )
        self._push(edited)

    def undo(self) -> bool:
        """Undoes the last edit; returns False when there is none."""
        if len(self._past) == 1:
            return False
        self._past.pop()
        return True

    def _push(self, edit: RuleEdit) -> None:
        """Stores a new state unless it equals the current one."""
        if edit != self.now:
            self._past.append(edit)


def _set_value(values: Mapping[str, T], name: str, value: T, was: object) -> dict[str, T]:
    """Returns the edits with one value set, or without it when it equals the value in use."""
    made = {each: said for each, said in values.items() if each != name}
    return made if value == was else {**made, name: value}
