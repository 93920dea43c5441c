"""Decides which counts of a statistic are withheld, so that nobody can work out a count of 1 to 4.

Counts below MINIMUM are withheld (primary suppression). A reader who knows the totals could subtract, so further counts are
withheld until every withheld count could be anything in a range of at least LEAST_WIDTH (secondary suppression). Zeros are
published, and a reader knows that a withheld count is at least 1.

The cells of a table with its totals are edges of a network: an inner cell joins its row and its column, a total joins its row or
column with the grand total. What a reader can work out about a withheld cell is exactly what flows can change it: the largest
flow through the other withheld cells gives the range, by the max-flow theorem, and in whole numbers. Tables that share a
dimension would have to be protected together, so that published tables share none but through the grand total.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MINIMUM = 5
"""Counts below it, but above zero, are withheld."""
LEAST_WIDTH = 4
"""A withheld count can be worked out to no range narrower than this: with 1 as its least, it may be 5 or more."""
TOTAL = "total"

Key = tuple[str, ...]
Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Edge:
    """A cell as an edge from a node of the left side to one of the right. `sign` is -1 for a total of a row or column."""

    key: Key
    left: Node
    right: Node
    count: int
    sign: int

    def capacity(self, *, to_right: bool) -> int:
        """Returns how far the cell can change when flow passes in this direction; a withheld count stays at least 1."""
        falls = to_right == (self.sign < 0)
        return self.count - 1 if falls else LEAST_WIDTH

    @property
    def cost(self) -> int:
        """Returns how dear it is to withhold this cell: totals are the last to go, and large counts go after small ones."""
        return 10_000 + 20 * self.count if self.sign < 0 else 100 + self.count


def is_small(count: int) -> bool:
    """Returns whether a count is withheld for its size alone."""
    return 0 < count < MINIMUM


def suppress_pair(counts: Mapping[tuple[str, str], int]) -> frozenset[Key] | None:
    """Returns the keys to withhold of a table of two dimensions and its totals, or None when all of it has to be.

    A key is (row, column); TOTAL stands for either in a total. The grand total is published and MINIMUM at least.
    """
    rows, columns = sorted({row for row, _ in counts}), sorted({column for _, column in counts})
    edges = [_Edge((row, column), ("row", row), ("column", column), count, 1) for (row, column), count in counts.items() if count]
    for row in rows:
        total = sum(count for (r, _), count in counts.items() if r == row)
        edges.append(_Edge((row, TOTAL), ("row", row), ("column", TOTAL), total, -1))
    for column in columns:
        total = sum(count for (_, c), count in counts.items() if c == column)
        edges.append(_Edge((TOTAL, column), ("row", TOTAL), ("column", column), total, -1))
    return _suppress([edge for edge in edges if edge.count])


def suppress_single(counts: Mapping[str, int]) -> frozenset[Key] | None:
    """Returns the keys to withhold of a table of one dimension whose total is published, or None when all of it has to be."""
    return _suppress([_Edge((name,), ("row", ""), ("column", ""), count, 1) for name, count in counts.items() if count])


def suppress_marks(counts: Mapping[str, int], without: int, total: int) -> frozenset[str] | None:
    """Returns the names to withhold of a table of marks, of which one report may bear several, or None for all of it.

    `without` is the number of reports that bear none; its name is "". These counts have no sum, but a reader knows that no mark
    is borne by more reports than bear any, and that those that bear any are no more than all marks together.
    """
    hidden = {name for name, count in counts.items() if is_small(count)} | ({""} if is_small(without) else set())
    if not hidden:
        return frozenset()
    if _marks_are_safe(counts, without, total, hidden):
        return frozenset(hidden)
    if without and _marks_are_safe(counts, without, total, hidden | {""}):
        return frozenset(hidden | {""})
    return None


def _marks_are_safe(counts: Mapping[str, int], without: int, total: int, hidden: set[str]) -> bool:
    """Returns whether each withheld count of a table of marks can be anything in a range that is wide enough.

    Counts are possible when the largest is at most the number of reports that bear any mark, and their sum at least that.
    """
    shown = {name: count for name, count in counts.items() if name not in hidden}
    known, largest = sum(shown.values()), max(shown.values(), default=0)
    marks = [name for name in hidden if name]
    if "" not in hidden:
        bearing = total - without
        others = len(marks) - 1  # each could be as many as bear any mark
        lowest = max(1, bearing - known - others * bearing)
        return not marks or bearing - lowest >= LEAST_WIDTH
    most_without = total - max(largest, 1 if marks else 0)
    least_without = 1 if marks else max(1, total - known)
    if most_without - least_without < LEAST_WIDTH:
        return False
    bearing = total - least_without
    return not marks or bearing - 1 >= LEAST_WIDTH


# -- the network -----------------------------------------------------------------------------------------------------------


def _suppress(edges: Sequence[_Edge]) -> frozenset[Key] | None:
    """Returns the keys to withhold, or None when the published ones can't protect them."""
    hidden = {edge.key for edge in edges if is_small(edge.count)}
    while unsafe := next(
        (edge for edge in edges if edge.key in hidden and _measure_width(edges, hidden, edge) < LEAST_WIDTH), None
    ):
        path = _find_protection(edges, hidden, unsafe)
        if path is None:
            return None
        hidden |= path
    return frozenset(hidden)


