"""Storing link keys marks who is judged anew, and reads no more holders of a key than can change."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from triage.jobs.judging import key_keeping
from triage.jobs.judging.key_kinds import SPREAD
from triage.jobs.judging.material import ENOUGH
from triage.jobs.session import Session
from triage.store.batch import Batch
from triage.store.queries import key_holders, reports


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[tuple[str, str], list[int]]]:
    """The link keys whose holders were looked for, each with its holders."""
    found: list[tuple[tuple[str, str], list[int]]] = []
    find = key_holders.find_holders_of_keys

    def listen(db: Any, keys: Iterable[tuple[str, str]], least: int, fewer_than: int) -> dict[tuple[str, str], list[int]]:
        keys = list(keys)
        holding = find(db, keys, least, fewer_than)
        found.extend((key, holding.get(key, [])) for key in keys)
        return holding

    monkeypatch.setattr(key_holders, "find_holders_of_keys", listen)
    return found


def add_reports(batch: Batch, count: int) -> list[int]:
    return [reports.add_report(batch, str(n)) for n in range(count)]


@pytest.mark.parametrize("before", [1, ENOUGH - 1, ENOUGH, ENOUGH + 200])
def test_holders_of_a_key_that_ties_nobody_are_not_read(
    session: Session, read: list[tuple[tuple[str, str], list[int]]], before: int
) -> None:
    """However many other reports come with the few that hold it."""
    key = ("ip", "203.0.113.7", 25, 20_000)
    with session.store.batch() as batch:
        *held, one, other = add_reports(batch, before + 2)
        key_holders.save_keys(batch, [(i, key) for i in held], [])
        many = {i: [("email", f"{i}@x", 90, None)] for i in reversed(held[1:])}
        batch.execute("DELETE FROM stale")
        read.clear()
        key_keeping.store_keys(batch, {i: [*keys, key] for i, keys in many.items()} | {one: [key], other: [key]})
        stale = {i for (i,) in batch.all("SELECT report_id FROM stale")}
        batch.note("test filled")
    assert {i for named, holders in read if named == key[:2] for i in holders} == (
        {*held, one, other} if before < ENOUGH else set()
    )
    assert stale >= {*held, one, other} if before < ENOUGH else not stale & set(held)


def test_other_digests_than_sha256_are_not_looked_for_among_viral_bytes(
    session: Session, read: list[tuple[tuple[str, str], list[int]]]
) -> None:
    with session.store.batch() as batch:
        viral, one = add_reports(batch, 2)
        key_holders.save_keys(batch, [(viral, (SPREAD, "sha256:ab", 0, None))], [])
        key_keeping.store_keys(batch, {one: [("file", f"{kind}:ab", 60, None) for kind in ("md5", "sha1", "sha256")]})
        stale = {i for (i,) in batch.all("SELECT report_id FROM stale")}
        batch.note("test filled")
    assert [key for key, _ in read if key[0] == SPREAD] == [(SPREAD, "sha256:ab")]
    assert viral in stale
