"""The files of a gallery as arrays: what is known of each content, and how filters and groups arrange them.

Two hundred thousand contents take some megabytes, and no object each. `load_items` reads them once for a scope; `arrange` then
filters, groups and counts without the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from triage.model.gallery import (
    ANY_GRADE,
    KINDS,
    KNOWN,
    NO_OFFICE,
    NO_WARNING,
    SEEN,
    STATES,
    UNCERTAIN,
    VIEWERS,
    FileFacet,
    FileState,
    GalleryFilter,
    GalleryPart,
    Grouping,
)

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
LAST = np.iinfo(np.int64).max
"""Sorts what has no group behind all groups."""


def read_rows(rows: Iterable[tuple[int, ...]], columns: int) -> list[Ids]:
    """Returns the columns of rows of integers as arrays."""
    kind = np.dtype([(str(n), np.int64) for n in range(columns)])
    found = np.fromiter(rows, kind)
    return [np.ascontiguousarray(found[str(n)]) for n in range(columns)]


@dataclass(slots=True)
class Places:
    """In which reports the contents lie: one row for each content and report, by content, the gravest report first."""

    item: Ids
    """Position of the content in the items."""
    report: Ids
    rank: Ids
    """Position of the report in the order of the queue."""
    office: Ids
    """Code of the report's office, -1 without."""
    day: Ids
    """Day of receipt since 1970, -1 when not stated."""
    files: Ids
    """Files of this content in this report."""


@dataclass(slots=True)
class Marks:
    """Values of a facet that a content has any number of: (position of the content, code)."""

    item: Ids
    code: Ids

    def find(self, code: int, count: int) -> Mask:
        """Returns which of `count` contents have this value."""
        found = np.zeros(count, bool)
        found[self.item[self.code == code]] = True
        return found


@dataclass(slots=True)
class GalleryItems:
    """The contents of a scope, by ascending media item id."""

    media: Ids
    state: Ids
    grade: Ids
    """Position in `grades`, -1 when no grade stands."""
    kind: Ids
    """Position in KINDS."""
    stack: Ids
    """Media item that stands for the near copies of this one; itself when it has none."""
    places: Places
    lists: Marks
    warnings: Marks
    account: Mapping[int, str]
    """Reported user of each report; filled for grouping by reported user only."""
    grades: tuple[str, ...]
    list_names: Mapping[int, str]
    warning_names: tuple[str, ...]
    office_names: Mapping[int, str]
    lists_loaded: bool
    """Whether a list of known material is loaded; else nothing was checked against one."""
    part: GalleryPart | None = None
    """Which reports of the scope these files belong to; None when they are all."""
    files: int = field(init=False)
    reports: int = field(init=False)

    def __post_init__(self) -> None:
        """Counts files and reports, in the thread that reads."""
        self.files = int(self.places.files.sum())
        self.reports = len(np.unique(self.places.report))

    def find(self, media: Sequence[int]) -> Ids:
        """Returns the positions of these media items; those that are not among the items are left out."""
        wanted = np.asarray(media, np.int64)
        at = np.searchsorted(self.media, wanted)
        at = at[at < len(self.media)]
        return at[np.isin(self.media[at], wanted)]


@dataclass(frozen=True, slots=True)
class GalleryOrder:
    """The arranged contents: cells in groups. A cell is a stack of near copies, its first member on top.

    Members of a stack lie side by side, from `starts[cell]` to `starts[cell + 1]`. Groups likewise begin at `groups[group]`.
    """

    media: Ids
    report: Ids
    files: Ids
    item: Ids
    """Position in the items."""
    starts: Ids
    groups: Ids
    keys: Ids
    """What each group stands for: a report, a list, a day, a stack, or a position in `accounts`. -1 for the rest."""
    accounts: tuple[str, ...]
    counts: Mapping[FileFacet, Mapping[str, int]]
    """For each value of a facet the contents under the other facets."""
    total: int
    """Contents of the scope, before the filter."""

    @property
    def cells(self) -> int:
        """Returns the number of cells."""
        return len(self.starts) - 1

    def members(self, cell: int) -> slice:
        """Returns where the members of a cell lie."""
        return slice(int(self.starts[cell]), int(self.starts[cell + 1]))

    def find_cell(self, medium_id: int) -> int | None:
        """Returns the cell with a media item, or None."""
        found = np.flatnonzero(self.media == medium_id)
        return int(np.searchsorted(self.starts, found[0], "right")) - 1 if len(found) else None


