"""How many reports a second an import takes in, beside the parser alone; and when those that can't wait stand in the queue.

Rows of the suite: `python -m bench importing urgent`. The documents are invented (bench/invented.py), one folder a report, without media.
"Bare parser" is lxml, msgspec or pypdfium2 over the same bytes in memory, asked before, within and after the imports: other work on the
machine slows both, and not always alike. Rates are reports a second of processor time of the whole process tree ("a core"; what the bench
itself takes to look at memory is left out). Judging (links, location, score) is left out; `python -m bench judging` measures it. Memory is
the tree's peak.

No two reports have the same text, in whichever form: a sentence that was read is remembered, and a form would not pay for sentences of
the form before it. What is loaded once (programs, words, tables) is found by an import of few reports, and is a row of its own: what
this process loads at its first import, and what each import loads.
"""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, Self

import msgspec
import pypdfium2
from lxml import etree

from bench.invented import MAKERS, Invented, make_json, make_pdf_lines
from bench.printing import same_as_fpdf2
from bench.suite.model import Place, Result
from triage.errors import Cancelled
from triage.jobs.intake import documents as intake_documents
from triage.jobs.intake import import_bundles as job
from triage.jobs.reading.queue import list_queue_ids
from triage.jobs.session import Session
from triage.model.handover import Receipt
from triage.model.progress import CancelToken
from triage.model.views import QueueFilter
from triage.store.key_form import Cost
from triage.store.store import Store

CHEAP = Cost(memory_kib=64, iterations=1, lanes=1)
RATE = 250.0
"""Reports a second of one core, at least; the goal is 400."""
PARSERS = {"xml": "lxml alone", "json": "msgspec alone", "pdf": "PDFium alone"}
SHARES = {"xml": 0.02, "json": 0.005, "pdf": 0.45}
"""Of the bare parser's rate, at least."""
MEMORY_MB, MINUTE = 700.0, 60.0
FIRST_SECONDS, EACH_SECONDS = 2.0, 1.2
"""Of the processor: what the first import of a process loads, and what each import loads."""
FEW = 20  # reports of the imports that tell what is loaded once
FIRST_NUMBERS = {"xml": 0, "json": 1_000_000, "pdf": 2_000_000}
"""Of the reports of each form: other numbers have other texts."""
FIRST_FORM = "json"
OF_FEW, OF_FIRST = 400_000, 600_000
"""Further on in a form's numbers: the reports of its import of few, and of the first import of all, which is of FIRST_FORM."""


def write_bundle(folder: Path, kind: str, first: int, reports: int) -> None:
    """Writes a bundle of invented reports in one format, from the number `first` on."""
    for n in range(first, first + reports):
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
        self._made = [MAKERS[kind](FIRST_NUMBERS[kind] + n) for n in range(_ALONE)]
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


def tree() -> list[int]:
    """This process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, todo = [], [os.getpid()]
    while todo:
        found.append(todo.pop())
        todo += parents.get(found[-1], [])
    return found


class Peak:
    """Samples the resident bytes of the whole tree, shared pages counted once (PSS); `most` is the peak."""

    spent: ClassVar[float] = 0.0
    """Processor seconds that looking took, of all there were."""

    def __init__(self) -> None:
        self.most = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(0.5):
            before, total = time.thread_time(), 0
            for pid in tree():
                try:
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                except OSError:
                    continue
                total += next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)
            self.most = max(self.most, total * 1024)
            Peak.spent += time.thread_time() - before


def cpu() -> float:
    """Processor seconds of this process and of its children that have ended, without what the bench itself takes."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system - Peak.spent


class Stopwatch:
    """Times a function of the import by its name in the module that calls it; `then` is called after it, untimed."""

    def __init__(self, module: object, name: str) -> None:
        self.wall = self.cpu = 0.0
        self.then: Callable[[], None] = lambda: None
        inner = getattr(module, name)

        def timed(*args: object, **named: object) -> object:
            wall, busy = time.perf_counter(), cpu()
            try:
                return inner(*args, **named)
            finally:
                self.wall += time.perf_counter() - wall
                self.cpu += cpu() - busy
                self.then()

        setattr(module, name, timed)


def measure_importing(size: int, place: Place) -> Iterator[Result]:
    """Yields the rate of each format beside its limit and beside the bare parser, judging left out, and the memory."""
    judge, commit = Stopwatch(job, "assess"), Stopwatch(intake_documents, "_store_pending")
    if not all(same_as_fpdf2(make_pdf_lines(n)) for n in range(3)):
        raise RuntimeError("our PDFs do not read as those of fpdf2")
    write_bundle(place.scratch / "first", FIRST_FORM, FIRST_NUMBERS[FIRST_FORM] + OF_FIRST, FEW)
    first, _ = one_import(place.scratch, "first", FEW, Alone(FIRST_FORM), judge, commit)
    for kind, number in FIRST_NUMBERS.items():
        write_bundle(place.scratch / kind, kind, number, size)
        alone = Alone(kind)
        alone.ask()
        commit.then = alone.ask_within
        write_bundle(place.scratch / f"{kind}-few", kind, number + OF_FEW, FEW)
        few, _ = one_import(place.scratch, f"{kind}-few", FEW, alone, judge, commit)
        seconds, most = one_import(place.scratch, kind, size, alone, judge, commit)
        each = max(seconds - few, 1e-3) / (size - FEW)
        if kind == FIRST_FORM:
            yield Result("what the first import loads once", 0, max(first - few, 0.0), "seconds", FIRST_SECONDS)
        yield Result(f"{kind.upper()}, what each import loads once", 0, max(few - FEW * each, 0.0), "seconds", EACH_SECONDS)
        yield Result(f"{kind.upper()}, reports imported", 0, 1 / each, "/s a core", RATE, better="higher")
        yield Result(
            f"{kind.upper()}, beside the bare parser",
            0,
            1 / each,
            "/s a core",
            alone.rate,
            PARSERS[kind],
            "higher",
            SHARES[kind],
        )
        yield Result(f"{kind.upper()}, memory at most", 0, most / 1e6, "MB", MEMORY_MB)


def one_import(
    directory: Path, bundle: str, reports: int, alone: Alone, judge: Stopwatch, commit: Stopwatch
) -> tuple[float, float]:
    """Returns the seconds of processor time without judging, and the peak of memory in bytes."""
    judge.cpu = commit.cpu = alone.within = 0.0
    store = Store.create(directory / f"store-{bundle}", "first", "seven green boats", cost=CHEAP).store
    with Session(store) as session, Peak() as peak:
        busy = cpu()
        result = job.import_bundles(session, [directory / bundle], receipt=Receipt())
        busy = cpu() - busy - alone.within
    if result.reports.new != reports:
        raise RuntimeError(f"{result.reports} of {reports}; {result.quarantined[:2]}")
    alone.ask()
    return busy - judge.cpu, peak.most


def measure_urgent(size: int, place: Place) -> Iterator[Result]:
    """Yields when the reports that can't wait stand in the queue: one in a hundred, two images each.

    Images are one drawn JPEG with a changing comment segment: each is another file.
    """
    from PIL import Image

    directory, reports = place.scratch, size
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
    yield Result("the first that can't wait is in the queue", 0, arrived[0], "s (clock)", MINUTE)
    yield Result("the last that can't wait is in the queue", 0, arrived[-1], "s (clock)", MINUTE)
    yield Result("memory at most", 0, peak.most / 1e6, "MB", MEMORY_MB)
