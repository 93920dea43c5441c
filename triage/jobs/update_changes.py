"""Compares the files of a signed update with those in use, line by line in their order.

An update that moves a line changes what it says: the points of one rule become those of another. So a line that is in both texts
but elsewhere counts as removed and added. Long files whose lines are equal too often are compared without their order, since the
comparison would take too long. Tables of rows are among them, in which the order says nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST_LINES = 10_000
"""Added lines, and removed lines, that are held of each file: twice the longest shipped table. A hash list has more."""
_LONGEST = 200  # characters of such a line
_MOST_IN_ORDER = 20_000  # lines of both texts together that are compared in their order
_MOST_EQUAL_PAIRS = 2_000_000  # pairs of equal lines of both texts, which each step of the comparison may walk through


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """How many lines of a table an update adds and removes, with the first of each."""

    file: str
    added: int
    removed: int
    first_added: tuple[str, ...]
    first_removed: tuple[str, ...]


def compare_texts(file: str, before: bytes, after: bytes) -> FileChange:
    """Returns which lines are in one text only, or stand elsewhere in it."""
    if not before:  # a new list may have millions of lines, and its issuer may be a stranger: they are counted, not held
        first = _split_lines(b"\n".join(after.split(b"\n", MOST_LINES)[:MOST_LINES]))
        lines = after.count(b"\n") + (not after.endswith(b"\n") and bool(after))
        return FileChange(file=file, added=lines, removed=0, first_added=_hold_first(first), first_removed=())
    old, new = (_split_lines(data) for data in (before, after))
    removed, added = _compare_in_order(old, new) if _is_comparable(old, new) else _compare_as_rows(old, new)
    return FileChange(
        file=file,
        added=len(added),
        removed=len(removed),
        first_added=_hold_first(added),
        first_removed=_hold_first(removed),
    )


def compare_files(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    """Returns the changes of each file; one that is on one side only is all added or all removed."""
    return tuple(compare_texts(name, before.get(name, b""), after.get(name, b"")) for name in sorted({*before, *after}))


def _hold_first(lines: list[str]) -> tuple[str, ...]:
    """Returns the first lines; an ellipsis ends one that is cut."""
    return tuple(line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…" for line in lines[:MOST_LINES])


def _split_lines(data: bytes) -> list[str]:
    """Returns the lines as tables are read: only a line feed ends one, with or without a carriage return."""
    lines = [line.removesuffix("\r") for line in data.decode("utf-8", "replace").split("\n")]
    return lines if lines[-1] else lines[:-1]


def _is_comparable(old: list[str], new: list[str]) -> bool:
    """Returns whether a comparison in order ends soon."""
    if len(old) + len(new) > _MOST_IN_ORDER:
        return False
    of_old = Counter(old)
    return sum(of_old[line] for line in new) <= _MOST_EQUAL_PAIRS


def _compare_in_order(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Returns the lines that are removed and added, in order."""
    removed, added = [], []
    for step, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if step != "equal":
            removed += old[old_from:old_to]
            added += new[new_from:new_to]
    return removed, added


def _compare_as_rows(old: list[str], new: list[str]) -> tuple[list[str], list[str]]:
    """Returns the lines that are in one text only, wherever they stand."""
    of_old, of_new = Counter(old), Counter(new)
    return list((of_old - of_new).elements()), list((of_new - of_old).elements())
