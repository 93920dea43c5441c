"""JPEG files to hashes, side by side with the usual tools, and the whole import beside the decode limit.

    python bench/hashing.py [--corpus DIR] [--parts N] [--json]

Hash only: every method is a program of its own, pinned to one core, with the allocator set as our decoders have it, and reads the
same files; start-up counts. Rounds in turn; of each method the least, since whatever else runs on the machine can only add.
Seconds are of processor time; the clock stands beside, and means little on a machine that others use.
  limit      read, SHA-256, scaled luma by simplejpeg: nothing that decodes with it can be faster
  triage     read, luma, PDQ in eight turns, its quality, pHash, 32 pictures at a time, second looks included
  imagehash  imagehash.phash(Image.open(path)), as its README uses it
  pdqhash    pdqhash.compute of cv2's RGB picture, as its README uses it
  libphash   64-bit pHash of a grey decode at 1/8 scale
  czkawka    czkawka_cli image with an empty cache, if it is installed; its search for duplicates included

Everything on: a real import into a new store with as many workers as there are cores (three digests, walls, metadata, preview,
hashes, search for near duplicates, sealed, recorded, judged), beside the limit on as many threads, in pairs; the least of each.
Starting the workers counts.

Without --corpus, drawn pictures: bench/corpus.py, which also makes a corpus of photographs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triage.decode.protocol import Request
    from triage.decode.sandbox.image_hashing import DecodedFile

TOGETHER, TOGETHER_BYTES = 32, 4 << 20
"""Pictures that are hashed at once, as in an import: so many at most, and so many bytes of files."""
METHODS = ("limit", "triage", "imagehash", "pdqhash", "libphash", "czkawka")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--corpus", type=Path, help="a folder of harmless JPEG files")
    ask.add_argument("--parts", type=int, default=20, help="so many times 1 phone picture, 5 of 1600 and 5 of 800 pixels")
    ask.add_argument("--rounds", type=int, default=3)
    ask.add_argument("--only", choices=("hash", "everything"), help="one half of the bench")
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--run", choices=METHODS, help=argparse.SUPPRESS)
    options = ask.parse_args()
    if options.run:
        METHOD[options.run](jpegs_of(options.corpus))
        return
    with tempfile.TemporaryDirectory() as scratch:
        corpus = options.corpus or drawn(Path(scratch) / "corpus", options.parts)
        result = measure(corpus, Path(scratch), options.rounds, options.only)
    print(json.dumps(result, indent=1) if options.json else table(result))


def jpegs_of(folder: Path) -> list[Path]:
    """Returns the JPEG files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))


def drawn(folder: Path, parts: int) -> Path:
    from bench.corpus import jpegs

    folder.mkdir()
    return jpegs(folder, parts)


# The methods, each in a process of its own


def limit(paths: list[Path]) -> None:
    """Decodes every file, the least that any tool must do."""
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
    """Hashes the files with our own code."""
    from triage.decode.protocol import Operation, Request
    from triage.decode.sandbox.image_hashing import hash_files

    request = Request(operation=Operation.MEASURE)
    for some in together(paths):
        hash_files([seen(path, request) for path in some], request)


def together(paths: list[Path]) -> Iterator[list[Path]]:
    """As an import does it."""
    some: list[Path] = []
    size = 0
    for path in paths:
        own = path.stat().st_size
        if some and (len(some) == TOGETHER or size + own > TOGETHER_BYTES):
            yield some
            some, size = [], 0
        some.append(path)
        size += own
    if some:
        yield some


def seen(path: Path, request: Request) -> DecodedFile:
    from triage.decode.sandbox import image_decoding
    from triage.decode.sandbox.image_hashing import DecodedFile
    from triage.decode.sandbox.source import InputSource
    from triage.model.media import MediaFacts

    data = path.read_bytes()
    source = InputSource(len(data), data, lambda start, length: b"")
    return DecodedFile(MediaFacts(mime="image/jpeg"), source, image_decoding.decode_luma(source, "image/jpeg", request))


def imagehash(paths: list[Path]) -> None:
    """Hashes the files with imagehash."""
    import imagehash as peer
    from PIL import Image

    for path in paths:
        peer.phash(Image.open(path))


def pdqhash(paths: list[Path]) -> None:
    """Hashes the files with pdqhash."""
    import cv2
    import pdqhash as peer

    cv2.setNumThreads(1)
    for path in paths:
        peer.compute(cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB))


def libphash(paths: list[Path]) -> None:
    """Hashes the files with libphash."""
    import libphash as peer

    config = peer.Config(decode_scale=8, grayscale=True)
    with peer.ImageContext(config) as context:
        for path in paths:
            context.load_file(path)
            context.phash()


