"""Drawn clips as luma frames, and films encoded from them: shots over landscapes with things that move, and cuts between."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any

import av
import numpy as np

from tests.hashing.scenes import Plane, landscape

RATE = 10
SHOTS = 101
"""Numbers of scenes that a film has to itself."""


@lru_cache(maxsize=64)
def _draw_scene(scenery: Callable[[int, int, int], Plane], height: int, width: int, number: int) -> Plane:
    """Draws the scene of a shot once: tests show the same shots again and again. Nobody writes into it."""
    scene = scenery(height, width, number)
    scene.flags.writeable = False
    return scene


def clip(
    seed: int,
    seconds: float,
    *,
    height: int = 180,
    width: int = 320,
    rate: int = RATE,
    shot: float = 2.5,
    speed: float = 0.5,
    scenery: Callable[[int, int, int], Plane] = landscape,
) -> Iterator[Plane]:
    """Each shot has a landscape of its own (`scenery` draws it) over which the camera wanders, and a block and a disc that pass through it."""
    spare_y, spare_x = height // 5, width // 5
    y, x = np.mgrid[0:height, 0:width]
    scene, number = None, -1
    for frame in range(round(seconds * rate)):
        at = frame / rate
        if int(at / shot) != number:
            number = int(at / shot)
            scene = _draw_scene(scenery, height + spare_y, width + spare_x, seed * SHOTS + number)
        moved = at * speed
        turn = moved * 0.7 + seed + number
        top, left = int(spare_y * (0.5 + 0.5 * np.sin(turn))), int(spare_x * (0.5 + 0.5 * np.cos(turn * 0.8)))
        drawn = scene[top : top + height, left : left + width].copy()
        across, down = (
            int(width * (0.5 + 0.45 * np.sin(moved * 1.3 + seed))),
            int(height * (0.5 + 0.4 * np.cos(moved * 0.9 + seed))),
        )
        drawn[(y - down) ** 2 + (x - across) ** 2 < (height // 6) ** 2] = 230 if number % 2 else 25
        drawn[height - down - height // 10 : height - down, width - across : width - across + width // 6] = 128
        yield drawn


def film(
    frames: Iterable[Plane], *, container: str = "mp4", codec: str = "mpeg4", rate: int = RATE, bits: int = 400_000, gop: int = 50
) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as made:
        track: Any = None
        for luma in frames:
            if track is None:
                track = made.add_stream(codec, rate=rate, options={"preset": "ultrafast"} if "x26" in codec else {})
                track.height, track.width = luma.shape
                track.pix_fmt, track.bit_rate, track.gop_size = "yuv420p", bits, gop
            drawn = av.VideoFrame.from_ndarray(np.ascontiguousarray(luma), format="gray").reformat(format="yuv420p")
            made.mux(track.encode(drawn))
        made.mux(track.encode())
    return stream.getvalue()


def letterboxed(frames: Iterable[Plane], bar: float = 0.12) -> Iterator[Plane]:
    for luma in frames:
        rows = round(luma.shape[0] * bar) // 2 * 2
        yield np.pad(luma, ((rows, rows), (0, 0)), constant_values=16)
