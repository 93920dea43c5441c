"""Writes tests/hashing/vectors.json: what pdqhash and imagehash say of drawn pictures. Needs the `bench` extra.

python bench/make_vectors.py
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import imagehash
import numpy as np
import pdqhash
from PIL import Image

from tests.hashing.scenes import landscape

SIZES = (
    *((64, 64), (32, 32), (65, 64), (48, 48), (100, 100), (128, 128), (127, 129), (240, 320), (480, 640), (640, 480)),
    *((333, 517), (96, 512), (512, 96), (784, 392), (396, 54), (54, 396), (720, 1280), (20, 900), (201, 100), (600, 800)),
)


def main() -> None:
    vectors = []
    for seed, (height, width) in enumerate(SIZES):
        plane = landscape(height, width, seed)
        turns, quality = pdqhash.compute_dihedral(np.repeat(plane[:, :, None], 3, axis=2))
        vectors.append(
            {
                "height": height,
                "width": width,
                "seed": seed,
                "quality": quality,
                "turns": [np.packbits(turn.astype(np.uint8)).tobytes().hex() for turn in turns],
                "phash": str(imagehash.phash(Image.fromarray(plane))),
            }
        )
    made_by = {name: version(name) for name in ("pdqhash", "ImageHash", "Pillow", "numpy", "scipy")}
    out = Path(__file__).parents[1] / "tests" / "hashing" / "vectors.json"
    out.write_text(json.dumps({"made_by": made_by, "vectors": vectors}, indent=1) + "\n")


if __name__ == "__main__":
    main()
