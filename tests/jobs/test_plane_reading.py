"""What is read from the queue's planes for many reports, against their rows."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.jobs.conftest import NAME, PASSPHRASE
from tests.jobs.test_queue_windows import DAY, FLAGS, NOW, OPEN, Oracle, opened, write
from triage.errors import StoreError
from triage.jobs.reading import gallery_reading, queue
from triage.jobs.reading.queue import load_window
from triage.jobs.session import unlock
from triage.jobs.state import next_deadlines
from triage.jobs.state import queue_planes as planes_in_memory
from triage.jobs.state.queue_layout import COLUMNS, Bits
from triage.jobs.state.queue_planes import write_planes
from triage.jobs.wellbeing import own_work
from triage.model.private_account import PrivateSettings
from triage.model.queue_order import PRESERVE_NOW, QueueOrder
from triage.model.views import QueueFilter
from triage.store.database import Reader
from triage.store.queries import deadlines, requests
from triage.store.queries import queue_planes as sql
from triage.store.queries.queue_planes import BLOCK_BITS


@pytest.fixture(scope="module")
def new(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes an empty store for each example."""
    return lambda: Path(shutil.copytree(empty_store, tmp_path_factory.mktemp("q") / "s"))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_facts_of_a_gallery_are_the_same_from_planes_and_rows(
    monkeypatch: pytest.MonkeyPatch,
    new: Callable[[], Path],
    seed: int,
) -> None:
    with opened(new(), 60, seed) as (session, told, _):
        with session.store.batch() as batch:  # before the first second that the planes know, and in its first seconds
            for i, received in zip(sorted(told), (-5 * 3600, 86_400, 946_684_799, 946_684_800, 946_684_801), strict=False):
                write(batch, replace(told[i], received=received))
        wanted = np.array([*told, *told, 10_000, 10_000_000])
        found = []
        for large in (10_000, 10):
            monkeypatch.setattr(gallery_reading, "LARGE", large)
            found.append([column.tolist() for column in gallery_reading.read_report_facts(session, wanted)])
        assert found[0] == found[1]
        assert found[0][0] == sorted(told)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_away_is_as_a_plain_reading_has_it(
    monkeypatch: pytest.MonkeyPatch,
    new: Callable[[], Path],
    seed: int,
) -> None:
    with opened(new(), 60, seed) as (session, told, rng):
        wanted = set(rng.sample(FLAGS, rng.randrange(3)))
        monkeypatch.setattr(own_work, "load_own_settings", lambda _: PrivateSettings(keeps_away=tuple(wanted)))
        own = [row for row in told.values() if row.assignee == "first" and row.status in OPEN and row.flags & wanted]
        found = own_work.list_kept_away(session)
        assert {each.report_id: (each.band, set(each.kinds)) for each in found} == {
            row.number: (row.band, row.flags & wanted) for row in own
        }
        assert [each.band for each in found] == sorted(row.band for row in own)


def test_chosen_reports_are_asked_for_alone(new: Callable[[], Path]) -> None:
    with opened(new(), 60, 3) as (session, told, _), session.reading() as db:
        chosen = [*sorted(told)[::3], 10_000]
        every = requests.list_open_reports(db, 4)
        assert requests.list_open_reports(db, 4, chosen) == [i for i in every if i in set(chosen)]


