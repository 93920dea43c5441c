"""What a report costs in a large store, beside one in a small store: the same slice of a feed, imported into both.

A row of the suite: `python -m bench large-store`; its size is how many reports the large store holds. To import a million reports
takes a day, so the large store is a small one multiplied: a thousand reports of the national feed (bench/national_feed.py) are
imported and judged, and their rows are written again and again, with other numbers, digests, hashes and link values each time.
Left out are bytes in the vault, and documents and readings as parsed, which no import reads of older reports.

Cost is processor time of the whole process tree. Two steps read the hashes of the store's images once in an import, however many
reports it brings: new images are compared, and those of bands A and B once more, thoroughly. Each is stated by itself, for a million
windows. What a report costs is the rest; a day's feed is the day's reports and these two steps once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import numpy as np

from bench.growing import DAY, DAY_SECONDS
from bench.importing import CHEAP, Peak, Stopwatch, cpu
from bench.national_feed import NationalFeed
from bench.suite.model import Place, Result
from triage.hashing.window_codec import ENTRY_BYTES
from triage.jobs.intake import import_bundles as intake
from triage.jobs.session import Session
from triage.jobs.state.queue_planes import keep_planes
from triage.model.handover import Receipt
from triage.store.batch import Batch
from triage.store.database import Row
from triage.store.queries import key_holders
from triage.store.store import Store

BASE, SLICE = 1_000, 400
MOST_SLOPE, MEMORY_MB = 1.25, 2_000.0
WINDOW_SECONDS_A_MILLION = 2.6
"""Of processor time for a million windows, at most: what it took to load them into an index."""
STEPS = {"new images compared": "compare_new_media", "those of bands A and B once more": "sweep_gravest"}
SMALL_TIMES = 3.0
"""How much more a report of a smaller slice may cost, since what every import does once weighs more."""
LEAST_IMAGES, WINDOWS_OF_AN_IMAGE = 5_000, 39
"""With fewer images the look-up tables of the new ones cost more than reading the old ones."""
WORDS = "seven green boats"
REPORT_TABLES = (
    *("original", "report_version", "report_digest", "score_card", "queue", "deadline", "file_hash", "source"),
    *("cluster", "report_link", "file"),
)
OTHER_REPORTS = ("other_id", "root", "duplicates_of")
UNREAD = {"source": ("parsed",), "report_digest": ("reading",)}
"""Columns that are emptied."""


def measure_large_store(size: int, place: Place) -> Iterator[Result]:
    """Yields what a report costs in a store of `size` reports beside a small one, and what reading its windows costs."""
    base, more = min(BASE, size // 4), min(SLICE, size // 8)
    feed = NationalFeed()
    feed.write_slice(place.scratch / "base", base)
    feed.write_slice(place.scratch / "slice", more)
    small, large = place.scratch / "small", place.scratch / "large"
    with Session(Store.create(small, "first", WORDS, cost=CHEAP).store) as session:
        intake.import_bundles(session, [place.scratch / "base"], receipt=Receipt())
    shutil.copytree(small, large)
    with Session(Store.open(large, "first", WORDS)) as session:
        multiply(session, -(-size // base) - 1)
    clocks = {step: Stopwatch(intake, name) for step, name in STEPS.items()}
    spent, memory, once = {}, {}, {}
    for name, folder in (("small", small), ("large", large)):
        with Session(Store.open(folder, "first", WORDS)) as session, Peak() as peak:
            before, busy = {step: clock.cpu for step, clock in clocks.items()}, cpu()
            intake.import_bundles(session, [place.scratch / "slice"], receipt=Receipt())
            once[name] = {step: clock.cpu - before[step] for step, clock in clocks.items()}
            spent[name] = cpu() - busy - sum(once[name].values())
            with session.reading() as db:
                images = int(db.value("SELECT count(*) FROM image_hashes"))
        memory[name] = peak.most / 1e6
        print(f"{name}: {1000 * spent[name] / more:.2f} ms a report, once with {images} images: {once[name]}", flush=True)
    each = {name: 1000 * seconds / more for name, seconds in spent.items()}
    yield Result(
        "a report, beside one in a small store", 0, each["large"], "ms", each["small"], "a small store", allowed=MOST_SLOPE
    )
    a_day, times = (DAY * spent["large"] / more + sum(once["large"].values())) / 2, 1.0 if more == SLICE else SMALL_TIMES
    yield Result("a day's feed into the large store, two cores", 0, a_day, "s", DAY_SECONDS, allowed=times)
    if images >= LEAST_IMAGES:
        millions = images * WINDOWS_OF_AN_IMAGE / 1e6
        for step, seconds in once["large"].items():
            yield Result(step, 0, seconds / millions, "s a million windows", WINDOW_SECONDS_A_MILLION)
    yield Result("memory more than in a small store", 0, max(0.0, memory["large"] - memory["small"]), "MB", 300.0)
    yield Result("memory at most", 0, memory["large"], "MB", MEMORY_MB)


def multiply(session: Session, times: int) -> None:
    """Writes all reports of a store so many times more."""
    with session.reading() as db:
        tables = {
            name: ([row[1] for row in db.all(f"PRAGMA table_info({name})")], db.all(f"SELECT * FROM {name}"))
            for name in REPORT_TABLES
        }
        reports = db.all("SELECT id, number, version, first_number FROM report")
        texts = db.all("SELECT rowid, body FROM report_text")
        keys = key_holders.load_keys_of_reports(db, (row[0] for row in reports))
        items = db.all(
            "SELECT m.id, m.sha256, m.md5, m.sha1, m.size, m.item, m.facts, m.pdq, m.quality, w.hashes FROM media_item m"
            " LEFT JOIN image_hashes w ON w.media_item_id = m.id"
        )
        ids = max(row[0] for row in reports), max(row[0] for row in items), int(db.value("SELECT max(id) FROM source"))
        files = int(db.value("SELECT max(id) FROM file"))
    dice = np.random.default_rng(5)
    for n in range(1, times + 1):
        of_reports, of_items = n * ids[0], n * ids[1]
        with session.store.batch() as batch:
            batch.executemany(
                "INSERT INTO report (id, number, version, first_number) VALUES (?,?,?,?)",
                [(i + of_reports, f"{number}{n:05d}", version, f"{first}{n:05d}") for i, number, version, first in reports],
            )
            batch.executemany(
                "INSERT INTO report_number (number, report_id) VALUES (?,?)",
                [(f"{number}{n:05d}", i + of_reports) for i, number, _, _ in reports],
            )
            batch.executemany("INSERT INTO report_text (rowid, body) VALUES (?,?)", [(i + of_reports, body) for i, body in texts])
            _write_items(batch, [(i + of_items, *row) for i, *row in items], n, dice)
            for name, (columns, rows) in tables.items():
                moved = {"report_id": of_reports, "media_item_id": of_items} | dict.fromkeys(OTHER_REPORTS, of_reports)
                moved["id"] = n * (files if name == "file" else ids[2])
                batch.executemany(
                    f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
                    [_change_row(name, columns, row, moved, n) for row in rows],
                )
            told = [(i + of_reports, key) for i, of_report in keys.items() for key in of_report]
            key_holders.save_keys(batch, [(i, (kind, f"{value}~{n}", *rest)) for i, (kind, value, *rest) in told], [])
            batch.execute("DELETE FROM stale")
            keep_planes(batch)
            batch.note("bench multiplied", times=n)


def _change_row(name: str, columns: list[str], row: Row, moved: dict[str, int], n: int) -> tuple[object, ...]:
    """Returns the row of another report: ids moved, digests changed, and what no import reads emptied."""
    changed: list[object] = []
    for column, value in zip(columns, row, strict=True):
        if value is not None and column in moved:
            value += moved[column]
        elif column in UNREAD.get(name, ()):
            value = None if column == "reading" else b"{}"
        elif column == "sha256":
            value = f"{n:08x}{value[8:]}"
        elif column == "number_key":
            value = f"{value}{n:05d}"
        changed.append(value)
    return tuple(changed)


def _write_items(batch: Batch, items: list[Row], n: int, dice: np.random.Generator) -> None:
    """Writes media items with other digests and, where they are images, with hashes that lie elsewhere."""
    mask = dice.integers(0, 256, ENTRY_BYTES, np.uint8)
    windows = []
    rows = []
    for i, sha256, md5, sha1, size, item, facts, pdq, quality, hashes in items:
        if hashes is not None:
            entries = np.frombuffer(hashes, np.uint8).reshape(-1, ENTRY_BYTES)
            other = np.where(entries[:, :32].any(axis=1, keepdims=True), entries ^ mask, 0).astype(np.uint8)
            windows.append((i, other.tobytes()))
            pdq = other[0, :32].tobytes()
        rows.append((i, f"{n:08x}{sha256[8:]}", f"{n:08x}{md5[8:]}", f"{n:08x}{sha1[8:]}", size, item, facts, pdq, quality))
    batch.executemany(
        "INSERT INTO media_item (id, sha256, md5, sha1, size, item, facts, pdq, quality) VALUES (?,?,?,?,?,?,?,?,?)", rows
    )
    batch.executemany("INSERT INTO image_hashes (media_item_id, hashes, swept) VALUES (?,?,3)", windows)