# -- arranging -------------------------------------------------------------------------------------------------------------


def arrange(items: GalleryItems, wanted: GalleryFilter, grouping: Grouping) -> GalleryOrder:
    """Filters, stacks and groups the items."""
    tests = _build_tests(items)
    masks = {facet: _match_any(tests[facet], wanted.values(facet), len(items.media)) for facet in FileFacet}
    chosen = _all_of(masks.values(), len(items.media))
    if wanted.fold_done:
        chosen &= (items.state & (ANY_GRADE | KNOWN)) == 0
    counts = {
        facet: {
            name: int((test() & _all_of((mask for other, mask in masks.items() if other != facet), len(items.media))).sum())
            for name, test in tests[facet].items()
        }
        for facet in FileFacet
    }
    return _build_order(items, chosen, wanted.values(FileFacet.OFFICE), grouping, counts)


Tests = Mapping[str, Callable[[], Mask]]


def _build_tests(items: GalleryItems) -> dict[FileFacet, Tests]:
    """Returns for each facet its values, and which contents have them."""
    state, count = items.state, len(items.media)

    def has(bits: int) -> Mask:
        found: Mask = (state & bits) != 0
        return found

    def lies_at(office: int) -> Mask:
        found = np.zeros(count, bool)
        found[items.places.item[items.places.office == office]] = True
        return found

    states = (
        lambda: ~has(SEEN | ANY_GRADE),
        lambda: has(SEEN) & ~has(ANY_GRADE),
        lambda: has(FileState.GRADED),
        lambda: has(FileState.WAITS | FileState.DISAGREE),
        lambda: has(KNOWN),
        lambda: has(FileState.POSSIBLE) & ~has(KNOWN),
        lambda: has(FileState.HELD) & ~has(KNOWN),
        lambda: ~has(KNOWN | UNCERTAIN) & items.lists_loaded,
        lambda: ~has(KNOWN | UNCERTAIN) & (not items.lists_loaded),
    )
    viewers = (lambda: has(FileState.SEEN_BY_ME), lambda: has(FileState.SEEN_BY_OTHERS), lambda: ~has(SEEN))
    return {
        FileFacet.STATE: dict(zip(STATES, states, strict=True)),
        FileFacet.GRADE: {name: lambda at=at: items.grade == at for at, name in enumerate(items.grades)},  # type: ignore[misc]
        FileFacet.KIND: {name: lambda at=at: items.kind == at for at, name in enumerate(KINDS)},  # type: ignore[misc]
        FileFacet.LIST: {
            name: lambda code=code: items.lists.find(code, count)  # type: ignore[misc]
            for code, name in items.list_names.items()
        },
        FileFacet.WARNING: {
            **{
                name: lambda code=code: items.warnings.find(code, count)  # type: ignore[misc]
                for code, name in enumerate(items.warning_names)
            },
            NO_WARNING: lambda: ~has(FileState.WARNED),
        },
        FileFacet.OFFICE: {
            **{name: lambda code=code: lies_at(code) for code, name in items.office_names.items()},  # type: ignore[misc]
            NO_OFFICE: lambda: lies_at(-1),
        },
        FileFacet.VIEWER: dict(zip(VIEWERS, viewers, strict=True)),
    }


def _match_any(tests: Tests, values: frozenset[str], count: int) -> Mask:
    """Returns which contents have one of the values; all when none is chosen, and none when the values are gone."""
    if not values:
        return np.ones(count, bool)
    found = np.zeros(count, bool)
    for value in values:
        if value in tests:
            found |= tests[value]()
    return found


def _all_of(masks: Iterable[Mask], count: int) -> Mask:
    found = np.ones(count, bool)
    for mask in masks:
        found &= mask
    return found


