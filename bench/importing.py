"""How many reports a second an import takes in, beside the parser alone, stage by stage.

    python -m bench.importing [--reports 1000 5000 20000] [--formats xml json pdf] [--rounds 3] [--directory DIR]
    python -m bench.importing --minute-one 20000
    python -m bench.importing --growing 2500 5000 10000 20000 [--without-media]

The documents are invented (bench/invented.py), one folder a report, without media. "Parser alone" is lxml, msgspec or pypdfium2
over the same bytes in memory, asked before, within and after the imports. Rates are reports a second of processor time of the
whole process tree ("a core"; what the bench itself takes to look at memory is left out) and of wall time; judging (ties, place,
score) is told apart. Memory is the tree's peak.

`--minute-one` makes a bundle with two pictures a report, of which one in a hundred can't wait, imports it until those
stand in the queue, and prints when that was.

`--growing` makes a nation's feed (bench/national_feed.py) and imports it slice by slice into one store; the numbers are how many
reports the store then holds. Of each slice it prints what a report costs: processor time of the whole process tree with judging,
wall and memory beside it. The slope is the cost in the last slice by that in the first; at most 1.25 is allowed.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pypdfium2
from lxml import etree

from bench.invented import MAKERS, Invented, make_json, make_pdf_lines
from bench.national_feed import NationalFeed, Slice
from bench.printing import same_as_fpdf2
from bench.process_tree import Peak, measure_cpu
from triage.decode.client import MediaPool
from triage.errors import Cancelled
from triage.importers.archive import Bundle
from triage.importers.levels import group_documents
from triage.importers.registry import classify
from triage.jobs.intake import documents as intake_documents
from triage.jobs.intake import import_bundles as job
from triage.jobs.judging import assess as judging
from triage.jobs.judging.judges import Judges
from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.session import Session
from triage.message import Message
from triage.model.handover import Receipt
from triage.model.progress import CancelToken
from triage.model.views import QueueFilter
from triage.store.batch import Batch
from triage.store.key_form import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)


def write_bundle(folder: Path, kind: str, reports: int) -> None:
    """Writes a bundle of invented reports in one format."""
    for n in range(reports):
        here = folder / f"{n // 1000:03d}" / str(700_000_000 + n)
        here.mkdir(parents=True)
        for name, data in MAKERS[kind](n).items():
            (here / name).write_bytes(data)


def parser_alone(kind: str, data: bytes) -> object:
    """Parses a document with the bare library, without any of our code."""
    if kind == "xml":
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    if kind == "json":
        return msgspec.json.decode(data)
    document = pypdfium2.PdfDocument(data)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return pages


_ALONE = 500
"""Reports the parser alone is asked for at once."""


class Alone:
    """The parser alone over the same reports.

    Asked before and after each import, and within it whenever a batch was committed: other work on the machine slows both, and
    not always alike.
    """

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._made = [MAKERS[kind](n) for n in range(_ALONE)]
        self.reports = 0
        self.seconds = self.within = 0.0

    def ask(self, reports: int = _ALONE) -> None:
        started = time.thread_time()
        for files in self._made[:reports]:
            for data in files.values():
                parser_alone(self._kind, data)
        self.seconds += time.thread_time() - started
        self.reports += reports

    def ask_within(self) -> None:
        """That does not count as the import's own time."""
        before = self.seconds
        self.ask(100)
        self.within += self.seconds - before

    @property
    def rate(self) -> float:
        """Reports a second."""
        return self.reports / self.seconds


class _NoSink:
    def quarantined(self, path: str, reason: Message, data: object) -> None:
        raise SystemExit(f"the bench's own document is set aside: {path}: {reason}")

    skipped = quarantined


def stages(kind: str, folder: Path, reports: int) -> str:
    """Seconds of processor time for reading, parsing and grouping, each by itself, a thousand reports."""
    sink = _NoSink()
    clock = time.process_time
    with MediaPool(1) as pool, Bundle([folder], passwords=(), spool=lambda _: io.BytesIO(), sink=sink) as bundle:  # type: ignore[arg-type]
        start = clock()
        read = []
        for entry in bundle.entries():
            importer = classify(entry.name, entry.peek())
            with entry.open() as stream:
                read.append((entry, importer, stream.read()))
            if len(read) >= 1_000:
                break
        done_reading = clock()
        documents = []
        for entry, importer, data in read:
            if isinstance(importer, str):
                raise SystemExit(f"the bench's own document is no report: {entry.path}")
            documents += [(d, entry.level) for d in importer.read(entry.path, data, lambda each: pool.extract_pdf_text(each, ()))]
        done_parsing = clock()
        drafts = group_documents(documents)
        done = clock()
    each = 1e6 / max(1, len(drafts))
    return (
        f"read {(done_reading - start) * each:.0f}, parse {(done_parsing - done_reading) * each:.0f} (host's share), "
        f"group {(done - done_parsing) * each:.0f} µs a report"
    )


