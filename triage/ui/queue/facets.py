"""The facets by which the queue can be filtered. Chips, header lists and the filter menu read this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from triage.model.queue_order import PRESERVE_NOW, QueueFacet
from triage.model.views import QueueFilter
from triage.ui.text import times, words
from triage.ui.text.i18n import Safe, ltr, mark, number, tr, trn, word

SPELLED_OUT = 3
"""A chip names so many values; more are counted."""
DEADLINE_DAYS = (7, 14, 30, 90, 365)


@dataclass(frozen=True, slots=True)
class Facet:
    """One facet: the field of the filter that holds its values, its name in the store, its title, and how a value reads."""

    field: str
    name: QueueFacet
    title: str
    """Marked for translation."""
    describe: Callable[[str], Safe]
    ordered: bool = False
    """Whether the values keep the order of the store; others come with the most frequent first."""

    def values(self, wanted: QueueFilter) -> tuple[str, ...]:
        """Returns the chosen values."""
        chosen: tuple[str, ...] = getattr(wanted, self.field)
        return chosen

    def excluded(self, wanted: QueueFilter) -> tuple[str, ...]:
        """Returns the values whose reports are left out."""
        return tuple(value for name, value in wanted.excluded if name == self.name)


def _or_none(describe: Callable[[str], Safe]) -> Callable[[str], Safe]:
    """Returns the words of a value; the empty value stands for reports without one."""
    return lambda value: describe(value) if value else tr("none stated")


def _person(name: str) -> Safe:
    return ltr(name) if name else tr("unassigned")


FACETS: tuple[Facet, ...] = (
    Facet("bands", "band", mark("Band"), ltr, ordered=True),
    Facet("statuses", "status", mark("Status"), words.status, ordered=True),
    Facet("offices", "office", mark("Office"), _or_none(words.office)),
    Facet("assignees", "assignee", mark("With"), _person),
    Facet("incident_types", "incident_type", mark("Incident"), _or_none(words.incident)),
    Facet("providers", "provider", mark("Provider"), _or_none(word)),
    Facet("flags", "flag", mark("Flag"), _or_none(word)),
    Facet("languages", "language", mark("Language"), _or_none(word)),
    Facet("provinces", "province", mark("Province"), _or_none(words.province)),
)
DEADLINE = "deadline"
"""The facet of time left: one number of days instead of values."""
TITLES: dict[str, str] = {facet.field: facet.title for facet in FACETS} | {DEADLINE: mark("Deadline")}


def find_facet(field: str) -> Facet:
    """Returns the facet of a field. Raises StopIteration when there is none."""
    return next(facet for facet in FACETS if facet.field == field)


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of the filter in words, the facet that changes it, and what the filter is without it."""

    words: Safe
    facet: str
    """Empty when it can only be taken away."""
    without: dict[str, Any]


def list_chips(wanted: QueueFilter) -> list[Chip]:
    """Returns the parts of a filter in words. The search stands in its own field."""
    found: list[Chip] = []
    if wanted.open_only:
        found.append(Chip(tr("Status: open"), "statuses", {"open_only": False}))
    for facet in FACETS:
        chosen = facet.values(wanted)
        if facet.field == "statuses" and chosen == PRESERVE_NOW.statuses:
            found.append(Chip(tr("Status: not closed"), facet.field, {"statuses": ()}))
        elif chosen:
            found.append(Chip(_describe_values(facet, chosen), facet.field, {facet.field: ()}))
        if unwanted := facet.excluded(wanted):
            others = tuple(pair for pair in wanted.excluded if pair[0] != facet.name)
            found.append(Chip(_describe_excluded(facet, unwanted), facet.field, {"excluded": others}))
    if (days := wanted.expiring_within_days) is not None:
        found.append(Chip(describe_days(days), DEADLINE, {"expiring_within_days": None}))
    if (days := wanted.preserve_within_days) is not None:
        found.append(
            Chip(
                trn("Evidence expires within {n} day", "Evidence expires within {n} days", days),
                "",
                {"preserve_within_days": None},
            )
        )
    if wanted.new_since is not None:
        since = tr("New since {time}", time=times.moment(wanted.new_since))
        found.append(Chip(since, "", {"new_since": None}))
    if wanted.fold_duplicates:
        found.append(Chip(tr("Duplicates: folded"), "", {"fold_duplicates": False}))
    return found


def describe_days(days: int) -> Safe:
    """Returns the facet of time left in words."""
    return trn("Deadline: within {n} day", "Deadline: within {n} days", days)


def _describe_values(facet: Facet, chosen: tuple[str, ...]) -> Safe:
    title = word(facet.title)
    if len(chosen) > SPELLED_OUT:
        return tr("{facet}: {n} chosen", facet=title, n=number(len(chosen)))
    return tr("{facet}: {values}", facet=title, values=Safe(tr(", ").join(facet.describe(value) for value in chosen)))


def _describe_excluded(facet: Facet, excluded: tuple[str, ...]) -> Safe:
    title = word(facet.title)
    if len(excluded) > SPELLED_OUT:
        return tr("{facet}: {n} excluded", facet=title, n=number(len(excluded)))
    return tr("{facet}: not {values}", facet=title, values=Safe(tr(", ").join(facet.describe(value) for value in excluded)))


def count_facets(wanted: QueueFilter) -> int:
    """Returns how many fields of a filter are set."""
    empty = QueueFilter()
    return sum(getattr(wanted, field.name) != getattr(empty, field.name) for field in fields(QueueFilter))
