"""Benign drawn scenes: landscapes, water, streets, things on a table. Each is a function of a canvas and its own dice.

Every scene is made so that perceptual hashes mean something: broad areas of light and dark that differ from scene to scene,
with texture everywhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from triage_demo.feed.canvas import Canvas, Colour


def _mix(a: Colour, b: Colour, t: float) -> Colour:
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def _vary(c: Canvas, colour: Colour, by: float = 0.08) -> Colour:
    r, g, b = (min(1.0, max(0.0, v + c.rng.uniform(-by, by))) for v in colour)
    return (r, g, b)


def _any(c: Canvas, colours: list[Colour]) -> Colour:
    return colours[int(c.rng.integers(len(colours)))]


BRIGHT: list[Colour] = [(0.83, 0.2, 0.16), (0.95, 0.7, 0.13), (0.13, 0.42, 0.66), (0.14, 0.55, 0.3), (0.9, 0.4, 0.1)]
FRUIT: list[Colour] = [(0.9, 0.5, 0.1), (0.75, 0.12, 0.1), (0.55, 0.7, 0.2), (0.93, 0.78, 0.2)]
CROPS: list[Colour] = [(0.42, 0.55, 0.18), (0.76, 0.66, 0.26), (0.3, 0.44, 0.16), (0.5, 0.36, 0.2), (0.85, 0.78, 0.2)]
PALE: list[Colour] = [(0.86, 0.8, 0.68), (0.78, 0.7, 0.58), (0.7, 0.72, 0.7), (0.82, 0.62, 0.48), (0.66, 0.74, 0.78)]


def _sky(c: Canvas, horizon: float) -> bool:
    """Day, haze or evening; answers whether it is evening."""
    kind = int(c.rng.integers(4))
    tops: list[Colour] = [(0.22, 0.45, 0.8), (0.6, 0.68, 0.74), (0.16, 0.18, 0.38), (0.3, 0.56, 0.82)]
    lows: list[Colour] = [(0.75, 0.86, 0.95), (0.86, 0.85, 0.8), (0.95, 0.56, 0.3), (0.88, 0.92, 0.94)]
    c.gradient([(0, _vary(c, tops[kind])), (horizon, _vary(c, lows[kind])), (1, lows[kind])])
    c.clouds(min(1.0, horizon + 0.05), (0.97, 0.96, 0.95) if kind != 2 else (0.9, 0.5, 0.4), c.between(0.1, 0.8))
    if c.rng.random() < 0.5:
        at = (c.between(0.1, 0.9), c.between(0.08, max(0.1, horizon - 0.12)))
        c.ellipse(at, 0.16, 0.16, (1.0, 0.95, 0.8), soft=0.3 * c.height)
        c.ellipse(at, 0.045, 0.045, (1.0, 0.98, 0.88), soft=4)
    return kind == 2


def _tree(c: Canvas, x: float, ground: float, size: float, green: Colour) -> None:
    c.line((x, ground), (x, ground - size * 0.6), size * 0.09, (0.28, 0.2, 0.13))
    for _ in range(9):
        dx, dy = c.rng.uniform(-0.28, 0.28, 2) * size
        c.ellipse(
            (x + dx / c.aspect, ground - size * 0.75 + dy), size * 0.2, size * 0.17, _vary(c, green, 0.07), lit=0.6, soft=3
        )  # fmt: skip


def _house(c: Canvas, x: float, ground: float, width: float, height: float) -> None:
    wall = _vary(c, _any(c, PALE))
    c.box(x, ground - height, x + width, ground, wall, fade=_mix(wall, (0.2, 0.17, 0.15), 0.35))
    if c.rng.random() < 0.4:
        c.polygon([(x - 0.01, ground - height), (x + width / 2, ground - height * 1.35), (x + width + 0.01, ground - height)],
                  _vary(c, (0.55, 0.25, 0.18)))  # fmt: skip
    columns, rows = max(1, int(width * c.aspect / 0.07)), max(1, int(height / 0.09))
    dark = _vary(c, (0.16, 0.19, 0.24), 0.05)
    for i in range(columns):
        for j in range(rows):
            left, top = x + width * (i + 0.25) / columns, ground - height * (j + 0.8) / rows
            c.box(
                left,
                top,
                left + width * 0.5 / columns,
                top + height * 0.5 / rows,
                dark if c.rng.random() < 0.8 else (0.95, 0.85, 0.5),
            )


def mountains(c: Canvas) -> None:
    """Draws mountains."""
    horizon = c.between(0.5, 0.75)
    evening = _sky(c, horizon)
    near: Colour = (0.16, 0.2, 0.2) if evening else _vary(c, (0.24, 0.34, 0.22))
    far: Colour = _vary(c, (0.5, 0.58, 0.7))
    layers = int(c.rng.integers(3, 6))
    for i in range(layers):
        t = i / (layers - 1)
        colour = _mix(far, near, t)
        c.ridge(c.jagged(horizon - 0.3 * (1 - t), 0.34 * (1 - 0.5 * t)), colour, fade=_mix(colour, (0.8, 0.82, 0.84), 0.25))
        if i == 0 and c.rng.random() < 0.6:
            c.clouds(horizon, (0.97, 0.97, 1.0), 0.15)
    c.texture(0.1, horizon, 1.0, slope=0.6)


def lake(c: Canvas) -> None:
    """Draws a lake with boats."""
    horizon = c.between(0.42, 0.62)
    mountains(c)
    first = round(horizon * c.height)
    mirrored = c.rgb[first - 1 :: -1][: c.height - first]
    c.rgb[first : first + len(mirrored)] = mirrored * np.asarray((0.62, 0.75, 0.82), dtype=np.float32)
    c.rgb[first + len(mirrored) :] = np.asarray((0.2, 0.32, 0.4), dtype=np.float32)
    c.texture(0.16, horizon, 1.0, slope=0.6, stretch=6)
    for _ in range(int(c.rng.integers(1, 4))):
        _boat(c, c.between(0.1, 0.9), c.between(horizon + 0.08, 0.92), c.between(0.08, 0.2))


def _boat(c: Canvas, x: float, y: float, size: float) -> None:
    hull = _any(c, BRIGHT)
    w = size / c.aspect
    c.polygon(
        [(x - w, y), (x + w, y), (x + 0.6 * w, y + size * 0.32), (x - 0.6 * w, y + size * 0.32)],
        hull,
        fade=_mix(hull, (0, 0, 0), 0.5),
    )
    c.line((x, y), (x, y - size * 1.5), 0.008, (0.25, 0.2, 0.15))
    c.polygon(
        [(x + 0.02 * w, y - size * 1.45), (x + 0.85 * w, y - 0.12 * size), (x + 0.02 * w, y - 0.12 * size)],
        _vary(c, (0.93, 0.9, 0.82)),
    )


def coast(c: Canvas) -> None:
    """Draws a coast."""
    horizon = c.between(0.3, 0.55)
    _sky(c, horizon)
    sea = _vary(c, (0.1, 0.36, 0.46))
    flat = np.full(c.width, horizon, dtype=np.float32)
    c.ridge(flat, sea, fade=_mix(sea, (0.7, 0.85, 0.85), 0.45))
    c.texture(0.13, horizon, 1.0, slope=0.6, stretch=5)
    shore = c.jagged(c.between(0.72, 0.88), 0.1, 5)
    c.ridge(shore - 0.015, (0.93, 0.95, 0.95))
    c.ridge(shore, _vary(c, (0.82, 0.72, 0.52)), fade=(0.66, 0.55, 0.38))
    c.texture(0.07, 0.7, 1.0, slope=0.6)
    for _ in range(int(c.rng.integers(1, 5))):
        _boat(c, c.between(0.05, 0.95), c.between(horizon + 0.04, 0.68), c.between(0.05, 0.16))
    if c.rng.random() < 0.5:
        c.ridge(
            c.jagged(0.5, 0.5, 6) + np.linspace(-0.3, 0.6, c.width, dtype=np.float32), (0.3, 0.26, 0.22), fade=(0.2, 0.18, 0.16)
        )


def fields(c: Canvas) -> None:
    """Draws fields."""
    horizon = c.between(0.3, 0.5)
    _sky(c, horizon)
    c.ridge(c.jagged(horizon - 0.02, 0.06), _vary(c, (0.35, 0.42, 0.4)))
    y = horizon
    while y < 1.0:
        step = 0.03 + (y - horizon) * 0.45
        colour = _vary(c, _any(c, CROPS))
        c.ridge(c.jagged(y, 0.03, 5) + c.between(-0.05, 0.05) * np.linspace(-1, 1, c.width, dtype=np.float32), colour)
        y += step
    for i in range(14):
        x = 0.5 + (i - 6.5) * 0.02
        c.line((x, horizon + 0.12), (0.5 + (i - 6.5) * 0.22, 1.05), 0.006, (0.24, 0.2, 0.1))
    c.texture(0.13, horizon, 1.0, slope=0.6)
    for _ in range(int(c.rng.integers(2, 8))):
        ground = c.between(horizon + 0.02, 0.8)
        _tree(c, c.between(0, 1), ground, 0.1 + (ground - horizon) * 0.9, _vary(c, (0.2, 0.38, 0.14)))


def desert(c: Canvas) -> None:
    """Draws a desert."""
    horizon = c.between(0.3, 0.6)
    _sky(c, horizon)
    sand = _vary(c, (0.85, 0.62, 0.36))
    for i in range(int(c.rng.integers(3, 7))):
        base = horizon + 0.12 * i
        light = _mix(sand, (0.4, 0.24, 0.14), 0.55 if i % 2 else 0.0)
        c.ridge(c.jagged(base, 0.22, 3), light, fade=_mix(sand, (0.95, 0.8, 0.55), 0.4))
    c.texture(0.05, horizon, 1.0, slope=0.6, stretch=3)
    if c.rng.random() < 0.6:
        x = c.between(0.2, 0.8)
        _house(c, x, c.between(0.6, 0.8), 0.16, 0.18)


def street(c: Canvas) -> None:
    """Draws a street with a truck."""
    ground = c.between(0.7, 0.85)
    evening = _sky(c, ground)
    x = c.between(-0.1, 0.0)
    while x < 1.0:
        width = c.between(0.1, 0.28)
        _house(c, x, ground, width, c.between(0.25, 0.68))
        x += width + c.between(0.0, 0.05)
    c.box(-0.05, ground, 1.05, 1.05, (0.32, 0.31, 0.3), fade=(0.2, 0.2, 0.2))
    for i in range(6):
        c.box(0.02 + i * 0.18, ground + 0.13, 0.1 + i * 0.18, ground + 0.145, (0.85, 0.82, 0.7))
    if c.rng.random() < 0.7:
        _truck(c, c.between(0.1, 0.6), ground + 0.11)
    c.texture(0.06, slope=0.6)
    if evening:
        c.tint((0.85, 0.7, 0.72))


def _truck(c: Canvas, x: float, ground: float) -> None:
    body = _any(c, BRIGHT)
    c.box(x, ground - 0.26, x + 0.26, ground - 0.04, body, fade=_mix(body, (0, 0, 0), 0.3))
    for i in range(5):
        for j in range(3):
            c.ellipse((x + 0.03 + i * 0.05, ground - 0.22 + j * 0.065), 0.022, 0.022, _any(c, BRIGHT), lit=0.4)
    cab = _any(c, BRIGHT)
    c.box(x + 0.26, ground - 0.2, x + 0.36, ground - 0.04, cab)
    c.box(x + 0.285, ground - 0.185, x + 0.35, ground - 0.12, (0.7, 0.82, 0.88))
    for wheel in (0.06, 0.2, 0.31):
        c.ellipse((x + wheel, ground - 0.03), 0.04, 0.04, (0.09, 0.09, 0.1))
        c.ellipse((x + wheel, ground - 0.03), 0.016, 0.016, (0.6, 0.6, 0.6))


def kites(c: Canvas) -> None:
    """Draws kites."""
    roof = c.between(0.78, 0.92)
    _sky(c, roof)
    for _ in range(int(c.rng.integers(3, 9))):
        x, y = c.between(0.08, 0.92), c.between(0.08, roof - 0.2)
        size, colour = c.between(0.05, 0.16), _any(c, BRIGHT)
        w = size / c.aspect
        c.line((x, y + size), (x + c.between(-0.2, 0.2), roof), 0.003, (0.3, 0.3, 0.3))
        c.polygon([(x, y - size), (x + w, y), (x, y + size), (x - w, y)], colour)
        c.polygon([(x, y - size), (x + w, y), (x, y)], _any(c, BRIGHT))
        c.polygon([(x - 0.3 * w, y + size * 1.4), (x, y + size), (x + 0.3 * w, y + size * 1.4)], colour)
    x = -0.05
    while x < 1.0:
        width = c.between(0.1, 0.25)
        _house(c, x, 1.02, width, 1.02 - roof + c.between(-0.04, 0.12))
        x += width


def fruit(c: Canvas) -> None:
    """Draws fruit."""
    table = c.between(0.36, 0.64)
    wall, wood = _vary(c, _any(c, PALE), 0.15), _vary(c, (0.45, 0.28, 0.16))
    c.gradient([(0, _mix(wall, (0, 0, 0), 0.35)), (table, wall), (table + 0.001, _mix(wood, (1, 1, 1), 0.2)), (1, wood)])
    c.texture(0.12, table, 1.0, slope=1.2, stretch=12)
    c.texture(0.05, 0.0, table, slope=1.7)
    cx, bowl = c.between(0.22, 0.78), _vary(c, (0.3, 0.42, 0.6), 0.2)
    c.ellipse((cx, table + 0.32), 0.42, 0.07, _mix(wood, (0, 0, 0), 0.55), soft=18)
    for row in range(3):
        for i in range(6 - row):
            x = cx + ((i - (5 - row) / 2) * 0.13 + c.between(-0.02, 0.02)) / c.aspect
            c.ellipse((x, table + 0.06 - row * 0.1), 0.08, 0.075, _vary(c, _any(c, FRUIT)), lit=0.8)
    c.ellipse((cx, table + 0.17), 0.4, 0.16, bowl, lit=0.5)
    c.ellipse((cx, table + 0.04), 0.4, 0.035, _mix(bowl, (1, 1, 1), 0.35))
    for row in range(2):
        x = cx + float(c.rng.choice([-1, 1])) * (0.5 + 0.12 * row) / c.aspect
        c.ellipse((x, table + 0.3), 0.08, 0.075, (0.85, 0.45, 0.1), lit=0.8)


def teapot(c: Canvas) -> None:
    """Draws a teapot."""
    table = c.between(0.3, 0.6)
    cloth, wall = _any(c, BRIGHT), _vary(c, (0.75, 0.72, 0.64), 0.15)
    c.gradient([(0, wall), (table, _mix(wall, (0, 0, 0), 0.3)), (table + 0.001, cloth), (1, _mix(cloth, (0, 0, 0), 0.35))])
    for i in range(12):
        x = i / 11
        c.line((0.5 + (x - 0.5) * 0.8, table), (0.5 + (x - 0.5) * 2.2, 1.0), 0.012, _mix(cloth, (1, 1, 1), 0.6))
    cx, china = c.between(0.22, 0.78), _vary(c, (0.88, 0.87, 0.84))
    y = table + 0.12
    c.ellipse((cx, y + 0.22), 0.34, 0.06, _mix(cloth, (0, 0, 0), 0.6), soft=14)
    c.line((cx + 0.2 / c.aspect, y + 0.06), (cx + 0.44 / c.aspect, y - 0.12), 0.06, china)
    c.ellipse((cx - 0.3 / c.aspect, y), 0.12, 0.14, china)
    c.ellipse((cx - 0.3 / c.aspect, y), 0.08, 0.1, _mix(wall, cloth, 0.5))
    c.ellipse((cx, y + 0.02), 0.27, 0.22, china, lit=0.55)
    c.ellipse((cx, y - 0.18), 0.12, 0.05, _vary(c, china), lit=0.5)
    c.ellipse((cx, y - 0.24), 0.03, 0.03, _any(c, BRIGHT), lit=0.5)
    for i in range(7):
        c.ellipse((cx + (i - 3) * 0.065 / c.aspect, y + 0.05), 0.022, 0.03, _any(c, BRIGHT), lit=0.3)
    for _ in range(int(c.rng.integers(1, 4))):
        x = c.between(0.08, 0.92)
        c.ellipse((x, 0.9), 0.12, 0.03, (0.8, 0.8, 0.78))
        c.ellipse((x, 0.85), 0.075, 0.06, china, lit=0.5)
        c.ellipse((x, 0.81), 0.07, 0.02, (0.45, 0.26, 0.12))
    c.texture(0.05, slope=0.6)


def garden(c: Canvas) -> None:
    """Draws a garden."""
    horizon = c.between(0.15, 0.4)
    _sky(c, horizon)
    c.ridge(np.full(c.width, horizon, dtype=np.float32), (0.24, 0.4, 0.16), fade=(0.13, 0.28, 0.1))
    c.texture(0.25, horizon, 1.0, slope=0.6, step=2)
    colours = [_any(c, BRIGHT), (0.95, 0.9, 0.92), _any(c, BRIGHT)]
    for i in range(70):
        depth = (i / 70) ** 1.5
        x, y = c.between(0, 1), horizon + 0.06 + depth * (1 - horizon)
        size = 0.012 + 0.07 * depth
        colour = _vary(c, _any(c, colours))
        c.line((x, y), (x + c.between(-0.02, 0.02), y + size * 3), 0.2 * size, (0.18, 0.4, 0.14))
        for petal in range(6):
            a = petal * math.pi / 3
            c.ellipse(
                (x + size * 0.7 * math.cos(a) / c.aspect, y + size * 0.7 * math.sin(a)), size * 0.45, size * 0.3, colour, angle=a
            )
        c.ellipse((x, y), size * 0.3, size * 0.3, (0.95, 0.8, 0.2), lit=0.4)
    if c.rng.random() < 0.5:
        _tree(c, c.between(0.1, 0.9), horizon + 0.1, 0.5, (0.18, 0.36, 0.14))


def tiles(c: Canvas) -> None:
    """A tiled wall: stars and rhombs seen at a slight slant."""
    base, accent, third = _any(c, PALE), _any(c, BRIGHT), _any(c, BRIGHT)
    c.gradient([(0, base), (1, _mix(base, (0.2, 0.2, 0.25), 0.4))])
    count = int(c.rng.integers(3, 7))
    size = 1.0 / count
    slant = c.between(-0.12, 0.12)
    chosen = c.rng.random((count + 2, int(count * c.aspect) + 3))
    for i in range(count + 2):
        for j in range(chosen.shape[1]):
            x, y = (j * size + (i % 2) * size * 0.5) / c.aspect + slant * i * size - 0.1, i * size
            points = 8 if chosen[i, j] > 0.3 else 4
            colour = accent if chosen[i, j] > 0.55 else third
            for k in range(points):
                a, b = 2 * math.pi * k / points, 2 * math.pi * (k + 0.5) / points
                r = size * 0.48
                c.polygon(
                    [
                        (x, y),
                        (x + r * math.cos(a) / c.aspect, y + r * math.sin(a)),
                        (x + r * 0.75 * math.cos(b) / c.aspect, y + r * 0.75 * math.sin(b)),
                    ],
                    _vary(c, colour, 0.06),
                )
            c.ellipse((x, y), size * 0.14, size * 0.14, base, lit=0.3)
    c.texture(0.09, slope=1.7)
    c.texture(0.05, slope=0.6)
    light = np.linspace(c.between(0.55, 1.2), c.between(0.55, 1.2), c.width, dtype=np.float32)
    c.rgb *= light[None, :, None]


def market(c: Canvas) -> None:
    """Draws a market."""
    c.gradient([(0, (0.35, 0.3, 0.28)), (0.5, (0.55, 0.48, 0.4)), (1, (0.3, 0.26, 0.22))])
    x = c.between(-0.1, 0)
    while x < 1:
        width, top = c.between(0.16, 0.34), c.between(0.1, 0.35)
        first, second = _any(c, BRIGHT), (0.93, 0.9, 0.84)
        stripes = 8
        for i in range(stripes):
            left = x + width * i / stripes
            c.polygon(
                [
                    (left, top),
                    (left + width / stripes, top),
                    (left + width / stripes + 0.02, top + 0.13),
                    (left + 0.02, top + 0.13),
                ],
                first if i % 2 else second,
            )
        c.box(x + 0.01, top + 0.13, x + width, 0.9, (0.16, 0.13, 0.12), fade=(0.3, 0.24, 0.18))
        goods = _any(c, FRUIT)
        for row in range(4):
            for i in range(int(width * c.aspect / 0.07)):
                at = (x + 0.03 + i * 0.07 / c.aspect + (row % 2) * 0.02, 0.62 + row * 0.075)
                c.ellipse(at, 0.04, 0.038, _vary(c, goods), lit=0.7)
        x += width + 0.02
    c.box(-0.05, 0.9, 1.05, 1.05, (0.4, 0.36, 0.32))
    c.texture(0.08, slope=0.6)


def forest(c: Canvas) -> None:
    """Draws a forest."""
    mist = _vary(c, (0.7, 0.78, 0.72))
    c.gradient([(0, mist), (0.6, _mix(mist, (0.3, 0.4, 0.2), 0.5)), (1, (0.22, 0.26, 0.12))])
    path = c.between(0.3, 0.7)
    c.polygon(
        [(path - 0.02, 0.6), (path + 0.02, 0.6), (path + 0.3, 1.05), (path - 0.22, 1.05)],
        (0.6, 0.5, 0.36),
        fade=(0.42, 0.33, 0.22),
    )
    for layer in range(4):
        t = layer / 3
        trunk = _mix(mist, (0.16, 0.12, 0.09), 0.35 + 0.65 * t)
        for _ in range(8 - layer):
            x = c.between(0, 1)
            if abs(x - path) < 0.08 + 0.1 * t:
                continue
            c.line((x, 0.62 + 0.3 * t), (x + c.between(-0.03, 0.03), -0.05), 0.02 + 0.06 * t, _vary(c, trunk, 0.03))
        for _ in range(16):
            at = (c.between(0, 1), c.between(-0.05, 0.32))
            c.ellipse(at, 0.12, 0.08, _vary(c, _mix(mist, (0.12, 0.3, 0.1), 0.3 + 0.6 * t), 0.05), lit=0.3, soft=6)
    c.texture(0.14, slope=0.6)


SCENES: tuple[Callable[[Canvas], None], ...] = (
    mountains, lake, coast, fields, desert, street, kites, fruit, teapot, garden, tiles, market, forest
)  # fmt: skip
