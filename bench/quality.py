"""Which changes of a picture are still found, and how many strangers are taken for it.

    python bench/quality.py [--corpus DIR] [--bases 60] [--unrelated 1500] [--json]

Columns are the share of changed pictures found among all base pictures: `match` (exact search at 31 bits over crops, borders and
turns), `either` (match or possible), and beside them PDQ at 31 bits, PDQ at 51 (Thorn's recommended .2) and imagehash.phash at
8 bits of 64, all of the whole upright picture. Below, how many pairs of unrelated pictures each calls the same: windows of
different source pictures, so the corpus should hold many sources.

Harmless photographs under free licences lie in Debian packages: `apt-get download gnome-backgrounds mate-backgrounds
plasma-workspace-wallpapers ukui-wallpapers lomiri-wallpapers`, `dpkg -x` each into a folder. Without --corpus, drawn landscapes.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from tests.hashing.scenes import landscape
from triage import limits
from triage.decode.cell import operations, pictures
from triage.decode.cell.source import Source
from triage.decode.protocol import Operation, Request
from triage.hashing.likeness import PictureIndex, alike, may_match, possible
from triage.model.media import Perceptual

Change = Callable[[Image.Image], Image.Image]
REQUEST = Request(operation=Operation.MEASURE)
LONG_SIDE = 1280


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--corpus", type=Path)
    ask.add_argument("--bases", type=int, default=60)
    ask.add_argument("--unrelated", type=int, default=1500)
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    sources = list(photos(options.corpus)) if options.corpus else [drawn(seed) for seed in range(max(options.bases, 120))]
    result = {
        "sources": len(sources),
        "found": recall(sources, options.bases),
        "unrelated": strangers(sources, options.unrelated),
    }
    print(json.dumps(result, indent=1) if options.json else table(result))


def photos(folder: Path) -> Iterator[Image.Image]:
    """Each once: packages hold the same picture in several sizes."""
    seen = PictureIndex()
    kept: list[bytes] = []
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png", ".webp") or path.is_symlink() or path.stat().st_size < 100_000:
            continue
        with Image.open(path) as picture:
            small = ImageOps.contain(picture.convert("RGB"), (LONG_SIDE, LONG_SIDE))
        hashes = measured(small, 90)
        if may_match(hashes) and not (
            alike(seen, kept.__getitem__, hashes, thorough=True) or possible(seen, kept.__getitem__, hashes, ())
        ):
            seen.learn(len(kept), hashes)
            kept.append(hashes.windows)
            yield small


def drawn(seed: int) -> Image.Image:
    plane = landscape(720, 960, seed)
    return Image.fromarray(np.dstack([plane, np.roll(plane, 9, axis=1), plane // 2 + 60]))


def measured(picture: Image.Image, quality: int = 85) -> Perceptual:
    stream = io.BytesIO()
    picture.convert("RGB").save(stream, "JPEG", quality=quality)
    data = stream.getvalue()
    return operations._hashes(pictures.luma(Source(len(data), data, lambda start, length: b""), "image/jpeg", REQUEST))


# What happens to pictures


def cut(left: float, top: float, right: float, bottom: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop((int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height)))

    return change


def framed(left: float, top: float, right: float, bottom: float, colour: str) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        edges = (int(left * width), int(top * height), int(right * width), int(bottom * height))
        return ImageOps.expand(picture, edges, colour)

    return change


def drawn_on(*shapes: tuple[float, float, float, float, str]) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        copy = picture.copy()
        draw, (width, height) = ImageDraw.Draw(copy), picture.size
        for left, top, right, bottom, colour in shapes:
            draw.ellipse((left * width, top * height, right * width, bottom * height), colour)
        return copy

    return change


def written(size: float, opacity: float) -> Change:
    def change(picture: Image.Image) -> Image.Image:
        layer = picture.copy()
        height = picture.height * size
        ImageDraw.Draw(layer).text((picture.width * 0.1, picture.height * 0.45), "example.invalid", "white", font_size=height)
        return Image.blend(picture, layer, opacity)

    return change


def captioned(picture: Image.Image) -> Image.Image:
    high = picture.height // 6
    with_bar = ImageOps.expand(picture, (0, high, 0, 0), "white")
    ImageDraw.Draw(with_bar).text((20, high // 4), "WHEN THE KITE FLEW AWAY", "black", font_size=high // 2)
    return with_bar


def screenshot(picture: Image.Image) -> Image.Image:
    """In a phone's messenger: bars, bubbles and words around it."""
    screen = Image.new("RGB", (1080, 2160), "#e5ddd5")
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 1080, 180), "#075e54")
    draw.text((160, 70), "Group of friends", "white", font_size=48)
    for line in range(4):
        draw.rounded_rectangle((40, 220 + 110 * line, 500 + 90 * line, 310 + 110 * line), 20, "white")
        draw.text((70, 240 + 110 * line), "words of a chat " * (1 + line % 2), "black", font_size=36)
    inside = ImageOps.contain(picture, (900, 1200))
    screen.paste(inside, (90, 720))
    draw.rectangle((0, 2020, 1080, 2160), "white")
    return screen


