"""The columns of the queue as arrays: which reports a selection lets through, in which order, and counts of their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.jobs.reading.queue_filter import FACETS, OPEN, Facet, Selection
from triage.model.queue_order import QueueFacet
from triage.store.database import Reader
from triage.store.queries import queue

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
NONE = np.iinfo(np.int64).min
"""Stands for a missing value in a column."""
PRIORITY = (("band", 1), ("risk", -1), ("actionability", -1), ("due", 1))
"""The columns of the contract's order with their directions; rows lie by report number, which decides among equals."""


class QueueTable:
    """The rows of the queue at one moment, by report number."""

    def __init__(self, db: Reader, now: int) -> None:
        rows = queue.load_columns(db, now)
        self._columns: dict[str, Ints] = {
            name: np.array([NONE if row[at] is None else row[at] for row in rows], dtype=np.int64)
            for at, name in enumerate(queue.COLUMNS)
        }
        self.size = len(rows)

    def find_rows(self, selection: Selection) -> Ints:
        """Returns the places of the rows that a selection lets through, in the order of report numbers."""
        mask = np.ones(self.size, np.bool_)
        for facet, wanted in selection.facets.items():
            mask &= self._fit_facet(FACETS[facet], wanted)
        if selection.open_only:
            mask &= np.isin(self._columns["status"], sorted(OPEN))
        if selection.due_before is not None:
            mask &= (self._columns["due"] != NONE) & (self._columns["due"] < selection.due_before)
        if selection.arrived_after is not None:
            mask &= self._columns["arrived"] > selection.arrived_after
        if selection.only is not None:
            mask &= np.isin(self._columns["report_id"], selection.only)
        if selection.fold:
            mask &= ~self._find_folded(mask)
        return np.flatnonzero(mask)

    def count_copies(self, selection: Selection) -> dict[int, int]:
        """Returns report id -> how many rows of the selection fold into it."""
        if not selection.fold:
            return {}
        places = self.find_rows(replace(selection, fold=False))
        mask = np.zeros(self.size, np.bool_)
        mask[places] = True
        originals, counts = np.unique(self._columns["duplicates_of"][self._find_folded(mask)], return_counts=True)
        return dict(zip(originals.tolist(), counts.tolist(), strict=True))

    def sort_rows(self, places: Ints, column: str, direction: int, ranks: Mapping[int, int] | None) -> Ints:
        """Returns the places in order. `column` "" is the priority alone; `ranks` order the codes of a column of words."""
        keys = [places]
        turn = direction if not column else 1
        keys += [self._key(places, name, each * turn) for name, each in reversed(PRIORITY)]
        if turn < 0:
            keys[0] = -places
        if column:
            keys.append(self._key(places, column, direction, ranks))
        return places[np.lexsort(keys)]

    def ids(self, places: Ints) -> list[int]:
        """Returns the report ids of these rows."""
        found: list[int] = self._columns["report_id"][places].tolist()
        return found

    def count_values(self, places: Ints, facet: QueueFacet) -> dict[int | None, int]:
        """Returns value -> number of these rows that have it: codes or ranks of bits; None counts rows without a value."""
        how = FACETS[facet]
        values = self._columns[how.column][places]
        if how.bits:
            every = {rank: int(np.count_nonzero(values >> rank & 1)) for rank in range(63)}
            return {rank: n for rank, n in every.items() if n} | {None: int(np.count_nonzero(values == 0))}
        words, counts = np.unique(values, return_counts=True)
        return {None if w == NONE else w: n for w, n in zip(words.tolist(), counts.tolist(), strict=True)}

    def _fit_facet(self, how: Facet, wanted: frozenset[int | None]) -> Mask:
        """Returns which rows have one of the wanted values."""
        column = self._columns[how.column]
        if how.bits:
            bits = sum(1 << rank for rank in wanted if rank is not None)
            fits: Mask = (column & bits) != 0
            return fits | (column == 0) if None in wanted else fits
        return np.isin(column, [NONE if code is None else code for code in wanted])

    def _find_folded(self, mask: Mask) -> Mask:
        """Returns which rows of a mask duplicate another row of it."""
        shown = self._columns["report_id"][mask]
        folded: Mask = mask & np.isin(self._columns["duplicates_of"], shown)
        return folded

    def _key(self, places: Ints, column: str, direction: int, ranks: Mapping[int, int] | None = None) -> Any:
        """Returns the sort keys of rows; a missing value sorts last in each direction."""
        values = self._columns[column][places]
        if ranks is not None:
            values = np.array([ranks.get(code, NONE) for code in values.tolist()], dtype=np.int64)
        missing = values == NONE
        return np.where(missing, np.iinfo(np.int64).max, values * direction)
