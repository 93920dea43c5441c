"""What an image that goes round costs: time and rows as thousands of its variants come in and are swept.

A row of the suite: `python -m bench crowds`. One drawn landscape; each variant is lighter, softer, noisier, a little cropped and with a
mark somewhere, and most are within the match radius of one another. They are hashed with all windows and stored as an import does it,
hashes only, then swept. Processor time of the work with the store, without drawing and hashing. "pairs" is how many rows one for each
pair would be, extrapolated from a sample.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.suite.model import Place, Result
from tests.hashing.scenes import Plane, landscape
from triage import limits
from triage.hashing.perceptual import hash_plane
from triage.hashing.window_hashing import hash_windows
from triage.jobs.codec import facts_to_bytes
from triage.jobs.matching.list_hashes import compare_images
from triage.jobs.matching.pictures import StoredImages, find_matches_of_new, store_matches
from triage.jobs.session import Session
from triage.jobs.sweeping.sweep import run_sweep
from triage.model.media import MediaFacts, Perceptual
from triage.store.batch import Batch
from triage.store.key_form import Cost
from triage.store.queries import media
from triage.store.store import Store

_BATCH = 100
STEPS = 5
ROWS, PAIRS_TIMES = 40.0, 2.0
"""Rows stay few however many variants there are; pairs grow with their square."""
IMPORT_MS, SWEEP_MS = 15.0, 30.0


def measure_crowds(size: int, place: Place) -> Iterator[Result]:
    """Yields what so many variants cost, and how the last step compares with the first."""
    made = Store.create(place.scratch / "store", "bench", "seven green boats", cost=Cost(64, 1, 1))
    with Session(made.store) as session:
        base, pictures = landscape(420, 560, 3), StoredImages()
        kept: list[bytes] = []
        took, swept = [], []
        for start in range(0, size, size // STEPS):
            some = [draw_variant(base, n) for n in range(start, min(start + size // STEPS, size))]
            kept += [hashes.pdq for hashes in some]
            began = time.process_time()
            for first in range(0, len(some), _BATCH):
                with session.store.batch() as batch:
                    add_batch(batch, pictures, some[first : first + _BATCH], start + first)
            took.append((time.process_time() - began) / len(some) * 1000)
        for _ in took:
            began = time.process_time()
            run_sweep(session, most=size // STEPS)
            swept.append((time.process_time() - began) / (size // STEPS) * 1000)
        rows = count_rows(session, "media_match") + count_rows(session, "possible_match")
        yield Result("rows of a variant", 0, rows / size, "rows", ROWS)
        yield Result(
            "rows of a variant beside pairs",
            0,
            rows / size,
            "rows",
            max(1, estimate_pairs(kept)) / size,
            "pairs",
            allowed=PAIRS_TIMES,
        )
        yield Result("import of a variant", 0, sum(took) / len(took), "ms", IMPORT_MS)
        yield Result("sweep of a variant", 0, sum(swept) / len(swept), "ms", SWEEP_MS)


def draw_variant(base: Plane, seed: int) -> Perceptual:
    """Returns the hashes of a randomly cropped, recoloured, noisy and covered copy."""
    dice, chance = random.Random(seed), np.random.default_rng(seed)
    height, width = base.shape
    top, left = dice.randrange(1 + height // 40), dice.randrange(1 + width // 40)
    luma = base[top : height - dice.randrange(1 + height // 40), left : width - dice.randrange(1 + width // 40)].astype(
        np.float32
    )
    luma = luma * dice.uniform(0.8, 1.1) + dice.uniform(-20, 20) + chance.normal(0, dice.uniform(0, 6), luma.shape)
    if dice.random() < 0.5:
        luma = (luma + np.roll(luma, 1, 0) + np.roll(luma, 1, 1)) / 3
    down, right = dice.randrange(height - 60), dice.randrange(width - 90)
    luma[down : down + 30, right : right + 60] = dice.randrange(256)
    plane = np.clip(luma, 0, 255).astype(np.uint8)
    hashes = hash_plane(plane, plane.shape)
    return hash_windows(plane, hashes)


def add_batch(batch: Batch, pictures: StoredImages, some: list[Perceptual], name: int) -> None:
    """Adds images to the store as an import does, without bytes."""
    new = [(add_image(batch, hashes, n), hashes) for n, hashes in enumerate(some, name)]
    pictures.add(new)
    for medium_id, hashes, found in find_matches_of_new(pictures, batch, new):
        store_matches(batch, pictures, medium_id, hashes, found)
    compare_images(batch, new)


def add_image(batch: Batch, hashes: Perceptual, name: int) -> int:
    """Adds one image to the store, and returns its id."""
    digests, item = (f"{name:064x}", f"{name:032x}", f"{name:040x}"), batch.seal(b"-")
    lean = facts_to_bytes(MediaFacts(mime="image/png", perceptual=replace(hashes, windows=b"")))
    (medium_id,) = media.add_media_items(batch, [(*digests, 1, item, lean, hashes.pdq, hashes.quality, None)])
    media.save_windows(batch, [(medium_id, hashes.windows)])
    return medium_id


def count_rows(session: Session, table: str) -> int:
    """Returns how many rows a table has."""
    with session.reading() as db:
        return int(db.value(f"SELECT count(*) FROM {table}"))


def estimate_pairs(hashes: list[bytes]) -> int:
    """Returns the estimated number of pairs within the match radius, from a sample of 500."""
    words = np.frombuffer(b"".join(hashes), np.uint64).reshape(-1, 4)
    sample = words[:: max(1, len(words) // 500)]
    near = sum(int((np.bitwise_count(words ^ one).sum(axis=1) <= limits.MATCH_RADIUS).sum()) - 1 for one in sample)
    return round(near / len(sample) * len(words) / 2)
