"""Widths of a table's columns, so that words don't break, and an estimate of how high its rows become."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

COLUMN_PADDING = 0.6
"""Millimetres at each side of a cell."""
LONGEST_WHOLE_WORD = 32
"""Characters. A longer word (a hash, an address, a path) may break; it asks for no width."""
MEASURED_OF_A_CELL = 300
"""Characters of a cell whose words are measured."""

Measure = Callable[[str], float]
"""Returns the width of a text in millimetres."""


def fit_columns(rows: Sequence[Sequence[str]], shares: Sequence[int], total: float, measure: Measure) -> list[float]:
    """Returns the widths of columns: their share of the total, or the width of their longest word where that is more.

    Args:
        rows: The cells, with those of the header.
        shares: The relative widths.
        total: The width of the table in millimetres.
        measure: Returns the width of a text in millimetres.
    """
    needed = [_find_least_width(rows, n, measure) for n in range(len(shares))]
    if sum(needed) > total:
        level = _find_level(needed, total)
        needed = [min(width, level) for width in needed]
    widths = [total * share / sum(shares) for share in shares]
    for _ in shares:
        short = [n for n, width in enumerate(widths) if width < needed[n] - 1e-9]
        if not short:
            break
        wide = [n for n in range(len(widths)) if widths[n] > needed[n]]
        missing = sum(needed[n] - widths[n] for n in short)
        spare = sum(widths[n] - needed[n] for n in wide)
        for n in short:
            widths[n] = needed[n]
        for n in wide:
            widths[n] -= missing * (widths[n] - needed[n]) / spare if spare else 0.0
    return widths


def _find_least_width(rows: Sequence[Sequence[str]], column: int, measure: Measure) -> float:
    """Returns the width of the longest word of a column, with the padding of its cell."""
    words = {
        word
        for row in rows
        if column < len(row)
        for word in row[column][:MEASURED_OF_A_CELL].split()
        if len(word) <= LONGEST_WHOLE_WORD
    }
    longest = sorted(words, key=len, reverse=True)[:8]
    return max((measure(word) for word in longest), default=0.0) + 2 * COLUMN_PADDING + 0.4


def _find_level(needed: Sequence[float], total: float) -> float:
    """Returns the width to which the widest columns are cut so that all fit."""
    level = total / len(needed)
    for _ in needed:
        small = [width for width in needed if width <= level]
        if len(small) == len(needed):
            break
        level = (total - sum(small)) / (len(needed) - len(small))
    return level


def break_at_signs(text: str, width: float, measure: Measure) -> str:
    """Breaks words that are wider than a column behind their last sign that fits, such as a slash. A word of letters only stays.

    Args:
        text: The text of a cell.
        width: The width of the column in millimetres, without padding.
        measure: Returns the width of a text in millimetres.
    """
    if len(text) <= SHORTEST_BROKEN or not text.isascii():
        return text
    return _WORDS.sub(lambda found: _break_word(found[0], width, measure), text)


def _break_word(word: str, width: float, measure: Measure) -> str:
    """Returns a word with line breaks behind signs, as few as possible."""
    if measure(word) <= width:
        return word
    lines = [""]
    for part in filter(None, _SIGNS.split(word)):
        if lines[-1] and measure(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


SHORTEST_BROKEN = 12
"""Characters of a word that may be broken behind a sign."""
_WORDS = re.compile(rf"\S{{{SHORTEST_BROKEN},}}")
_SIGNS = re.compile(r"(?<=[/@_.,;:&?=-])(?![/@_.,;:&?=-])")


def count_lines(cells: Sequence[str], widths: Sequence[float], measure: Measure) -> int:
    """Returns about how many lines the highest of some cells takes."""
    return max(
        (
            sum(max(1, math.ceil(measure(line) * 1.1 / max(width - 2 * COLUMN_PADDING, 1))) for line in cell.split("\n"))
            for cell, width in zip(cells, widths, strict=False)
        ),
        default=1,
    )
