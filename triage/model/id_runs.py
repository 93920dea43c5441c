"""A long list of ids in descending order that are nearly all there: it keeps the runs between those that are missing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain
from typing import overload


class IdRuns(Sequence[int]):
    """The ids from `last` down to `first`, without the ids of `missing`."""

    def __init__(self, last: int, first: int, missing: Iterable[int]) -> None:
        runs, top = list[range](), last
        for gap in sorted(set(missing), reverse=True):
            if first <= gap <= top:
                runs.append(range(top, gap, -1))
                top = gap - 1
        runs.append(range(top, first - 1, -1))
        self._runs = [run for run in runs if run]
        self._starts = list(accumulate((len(run) for run in self._runs), initial=0))
        self._tops = [-run[0] for run in self._runs]

    def __len__(self) -> int:
        return self._starts[-1]

    @overload
    def __getitem__(self, at: int) -> int: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[int]: ...
    def __getitem__(self, at: int | slice) -> int | Sequence[int]:
        places = range(len(self))[at]  # raises IndexError as a list does
        if isinstance(places, range):
            return [self._find(each) for each in places]
        return self._find(places)

    def __iter__(self) -> Iterator[int]:
        return chain.from_iterable(self._runs)

    def __contains__(self, value: object) -> bool:
        return isinstance(value, int) and self._find_place(value) is not None

    def index(self, value: int, start: int = 0, stop: int | None = None) -> int:
        """Returns the place of an id.

        Raises:
            ValueError: if it is not there
        """
        place = self._find_place(value)
        if place is None or place not in range(len(self))[start:stop]:
            raise ValueError(f"{value} is not in the list")
        return place

    def _find(self, place: int) -> int:
        """Returns the id at a place."""
        run = bisect_right(self._starts, place) - 1
        return self._runs[run][place - self._starts[run]]

    def _find_place(self, value: int) -> int | None:
        """Returns the place of an id, or None."""
        run = bisect_right(self._tops, -value) - 1
        if run < 0 or value not in self._runs[run]:
            return None
        return self._starts[run] + self._runs[run].index(value)
