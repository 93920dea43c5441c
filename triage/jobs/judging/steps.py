"""Does the work on several reports step by step: each step for all of them, then the next one.

What a step needs, its code and its tables, then stays in the caches of the processor. Report by report, the same work takes a
tenth more time. For the same reason reports are read in pieces: what a query costs by itself is spent once a piece.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from typing import TypeVar

from triage.jobs.judging.material import JudgingBatch, Material

T = TypeVar("T")
Steps = Generator[None, None, T]
"""The work on one report. It pauses behind each step and returns the answer at its end."""
MOST_BYTES = 1 << 20
"""Documents and texts of the reports that are worked on together. What they hold is in memory at the same time."""
PIECE, PIECE_OF_LARGE = 50, 25
"""So many reports are read, and judged by one process, in one go. An even share of a batch for two processes."""
_LARGE_BYTES = 4 << 20
"""Behind a piece with so many bytes smaller ones are read: some pieces are in memory at the same time."""


def run_steps(works: Sequence[Steps[T]]) -> list[T]:
    """Returns the answers of all works, in their order."""
    answers: dict[int, T] = {}
    while len(answers) < len(works):
        for place, work in enumerate(works):
            if place not in answers:
                try:
                    next(work)
                except StopIteration as end:
                    answers[place] = end.value
    return [answers[place] for place in range(len(works))]


def load_in_pieces(ids: Sequence[int], load: Callable[[Sequence[int]], JudgingBatch]) -> Iterator[JudgingBatch]:
    """Yields what `load` reads of the reports, a piece at a time."""
    start, length = 0, PIECE
    while start < len(ids):
        work = load(ids[start : start + length])
        start += length
        length = PIECE if sum(map(_measure, work.materials)) <= _LARGE_BYTES else PIECE_OF_LARGE
        yield work


def _measure(material: Material) -> int:
    """Returns how many bytes the documents and texts of a report have."""
    return sum(map(len, material.documents)) + sum(map(len, material.texts.values()))


def split_by_size(materials: Iterable[Material], most: int = MOST_BYTES) -> Iterator[list[Material]]:
    """Yields neighbouring reports that have at most so many bytes together. A larger report comes alone."""
    group: list[Material] = []
    size = 0
    for material in materials:
        own = _measure(material)
        if group and size + own > most:
            yield group
            group, size = [], 0
        group.append(material)
        size += own
    if group:
        yield group
