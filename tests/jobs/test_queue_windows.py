"""Every filter, order and page of the queue against a plain reading of the same rows."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.jobs.conftest import NAME, PASSPHRASE
from tests.thorough import THOROUGH, count_examples
from triage.jobs.judging.number_order import format_sort_key
from triage.jobs.keeping.check import check_store, rebuild_queue
from triage.jobs.reading.queue import (
    count_lanes,
    count_queue,
    find_place,
    list_facet_values,
    list_queue_ids,
    list_queue_rows,
    load_window,
    order_reports,
)
from triage.jobs.reading.queue_bits import list_ids
from triage.jobs.session import Session
from triage.jobs.state import queue_planes as planes_job
from triage.jobs.state.queue_layout import COLUMNS
from triage.model.judgement import BANDS
from triage.model.languages import QUEUE_LANGUAGES, encode_languages
from triage.model.queue_order import PRESERVE_NOW, QueueColumn, QueueFacet, QueueOrder
from triage.model.views import STATUSES, QueueFilter
from triage.store.database import Writer
from triage.store.queries import deadlines, judgement
from triage.store.queries.judgement import QueueFacts
from triage.store.queries.kept_counts import find_wrong_counts
from triage.store.store import Store

NOW = int(datetime(2026, 11, 28, 9, tzinfo=UTC).timestamp())
DAY = 86_400
OFFICES, PROVINCES = ("HQ", "ISB", "KHI", "LHR"), ("SD", "PB", "KP")
PROVIDERS = ("Saffron Chat", "indigo Drive", "Paper Boat", "Ätna", "zeta")
TYPES, FLAGS = ("CSAM", "Enticement"), ("child lane", "live", "spam", "viral")
OPEN = ("new", "in_progress", "on_hold")


@dataclass(frozen=True)
class Told:
    """What a report says, in the words of people."""

    id: int
    number: str
    band: str
    risk: int
    action: int
    status: str
    office: str | None
    province: str | None
    esp: str | None
    incident_type: str | None
    assignee: str | None
    flags: frozenset[str]
    languages: frozenset[str]
    received: int | None
    arrived: int
    deadlines: tuple[tuple[int, int], ...]
    """(due, 1 for the stage of a case, which is a duty)"""
    original: int | None

    def due(self, now: int) -> int | None:
        return min((due for due, duty in self.deadlines if duty or due >= now), default=None)


def tell(rng: random.Random, i: int, many: int = 2) -> Told:
    """Few values, so that many reports are equal. Each has up to `many` deadlines, more than the planes hold if need be."""
    some = rng.choice
    number = f"L-{rng.getrandbits(64):016x}" if rng.random() < 0.2 else str(rng.randrange(10**9))
    return Told(
        id=i,
        number=number,
        band=some(BANDS),
        risk=some((0, 0, 500, 501, 1000)),
        action=some((0, 120, 120, 990)),
        status=some(STATUSES),
        office=some((*OFFICES, None)),
        province=some((*PROVINCES, None)),
        esp=some((*PROVIDERS, None)),
        incident_type=some((*TYPES, None)),
        assignee=some(("first", None)),
        flags=frozenset(flag for flag in FLAGS if rng.random() < 0.3),
        languages=frozenset(name for name in QUEUE_LANGUAGES[:4] if rng.random() < 0.3),
        received=some((None, NOW - rng.randrange(400 * DAY))),
        arrived=NOW - rng.randrange(3) * DAY,
        deadlines=tuple(
            {
                NOW + rng.randrange(-40, 60) * DAY + rng.randrange(DAY): int(rng.random() < 1 / many)
                for _ in range(rng.randrange(many + 1))
            }.items()
        ),
        original=some((None, None, rng.randrange(1, i))) if i > 1 else None,
    )


def write(batch: Writer, told: Told) -> None:
    """Writes a report as judging would."""

    def code(kind: str, word: str | None) -> int | None:
        return None if word is None else judgement.find_or_add_code(batch, kind, word)

    for flag in FLAGS:
        code("flag", flag)
    ranks = {word: rank for rank, word in enumerate(judgement.load_codes(batch, "flag").values())}
    batch.execute(
        "INSERT OR IGNORE INTO report (id, number, version, first_number) VALUES (?,?,1,?)", (told.id, told.number, told.number)
    )
    facts = QueueFacts(
        band=BANDS.index(told.band), risk=told.risk, actionability=told.action, esp=code("esp", told.esp),
        incident_type=code("incident_type", told.incident_type), office=code("office", told.office), received=told.received,
        received_estimated=0, status=STATUSES.index(told.status), assignee=None if told.assignee is None else 1,  # type: ignore[arg-type]
        flags=sum(1 << ranks[flag] for flag in told.flags), in_pakistan=None, province=code("province", told.province),
        duplicates_of=told.original, files=0, files_present=0, number_key=format_sort_key(told.number),
        languages=encode_languages(told.languages), arrived=told.arrived,
    )  # fmt: skip
    judgement.save_queue_facts(batch, [(told.id, facts)])
    names = [judgement.find_or_add_code(batch, "due_name", name) for name in ("provider data", "case stage")]
    deadlines.save_deadlines(batch, [(told.id, [(d, names[duty], duty) for d, duty in told.deadlines])])


class Oracle:
    """The queue as plain Python over all rows."""

    def __init__(self, told: dict[int, Told], now: int) -> None:
        self.told, self.now = told, now

    def fits(self, row: Told, wanted: QueueFilter) -> bool:
        def any_of(values: tuple[str, ...], own: str | None) -> bool:
            return not values or (own or "") in values

        def some_of(values: tuple[str, ...], own: frozenset[str]) -> bool:
            return not values or bool(set(values) & (own or {""}))

        own = {
            "band": {row.band}, "status": {row.status}, "office": {row.office or ""}, "assignee": {row.assignee or ""},
            "provider": {row.esp or ""}, "incident_type": {row.incident_type or ""}, "province": {row.province or ""},
            "flag": row.flags or {""}, "language": row.languages or {""},
        }  # fmt: skip
        due, days, since = row.due(self.now), wanted.expiring_within_days, wanted.new_since
        kept = wanted.preserve_within_days
        return (
            any_of(wanted.bands, row.band)
            and any_of(wanted.statuses, row.status)
            and any_of(wanted.offices, row.office)
            and any_of(wanted.assignees, row.assignee)
            and any_of(wanted.providers, row.esp)
            and any_of(wanted.incident_types, row.incident_type)
            and any_of(wanted.provinces, row.province)
            and some_of(wanted.flags, row.flags)
            and some_of(wanted.languages, row.languages)
            and not any(value in own[facet] for facet, value in wanted.excluded)
            and (not wanted.open_only or row.status in OPEN)
            and (days is None or (due is not None and due < self.now + days * DAY))
            and (kept is None or any(self.now <= d < self.now + kept * DAY for d, duty in row.deadlines if not duty))
            and (since is None or row.arrived > datetime.fromisoformat(since).timestamp())
        )

    def select(self, wanted: QueueFilter) -> tuple[list[Told], Counter[int]]:
        """Returns the reports that are shown, and how many fold into each."""
        fitting = {i: row for i, row in self.told.items() if self.fits(row, wanted)}
        folded = [row for row in fitting.values() if wanted.fold_duplicates and row.original in fitting]
        shown = [row for row in fitting.values() if row not in folded]
        return shown, Counter(row.original for row in folded if row.original is not None)

    def sort(self, rows: list[Told], order: QueueOrder) -> list[int]:
        turn = -1 if order.descending else 1

        def priority(row: Told, turn: int) -> tuple[object, ...]:
            due, key = row.due(self.now), format_sort_key(row.number)
            number = int.from_bytes(key.encode().ljust(32, b"\0"), "big")
            return (
                turn * BANDS.index(row.band), -turn * row.risk, -turn * row.action, due is None, turn * (due or 0), turn * number,
            )  # fmt: skip

        def key(row: Told) -> tuple[object, ...]:
            name = order.column
            if name == "priority":
                return priority(row, turn)
            number = {
                "risk": row.risk, "actionability": row.action, "deadline": row.due(self.now), "received": row.received,
                "status": STATUSES.index(row.status),  # type: ignore[arg-type]
            }  # fmt: skip
            if name in number:
                value = number[name]
                return value is None, turn * (value or 0), *priority(row, 1)
            own = {
                "provider": row.esp, "incident_type": row.incident_type, "province": row.province, "office": row.office,
                "assignee": row.assignee,
            }[name]  # fmt: skip
            letters = tuple(turn * ord(c) for c in (own or "").casefold())
            return own is None, (*letters, turn * -1), *priority(row, 1)

        return [row.id for row in sorted(rows, key=key)]


@contextmanager
def opened(folder: Path, reports: int, seed: int, many: int = 2) -> Iterator[tuple[Session, dict[int, Told], random.Random]]:
    """Yields a store with so many reports, some of them in planes and some changed since."""
    rng = random.Random(seed)
    with Session(Store.open(folder, NAME, PASSPHRASE)) as session:
        told: dict[int, Told] = {}
        for step in range(3):
            with session.store.batch() as batch:
                for i in range(step * reports // 3 + 1, (step + 1) * reports // 3 + 1):
                    told[i] = tell(rng, i, many)
                    write(batch, told[i])
                change(batch, told, rng, many)
                if step < rng.randrange(3):
                    planes_job.write_planes(batch)
        yield session, told, rng


def change(batch: Writer, told: dict[int, Told], rng: random.Random, many: int) -> None:
    """Decides on some reports, judges others anew, and destroys one."""
    for i in rng.sample(sorted(told), len(told) // 4):
        if rng.random() < 0.5:
            told[i] = replace(told[i], status=rng.choice(STATUSES), assignee=rng.choice(("first", None)))
            judgement.set_status(batch, i, STATUSES.index(told[i].status), None if told[i].assignee is None else 1)  # type: ignore[arg-type]
        else:
            told[i] = replace(tell(rng, i, many), number=told[i].number)
            write(batch, told[i])
    if len(told) > 5:
        gone = rng.choice(sorted(told))
        batch.execute("UPDATE queue SET duplicates_of = NULL WHERE duplicates_of = ?", (gone,))
        for table in ("deadline", "queue"):
            batch.execute(f"DELETE FROM {table} WHERE report_id = ?", (gone,))
        batch.execute("DELETE FROM report WHERE id = ?", (gone,))
        del told[gone]
        for i, row in told.items():
            if row.original == gone:
                told[i] = replace(row, original=None)


def some(rng: random.Random, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(rng.sample((*values, ""), rng.choice((0, 0, 0, 1, 2))))


EXCLUDED = (
    ("band", "C"),
    ("status", "closed"),
    ("office", ""),
    ("provider", PROVIDERS[0]),
    ("flag", FLAGS[0]),
    ("flag", ""),
    ("language", QUEUE_LANGUAGES[1]),
)


def filter_of(rng: random.Random) -> QueueFilter:
    return QueueFilter(
        bands=tuple(rng.sample(BANDS, rng.choice((0, 0, 2)))),
        statuses=tuple(rng.sample(STATUSES, rng.choice((0, 0, 3)))),
        offices=some(rng, OFFICES),
        assignees=some(rng, ("first",)),
        providers=some(rng, (*PROVIDERS, "of no report")),
        incident_types=some(rng, TYPES),
        flags=some(rng, FLAGS),
        languages=some(rng, QUEUE_LANGUAGES[:4]),
        provinces=some(rng, PROVINCES),
        excluded=tuple(rng.sample(EXCLUDED, rng.choice((0, 1, 2)))),
        open_only=rng.random() < 0.2,
        **rng.choice(({}, {}, {}, {"expiring_within_days": 30}, {}, {}, {}, {"preserve_within_days": 30})),
        new_since=rng.choice((None, None, datetime.fromtimestamp(NOW - 1.5 * DAY, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))),
        fold_duplicates=rng.random() < 0.3,
    )


@pytest.fixture(scope="module")
def new(empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """Makes an empty store for each example."""
    return lambda: Path(shutil.copytree(empty_store, tmp_path_factory.mktemp("q") / "s"))


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.jobs.reading.queue.read_now", lambda: NOW)
    monkeypatch.setattr("triage.jobs.reading.queue_rows.read_now", lambda: NOW)


@pytest.mark.parametrize("few", [1, 64])
@given(seed=st.integers(0, 10_000))
@settings(max_examples=count_examples(6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_window_is_as_a_plain_reading_has_it(
    few: int, monkeypatch: pytest.MonkeyPatch, new: Callable[[], Path], seed: int
) -> None:
    for name in ("reading.queue_table.FEW", "reading.queue_bits.FEW", "reading.queue_bits.NEAR", "state.queue_layout._TOGETHER"):
        monkeypatch.setattr(f"triage.jobs.{name}", few)
    monkeypatch.setattr("triage.jobs.reading.queue_table.MANY", 10 * few)
    monkeypatch.setattr("triage.jobs.reading.queue_table._FIRST_WORDS", few // 32)
    with opened(new(), 120, seed) as (session, told, rng):
        oracle = Oracle(told, NOW)
        for column in get_args(QueueColumn):
            wanted, order = filter_of(rng), QueueOrder(column, rng.random() < 0.5)
            shown, copies = oracle.select(wanted)
            expected = oracle.sort(shown, order)
            start, count = rng.randrange(len(shown) + 2), rng.choice((1, 7, 200))
            window = load_window(session, wanted, order, start, count)
            assert [row.id for row in window.rows] == expected[start : start + count], (order, wanted)
            assert (window.total, window.start) == (len(shown), start)
            assert {row.id: row.copies for row in window.rows if row.copies} == {
                i: n for i, n in copies.items() if i in {row.id for row in window.rows}
            }
            assert count_queue(session, wanted) == len(shown)
            if expected:
                at = rng.randrange(len(expected))
                assert find_place(session, wanted, order, expected[at]) == at
            outside = sorted(told.keys() - set(expected))
            for i in (
                outside if THOROUGH else outside[:: len(outside) // 8 + 1]
            ):  # some of those that are not shown, over the whole store
                assert find_place(session, wanted, order, i) is None
            if column == "priority" and not order.descending:
                assert list(list_queue_ids(session, wanted)) == expected
                assert list(order_reports(session, {*expected[::3], 10_000_000})) == expected[::3]
        monkeypatch.setattr("triage.jobs.reading.queue.ROWS_AT_ONCE", 7)
        wanted = filter_of(rng)
        assert list_queue_rows(session, wanted, 40, 3) == load_window(session, wanted, QueueOrder(), 3, 40).rows


@given(seed=st.integers(0, 10_000))
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_values_of_a_facet_are_counted_under_the_other_filters(new: Callable[[], Path], seed: int) -> None:
    own = {
        "band": ("bands", lambda row: (row.band,)),
        "status": ("statuses", lambda row: (row.status,)),
        "office": ("offices", lambda row: (row.office or "",)),
        "assignee": ("assignees", lambda row: (row.assignee or "",)),
        "provider": ("providers", lambda row: (row.esp or "",)),
        "incident_type": ("incident_types", lambda row: (row.incident_type or "",)),
        "flag": ("flags", lambda row: row.flags or ("",)),
        "language": ("languages", lambda row: row.languages or ("",)),
        "province": ("provinces", lambda row: (row.province or "",)),
    }
    with opened(new(), 90, seed) as (session, told, rng):
        for facet in get_args(QueueFacet):
            wanted = filter_of(rng)
            field, values = own[facet]
            others = tuple(pair for pair in wanted.excluded if pair[0] != facet)
            shown, _ = Oracle(told, NOW).select(replace(wanted, **{field: ()}, excluded=others))
            expected = Counter(value for row in shown for value in values(row))  # type: ignore[no-untyped-call]
            found = list_facet_values(session, wanted, facet)
            assert {each.value: each.count for each in found} == dict(expected)
            assert [each.count for each in found] == sorted(expected.values(), reverse=True)
            part = list_facet_values(session, wanted, facet, contains="A", limit=2)
            assert all("a" in each.value.casefold() for each in part) and len(part) <= 2


YEARS = st.integers(-800 * DAY, 800 * DAY)


@example(seed=10, moments=[5 * DAY, 0, 5 * DAY, 5 * DAY + 3_600, -3_600], many=3)  # two of a report ran out before anybody wrote
@given(
    seed=st.integers(0, 10_000),
    moments=st.lists(YEARS | st.integers(-60 * DAY, 60 * DAY), min_size=3, max_size=6),
    many=st.integers(0, 7),
)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_lanes_and_order_stay_true_as_time_passes(
    monkeypatch: pytest.MonkeyPatch, new: Callable[[], Path], seed: int, moments: list[int], many: int
) -> None:
    """Deadlines run out while nobody writes, all of them at last, and some reports change meanwhile; the clock is set back too."""
    for few in ("state.next_deadlines._FEW", "state.queue_layout._TOGETHER"):
        monkeypatch.setattr(f"triage.jobs.{few}", 1 + seed % 2 * 4)
    with opened(new(), 80, seed, many) as (session, told, rng):
        for moment, writes in [(NOW + after, n % 2 == 1) for n, after in enumerate(moments)]:
            monkeypatch.setattr("triage.jobs.reading.queue.read_now", lambda moment=moment: moment)
            monkeypatch.setattr("triage.jobs.reading.queue_rows.read_now", lambda moment=moment: moment)
            oracle, order = Oracle(told, moment), QueueOrder("deadline", rng.random() < 0.5)
            shown, _ = oracle.select(PRESERVE_NOW)
            window = load_window(session, PRESERVE_NOW, order, 0, 100)
            assert [row.id for row in window.rows] == oracle.sort(shown, order)
            counts, rows = count_lanes(session), list(told.values())
            work = [row for row in rows if row.status in OPEN]
            assert counts.expiring == len(shown)
            assert counts.open == len(work) and counts.total == len(rows)
            assert counts.child_lane == sum("child lane" in row.flags for row in work)
            assert counts.bands == {band: sum(row.band == band for row in work) for band in BANDS}
            assert counts.statuses == {status: sum(row.status == status for row in rows) for status in STATUSES}
            assert {name: n for name, n in counts.offices.items() if n} == dict(Counter(row.office for row in work if row.office))
            with planes_job.open_planes(session, moment) as (_, planes):
                overdue = list_ids(planes.next_deadlines.find_overdue_duties()).tolist()
            assert overdue == [row.id for row in rows if any(duty and due < moment for due, duty in row.deadlines)]
            if writes:
                with session.store.batch() as batch:
                    change(batch, told, rng, many)
                    if rng.random() < 0.5:
                        planes_job.write_planes(batch)
            with session.reading() as db:
                assert not find_wrong_counts(db) and not planes_job.find_wrong_planes(db, moment)


@pytest.mark.parametrize("first", ["0", "007", "7"])
def test_a_row_says_the_number_of_its_report(new: Callable[[], Path], first: str) -> None:
    """Numbers are read from the key by which they are sorted."""
    numbers = (first, "1", "120", "9" * 21, "10" * 15, "٠٢٣", "L-00ff00ff00ff00ff", "~L-1", "~~", "-7", "+012")
    with opened(new(), 0, 1) as (session, _, rng):
        with session.store.batch() as batch:
            for i, number in enumerate(numbers, start=1):
                write(batch, replace(tell(rng, i), number=number, original=None))
            batch.note("told", reports=len(numbers))
        rows = load_window(session, QueueFilter(), QueueOrder(), 0, len(numbers)).rows
    assert {row.id: row.report_id for row in rows} == dict(enumerate(numbers, start=1))


def test_a_wrong_count_and_a_wrong_plane_are_found_and_mended(new: Callable[[], Path]) -> None:
    with opened(new(), 60, 5) as (session, _, _):
        for damage in (
            "UPDATE queue_count SET n = n + 1",
            "UPDATE expiring_count SET n = n + 1",
            "UPDATE deadline SET place = place + 1",
            f"UPDATE queue_plane SET bits = CAST('x' AS BLOB) WHERE id >> 20 = {COLUMNS['has_deadline_2'].first}",
            "UPDATE queue_plane SET bits = CAST('x' AS BLOB) WHERE id = (SELECT min(id) FROM queue_plane)",
        ):
            with session.store.batch() as batch:
                planes_job.write_planes(batch)
                batch.execute(damage)
            assert "--rebuild-queue" in str(check_store(session).problems)
            rebuild_queue(session)
            assert "--rebuild-queue" not in str(check_store(session).problems)
