"""File on disk to hashes, side by side with the usual tools, all in one run and one after the other for each file.

    python bench/hashing.py [--corpus DIR] [--files N] [--json]

Compared, each on the same bytes, in random order:
  limit       read, SHA-256, scaled luma by simplejpeg: nothing that reads a JPEG this way can be faster (JPEG files only)
  triage      read, MD5 + SHA-1 + SHA-256, then the confined worker: size, metadata, PDQ in eight turns, pHash, preview
  imagehash   read, imagehash.phash                         (needs the `bench` extra)
  pdqhash     read, Pillow to RGB, pdqhash.compute_dihedral (needs the `bench` extra)

A ratio is the method's median time over triage's: above 1, triage is faster. It is given of time on the clock and of processor
time (host and worker together; Linux only), since a busy machine delays a method that needs two processes. Without --corpus,
drawn landscapes are used; they are harder to compress than photographs of equal size: bring your own for figures that hold
elsewhere.
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
        result = compare(files[: options.files], methods(pool), lambda: cpu_seconds(pool))
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


Took = tuple[float, float]
"""Seconds on the clock and of processor time."""


def cpu_seconds(pool: Pool) -> float:
    """Of this process and of the pool's one worker."""
    worker = pool._slots.get()
    pool._slots.put(worker)
    ran = Path(f"/proc/{worker._process.pid}/schedstat") if worker is not None else None
    return time.process_time() + (int(ran.read_text().split()[0]) / 1e9 if ran is not None and ran.exists() else 0.0)


def compare(files: list[Path], methods: dict[str, Method], cpu: Callable[[], float]) -> dict[str, object]:
    times: dict[str, dict[str, list[Took]]] = defaultdict(lambda: defaultdict(list))
    dice = random.Random(2)
    for path in files[:2]:
        for name in methods:
            timed(methods[name], path, cpu)
    for path in files:
        group = path.suffix.lower().lstrip(".").replace("jpeg", "jpg") + " " + size_class(path)
        for name in dice.sample(sorted(methods), len(methods)):
            took = timed(methods[name], path, cpu)
            if took is not None:
                times[group][name].append(took)
    return {"files": len(files), "groups": {group: summary(own) for group, own in sorted(times.items())}}


def timed(method: Method, path: Path, cpu: Callable[[], float]) -> Took | None:
    """None when the method can't read the file."""
    start, start_cpu = time.perf_counter(), cpu()
    try:
        method(path)
    except (ValueError, OSError):
        return None
    return time.perf_counter() - start, cpu() - start_cpu


def size_class(path: Path) -> str:
    with Image.open(path) as picture:
        million = picture.width * picture.height / 1e6
    return next(name for bound, name in ((1, "up to 1 MP"), (4, "1 to 4 MP"), (1e9, "over 4 MP")) if million <= bound)


def summary(times: dict[str, list[Took]]) -> dict[str, dict[str, float]]:
    medians = {name: [statistics.median(column) for column in zip(*took, strict=True)] for name, took in times.items()}
    own_wall, own_cpu = medians.get("triage", (float("nan"), float("nan")))
    return {
        name: {
            "n": len(times[name]),
            "ms": wall * 1e3,
            "ratio": wall / own_wall,
            "cpu_ms": cpu * 1e3,
            "cpu_ratio": cpu / own_cpu,
        }
        for name, (wall, cpu) in sorted(medians.items())
    }


def table(result: dict[str, object]) -> str:
    return "\n".join(lines(result))


def lines(result: dict[str, object]) -> Iterator[str]:
    yield f"{'files':18}{'method':12}{'n':>5}{'ms':>10}{'ratio':>8}{'cpu ms':>10}{'ratio':>8}"
    groups = result["groups"]
    if isinstance(groups, dict):
        for group, own in groups.items():
            for name, row in own.items():
                figures = f"{row['ms']:10.2f}{row['ratio']:8.2f}{row['cpu_ms']:10.2f}{row['cpu_ratio']:8.2f}"
                yield f"{group:18}{name:12}{row['n']:5}{figures}"


if __name__ == "__main__":
    main()
