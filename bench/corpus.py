"""The benches' own pictures: drawn landscapes with sensor noise, so that a JPEG has about the bytes of a photograph.

The mix is that of a desk: 12-megapixel phone pictures, and what messengers make of pictures (1600 and 800 pixels).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import simplejpeg

from tests.hashing.scenes import landscape

MIX = {"phone": (3000, 4000, 92, 2.4, 1), "1600": (1200, 1600, 80, 2.4, 5), "800": (600, 800, 80, 2.4, 5)}
"""Class -> height, width, JPEG quality, standard deviation of the noise, parts of the mix."""
_SCENES = 6


def jpegs(folder: Path, parts: int) -> Path:
    """`parts` times the mix, every picture another one: a window of a scene, mirrored or not, with noise of its own."""
    for name, (height, width, quality, noise, share) in MIX.items():
        margin = height // 8
        scenes = [landscape(height + margin, width + margin, seed) for seed in range(min(_SCENES, parts * share))]
        for number in range(parts * share):
            dice = np.random.default_rng(number)
            down, right = dice.integers(0, margin, 2)
            luma = scenes[number % len(scenes)][down : down + height, right : right + width]
            luma = luma[:, :: 1 if number // len(scenes) % 2 else -1].astype(np.float32)
            luma += np.resize(dice.normal(0, noise, (height // 4 + 1, width)).astype(np.float32), (height, width))
            colours = np.dstack([luma, np.roll(luma, 9, axis=1), luma / 2 + 60])
            pixels = np.clip(colours, 0, 255).astype(np.uint8)
            (folder / f"{name}-{number}.jpg").write_bytes(simplejpeg.encode_jpeg(pixels, quality, "RGB", "420"))
    return folder
