"""JPEG files to hashes, side by side with the usual tools, and the whole import beside the decode limit.

    python bench/hashing.py [--corpus DIR] [--parts N] [--json]

Hash only: every method is a program of its own, pinned to one core, and reads the same files; start-up counts. Three rounds in
turn; the median of each. Seconds are of processor time, which a busy machine distorts less than the clock; the clock stands
beside.
  limit      read, SHA-256, scaled luma by simplejpeg: nothing that decodes with it can be faster
  triage     read, luma, PDQ in eight turns, its quality, pHash
  imagehash  imagehash.phash(Image.open(path)), as its README uses it
  pdqhash    pdqhash.compute of cv2's RGB picture, as its README uses it
  libphash   64-bit pHash of a grey decode at 1/8 scale
  czkawka    czkawka_cli image, if it is installed (its search for duplicates included)

Everything on: a real import into a new store with as many workers as there are cores (three digests, walls, metadata, preview,
hashes, search for near duplicates, sealed, recorded, judged), beside the limit on as many threads. Starting the workers counts.

Without --corpus, drawn pictures: bench/corpus.py.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

METHODS = ("limit", "triage", "imagehash", "pdqhash", "libphash", "czkawka")
ROUNDS = 3


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--corpus", type=Path, help="a folder of harmless JPEG files")
    ask.add_argument("--parts", type=int, default=20, help="so many times 1 phone picture, 5 of 1600 and 5 of 800 pixels")
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--run", choices=METHODS, help=argparse.SUPPRESS)
    options = ask.parse_args()
    if options.run:
        METHOD[options.run](jpegs_of(options.corpus))
        return
    with tempfile.TemporaryDirectory() as scratch:
        corpus = options.corpus or drawn(Path(scratch) / "corpus", options.parts)
        result = measure(corpus, Path(scratch))
    print(json.dumps(result, indent=1) if options.json else table(result))


def jpegs_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))


def drawn(folder: Path, parts: int) -> Path:
    from bench.corpus import jpegs

    folder.mkdir()
    return jpegs(folder, parts)


# The methods, each in a process of its own


def limit(paths: list[Path]) -> None:
    for path in paths:
        limit_of(path)


def limit_of(path: Path) -> None:
    import simplejpeg

    data = path.read_bytes()
    hashlib.sha256(data).hexdigest()
    height, width, *_ = simplejpeg.decode_jpeg_header(data)
    by = next((by for by in (8, 4, 2) if -(-min(height, width) // by) >= 256), 1)
    simplejpeg.decode_jpeg(data, "GRAY", min_height=-(-height // by), min_width=-(-width // by), min_factor=by)


def triage(paths: list[Path]) -> None:
    from triage.decode.cell import pictures
    from triage.decode.cell.source import Source
    from triage.decode.protocol import Operation, Request
    from triage.hashing import perceptual

    request = Request(operation=Operation.MEASURE)
    for path in paths:
        data = path.read_bytes()
        decoded = pictures.luma(Source(len(data), data, lambda start, length: b""), "image/jpeg", request)
        perceptual.measure(decoded.luma, decoded.original)


def imagehash(paths: list[Path]) -> None:
    import imagehash as peer
    from PIL import Image

    for path in paths:
        peer.phash(Image.open(path))


def pdqhash(paths: list[Path]) -> None:
    import cv2
    import pdqhash as peer

    cv2.setNumThreads(1)
    for path in paths:
        peer.compute(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))


def libphash(paths: list[Path]) -> None:
    import libphash as peer

    config = peer.Config(decode_scale=8, grayscale=True)
    with peer.ImageContext(config) as context:
        for path in paths:
            context.load_file(path)
            context.phash()


def czkawka(paths: list[Path]) -> None:
    command = ["czkawka_cli", "image", "-d", str(paths[0].parent), "-H", "--thread-number", "1"]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)


METHOD: dict[str, Callable[[list[Path]], None]] = {
    "limit": limit,
    "triage": triage,
    "imagehash": imagehash,
    "pdqhash": pdqhash,
    "libphash": libphash,
    "czkawka": czkawka,
}


# Timing


def measure(corpus: Path, scratch: Path) -> dict[str, object]:
    paths = jpegs_of(corpus)
    size = sum(path.stat().st_size for path in paths)
    took: dict[str, list[tuple[float, float]]] = {}
    for _ in range(ROUNDS):
        for name in METHODS:
            if name != "czkawka" or shutil.which("czkawka_cli"):
                one = whole_process(name, corpus)
                if one:
                    took.setdefault(name, []).append(one)
    medians = {name: [statistics.median(column) for column in zip(*runs, strict=True)] for name, runs in took.items()}
    own = medians["triage"][0]
    only = {name: {"cpu": c, "clock": w, "ratio": c / own, "mb_per_s": size / 1e6 / c} for name, (c, w) in medians.items()}
    return {"files": len(paths), "mb": size / 1e6, "hash_only": only, "everything": everything(corpus, paths, size, scratch)}


def whole_process(name: str, corpus: Path) -> tuple[float, float] | None:
    """(processor seconds, clock seconds) of a fresh process on one core; None when the tool is not there."""
    command = [sys.executable, __file__, "--run", name, "--corpus", str(corpus)]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(command, env=environment, check=False, stderr=subprocess.DEVNULL, preexec_fn=one_core)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        return None
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start


def one_core() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def everything(corpus: Path, paths: list[Path], size: int, scratch: Path) -> dict[str, float]:
    from triage.jobs.import_bundles import import_bundles
    from triage.jobs.session import create_store
    from triage.model.custody import Receipt

    start, ran = time.perf_counter(), cpu()
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(limit_of, paths))
    bound, bound_cpu = time.perf_counter() - start, cpu() - ran
    with create_store(scratch / "store", "bench", "a passphrase of the bench").session as session:
        start, ran = time.perf_counter(), cpu()
        import_bundles(session, [corpus], receipt=Receipt(received_from="bench", medium="drawn"))
        took, took_cpu = time.perf_counter() - start, cpu() - ran
    return {
        "cores": float(os.cpu_count() or 1),
        "seconds": took,
        "files_per_s": len(paths) / took,
        "mb_per_s": size / 1e6 / took,
        "of_limit": bound / took,
        "of_limit_cpu": bound_cpu / took_cpu,
    }


def cpu() -> float:
    """Of this process and of its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def table(result: dict[str, object]) -> str:
    only, every = result["hash_only"], result["everything"]
    lines = [f"{result['files']} JPEG files, {result['mb']:.0f} MB", "", "hash only, one core, whole process"]
    lines.append(f"{'':12}{'cpu s':>8}{'clock s':>9}{'MB/s':>8}{'x triage':>10}")
    for name, row in sorted(only.items(), key=lambda item: item[1]["cpu"]):  # type: ignore[attr-defined]
        lines.append(f"{name:12}{row['cpu']:8.2f}{row['clock']:9.2f}{row['mb_per_s']:8.1f}{row['ratio']:10.2f}")
    lines += ["", "everything on (a real import): " + ", ".join(f"{key} {value:.2f}" for key, value in every.items())]  # type: ignore[attr-defined]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
