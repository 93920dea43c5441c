"""How long it takes to judge reports: all of a store from the ground up, all by new rules, and one with its neighbours.

A row of the suite: `python -m bench judging`. The synthetic feed of 300 reports is imported, then copied in the store until there are
enough; the copies are other people's (`bench.copies`), so that a report has the neighbours that it would have in a real store. Then
  from the ground up   every copy is judged for the first time: links, location and score are made and written
  by new rules         every card is made anew after the rules changed: location and links are kept, the score is not
  one report           its links come anew, as when it arrives, and all that share one with it are judged anew: 200 times.
                       "own card": until its own card is there, "all cards": until those of all neighbours are
Times are of the processor, workers included. Two million: the processor time carried over, divided by two processors; the part that
can't be divided (this process) bounds it from below.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from pathlib import Path

from bench.copies import copy_feed
from bench.suite.model import Place, Result
from triage import links
from triage.feed.make import make
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.key_form import Cost
from triage.store.queries import judgement
from triage.store.store import Store

TARGET = 2_000_000  # reports, a nation's year
ALL_MINUTES, RULES_MINUTES = 60.0, 30.0
SMALL, SMALL_TIMES = 10_000, 2.0
"""Below so many reports what is loaded once weighs more, and a multiple of the time is allowed."""
OWN_MS, NEIGHBOURS_MS = 50.0, 50.0
ONE_BY_ONE = 200


def measure_judging(size: int, place: Place) -> Iterator[Result]:
    """Yields what judging a store with so many reports costs."""
    created = Store.create(place.scratch / "store", "bench", "seven green boats", cost=Cost(memory_kib=64, iterations=1, lanes=1))
    allowed = 1.0 if size >= SMALL else SMALL_TIMES
    with Session(created.store) as session:
        fill(session, size)
        with session.reading() as db:
            ids = [i for (i,) in db.all("SELECT id FROM report")]
            new = judgement.count_stale(db)
        if new:
            minutes = measure_minutes(lambda: assess(session), new)
            yield Result("two million from the ground up, two cores", 0, minutes, "minutes", ALL_MINUTES, allowed=allowed)
        with session.store.batch() as batch:
            judgement.mark_scores_stale(batch)
        yield Result(
            "two million by new rules, two cores", 0, measure_minutes(lambda: assess(session), len(ids)), "minutes", RULES_MINUTES
        )
        yield from measure_neighbours(session, ids)


def measure_elsewhere(size: int, place: Place) -> Iterator[Result]:
    """Yields what judging costs through Dask's executor, with its processes on this machine, beside our own workers.

    Starting them counts, on both sides.
    """
    created = Store.create(place.scratch / "store", "bench", "seven green boats", cost=Cost(memory_kib=64, iterations=1, lanes=1))
    with Session(created.store) as session:
        fill(session, size)
        assess(session)
        own = measure_minutes(lambda: judge_by_rules(session), size)
        theirs = measure_minutes(lambda: judge_by_dask(session), size)
    yield Result("two million by new rules, by Dask", 0, theirs, "minutes", own, "our own workers", allowed=3.0)


def judge_by_rules(session: Session, executor: Executor | None = None) -> None:
    """Makes every card anew, with two workers."""
    with session.store.batch() as batch:
        judgement.mark_scores_stale(batch)
    assess(session, workers=2, executor=executor)


def judge_by_dask(session: Session) -> None:
    """Makes every card anew. Nothing of a report may reach a disk: what does not fit into memory must fail."""
    import dask
    from distributed import Client, LocalCluster

    with (
        dask.config.set({"distributed.worker.memory.spill": False, "distributed.worker.memory.target": False}),
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        judge_by_rules(session, client.get_executor())


def fill(session: Session, count: int) -> None:
    """The feed, judged, and copies of it that are not yet."""
    with tempfile.TemporaryDirectory() as scratch:
        feed = make(Path(scratch) / "feed")
        import_bundles(session, [feed.bundles], receipt=Receipt())
    copy_feed(session, count)


def measure_neighbours(session: Session, ids: list[int]) -> Iterator[Result]:
    """Yields what it costs to judge one report and all that share something with it."""
    own, every = [], []
    for one in random.Random(1).sample(ids, min(ONE_BY_ONE, len(ids))):
        with session.store.batch() as batch:
            near = 1 + len({row[3] for row in judgement.list_shared_keys(batch, [one], (), links.MAX_HOLDERS)})
            judgement.replace_keys(batch, one, set())
            batch.execute("DELETE FROM report_digest WHERE report_id = ?", (one,))
            judgement.mark_stale(batch, [one])
        shown: list[float] = []
        begun = time.process_time()
        assess(session, lambda _, there=shown: there.append(time.process_time()))  # type: ignore[misc]
        own.append(1000 * (shown[0] - begun))
        every.append((1000 * (time.process_time() - begun), near))
    own.sort()
    taken = sorted(spent for spent, _ in every)
    yield Result("one report, own card, 95 of 100", 0, own[len(own) * 95 // 100], "ms", OWN_MS)
    yield Result("one report, all cards, median", 0, taken[len(taken) // 2], "ms", NEIGHBOURS_MS)


def measure_minutes(work: Callable[[], None], count: int) -> float:
    """Returns how many minutes two million reports would take on two cores."""
    begun, all_begun = time.process_time(), _read_processors()
    work()
    host, whole = time.process_time() - begun, _read_processors() - all_begun
    each = TARGET / count / 60
    return max(whole * each / 2, host * each)


def _read_processors() -> float:
    """Returns the processor time of this process and of all workers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