class Stopwatch:
    """Times a function of the import by its name in the module that calls it; `then` is called after it, untimed."""

    def __init__(self, module: object, name: str) -> None:
        self.wall = self.cpu = 0.0
        self.then: Callable[[], None] = lambda: None
        inner = getattr(module, name)

        def timed(*args: object, **named: object) -> object:
            wall, busy = time.perf_counter(), measure_cpu()
            try:
                return inner(*args, **named)
            finally:
                self.wall += time.perf_counter() - wall
                self.cpu += measure_cpu() - busy
                self.then()

        setattr(module, name, timed)


def run(directory: Path, kind: str, reports: int, rounds: int, judge: Stopwatch, commit: Stopwatch) -> None:
    """Runs the import several times, and prints its rate beside the bare parser's."""
    shutil.rmtree(directory, ignore_errors=True)
    write_bundle(directory / "in", kind, reports)
    alone = Alone(kind)
    alone.ask()
    commit.then = alone.ask_within
    seconds = sum(one_import(directory, reports, kind, alone, judge, commit) for _ in range(rounds))
    rate = rounds * reports / seconds
    print(f"      {rate:.0f} /s/core; parser alone {alone.rate:.0f} /s/core: {rate / alone.rate:.1%}")
    print(f"      {stages(kind, directory / 'in', reports)}", flush=True)


def one_import(directory: Path, reports: int, kind: str, alone: Alone, judge: Stopwatch, commit: Stopwatch) -> float:
    """Seconds of processor time, without judging."""
    judge.wall = judge.cpu = commit.wall = commit.cpu = alone.within = 0.0
    shutil.rmtree(directory / "store", ignore_errors=True)
    with Session(Store.create(directory / "store", "first", "seven green boats", cost=CHEAP).store) as session, Peak() as peak:
        wall, busy = time.perf_counter(), measure_cpu()
        result = job.import_bundles(session, [directory / "in"], receipt=Receipt())
        wall, busy = time.perf_counter() - wall, measure_cpu() - busy - alone.within
    if result.reports.new != reports:
        raise SystemExit(f"{result.reports} of {reports}; {result.quarantined[:2]}")
    print(
        f"{kind:5} {reports:7,}: import {reports / (busy - judge.cpu):6.0f} /s/core ({reports / (wall - judge.wall):.0f} /s wall), "
        f"with judging {reports / busy:5.0f} /s/core ({reports / wall:.0f} wall); "
        f"commit {commit.cpu / reports * 1e6:.0f}, judge {judge.cpu / reports * 1e6:.0f} µs a report; memory {peak.most / 1e6:.0f} MB",
        flush=True,
    )
    alone.ask()
    return busy - judge.cpu


