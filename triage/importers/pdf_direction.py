"""Lines of mixed direction, in the order they are read in.

PDFium takes a line's characters from left to right as they stand on the page, and turns the whole line round when more of its
runs go from right to left than from left to right ("Name:" before an Urdu name of two words comes behind it); else it leaves
the words of such a name in the order of the page, the last one first. Both are undone here for lines that begin with a label,
as all that name something do. Where a number stands beside a word from right to left, the page itself does not tell which comes
first: it stays as it stands on the page.
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
    """The line as it is read, when it has a run from right to left."""
    if line.isascii() or not FROM_RIGHT.search(line):
        return line  # as nearly all are
    runs = list(_split_runs(line))
    right = sum(direction == _RIGHT for direction, _ in runs)
    turned = right > sum(direction == _LEFT for direction, _ in runs)
    read = _join_in_reading_order(_to_page_order(runs, turned))
    return read if not turned or begins_item(read) else line


def _split_runs(line: str) -> Iterator[Run]:
    for direction, characters in groupby(line, key=lambda c: _CLASSES.get(unicodedata.bidirectional(c), _NEUTRAL)):
        yield direction, "".join(characters)


def _to_page_order(runs: list[Run], turned: bool) -> list[Run]:
    """From left to right, with the neutral characters that PDFium mirrored as they are printed."""
    found: list[Run] = []
    from_right = turned
    for direction, text in runs:
        if direction in (_LEFT, _RIGHT):
            from_right = direction == _RIGHT
        found.append((direction, _mirror(text) if direction == _NEUTRAL and from_right else text))
    return found[::-1] if turned else found


def _mirror(text: str) -> str:
    return text[::-1].translate(_MIRRORED)


def _join_in_reading_order(page: list[Run]) -> str:
    """From left to right, but stretches from the first to the last run from right to left, with none from left to right between
    them, from their right end."""
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
