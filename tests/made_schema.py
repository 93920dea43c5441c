"""Gives new stores of the tests their schema by the statements in which the migrations end, without the way there.

Three quarters of what the migrations cost are their ten ALTER TABLE, for each of which SQLite reads the whole schema again. The
program makes a store once; the tests make hundreds, each with an id and keys of its own. tests/store/test_made_schema.py compares
both ways.
"""

from __future__ import annotations

from functools import cache

import sqlcipher3

from triage.store import migrations, store
from triage.store.database import Reader, Writer, add_digest_function

_OWN = ("UPDATE link_key_state SET salt = randomblob(16)",)
"""What a migration makes at random: each store needs its own."""

_apply_all = store.apply_migrations


def install() -> None:
    """Has stores that are made in this process get their schema here."""
    store.apply_migrations = _apply


def end() -> None:
    """Has them get it by the migrations again."""
    store.apply_migrations = _apply_all


def _apply(writer: Writer, version: int) -> int:
    """Makes the schema of a new database; a test may have changed the migrations."""
    steps = tuple(migrations.load_migrations())
    if version:
        return _apply_all(writer, version)
    for sql, params in _list_statements(steps):
        writer.execute(sql, params)
    return steps[-1][0]


@cache
def _list_statements(steps: tuple[tuple[int, str], ...]) -> tuple[tuple[str, tuple[object, ...]], ...]:
    """Returns the statements that make what the migrations leave, each with its parameters.

    The rows of a table come before its triggers, which would count them again.
    """
    connection = sqlcipher3.connect(":memory:", isolation_level=None)
    add_digest_function(connection)
    made = Writer(connection)
    _apply_all(made, 0)
    found = list[tuple[str, tuple[object, ...]]]()
    shadows = {name for _, name, kind, *_ in made.all("PRAGMA table_list") if kind == "shadow"}
    for name, sql in made.all("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"):
        if name in shadows or name.startswith("sqlite_"):
            continue  # SQLite makes it
        found.append((sql, ()))
        if sql.startswith("CREATE TABLE"):
            found += _list_rows(made, name)
    found += [("DELETE FROM sqlite_sequence", ()), *_list_rows(made, "sqlite_sequence"), *((sql, ()) for sql in _OWN)]
    connection.close()
    return (*found, (f"PRAGMA user_version = {steps[-1][0]}", ()))


def _list_rows(reader: Reader, table: str) -> list[tuple[str, tuple[object, ...]]]:
    """Returns the statements that make the rows of a table."""
    rows = reader.all(f"SELECT * FROM {table}")
    return [(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row) for row in rows]