def noisy(picture: Image.Image) -> Image.Image:
    grain = np.random.default_rng(1).normal(0, 15, (picture.height, picture.width, 3))
    return Image.fromarray(np.clip(np.asarray(picture) + grain, 0, 255).astype(np.uint8))


def hue(picture: Image.Image) -> Image.Image:
    shade, colour, light = picture.convert("HSV").split()
    return Image.merge("HSV", (shade.point([(v + 85) % 256 for v in range(256)]), colour, light)).convert("RGB")


def resized(factor: float) -> Change:
    return lambda picture: picture.resize((int(picture.width * factor), int(picture.height * factor)))


CHANGES: dict[str, tuple[Change, int]] = {
    "JPEG quality 30": (lambda p: p, 30),
    "half size": (resized(0.5), 85),
    "quarter size": (resized(0.25), 85),
    "brighter": (lambda p: ImageEnhance.Brightness(p).enhance(1.25), 85),
    "contrast": (lambda p: ImageEnhance.Contrast(p).enhance(1.4), 85),
    "grey": (lambda p: p.convert("L").convert("RGB"), 85),
    "blur": (lambda p: p.filter(ImageFilter.GaussianBlur(3)), 85),
    "noise": (noisy, 85),
    "watermark, small": (written(0.05, 0.6), 85),
    "mirrored": (ImageOps.mirror, 85),
    "quarter turn": (lambda p: p.transpose(Image.Transpose.ROTATE_90), 85),
    "border": (framed(0.05, 0.05, 0.05, 0.05, "black"), 85),
    "frame, white": (framed(0.1, 0.1, 0.1, 0.1, "white"), 85),
    "letterbox": (framed(0, 0.15, 0, 0.15, "black"), 85),
    "pillarbox": (framed(0.2, 0, 0.2, 0, "black"), 85),
    "crop 5 % centre": (cut(0.025, 0.025, 0.025, 0.025), 85),
    "crop 10 % centre": (cut(0.05, 0.05, 0.05, 0.05), 85),
    "crop 20 % centre": (cut(0.1, 0.1, 0.1, 0.1), 85),
    "crop 10 % each edge": (cut(0.1, 0.13, 0.1, 0.08), 85),
    "crop 5 % corner": (cut(0, 0, 0.05, 0.05), 85),
    "crop 10 % corner": (cut(0.1, 0, 0, 0.1), 85),
    "crop 15 % corner": (cut(0.15, 0.15, 0, 0), 85),
    "crop 20 % corner": (cut(0, 0.2, 0.2, 0), 85),
    "crop 5 % side": (cut(0.05, 0, 0, 0), 85),
    "crop 10 % side": (cut(0, 0, 0, 0.1), 85),
    "crop 20 % side": (cut(0, 0.2, 0, 0), 85),
    "crop and mirrored": (lambda p: ImageOps.mirror(cut(0.1, 0.1, 0, 0)(p)), 85),
    "sticker": (drawn_on((0.55, 0.5, 0.8, 0.8, "yellow")), 85),
    "watermark, big": (written(0.12, 0.9), 85),
    "hue": (hue, 85),
    "3 degrees": (lambda p: p.rotate(3, Image.Resampling.BICUBIC), 85),
    "caption": (captioned, 85),
    "screenshot": (screenshot, 85),
}