def _measure_width(edges: Sequence[_Edge], hidden: Iterable[Key], edge: _Edge) -> int:
    """Returns how wide the range is to which a withheld count can be worked out, up to LEAST_WIDTH in each direction."""
    others = [each for each in edges if each.key in hidden and each.key != edge.key]
    up, down = (min(LEAST_WIDTH, edge.capacity(to_right=to_right)) for to_right in (True, False))
    return _find_flow(others, edge.right, edge.left, up) + _find_flow(others, edge.left, edge.right, down)


def _find_flow(edges: Sequence[_Edge], source: Node, target: Node, most: int) -> int:
    """Returns the largest flow from source to target through these cells, at most `most`."""
    flow = 0
    moved: dict[Key, int] = {}  # net flow to the right
    while flow < most:
        step = _augment(edges, moved, source, target)
        if step is None:
            break
        path, width = step
        width = min(width, most - flow)
        for edge, to_right in path:
            moved[edge.key] = moved.get(edge.key, 0) + (width if to_right else -width)
        flow += width
    return flow


def _augment(
    edges: Sequence[_Edge], moved: Mapping[Key, int], source: Node, target: Node
) -> tuple[list[tuple[_Edge, bool]], int] | None:
    """Returns a path with room left and how much passes through it, or None. The shortest path comes first."""
    came: dict[Node, tuple[Node, _Edge, bool, int] | None] = {source: None}
    waiting = [source]
    for node in waiting:
        for edge in edges:
            for here, there, to_right in ((edge.left, edge.right, True), (edge.right, edge.left, False)):
                net = moved.get(edge.key, 0)
                room = edge.capacity(to_right=to_right) - (net if to_right else -net)
                if here == node and there not in came and room > 0:
                    came[there] = (node, edge, to_right, room)
                    waiting.append(there)
    if target not in came:
        return None
    path: list[tuple[_Edge, bool]] = []
    width, at = LEAST_WIDTH, target
    while (step := came[at]) is not None:
        at, edge, to_right, room = step
        path.append((edge, to_right))
        width = min(width, room)
    return path, width


def _find_protection(edges: Sequence[_Edge], hidden: Iterable[Key], edge: _Edge) -> set[Key] | None:
    """Returns the cells to withhold beside this one, so that flow of LEAST_WIDTH can pass through it; the cheapest way."""
    ways = []
    for to_right in (True, False):
        if edge.capacity(to_right=to_right) >= LEAST_WIDTH:
            source, target = (edge.right, edge.left) if to_right else (edge.left, edge.right)
            way = _find_cheapest(edges, set(hidden), edge, source, target)
            if way is not None:
                ways.append(way)
    return min(ways, key=lambda way: way[0])[1] if ways else None


def _find_cheapest(
    edges: Sequence[_Edge], hidden: set[Key], without: _Edge, source: Node, target: Node
) -> tuple[int, set[Key]] | None:
    """Returns the cost and the cells of the cheapest way from source to target on which LEAST_WIDTH can pass."""
    best: dict[Node, int] = {source: 0}
    came: dict[Node, tuple[Node, Key]] = {}
    queue = [(0, source)]
    while queue:
        cost, node = heapq.heappop(queue)
        if node == target:
            break
        if cost > best[node]:
            continue
        for edge in edges:
            if edge.key == without.key:
                continue
            for here, there, to_right in ((edge.left, edge.right, True), (edge.right, edge.left, False)):
                if here != node or edge.capacity(to_right=to_right) < LEAST_WIDTH:
                    continue
                reached = cost + (0 if edge.key in hidden else edge.cost)
                if reached < best.get(there, reached + 1):
                    best[there] = reached
                    came[there] = (node, edge.key)
                    heapq.heappush(queue, (reached, there))
    if target not in best:
        return None
    keys: set[Key] = set()
    at = target
    while at != source:
        at, key = came[at]
        keys.add(key)
    return best[target], keys
