"""How long it takes to judge reports anew: one with its neighbours, all by new rules, and all from the ground up.

    python -m bench.rescoring [--reports N] [--workers N] [--profile] [--json]

The synthetic feed of 300 reports is imported, then copied in the store with other numbers, accounts and media until there are N.
Then
  neighbours   a report's ties come anew, as when it arrives, and all that share one with it are judged anew: 200 times
  rules        every card is made anew after the rules changed: place and ties are kept, the score is not
  all          every card is made anew from the ground up: ties, place and score
Times are of the processor, workers included, since others may be at work on the machine; "wall" is what the clock showed all the
same. Two million: the processor time carried over, divided by two processors; the part that can't be divided (this process) is
given beside it, and the greater of both is what it takes.
"""

from __future__ import annotations

import argparse
import cProfile
import dataclasses
import hashlib
import json
import os
import pstats
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from triage import links
from triage.feed.make import make
from triage.jobs.codec import document_from_json, document_to_json
from triage.jobs.intake.import_bundles import import_bundles
from triage.jobs.judging.assess import assess
from triage.jobs.session import Session
from triage.model.custody import Receipt
from triage.model.document import Document
from triage.store.batch import Batch
from triage.store.keys import Cost
from triage.store.queries import judgement, media, reports
from triage.store.store import Store

TARGET = 2_000_000


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--reports", type=int, default=2_000)
    ask.add_argument("--workers", type=int, default=None)
    ask.add_argument("--profile", action="store_true")
    ask.add_argument("--json", action="store_true")
    options = ask.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cheap = Cost(memory_kib=64, iterations=1, lanes=1)
        created = Store.create(Path(scratch) / "store", "bench", "seven green boats", cost=cheap)
        with Session(created.store) as session:
            fill(session, options.reports)
            found = measure(session, options.workers, options.profile)
    print(json.dumps(found, indent=1) if options.json else table(found))


def fill(session: Session, count: int) -> None:
    """The feed, and copies of it that are other people's with other pictures; all judged once."""
    with tempfile.TemporaryDirectory() as scratch:
        feed = make(Path(scratch) / "feed")
        import_bundles(session, [feed.bundles], receipt=Receipt())
    with session.reading() as db:
        first = [i for (i,) in db.all("SELECT id FROM report ORDER BY id")]
    for turn in range(1, -(-count // len(first))):
        with session.store.batch() as batch:
            for report_id in first[: max(0, count - turn * len(first))]:
                copy(batch, report_id, turn)
            batch.note("bench filled", turn=turn)


def copy(batch: Batch, report_id: int, turn: int) -> None:
    new = reports.add(batch, f"{turn:04d}{report_id:06d}")
    for n, bundle, changes, imported in batch.all(
        "SELECT n, bundle_id, changes, imported FROM version WHERE report_id = ? ORDER BY n", (report_id,)
    ):
        reports.put_version(batch, new, n, imported=imported, bundle_id=bundle, changes=changes)
    for row in reports.sources(batch, report_id):
        parsed = document_to_json(another(document_from_json(row.parsed), turn))
        reports.add_source(
            batch, new, slot=row.slot, format=row.format, path=row.path, sha256=row.sha256, parsed=parsed, since=row.since
        )
    for medium, bundle, name, path, level in batch.all(
        "SELECT medium_id, bundle_id, name, path, level FROM occurrence WHERE report_id = ?", (report_id,)
    ):
        media.add_occurrence(batch, new, bundle, medium_like(batch, medium, turn), name, path, level)
    judgement.mark_stale(batch, [new])


def medium_like(batch: Batch, medium_id: int, turn: int) -> int:
    row = media.by_id(batch, medium_id)
    sha256 = hashlib.sha256(f"{row.sha256} {turn}".encode()).hexdigest()
    there = media.medium(batch, sha256)
    if there is not None:
        return there.id
    new = media.add(batch, sha256=sha256, md5=sha256[:32], sha1=sha256[:40], size=row.size, item=row.item)
    batch.execute("UPDATE medium SET facts = ? WHERE id = ?", (row.facts, new))
    return new


def another(document: Document, turn: int) -> Document:
    """The same report of other people: what names a person or a line is changed, and ties within the copy stay."""

    def other(text: str | None) -> str | None:
        return None if text is None else text[:-4] + f"{(hash((text[-4:], turn)) % 10_000):04d}"

    changed = tuple(
        dataclasses.replace(i, value=other(i.value), normalised=other(i.normalised))
        if i.kind in ("email", "phone", "username", "user_id", "device", "cnic", "wallet")
        else dataclasses.replace(i, port=(i.port or 1024) % 60_000 + turn, time=None if turn % 3 else i.time)
        if i.kind == "ip"
        else i
        for i in document.identifiers
    )
    return dataclasses.replace(document, identifiers=changed, prior_reports=(), numbers=())


def measure(session: Session, workers: int | None, profile: bool) -> dict[str, object]:
    found: dict[str, object] = {}
    assess(session)
    with session.reading() as db:
        ids = [i for (i,) in db.all("SELECT id FROM report")]
    found["reports"] = len(ids)
    with session.store.batch() as batch:
        judgement.mark_all_stale(batch)
        batch.execute("DELETE FROM said")
        batch.execute("UPDATE card SET place_of = NULL")
    found["all"] = timed(lambda: assess(session, workers=workers), len(ids), profile)
    with session.store.batch() as batch:
        judgement.mark_scores_stale(batch)
    found["rules"] = timed(lambda: assess(session, workers=workers), len(ids), profile)
    took = []
    for one in random.Random(1).sample(ids, min(200, len(ids))):
        with session.store.batch() as batch:
            for kind, value in judgement.replace_ties(batch, one, set()):
                judgement.mark_stale(batch, [i for i, _ in judgement.holders(batch, kind, value, links.MAX_HOLDERS)])
            batch.execute("DELETE FROM said WHERE report_id = ?", (one,))
            judgement.mark_stale(batch, [one])
            near = judgement.count_stale(batch)
        begun = time.process_time()
        assess(session)
        took.append((1000 * (time.process_time() - begun), near))
    found["neighbours"] = {
        "median_ms": round(statistics.median(ms for ms, _ in took), 1),
        "p95_ms": round(sorted(ms for ms, _ in took)[int(len(took) * 0.95)], 1),
        "median_reports": statistics.median(n for _, n in took),
        "most_reports": max(n for _, n in took),
    }
    return found


def timed(work: Callable[[], None], count: int, profile: bool) -> dict[str, float]:
    watch = cProfile.Profile() if profile else None
    begun, all_begun, clock = time.process_time(), _processors(), time.monotonic()
    if watch:
        watch.runcall(work)
        pstats.Stats(watch).sort_stats("cumulative").print_stats(45)
    else:
        work()
    host, whole, wall = time.process_time() - begun, _processors() - all_begun, time.monotonic() - clock
    each = TARGET / count / 60
    return {
        "host_ms": round(1000 * host / count, 3),
        "all_ms": round(1000 * whole / count, 3),
        "wall_ms": round(1000 * wall / count, 3),
        "two_million_minutes_two_cores": round(max(whole * each / 2, host * each), 1),
        "two_million_minutes_one_core": round(whole * each, 1),
    }


def _processors() -> float:
    """Processor time of this process and of all workers that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def table(found: dict[str, object]) -> str:
    return "\n".join(f"{name:12} {value}" for name, value in found.items())


if __name__ == "__main__":
    main()
