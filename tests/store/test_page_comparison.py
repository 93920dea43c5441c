"""A later backup compares all pages with those of its state before, computes hashes of changed ones alone, and misses none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from triage.errors import StoreError
from triage.safe_files import open_to_change
from triage.store import backup_chain, snapshot
from triage.store.backup import make_backup
from triage.store.backup_chain import KnownTags, find_changes
from triage.store.backup_manifest import read_manifest
from triage.store.database import PAGE
from triage.store.pages import ALL, TAG, PageDigests
from triage.store.queries import vault as vault_sql
from triage.store.snapshot import Snapshot, open_snapshot
from triage.store.store import Store

ROWS = 300
REPLAYED = "does not hold the pages that the audit log's head vouches for"


def change(store: Store, row: int, words: str) -> None:
    with store.batch() as batch:
        batch.execute("UPDATE thing SET words = ? WHERE id = ?", (f"{words} {row} " * 150, row))
        batch.note("thing changed", thing=row)


@pytest.fixture
def store(made: Any) -> Iterator[Store]:
    """A store of some dozens of pages."""
    with made.open() as opened:
        with opened.batch() as batch:
            batch.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, words TEXT)")
            batch.executemany("INSERT INTO thing VALUES (?, ?)", [(n, f"word{n} " * 200) for n in range(ROWS)])
            batch.note("things written", things=ROWS)
        yield opened


@pytest.fixture
def seen(store: Store) -> Iterator[Snapshot]:
    """The state of the store, of which a part stands in the write-ahead log only."""
    store._database.empty_log()
    with store.read().snapshot(), ExitStack() as stack:
        assert store.read().value("SELECT count(*) FROM thing") == ROWS
        change(store, 5, "later")
        with store.at_rest():
            subject = store.subject()
            opened = stack.enter_context(open_snapshot(subject.database, subject.pages, store.read_head()))
        assert opened.in_log
        yield opened


def read_tags(seen: Snapshot) -> list[bytes]:
    return [seen.read_page(number)[-TAG:] for number in range(1, seen.count + 1)]


def know(tags: list[bytes], digest: int | None) -> KnownTags:
    return KnownTags(np.frombuffer(bytes(TAG) + b"".join(tags), np.uint8).reshape(-1, TAG).copy(), digest)


def add_up(seen: Snapshot, tags: list[bytes]) -> int:
    hashed = seen.pages.make_hash()
    return sum(hashed(number, tag) for number, tag in enumerate(tags, 1)) % ALL


def list_changes(seen: Snapshot, known: KnownTags | None, store: Store) -> list[int]:
    return find_changes(seen, known, store.id, lambda done: None).numbers.tolist()


def test_a_small_change_costs_the_hashes_of_what_changed(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_backup(store, tmp_path / "backup")
    hashed, make_hash = list[int](), PageDigests.make_hash

    def count(pages: PageDigests) -> Callable[[int, bytes], int]:
        compute = make_hash(pages)
        return lambda number, tag: hashed.append(number) or compute(number, tag)  # type: ignore[func-returns-value]

    with store.batch() as batch:
        batch.note("nothing changed")
    monkeypatch.setattr(PageDigests, "make_hash", count)
    make_backup(store, tmp_path / "backup")
    pages = read_manifest(tmp_path / "backup").parts[2]
    assert len(set(hashed)) <= pages < store.read().count_pages() / 4


@pytest.mark.parametrize("what", ["changed since", "changed before", "its last byte", "a page of elsewhere"])
def test_a_page_that_was_put_back_is_found_by_the_next_small_backup(store: Store, tmp_path: Path, what: str) -> None:
    path, out = store.directory / "triage.db", tmp_path / "backup"

    def fold() -> bytes:
        store._database.empty_log()
        return path.read_bytes()

    first = fold()
    change(store, 20, "changed before")
    middle = fold()
    make_backup(store, out)
    change(store, 200, "changed since")
    last = fold()

    def find_changed(older: bytes, newer: bytes) -> list[int]:
        pages = range(2, len(older) // PAGE)
        return [n for n in pages if older[n * PAGE :][:PAGE] != newer[n * PAGE :][:PAGE]]

    same = [n for n in find_changed(first, middle) if n not in find_changed(middle, last)]
    victim = find_changed(middle, last)[-1] if what == "changed since" else same[-1]
    older = middle if what == "changed since" else first
    page = {
        "its last byte": last[victim * PAGE :][: PAGE - 1] + bytes([last[(victim + 1) * PAGE - 1] ^ 1]),
        "a page of elsewhere": last[PAGE : 2 * PAGE],
    }.get(what, older[victim * PAGE :][:PAGE])
    with open_to_change(path) as file:
        file.seek(victim * PAGE)
        file.write(page)
    with pytest.raises(StoreError, match=REPLAYED):
        make_backup(store, out)
    assert read_manifest(out).number == 1


@pytest.mark.parametrize("block", [1, 7, 1 << 16])
def test_the_tags_of_all_blocks_are_those_of_the_pages(seen: Snapshot, block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_BLOCK", block)
    tags = read_tags(seen)
    assert list(seen.iterate_tags()) == list(enumerate(tags, 1))
    for module in (snapshot, backup_chain):
        monkeypatch.setattr(module, "LOCK_PAGE", 4)
    assert list(seen.iterate_tags()) == [(number, tag) for number, tag in enumerate(tags, 1) if number != 4]
    assert 4 not in know([bytes(TAG)] * 8, 0).list_changed(1, b"".join(tags[:8]))


@pytest.mark.parametrize("digest", ["right", "wrong", "not known"])
@pytest.mark.parametrize("pages", [-9, 0, 9], ids=["the backup has fewer pages", "as many", "more"])
def test_changes_are_the_same_whatever_the_backups_digest_is(seen: Snapshot, store: Store, digest: str, pages: int) -> None:
    """With a wrong one all pages are hashed: it proves nothing, and refuses nothing."""
    tags, other = read_tags(seen), b"x" * TAG
    older = [other if number in {2, 17} else tag for number, tag in enumerate(tags, 1)]
    older = [*older, *[other] * pages] if pages > 0 else older[: seen.count + pages]
    sum_before = {"right": add_up(seen, older), "wrong": 5, "not known": None}[digest]
    changed = [2, 17, *range(seen.count + 1 + min(0, pages), seen.count + 1)]
    assert list_changes(seen, know(older, sum_before), store) == changed
    assert list_changes(seen, None, store) == list(range(1, seen.count + 1))


def test_a_state_for_which_the_head_does_not_vouch_is_refused_whatever_the_backup_has(seen: Snapshot, store: Store) -> None:
    tags = read_tags(seen)
    seen.head = msgspec.structs.replace(seen.head, pages="")
    for known in (None, know(tags, add_up(seen, tags)), know([b"x" * TAG] * 3, 7)):
        with pytest.raises(StoreError, match=REPLAYED):
            list_changes(seen, known, store)


@pytest.mark.parametrize(("after", "until"), [(0, 0), (0, 3), (2, 9), (0, 1 << 62), (7, 1 << 62), (9, 12), (5, 2)])
def test_kept_items_are_counted_without_reading_them(store: Store, after: int, until: int) -> None:
    with store.batch() as batch:
        for n in range(6):
            batch.seal(b"an item %d" % n)
        batch.destroy(2)
        batch.destroy(5)
        batch.note("items sealed", items=6)
    sql = "SELECT count(*) FROM vault_item WHERE id > ? AND id <= ? AND key IS NOT NULL"
    assert vault_sql.count_kept_items(store.read(), after, until) == store.read().value(sql, (after, until))
