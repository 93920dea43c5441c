"""A nation's feed, made slice by slice, so that the disk need not hold all of it.

A report is about 20 kB of XML or JSON (bench/invented.py). Reports have one medium and a half on average: JPEG files of 800 or 1600
pixels with the bytes that messengers send. Of the media 60 % are exact copies of earlier ones. One report in a hundred is broken: its
document is cut off, its picture is cut off, or it came as a zip that is cut off. The same seed and the same order of slices give the
same bytes.
"""

from __future__ import annotations

import hashlib
import io
import random
import zipfile
from collections import deque
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image

from bench.invented import make_json, make_xml
from tests.hashing.scenes import landscape

MEDIA = (0, 1, 1, 2, 2, 3)
"""Media of a report, each count as often as the others: one and a half on average."""
KNOWN = 0.6
"""The share of media that are exact copies of earlier ones."""
BROKEN = 100
"""One report in so many is broken."""
SIZES = ((600, 800, 71), (1200, 1600, 70))
"""Height, width and JPEG quality of the pictures, each size as often as the other."""
_SCENES, _KEPT = 8, 400
_SCALES = (1.0, 1.5, 2.2)


@dataclass(slots=True)
class Slice:
    """What lies in a slice: `media` are files, `fresh` those that are no copies, `broken` reports with something that can't be read."""

    reports: int = 0
    media: int = 0
    fresh: int = 0
    broken: int = 0
    size: int = 0


class NationalFeed:
    """Writes one slice after another."""

    def __init__(self, seed: int = 1, *, with_media: bool = True) -> None:
        self._dice = random.Random(seed)
        self._with_media = with_media
        self._next = 0
        self._scenes: list[Image.Image] = []
        self._oldest: list[bytes] = []
        self._newest: deque[bytes] = deque(maxlen=_KEPT)

    def write_slice(self, folder: Path, reports: int) -> Slice:
        """Writes the next reports, a folder for each."""
        made = Slice()
        for _ in range(reports):
            here = folder / f"{self._next // 1000:04d}" / str(700_000_000 + self._next)
            here.mkdir(parents=True)
            self._write_report(here, made)
            self._next += 1
        return made

    def _write_report(self, here: Path, made: Slice) -> None:
        n, broken = self._next, self._dice.randrange(BROKEN) == 0
        pictures = [self._pick_picture(made) for _ in range(self._dice.choice(MEDIA))] if self._with_media else []
        digests = [hashlib.md5(data, usedforsecurity=False).hexdigest() for data in pictures]
        make = make_json if self._dice.random() < 0.5 else make_xml
        files = make(n, n % 1000 == 7, digests)
        files |= {f"{digest}.jpg": data for digest, data in zip(digests, pictures, strict=True)}
        if broken:
            files = self._break(files)
            made.broken += 1
        for name, data in files.items():
            (here / name).write_bytes(data)
            made.size += len(data)
        made.reports += 1

    def _break(self, files: dict[str, bytes]) -> dict[str, bytes]:
        """Cuts off a picture, the document, or a zip of the whole report."""
        how = self._dice.randrange(3)
        if how == 0:
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as bundle:
                for name, data in files.items():
                    bundle.writestr(name, data)
            return {"report.zip": packed.getvalue()[: len(packed.getvalue()) // 2]}
        names = [name for name in files if name.endswith(".jpg")] if how == 1 else []
        name = names[0] if names else next(iter(files))
        return files | {name: files[name][: len(files[name]) // 3]}

    def _pick_picture(self, made: Slice) -> bytes:
        made.media += 1
        if self._oldest and self._dice.random() < KNOWN:
            return self._dice.choice(self._oldest if self._dice.random() < 0.3 else self._newest)
        made.fresh += 1
        data = self._draw()
        self._newest.append(data)
        if len(self._oldest) < _KEPT:
            self._oldest.append(data)
        return data

    def _draw(self) -> bytes:
        """Draws a picture unlike the others: two crops of drawn landscapes, one fading into the other."""
        if not self._scenes:
            self._scenes = [scene for seed in range(_SCENES) for scene in _draw_scene(seed)]
        dice = self._dice
        height, width, quality = dice.choice(SIZES)
        first, second = (_crop(dice.choice(self._scenes), height, width, dice) for _ in range(2))
        fade = Image.frombytes("L", (5, 4), dice.randbytes(20)).resize((width, height), Image.Resampling.BICUBIC)
        return simplejpeg.encode_jpeg(np.asarray(Image.composite(first, second, fade)), quality, "RGB", "420")


def _draw_scene(seed: int) -> list[Image.Image]:
    """Returns a drawn landscape in several sizes."""
    luma = landscape(1500, 2000, seed)
    scene = Image.fromarray(np.dstack([luma, np.roll(luma, 9, axis=1), luma // 2 + 60]))
    return [scene.resize((int(scene.width * by), int(scene.height * by))) for by in _SCALES]


def _crop(scene: Image.Image, height: int, width: int, dice: random.Random) -> Image.Image:
    """Returns a random part of a scene, mirrored or not."""
    left, top = dice.randint(0, scene.width - width), dice.randint(0, scene.height - height)
    part = scene.crop((left, top, left + width, top + height))
    return part.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if dice.random() < 0.5 else part
