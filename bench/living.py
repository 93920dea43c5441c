"""What living with a store costs: checks, whole and in slices, backups, a rule of retention, and how long others wait meanwhile.

A row of the suite: `python -m bench living`; its size is the number of reports (bench/national_feed.py, without media), beside some
vault items of 200 kB. A third of the reports, 250 at most, is closed and destroyed by a rule, four years later; the statistics must
stay. The database is rebuilt at the end of that, while another thread asks for a page of the queue again and again. Beside a check
and a backup another window seals an item again and again: nobody waits for more than the beginning of either. A small change of the
backup and a destroyed report are measured in a store with an eighth of the reports as well: neither may cost more in a larger store.
bench/backing_up.py measures what a small change costs beside a large database.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bench.importing import CHEAP, cpu
from bench.national_feed import NationalFeed
from bench.suite.model import Place, Result
from tests.people import add_person
from triage import limits
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
BACKUP_SHARE = 0.8
"""Of the first backup, a later one with a small change at most: below 4 GiB all of the vault is read again, but little is copied."""
DESTROY_MS, LONGEST_READ_MS, LONGEST_STEP_MS = 400.0, 500.0, 1_000.0
"""A certificate is typeset for each, and its process starts once: of a few reports that is half."""
QUIET_SECONDS, BUSY_TIMES = 3.0, 3.0
"""The longest page of so many seconds before the act says what other work on the machine does; beside it, so many times as long."""
CLOSED, MOST_CLOSED = 3, 250
"""One report in so many is closed and goes, and so many at most."""
EARLIER, LEAST_REPORTS = 8, 30
CHANGE_SLOPE, DESTROY_SLOPE = 1.5, 1.5
"""A small change costs what changed, in a larger store too; a destroyed report costs what it cost."""
REREAD = 20_000_000
TURNS = 5
"""A check and what it is compared with are measured so many times in turn, and so is a small change: the median counts."""
YEARS_LATER = timedelta(days=4 * 365)
Done = TypeVar("Done")


def measure_living(size: int, place: Place) -> Iterator[Result]:
    """Yields the rate of checks, and what backups, retention and readers beside a rebuild cost, also beside a smaller store."""
    earlier = Living(place.scratch / "earlier", max(LEAST_REPORTS, size // EARLIER))
    list(earlier.check())
    list(earlier.back_up())
    list(earlier.destroy())
    here = Living(place.scratch / "here", size)
    yield from here.check()
    yield from here.back_up()
    yield Result("small change, 20 MB read again", 0, here.changed, "s", earlier.changed, "an eighth", allowed=CHANGE_SLOPE)
    yield from here.destroy()
    yield Result(
        "a destroyed report, rebuild left out", 0, here.destroyed, "ms", earlier.destroyed, "an eighth", allowed=DESTROY_SLOPE
    )


class Living:
    """A store with so many reports, and what it costs to live with it. `changed` and `destroyed` are compared with a larger one."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.changed, self.destroyed = folder, 0.0, 0.0
        NationalFeed(with_media=False).write_slice(folder / "in", size)
        self.session = Session(Store.create(folder / "store", "first", "seven green boats", cost=CHEAP).store)
        import_bundles(self.session, [folder / "in"], receipt=Receipt())
        self.megabytes = seal_items(self.session, max(size, LEAST_ITEMS)) / 1e6

    def check(self) -> Iterator[Result]:
        """Yields what checks cost."""
        count = int(1e6 * self.megabytes / ITEM)
        turns = [(spend(self.check_all)[1], digest_and_decrypt(count)) for _ in range(TURNS)]
        spent, alone = sorted(turns, key=lambda turn: turn[0] / turn[1])[TURNS // 2]
        yield Result("check of the whole store", 0, self.megabytes / spent, "MB/s", CHECK_RATE, better="higher")
        yield Result(
            "check beside what it can not do without", 0, spent, "s", alone, "digest and decryption", allowed=CHECK_TIMES
        )
        _, spent = spend(lambda: check_in_slices(self.session))
        yield Result("check of the vault in slices", 0, self.megabytes / spent, "MB/s", CHECK_RATE, better="higher")
        yield from self.write_beside("a check", self.check_all)

    def check_all(self) -> None:
        """Checks the whole store, which has to be sound."""
        if not (result := check_store(self.session)).valid:
            raise RuntimeError(f"the store is not sound: {result.problems[:3]}")

    def back_up(self) -> Iterator[Result]:
        """Yields what backups cost: the first, one after a small change, and that with little read again of what was copied."""
        _, first = spend(lambda: make_backup(self.session, self.folder / "backup"))
        seal_items(self.session, 1)
        _, second = spend(lambda: make_backup(self.session, self.folder / "backup"))
        yield Result("backup after a small change", 0, second, "s", first, "the first", allowed=BACKUP_SHARE)
        usual, limits.BACKUP_REREAD = limits.BACKUP_REREAD, REREAD
        try:
            self.changed = sorted(self.back_up_change() for _ in range(TURNS))[TURNS // 2]
        finally:
            limits.BACKUP_REREAD = usual
        yield from self.write_beside("a backup", lambda: make_backup(self.session, self.folder / "backup"))

    def back_up_change(self) -> float:
        """Returns the seconds of a backup after one more item was stored."""
        seal_items(self.session, 1)
        return spend(lambda: make_backup(self.session, self.folder / "backup"))[1]

    def write_beside(self, what: str, act: Callable[[], object]) -> Iterator[Result]:
        """Yields how long another window waited to store something while an act ran, at most."""
        store = Store.open(self.session.store.directory, "first", "seven green boats")
        with Session(store) as other:
            step = partial(seal_items, other, 1)
            with Repeating(step) as quiet:
                time.sleep(QUIET_SECONDS)
            with Repeating(step) as writing:
                act()
        longest = max(LONGEST_STEP_MS, BUSY_TIMES * 1000 * max(quiet.times))
        yield Result(f"step of another window beside {what}, longest", 0, 1000 * max(writing.times), "ms (clock)", longest)

    def destroy(self) -> Iterator[Result]:
        """Yields what a rule of retention costs, whether statistics stay, and how long a reader waits meanwhile. Closes the store."""
        numbers = [row.report_id for row in list_queue_rows(self.session, QueueFilter())][::CLOSED][:MOST_CLOSED]
        for number in numbers:
            decide(self.session, number, status="closed", reason="insufficient information", note="nothing to follow")
        add_person(self.session.store, "second", [Role.LEAD], "eight blue kites")
        set_policy(self.session, "closed-kept-months", "36")
        papers, before = self.folder / "papers", load_statistics(self.session)
        papers.mkdir()
        page = partial(list_queue_rows, self.session, QueueFilter(), limit=50)
        with Repeating(page) as quiet:
            time.sleep(QUIET_SECONDS)
        with four_years_later() as rebuilding, Repeating(page) as reading:
            second = Consent("second", "eight blue kites")
            act = partial(retention.destroy_due_reports, self.session, order="Rule 12", second=second, folder=papers)
            done, spent = spend(act)
        after = load_statistics(self.session)
        same = (after.by_month, after.by_status, after.by_band) == (before.by_month, before.by_status, before.by_band)
        spent -= reading.spent
        self.destroyed = 1000 * (spent - rebuilding[0]) / len(numbers)
        yield Result("reports that the rule destroyed", 0, len(done.destroyed) / len(numbers), "of all", 1.0, better="higher")
        yield Result("statistics that stay", 0, float(same), "of all", 1.0, better="higher")
        yield Result("a destroyed report, rebuild included", 0, 1000 * spent / len(numbers), "ms", DESTROY_MS)
        longest = max(LONGEST_READ_MS, BUSY_TIMES * 1000 * max(quiet.times))
        yield Result("page of the queue meanwhile, longest", 0, 1000 * max(reading.times), "ms (clock)", longest)
        yield Result("pages read meanwhile", 0, float(len(reading.times)), "pages", 5.0, better="higher")
        self.session.store.close()


class Repeating:
    """Does something again and again in a thread of its own, until it is left. `times` are seconds by the clock, of each time."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act, self._over, self.times, self.spent = act, threading.Event(), list[float](), 0.0
        self._thread = threading.Thread(target=self._repeat)

    def __enter__(self) -> Repeating:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _repeat(self) -> None:
        while not self._over.wait(0.005):
            began = time.perf_counter()
            self._act()
            self.times.append(time.perf_counter() - began)
        self.spent = time.thread_time()


@contextmanager
def four_years_later() -> Iterator[list[float]]:
    """Lets the rule of retention see a later day; yields what rebuilding the database will have cost, once an act."""
    usual, rebuild, spent = retention.utc_now, retention.rebuild_database, [0.0]

    def rebuilt(*args: Any) -> bool:
        done, cost = spend(lambda: rebuild(*args))
        spent[0] += cost
        return done

    retention.utc_now, retention.rebuild_database = (lambda: datetime.now(UTC) + YEARS_LATER), rebuilt
    try:
        yield spent
    finally:
        retention.utc_now, retention.rebuild_database = usual, rebuild


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
                media.add_media_items(batch, [(digest, digest[:32], digest[:40], ITEM, item, b"\x80", None, None, None)])
            batch.note("bench sealed", items=count)
    return count * ITEM


def check_in_slices(session: Session) -> None:
    """Checks the vault slice by slice to its end. Each slice checks the database too."""
    while check_next_part(session, SLICE).checked.get("vault_items_unread"):
        pass
