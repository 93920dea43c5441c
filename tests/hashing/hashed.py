"""Images with all their hashes, as an import computes them."""

from __future__ import annotations

import numpy as np

from tests.hashing.scenes import Plane
from triage.hashing.perceptual import hash_plane
from triage.hashing.window_hashing import hash_windows
from triage.model.match_way import Orientation
from triage.model.media import Perceptual

ORIENT = {
    Orientation.UPRIGHT: lambda plane: plane,
    Orientation.ROTATED_LEFT: lambda plane: np.rot90(plane, 1),
    Orientation.ROTATED_180: lambda plane: np.rot90(plane, 2),
    Orientation.ROTATED_RIGHT: lambda plane: np.rot90(plane, 3),
    Orientation.FLIPPED: lambda plane: plane[::-1],
    Orientation.MIRRORED: lambda plane: plane[:, ::-1],
    Orientation.TRANSPOSED: lambda plane: plane.T,
    Orientation.TRANSVERSED: lambda plane: plane[::-1, ::-1].T,
}
"""What each orientation does to the samples."""


def hash_image(luma: Plane) -> Perceptual:
    luma = np.ascontiguousarray(luma)
    return hash_windows(luma, hash_plane(luma, luma.shape))


def crop(luma: Plane, top: float, left: float, bottom: float, right: float) -> Plane:
    """Edges as shares of the sides."""
    height, width = luma.shape
    return luma[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]


def count_bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def flip_bits(value: bytes, count: int) -> bytes:
    """The last `count` bits the other way."""
    return (int.from_bytes(value) ^ ((1 << count) - 1)).to_bytes(len(value))
