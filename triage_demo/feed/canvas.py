"""A small drawing board on numpy: soft-edged shapes, ridges, clouds of noise. scenes.py draws benign scenes with it.

Coordinates are fractions of the image (0 to 1, y downwards), so that a scene looks the same in every size. Colours are (r, g, b)
in 0 to 1. Sizes of shapes are fractions of the height.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating]
Colour = tuple[float, float, float]
Point = tuple[float, float]

_TILE = 1024


class Noise:
    """Tileable fractal noise, made once and cut from many times.

    Each field has mean 0 and standard deviation 1.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        frequency = np.hypot(np.fft.fftfreq(_TILE)[:, None], np.fft.rfftfreq(_TILE)[None, :])
        frequency[0, 0] = np.inf
        self._tiles = {slope: _shaped(rng, frequency**-slope) for slope in (0.6, 1.2, 1.7)}
        self.grain = rng.standard_normal((_TILE, _TILE)).astype(np.float32)

    def cut(self, rng: np.random.Generator, height: int, width: int, slope: float = 1.2, step: int = 1) -> Array:
        """Returns a random piece.

        With `step` > 1 only every so many samples are taken, for a finer structure.
        """
        return _cut(self._tiles[slope], rng, height, width, step)

    def sensor(self, rng: np.random.Generator, height: int, width: int) -> Array:
        """Returns a random piece of white noise, like a camera sensor's."""
        return _cut(self.grain, rng, height, width, 1)


def _shaped(rng: np.random.Generator, amplitude: NDArray[np.float64]) -> Array:
    """Returns a noise tile with this amplitude spectrum."""
    spectrum = np.fft.rfft2(rng.standard_normal((_TILE, _TILE))) * amplitude
    field = np.fft.irfft2(spectrum, s=(_TILE, _TILE))
    return np.asarray(field / field.std(), dtype=np.float32)


def _cut(tile: Array, rng: np.random.Generator, height: int, width: int, step: int) -> Array:
    """Returns a random piece of a tile, perhaps mirrored."""
    top, left = (int(start) for start in rng.integers(0, _TILE, 2))
    rows = (top + step * np.arange(height)) % _TILE
    columns = (left + step * np.arange(width)) % _TILE
    piece = tile[np.ix_(rows, columns)]
    return piece[:, ::-1] if rng.random() < 0.5 else piece


def limit(values: Array, low: float, high: float) -> Array:
    """Returns the values cut to a range. For the small arrays of most shapes `np.clip` takes five times as long."""
    return np.minimum(np.maximum(values, low), high)


def multiply_channels(rgb: Array, factor: Array) -> None:
    """Multiplies the channels by a factor for each pixel, in place: one by one, which NumPy does in a third of the time."""
    for channel in range(3):
        rgb[:, :, channel] *= factor


