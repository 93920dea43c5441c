"""Which changes of a film are still found, and how many strangers are taken for it. What it costs: `python -m bench videos`.

    python -m bench.films [--films 12] [--strangers 40] [--seconds 20] [--photographs DIR] [--json]

Films are drawn: shots over landscapes, or over the photographs in DIR, with things that move, a calm set and a lively one. Columns say of how many changed films
the original was found, as a match, as largely the same film, or at least as a possible one; then the median shares of frames
found, of the changed one in the original and of the original in it. Below: pairs of films that have no scene in common.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from PIL import ImageOps

from bench.photographs import photographs
from tests.hashing.clips import SHOTS, clip, film, letterboxed
from tests.hashing.scenes import Plane, landscape
from triage.decode.protocol import Operation, Request
from triage.decode.sandbox import frame_sampling
from triage.decode.sandbox.source import InputSource
from triage.hashing.video_frames import Frame, decode_frames
from triage.hashing.video_search import FrameIndex, find_videos

REQUEST = Request(operation=Operation.MEASURE)
RATE, HEIGHT, WIDTH = 25, 360, 640
Change = Callable[[list[Plane]], Iterable[Plane]]
Scenery = Callable[[int, int, int], Plane]
"""What a shot is taken over: height, width and its number."""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--films", type=int, default=12)
    ask.add_argument("--strangers", type=int, default=40)
    ask.add_argument("--seconds", type=float, default=20)
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--photographs", type=Path, help="a folder of freely licensed photographs, a shot over each")
    options = ask.parse_args()
    scenery = photographed(options.photographs) if options.photographs else landscape
    result: dict[str, Any] = {}
    parts: dict[str, Callable[[], Any]] = {
        "calm": lambda: measure_recall(options.films, options.seconds, 0.3, scenery),
        "lively": lambda: measure_recall(options.films, options.seconds, 1.0, scenery),
        "unrelated": lambda: strangers(options.strangers, scenery),
    }
    for name, part in parts.items():
        result[name] = part()
        if not options.json:
            print(format_table(name, result[name]), flush=True)
    if options.json:
        print(json.dumps(result, indent=1))


def photographed(folder: Path) -> Scenery:
    """Films have no photograph in common as long as there are enough: six a film."""
    several = [picture.convert("L") for picture in photographs(folder)]

    def scene(height: int, width: int, number: int) -> Plane:
        film, shot = divmod(number, SHOTS)
        return np.asarray(ImageOps.fit(several[(film * 6 + shot) % len(several)], (width, height)))

    return scene


def hash_video(data: bytes, mime: str = "video/mp4") -> tuple[Frame, ...]:
    """Returns the hashed frames of a video."""
    return decode_frames(
        frame_sampling.measure_video(InputSource(len(data), data, lambda start, length: b""), mime, REQUEST).film.frames
    )


def encode(drawn: Iterable[Plane], *, bits: int = 1_500_000, rate: int = RATE, gop: int = 250, codec: str = "libx264") -> bytes:
    """Returns drawn frames as a video."""
    return film(drawn, codec=codec, rate=rate, bits=bits, gop=gop)


def cut_ends(head: float, tail: float) -> Change:
    """Returns a change that drops shares of the frames at the start and at the end."""
    return lambda drawn: drawn[round(head * len(drawn)) : len(drawn) - round(tail * len(drawn))]


def scale_down(by: int) -> Change:
    """Returns a change that shrinks frames by a whole factor."""

    def change(drawn: list[Plane]) -> Iterator[Plane]:
        for luma in drawn:
            high, wide = luma.shape[0] // by, luma.shape[1] // by
            yield luma[: high * by, : wide * by].reshape(high, by, wide, by).mean(axis=(1, 3)).astype(np.uint8)

    return change


def crop_edges(part: float) -> Change:
    """Returns a change that crops a share of both sides, half of it at either end."""

    def change(drawn: list[Plane]) -> Iterator[Plane]:
        for luma in drawn:
            rows, columns = (round(side * part / 2) for side in luma.shape)
            high, wide = ((side - 2 * edge) // 2 * 2 for side, edge in zip(luma.shape, (rows, columns), strict=True))
            yield luma[rows : rows + high, columns : columns + wide]

    return change


def add_mark(drawn: list[Plane]) -> Iterator[Plane]:
    """Yields the frames with a white mark at the bottom left."""
    for luma in drawn:
        marked = luma.copy()
        high, wide = luma.shape
        marked[high * 9 // 10 :, : wide // 4] = 255
        yield marked


def put_behind_another(drawn: list[Plane]) -> Iterator[Plane]:
    """Yields another clip of the same length, then the frames."""
    yield from clip(999, len(drawn) / RATE, height=HEIGHT, width=WIDTH, rate=RATE)
    yield from drawn


CHANGES: dict[str, tuple[Change, dict[str, object]]] = {
    "bit rate a fifth": (lambda drawn: drawn, {"bits": 300_000}),
    "another codec": (lambda drawn: drawn, {"codec": "mpeg4", "bits": 800_000, "gop": 12}),
    "half the size": (scale_down(2), {"bits": 400_000}),
    "12 frames a second": (lambda drawn: drawn[::2], {"rate": 12}),
    "first 20 % cut off": (cut_ends(0.203, 0), {}),
    "last 20 % cut off": (cut_ends(0, 0.2), {}),
    "half of it": (cut_ends(0.253, 0.25), {}),
    "after another film as long": (put_behind_another, {}),
    "letterboxed": (letterboxed, {}),
    "mirrored": (lambda drawn: [luma[:, ::-1] for luma in drawn], {}),
    "quarter turn": (lambda drawn: [np.rot90(luma) for luma in drawn], {}),
    "watermark": (add_mark, {}),
    "cropped 2 %": (crop_edges(0.02), {}),
    "cropped 3.5 %": (crop_edges(0.035), {}),
    "cropped 5 %": (crop_edges(0.05), {}),
    "cropped 7 %": (crop_edges(0.07), {}),
    "cropped 10 %": (crop_edges(0.10), {}),
    "cropped 12 %": (crop_edges(0.12), {}),
    "cropped 20 %": (crop_edges(0.20), {}),
}


def measure_recall(count: int, seconds: float, speed: float, scenery: Scenery) -> dict[str, dict[str, float]]:
    """Returns for each change how often the original is found."""
    index, originals = FrameIndex(), {}
    changed: dict[str, list[tuple[Frame, ...]]] = {name: [] for name in CHANGES}
    for seed in range(count):
        drawn = list(clip(seed, seconds, height=HEIGHT, width=WIDTH, rate=RATE, speed=speed, shot=4, scenery=scenery))
        originals[seed] = hash_video(encode(drawn))
        index.add(seed, originals[seed])
        for name, (change, options) in CHANGES.items():
            changed[name].append(hash_video(encode(change(drawn), **options)))
    told: dict[str, dict[str, float]] = {"as it was": {"frames": median(map(len, originals.values()))}}
    for name, several in changed.items():
        hits = [find_videos(index, originals.__getitem__, own, thorough=True).get(seed) for seed, own in enumerate(several)]
        found = [hit for hit in hits if hit is not None]
        told[name] = {
            "match": sum(not hit.verdict.is_possible for hit in found) / count,
            "same": sum(hit.verdict.relation == "same" for hit in found) / count,
            "match or possible": len(found) / count,
            "of it": median([hit.verdict.own / hit.own_frames if hit else 0.0 for hit in hits]),
            "of the original": median([hit.verdict.other / hit.other_frames if hit else 0.0 for hit in hits]),
            "frames": median(map(len, several)),
        }
    return told


def strangers(count: int, scenery: Scenery) -> dict[str, int]:
    """Films of the same drawing machine and no scene in common, asked in all turns."""
    index, originals = FrameIndex(), {}
    for seed in range(1000, 1000 + count):
        drawn = clip(seed, 12, height=180, width=320, rate=10, speed=0.3 + seed % 5 / 5, shot=2, scenery=scenery)
        originals[seed] = hash_video(encode(drawn, rate=10, bits=400_000))
        index.add(seed, originals[seed])
    told = {
        "films": count,
        "pairs": len(list(combinations(originals, 2))),
        "match": 0,
        "possible": 0,
        "frame pairs": 0,
        "near frames": 0,
    }
    for seed, own in originals.items():
        for hit in find_videos(index, originals.__getitem__, own, seed, thorough=True).values():
            told["possible" if hit.verdict.is_possible else "match"] += 1
        told["frame pairs"] += sum(len(own) * len(other) for key, other in originals.items() if key > seed)
        for hits in index.hashes.query_many([frame.pdq for frame in own]):
            told["near frames"] += sum(key >> 11 > seed for key, _ in hits)
    return told


def format_table(name: str, found: dict[str, Any]) -> str:
    """Returns the result as a table."""
    if name not in ("calm", "lively"):
        return f"{name}: {found}"
    head = f"{name}, {found['as it was']['frames']:.0f} frames hashed"
    lines = [f"{head:32}{'match':>8}{'same':>8}{'possible':>10}{'of it':>8}{'of the original':>18}"]
    for change, row in found.items():
        if change != "as it was":
            shares = f"{row['of it']:>8.2f}{row['of the original']:>18.2f}"
            lines.append(f"  {change:30}{row['match']:>8.2f}{row['same']:>8.2f}{row['match or possible']:>10.2f}{shares}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
