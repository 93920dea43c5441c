"""Limits on how much of one document is kept, so that a parser never returns many times its input."""

from __future__ import annotations

from triage import limits
from triage.errors import InputError
from triage.model.document import NotUnderstood

MAX_FIELD = 4_096
"""Characters of one field. No pattern sees more, and a longer field is kept whole as not understood."""
MAX_PLACE, MAX_LABEL = 300, 200
"""Characters of the place that a value has in its document, and of its label: both are repeated with each value."""
MAX_LISTED = 1_000
"""Values that one field may list."""
MAX_VALUES = 200_000
"""Values of one report: a hundred times what the longest real reports state."""
_NOT_UNDERSTOOD_FACTOR = 2
_NOT_UNDERSTOOD_FLOOR = 4 * limits.KIB


class Allowance:
    """The characters of one file that may be kept as not understood: twice the file's size, shared by all its reports."""

    def __init__(self, size: int) -> None:
        """Starts the allowance for a file of `size` bytes."""
        self._left = _NOT_UNDERSTOOD_FACTOR * size + _NOT_UNDERSTOOD_FLOOR

    @property
    def used_up(self) -> bool:
        """Returns whether nothing more may be kept."""
        return self._left <= 0

    def take(self, characters: int) -> bool:
        """Counts so many characters and returns whether they may be kept.

        Once a part was too long, nothing more is kept.
        """
        fits = characters <= self._left
        self._left = self._left - characters if fits else 0
        return fits


def describe_left_out(path: str, parts: int) -> tuple[NotUnderstood, ...]:
    """Returns a note that so many parts were not kept, or nothing when there are none."""
    if not parts:
        return ()
    value = f"{parts:,} more parts were not understood and are not listed here; the original document holds them"
    return (NotUnderstood(source=path, path="", value=value),)


def shorten_middle(text: str, most: int) -> str:
    """Returns the text, cut in the middle to at most `most` characters."""
    if len(text) <= most:
        return text
    half = (most - 3) // 2
    return f"{text[:half]}...{text[-half:]}"


def refuse_too_many(values: int) -> None:
    """Raises InputError when a report states more values than a real report can."""
    if values > MAX_VALUES:
        raise InputError("The document states more than {most:,} values; no report has so many.", most=MAX_VALUES)
