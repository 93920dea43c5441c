"""What a report of a nation's feed costs while one store grows: imported, measured and judged, with its media.

A row of the suite: `python -m bench growing`. The feed (bench/national_feed.py) is made, imported and deleted slice by slice; the size
is how many reports the store holds in the end, and a slice ends at a sixteenth, an eighth, a quarter, a half and all of it. The
cost is processor time of the whole process tree. The slope is the cost in the last slice by that in the one that ended at an eighth:
the first also loads what every import loads. "Cards" are those of a report at its documents and at its media, and those of reports
that share something with it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.importing import CHEAP, Peak, Stopwatch, cpu
from bench.national_feed import NationalFeed, Slice
from bench.suite.model import Place, Result
from triage.jobs.intake import import_bundles as job
from triage.jobs.judging import assess as judging
from triage.jobs.judging.judges import Judges
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.store.batch import Batch
from triage.store.store import Store

MOST_SLOPE = 1.25
DAY, DAY_SECONDS = 5_300, 90.0
"""Reports of a day, of 1.92 million a year; on two cores they may take so long."""
YEAR, YEAR_HOURS = 1_920_000, 12.0
MEMORY_MB, MOST_CARDS = 2_000.0, 6.0
SLICES = (16, 8, 4, 2, 1)
"""A slice ends where the store holds so much of all reports: a sixteenth, an eighth ..."""


@dataclass(frozen=True, slots=True)
class SliceCost:
    """What one slice cost; seconds are of processor time of all processes, judging included."""

    stored: int
    """Reports in the store behind it."""
    made: Slice
    cpu: float
    judging: float
    """Of those in `cpu`."""
    cards: int
    memory: int
    """The peak of all processes, in bytes."""

    @property
    def each(self) -> float:
        """Returns milliseconds of processor time a report."""
        return 1000 * self.cpu / self.made.reports


def measure_growing(size: int, place: Place, *, with_media: bool = True) -> Iterator[Result]:
    """Yields slope, memory, and what a day and a year would take by the last slice."""
    costs = list(import_slices([max(1, size // by) for by in SLICES], place, with_media=with_media))
    last, earlier = costs[-1], costs[1]
    each = last.each / 1000
    yield Result(
        "a report, beside one in a store of an eighth", 0, last.each, "ms", earlier.each, "an eighth", allowed=MOST_SLOPE
    )
    yield Result("a day's feed, two cores", 0, DAY * each / 2, "s", DAY_SECONDS)
    yield Result("a year's feed, two cores", 0, YEAR * each / 7_200, "hours", YEAR_HOURS)
    yield Result("score cards made for a report", 0, last.cards / last.made.reports, "", MOST_CARDS)
    yield Result("memory at most", 0, max(cost.memory for cost in costs) / 1e6, "MB", MEMORY_MB)


def import_slices(sizes: Sequence[int], place: Place, *, with_media: bool = True) -> Iterator[SliceCost]:
    """Imports the feed until the store holds each of these sizes, and yields what each slice cost."""
    feed, folder = NationalFeed(with_media=with_media), place.scratch / "in"
    judge, cards = Stopwatch(job, "assess"), count_cards()
    with Session(Store.create(place.scratch / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        stored = 0
        for size in sizes:
            made = feed.write_slice(folder, size - stored)
            stored, judge.cpu = size, 0.0
            cards.clear()
            with Peak() as peak:
                busy = cpu()
                job.import_bundles(session, [folder], receipt=Receipt())
                busy = cpu() - busy
            shutil.rmtree(folder)
            cost = SliceCost(stored, made, busy, judge.cpu, sum(cards), peak.most)
            print(
                f"{stored:,} reports: {cost.each:.2f} ms a report, judging {1000 * judge.cpu / made.reports:.2f}; {made}, "
                f"{cost.cards} cards, {peak.most / 1e6:.0f} MB, load {os.getloadavg()[0]:.0f}",
                flush=True,
            )
            yield cost


def count_cards() -> list[int]:
    """Returns a list to which judging will add how many cards each batch made."""
    inner, made = judging._write_cards, list[int]()

    def counted(batch: Batch, ids: Sequence[int], judges: Judges) -> None:
        made.append(len(ids))
        inner(batch, ids, judges)

    judging._write_cards = counted
    return made
