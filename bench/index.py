"""Exact look-ups in the picture index: rate, build and memory.

    python bench/index.py [--millions 1 10] [--stored 20000] [--json]

Two kinds of hashes: uniform random ones (real ones have some 1.3 times as many candidates), and the windows of pictures as a store
holds them, up to 44 of each side by side and near one another: those of drawn landscapes, each picture's moved by a mask of its own,
which changes no distance between its windows. Half of the questions are planted 0 to 31 bits from a stored hash, and every one of
these must be found. One process, one thread. Memory is the growth of the process over the hashes' own random source; the peak
includes building. 10 million take about 2 GB and a minute. `--stored` pictures are put into a store, and the index is built from
it as a sweep does.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.crowds import add_image
from tests.hashing.scenes import landscape
from triage import limits
from triage.hashing.crop_windows import STORED_COUNT
from triage.hashing.hamming_index import HammingIndex
from triage.hashing.perceptual import hash_plane
from triage.hashing.window_codec import ENTRY_BYTES, decode_arrays
from triage.hashing.window_hashing import hash_windows
from triage.jobs.matching.pictures import load_stored_images
from triage.jobs.session import Session
from triage.model.media import Perceptual
from triage.store.key_form import Cost
from triage.store.store import Store

QUESTIONS = 2_000
BLOCK = 1_000_000
_DRAWN = 40
_STORED_AT_ONCE = 500

Random = np.random.Generator
Kind = Callable[[int, Random], bytes]
"""So many hashes, 32 bytes each."""


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--millions", type=float, nargs="*", default=[1, 10])
    ask.add_argument("--stored", type=int, default=20_000)
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    results = [
        measure(int(millions * 1e6), kind) for millions in sorted(options.millions) for kind in (draw_uniform, draw_from_images)
    ]
    results += [measure_store(options.stored)] if options.stored else []
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        print(*results, sep="\n")


def draw_uniform(count: int, dice: Random) -> bytes:
    """Returns uniform random hashes."""
    return dice.bytes(32 * count)


def draw_from_images(count: int, dice: Random) -> bytes:
    """Returns hashes of drawn images' windows, exclusive-or with random masks."""
    own = [pdqs for _, pdqs in drawn()]
    many = -(-count // min(map(len, own)))
    masks = dice.integers(0, 256, (many, 1, 32), np.uint8)
    return np.concatenate([own[n % len(own)] ^ mask for n, mask in enumerate(masks)])[:count].tobytes()


@cache
def drawn() -> list[tuple[Perceptual, NDArray[np.uint8]]]:
    """Some pictures and those of their windows that an index holds."""
    planes = [landscape(420, 560, seed) for seed in range(_DRAWN)]
    measured = [hash_windows(plane, hash_plane(plane, plane.shape)) for plane in planes]
    taken = [(hashes, decode_arrays(hashes.windows)) for hashes in measured if hashes.quality]
    return [(hashes, arrays.pdqs[arrays.windows < STORED_COUNT]) for hashes, arrays in taken]


def alike_in_a_picture() -> float:
    """Of the windows of one picture, how many others lie within a match's radius of one."""
    found = []
    for _, own in drawn():
        apart = np.bitwise_count(own[:, None] ^ own[None]).sum(axis=2)
        found.append(float((apart <= limits.MATCH_RADIUS).sum(axis=1).mean()) - 1)
    return round(sum(found) / len(found), 2)


def measure(count: int, kind: Kind) -> dict[str, object]:
    """Returns rate, build time and memory of an index with this many hashes."""
    dice = np.random.default_rng(1)
    drawn()
    before = read_peak_mb()
    index = HammingIndex()
    kept = b""
    for first in range(0, count, BLOCK):
        many = min(BLOCK, count - first)
        block = kind(many, dice)
        index.extend(np.arange(first, first + many), block)
        kept = kept or block[: 32 * QUESTIONS]
    start = time.perf_counter()
    index.query(bytes(32))
    build = time.perf_counter() - start
    asked = [flip_bits(kept[32 * n : 32 * n + 32], n % 32, dice) if n % 2 else dice.bytes(32) for n in range(QUESTIONS)]
    start, ran = time.perf_counter(), time.process_time()
    answers = index.query_many(asked)
    took, cpu = time.perf_counter() - start, time.process_time() - ran
    start = time.perf_counter()
    for pdq in asked[:300]:
        index.query(pdq)
    single = time.perf_counter() - start
    some = np.frombuffer(b"".join(asked[:200]), np.uint64).reshape(-1, 4)
    return {
        "kind": kind.__name__,
        "hashes": count,
        "build_s": round(build, 2),
        "batch_per_s": round(QUESTIONS / took),
        "batch_per_cpu_s": round(QUESTIONS / cpu),
        "single_per_s": round(300 / single),
        "planted_missed": sum(n not in dict(answers[n]) for n in range(1, QUESTIONS, 2)),
        "candidates": round(sum(len(run.find_candidates(some).rows) for run in index._runs) / len(some)),
        "hits": round(sum(map(len, answers)) / QUESTIONS, 1),
        "added_ms": added_ms(index, kind, dice),
        "table_mb": round(sum(run._rows.nbytes + run._starts.nbytes for run in index._runs) / 1e6),
        "hash_mb": round((index._hashes.nbytes + index._keys.nbytes) / 1e6),
        "peak_mb": round(read_peak_mb() - before) if kind is draw_uniform else None,
    }


def added_ms(index: HammingIndex, kind: Kind, dice: Random) -> list[float]:
    """Until one picture more, and then a hundred more, are found; the second are sorted into tables."""
    took = []
    for many in (44, 4_400):
        new = kind(many, dice)
        start = time.perf_counter()
        index.extend(np.arange(len(index), len(index) + many), new)
        found = index.query(new[-32:])
        took.append(round(1_000 * (time.perf_counter() - start), 1))
        if len(index) - 1 not in dict(found):
            raise RuntimeError("what was just added is not found")
    return took


def measure_store(count: int) -> dict[str, object]:
    """Returns how long it takes to read this many images' hashes from a store into an index."""
    dice = np.random.default_rng(2)
    with tempfile.TemporaryDirectory() as folder:
        made = Store.create(Path(folder) / "store", "bench", "seven green boats", cost=Cost(64, 1, 1))
        with Session(made.store) as session:
            for start in range(0, count, _STORED_AT_ONCE):
                with session.store.batch() as batch:
                    for name in range(start, min(start + _STORED_AT_ONCE, count)):
                        add_image(batch, moved(drawn()[name % len(drawn())][0], dice), name)
            with session.reading() as db:
                began, ran = time.perf_counter(), time.process_time()
                pictures = load_stored_images(db)
                pictures.all.windows.query(bytes(32))
                took, cpu = time.perf_counter() - began, time.process_time() - ran
    million = len(pictures.all) / 1e6
    return {
        "stored": count,
        "windows": len(pictures.all),
        "alike_in_a_picture": alike_in_a_picture(),
        "s_a_million": round(took / million, 2),
        "cpu_s": round(cpu / million, 2),
    }


def moved(hashes: Perceptual, dice: Random) -> Perceptual:
    """Another picture whose windows lie as near to one another."""
    mask = dice.integers(0, 256, ENTRY_BYTES, np.uint8)
    laid = np.frombuffer(hashes.windows, np.uint8).reshape(-1, ENTRY_BYTES)
    other = np.where(laid[:, :32].any(axis=1, keepdims=True), laid ^ mask, 0).astype(np.uint8)
    return replace(hashes, pdq=other[0, :32].tobytes(), windows=other.tobytes())


def flip_bits(pdq: bytes, bits: int, dice: np.random.Generator) -> bytes:
    """Returns a hash with so many random bits flipped."""
    mask = sum(1 << int(bit) for bit in dice.choice(256, bits, replace=False))
    return (int.from_bytes(pdq) ^ mask).to_bytes(32)


def read_peak_mb() -> float:
    """Returns the peak memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
