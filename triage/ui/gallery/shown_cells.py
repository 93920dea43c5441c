"""The cells that a gallery shows, as arrays: what is on top of each, which are ticked, and what is left to grade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from triage.model.gallery import DONE, FileState

if TYPE_CHECKING:
    from triage.jobs.reading.gallery_items import GalleryItems, GalleryOrder


class ShownCells:
    """An arranged gallery with its ticks. A cell speaks for the content on top of its stack."""

    def __init__(self, items: GalleryItems, order: GalleryOrder) -> None:
        self.items, self.order = items, order
        self.ticked = np.zeros(order.cells, bool)
        self.folded = np.zeros(max(0, len(order.groups) - 1), bool)
        self._tops = order.starts[:-1]

    @property
    def count(self) -> int:
        """Returns the number of cells."""
        return self.order.cells

    def find_media(self, cell: int) -> list[int]:
        """Returns the media items of a cell, the one on top first."""
        return [int(i) for i in self.order.media[self.order.members(cell)]]

    def find_item(self, cell: int) -> int:
        """Returns the position in the items of the content on top."""
        return int(self.order.item[self._tops[cell]])

    def find_state(self, cell: int) -> FileState:
        """Returns what is known of the content on top."""
        return FileState(int(self.items.state[self.find_item(cell)]))

    def find_grade(self, cell: int) -> str | None:
        """Returns the grade that stands of the content on top."""
        grade = int(self.items.grade[self.find_item(cell)])
        return self.items.grades[grade] if grade >= 0 else None

    def count_files(self, cells: Sequence[int] | NDArray[np.int64]) -> int:
        """Returns the number of files of the contents on top of some cells, exact copies included."""
        return int(self.order.files[self._tops[np.asarray(cells, np.int64)]].sum())

    def count_state(self, cells: Sequence[int] | NDArray[np.int64], bits: FileState, *, without: bool = False) -> int:
        """Returns how many of some cells have one of these bits on top, or none of them."""
        found = int(((self.items.state[self.order.item[self._tops[np.asarray(cells, np.int64)]]] & int(bits)) != 0).sum())
        return len(cells) - found if without else found

    def count_near(self, cell: int) -> int:
        """Returns how many contents are stacked in a cell."""
        return int(self.order.starts[cell + 1] - self.order.starts[cell])

    def list_places(self, cells: Sequence[int]) -> list[tuple[int, int]]:
        """Returns (media item, report) of the contents on top of some cells."""
        tops = self._tops[np.asarray(cells, np.int64)]
        return list(zip(self.order.media[tops].tolist(), self.order.report[tops].tolist(), strict=True))

    def find_done(self) -> NDArray[np.bool_]:
        """Returns for each cell whether this person has nothing left to grade on top."""
        found: NDArray[np.bool_] = (self.items.state[self.order.item[self._tops]] & DONE) != 0
        return found

    def find_open(self, after: int) -> int | None:
        """Returns the next cell with something left to grade, from the beginning when none follows; None when all is done."""
        left = np.flatnonzero(~self.find_done())
        if not len(left):
            return None
        behind = left[left > after]
        return int(behind[0] if len(behind) else left[0])

    def count_done(self) -> NDArray[np.int64]:
        """Returns for each group how many of its cells are done."""
        if len(self.order.groups) < 2:
            return np.zeros(0, np.int64)
        return np.add.reduceat(self.find_done().astype(np.int64), self.order.groups[:-1])
