"""Draws the small images that lie beside the reports: coloured tiles from a seed, so that no two of them are alike."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import simplejpeg

KNOWN = 400  # images that stand on the list of known material
_TILES, _SIDE = 8, 64


@lru_cache(maxsize=20_000)
def draw_file(name: str) -> bytes:
    """Returns a JPEG of coloured tiles; the same for the same name."""
    dice = np.random.default_rng(list(hashlib.sha256(name.encode()).digest()[:8]))
    tiles = dice.integers(0, 256, (_TILES, _TILES, 3), dtype=np.uint8)
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(tiles.repeat(_SIDE // _TILES, 0).repeat(_SIDE // _TILES, 1))))


def draw_known(number: int) -> bytes:
    """Returns one of the images of the list, by its place in it."""
    return draw_file(f"known {number % KNOWN}")


@cache
def known_md5() -> Sequence[str]:
    """Returns the MD5 of every image of the list of known material, in hexadecimal digits."""
    return tuple(hashlib.md5(draw_known(n), usedforsecurity=False).hexdigest() for n in range(KNOWN))
