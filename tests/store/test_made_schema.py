"""The stores of the tests have the schema that the program makes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.conftest import CHEAP
from triage.store import store as store_module
from triage.store.migrations import apply_migrations, load_migrations
from triage.store.store import Store

OWN = {
    *("store", "user", "recovery_half", "audit_entry", "audit_state"),  # what each new store writes
    "link_key_state",  # its salt
}


@dataclass
class Described:
    """A new store: all rows of its schema, how many rows each table has, and the rows that are the same in all stores."""

    schema: list[tuple[object, ...]]
    counts: dict[str, int]
    rows: dict[str, list[tuple[object, ...]]]
    version: int


def describe(folder: Path) -> Described:
    """Makes a store and reads all of it."""
    with Store.create(folder, "first", "seven green boats", cost=CHEAP).store as made:
        assert made.check().valid
        reader = made.read()
        schema = reader.all("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid")
        rows = {name: reader.all(f"SELECT * FROM {name}") for kind, name, *_ in schema if kind == "table"}
        counts = {name: len(found) for name, found in rows.items()}
        same = {name: found for name, found in rows.items() if name not in OWN}
        return Described(schema, counts, same, reader.value("PRAGMA user_version"))


def test_a_store_is_the_same_either_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert store_module.apply_migrations is not apply_migrations, "a session fixture of tests/conftest.py"
    by_statements = describe(tmp_path / "statements")
    monkeypatch.setattr(store_module, "apply_migrations", apply_migrations)
    assert by_statements == describe(tmp_path / "migrations")
    assert by_statements.version == load_migrations()[-1][0] and "code" in by_statements.rows


def test_each_store_has_a_salt_of_its_own(tmp_path: Path) -> None:
    salts = set()
    for name in ("one", "other"):
        with Store.create(tmp_path / name, "first", "seven green boats", cost=CHEAP).store as made:
            salts.add(made.read().value("SELECT salt FROM link_key_state"))
    assert len(salts) == 2 and {len(salt) for salt in salts} == {16}
