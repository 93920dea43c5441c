"""From a specification to the bytes of a picture: scene, camera, encoding, and near duplicates of it."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from triage_demo.feed.canvas import Array, Canvas, Noise
from triage_demo.feed.exif import Camera, with_exif
from triage_demo.feed.scenes import SCENES

Pixels = NDArray[np.uint8]
Change = Literal["recompressed", "resized", "cropped", "brightened", "png", "mirrored", "turned", "sideways"]

DRAWN_WIDTH = 800
"""Larger pictures are drawn at about this width and enlarged; fine grain is added at full size."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A near duplicate of an image: the change, and the id under which files refer to it."""

    id: str
    change: Change
    camera: Camera | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image to be made.

    `dice` alone decides the scene, and the variants are made from its pixels.
    """

    id: str
    dice: tuple[int, ...]
    width: int
    height: int
    png: bool = False
    quality: int = 85
    camera: Camera | None = None
    variants: tuple[Variant, ...] = field(default=())


def draw(dice: tuple[int, ...], width: int, height: int, noise: Noise) -> Pixels:
    """Returns the scene as 8-bit RGB (height, width, 3)."""
    rng = np.random.default_rng(dice)
    factor = max(1, round(width / DRAWN_WIDTH))
    canvas = Canvas(-(-height // factor), -(-width // factor), rng, noise)
    SCENES[int(rng.integers(len(SCENES)))](canvas)
    canvas.vignette(float(rng.uniform(0.05, 0.35)))
    warm = float(rng.uniform(-0.07, 0.07))
    canvas.tint((1 + warm, 1.0, 1 - warm))
    drawn = enlarge(canvas.rgb, factor)[:height, :width]
    drawn *= 255 * float(rng.uniform(0.85, 1.1))
    grain = float(rng.uniform(0.8, 2.6)) * noise.sensor(rng, height, width)
    for channel in range(3):
        drawn[:, :, channel] += grain
    return _bytes(drawn)


def _bytes(values: Array) -> Pixels:
    """Returns the values cut to 0 to 255 as bytes."""
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def enlarge(rgb: Array, factor: int) -> Array:
    """Returns the image enlarged by a whole factor, linear between the samples."""
    if factor == 1:
        return rgb
    for axis in (0, 1):
        last = rgb.shape[axis] - 1
        difference, shape = np.diff(rgb, axis=axis, append=rgb.take([last], axis)), list(rgb.shape)
        shape[axis] *= factor
        larger, between = np.empty(shape, dtype=rgb.dtype), np.empty_like(rgb)
        for i in range(factor):
            np.multiply(difference, np.float32(i / factor), out=between)
            np.add(rgb, between, out=larger[(slice(None),) * axis + (slice(i, None, factor),)])
        rgb = larger
    return rgb


def shrink(pixels: Pixels, width: int, height: int) -> Pixels:
    """Returns a smaller image, by halving while possible, then by linear interpolation."""
    work: Array = pixels.astype(np.float32)
    while work.shape[0] >= 2 * height and work.shape[1] >= 2 * width:
        even = work[: work.shape[0] // 2 * 2, : work.shape[1] // 2 * 2]
        work = (even[::2, ::2] + even[1::2, ::2] + even[::2, 1::2] + even[1::2, 1::2]) / 4
    for axis, size in ((0, height), (1, width)):
        at = (np.arange(size, dtype=np.float32) + 0.5) * (work.shape[axis] / size) - 0.5
        low = np.clip(np.floor(at).astype(int), 0, work.shape[axis] - 2)
        t = np.clip(at - low, 0, 1)
        t = t.reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        work = np.asarray(work.take(low, axis) * (1 - t) + work.take(low + 1, axis) * t, dtype=np.float32)
    return _bytes(work + 0.5)


def _cropped(pixels: Pixels) -> Pixels:
    """Returns the image without a narrow border."""
    height, width = pixels.shape[:2]
    dy, dx = max(2, height // 170), max(2, width // 170)
    return pixels[dy : height - dy, dx : width - dx]


_CHANGES: dict[Change, tuple[Callable[[Pixels], Pixels], int]] = {
    "recompressed": (lambda p: p, 48),
    "resized": (lambda p: shrink(p, p.shape[1] * 5 // 8, p.shape[0] * 5 // 8), 82),
    "cropped": (_cropped, 84),
    "brightened": (lambda p: _bytes(p.astype(np.float32) * 1.12 + 6), 86),
    "png": (lambda p: p, 0),
    "mirrored": (lambda p: p[:, ::-1], 86),
    "turned": (lambda p: np.rot90(p, 1), 86),
    "sideways": (lambda p: np.rot90(p, 1), 88),
}
"""What is done to the pixels, and the JPEG quality afterwards (0: PNG). "sideways" is stored turned, with the EXIF orientation
that sets it upright again, as phones do."""


def encode_png(pixels: Pixels) -> bytes:
    """Returns a PNG of 8-bit RGB, filter "sub", one IDAT chunk."""
    height, width = pixels.shape[:2]
    rows = np.empty((height, 1 + 3 * width), dtype=np.uint8)
    rows[:, 0] = 1
    rows[:, 1:4] = pixels[:, 0]
    rows[:, 4:] = (pixels[:, 1:] - pixels[:, :-1]).reshape(height, -1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(rows.tobytes(), 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def encode_jpeg(pixels: Pixels, quality: int, camera: Camera | None) -> bytes:
    """Returns a JPEG, with the camera's metadata unless it is None."""
    import simplejpeg  # late: nothing else in the host needs it, and it only ever encodes what was drawn here

    encoded = simplejpeg.encode_jpeg(np.ascontiguousarray(pixels), quality=quality, colorspace="RGB", colorsubsampling="420")
    return encoded if camera is None else with_exif(encoded, camera)


def develop(picture: Picture, noise: Noise) -> dict[str, bytes]:
    """Returns the encoded image and its variants, by id."""
    pixels = draw(picture.dice, picture.width, picture.height, noise)
    made = {picture.id: encode_png(pixels) if picture.png else encode_jpeg(pixels, picture.quality, picture.camera)}
    for variant in picture.variants:
        change, quality = _CHANGES[variant.change]
        changed = change(pixels)
        made[variant.id] = encode_jpeg(changed, quality, variant.camera) if quality else encode_png(changed)
    return made