def _build_order(
    items: GalleryItems,
    chosen: Mask,
    offices: frozenset[str],
    grouping: Grouping,
    counts: Mapping[FileFacet, Mapping[str, int]],
) -> GalleryOrder:
    """Stacks and groups the chosen contents. Each lies under the gravest of its reports that the filter keeps."""
    place, kept = _choose_places(items, chosen, offices)
    files = np.bincount(items.places.item, weights=items.places.files, minlength=len(items.media)).astype(np.int64)[kept]
    stack = items.media[kept] if grouping is Grouping.SERIES else items.stack[kept]
    _, leader, stack_at = np.unique(stack, return_index=True, return_inverse=True)
    leader = _put_representatives_on_top(items.media[kept], stack, leader)
    keys, accounts = _find_keys(items, kept, place, grouping)
    of_group, rank = keys[leader][stack_at], items.places.rank[place][leader][stack_at]
    on_top = np.arange(len(kept)) != leader[stack_at]
    by_group = _sort_key(of_group, rank, grouping)
    order = np.lexsort((items.media[kept], on_top, items.media[kept][leader][stack_at], rank, by_group))
    sorted_stack, sorted_group = stack_at[order], by_group[order]
    starts = np.flatnonzero(np.r_[True, sorted_stack[1:] != sorted_stack[:-1]]) if len(order) else np.zeros(0, np.int64)
    group_of_cell = sorted_group[starts]
    groups = np.flatnonzero(np.r_[True, group_of_cell[1:] != group_of_cell[:-1]]) if len(starts) else np.zeros(0, np.int64)
    return GalleryOrder(
        media=items.media[kept][order],
        report=items.places.report[place][order],
        files=files[order],
        item=kept[order],
        starts=np.r_[starts, len(order)].astype(np.int64),
        groups=np.r_[groups, len(starts)].astype(np.int64),
        keys=of_group[order][starts][groups] if len(starts) else np.zeros(0, np.int64),
        accounts=accounts,
        counts=counts,
        total=len(items.media),
    )


def _choose_places(items: GalleryItems, chosen: Mask, offices: frozenset[str]) -> tuple[Ids, Ids]:
    """Returns the chosen row of places of each chosen content, and the positions of these contents."""
    places = items.places
    fits = chosen[places.item]
    if offices:
        codes = [code for code, name in items.office_names.items() if name in offices] + [-1] * (NO_OFFICE in offices)
        fits &= np.isin(places.office, codes)
    rows = np.flatnonzero(fits)
    kept, first = np.unique(places.item[rows], return_index=True)
    return rows[first], kept


def _put_representatives_on_top(media: Ids, stack: Ids, leader: Ids) -> Ids:
    """Returns for each stack its representative where the filter keeps it, else its first member."""
    own = np.flatnonzero(media == stack)
    found = leader.copy()
    found[np.searchsorted(stack[leader], stack[own])] = own
    return found


def _find_keys(items: GalleryItems, kept: Ids, place: Ids, grouping: Grouping) -> tuple[Ids, tuple[str, ...]]:
    """Returns the key of each content's group, -1 for none, and the accounts that keys name."""
    none = np.full(len(kept), -1, np.int64)
    if grouping is Grouping.REPORT:
        return items.places.report[place], ()
    if grouping is Grouping.DAY:
        return items.places.day[place], ()
    if grouping is Grouping.SERIES:
        _, at, size = np.unique(items.stack[kept], return_inverse=True, return_counts=True)
        return np.where(size[at] > 1, items.stack[kept], -1), ()
    if grouping is Grouping.LIST:
        by_item = np.full(len(items.media), LAST, np.int64)
        np.minimum.at(by_item, items.lists.item, items.lists.code)
        return np.where(by_item[kept] == LAST, -1, by_item[kept]), ()
    if grouping is Grouping.USER:
        names = sorted(set(items.account.values()))
        code = {name: at for at, name in enumerate(names)}
        of_report = {report: code[name] for report, name in items.account.items()}
        return np.array([of_report.get(report, -1) for report in items.places.report[place].tolist()], np.int64), tuple(names)
    return none, ()


def _sort_key(keys: Ids, rank: Ids, grouping: Grouping) -> Ids:
    """Returns by what groups are sorted: the gravest report first, the newest day first, and what has no group last."""
    if grouping is Grouping.DAY:
        return np.where(keys < 0, LAST, -keys)
    if grouping in (Grouping.NONE, Grouping.LIST) or not len(keys):
        return np.where(keys < 0, LAST, keys)
    _, at = np.unique(keys, return_inverse=True)
    gravest = np.full(at.max() + 1, LAST, np.int64)
    np.minimum.at(gravest, at, rank)
    # Groups of one rank, such as two series of one report, are told apart by their key.
    place = np.lexsort((np.arange(len(gravest)), gravest))
    position = np.empty_like(place)
    position[place] = np.arange(len(place))
    return np.where(keys < 0, LAST, position[at])
