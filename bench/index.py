"""Exact look-ups in the picture index: rate, build and memory.

    python bench/index.py [--millions 1 10] [--json]

Uniform random hashes (real ones have some 1.3 times as many candidates); half of the questions are planted 0 to 31 bits from a
stored hash, and every one of these must be found. One process, one thread. Memory is the growth of the process over the
hashes' own random source; the peak includes building. 10 million take about 2 GB and a minute.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

import numpy as np

from triage.hashing.index import HammingIndex

QUESTIONS = 2_000
BLOCK = 1_000_000


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    results = [measure(int(millions * 1e6)) for millions in sorted(options.millions)]
    if options.json:
        print(json.dumps(results, indent=1))
    else:
        print(*results, sep="\n")


def measure(count: int) -> dict[str, float]:
    dice = np.random.default_rng(1)
    before = peak_mb()
    index = HammingIndex()
    kept = b""
    for first in range(0, count, BLOCK):
        many = min(BLOCK, count - first)
        block = dice.bytes(32 * many)
        index.extend(np.arange(first, first + many), block)
        kept = kept or block[: 32 * QUESTIONS]
    start = time.perf_counter()
    index.query(bytes(32))
    build = time.perf_counter() - start
    asked = [near(kept[32 * n : 32 * n + 32], n % 32, dice) if n % 2 else dice.bytes(32) for n in range(QUESTIONS)]
    start, ran = time.perf_counter(), time.process_time()
    answers = index.query_many(asked)
    took, cpu = time.perf_counter() - start, time.process_time() - ran
    start = time.perf_counter()
    for pdq in asked[:300]:
        index.query(pdq)
    single = time.perf_counter() - start
    missed = sum(n not in dict(answers[n]) for n in range(1, QUESTIONS, 2))
    return {
        "hashes": count,
        "build_s": round(build, 2),
        "batch_per_s": round(QUESTIONS / took),
        "batch_per_cpu_s": round(QUESTIONS / cpu),
        "single_per_s": round(300 / single),
        "planted_missed": missed,
        "table_mb": round(sum(run._rows.nbytes + run._starts.nbytes for run in index._runs) / 1e6),
        "hash_mb": round((index._hashes.nbytes + index._keys.nbytes) / 1e6),
        "peak_mb": round(peak_mb() - before),
    }


def near(pdq: bytes, bits: int, dice: np.random.Generator) -> bytes:
    mask = sum(1 << int(bit) for bit in dice.choice(256, bits, replace=False))
    return (int.from_bytes(pdq) ^ mask).to_bytes(32)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
