"""How long it takes to judge reports: all of a store from the ground up, all by new rules, and one with its neighbours.

A row of the suite: `python -m bench judging`. The synthetic feed of 300 reports is imported, then copied in the store until there are
enough; the copies are other people's (`bench.copies`), so that a report has the neighbours that it would have in a real store. Then
  from the ground up   every copy is judged for the first time: links, location and score are made and written
  by new rules         every card is made anew after the rules changed: location and links are kept, the score is not
  one report           its links come anew, as when it arrives, and all that share one with it are judged anew: 200 times.
                       "own card": until its own card is there, "all cards": until those of all neighbours are
Times are of the processor, workers included. Two workers judge at every size. What they load once (programs, tables, rules, words)
is a row of its own, and is carried over once; what a report takes is carried over to two million and divided by two processors. The
part that can't be divided (this process) bounds it from below.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from bench.copies import copy_feed
from bench.suite.model import Place, Result
from triage import links
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.batch import Batch
from triage.store.key_form import Cost
from triage.store.queries import judgement, key_holders
from triage.store.store import Store
from triage_demo.feed.make import make

TARGET = 2_000_000  # reports, a nation's year
ALL_MINUTES, RULES_MINUTES = 60.0, 30.0
LOADING_SECONDS = 4.0
FEW = 100
"""So many reports reach both workers; what they take beside the loading is left out by what a report takes in the whole store."""
OWN_MS, NEIGHBOURS_MS = 50.0, 50.0
ONE_BY_ONE = 200


def measure_judging(size: int, place: Place) -> Iterator[Result]:
    """Yields what judging a store with so many reports costs."""
    created = Store.create(place.scratch / "store", "bench", "seven green boats", cost=Cost(memory_kib=64, iterations=1, lanes=1))
    with Session(created.store) as session:
        fill(session, size)
        with session.reading() as db:
            ids = [i for (i,) in db.all("SELECT id FROM report")]
            new = judgement.count_stale(db)
        first = measure_processors(lambda: assess(session, workers=2))
        with session.store.batch() as batch:
            forget(batch, ids[-FEW:])
        few = measure_processors(lambda: assess(session, workers=2))
        with session.store.batch() as batch:
            judgement.mark_scores_stale(batch)
        rules = measure_processors(lambda: assess(session, workers=2))
        with session.store.batch() as batch:
            judgement.mark_stale(batch, ids[-FEW:], judgement.StaleStage.LOCATED)
        few_by_rules = measure_processors(lambda: assess(session, workers=2))
        if new > FEW:
            loading = find_loading(first, new, few)
            yield Result("what two workers load once", 0, loading, "seconds", LOADING_SECONDS)
            minutes = carry_over(first, loading, new)
            yield Result("two million from the ground up, two cores", 0, minutes, "minutes", ALL_MINUTES)
            loading = find_loading(rules, len(ids), few_by_rules)  # less than above: no tables of places, no words
            minutes = carry_over(rules, loading, len(ids))
            yield Result("two million by new rules, two cores", 0, minutes, "minutes", RULES_MINUTES)
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


def forget(batch: Batch, ids: list[int]) -> None:
    """Takes readings and cards of these reports away, so that all of it is made again. Their links stay: no other report is stale."""
    gone = [(one,) for one in ids]
    batch.executemany("DELETE FROM report_digest WHERE report_id = ?", gone)
    batch.executemany("DELETE FROM score_card WHERE report_id = ?", gone)
    judgement.mark_stale(batch, ids)


def measure_neighbours(session: Session, ids: list[int]) -> Iterator[Result]:
    """Yields what it costs to judge one report and all that share something with it."""
    own, every = [], []
    for one in random.Random(1).sample(ids, min(ONE_BY_ONE, len(ids))):
        with session.store.batch() as batch:
            near = 1 + len({row[3] for row in key_holders.list_shared_keys(batch, [one], (), links.MAX_HOLDERS)})
            gone = key_holders.load_keys_of_reports(batch, [one]).get(one, set())
            key_holders.save_keys(batch, [], [(one, key) for key in gone])
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


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of processor time: of this process, and of it and its workers together."""

    host: float
    whole: float


def measure_processors(work: Callable[[], None]) -> Spent:
    """Returns the processor time of some work."""
    begun, all_begun = time.process_time(), _read_processors()
    work()
    return Spent(time.process_time() - begun, _read_processors() - all_begun)


def find_loading(many: Spent, count: int, few: Spent) -> float:
    """Returns what the workers take once: what judging FEW reports takes beyond FEW times what one of many reports takes."""
    each = (many.whole - few.whole) / (count - FEW)
    return max(few.whole - FEW * each, 0.0)


def carry_over(spent: Spent, loading: float, count: int) -> float:
    """Returns how many minutes two million reports would take on two cores, by what so many took; `loading` comes once."""
    times = TARGET / count
    return max((loading + (spent.whole - loading) * times) / 2, spent.host * times) / 60


def measure_minutes(work: Callable[[], None], count: int) -> float:
    """Returns how many minutes two million reports would take on two cores, with all that is loaded once in each of them."""
    return carry_over(measure_processors(work), 0.0, count)


def _read_processors() -> float:
    """Returns the processor time of this process and of all workers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system
