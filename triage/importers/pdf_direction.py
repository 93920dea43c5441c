"""Restores the reading order of lines that mix writing directions.

PDFium takes a line's characters from left to right as they stand on the page. It reverses the whole line when more of its runs go
from right to left than from left to right. Otherwise it leaves the words of an Urdu name in page order, the last one first. Both
are undone here for lines that begin with a label, as all that name something do. Where a number stands beside a right-to-left
word, the page does not tell which comes first, and the page order stays.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from itertools import groupby

from triage.model.scripts import FROM_RIGHT

_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_LEFT, _RIGHT, _WEAK, _NEUTRAL = range(4)
_CLASSES = {"L": _LEFT, "R": _RIGHT, "AL": _RIGHT} | dict.fromkeys(("AN", "EN", "NSM", "CS", "ES", "ET", "BN"), _WEAK)

Run = tuple[int, str]
"""Neighbouring characters of one direction, and the direction."""


def to_reading_order(line: str, begins_item: Callable[[str], bool]) -> str:
    """Returns the line in reading order, when it has a right-to-left run."""
    if line.isascii() or not FROM_RIGHT.search(line):
        return line  # as nearly all are
    runs = list(_split_runs(line))
    right = sum(direction == _RIGHT for direction, _ in runs)
    turned = right > sum(direction == _LEFT for direction, _ in runs)
    read = _join_in_reading_order(_to_page_order(runs, turned))
    return read if not turned or begins_item(read) else line


def _split_runs(line: str) -> Iterator[Run]:
    """Yields runs of neighbouring characters with one direction."""
    for direction, characters in groupby(line, key=lambda c: _CLASSES.get(unicodedata.bidirectional(c), _NEUTRAL)):
        yield direction, "".join(characters)


def _to_page_order(runs: list[Run], turned: bool) -> list[Run]:
    """Returns the runs from left to right as printed, with the neutral characters that PDFium mirrored."""
    found: list[Run] = []
    from_right = turned
    for direction, text in runs:
        if direction in (_LEFT, _RIGHT):
            from_right = direction == _RIGHT
        found.append((direction, _mirror(text) if direction == _NEUTRAL and from_right else text))
    return found[::-1] if turned else found


def _mirror(text: str) -> str:
    """Returns the text reversed, with mirrored brackets."""
    return text[::-1].translate(_MIRRORED)


def _join_in_reading_order(page: list[Run]) -> str:
    """Joins runs from left to right, but each right-to-left stretch from its right end.

    A stretch goes from its first to its last right-to-left run, with no left-to-right run between them.
    """
    found: list[str] = []
    stretch: list[str] = []
    behind: list[Run] = []
    for direction, text in page:
        if direction == _RIGHT:
            stretch += [_mirror(between) if kind == _NEUTRAL else between for kind, between in behind]
            stretch.append(text)
            behind = []
        elif stretch and direction != _LEFT:
            behind.append((direction, text))
        else:
            found += (*stretch[::-1], *(between for _, between in behind), text)
            stretch, behind = [], []
    return "".join((*found, *stretch[::-1], *(between for _, between in behind)))
