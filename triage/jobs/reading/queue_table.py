"""Selects and sorts the queue by its bit planes: which reports fit, which of them lie in a window, and where one lies."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from triage.jobs.reading.queue_bits import (
    Mask,
    count_bits,
    count_numbers,
    divide,
    find_equal,
    find_less,
    have_bit,
    list_ids,
)
from triage.jobs.reading.queue_filter import FACETS, NO_BIT, OPEN, Selection
from triage.jobs.state.queue_layout import COLUMNS, HAS_DUE, Bits, Ids, encode_time, find_plane_values
from triage.jobs.state.queue_planes import QueuePlanes, make_bits
from triage.model.queue_order import QueueFacet

FEW = 64
"""So many reports at an edge of a window are compared one by one."""
MANY = 128
"""More reports than this are told apart by the planes first, before rows are read."""
SORTED_AT_ONCE = 200_000
"""Reports that are sorted together: arrays of 15 MB."""
_FIRST_WORDS = 4
"""So many words of a column are counted one by one before all of them are counted."""
_SEVERAL = 4_096
"""Up to so many reports, it is asked after each plane that has to be read which reports are still equal."""
_WORD = 24
"""The same after so many planes for more reports: band, risk and actionability, or most of a time."""


@dataclass(frozen=True, slots=True)
class SortPlane:
    """A plane by which reports are sorted: those without its bit come first, or those with it."""

    plane: int
    ones_first: bool
    only_ones: int = 0
    """So many of the planes that follow say something of the reports with this bit alone."""


def list_sort_planes(column: str, *, descending: bool) -> tuple[SortPlane, ...]:
    """Returns the planes of an order, the most significant first; "" is the priority."""
    turned = descending and not column
    own: list[SortPlane] = []
    if column in ("due", "received"):
        own += _planes_of_some(column, ones_first=descending)
    elif column:
        own += _planes(column, ones_first=descending)
    return (
        *own,
        *_planes("band", ones_first=turned),
        *_planes("risk", ones_first=not turned),
        *_planes("actionability", ones_first=not turned),
        *_planes_of_some("due", ones_first=turned),
        *_planes("number", ones_first=turned),
    )


def _planes(column: str, *, ones_first: bool) -> list[SortPlane]:
    return [SortPlane(plane, ones_first) for plane in COLUMNS[column].planes()]


def _planes_of_some(column: str, *, ones_first: bool) -> list[SortPlane]:
    """Returns the planes of a column that has no value for some reports, which come last."""
    own = _planes(column, ones_first=ones_first)
    return [*(SortPlane(plane, True, len(own)) for plane in COLUMNS[f"has_{column}"].planes()), *own]


def select_reports(planes: QueuePlanes, selection: Selection) -> Bits:
    """Returns the reports that a selection lets through."""
    whole = planes.plane(COLUMNS["present"].first)
    found = planes.empty() if whole is None else whole
    if selection.only is not None:
        found = found & make_bits(planes, np.array([selection.only]))
    if selection.words is not None:
        found = found & planes.search(selection.words)
    if selection.open_only:
        found = _find_any(planes, "status", OPEN, found)
    for facet, wanted in selection.facets.items():
        found = _find_values(planes, facet, wanted, found)
    for facet, unwanted in selection.excluded.items():
        found = found & ~_find_values(planes, facet, unwanted, found)
    for before in (selection.due_before, selection.preserve_before):
        if before is not None:
            found = found & planes.next_deadlines.find_before(before)
    if selection.stage_only:
        found = found & ~make_bits(planes, np.array(selection.stage_only))
    if selection.arrived_after is not None:
        found = found & ~find_less(planes, "arrived", encode_time(selection.arrived_after) + 1, found)
    return fold_copies(planes, found) if selection.fold else found


def fold_copies(planes: QueuePlanes, among: Bits) -> Bits:
    """Returns a set without the copies whose originals are in it too."""
    return among & ~make_bits(planes, _find_folded(planes, among)[0])


def _find_values(planes: QueuePlanes, facet: QueueFacet, values: frozenset[int], among: Bits) -> Bits:
    """Returns the reports of a set that have one of the values of a facet."""
    how = FACETS[facet]
    return _find_any_bit(planes, how.column, values, among) if how.bits else _find_any(planes, how.column, values, among)


def count_copies(planes: QueuePlanes, among: Bits, reports: Sequence[int]) -> dict[int, int]:
    """Returns report -> how many reports of a set fold into it, for these reports."""
    _, originals = _find_folded(planes, among, make_bits(planes, np.array(reports, dtype=np.int64)))
    ids, counts = np.unique(originals, return_counts=True)
    return dict(zip(ids.tolist(), counts.tolist(), strict=True))


def _find_folded(planes: QueuePlanes, among: Bits, wanted: Bits | None = None) -> tuple[Ids, Ids]:
    """Returns the copies of a set whose originals are in it too, and those originals; of all originals, or of the wanted ones."""
    copies, originals = planes.copies()
    for bits, column in ((wanted, 1), (among, 1), (among, 0)):
        if bits is not None:
            inside = _lies_in(bits, (copies, originals)[column])
            copies, originals = copies[inside], originals[inside]
    return copies, originals


def _lies_in(bits: Bits, ids: Ids) -> Mask:
    """Returns which of these reports are in a set; ids beyond it are not."""
    limit = len(bits) * 64
    if len(ids) and ids.max() >= limit:
        inside: Mask = ids < limit
        inside[inside] = have_bit(bits, ids[inside])
        return inside
    return have_bit(bits, ids)


def _find_any(planes: QueuePlanes, column: str, numbers: Sequence[int] | frozenset[int], among: Bits) -> Bits:
    """Returns those of a set that have one of these numbers in a column."""
    found = planes.empty()
    for number in numbers:
        found |= find_equal(planes, column, number, among)
    return found


def _find_any_bit(planes: QueuePlanes, column: str, ranks: frozenset[int], among: Bits) -> Bits:
    """Returns those of a set that have one of these bits in a column; NO_BIT stands for reports with none."""
    found = planes.empty()
    for rank in ranks:
        if rank == NO_BIT:
            found |= find_equal(planes, column, 0, among)
        elif (having := divide(planes, COLUMNS[column].first + rank, among)[1]) is not None:
            found |= having
    return found


def count_values(planes: QueuePlanes, facet: QueueFacet, among: Bits) -> dict[int, int]:
    """Returns number -> how many reports of a set have it in a facet; bits by rank."""
    how = FACETS[facet]
    if not how.bits:
        return count_numbers(planes, how.column, among)
    column, counts = COLUMNS[how.column], {NO_BIT: count_bits(find_equal(planes, how.column, 0, among))}
    for rank in range(column.bits):
        having = divide(planes, column.first + rank, among)[1]
        counts[rank] = 0 if having is None else count_bits(having)
    return counts


@dataclass(frozen=True, slots=True)
class Group:
    """Reports that are equal in a column of words, in the order of the words."""

    bits: Bits
    count: int


def group_by_words(
    planes: QueuePlanes, column: str, in_order: Sequence[int], among: Bits, start: int, stop: int
) -> Iterator[Group]:
    """Yields groups in order up to place `stop`; those that lie before `start` have a count only, and no bits.

    The first words are counted one by one, since they hold the first page. To count all words at once takes longer.
    """
    counts: dict[int, int] | None = None
    at, nothing = 0, np.zeros(0, np.uint64)
    for n, number in enumerate([*in_order, 0]):
        if at >= stop:
            return
        if n == _FIRST_WORDS:
            counts = count_numbers(planes, column, among)
        if counts is None:
            bits = find_equal(planes, column, number, among)
            count = count_bits(bits)
        else:
            count = counts.get(number, 0)
            bits = find_equal(planes, column, number, among) if count and at + count > start else nothing
        if count:
            yield Group(bits if at + count > start else nothing, count)
        at += count


def list_window(planes: QueuePlanes, order: Sequence[SortPlane], groups: Iterable[Group], start: int, stop: int) -> array[int]:
    """Returns the ids of the reports at the places [start, stop) of the groups, each of them sorted."""
    found = array("q")
    at = 0
    for group in groups:
        low, high = max(start - at, 0), min(stop - at, group.count)
        if low < high:
            found.frombytes(_walk(planes, order, group.bits, group.count, low, high).tobytes())
        at += group.count
    return found


def _divide_by(
    planes: QueuePlanes, order: Sequence[SortPlane], among: Bits, count: int
) -> list[tuple[Bits, int, Sequence[SortPlane]]]:
    """Returns the parts, in order, into which the first plane divides a set: reports, their number, the planes left."""
    step = order[0]
    without, having = divide(planes, step.plane, among)
    if having is None:
        return [(without, count, order[1 + step.only_ones :])]
    with_bit = count_bits(having)
    parts = [(without, count - with_bit, order[1 + step.only_ones :]), (having, with_bit, order[1:])]
    return parts[::-1] if step.ones_first else parts


def _walk(planes: QueuePlanes, order: Sequence[SortPlane], among: Bits, count: int, start: int, stop: int) -> Ids:
    """Returns the ids at the places [start, stop) of a set, which the planes sort.

    Each plane divides the set. Of the two parts only those are followed that reach into the window, mostly one. That one replaces
    the whole: a hundred wholes that wait for their parts would be 50 MB at two million reports. A window that holds a large set
    as a whole is divided too: sorting two million at once takes 200 MB.
    """
    while order and count > FEW and (start > 0 or stop < count or count > SORTED_AT_ONCE):
        reached, at = list[tuple[Bits, int, Sequence[SortPlane], int, int]](), 0
        for part, many, left in _divide_by(planes, order, among, count):
            low, high = max(start - at, 0), min(stop - at, many)
            if low < high:
                reached.append((part, many, left, low, high))
            at += many
        if len(reached) > 1:
            return np.concatenate([_walk(planes, left, part, many, low, high) for part, many, left, low, high in reached])
        among, count, order, start, stop = reached[0]
    return _sort_ids(planes, order, list_ids(among), start, stop)


def find_rank(planes: QueuePlanes, order: Sequence[SortPlane], among: Bits, report_id: int) -> int:
    """Returns the place of a report of a set, which the planes sort."""
    before, count = 0, count_bits(among)
    own = make_bits(planes, np.array([report_id]))
    while order and count > FEW:
        for part, many, left in _divide_by(planes, order, among, count):  # noqa: B007
            if (part & own).any():
                break
            before += many
        among, count, order = part, many, left
    return before + int(np.flatnonzero(_sort_ids(planes, order, list_ids(among), 0, count) == report_id)[0])


def _sort_ids(planes: QueuePlanes, order: Sequence[SortPlane], ids: Ids, start: int, stop: int) -> Ids:
    """Returns the reports at the places [start, stop) of some. Equal ones are told apart only where they reach into these places.

    Planes are read until most reports are told apart; of the rest the rows are read. Planes in memory cost nothing, and come
    first however few reports are left.
    """
    firsts = np.zeros(len(ids), np.int64)  # of each report, the place of the first one that equals it
    while order:
        many = np.bincount(firsts)[firsts]
        equal = (many > 1) & (firsts < stop) & (firsts + many > start)
        count = int(np.count_nonzero(equal))
        if not count:
            break
        loaded = next((n for n, step in enumerate(order[:_WORD]) if not planes.is_loaded(step.plane)), _WORD)
        of_rows = not loaded and count <= MANY
        steps = _count_planes_of_rows(order) if of_rows else loaded or (1 if count <= _SEVERAL else _WORD)
        word, order = order[:steps], order[steps:]
        keys = np.zeros((-(-len(word) // 63), len(ids)), np.int64)
        keys[:, equal] = _read_keys(planes, word, ids[equal], of_rows=of_rows)
        at = np.lexsort([*keys[::-1], firsts])
        changes = (np.diff(keys[:, at]) != 0).any(axis=0) | (np.diff(firsts[at]) != 0)
        places = np.flatnonzero(np.concatenate([[True], changes]))
        firsts[at] = np.repeat(places, np.diff(places, append=len(ids)))
    found: Ids = ids[np.lexsort((ids, firsts))[start:stop]]
    return found


def _count_planes_of_rows(order: Sequence[SortPlane]) -> int:
    """Returns how many planes are compared by rows at once: deadlines lie in rows of their own, which few reports need."""
    return next((n for n, step in enumerate(order) if n and step.plane == HAS_DUE), len(order))


def _read_keys(planes: QueuePlanes, order: Sequence[SortPlane], ids: Ids, *, of_rows: bool) -> list[Ids]:
    """Returns numbers that sort these reports, which ascend, by some planes: the first number is the most significant."""
    rows, keys = planes.load_rows(ids) if of_rows else None, []
    for word in range(0, len(order), 63):
        key = np.zeros(len(ids), np.int64)
        for step in order[word : word + 63]:
            if rows is not None:
                bit = find_plane_values(rows, step.plane)
            else:
                plane = planes.plane(step.plane)
                bit = np.zeros(len(ids), np.bool_) if plane is None else have_bit(plane, ids)
            key = key << 1 | (~bit if step.ones_first else bit)
        keys.append(key)
    return keys
