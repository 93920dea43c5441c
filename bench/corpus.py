"""The benches' own pictures: JPEG files with about the bytes a pixel of those that a desk gets.

    python bench/corpus.py FOLDER [--parts N] [--sources DIR]

The mix: for each 12-megapixel phone picture (some 2 MB) five of 1600 (190 kB) and five of 800 pixels (57 kB), as messengers make
them. Drawn landscapes with sensor noise, or, with --sources, composites of crops of the pictures in DIR (wallpapers of Debian's
packages are freely licensed; the figures in docs/hashing.md used gnome-backgrounds, mate-backgrounds, lomiri-wallpapers,
plasma-workspace-wallpapers and ukui-wallpapers).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simplejpeg
from numpy.typing import NDArray
from PIL import Image

from tests.hashing.scenes import landscape

Colours = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Size:
    """`drawn` and `photo` are JPEG quality and standard deviation of the noise that give the bytes of `share` parts of the mix."""

    name: str
    height: int
    width: int
    share: int
    drawn: tuple[int, float]
    photo: tuple[int, float]


MIX = (
    Size("phone", 3000, 4000, 1, (89, 2.0), (89, 3.0)),
    Size("1600", 1200, 1600, 5, (70, 0.0), (77, 2.0)),
    Size("800", 600, 800, 5, (71, 0.0), (80, 3.0)),
)
_SCENES = 6
_SOURCES = 16
_LEAST_SIDE, _MOST_SIDE = 1200, 4000


def jpegs(folder: Path, parts: int, sources: Path | None = None) -> Path:
    """`parts` times the mix, every picture another one."""
    scenes = [_drawn(seed) for seed in range(_SCENES)] if sources is None else wallpapers(sources)
    for size in MIX:
        quality, noise = size.drawn if sources is None else size.photo
        for number in range(parts * size.share):
            pixels = _composite(scenes, size, noise, np.random.default_rng((size.width, number)))
            (folder / f"{size.name}-{number}.jpg").write_bytes(simplejpeg.encode_jpeg(pixels, quality, "RGB", "420"))
    return folder


def wallpapers(folder: Path) -> list[Colours]:
    """Different pictures of at least _LEAST_SIDE pixels on the short side, evenly picked; the largest of each directory."""
    largest: dict[Path, Path] = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png") or path.is_symlink():
            continue
        place = path.parent.parent if path.parent.name.startswith("images") else path
        if place not in largest or path.stat().st_size > largest[place].stat().st_size:
            largest[place] = path
    names = [path for path in largest.values() if min(_size(path)) >= _LEAST_SIDE]
    step = max(1, len(names) // _SOURCES)
    return [_loaded(path) for path in names[::step][:_SOURCES]]


def _size(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def _loaded(path: Path) -> Colours:
    with Image.open(path) as picture:
        picture.draft("RGB", (_MOST_SIDE, _MOST_SIDE))
        flat = picture.convert("RGB")
    flat.thumbnail((_MOST_SIDE, _MOST_SIDE))
    return np.asarray(flat)


def _drawn(seed: int) -> Colours:
    luma = landscape(1500, 2000, seed)
    return np.dstack([luma, np.roll(luma, 9, axis=1), luma // 2 + 60])


def _composite(scenes: Sequence[Colours], size: Size, noise: float, dice: np.random.Generator) -> Colours:
    """Two crops, one fading softly into the other, with noise of its own."""
    first, second = (_crop(scenes[index], size, dice) for index in dice.choice(len(scenes), 2, replace=False))
    fade = Image.fromarray(dice.integers(0, 256, (3, 4)).astype(np.uint8)).resize(
        (size.width, size.height), Image.Resampling.BICUBIC
    )
    mixed = np.asarray(Image.composite(first, second, fade)).astype(np.float32)
    grain = np.resize(dice.normal(0, noise, (size.height // 4 + 1, size.width)).astype(np.float32), (size.height, size.width))
    return np.clip(mixed + grain[:, :, None], 0, 255).astype(np.uint8)


def _crop(scene: Colours, size: Size, dice: np.random.Generator) -> Image.Image:
    """A random part of the right shape, mirrored or not, at the right size."""
    most = min(scene.shape[0] / size.height, scene.shape[1] / size.width)
    scale = most * dice.uniform(0.7, 1.0)
    height, width = int(size.height * scale), int(size.width * scale)
    top, left = dice.integers(0, scene.shape[0] - height + 1), dice.integers(0, scene.shape[1] - width + 1)
    part = scene[top : top + height, left : left + width, :][:, :: int(dice.choice((1, -1)))]
    return Image.fromarray(np.ascontiguousarray(part)).resize((size.width, size.height), Image.Resampling.BILINEAR)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("folder", type=Path)
    ask.add_argument("--parts", type=int, default=20, help="so many times 1 phone picture, 5 of 1600 and 5 of 800 pixels")
    ask.add_argument("--sources", type=Path, help="a folder of freely licensed pictures")
    options = ask.parse_args()
    options.folder.mkdir(parents=True)
    jpegs(options.folder, options.parts, options.sources)


if __name__ == "__main__":
    main()
