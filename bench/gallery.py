"""Measures the gallery page on stores of many files: `python -m bench.gallery [--counts 300,10000,200000] [--busy]`.

Stores are filled with rows, without files behind them: media items with blurred previews, reports, grades, views, near copies and
a hash list. The page is loaded, arranged, filtered and scrolled in an invisible window: by lines, by pages, and by dragging the
bar to and fro. Printed are the time of each frame and how long the event loop was blocked. It fails when a frame or a block takes
more than 50 ms. On a busy machine other programs take the time: `--busy` judges by the processor time of the window's thread.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from triage.hashing.orientations import orient_pdq
from triage.jobs.codec import facts_to_bytes
from triage.jobs.session import Session
from triage.model.gallery import FileFacet, GalleryFilter, GalleryScope, Grouping
from triage.model.media import MediaFacts, Perceptual
from triage.store.key_form import Cost
from triage.store.store import Store
from triage.ui.app import application
from triage.ui.core.api import Api
from triage.ui.core.runner import Runner
from triage.ui.gallery.page import GalleryPage
from triage.ui.kit import theme

LIMIT_MS = 50.0
SIZE = (1186, 740)
"""Of the page in a window of 1366 x 768."""
PROBE_MS = 5
PER_REPORT = 5
AT_ONCE = 5_000


def fill_store(session: Session, count: int) -> None:
    """Fills a store with `count` media items: a tenth graded, a tenth viewed, every 20th with a near copy, every 50th on a list."""
    dice = random.Random(count)
    with session.store.batch() as batch:
        batch.execute(
            "INSERT INTO hash_list (id, name, kind, added, sha256, entries, unmatched)"
            " VALUES (1, 'drawn', 'known', '2026-11-01T00:00:00Z', '', 0, '[]')"
        )
        batch.execute("INSERT INTO list_entry (id, list_id) VALUES (1, 1)")
        batch.execute("INSERT INTO bundle (id, started, user_id, paths) VALUES (1, '2026-11-01T00:00:00Z', 1, '[]')")
        batch.execute("INSERT INTO code (id, kind, word) VALUES (9001, 'office', 'LHR'), (9002, 'esp', 'Lantern Chat')")
        batch.note("thing done")
    for start in range(0, count, AT_ONCE):
        ids = range(start + 1, min(count, start + AT_ONCE) + 1)
        with session.store.batch() as batch:
            _add_items(batch, ids, dice)
            _add_reports(batch, sorted({1 + i // PER_REPORT for i in ids}), dice)
            batch.executemany(
                "INSERT INTO file (report_id, bundle_id, media_item_id, name, path, level, exhibit) VALUES (?,1,?,?,'','',?)",
                [(1 + i // PER_REPORT, i, f"IMG_{i:07}.jpg", i) for i in ids],
            )
            _add_work(batch, ids)
            batch.note("thing done")


def _add_items(batch: object, ids: range, dice: random.Random) -> None:
    rows = []
    for i in ids:
        pdq = dice.randbytes(32)
        hashes = Perceptual(pdq=pdq, quality=90, turns=orient_pdq(pdq), phash=bytes(8))
        base = dice.randrange(30, 120)
        preview = bytes(min(255, base + (x * (i % 5 + 1) + y * (i % 3 + 1)) // 3) for y in range(32) for x in range(32))
        facts = facts_to_bytes(MediaFacts(mime="image/jpeg", width=800, height=600, perceptual=hashes, preview=preview))
        rows.append((i, f"{i:064x}", f"{i:032x}", f"{i:040x}", 200_000, i, facts, pdq, 90))
    batch.executemany(  # type: ignore[attr-defined]
        "INSERT INTO media_item (id, sha256, md5, sha1, size, item, facts, pdq, quality) VALUES (?,?,?,?,?,?,?,?,?)", rows
    )


def _add_reports(batch: object, numbers: list[int], dice: random.Random) -> None:
    batch.executemany(  # type: ignore[attr-defined]
        "INSERT OR IGNORE INTO report (id, number, version, first_number) VALUES (?1, ?2, 1, ?2)",
        [(i, f"{900_000_000 + i}") for i in numbers],
    )
    batch.executemany(  # type: ignore[attr-defined]
        "INSERT OR IGNORE INTO queue (report_id, band, risk, actionability, esp, office, received, received_estimated, status,"
        " flags, files, files_present, number_key) VALUES (?,?,?,?,9002,9001,?,0,0,0,5,5,?)",
        [(i, dice.randrange(5), dice.randrange(1000), 500, 1_790_000_000 + i * 60, str(i).zfill(20)) for i in numbers],
    )


def _add_work(batch: object, ids: range) -> None:
    many: Callable[..., object] = batch.executemany  # type: ignore[attr-defined]
    many(
        "INSERT INTO grade (media_item_id, report_id, user_id, given, grade, court, settles)"
        " VALUES (?,?,1,'2026-11-01T00:00:00Z','not pertinent',0,0)",
        [(i, 1 + i // PER_REPORT) for i in ids if i % 10 == 3],
    )
    many("INSERT INTO media_seen (media_item_id) VALUES (?)", [(i,) for i in ids if i % 10 == 4])
    many("INSERT INTO media_match (a, b, distance, asked_item) VALUES (?,?,12,?)", [(i - 1, i, i) for i in ids if i % 20 == 5])
    many(
        "INSERT INTO list_hash (hash_kind, value, list_id, entry_id) VALUES ('md5',?,1,1)",
        [(i.to_bytes(16),) for i in ids if i % 50 == 7],
    )


@dataclass(slots=True)
class Probe:
    """Measures how long the event loop was blocked, by a timer that should come every few milliseconds."""

    wall: float = 0.0
    cpu: float = 0.0
    _timer: QTimer = field(default_factory=QTimer)
    _last: tuple[float, float] = (0.0, 0.0)

    def start(self) -> None:
        self._timer.setInterval(PROBE_MS)
        self._timer.timeout.connect(self._tick)
        self._last = (time.perf_counter(), time.thread_time())
        self._timer.start()

    def _tick(self) -> None:
        now = (time.perf_counter(), time.thread_time())
        self.wall = max(self.wall, (now[0] - self._last[0]) * 1000 - PROBE_MS)
        self.cpu = max(self.cpu, (now[1] - self._last[1]) * 1000)
        self._last = now

    def stop(self) -> None:
        self._timer.stop()


@dataclass(frozen=True, slots=True)
class GalleryFigures:
    """Figures of one store, in milliseconds; of frames the median, the 99th percentile and the longest."""

    count: int
    load: float
    arrange: float
    frames: int
    frame_median: float
    frame_p99: float
    frame_longest: float
    frame_cpu: float
    blocked: float
    blocked_cpu: float
    asked: int

    def is_over(self, *, busy: bool) -> bool:
        """Returns whether a frame or a block is over the limit."""
        return max(self.frame_cpu, self.blocked_cpu) > LIMIT_MS if busy else max(self.frame_longest, self.blocked) > LIMIT_MS


def measure_gallery(session: Session, count: int) -> GalleryFigures:
    """Opens the page on a filled store and measures loading, arranging and scrolling. The session is closed."""
    app = application()
    theme.apply(app, "dark", "en")
    api, runner = Api(session), Runner()
    host = QWidget()
    page = GalleryPage(api, runner)
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    host.resize(*SIZE)
    host.show()
    asked = _count_requests(api)
    _run(50)
    probe = Probe()
    probe.start()
    began = time.perf_counter()
    page.choose_scope(GalleryScope())
    page.reload()
    _wait(runner)
    load = (time.perf_counter() - began) * 1000
    began = time.perf_counter()
    for wanted, grouping in (
        (GalleryFilter().toggle(FileFacet.STATE, "unseen"), Grouping.NONE),
        (GalleryFilter(), Grouping.REPORT),
        (GalleryFilter(fold_done=True), Grouping.DAY),
        (GalleryFilter(), Grouping.NONE),
    ):
        page.wanted = wanted
        page.set_grouping(grouping)
        _wait(runner)
    arrange = (time.perf_counter() - began) * 1000 / 4
    frames = _scroll(page)
    page.grid.select_all()
    _run(100)
    _wait(runner)
    probe.stop()
    walls, cpus = sorted(wall for wall, _ in frames), sorted(cpu for _, cpu in frames)
    host.close()
    host.deleteLater()
    _run(50)
    runner.stop()
    api.close()
    return GalleryFigures(
        count=count, load=load, arrange=arrange, frames=len(frames), frame_median=walls[len(walls) // 2],
        frame_p99=walls[len(walls) * 99 // 100], frame_longest=walls[-1], frame_cpu=cpus[-1], blocked=probe.wall,
        blocked_cpu=probe.cpu, asked=len(asked),
    )  # fmt: skip


def _count_requests(api: Api) -> list[int]:
    """Notes the number of cells of each request."""
    asked: list[int] = []
    load = api.gallery_cells

    def count(wanted: list[tuple[int, int]]) -> object:
        asked.append(len(wanted))
        return load(wanted)

    api.gallery_cells = count  # type: ignore[method-assign,assignment]
    return asked


def _scroll(page: GalleryPage) -> list[tuple[float, float]]:
    """Scrolls by lines, by pages and by dragging; returns wall and processor milliseconds of each frame."""
    bar, dice = page.grid.verticalScrollBar(), random.Random(1)
    bar.setValue(0)
    _run(100)
    steps = [bar.singleStep()] * 120 + [bar.pageStep()] * 60
    places = [min(bar.maximum(), sum(steps[: n + 1])) for n in range(len(steps))]
    places += [bar.maximum() * n // 40 for n in range(41)] + [dice.randrange(bar.maximum() + 1) for _ in range(40)]
    frames = []
    for place in places:
        began = (time.perf_counter(), time.thread_time())
        bar.setValue(place)
        page.grid.viewport().repaint()
        frames.append(((time.perf_counter() - began[0]) * 1000, (time.thread_time() - began[1]) * 1000))
        _run(8)
    return frames


def _run(milliseconds: int) -> None:
    """Runs the event loop for some time."""
    until = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < until:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)
        time.sleep(0.001)


def _wait(runner: Runner) -> None:
    """Runs the event loop until all that was asked came."""
    while runner.under_way():
        _run(10)
    _run(30)


def build_store(folder: Path, count: int) -> Session:
    """Creates and fills a store; returns a session on it."""
    session = Session(Store.create(folder / f"store-{count}", "first", "seven green boats", cost=Cost(64, 1, 1)).store)
    fill_store(session, count)
    return session


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="300,10000,200000")
    parser.add_argument("--busy", action="store_true")
    chosen = parser.parse_args()
    over = False
    print("files    load ms  arrange ms  frame ms: median  p99  longest (cpu)  blocked ms (cpu)  requests")
    with tempfile.TemporaryDirectory() as folder:
        for count in map(int, chosen.counts.split(",")):
            found = measure_gallery(build_store(Path(folder), count), count)
            over |= found.is_over(busy=chosen.busy)
            print(
                f"{found.count:<8} {found.load:7.0f} {found.arrange:11.0f} {found.frame_median:17.1f} {found.frame_p99:4.1f}"
                f" {found.frame_longest:8.1f} ({found.frame_cpu:.1f}) {found.blocked:11.1f} ({found.blocked_cpu:.1f}) {found.asked:9}",
                flush=True,
            )
    return int(over)


if __name__ == "__main__":
    sys.exit(main())
