"""Draws lines over logarithmic axes as SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 760, 320
LEFT, RIGHT, TOP, BOTTOM = 64, 300, 14, 44
COLOURS = ("#0b6e99", "#c4521a", "#4f7d2b", "#8a3f8f", "#a3822a", "#555555")
MARKS = ("", "6 3", "2 3", "9 3 2 3", "12 4", "1 5")
"""Dashes: lines are told apart without colour too."""


@dataclass(frozen=True, slots=True)
class Line:
    """A named line."""

    name: str
    points: tuple[tuple[float, float], ...]


def draw_plot(lines: Sequence[Line], across: str, up: str) -> str:
    """Returns the plot, or nothing when there is no line; a dashed line marks 1 on the upright axis."""
    if not lines:
        return ""
    xs = [x for line in lines for x, _ in line.points]
    ys = [max(y, 1e-4) for line in lines for _, y in line.points] + [1.0]
    x_axis = _Axis(min(xs), max(xs), LEFT, WIDTH - RIGHT)
    y_axis = _Axis(min(ys), max(ys), HEIGHT - BOTTOM, TOP)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        *_draw_axes(x_axis, y_axis, across, up),
    ]
    for n, line in enumerate(lines):
        colour, dashes = COLOURS[n % len(COLOURS)], MARKS[n % len(MARKS)]
        places = [(x_axis.place(x), y_axis.place(max(y, 1e-4))) for x, y in line.points]
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        top = TOP + 14 + 20 * n
        start = WIDTH - RIGHT + 16
        parts.append(
            f'<line x1="{start}" y1="{top - 4}" x2="{start + 26}" y2="{top - 4}" stroke="{colour}" stroke-width="2"'
            f' stroke-dasharray="{dashes}"/><text x="{start + 32}" y="{top}">{escape(line.name)}</text>'
        )
    return "\n".join([*parts, "</svg>", ""])


@dataclass(frozen=True, slots=True)
class _Axis:
    """A logarithmic axis between two values and two places on the sheet."""

    least: float
    most: float
    start: int
    end: int

    def place(self, value: float) -> float:
        low, high = self.bounds()
        return self.start + (self.end - self.start) * (math.log10(value) - low) / (high - low)

    def bounds(self) -> tuple[float, float]:
        low, high = math.floor(math.log10(self.least)), math.ceil(math.log10(self.most))
        return float(low), float(max(high, low + 1))

    def ticks(self) -> Iterator[float]:
        low, high = self.bounds()
        yield from (10.0**n for n in range(int(low), int(high) + 1))


def _draw_axes(x_axis: _Axis, y_axis: _Axis, across: str, up: str) -> Iterator[str]:
    for tick in x_axis.ticks():
        x = x_axis.place(tick)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{HEIGHT - BOTTOM}" stroke="#e4e4e4"/>'
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle">{tick:,.0f}</text>'
    for tick in y_axis.ticks():
        y = y_axis.place(tick)
        yield f'<line x1="{LEFT}" y1="{y:.1f}" x2="{WIDTH - RIGHT}" y2="{y:.1f}" stroke="#e4e4e4"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{tick:g}</text>'
    limit = y_axis.place(1.0)
    yield f'<line x1="{LEFT}" y1="{limit:.1f}" x2="{WIDTH - RIGHT}" y2="{limit:.1f}" stroke="#b00020" stroke-dasharray="4 3"/>'
    middle = (LEFT + WIDTH - RIGHT) // 2
    yield f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle">{escape(across)}</text>'
    yield f'<text transform="translate(14 {(TOP + HEIGHT - BOTTOM) // 2}) rotate(-90)" text-anchor="middle">{escape(up)}</text>'
