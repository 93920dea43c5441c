"""The parts of a backed-up database: what is cut, changed, moved or invented is refused, before memory is taken for it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from triage.errors import DamagedPart, StoreError
from triage.store import page_parts
from triage.store.backup_chain import Chain
from triage.store.database import PAGE
from triage.store.page_parts import Part, measure_part, read_index, read_pages, write_part

KEY = bytes(range(32))
SEALED = PAGE + 16


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_parts, "GROUP", 4)


def page(number: int, version: int = 0) -> bytes:
    return bytes([number % 251, version]) * (PAGE // 2)


def write(path: Path, numbers: list[int], version: int = 0, **about: object) -> Part:
    part = replace(Part(1, path, len(numbers), KEY, "store backup"), **about)
    write_part(part, ((number, page(number, version)) for number in numbers), lambda done: None)
    return part


def read(part: Part) -> dict[int, bytes]:
    return {number: data for group in read_index(part) for number, data in read_pages(part, group)}


@pytest.mark.parametrize("count", [1, 3, 4, 5, 8, 11])
def test_what_is_written_is_read(tmp_path: Path, count: int) -> None:
    numbers = [3 * n + 1 for n in range(count)]
    part = write(tmp_path / "part", numbers)
    assert read(part) == {number: page(number) for number in numbers}
    assert (tmp_path / "part").stat().st_size == measure_part(count)
    assert page(4)[:64] not in (tmp_path / "part").read_bytes()


def test_the_form_is_the_one_that_is_described(tmp_path: Path) -> None:
    """Read here by itself, as docs/decisions/12-destruction-and-backups.md says."""
    data = (tmp_path / "part").read_bytes() if write(tmp_path / "part", [1, 2, 7, 8, 9]) else b""
    cipher, bound = AESGCM(KEY), b"triage backup pages 1 store backup 1 5 "
    group = 4 * (SEALED + 68) + 16
    assert cipher.decrypt(
        b"page" + (2).to_bytes(8, "big"), data[2 * SEALED : 3 * SEALED], bound + (7).to_bytes(4, "big")
    ) == page(7)
    index = cipher.decrypt(b"list" + bytes(8), data[4 * SEALED : group], bound)
    assert index == b"".join(number.to_bytes(4, "big") + page(number)[-64:] for number in (1, 2, 7, 8))
    last = cipher.decrypt(b"page" + (4).to_bytes(8, "big"), data[group:][:SEALED], bound + (9).to_bytes(4, "big"))
    assert last == page(9)


EDITS: dict[str, Callable[[bytes], bytes]] = {
    "cut by a byte": lambda data: data[:-1],
    "longer by a byte": lambda data: data + b"\0",
    "empty": lambda data: b"",
    "a bit of a page": lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
    "a bit of an index": lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:],
    "two pages swapped": lambda data: data[SEALED : 2 * SEALED] + data[:SEALED] + data[2 * SEALED :],
    "a page twice": lambda data: data[:SEALED] + data[:SEALED] + data[2 * SEALED :],
    "a group in front of the one before": lambda data: data[len(data) // 2 :] + data[: len(data) // 2],
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_changed_part_is_refused(tmp_path: Path, edit: str) -> None:
    part = write(tmp_path / "part", list(range(1, 9)))
    part.path.write_bytes(EDITS[edit](part.path.read_bytes()))
    with pytest.raises(DamagedPart, match="part is damaged or was changed"):
        read(part)


@pytest.mark.parametrize(
    "other",
    [{"context": "other backup"}, {"context": "store other"}, {"number": 2}, {"key": bytes(32)}],
    ids=["of another store", "of another backup", "another part of it", "under another key"],
)
def test_a_part_from_elsewhere_is_refused(tmp_path: Path, other: dict[str, object]) -> None:
    part = write(tmp_path / "part", [1, 2, 3])
    write(part.path, [1, 2, 3], **other)
    with pytest.raises(DamagedPart):
        read(part)


@pytest.mark.parametrize(
    "numbers",
    [[0, 1], [2, 1], [1, 1], [1, (1 << 32) - 1], [1, 2, 3, 4, 4]],
    ids=["page 0", "falling", "twice", "2**32-1", "again in the next group"],
)
def test_numbers_that_no_database_has_are_refused_though_they_are_sealed(tmp_path: Path, numbers: list[int]) -> None:
    with pytest.raises(DamagedPart):
        read(write(tmp_path / "part", numbers))


@pytest.mark.parametrize("pages", [0, -1, 3, (1 << 32) - 1, 1 << 60])
def test_a_number_of_pages_that_the_file_does_not_have_is_refused_unread(
    tmp_path: Path, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = write(tmp_path / "part", [1, 2])
    if pages == (1 << 32) - 1:
        os.truncate(part.path, measure_part(pages))  # a hole
    monkeypatch.setattr(page_parts, "open_to_read", lambda path: pytest.fail("it was read"))
    chain = Chain((replace(part, pages=pages),), 2)
    assert not chain.is_there()
    if pages > 0:
        with pytest.raises(DamagedPart):
            chain.load_tags()


@pytest.mark.parametrize("count", [0, -1, 4, 1 << 32, 1 << 60])
def test_a_database_larger_than_its_parts_is_refused_before_memory_is_taken(tmp_path: Path, count: int) -> None:
    assert not Chain((write(tmp_path / "part", [1, 2]),), count).is_there()


def test_a_later_page_takes_the_place_of_an_earlier_one(tmp_path: Path) -> None:
    parts = (
        write(tmp_path / "1", [1, 2, 3, 4, 5, 6]),
        write(tmp_path / "2", [2, 5], 1, number=2),
        write(tmp_path / "3", [2, 7], 2, number=3),
    )
    chain = Chain(parts, 5)
    chain.compose(tmp_path / "database", lambda done: None)
    versions = {1: 0, 2: 2, 3: 0, 4: 0, 5: 1}
    assert (tmp_path / "database").read_bytes() == b"".join(page(n, version) for n, version in versions.items())
    tags = chain.load_tags()
    assert [n for n in range(1, 8) if tags.has(n, page(n, versions.get(n, 0))[-64:])] == [1, 2, 3, 4, 5]
    assert not tags.has(2, page(2, 1)[-64:])


def test_a_page_that_no_part_holds_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="lacks a page"):
        Chain((write(tmp_path / "1", [1, 3, 4]),), 4).compose(tmp_path / "database", lambda done: None)
    assert not (tmp_path / "database").exists()


def test_all_pages_are_read_again_in_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Chain((write(tmp_path / "1", [1, 2, 3, 4, 5, 6]), write(tmp_path / "2", [2, 5], number=2)), 6)
    at, turns = 0, []
    while at < chain.total:
        turns.append(chain.reread(at, 3 * PAGE, lambda done: None))
        at += turns[-1]
    assert turns == [3, 3, 2] and chain.reread(8, PAGE, lambda done: None) == 0
    for place in range(8):
        path = chain.parts[place // 6].path
        data = bytearray(path.read_bytes())
        group, within = divmod(place % 6, 4)
        data[group * (4 * (SEALED + 68) + 16) + within * SEALED + 5] ^= 1
        whole = path.read_bytes()
        path.write_bytes(data)
        damaged = [at for at in (0, 3, 6) if is_refused(chain, at)]
        assert damaged == [place // 3 * 3]
        path.write_bytes(whole)


def is_refused(chain: Chain, at: int) -> bool:
    try:
        chain.reread(at, 3 * PAGE, lambda done: None)
    except DamagedPart:
        return True
    return False


def test_a_chain_ends_where_a_new_base_costs_less(tmp_path: Path) -> None:
    base, later = Part(1, tmp_path / "1", 100, KEY, ""), Part(2, tmp_path / "2", 30, KEY, "")
    assert Chain((base, later), 100).is_worth_continuing(20) and not Chain((base, later), 100).is_worth_continuing(21)
    assert not Chain((base, *[replace(later, pages=0)] * 99), 100).is_worth_continuing(1)
