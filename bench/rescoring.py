"""How long it takes to judge reports: all of a store from the ground up, all by new rules, and one with its neighbours.

    python -m bench.rescoring [--reports N] [--workers N] [--executor processes|dask] [--profile] [--json]

The synthetic feed of 300 reports is imported, then copied in the store until there are N; the copies are other people's
(`bench.copies`), so that a report has the neighbours that it would have in a real store. Then
  all          every copy is judged for the first time: ties, place and score are made and written
  rules        every card is made anew after the rules changed: place and ties are kept, the score is not
  neighbours   one report's ties come anew, as when it arrives, and all that share one with it are judged anew: 200 times.
               "shown": until its own card is there, "all": until those of all neighbours are
Times are of the processor, workers included, since others may be at work on the machine; "wall" is what the clock showed all the
same, "memory" the most that this process held by then, "load" how many processes waited. Two million: the processor time carried
over, divided by two processors; the part that can't be divided (this process) is given beside it, and the greater of both is what
it takes.

`--executor` judges by an executor of concurrent.futures instead of our own workers: its own processes, or those of Dask distributed
(the extra `cluster`) on this machine.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from bench.copies import copy_feed
from bench.process_tree import measure_cpu
from triage import links
from triage.feed.make import make
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.key_form import Cost
from triage.store.queries import judgement
from triage.store.store import Store

TARGET = 2_000_000


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--reports", type=int, default=2_000)
    ask.add_argument("--workers", type=int, default=None)
    ask.add_argument("--executor", choices=("processes", "dask"))
    ask.add_argument("--profile", action="store_true")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cheap = Cost(memory_kib=64, iterations=1, lanes=1)
        created = Store.create(Path(scratch) / "store", "bench", "seven green boats", cost=cheap)
        with Session(created.store) as session:
            fill(session, options.reports)
            found = measure(session, options.workers, options.profile, options.executor)
    print(json.dumps(found, indent=1) if options.json else format_table(found))


def fill(session: Session, count: int) -> None:
    """The feed, judged, and copies of it that are not yet."""
    with tempfile.TemporaryDirectory() as scratch:
        feed = make(Path(scratch) / "feed")
        import_bundles(session, [feed.bundles], receipt=Receipt())
    copy_feed(session, count)


@contextmanager
def start_executor(kind: str | None, workers: int) -> Iterator[Executor | None]:
    """Yields an executor with its own processes, and ends them: what they took is then known."""
    if kind == "processes":
        with ProcessPoolExecutor(workers) as pool:
            yield pool
    elif kind == "dask":
        from distributed import Client, LocalCluster

        # Nothing of a report may reach a disk: what does not fit into memory must fail.
        unspilled = {"distributed.worker.memory.spill": False, "distributed.worker.memory.target": False}
        with (
            dask_settings(unspilled),
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client.get_executor()
    else:
        yield None


def dask_settings(settings: dict[str, object]) -> AbstractContextManager[object]:
    import dask

    found: AbstractContextManager[object] = dask.config.set(settings)
    return found


def judge_all(session: Session, workers: int | None, kind: str | None) -> None:
    with start_executor(kind, workers or os.cpu_count() or 1) as executor:
        assess(session, workers=workers, executor=executor)


def measure(session: Session, workers: int | None, profile: bool, executor: str | None = None) -> dict[str, object]:
    """Returns how long it takes to judge all reports, all by new rules, and one with its neighbours."""
    found: dict[str, object] = {}
    with session.reading() as db:
        ids = [i for (i,) in db.all("SELECT id FROM report")]
        new = judgement.count_stale(db)
    found["reports"] = len(ids)
    found["all"] = measure_work(lambda: judge_all(session, workers, executor), new, profile)
    with session.store.batch() as batch:
        judgement.mark_scores_stale(batch)
    found["rules"] = measure_work(lambda: judge_all(session, workers, executor), len(ids), profile)
    took = []
    for one in random.Random(1).sample(ids, min(200, len(ids))):
        with session.store.batch() as batch:
            near = 1 + len({row[3] for row in judgement.list_shared_keys(batch, [one], (), links.MAX_HOLDERS)})
            judgement.replace_keys(batch, one, set())
            batch.execute("DELETE FROM report_digest WHERE report_id = ?", (one,))
            judgement.mark_stale(batch, [one])
        shown: list[float] = []
        begun = time.process_time()
        assess(session, lambda _, there=shown: there.append(time.process_time()))  # type: ignore[misc]
        took.append((1000 * (shown[0] - begun), 1000 * (time.process_time() - begun), near))
    found["neighbours"] = {
        "load": round(os.getloadavg()[0], 1),
        **summarise_times("shown", [ms for ms, _, _ in took]),
        **summarise_times("all", [ms for _, ms, _ in took]),
        "median_reports": statistics.median(n for _, _, n in took),
        "most_reports": max(n for _, _, n in took),
    }
    return found


def summarise_times(name: str, took: list[float]) -> dict[str, float]:
    """Returns median and 95th percentile in milliseconds."""
    return {
        f"{name}_median_ms": round(statistics.median(took), 1),
        f"{name}_p95_ms": round(sorted(took)[int(len(took) * 0.95)], 1),
    }


def measure_work(work: Callable[[], None], count: int, profile: bool) -> dict[str, float]:
    """Runs the work, and returns its times and rate."""
    watch = cProfile.Profile() if profile else None
    begun, all_begun, clock = time.process_time(), measure_cpu(), time.monotonic()
    if watch:
        watch.runcall(work)
        pstats.Stats(watch).sort_stats("cumulative").print_stats(45)
    else:
        work()
    host, whole, wall = time.process_time() - begun, measure_cpu() - all_begun, time.monotonic() - clock
    each = TARGET / count / 60
    return {
        "load": round(os.getloadavg()[0], 1),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        "host_ms": round(1000 * host / count, 3),
        "all_ms": round(1000 * whole / count, 3),
        "wall_ms": round(1000 * wall / count, 3),
        "two_million_minutes_two_cores": round(max(whole * each / 2, host * each), 1),
        "two_million_minutes_one_core": round(whole * each, 1),
    }


def format_table(found: dict[str, object]) -> str:
    """Returns the result as lines."""
    return "\n".join(f"{name:12} {value}" for name, value in found.items())


if __name__ == "__main__":
    main()
