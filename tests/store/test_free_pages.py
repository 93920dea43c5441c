"""A check authenticates free pages by itself, and leaves SQLCipher's check out where nothing else can be damaged."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from triage.errors import StoreError
from triage.store import database
from triage.store.database import PAGE, Database, Reader
from triage.store.free_pages import are_free_pages_whole
from triage.store.integrity import begin_structure_check
from triage.store.pages import PageDigests
from triage.store.queries.database_check import find_damage
from triage.store.store import Store

KEY = memoryview(bytes(range(32)))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database's file with free pages."""
    path = tmp_path_factory.mktemp("free") / "x.db"
    with closing(Database.create(path, KEY)) as made:
        made.writer.execute("CREATE TABLE t (a TEXT)")
        made.writer.executemany("INSERT INTO t VALUES (?)", [("x" * 40_000,) for _ in range(5)])
        made.writer.execute("CREATE INDEX of_t ON t (a)")
        made.writer.execute("DELETE FROM t WHERE rowid > 2")
        assert made.writer.value("PRAGMA freelist_count") > 5
        assert made.empty_log()
    return path.read_bytes()


def check(path: Path, asked: list[str] | None = None) -> bool:
    """Returns whether a check finds the file whole, which begins with a new connection. `asked` gets the checks that it ran."""
    try:
        with closing(Database(path, KEY)) as opened, closing(PageDigests(path, KEY)) as pages, opened.fresh_reader() as reader:
            count, ask = reader.count_pages(), reader.all
            if asked is not None:
                reader.all = lambda sql, params=(): asked.append(sql.split()[1]) or ask(sql, params)  # type: ignore[method-assign, func-returns-value]
            return not find_damage(reader, is_rest_whole=lambda: are_free_pages_whole(pages, count))
    except StoreError:
        return False


@pytest.mark.parametrize("at", [17, 5_000, PAGE - 70, PAGE - 1], ids=["begin", "middle", "initial vector", "HMAC"])
def test_a_flipped_byte_of_any_page_is_found(file: bytes, tmp_path: Path, at: int) -> None:
    path, asked = tmp_path / "x.db", list[str]()
    path.write_bytes(file)
    assert check(path, asked)
    assert asked == ["integrity_check(20)", "foreign_key_check"], "no page is authenticated twice"
    for page in range(len(file) // PAGE):
        changed = bytearray(file)
        changed[page * PAGE + at] ^= 1
        path.write_bytes(changed)
        assert not check(path), f"page {page + 1}"


@pytest.mark.parametrize("more", [PAGE, 5, -5, -PAGE])
def test_a_file_of_another_length_is_looked_at_by_all_checks(file: bytes, tmp_path: Path, more: int) -> None:
    path, asked = tmp_path / "x.db", list[str]()
    path.write_bytes(file)
    os.truncate(path, len(file) + more)
    check(path, asked)
    assert not asked or "cipher_integrity_check" in asked


def test_a_damaged_free_page_is_named(file: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    with closing(PageDigests(write(path, file), KEY)) as pages:
        free = max(n for n in range(2, len(file) // PAGE + 1) if not any(pages.decrypt(file[(n - 1) * PAGE : n * PAGE])))
    changed = bytearray(file)
    changed[free * PAGE - 1] ^= 1
    path.write_bytes(changed)
    with closing(Database(path, KEY)) as opened, closing(PageDigests(path, KEY)) as pages, opened.fresh_reader() as reader:
        problems = find_damage(reader, is_rest_whole=lambda: are_free_pages_whole(pages, len(changed) // PAGE))
    assert [str(problem) for problem in problems] == [f"The database is damaged: HMAC verification failed for page {free}."]


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


class Plain:
    """Pages that are not encrypted, of which one may be damaged."""

    def __init__(self, path: Path, bad: int = 0) -> None:
        self.path, self._bad = path, bad
        self.checked = list[int]()

    def make_check(self, salt: bytes) -> Callable[[int, bytes], bool]:
        return lambda number, page: self.checked.append(number) or number != self._bad  # type: ignore[func-returns-value]

    def decrypt(self, page: bytes) -> bytes:
        return page[:-80]


def lay_out(path: Path, trunks: dict[int, tuple[int, list[int]]], count: int = 9) -> Path:
    """Writes a database's file with these trunk pages: number -> the next one, and the free pages that it names."""
    pages = [bytearray(PAGE) for _ in range(count)]
    pages[0][32:36] = min(trunks, default=0).to_bytes(4, "big")
    for number, (following, free) in trunks.items():
        pages[number - 1][: 8 + 4 * len(free)] = struct.pack(f">{2 + len(free)}I", following, len(free), *free)
    return write(path, b"".join(pages))


@pytest.mark.parametrize(
    ("trunks", "whole"),
    [
        ({}, []),
        ({2: (0, [])}, [2]),
        ({2: (5, [3, 4]), 5: (0, [6, 9])}, [2, 3, 4, 5, 6, 9]),
        ({2: (2, [3])}, None),
        ({2: (3, [4]), 3: (2, [5])}, None),
        ({2: (10, [])}, None),
        ({2: (0, [3, 10])}, None),
        ({2: (0, [0])}, None),
        ({2: (0, list(range(3, 9)) * 4)}, None),
    ],
    ids=[
        "none",
        "a trunk",
        "two trunks",
        "itself",
        "a circle",
        "beyond",
        "names one beyond",
        "names page 0",
        "more than there are",
    ],
)
def test_a_list_of_free_pages_that_can_not_be_right_is_not_whole(
    tmp_path: Path, trunks: dict[int, tuple[int, list[int]]], whole: list[int] | None
) -> None:
    pages: Any = Plain(lay_out(tmp_path / "x.db", trunks))
    assert are_free_pages_whole(pages, 9) == (whole is not None)
    assert whole is None or pages.checked == whole
    assert not are_free_pages_whole(pages, 8) and not are_free_pages_whole(pages, 10), "the file has another length"
    for bad in whole or ():
        damaged: Any = Plain(tmp_path / "x.db", bad)
        assert not are_free_pages_whole(damaged, 9)


@pytest.mark.parametrize("folded", [True, False])
def test_where_the_file_does_not_hold_the_state_all_checks_run(
    store: Store, monkeypatch: pytest.MonkeyPatch, folded: bool
) -> None:
    asked, ask = list[str](), Reader.all
    monkeypatch.setattr(Reader, "all", lambda reader, sql, params=(): asked.append(sql) or ask(reader, sql, params))
    if not folded:
        monkeypatch.setattr(database.Database, "fold_log", lambda opened: False)
    with store.batch() as batch:
        batch.note("something")
    assert store.check().valid
    assert ("PRAGMA cipher_integrity_check" in asked) != folded
    with store.locked(), begin_structure_check(store.subject()) as begun:
        assert begun.folded == folded
