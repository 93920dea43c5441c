"""The gallery page on stores of many files.

A row of the suite: `python -m bench gallery`; its size is the number of files. Stores are filled with rows, without files behind them: media
items with blurred previews, reports, grades, views, near copies and a hash list. The page is loaded, in parts when there are many files,
arranged, filtered and scrolled in an invisible window: by lines, by pages, and by dragging the bar to and fro. Frames and blocks are
processor time of the window's thread.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bench.probe import Probe, rest, settle, take
from bench.suite.model import Place, Result
from triage.hashing.orientations import orient_pdq
from triage.jobs.codec import facts_to_bytes
from triage.jobs.session import Session
from triage.jobs.state.queue_planes import keep_planes
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
FRAME_MS = 16.0  # sixty frames a second
LOAD_MS = 500.0
SIZE = (1186, 740)
"""Of the page in a window of 1366 x 768."""
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
            keep_planes(batch)
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
        "INSERT INTO report (id, number, version, first_number) VALUES (?1, ?2, 1, ?2) ON CONFLICT DO NOTHING",
        [(i, f"{900_000_000 + i}") for i in numbers],
    )
    batch.executemany(  # type: ignore[attr-defined]
        "INSERT INTO queue (report_id, band, risk, actionability, esp, office, received, received_estimated, status,"
        " flags, files, files_present, number_key, languages, arrived)"
        " VALUES (?1,?2,?3,500,9002,9001,?4,0,0,0,5,5,?5,0,?4) ON CONFLICT DO NOTHING",
        [(i, dice.randrange(5), dice.randrange(1000), 1_790_000_000 + i * 60, str(i).zfill(20)) for i in numbers],
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


def measure_gallery(size: int, place: Place) -> Iterator[Result]:
    """Yields what loading, arranging and scrolling so many files cost the window's thread."""
    app = application()
    theme.apply(app, "dark", "en")
    api, runner = Api(build_store(place.scratch, size)), Runner()
    host = QWidget()
    page = GalleryPage(api, runner)
    layout = QVBoxLayout(host)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(page)
    host.resize(*SIZE)
    host.show()
    asked = _count_requests(api)
    rest(0.05)
    began = time.process_time()
    with Probe() as probe:
        page.choose_scope(GalleryScope())
        page.reload()
        settle(runner)
    yield Result("the store is shown", 0, (time.process_time() - began) * 1000, "ms, all threads", LOAD_MS)
    yield Result("the store is shown, longest block", 0, probe.longest_ms, "ms", LIMIT_MS)
    if page.items is not None and page.items.part is not None:
        began = time.process_time()
        page.parts.go_on()
        settle(runner)
        yield Result("the next part is shown", 0, (time.process_time() - began) * 1000, "ms, all threads", LOAD_MS)
    began = time.process_time()
    with Probe() as probe:
        for wanted, grouping in (
            (GalleryFilter().toggle(FileFacet.STATE, "unseen"), Grouping.NONE),
            (GalleryFilter(), Grouping.REPORT),
            (GalleryFilter(fold_done=True), Grouping.DAY),
            (GalleryFilter(), Grouping.NONE),
        ):
            page.wanted = wanted
            page.set_grouping(grouping)
            settle(runner)
    yield Result("filter or group", 0, (time.process_time() - began) * 1000 / 4, "ms, all threads", LOAD_MS)
    yield Result("filter or group, longest block", 0, probe.longest_ms, "ms", LIMIT_MS)
    with Probe() as probe:
        frames = sorted(_scroll(page))
    yield Result("scroll, slowest frame", 0, frames[-1], "ms", LIMIT_MS)
    yield Result("scroll, 99 of 100 frames", 0, frames[len(frames) * 99 // 100], "ms", FRAME_MS)
    yield Result("scroll, longest block", 0, probe.longest_ms, "ms", LIMIT_MS)
    with Probe() as probe:
        page.grid.select_all()
        settle(runner)
    yield Result("select all, longest block", 0, probe.longest_ms, "ms", LIMIT_MS)
    yield Result("requests for cells, a frame", 0, len(asked) / len(frames), "requests", 2)
    host.close()
    host.deleteLater()
    rest(0.05)
    runner.stop()
    api.close()


def _count_requests(api: Api) -> list[int]:
    """Notes the number of cells of each request."""
    asked: list[int] = []
    load = api.gallery_cells

    def count(wanted: list[tuple[int, int]]) -> object:
        asked.append(len(wanted))
        return load(wanted)

    api.gallery_cells = count  # type: ignore[method-assign,assignment]
    return asked


def _scroll(page: GalleryPage) -> list[float]:
    """Scrolls by lines, by pages and by dragging; returns milliseconds of the window's thread for each frame."""
    bar, dice = page.grid.verticalScrollBar(), random.Random(1)
    bar.setValue(0)
    rest(0.1)
    steps = [bar.singleStep()] * 120 + [bar.pageStep()] * 60
    places = [min(bar.maximum(), sum(steps[: n + 1])) for n in range(len(steps))]
    places += [bar.maximum() * n // 40 for n in range(41)] + [dice.randrange(bar.maximum() + 1) for _ in range(40)]
    frames = []
    for place in places:
        frames.append(take(lambda at=place: (bar.setValue(at), page.grid.viewport().repaint())))  # type: ignore[misc]
        rest(0.008)
    return frames


def build_store(folder: Path, count: int) -> Session:
    """Creates and fills a store; returns a session on it."""
    session = Session(Store.create(folder / f"store-{count}", "first", "seven green boats", cost=Cost(64, 1, 1)).store)
    fill_store(session, count)
    return session