# Counting


def bits(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def recall(sources: list[Image.Image], bases: int) -> dict[str, dict[str, float]]:
    chosen = sources[:bases]
    kept = [measured(picture, 92) for picture in chosen]
    index = PictureIndex()
    for number, hashes in enumerate(kept):
        index.learn(number, hashes)
    found: dict[str, dict[str, float]] = {}
    for name, (change, quality) in CHANGES.items():
        rows = []
        for number, picture in enumerate(chosen):
            hashes, own = measured(change(picture), quality), kept[number]
            sure = may_match(hashes) and number in alike(index, lambda n: kept[n].windows, hashes, thorough=True)
            perhaps = sure or number in possible(index, lambda n: kept[n].windows, hashes, ())
            far, wave = bits(own.pdq, hashes.pdq), bits(own.phash, hashes.phash)
            rows.append((sure, perhaps, far <= 31, far <= 51, wave <= 8))
        names = ("match", "either", "PDQ 31", "PDQ 51", "pHash 8")
        found[name] = dict(zip(names, np.mean(rows, axis=0).round(3).tolist(), strict=True))
    return found


def strangers(sources: list[Image.Image], count: int) -> dict[str, object]:
    """Windows of the sources, each a picture of its own; two of one source are not counted."""
    dice = np.random.default_rng(7)
    hashes = []
    for number in range(count):
        picture = sources[number % len(sources)]
        share = dice.uniform(0.4, 0.7)
        left, top = dice.uniform(0, 1 - share, 2)
        hashes.append(measured(cut(left, top, 1 - share - left, 1 - share - top)(picture)))
    kept = [one for one in hashes if may_match(one)]
    origin = [number % len(sources) for number, one in enumerate(hashes) if may_match(one)]
    index = PictureIndex()
    for number, one in enumerate(kept):
        index.learn(number, one)
    sure: set[tuple[int, int]] = set()
    perhaps: dict[tuple[int, int], tuple[int, int]] = {}
    for number, one in enumerate(kept):
        for other in alike(index, lambda n: kept[n].windows, one, thorough=True):
            if origin[other] != origin[number]:
                sure.add((min(number, other), max(number, other)))
        for other, how in possible(index, lambda n: kept[n].windows, one, ()).items():
            if origin[other] != origin[number]:
                perhaps[min(number, other), max(number, other)] = (how.how.distance, how.second)
    same = sum(n * (n - 1) // 2 for n in np.bincount(origin).tolist())
    plain = [int.from_bytes(one.pdq) for one in kept]
    waves = [int.from_bytes(one.phash) for one in kept]
    false31 = false51 = false8 = 0
    for number in range(len(kept)):
        for other in range(number):
            if origin[number] != origin[other]:
                far = (plain[number] ^ plain[other]).bit_count()
                false31, false51 = false31 + (far <= 31), false51 + (far <= 51)
                false8 += (waves[number] ^ waves[other]).bit_count() <= 8
    return {
        "pictures": len(kept),
        "pairs": len(kept) * (len(kept) - 1) // 2 - same,
        "match": len(sure),
        "nearest possible": sorted(perhaps.values())[:8],
        "possible": len(perhaps),
        "PDQ 31": false31,
        "PDQ 51": false51,
        "pHash 8": false8,
    }


def table(result: dict[str, object]) -> str:
    found, unrelated = result["found"], result["unrelated"]
    names = ("match", "either", "PDQ 31", "PDQ 51", "pHash 8")
    lines = [f"{result['sources']} source pictures", "", f"{'found':22}" + "".join(f"{name:>9}" for name in names)]
    lines += [f"{change:22}" + "".join(f"{row[name]:9.2f}" for name in names) for change, row in found.items()]  # type: ignore[attr-defined]
    lines += ["", "unrelated: " + ", ".join(f"{name} {value}" for name, value in unrelated.items())]  # type: ignore[attr-defined]
    return "\n".join([*lines, f"radii: {limits.MATCH_RADIUS}, {limits.POSSIBLE_RADIUS} and {limits.POSSIBLE_SECOND} of 480"])


if __name__ == "__main__":
    main()
