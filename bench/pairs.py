"""The work list of possible pairs in a store with millions of them: its first page, and what a report's new band costs.

A row of the suite: `python -m bench pairs`. Size is the number of pairs that wait for a person. The rows are written straight into the
schema, with three pairs an image, a report for two images, and bands as the queue of bench/serving_store.py has them. Triggers are off
while the rows are written, and what they keep is counted at the end; `triage check` compares it.

Limits: the page that the desktop asks 100 ms cold and 20 ms warm, as any page of the queue, and 10 ms for a report that changes its
band, on which judging would wait.
"""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path

from bench.serving import Question, drop_from_memory, measure_questions
from bench.serving_store import BAND_SHARES
from bench.store_opening import PASSPHRASE, open_store
from bench.suite.model import Place, Result
from triage.jobs.review.pairs import count_possible, list_possible_pairs
from triage.jobs.session import Session
from triage.model.matches import PAIRS_LISTED
from triage.store.batch import Batch
from triage.store.key_form import Cost
from triage.store.queries import kept_counts
from triage.store.store import Store

PAIRS_OF_IMAGE, IMAGES_OF_REPORT = 3, 2
BATCH = 200_000
DISTANCES = range(20, 84)
CHANGES = 50
"""Reports that change their band, one batch."""


def measure_pairs(size: int, place: Place) -> Iterator[Result]:
    """Yields the times of the first page, and of a report that changes its band, in a store that is kept for the next run."""
    folder = place.stores / f"pairs-{size}"
    if not folder.exists():
        place.stores.mkdir(parents=True, exist_ok=True)
        begun = folder.with_name(f"{folder.name}-begun")
        shutil.rmtree(begun, ignore_errors=True)
        fill_store(begun, size)
        begun.rename(folder)
    yield from measure_questions(
        folder,
        [
            Question("page of pairs", lambda session: list_possible_pairs(session, PAIRS_LISTED), 100, 20),
            Question("count of pairs", count_pairs, 50, 20),
        ],
    )
    drop_from_memory(folder)
    with open_store(folder) as session:
        yield Result("band of a report changes, cold", 0, change_bands(session), "ms", 10)


def count_pairs(session: Session) -> int:
    """Returns how many pairs wait for a person."""
    with session.reading() as db:
        return count_possible(db)


def change_bands(session: Session) -> float:
    """Returns what a report costs that changes its band, in milliseconds of processor time."""
    with session.store.batch() as batch:
        last = int(batch.value("SELECT max(report_id) FROM queue"))
        chosen = random.Random(3).sample(range(1, last + 1), CHANGES)
        began = time.process_time()
        batch.executemany("UPDATE queue SET band = (band + 1) % 5 WHERE report_id = ?", [(i,) for i in chosen])
        spent = time.process_time() - began
        batch.note("bench changed bands", reports=CHANGES)
    return 1000 * spent / CHANGES


def fill_store(folder: Path, pairs: int) -> None:
    """Makes a store with so many pairs."""
    dice = random.Random(5)
    images = max(2, pairs // PAIRS_OF_IMAGE)
    reports = -(-images // IMAGES_OF_REPORT)
    shares = list(accumulate(BAND_SHARES))
    bands = bytes(dice.choices(range(len(BAND_SHARES)), cum_weights=shares, k=reports + 1))
    created = Store.create(folder, "bench", PASSPHRASE, cost=Cost(memory_kib=64, iterations=1, lanes=1))
    with Session(created.store) as session, session.store.batch() as batch:
        bundle = batch.insert("INSERT INTO bundle (started, user_id, paths) VALUES ('2026-01-01T00:00:00Z', 1, '[]')")
        with _without_triggers(batch):
            for first in range(1, reports + 1, BATCH):
                _add_reports(batch, range(first, min(first + BATCH, reports + 1)), bands)
            for first in range(1, images + 1, BATCH):
                _add_images(batch, range(first, min(first + BATCH, images + 1)), bundle)
            for first in range(1, images + 1, BATCH // PAIRS_OF_IMAGE):
                _add_pairs(batch, range(first, min(first + BATCH // PAIRS_OF_IMAGE, images + 1)), images, bands, dice)
        kept_counts.recount(batch)
        batch.note("bench filled", pairs=pairs)


@contextmanager
def _without_triggers(batch: Batch) -> Iterator[None]:
    """Takes triggers and the indexes of pairs and files away, and makes them again at the end."""
    made = "type = 'trigger' OR type = 'index' AND tbl_name IN ('possible_match', 'file') AND sql IS NOT NULL"
    parts = batch.all(f"SELECT type, name, sql FROM sqlite_master WHERE {made}")
    for kind, name, _ in parts:
        batch.execute(f"DROP {kind} {name}")
    yield
    for _, _, sql in sorted(parts):  # indexes before triggers
        batch.execute(sql)


def _add_reports(batch: Batch, ids: range, bands: bytes) -> None:
    numbers = [(i, str(220_000_000 + i)) for i in ids]
    batch.executemany("INSERT INTO report (id, number, version, first_number) VALUES (?1, ?2, 1, ?2)", numbers)
    batch.executemany(
        "INSERT INTO queue (report_id, band, risk, actionability, received_estimated, status, flags, files, files_present, number_key,"
        " languages, arrived) VALUES (?1, ?2, 0, 0, 0, 0, 0, 2, 2, ?3, 0, 0)",
        [(i, bands[i], number) for i, number in numbers],
    )


def _add_images(batch: Batch, ids: range, bundle: int) -> None:
    """Adds images. Their digests ascend: of three million random ones each would be written into another page of an index."""
    digests = [(i, f"{i:064x}") for i in ids]
    batch.executemany(
        "INSERT INTO media_item (id, sha256, md5, sha1, size, item, facts, quality) VALUES (?1,?2,?3,?4,1000,1,x'80',90)",
        [(i, digest, digest[32:], digest[24:]) for i, digest in digests],
    )
    batch.executemany(
        "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level, exhibit) VALUES (?,?,?,'a.jpg','a.jpg','f',2)",
        [(_report_of(i), bundle, i) for i in ids],
    )


def _add_pairs(batch: Batch, ids: range, images: int, bands: bytes, dice: random.Random) -> None:
    """Adds the pairs of some images, each with images that come after it, as far as there are any."""
    rows = []
    for a in ids:
        for b in sorted(dice.sample(range(a + 1, min(a + 5_000, images) + 1), min(PAIRS_OF_IMAGE, images - a))):
            rows.append((a, b, dice.choice(DISTANCES), a, min(bands[_report_of(a)], bands[_report_of(b)])))
    batch.executemany("INSERT INTO possible_match (a, b, distance, dhash_distance, asked_item, band) VALUES (?,?,?,90,?,?)", rows)


def _report_of(image: int) -> int:
    """Returns the report that holds an image."""
    return 1 + (image - 1) // IMAGES_OF_REPORT