@pytest.mark.parametrize("sparse", [1, 1_000_000], ids=["bit by bit", "as whole planes"])
def test_deadlines_are_read_only_by_what_asks_for_deadlines(
    monkeypatch: pytest.MonkeyPatch, new: Callable[[], Path], sparse: int
) -> None:
    """After a month many ran out: each first page once waited half a second for them. Writing must not make them forgotten."""
    read: list[int] = []
    plain = next_deadlines.NextDeadlines.make_plane

    def make(self: next_deadlines.NextDeadlines, number: int) -> Bits | None:
        read.append(number)
        return plain(self, number)

    monkeypatch.setattr(next_deadlines.NextDeadlines, "make_plane", make)
    monkeypatch.setattr(planes_in_memory, "_SPARSE", sparse)
    monkeypatch.setattr(queue, "read_now", lambda: NOW + 30 * DAY)
    with opened(new(), 60, 4) as (session, told, _):
        oracle = Oracle(told, NOW + 30 * DAY)

        def write_some(number: int) -> None:
            """Judges a report anew, with the planes written or beside them."""
            with session.store.batch() as batch:
                write(batch, told[sorted(told)[number]])
                if number % 2:
                    write_planes(batch)

        for number in range(3):
            load_window(session, QueueFilter(bands=("B",), open_only=True), QueueOrder("risk"), 0, 20)
            write_some(number)
        assert not read
        for number in range(3, 60, 4):
            shown, _ = oracle.select(PRESERVE_NOW)
            order = QueueOrder("deadline")
            assert [row.id for row in load_window(session, PRESERVE_NOW, order, 0, 100).rows] == oracle.sort(shown, order)
            write_some(min(number, len(told) - 1))
        monkeypatch.setattr("triage.jobs.reading.queue_table.FEW", 1)
        load_window(session, QueueFilter(), QueueOrder("deadline"), 0, 1)
        assert read


@pytest.mark.parametrize("column", ["has_deadline_1", "has_deadline_2"])
def test_planes_on_a_damaged_page_are_not_taken_for_empty_later(
    monkeypatch: pytest.MonkeyPatch, new: Callable[[], Path], column: str
) -> None:
    plain, order = sql.load_planes, QueueOrder("deadline")

    def load_some(db: Reader, planes: Iterable[int]) -> Iterator[tuple[int, int, bytes]]:
        """Reads one row of some planes, and finds the next one damaged."""
        damaged = COLUMNS[column].first in planes
        yield from islice(plain(db, planes), 1 if damaged else None)
        if damaged:
            raise StoreError("The store's database is damaged; run a check, and restore the newest backup.")

    monkeypatch.setattr(queue, "read_now", lambda: NOW)
    for few in ("FEW", "MANY"):  # no report is sorted by its row
        monkeypatch.setattr(f"triage.jobs.reading.queue_table.{few}", 0)
    with opened(new(), 60, 7) as (session, told, _):
        with session.store.batch() as batch:
            write_planes(batch)
        for _ in range(3):
            with monkeypatch.context() as patched, pytest.raises(StoreError):
                patched.setattr(sql, "load_planes", load_some)
                load_window(session, QueueFilter(), order, 0, 100)
        found = [row.id for row in load_window(session, QueueFilter(), order, 0, 100).rows]
        assert found == Oracle(told, NOW).sort(list(told.values()), order)


def test_a_store_of_an_older_schema_is_read_rightly_before_and_after_its_planes_are_written(
    monkeypatch: pytest.MonkeyPatch, new: Callable[[], Path]
) -> None:
    """Whoever can't write, because somebody else does, reads the rows of deadlines instead."""
    monkeypatch.setattr(queue, "read_now", lambda: NOW)
    folder = new()
    with opened(folder, 60, 6, 5) as (session, told, _):
        expected = Oracle(told, NOW).sort(list(told.values()), QueueOrder("deadline"))
        first = COLUMNS["has_deadline_1"].first << BLOCK_BITS
        with session.store.batch() as batch:  # as the migration leaves it
            write_planes(batch)
            batch.execute("DELETE FROM queue_plane WHERE id >= ? AND id < ?", (first, first + (39 << BLOCK_BITS)))
            batch.execute("INSERT INTO deadline_change (n, queue_row, place, duty) VALUES (1, 0, 0, 0)")
    for writes in (False, True, True):
        with unlock(folder, NAME, PASSPHRASE) as session, session.reading() as db:
            with nullcontext() if writes else session.store.locked(), ThreadPoolExecutor(1) as other:
                window = other.submit(load_window, session, QueueFilter(), QueueOrder("deadline"), 0, 100).result()
            assert [row.id for row in window.rows] == expected
        with unlock(folder, NAME, PASSPHRASE) as session, session.reading() as db:
            assert deadlines.are_unwritten(db) != writes
            assert not planes_in_memory.find_wrong_planes(db, NOW)
