"""The integrity checks keep many pages while they run, and give them back."""

from __future__ import annotations

from typing import Any

import pytest

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
