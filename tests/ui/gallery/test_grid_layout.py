"""Cells stand where a plain count puts them, for any groups, widths and folds."""

from __future__ import annotations

import random

import numpy as np
import pytest

from triage.ui.gallery.grid_layout import GAP, HEADING, MARGIN, SIDES, GridLayout


def make(seed: int) -> tuple[GridLayout, list[int], list[bool], random.Random]:
    dice = random.Random(seed)
    sizes = [dice.randint(1, 30) for _ in range(dice.randint(1, 12))]
    folded = [dice.random() < 0.25 for _ in sizes]
    groups = np.r_[0, np.cumsum(sizes)].astype(np.int64)
    layout = GridLayout(groups, np.array(folded), dice.randint(150, 1800), dice.choice(SIDES), headings=True)
    return layout, sizes, folded, dice


@pytest.mark.parametrize("seed", range(40))
def test_cells_stand_in_lines_under_their_headings(seed: int) -> None:
    layout, sizes, folded, _ = make(seed)
    top, cell, seen = 0, 0, []
    for group, (size, is_folded) in enumerate(zip(sizes, folded, strict=True)):
        assert layout.top(group) == top
        for at in range(size):
            assert layout.find_group(cell) == group
            if not is_folded:
                place = layout.place(cell)
                assert place.top() == top + HEADING + at // layout.columns * layout.line
                assert place.left() == MARGIN + at % layout.columns * (layout.side + GAP)
                assert layout.find_cell(place.center().x(), place.center().y()) == cell
                seen.append(cell)
            cell += 1
        assert layout.find_heading(top + 1) == group
        top += HEADING + (0 if is_folded else -(-size // layout.columns) * layout.line)
    assert layout.height == top + GAP
    shown = [cell for group in layout.iter_visible(0, layout.height) for cell in group.cells]
    assert shown == seen


@pytest.mark.parametrize("seed", range(40))
def test_what_is_in_view_is_found_without_the_rest(seed: int) -> None:
    layout, sizes, folded, dice = make(seed)
    top = dice.randint(0, layout.height)
    bottom = top + dice.randint(1, 900)
    shown = {cell for group in layout.iter_visible(top, bottom) for cell in group.cells}
    cell = 0
    for size, is_folded in zip(sizes, folded, strict=True):
        for _ in range(size):
            place = layout.place(cell)
            if not is_folded and place.bottom() + GAP >= top and place.top() < bottom:
                line = range(place.top(), place.top() + layout.line)
                assert cell in shown or not (line.start < bottom and line.stop > top)
            elif is_folded:
                assert cell not in shown
            cell += 1


@pytest.mark.parametrize("seed", range(40))
def test_steps_stay_in_open_groups(seed: int) -> None:
    layout, sizes, folded, dice = make(seed)
    if all(folded):
        return
    cell = next(at for at in range(sum(sizes)) if not folded[layout.find_group(at)])
    for _ in range(60):
        before = cell
        kind = dice.choice(("move", "step"))
        way = dice.choice((-1, 1))
        cell = layout.move(cell, way) if kind == "move" else layout.step(cell, way * dice.randint(1, 4))
        assert 0 <= cell < sum(sizes) and not folded[layout.find_group(cell)]
        if kind == "move" and cell != before:
            between = range(min(before, cell) + 1, max(before, cell))
            assert all(folded[layout.find_group(at)] for at in between), "only folded cells are passed over"


def test_the_cells_fill_the_line() -> None:
    for width in range(200, 1900, 37):
        layout = GridLayout(np.array([0, 50]), np.zeros(1, bool), width, 120, headings=False)
        used = 2 * MARGIN + layout.columns * (layout.side + GAP) - GAP
        assert used <= max(width, 2 * MARGIN + 120) and width - used < layout.columns
