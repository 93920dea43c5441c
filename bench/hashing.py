"""File on disk to hashes, side by side with the usual tools, all in one run and one after the other for each file.

    python bench/hashing.py [--corpus DIR] [--files N] [--json]

Compared, each on the same bytes, in random order:
  limit       read, SHA-256, scaled luma by simplejpeg: nothing that reads a JPEG this way can be faster (JPEG files only)
  triage      read, MD5 + SHA-1 + SHA-256, then the confined worker: size, metadata, PDQ in eight turns, pHash, preview
  imagehash   read, imagehash.phash                         (needs the `bench` extra)
  pdqhash     read, Pillow to RGB, pdqhash.compute_dihedral (needs the `bench` extra)

A ratio is the method's time over triage's: above 1, triage is faster. Without --corpus, drawn landscapes are used; they are
harder to compress than photographs of equal size, so bring your own corpus for numbers that mean something elsewhere.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import random
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import simplejpeg
from PIL import Image

from tests.hashing.scenes import landscape
from triage.decode.cell import pictures
from triage.decode.client import Pool
from triage.hashing.digests import digest

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".avif"}
DRAWN = (
    (3000, 4000, "JPEG", 6),
    (1200, 1600, "JPEG", 20),
    (600, 800, "JPEG", 30),
    (1080, 1920, "PNG", 6),
    (960, 1280, "WEBP", 6),
)

Method = Callable[[Path], None]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--corpus", type=Path, help="a folder of harmless pictures")
    ask.add_argument("--files", type=int, default=300, help="at most so many of them")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch, Pool(1) as pool:
        files = sorted(path for path in (options.corpus or drawn(Path(scratch))).rglob("*") if path.suffix.lower() in SUFFIXES)
        random.Random(1).shuffle(files)
        result = compare(files[: options.files], methods(pool))
    print(json.dumps(result, indent=1) if options.json else table(result))


def drawn(folder: Path) -> Path:
    for height, width, encoding, count in DRAWN:
        for seed in range(count):
            plane = landscape(height, width, seed)
            picture = Image.fromarray(np.dstack([plane, np.roll(plane, 9, axis=1), plane // 2 + 60]))
            picture.save(folder / f"{width}x{height}-{seed}.{encoding.lower()}", encoding, quality=85)
    return folder


def methods(pool: Pool) -> dict[str, Method]:
    def triage(path: Path) -> None:
        data = path.read_bytes()
        digest(io.BytesIO(data))
        facts = pool.measure(data)
        if facts.problem:
            raise ValueError(facts.problem)

    def limit(path: Path) -> None:
        data = path.read_bytes()
        hashlib.sha256(data).hexdigest()
        height, width, *_ = simplejpeg.decode_jpeg_header(data)
        by = pictures._divisor(height, width)
        simplejpeg.decode_jpeg(data, "GRAY", min_height=-(-height // by), min_width=-(-width // by), min_factor=by)

    found: dict[str, Method] = {"triage": triage, "limit": limit}
    try:
        import imagehash
    except ImportError:
        pass
    else:
        found["imagehash"] = lambda path: str(imagehash.phash(Image.open(io.BytesIO(path.read_bytes()))))
    try:
        import pdqhash
    except ImportError:
        pass
    else:
        found["pdqhash"] = lambda path: pdqhash.compute_dihedral(
            np.asarray(Image.open(io.BytesIO(path.read_bytes())).convert("RGB"))
        )
    return found


def compare(files: list[Path], methods: dict[str, Method]) -> dict[str, object]:
    times: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    dice = random.Random(2)
    for path in files[:2]:
        for name in methods:
            timed(methods[name], path)
    for path in files:
        group = path.suffix.lower().lstrip(".").replace("jpeg", "jpg") + " " + size_class(path)
        for name in dice.sample(sorted(methods), len(methods)):
            seconds = timed(methods[name], path)
            if seconds is not None:
                times[group][name].append(seconds)
    return {"files": len(files), "groups": {group: summary(own) for group, own in sorted(times.items())}}


def timed(method: Method, path: Path) -> float | None:
    """None when the method can't read the file."""
    start = time.perf_counter()
    try:
        method(path)
    except (ValueError, OSError):
        return None
    return time.perf_counter() - start


def size_class(path: Path) -> str:
    with Image.open(path) as picture:
        million = picture.width * picture.height / 1e6
    return next(name for bound, name in ((1, "up to 1 MP"), (4, "1 to 4 MP"), (1e9, "over 4 MP")) if million <= bound)


def summary(times: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    own = statistics.median(times["triage"]) if times["triage"] else float("nan")
    return {
        name: {"n": len(values), "median_ms": statistics.median(values) * 1e3, "ratio": statistics.median(values) / own}
        for name, values in sorted(times.items())
        if values
    }


def table(result: dict[str, object]) -> str:
    return "\n".join(lines(result))


def lines(result: dict[str, object]) -> Iterator[str]:
    yield f"{'files':24}{'method':12}{'n':>5}{'median ms':>12}{'ratio':>8}"
    groups = result["groups"]
    if isinstance(groups, dict):
        for group, own in groups.items():
            for name, row in own.items():
                yield f"{group:24}{name:12}{row['n']:5}{row['median_ms']:12.2f}{row['ratio']:8.2f}"


if __name__ == "__main__":
    main()
