"""What living with a store costs: checking it, whole and in slices, backups, a rule of retention, and reading while it is rebuilt.

A row of the suite: `python -m bench living`; its size is the number of reports (bench/national_feed.py, without media), beside some
vault items of 200 kB. A third of the reports is closed and destroyed by a rule, four years later; the statistics must stay. The
database is rebuilt at the end of that, while another thread asks for a page of the queue again and again.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.importing import CHEAP, cpu
from bench.national_feed import NationalFeed
from bench.suite.model import Place, Result
from tests.people import add_person
from triage.jobs.casework.decisions import decide
from triage.jobs.consent import Consent
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.keeping import retention
from triage.jobs.keeping.backup import make_backup
from triage.jobs.keeping.check import check_next_part, check_store
from triage.jobs.policy import set_policy
from triage.jobs.reading.queue import list_queue_rows
from triage.jobs.session import Session
from triage.jobs.stats import load_statistics
from triage.model.handover import Receipt
from triage.model.users import Role
from triage.model.views import QueueFilter
from triage.store.queries import media
from triage.store.store import Store

CHECK_RATE = 200.0
"""MB a second of processor time, at least, the database's own checks included."""
CHECK_TIMES = 3.0
"""What a check takes beside digest and decryption alone, at most: few items lie beside the checks of the database."""
ITEM, ITEMS_A_BATCH, LEAST_ITEMS, SLICE = 200_000, 100, 1_000, 128_000_000
BACKUP_SHARE = 1.1
"""Of the first backup, a later one with a small change at most: below 4 GiB all of the vault is read again, and so it takes as long."""
DESTROY_MS, LONGEST_READ_MS = 400.0, 500.0
"""A certificate is typeset for each, and its process starts once: of a few reports that is half."""
CLOSED = 3
"""One report in so many is closed and goes."""
YEARS_LATER = timedelta(days=4 * 365)
Done = TypeVar("Done")


def measure_living(size: int, place: Place) -> Iterator[Result]:
    """Yields the rate of checks, and what backups, retention and readers beside a rebuild cost."""
    NationalFeed(with_media=False).write_slice(place.scratch / "in", size)
    with Session(Store.create(place.scratch / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        import_bundles(session, [place.scratch / "in"], receipt=Receipt())
        megabytes = seal_items(session, max(size, LEAST_ITEMS)) / 1e6
        result, spent = spend(lambda: check_store(session))
        if not result.valid:
            raise RuntimeError(f"the store is not sound: {result.problems[:3]}")
        yield Result("check of the whole store", 0, megabytes / spent, "MB/s", CHECK_RATE, better="higher")
        alone = digest_and_decrypt(int(1e6 * megabytes / ITEM))
        yield Result(
            "check beside what it can not do without", 0, spent, "s", alone, "digest and decryption", allowed=CHECK_TIMES
        )
        _, spent = spend(lambda: check_in_slices(session))
        yield Result("check of the vault in slices", 0, megabytes / spent, "MB/s", CHECK_RATE, better="higher")
        _, first = spend(lambda: make_backup(session, place.scratch / "backup"))
        seal_items(session, 1)
        _, second = spend(lambda: make_backup(session, place.scratch / "backup"))
        yield Result("backup after a small change", 0, second, "s", first, "the first", allowed=BACKUP_SHARE)
        yield from measure_retention(session, place)


def digest_and_decrypt(count: int) -> float:
    """Returns the processor time of decrypting so many items in memory and taking their digests: what no check can do without."""
    cipher, nonce = AESGCM(os.urandom(32)), bytes(12)
    sealed = cipher.encrypt(nonce, os.urandom(ITEM), None)

    def do() -> None:
        for _ in range(count):
            sha256(cipher.decrypt(nonce, sealed, None)).digest()

    return spend(do)[1]


def spend(act: Callable[[], Done]) -> tuple[Done, float]:
    """Returns what an act returns, and its processor time."""
    before = cpu()
    return act(), cpu() - before


def seal_items(session: Session, count: int) -> int:
    """Seals items of random bytes as media, so many or more; returns how many bytes the vault holds of them."""
    for start in range(0, count, ITEMS_A_BATCH):
        with session.store.batch() as batch:
            for _ in range(min(ITEMS_A_BATCH, count - start)):
                data = os.urandom(ITEM)
                digest = sha256(data).hexdigest()
                item = batch.seal(data, sha256=digest)
                media.add_media_item(batch, sha256=digest, md5=digest[:32], sha1=digest[:40], size=ITEM, item=item, facts=b"\x80")
            batch.note("bench sealed", items=count)
    return count * ITEM


def check_in_slices(session: Session) -> None:
    """Checks the vault slice by slice to its end. Each slice checks the database too."""
    while check_next_part(session, SLICE).checked.get("vault_items_unread"):
        pass


def measure_retention(session: Session, place: Place) -> Iterator[Result]:
    """Yields what a destroyed report costs, whether statistics stay, and how long a reader waits meanwhile."""
    numbers = [row.report_id for row in list_queue_rows(session, QueueFilter())][::CLOSED]
    for number in numbers:
        decide(session, number, status="closed", reason="insufficient information", note="nothing to follow")
    add_person(session.store, "second", [Role.LEAD], "eight blue kites")
    set_policy(session, "closed-kept-months", "36")
    (place.scratch / "papers").mkdir()
    usual = retention.utc_now
    retention.utc_now = lambda: datetime.now(UTC) + YEARS_LATER
    before, reads, over = load_statistics(session), list[float](), threading.Event()
    reading = [0.0]

    def read() -> None:
        while not over.wait(0.005):
            began = time.perf_counter()
            list_queue_rows(session, QueueFilter(), limit=50)
            reads.append(time.perf_counter() - began)
        reading[0] = time.thread_time()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        second, folder = Consent("second", "eight blue kites"), place.scratch / "papers"
        done, spent = spend(lambda: retention.destroy_due_reports(session, order="Rule 12", second=second, folder=folder))
    finally:
        over.set()
        reader.join()
        retention.utc_now = usual
    after = load_statistics(session)
    same = (after.by_month, after.by_status, after.by_band) == (before.by_month, before.by_status, before.by_band)
    yield Result("reports that the rule destroyed", 0, len(done.destroyed) / len(numbers), "of all", 1.0, better="higher")
    yield Result("statistics that stay", 0, float(same), "of all", 1.0, better="higher")
    yield Result("a destroyed report, rebuild included", 0, 1000 * (spent - reading[0]) / len(numbers), "ms", DESTROY_MS)
    yield Result("page of the queue meanwhile, longest", 0, 1000 * max(reads), "ms (clock)", LONGEST_READ_MS)
    yield Result("pages read meanwhile", 0, float(len(reads)), "pages", 5.0, better="higher")
