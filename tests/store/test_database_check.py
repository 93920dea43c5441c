"""The integrity checks keep many pages while they run, and give them back."""

from __future__ import annotations

from typing import Any

import pytest

from triage.errors import StoreError
from triage.store.database import Reader
from triage.store.queries.database_check import find_damage
from triage.store.store import Store


def test_a_check_keeps_more_pages_than_others_and_gives_them_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = list[int]()

    def ask(reader: Reader, sql: str) -> Any:
        seen.append(-reader.value("PRAGMA cache_size"))
        return []

    with store._database.fresh_reader() as reader:
        before = -reader.value("PRAGMA cache_size")
        with monkeypatch.context() as patched:
            patched.setattr(Reader, "all", ask)
            assert not find_damage(reader)
        assert len(seen) == 3 and min(seen) >= 2 * before
        assert -reader.value("PRAGMA cache_size") == before


def test_where_the_disk_refuses_the_other_pages_sqlcipher_looks_at_all_of_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    real = Reader.all

    def ask(reader: Reader, sql: str) -> Any:
        asked.append(sql)
        return real(reader, sql)

    def refuse() -> bool:
        raise StoreError("The disk refused.")

    monkeypatch.setattr(Reader, "all", ask)
    with store._database.fresh_reader() as reader:
        assert find_damage(reader, is_rest_whole=lambda: True) == []
        assert "PRAGMA cipher_integrity_check" not in asked
        assert find_damage(reader, is_rest_whole=refuse) == []
    assert asked.count("PRAGMA cipher_integrity_check") == 1