def minute_one(directory: Path, reports: int) -> None:
    """Pictures are one drawn JPEG with a changing comment segment: each is another file."""
    from PIL import Image

    shutil.rmtree(directory, ignore_errors=True)
    picture = io.BytesIO()
    Image.effect_noise((800, 600), 40).convert("RGB").save(picture, "JPEG", quality=80)
    soi, rest = picture.getvalue()[:2], picture.getvalue()[2:]
    urgent = set(range(0, reports, 100))
    for n in range(reports):
        here = directory / "in" / f"{n // 1000:03d}" / str(700_000_000 + n)
        here.mkdir(parents=True)
        for name, data in make_json(n, n in urgent).items():
            (here / name).write_bytes(data)
        for name in Invented(n).files[:2]:
            (here / f"{name}.jpg").write_bytes(soi + b"\xff\xfe\x00\x22" + name.encode() + rest)
    arrived: list[float] = []
    enough = CancelToken()
    with Session(Store.create(directory / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        started, stop = time.perf_counter(), threading.Event()

        def watch() -> None:
            while not stop.wait(0.5):
                found = len(list_queue_ids(session, QueueFilter(flags=("sextortion",))))
                while len(arrived) < min(found, len(urgent)):
                    arrived.append(time.perf_counter() - started)
                if len(arrived) == len(urgent):
                    enough.cancel()

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        with Peak() as peak, suppress(Cancelled):
            job.import_bundles(session, [directory / "in"], receipt=Receipt(), cancel=enough)
        stop.set()
        watcher.join()
    print(
        f"{reports:,} reports, {2 * reports:,} pictures, memory {peak.most / 1e6:.0f} MB; {len(urgent)} can't wait: first in "
        f"the queue after {arrived[0]:.1f} s, half after {arrived[len(arrived) // 2]:.1f} s, last after {arrived[-1]:.1f} s"
    )


@dataclass(frozen=True, slots=True)
class SliceCost:
    """What one slice of the nation's feed cost; seconds are of processor time of all processes, judging included."""

    stored: int
    """Reports in the store behind it."""
    made: Slice
    cpu: float
    wall: float
    judging: float
    """Processor seconds of judging, of those in `cpu`."""
    cards: int
    """Score cards that were made: a report's own at its documents and at its media, and those of reports that share something."""
    memory: int
    """The peak of all processes, in bytes."""
    load: float

    @property
    def each(self) -> float:
        """Returns milliseconds of processor time a report."""
        return 1000 * self.cpu / self.made.reports


DAY = 5_300
"""Reports of a day, of 1.92 million a year."""
MOST_SLOPE = 1.25
DAY_SECONDS = 90.0
"""A day's feed may take so long on two cores."""


def measure_growth(directory: Path, sizes: Sequence[int], *, with_media: bool = True) -> Iterator[SliceCost]:
    """Imports the nation's feed slice by slice into one store, and yields the cost of each slice.

    A slice is deleted before the next is made.
    """
    feed = NationalFeed(with_media=with_media)
    judge, cards = Stopwatch(job, "assess"), _count_cards()
    with Session(Store.create(directory / "store", "first", "seven green boats", cost=CHEAP).store) as session:
        stored = 0
        for size in sizes:
            made = feed.write_slice(directory / "in", size - stored)
            stored, judge.cpu = size, 0.0
            cards.clear()
            with Peak() as peak:
                wall, busy = time.perf_counter(), measure_cpu()
                job.import_bundles(session, [directory / "in"], receipt=Receipt())
                wall, busy = time.perf_counter() - wall, measure_cpu() - busy
            shutil.rmtree(directory / "in")
            yield SliceCost(stored, made, busy, wall, judge.cpu, sum(cards), peak.most, os.getloadavg()[0])


def _count_cards() -> list[int]:
    """Returns a list to which judging will add how many cards each batch made."""
    inner, made = judging._write_cards, list[int]()

    def counted(batch: Batch, ids: Sequence[int], judges: Judges) -> None:
        made.append(len(ids))
        inner(batch, ids, judges)

    judging._write_cards = counted
    return made


def grow(directory: Path, sizes: Sequence[int], *, with_media: bool) -> None:
    """Prints what `measure_growth` finds, the slope, and what a day and a year would take."""
    costs = []
    for cost in measure_growth(directory, sizes, with_media=with_media):
        costs.append(cost)
        made = cost.made
        print(
            f"{cost.stored:9,} reports: {cost.each:6.2f} ms of processor time a report (judging {1000 * cost.judging / made.reports:.2f}), "
            f"{cost.cards / made.reports:.1f} cards a report, "
            f"{1000 * cost.wall / made.reports:.2f} wall; {made.reports:,} reports, {made.media:,} media, {made.fresh:,} of them new, "
            f"{made.broken} broken, {made.size / 1e6:.0f} MB; memory {cost.memory / 1e6:.0f} MB, load {cost.load:.0f}",
            flush=True,
        )
    slope, each = costs[-1].each / costs[0].each, costs[-1].each / 1000
    print(f"slope {slope:.2f} (at most {MOST_SLOPE})")
    print(
        f"by the last slice: a day's {DAY:,} reports {DAY * each / 2:.0f} s of two cores (goal {DAY_SECONDS:.0f}), "
        f"a year's 1.92 million {1.92e6 * each / 7200:.1f} h of two cores (goal 12)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, nargs="+", default=[1_000, 5_000, 20_000])
    parser.add_argument("--formats", nargs="+", default=["xml", "json", "pdf"], choices=MAKERS)
    parser.add_argument("--minute-one", type=int, metavar="REPORTS")
    parser.add_argument("--growing", type=int, nargs="+", metavar="REPORTS")
    parser.add_argument("--without-media", action="store_true", help="Leave the media of the nation's feed away.")
    parser.add_argument("--without-judging", action="store_true", help="Leave the cards unmade: quicker at large counts.")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--directory", type=Path)
    asked = parser.parse_args()
    directory = asked.directory or Path(tempfile.mkdtemp(prefix="bench-importing-"))
    try:
        if asked.minute_one:
            minute_one(directory, asked.minute_one)
            return
        if asked.growing:
            grow(directory, asked.growing, with_media=not asked.without_media)
            return
        if asked.without_judging:
            job.assess = lambda *_: None
        judge, commit = Stopwatch(job, "assess"), Stopwatch(intake_documents, "_store_pending")
        if "pdf" in asked.formats and not all(same_as_fpdf2(make_pdf_lines(n)) for n in range(5)):
            raise SystemExit("our PDFs do not read as those of fpdf2")
        for kind in asked.formats:
            for reports in asked.reports:
                run(directory, kind, reports, asked.rounds, judge, commit)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
