"""Works out where the cells of a gallery stand: lines of cells under headings, for any number of cells.

Only arrays are kept, one number for each group, so that two hundred thousand cells are laid out in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect

Numbers = NDArray[np.int64]
MARGIN = 16
GAP = 12
HEADING = 34
TEXT_LINES = 38
"""Pixels under a thumbnail: its name and its state."""
SIDES = (72, 96, 120, 152, 192, 256)
"""Widths of a thumbnail that can be chosen."""


@dataclass(frozen=True, slots=True)
class VisibleGroup:
    """A group in view: where its heading stands, and which of its cells are in view."""

    group: int
    top: int
    cells: range


class GridLayout:
    """Places cells in lines under headings. Coordinates are in the whole content, from left to right."""

    def __init__(self, groups: Numbers, folded: NDArray[np.bool_], width: int, side: int, *, headings: bool) -> None:
        """Lays out groups, of which group n holds the cells from `groups[n]` to `groups[n + 1]`."""
        self.groups, self.folded = groups, folded
        self.width = width
        self.heading = HEADING if headings else 0
        inside = width - 2 * MARGIN + GAP
        self.columns = max(1, inside // (side + GAP))
        self.side = max(side, inside // self.columns - GAP)
        """Width of a thumbnail: at least the chosen one, and wide enough to fill the line."""
        self.line = self.side * 3 // 4 + TEXT_LINES + GAP
        counts = np.diff(groups)
        lines = np.where(folded, 0, -(-counts // self.columns))
        heights = self.heading + lines * self.line
        self._tops = np.r_[np.zeros(1, np.int64), np.cumsum(heights)] + (0 if headings else GAP)
        self.height = int(self._tops[-1]) + GAP

    def find_group(self, cell: int) -> int:
        """Returns the group of a cell."""
        return int(np.searchsorted(self.groups, cell, "right")) - 1

    def top(self, group: int) -> int:
        """Returns where a group begins, with its heading."""
        return int(self._tops[group])

    def place(self, cell: int) -> QRect:
        """Returns the rectangle of a cell with its words."""
        group = self.find_group(cell)
        line, column = divmod(cell - int(self.groups[group]), self.columns)
        top = self.top(group) + self.heading + line * self.line
        return QRect(MARGIN + column * (self.side + GAP), top, self.side, self.line - GAP)

    def iter_visible(self, top: int, bottom: int) -> Iterator[VisibleGroup]:
        """Yields the groups of which something lies between two heights."""
        first = max(0, int(np.searchsorted(self._tops, top, "right")) - 1)
        for group in range(first, len(self.groups) - 1):
            begins = self.top(group)
            if begins >= bottom:
                return
            yield VisibleGroup(group, begins, self._cells_between(group, top, bottom))

    def _cells_between(self, group: int, top: int, bottom: int) -> range:
        """Returns the cells of a group in the lines between two heights."""
        start, end = int(self.groups[group]), int(self.groups[group + 1])
        if self.folded[group]:
            return range(start, start)
        inside = self.top(group) + self.heading
        first = max(0, (top - inside) // self.line)
        last = max(0, -(-(bottom - inside) // self.line))
        return range(min(end, start + first * self.columns), min(end, start + last * self.columns))

    def find_cell(self, x: int, y: int) -> int | None:
        """Returns the cell at a point, or None beside the cells."""
        for group in self.iter_visible(y, y + 1):
            for cell in group.cells:
                if self.place(cell).contains(x, y):
                    return cell
        return None

    def find_heading(self, y: int) -> int | None:
        """Returns the group whose heading stands at a height, or None."""
        for group in self.iter_visible(y, y + 1):
            if y < group.top + self.heading:
                return group.group
        return None

    def step(self, cell: int, lines: int) -> int:
        """Returns the cell so many lines below or above, in the same column where there is one."""
        group = self.find_group(cell)
        line, column = divmod(cell - int(self.groups[group]), self.columns)
        down = lines > 0
        for _ in range(abs(lines)):
            line += 1 if down else -1
            count = int(self.groups[group + 1] - self.groups[group])
            if 0 <= line < -(-count // self.columns):
                continue
            after = self._next_open(group, 1 if down else -1)
            if after is None:
                break
            group = after
            count = int(self.groups[group + 1] - self.groups[group])
            line = 0 if down else -(-count // self.columns) - 1
        start, end = int(self.groups[group]), int(self.groups[group + 1])
        line = max(0, min(line, -(-(end - start) // self.columns) - 1))
        return min(end - 1, start + line * self.columns + column)

    def move(self, cell: int, step: int) -> int:
        """Returns the next or previous cell that is not in a folded group; the cell itself at the ends."""
        wanted = cell + step
        if not 0 <= wanted < int(self.groups[-1]):
            return cell
        group = self.find_group(wanted)
        if not self.folded[group]:
            return wanted
        after = self._next_open(group, step)
        if after is None:
            return cell
        return int(self.groups[after]) if step > 0 else int(self.groups[after + 1]) - 1

    def _next_open(self, group: int, step: int) -> int | None:
        """Returns the nearest group before or after this one that is not folded, or None."""
        at = group + step
        while 0 <= at < len(self.groups) - 1:
            if not self.folded[at]:
                return at
            at += step
        return None
