"""Which changes of a picture are still found, and how many strangers are taken for it.

    python bench/quality.py [--corpus DIR] [--half tuning|held] [--bases 80] [--unrelated 2000] [--asked 500] [--full 400] [--json]

Columns are the share of changed pictures found among all base pictures: `match` (exact search at 31 bits over crops, borders and
turns), `either` (match or possible), and beside them PDQ at 31 bits, PDQ at 51 (Thorn's recommended .2) and imagehash.phash at
8 bits of 64, all of the whole upright picture. Then micro-AP and recall at 90 % precision in the way of DISC21: every changed
picture is a query, and so are strangers that have nothing to be found; the base pictures and other strangers are searched. We say
match or possible, and within each the distance of PDQ; the others say their distance. Below, how many unrelated pictures each takes for the same (bench/strangers.py),
and how far our PDQ from a scaled decode is from pdqhash's of the fully decoded picture, where that package is installed.

Limits were chosen on every other photograph ("tuning"); figures to be told come from the rest ("held", the default).

Where harmless photographs lie: bench/photographs.py. Without --corpus, drawn landscapes. `--only WORDS` takes those changes alone
whose names hold one of the words, and compares no strangers.
"""

from __future__ import annotations

import argparse
import io
import json
from collections import Counter
from pathlib import Path

import numpy as np
from PIL import Image

from bench.changes import CHANGES, Change, crop_by
from bench.photographs import cells_of, encode_jpeg, hash_image, hash_jpeg, photographs
from bench.ranking import rank_pairs
from bench.strangers import Stranger, drawn_strangers, taken_for_one
from tests.hashing.scenes import landscape
from triage import limits
from triage.decode.protocol import Operation, Request
from triage.hashing import hamming_index
from triage.hashing.match_index import ImageIndex, StoredHashes, find_low_quality_matches, find_matches, find_possible_matches
from triage.hashing.match_quality import can_be_possible, can_match
from triage.hashing.uneven_crops import find_uneven_crops
from triage.model.match_way import MatchWay
from triage.model.media import Perceptual

REQUEST = Request(operation=Operation.MEASURE)
LONG_SIDE = 1280
NAMES = ("match", "either", "PDQ 31", "PDQ 51", "pHash 8")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--corpus", type=Path)
    ask.add_argument("--half", choices=("tuning", "held"), default="held")
    ask.add_argument("--bases", type=int, default=80)
    ask.add_argument("--unrelated", type=int, default=2000)
    ask.add_argument("--asked", type=int, default=500)
    ask.add_argument("--full", type=int, default=400)
    ask.add_argument("--only", nargs="+", metavar="WORD")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    every = list(photographs(options.corpus)) if options.corpus else [draw_image(seed) for seed in range(2 * options.bases)]
    sources = every[options.half == "held" :: 2]
    if options.only:
        chosen = {name: how for name, how in CHANGES.items() if any(word in name for word in options.only)}
        print(json.dumps(recall(sources[: options.bases], chosen), indent=1))
        return
    others = every[options.half != "held" :: 2]  # a stranger must not hold a part of what is searched
    result = {
        "sources": len(sources),
        "ranked": rank(sources[: options.bases], CHANGES, drawn_strangers(others, options.unrelated)),
        "found": recall(sources[: options.bases], CHANGES),
        "unrelated": taken_for_one(drawn_strangers(sources, options.unrelated), options.asked),
        "beside pdqhash": beside_reference(sources, options.full),
        "beside imagehash": beside_imagehash(sources, options.full),
    }
    print(json.dumps(result, indent=1) if options.json else format_table(result))


