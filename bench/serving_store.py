"""Builds a store with any number of reports for bench/serving.py.

The synthetic feed is imported and judged, so that reports and clusters can be opened. Rows of invented reports follow, straight
through the schema: a few providers send most of them, most are closed, deadlines lie in the year to come, texts share common words.
Link keys are those of bench/serving_keys.py. Who holds them is written once, at the end, apart from the reports that came last.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from bench.serving_keys import HOLDING_FEED, KeyMaker
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.number_order import format_sort_key
from triage.jobs.session import Session
from triage.jobs.state.queue_planes import keep_planes
from triage.model.handover import Receipt
from triage.model.views import STATUSES
from triage.store.batch import Batch
from triage.store.queries import deadlines, judgement, key_holders, text_search
from triage.store.queries.judgement import QueueFacts
from triage.store.queries.key_holders import LinkKey
from triage_demo.feed.make import make

BATCH = 20_000
FEED = 300
"""Reports of the synthetic feed, which come first."""
PROVIDERS = 300
TYPES = 12
DAY = 86_400
MEDIA_SHARE = 0.05
"""Reports with a file whose bytes came; statistics read kept counts, so more files would only make building slower."""
DECISION_SHARE = 0.1
DECIDED = 1_500
"""Reports that people decided on since the planes were written, spread over the store."""
FLAG_SHARES = (0.004, 0.01, 0.02, 0.03, 0.12, 0.25, 0.05, 0.002, 0.08, 0.4)
"""Of the first flags in the store; the first one is the child lane."""
STATUS_SHARES = (0.16, 0.05, 0.05, 0.01, 0.71, 0.02)
BAND_SHARES = (0.004, 0.02, 0.12, 0.3, 0.556)
SHARED = ("account", "upload", "picture", "chat", "message", "contact", "video", "payment", "school", "camera")
"""Common words. A text holds the first of them in one of two, the next in one of three ..."""


def fill_store(session: Session, count: int, seed: int = 7, *, with_feed: bool = True, age: int = 0) -> None:
    """Fills a store until it has `count` reports, with dates that are `age` days older.

    Without the feed no report or cluster can be opened.
    """
    with session.reading() as db:
        begun = bool(db.value("SELECT max(id) FROM report"))
    if with_feed and not begun:
        _import_feed(session)
    with session.reading() as db:
        known = key_holders.load_keys_of_reports(db, range(1, FEED + 1))
    with session.store.batch() as batch:
        bundle = batch.insert("INSERT INTO bundle (started, user_id, paths) VALUES ('2026-01-01T00:00:00Z', 1, '[]')")
        last = int(batch.value("SELECT coalesce(max(id), 0) FROM report"))
        batch.note("bench filled", bundle=bundle)
    rng = random.Random(seed + last)  # what is added to a store differs from what is there
    keys = KeyMaker(rng, [key for of_report in known.values() for key in of_report], HOLDING_FEED / max(1, count - last))
    for first in range(last + 1, count + 1, BATCH):
        latest = first + BATCH > count
        if latest:
            _store_holders(session)
        with session.store.batch() as batch:
            _Filler(batch, rng, bundle, age, keys, holders=latest).add(range(first, min(first + BATCH, count + 1)))
            keep_planes(batch)
            batch.note("bench filled", first=first)
    _store_decisions(session, rng)
    decided = rng.sample(range(last + 1, count + 1), min(DECIDED, count - last))
    with session.store.batch() as batch:
        batch.executemany("UPDATE queue SET status = 1, assignee = 1 WHERE report_id = ?", [(i,) for i in decided])
        batch.note("bench decided", reports=len(decided))


def _store_decisions(session: Session, rng: random.Random) -> None:
    """Writes decisions on some of the reports that are not new, in the order of time, as people take them."""
    new = STATUSES.index("new")
    with session.store.batch() as batch:
        last = int(batch.value("SELECT max(coalesce(max(report_id), 0), ?) FROM decision", (FEED,)))
        sql = "SELECT report_id, arrived, status FROM queue WHERE report_id > ? AND status <> ?"
        taken = sorted(
            (arrived + rng.randrange(40 * DAY), report_id, STATUSES[status])
            for report_id, arrived, status in batch.each(sql, (last, new))
            if rng.random() < DECISION_SHARE
        )
        batch.executemany(
            "INSERT INTO decision (report_id, taken, user_id, status) VALUES (?,?,1,?)",
            [(report_id, _format_time(at), status) for at, report_id, status in taken],
        )
        keep_planes(batch)
        batch.note("bench filled decisions", reports=len(taken))


def _store_holders(session: Session) -> None:
    """Writes who holds the link keys so far."""
    with session.store.batch() as batch:
        key_holders.rebuild_holders(batch)
        batch.note("bench filled holders")


def _import_feed(session: Session) -> None:
    """Imports and judges the synthetic feed."""
    with tempfile.TemporaryDirectory() as scratch:
        feed = make(Path(scratch) / "feed")
        import_bundles(session, [feed.bundles], receipt=Receipt())


def _format_time(seconds: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


class _Filler:
    """Writes invented reports in one batch, also who holds their link keys if `holders`."""

    def __init__(self, batch: Batch, rng: random.Random, bundle: int, age: int, keys: KeyMaker, *, holders: bool) -> None:
        self.batch, self.rng, self.bundle, self.keys, self.holders = batch, rng, bundle, keys, holders
        self.now = int(time.time()) - age * DAY
        self.esp = [self.code("esp", f"Provider {n:03d}") for n in range(PROVIDERS)]
        self.types = [self.code("incident_type", f"Kind {n:02d}") for n in range(TYPES)]
        offices = ("HQ", "KHI", "LHR", "ISB", "PEW", "UET", "MUX", "FSD", "GRW", "RWP", "HYD", "SKR", "GLT", "GWD", "ATD", "DIK")
        self.offices = [self.code("office", name) for name in offices]
        self.provinces = [None, *(self.code("province", name) for name in ("PB", "SD", "KP", "BA", "ICT", "GB", "AJK"))]
        self.due_names = [self.code("due_name", name) for name in ("provider data", "operator traffic data")]
        self.users = [i for (i,) in batch.all("SELECT id FROM user")]
        self.long_tail = list(accumulate(1 / (n + 1) for n in range(PROVIDERS)))

    def code(self, kind: str, word: str) -> int:
        return judgement.find_or_add_code(self.batch, kind, word)

    def add(self, ids: range) -> None:
        write, rng = self.batch.executemany, self.rng
        numbers = {i: str(210_000_000 + 3 * i + rng.randrange(3)) for i in ids}
        write("INSERT INTO report (id, number, version, first_number) VALUES (?,?,1,?)", [(i, n, n) for i, n in numbers.items()])
        write("INSERT INTO report_number (number, report_id) VALUES (?,?)", [(n, i) for i, n in numbers.items()])
        arrived = {i: self.now - rng.randrange(400 * DAY) for i in ids}
        write(
            "INSERT INTO report_version (report_id, n, imported, bundle_id, changes) VALUES (?,1,?,?,'[]')",
            [(i, _format_time(at), self.bundle) for i, at in arrived.items()],
        )
        due = {i: self._deadlines(at) for i, at in arrived.items()}
        judgement.save_queue_facts(self.batch, [(i, self._facts(i, numbers[i], arrived[i])) for i in ids])
        deadlines.save_deadlines(self.batch, list(due.items()))
        self._store_keys([(i, key) for i in ids for key in self.keys.make_keys(numbers[i], arrived[i] // DAY)])
        text_search.index_texts(self.batch, [(i, " ".join(self._words(numbers[i]))) for i in ids])
        held = [(i, f"{rng.getrandbits(256):064x}") for i in ids if rng.random() < MEDIA_SHARE]
        first = int(self.batch.value("SELECT coalesce(max(id), 0) FROM media_item")) + 1
        write(
            "INSERT INTO media_item (id, sha256, md5, sha1, size, item, facts) VALUES (?,?,?,?,1000,1,x'80')",
            [(first + n, digest, digest[:32], digest[:40]) for n, (_, digest) in enumerate(held)],
        )
        write(
            "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level, exhibit) VALUES (?,?,?,'a.jpg','a.jpg','f',2)",
            [(i, self.bundle, first + n - (rng.randrange(n + 1) if rng.random() < 0.3 else 0)) for n, (i, _) in enumerate(held)],
        )

    def _store_keys(self, rows: list[tuple[int, LinkKey]]) -> None:
        """Stores link keys, sorted by report and key."""
        if self.holders:
            key_holders.save_keys(self.batch, rows, [])
            return
        self.batch.executemany(
            "INSERT INTO link_key (report_id, kind, value, strength, day) VALUES (?,?,?,?,?)", [(i, *key) for i, key in rows]
        )

    def _deadlines(self, arrived: int) -> list[deadlines.DeadlineRow]:
        """Most reports have two: the provider keeps its data for a year, the operator for 90 days to a year."""
        if self.rng.random() < 0.1:
            return []
        begun = arrived - self.rng.randrange(30 * DAY)
        rows = [(begun + 365 * DAY, self.due_names[0], 0), (begun + self.rng.choice((90, 180, 365)) * DAY, self.due_names[1], 0)]
        return sorted(rows if self.rng.random() < 0.98 else [*rows, (begun + 20 * DAY, self.due_names[1], 1)])

    def _facts(self, i: int, number: str, arrived: int) -> QueueFacts:
        rng = self.rng
        band = rng.choices(range(5), BAND_SHARES)[0]
        status = rng.choices(range(6), STATUS_SHARES)[0]
        return QueueFacts(
            band=band,
            risk=0 if band == 4 and rng.random() < 0.6 else rng.randrange(max(0, 800 - 200 * band), 1000 - 200 * band),
            actionability=rng.choice((120, 120, 240, rng.randrange(1001))),
            esp=rng.choices(self.esp, cum_weights=self.long_tail)[0],
            incident_type=rng.choices(self.types, cum_weights=self.long_tail[:TYPES])[0],
            office=rng.choices(self.offices, cum_weights=self.long_tail[: len(self.offices)])[0],
            received=arrived - rng.randrange(30 * DAY),
            received_estimated=0,
            status=status,
            assignee=rng.choice(self.users) if status != 0 else None,
            flags=sum(1 << n for n, share in enumerate(FLAG_SHARES) if rng.random() < share),
            in_pakistan=rng.choice((None, 0, 1, 1)),
            province=rng.choice(self.provinces),
            duplicates_of=rng.randrange(1, i) if rng.random() < 0.12 else None,
            files=1,
            files_present=1,
            number_key=format_sort_key(number),
            languages=rng.choices((0, 2, 4, 32, 34), (60, 15, 3, 15, 7))[0],
            arrived=arrived,
        )

    def _words(self, number: str) -> Iterator[str]:
        """The words of a report: its number, a person of its own, some common words and some of a large dictionary."""
        rng = self.rng
        yield from (number, f"user_{number}", "report")
        yield from (word for n, word in enumerate(SHARED) if rng.random() < 1 / (n + 2))
        yield from (f"w{int(60_000 * rng.random() ** 3)}" for _ in range(20))