def czkawka(paths: list[Path]) -> None:
    """Hashes the files with czkawka."""
    command = ["czkawka_cli", "image", "--directories", str(paths[0].parent), "--minimal-file-size", "1", "--thread-number", "1"]
    with tempfile.TemporaryDirectory() as nothing:
        cache = {"XDG_CACHE_HOME": nothing, "XDG_CONFIG_HOME": nothing}
        subprocess.run(command, env=os.environ | cache, check=True, stdout=subprocess.DEVNULL)


METHOD: dict[str, Callable[[list[Path]], None]] = {
    "limit": limit,
    "triage": triage,
    "imagehash": imagehash,
    "pdqhash": pdqhash,
    "libphash": libphash,
    "czkawka": czkawka,
}


# Timing


def measure(corpus: Path, scratch: Path, rounds: int, only: str | None) -> dict[str, object]:
    """Returns the times of hashing alone and of the whole import."""
    paths = jpegs_of(corpus)
    size = sum(path.stat().st_size for path in paths) / 1e6
    result: dict[str, object] = {"files": len(paths), "mb": size}
    if only != "everything":
        result["hash_only"] = hash_only(corpus, size, rounds)
    if only != "hash":
        result["everything"] = everything(corpus, paths, size, scratch, rounds)
    return result


def hash_only(corpus: Path, size: float, rounds: int) -> dict[str, dict[str, float]]:
    """Returns the times of each tool for hashing the corpus, the best of several rounds."""
    took: dict[str, list[Took]] = {}
    for _ in range(rounds):
        for name in METHODS:
            if name != "czkawka" or shutil.which("czkawka_cli"):
                one = whole_process(name, corpus)
                if one:
                    took.setdefault(name, []).append(one)
    best = {name: least(runs) for name, runs in took.items()}
    own = best["triage"][0]
    return {name: {"cpu": c, "clock": w, "ratio": c / own, "mb_per_s": size / c} for name, (c, w) in best.items()}


Took = tuple[float, float]
"""Seconds of processor time, and by the clock."""


def least(runs: Sequence[Took]) -> Took:
    """Returns the lowest processor and clock time of several runs."""
    return min(c for c, _ in runs), min(w for _, w in runs)


def whole_process(name: str, corpus: Path) -> tuple[float, float] | None:
    """(processor seconds, clock seconds) of a fresh process on one core; None when the tool is not there."""
    from triage.decode.process import ALLOCATOR

    command = [sys.executable, __file__, "--run", name, "--corpus", str(corpus)]
    environment = os.environ | ALLOCATOR | {"OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[1])}
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    ended = subprocess.run(command, env=environment, check=False, stderr=subprocess.DEVNULL, preexec_fn=one_core)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if ended.returncode:
        return None
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, time.perf_counter() - start


def one_core() -> None:
    """Binds this process to one processor."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def everything(corpus: Path, paths: list[Path], size: float, scratch: Path, rounds: int) -> dict[str, float]:
    from bench.process_tree import measure_cpu
    from triage.jobs.intake.import_bundles import import_bundles
    from triage.jobs.session import create_store
    from triage.model.handover import Receipt

    bounds, imports = [], []
    for number in range(rounds):
        start, ran = time.perf_counter(), measure_cpu()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(limit_of, paths))
        bounds.append((measure_cpu() - ran, time.perf_counter() - start))
        with create_store(scratch / f"store {number}", "bench", "a passphrase of the bench").session as session:
            start, ran = time.perf_counter(), measure_cpu()
            import_bundles(session, [corpus], receipt=Receipt(received_from="bench", medium="drawn"))
            imports.append((measure_cpu() - ran, time.perf_counter() - start))
        shutil.rmtree(scratch / f"store {number}")
    bound, took = least(bounds), least(imports)
    return {
        "cores": float(os.cpu_count() or 1),
        "limit_cpu": bound[0],
        "limit_clock": bound[1],
        "cpu": took[0],
        "clock": took[1],
        "files_per_s": len(paths) / took[1],
        "mb_per_s": size / took[1],
        "of_limit_cpu": bound[0] / took[0],
        "of_limit_clock": bound[1] / took[1],
    }


def table(result: dict[str, Any]) -> str:
    """Returns the result as a table."""
    lines = [f"{result['files']} JPEG files, {result['mb']:.0f} MB"]
    if only := result.get("hash_only"):
        lines += ["", "hash only, one core, whole process"]
        lines.append(f"{'':12}{'cpu s':>8}{'clock s':>9}{'MB/s':>8}{'x triage':>10}")
        for name, row in sorted(only.items(), key=lambda item: item[1]["cpu"]):
            lines.append(f"{name:12}{row['cpu']:8.2f}{row['clock']:9.2f}{row['mb_per_s']:8.1f}{row['ratio']:10.2f}")
        lines += [f"{name:12} not installed" for name in METHODS if name not in only]
    if every := result.get("everything"):
        lines += ["", "everything on (a real import): " + ", ".join(f"{key} {value:.2f}" for key, value in every.items())]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
