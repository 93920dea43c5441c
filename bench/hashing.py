"""JPEG files to hashes, side by side with the usual tools, and the whole import beside the decode limit.

A row of the suite: `python -m bench hashing`; its size is the number of drawn JPEG files (bench/corpus.py). Hash only: every method is a
program of its own, pinned to one core, with the allocator set as our decoders have it, and reads the same files; start-up counts. Rounds
in turn; of each method the least, since whatever else runs on the machine can only add.
  decoding alone  read, SHA-256, scaled luma by simplejpeg: nothing that decodes with it can be faster
  triage          read, luma, PDQ in eight turns, its quality, pHash, 32 pictures at a time, second looks included
  ImageHash       imagehash.phash(Image.open(path)), as its README uses it
  pdqhash         pdqhash.compute of cv2's RGB picture, as its README uses it
  libphash        64-bit pHash of a grey decode at 1/8 scale
  czkawka         czkawka_cli image with an empty cache, if it is installed; its search for duplicates included
A peer that is not installed (`pip install triage[bench]`) is left out.

Whole import: into a new store with as many workers as there are cores (three digests, sandbox, metadata, preview, hashes, search for near
duplicates, sealed, recorded, judged), beside the limit on as many threads, in pairs; the least of each. What an import of one file costs
is left out. An import before all others is not measured: it loads our modules, which must not be left out a second time.
"""

from __future__ import annotations

import hashlib
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
from typing import TYPE_CHECKING

from bench.suite.model import Place, Result

if TYPE_CHECKING:
    from triage.decode.protocol import Request
    from triage.decode.sandbox.image_hashing import DecodedFile

TOGETHER, TOGETHER_BYTES = 32, 4 << 20
"""Pictures that are hashed at once, as in an import: so many at most, and so many bytes of files."""
METHODS = ("limit", "triage", "imagehash", "pdqhash", "libphash", "czkawka")
NAMES = {"limit": "decoding alone", "imagehash": "ImageHash", "pdqhash": "pdqhash", "libphash": "libphash", "czkawka": "czkawka"}
ALLOWED = {"limit": 1.35, "imagehash": 0.5, "pdqhash": 0.5, "libphash": 1.5, "czkawka": 1.0}
"""Our time as a multiple of the peer's, at most."""
EVERYTHING_TIMES = 1 / 0.60
"""A whole import reaches 0.60 of the decoding limit, at least; the goal is 0.70."""
FILES_A_PART = 11  # one phone picture, five of 1600 and five of 800 pixels


def measure_hashing(size: int, place: Place) -> Iterator[Result]:
    """Yields times of hashing so many files, and of their whole import."""
    from bench.corpus import jpegs

    corpus = place.scratch / "corpus"
    corpus.mkdir()
    jpegs(corpus, max(1, size // FILES_A_PART))
    rounds = 3 if size >= 100 else 1
    yield from measure_hash_only(corpus, rounds)
    yield from measure_everything(corpus, place.scratch, rounds)


def jpegs_of(folder: Path) -> list[Path]:
    """Returns the JPEG files below a folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))


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
    from triage.hashing.kernel_use import enable_kernel

    enable_kernel()  # as a worker does
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


def measure_hash_only(corpus: Path, rounds: int) -> Iterator[Result]:
    """Yields our time beside each tool's, the best of several rounds; a tool that is not installed is left out."""
    took: dict[str, list[Took]] = {}
    for _ in range(rounds):
        for name in METHODS:
            if name != "czkawka" or shutil.which("czkawka_cli"):
                one = whole_process(name, corpus)
                if one:
                    took.setdefault(name, []).append(one)
    best = {name: least(runs) for name, runs in took.items()}
    own, clock = best["triage"]
    for name, (spent, _) in best.items():
        if name != "triage":
            yield Result(f"hashes beside {NAMES[name]}", 0, own, "s", spent, NAMES[name], allowed=ALLOWED[name], clock=clock)


Took = tuple[float, float]
"""Seconds of processor time, and by the clock."""


def least(runs: Sequence[Took]) -> Took:
    """Returns the lowest processor and clock time of several runs."""
    return min(c for c, _ in runs), min(w for _, w in runs)


def whole_process(name: str, corpus: Path) -> tuple[float, float] | None:
    """(processor seconds, clock seconds) of a fresh process on one core; None when the tool is not there."""
    from triage.decode.process import ALLOCATOR

    command = [sys.executable, "-m", "bench.hashing", name, str(corpus)]
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


def measure_everything(corpus: Path, scratch: Path, rounds: int) -> Iterator[Result]:
    """Yields the time of a whole import beside reading, SHA-256 and decoding alone."""
    from triage.jobs.intake.import_bundles import import_bundles
    from triage.jobs.session import create_store
    from triage.model.handover import Receipt

    paths = jpegs_of(corpus)
    one = scratch / "one"
    one.mkdir()
    shutil.copy(paths[0], one)
    bounds, imports = [], []

    def run_import(name: str, folder: Path) -> Took:
        """Returns what an import into a new store takes."""
        with create_store(scratch / name, "bench", "a passphrase of the bench").session as session:
            start, ran = time.perf_counter(), cpu()
            import_bundles(session, [folder], receipt=Receipt(received_from="bench", medium="drawn"))
            took = cpu() - ran, time.perf_counter() - start
        shutil.rmtree(scratch / name)
        return took

    run_import("first", one)
    for number in range(rounds):
        start, ran = time.perf_counter(), cpu()
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            list(threads.map(limit_of, paths))
        bounds.append((cpu() - ran, time.perf_counter() - start))
        fixed, whole = run_import(f"one {number}", one), run_import(f"all {number}", corpus)
        imports.append((whole[0] - fixed[0], whole[1] - fixed[1]))
    (bound, _), (own, clock) = least(bounds), least(imports)
    yield Result("whole import beside decoding", 0, own, "s", bound, NAMES["limit"], allowed=EVERYTHING_TIMES, clock=clock)


def cpu() -> float:
    """Of this process and of its ended children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    METHOD[sys.argv[1]](jpegs_of(Path(sys.argv[2])))
