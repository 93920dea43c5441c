"""Places the nodes of a graph on a grid, each as near as possible to what it is tied to.

A node is placed when its turn comes and never moves for a later one. So the same graph always looks the same, and what is added
finds a free place beside what stands already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from math import ceil, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from triage.model.link_graph import GraphPlace

COLUMN, ROW = 124.0, 76.0
"""The distance of neighbouring places in pixels, as far as the choice of a place is concerned."""
NEIGHBOUR_COST = 46.0
"""Pixels of detour that a place right beside another node costs, so that labels have room."""
CROSSED = 90.0
"""Pixels of detour that are made rather than cover a line, or lay a line over a node."""
CHOICES = 48
"""The nearest free places, of which the one with the fewest crossings is taken."""
PULL = 0.12
"""How strongly the middle of the graph attracts, beside what a node is tied to."""

Floats = NDArray[np.floating[Any]]


class GraphPlacer:
    """Places nodes one after the other. `count` is the number of nodes that will come."""

    def __init__(self, count: int, kept: Mapping[str, GraphPlace]) -> None:
        reach = ceil(sqrt(count)) + 3
        reach = max([reach, *(max(abs(p.column), abs(p.row)) + 2 for p in kept.values())])
        side = np.arange(-reach, reach + 1)
        columns, rows = np.meshgrid(side, side, indexing="ij")
        self._columns, self._rows = columns.ravel(), rows.ravel()
        self._x, self._y = self._columns * COLUMN, self._rows * ROW
        self._free = np.ones(len(self._x), dtype=np.bool_)
        self._cost: Floats = PULL * np.hypot(self._x, self._y)
        self._reach = reach
        self._kept = dict(kept)
        for place in kept.values():
            self._free[self._index(place)] = False
        self.places: dict[str, GraphPlace] = {}

    def add_node(self, key: str, tied: Iterable[str]) -> None:
        """Places a node beside the nodes that it is tied to, of those that have a place."""
        near = [self.places[each] for each in tied if each in self.places]
        at = self._index(self._kept[key]) if key in self._kept else self._choose(near)
        self.places[key] = GraphPlace(int(self._columns[at]), int(self._rows[at]))
        self._free[at] = False
        beside = (np.abs(self._columns - self._columns[at]) <= 1) & (np.abs(self._rows - self._rows[at]) <= 1)
        self._cost[beside] += NEIGHBOUR_COST
        for place in near:
            self._cost[self._measure(self._x[at], self._y[at], place) < ROW / 2] += CROSSED

    def _index(self, place: GraphPlace) -> int:
        """Returns the position of a place in the arrays."""
        return (place.column + self._reach) * (2 * self._reach + 1) + place.row + self._reach

    def _choose(self, near: Sequence[GraphPlace]) -> int:
        """Returns the free place with the least distance to these, and with few lines over nodes."""
        cost = self._cost.copy()
        for place in near:
            cost += np.hypot(self._x - place.column * COLUMN, self._y - place.row * ROW)
        cost[~self._free] = np.inf
        best = np.argsort(cost, kind="stable")[:CHOICES]
        others = [place for place in self.places.values() if place not in near]
        if near and others:
            x = np.array([place.column * COLUMN for place in others], np.float64)
            y = np.array([place.row * ROW for place in others], np.float64)
            for at in best:
                covered = sum(int((_measure_points(x, y, self._x[at], self._y[at], p) < ROW / 3).sum()) for p in near)
                cost[at] += CROSSED * covered
        return int(best[np.argmin(cost[best])])

    def _measure(self, x: float, y: float, place: GraphPlace) -> Floats:
        """Returns the distance of each place of the grid from the line between a point and a place."""
        return _measure_points(self._x, self._y, x, y, place)


def _measure_points(xs: Floats, ys: Floats, x: float, y: float, place: GraphPlace) -> Floats:
    """Returns the distance of points from the line between (x, y) and a place."""
    ax, ay = place.column * COLUMN, place.row * ROW
    dx, dy = x - ax, y - ay
    length = dx * dx + dy * dy
    if not length:
        apart: Floats = np.hypot(xs - x, ys - y)
        return apart
    along = np.clip(((xs - ax) * dx + (ys - ay) * dy) / length, 0.0, 1.0)
    distance: Floats = np.hypot(xs - ax - along * dx, ys - ay - along * dy)
    return distance


def place_graph(
    reports: Sequence[str], holders: Mapping[str, Set[str]], ties: Mapping[str, Set[str]], kept: Mapping[str, GraphPlace]
) -> dict[str, GraphPlace]:
    """Returns the place of every report and of everything that reports share, in the order in which they were placed.

    Args:
        reports: The reports, those first that came first.
        holders: What is shared -> the reports that hold it.
        ties: Report -> the reports that it is tied to.
        kept: Places from an earlier reading; these stay.
    """
    layout = GraphPlacer(len(reports) + len(holders), kept)
    held: dict[str, list[str]] = {}
    for key in sorted(holders):
        for report in holders[key]:
            held.setdefault(report, []).append(key)
    for report in reports:
        beside = [key for key in held.get(report, ()) if key in layout.places]
        layout.add_node(report, beside or sorted(ties.get(report, ())))
        for key in held.get(report, ()):
            if key not in layout.places and sum(each in layout.places for each in holders[key]) >= min(2, len(holders[key])):
                layout.add_node(key, sorted(holders[key]))
    return layout.places
