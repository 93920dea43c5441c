"""Shares the width of a table among its columns: no text is cut while another column has room to spare."""

from __future__ import annotations

from collections.abc import Sequence


def share_width(needs: Sequence[int], usual: Sequence[int], width: int) -> list[int]:
    """Returns the width of each column in pixels; together they fill `width`.

    `needs` is what the texts of a column need. `usual` is what a column has where there is room, and 0 for the one that takes
    what is left; without such a column the last one does. Where the needs do not fit, the columns that need the most give way,
    and the others stay whole.
    """
    widths = list(needs)
    spare = width - sum(needs)
    if spare < 0:
        most = _find_level(needs, width)
        widths = [min(need, most) for need in needs]
        cut = [at for at, need in enumerate(needs) if need > most]
        for at in cut[: width - sum(widths)]:  # what dividing left over
            widths[at] += 1
    wished = [max(0, each - need) for each, need in zip(usual, needs, strict=True)]
    if spare > 0 and (whole := sum(wished)):
        widths = [need + wish * min(spare, whole) // whole for need, wish in zip(needs, wished, strict=True)]
    taker = next((at for at, each in enumerate(usual) if not each), len(widths) - 1)
    widths[taker] += width - sum(widths)
    return widths


def _find_level(needs: Sequence[int], width: int) -> int:
    """Returns the width that no column exceeds, so that all of them fit."""
    left = width
    for count, need in zip(range(len(needs), 0, -1), sorted(needs), strict=True):
        if need * count > left:
            return max(0, left) // count
        left -= need
    return max(needs, default=0)