def draw_image(seed: int) -> Image.Image:
    """Returns a drawn landscape in colour."""
    plane = landscape(720, 960, seed)
    return Image.fromarray(np.dstack([plane, np.roll(plane, 9, axis=1), plane // 2 + 60]))


def count_differing_bits(one: bytes, other: bytes) -> int:
    """Returns the Hamming distance of two hashes."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).bit_count()


def recall(chosen: list[Image.Image], changes: dict[str, tuple[Change, int]]) -> dict[str, dict[str, float]]:
    """Searched as among ten million hashes: with the largest tables, which find less of what is only possible, and no scan."""
    hamming_index._PLANS, hamming_index._SCANNED_HASHES = hamming_index._PLANS[-1:], 0
    kept = [hash_image(picture, 92) for picture in chosen]
    index = ImageIndex()
    index.extend(StoredHashes(number, hashes.pdq, hashes.windows) for number, hashes in enumerate(kept))
    found: dict[str, dict[str, float]] = {}
    for name, (change, quality) in changes.items():
        rows = []
        for number, picture in enumerate(chosen):
            data, own = encode_jpeg(change(picture), quality), kept[number]
            hashes = hash_jpeg(data)
            sure = can_match(hashes) and number in find_matches(index, lambda n: kept[n].windows, hashes, thorough=True)
            perhaps = sure or (can_be_possible(hashes) and number in find_further(index, kept, hashes, data))
            far, wave = count_differing_bits(own.pdq, hashes.pdq), count_differing_bits(own.phash, hashes.phash)
            rows.append((sure, perhaps, far <= 31, far <= 51, wave <= 8))
        found[name] = dict(zip(NAMES, np.mean(rows, axis=0).round(3).tolist(), strict=True))
    return found


def rank(
    chosen: list[Image.Image], changes: dict[str, tuple[Change, int]], strangers: list[Stranger]
) -> dict[str, dict[str, float]]:
    """Micro-AP and recall at 90 % precision. Half of the strangers are searched, the other half are asked for."""
    known, asked = strangers[::2], strangers[1::2]
    kept = [*(hash_image(picture, 92) for picture in chosen), *(stranger.hashes for stranger in known)]
    index = ImageIndex()
    index.extend(StoredHashes(number, hashes.pdq, hashes.windows) for number, hashes in enumerate(kept))
    pairs: dict[str, list[tuple[float, bool]]] = {"Triage": [], "PDQ": [], "pHash": []}

    def ask(hashes: Perceptual, data: bytes | None, true: int | None) -> None:
        found = find_matches(index, lambda n: kept[n].windows, hashes, thorough=True) if can_match(hashes) else {}
        further = find_further(index, kept, hashes, data) if data is not None and can_be_possible(hashes) else {}
        said = {n: -1000 - way.distance for n, way in further.items()} | {n: -way.distance for n, way in found.items()}
        pairs["Triage"] += [(float(sure), n == true) for n, sure in said.items()]
        for name, distances in (
            ("PDQ", [count_differing_bits(hashes.pdq, other.pdq) for other in kept]),
            ("pHash", [count_differing_bits(hashes.phash, other.phash) for other in kept]),
        ):
            pairs[name] += [(-float(distance), n == true) for n, distance in enumerate(distances)]

    for change, quality in changes.values():
        for number, picture in enumerate(chosen):
            data = encode_jpeg(change(picture), quality)
            ask(hash_jpeg(data), data, number)
    for stranger in asked:
        ask(stranger.hashes, None, None)
    positives = len(changes) * len(chosen)
    sizes = {"queries": positives + len(asked), "with a true image": positives, "searched": len(kept)}
    ranked = {name: rank_pairs(some, positives)._asdict() for name, some in pairs.items()}
    return {"of": sizes, **ranked}


def find_further(index: ImageIndex, kept: list[Perceptual], hashes: Perceptual, data: bytes) -> dict[int, MatchWay]:
    """Returns possible matches and uneven crops."""
    search = find_possible_matches if can_match(hashes) else find_low_quality_matches
    found = search(index, lambda n: kept[n].windows, hashes, ())
    return found | find_uneven_crops(index, lambda n: kept[n].windows, cells_of(data), found)


def beside_reference(sources: list[Image.Image], count: int) -> dict[str, object]:
    """Bits between our PDQ of a scaled decode and pdqhash's of the whole, for pictures of quality 80 or more."""
    try:
        import pdqhash
    except ImportError:
        return {"pictures": 0}
    dice = np.random.default_rng(3)
    sizes = ((1280, 960), (960, 1280), (800, 600), (1600, 1200), (1003, 751), (2400, 1800))
    far: list[int] = []
    for number in range(count):
        share = dice.uniform(0.5, 1)
        left, top = dice.uniform(0, 1 - share, 2)
        part = crop_by(left, top, 1 - share - left, 1 - share - top)(sources[number % len(sources)])
        data = encode_jpeg(part.resize(sizes[number % len(sizes)], Image.Resampling.BICUBIC), 85)
        vector, quality = pdqhash.compute(np.asarray(Image.open(io.BytesIO(data)).convert("RGB")))
        if quality >= 80:
            far.append(count_differing_bits(np.packbits(vector).tobytes(), hash_jpeg(data).pdq))
    within = sum(distance <= 4 for distance in far)
    return {
        "pictures": len(far),
        "within 4 bits": round(within / max(len(far), 1), 4),
        "bits": dict(sorted(Counter(far).items())),
    }


def beside_imagehash(sources: list[Image.Image], count: int) -> dict[str, object]:
    """Bits between our pHash of a scaled decode and imagehash's of the whole picture."""
    try:
        import imagehash
    except ImportError:
        return {"pictures": 0}
    far: list[int] = []
    for number in range(count):
        data = encode_jpeg(sources[number % len(sources)].resize((1280 - number % 7, 960 + number % 5)), 60 + number % 36)
        reference = np.packbits(imagehash.phash(Image.open(io.BytesIO(data))).hash).tobytes()
        far.append(count_differing_bits(reference, hash_jpeg(data).phash))
    return {"pictures": len(far), "bits": dict(sorted(Counter(far).items()))}


def format_table(result: dict[str, object]) -> str:
    """Returns the result as a table."""
    found, unrelated, beside = result["found"], result["unrelated"], result["beside pdqhash"]
    lines = [f"{result['sources']} source pictures", "", f"{'found':22}" + "".join(f"{name:>9}" for name in NAMES)]
    lines += [f"{change:22}" + "".join(f"{row[name]:9.3f}" for name in NAMES) for change, row in found.items()]  # type: ignore[attr-defined]
    ranked = result["ranked"]
    lines += [
        "",
        *(f"{name:10} " + ", ".join(f"{key} {value:.4g}" for key, value in row.items()) for name, row in ranked.items()),
    ]  # type: ignore[attr-defined]
    lines += ["", "unrelated: " + ", ".join(f"{name} {value}" for name, value in unrelated.items())]  # type: ignore[attr-defined]
    lines += ["", "beside pdqhash: " + ", ".join(f"{name} {value}" for name, value in beside.items())]  # type: ignore[attr-defined]
    lines += ["beside imagehash: " + ", ".join(f"{name} {value}" for name, value in result["beside imagehash"].items())]  # type: ignore[attr-defined]
    radii = (limits.MATCH_RADIUS, limits.DHASH_SHARE, limits.POSSIBLE_RADIUS, limits.POSSIBLE_DHASH_BITS)
    return "\n".join(
        [*lines, f"radii: match {radii[:2]}, possible {radii[2:]}, touched {limits.TOUCHED_RADIUS, limits.TOUCHED_DHASH_BITS}"]
    )


if __name__ == "__main__":
    main()
