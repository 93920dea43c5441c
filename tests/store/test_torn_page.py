"""A page torn on its way from the write-ahead log into the database is no damage: the log still holds it."""

from __future__ import annotations

import struct
from pathlib import Path

from triage.store.key_form import Cost
from triage.store.store import Store


def pages_in_log(log: Path, size: int) -> list[int]:
    data = log.read_bytes()
    return [struct.unpack(">I", data[at : at + 4])[0] for at in range(32, len(data), 24 + size)]


def test_a_torn_page_that_the_log_still_holds_is_no_damage(tmp_path: Path, cheap: Cost) -> None:
    directory = tmp_path / "store"
    Store.create(directory, "First", "first words", cost=cheap).store.close()
    with Store.open(directory, "First", "first words") as store:
        with store.batch() as batch:
            batch.note("thing done")
        size = int(store.read().value("PRAGMA cipher_page_size"))
        database = directory / "triage.db"
        torn = next(n for n in pages_in_log(directory / "triage.db-wal", size) if 1 < n <= database.stat().st_size // size)
        with database.open("r+b") as file:
            file.seek((torn - 1) * size + size // 2)
            file.write(bytes(size // 2))
        result = store.check()
        assert result.valid, result.problems
    with Store.open(directory, "First", "first words") as store:
        assert store.check().valid