class Canvas:
    """An image that is being drawn.

    `rgb` is a float32 array (height, width, 3).
    """

    def __init__(self, height: int, width: int, rng: np.random.Generator, noise: Noise) -> None:
        self.height, self.width, self.rng, self.noise = height, width, rng, noise
        self.rgb: Array = np.zeros((height, width, 3), dtype=np.float32)
        self.aspect = width / height

    def between(self, low: float, high: float) -> float:
        """Returns a random number between two bounds."""
        return float(self.rng.uniform(low, high))

    def gradient(self, stops: Sequence[tuple[float, Colour]]) -> None:
        """Fills the image with colours between heights: (y, colour), y rising."""
        at = np.linspace(0, 1, self.height)
        for channel in range(3):
            column = np.interp(at, [y for y, _ in stops], [colour[channel] for _, colour in stops])
            self.rgb[:, :, channel] = column[:, None]

    def texture(
        self, strength: float, top: float = 0.0, bottom: float = 1.0, *, slope: float = 1.2, step: int = 1, stretch: int = 1
    ) -> None:
        """Multiplies a band by noise.

        `stretch` draws the noise out sideways (water, clouds, wood).
        """
        first, last = round(top * self.height), round(bottom * self.height)
        piece = self.noise.cut(self.rng, last - first, -(-self.width // stretch), slope, step)
        if stretch > 1:
            piece = np.repeat(piece, stretch, axis=1)[:, : self.width]
        multiply_channels(self.rgb[first:last], 1 + strength * piece)

    def clouds(self, bottom: float, colour: Colour, cover: float) -> None:
        """Draws soft clouds above `bottom`.

        `cover` is about 0 (few) to 1 (grey).
        """
        last = round(bottom * self.height)
        piece = self.noise.cut(self.rng, last, self.width, 1.7)
        fade = np.linspace(1.0, 0.3, last, dtype=np.float32)[:, None]
        self._blend(slice(0, last), slice(0, self.width), limit((piece - 1.2 + 1.8 * cover) * fade, 0, 0.9), colour)

    def ridge(self, heights: Array, colour: Colour, *, bottom: float = 1.0, fade: Colour | None = None) -> None:
        """Fills the area below a line of heights (a y for each column) down to `bottom`, blending into `fade`."""
        first, last = int(max(0.0, float(heights.min())) * self.height), round(bottom * self.height)
        if first >= last:
            return
        y = np.arange(first, last, dtype=np.float32)[:, None]
        cover = limit(y - heights[None, :] * self.height + 0.5, 0, 1)
        paint: Array = np.broadcast_to(np.asarray(colour, dtype=np.float32), (last - first, 1, 3))
        if fade is not None:
            t = np.linspace(0, 1, last - first, dtype=np.float32)[:, None, None]
            paint = paint * (1 - t) + np.asarray(fade, dtype=np.float32) * t
        self._blend(slice(first, last), slice(0, self.width), cover, paint)

    def ellipse(
        self, centre: Point, rx: float, ry: float, colour: Colour, *, angle: float = 0.0, lit: float = 0.0, soft: float = 1.0
    ) -> None:
        """Draws an ellipse.

        `lit` > 0 shades it like a ball with light from above left.

        `soft` is the edge's width in pixels.
        """
        reach = max(rx, ry) + soft / self.height
        rows, columns, x, y = self._local(centre, reach, reach)
        if x.size == 0 or y.size == 0:
            return
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        u, v = (x * cos + y * sin) / rx, (y * cos - x * sin) / ry
        r = np.sqrt(u * u + v * v)
        cover = limit((1 - r) * min(rx, ry) * self.height / soft + 0.5, 0, 1)
        paint: Array = np.asarray(colour, dtype=np.float32)
        if lit:
            light = limit(1 - np.hypot(u + 0.35, v + 0.4) * 0.75, 0, 1)[:, :, None]
            paint = paint * (1 - lit + lit * 1.2 * light) + 0.35 * lit * light**6
        self._blend(rows, columns, cover, paint)

    def polygon(self, points: Sequence[Point], colour: Colour, *, fade: Colour | None = None) -> None:
        """Draws a convex polygon, its corners in either turning direction.

        `fade` is the colour at its lower edge.
        """
        corner = np.asarray([(x * self.aspect, y) for x, y in points], dtype=np.float64) * self.height
        low, high = np.floor(corner.min(axis=0)) - 1, np.ceil(corner.max(axis=0)) + 1
        left, top = (max(0, int(v)) for v in low)
        right, bottom = min(self.width, int(high[0])), min(self.height, int(high[1]))
        if left >= right or top >= bottom:
            return
        x = np.arange(left, right, dtype=np.float32)[None, :] + 0.5
        y = np.arange(top, bottom, dtype=np.float32)[:, None] + 0.5
        following = np.concatenate((corner[1:], corner[:1]))
        turning = np.sign(np.sum(corner[:, 0] * following[:, 1] - following[:, 0] * corner[:, 1]))
        inside = np.full((bottom - top, right - left), np.inf, dtype=np.float64)
        for (px, py), (dx, dy) in zip(corner, turning * (following - corner), strict=True):
            distance = dx * (y - py) - dy * (x - px)
            distance /= float(np.hypot(dx, dy)) or 1.0
            np.minimum(inside, distance, out=inside)
        paint = np.asarray(colour, dtype=np.float32)
        if fade is not None:
            t = np.linspace(0, 1, bottom - top, dtype=np.float32)[:, None, None]
            paint = paint * (1 - t) + np.asarray(fade, dtype=np.float32) * t
        self._blend(slice(top, bottom), slice(left, right), limit(inside + 0.5, 0, 1), paint)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, *, fade: Colour | None = None) -> None:
        """Draws an upright rectangle."""
        self.polygon([(left, top), (right, top), (right, bottom), (left, bottom)], colour, fade=fade)

    def line(self, start: Point, end: Point, width: float, colour: Colour) -> None:
        """Draws a straight stroke.

        `width` is a fraction of the height.
        """
        dx, dy = (end[0] - start[0]) * self.aspect, end[1] - start[1]
        length = float(np.hypot(dx, dy)) or 1.0
        nx, ny = -dy / length * width / 2 / self.aspect, dx / length * width / 2
        (ax, ay), (bx, by) = start, end
        self.polygon([(ax + nx, ay + ny), (bx + nx, by + ny), (bx - nx, by - ny), (ax - nx, ay - ny)], colour)

    def tint(self, factor: Colour) -> None:
        """Multiplies the image by a colour."""
        self.rgb *= np.asarray(factor, dtype=np.float32)

    def vignette(self, strength: float) -> None:
        """Darkens the corners."""
        x = np.linspace(-1, 1, self.width, dtype=np.float32)[None, :]
        y = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None]
        multiply_channels(self.rgb, 1 - strength * 0.5 * (x * x + y * y))

    def jagged(self, base: float, rough: float, detail: int = 7) -> Array:
        """A line of heights by midpoint displacement, for `ridge`: one y for each column."""
        line = self.rng.uniform(-0.5, 0.5, 3)
        scale = 0.5
        for _ in range(detail):
            finer = np.empty(2 * len(line) - 1)
            finer[::2] = line
            finer[1::2] = (line[:-1] + line[1:]) / 2 + scale * self.rng.uniform(-0.5, 0.5, len(line) - 1)
            line, scale = finer, scale * 0.52
        at = np.linspace(0, len(line) - 1, self.width)
        return np.asarray(base + rough * np.interp(at, np.arange(len(line)), line), dtype=np.float32)

    def _local(self, centre: Point, reach_x: float, reach_y: float) -> tuple[slice, slice, Array, Array]:
        """The pixels around a point, and their distances from it in fractions of the height."""
        cx, cy = centre[0] * self.width, centre[1] * self.height
        rx, ry = reach_x * self.height + 1, reach_y * self.height + 1
        rows = slice(max(0, int(cy - ry)), max(0, min(self.height, int(cy + ry) + 1)))
        columns = slice(max(0, int(cx - rx)), max(0, min(self.width, int(cx + rx) + 1)))
        y = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] + 0.5 - cy) / self.height
        x = (np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] + 0.5 - cx) / self.height
        return rows, columns, x, y

    def _blend(self, rows: slice, columns: slice, cover: Array, paint: Array | Colour) -> None:
        part = self.rgb[rows, columns]
        share, colours = cover.astype(np.float32), np.asarray(paint, dtype=np.float32)
        for channel in range(3):  # NumPy takes three times as long over a last axis of three
            change = colours[..., channel] - part[:, :, channel]
            change *= share
            part[:, :, channel] += change
