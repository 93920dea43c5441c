"""The numbered migrations that make the database's schema."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import sqlcipher3

from triage.errors import StoreError
from triage.resources import resource
from triage.store.database import Reader, Writer

_MIGRATION = re.compile(r"(\d{4})_\w+\.sql")
_DROPS = re.compile(r"(?:\s|--[^\n]*\n)*DROP TABLE (\w+)")


@cache  # each opening of a store asks for the newest, and no update replaces them
def load_migrations() -> tuple[tuple[int, str], ...]:
    """Returns (number, SQL) of all migrations, in order."""
    found = []
    for file in resource("migrations").iterdir():
        if match := _MIGRATION.fullmatch(file.name):
            found.append((int(match[1]), file.read_text("utf-8")))
    return tuple(sorted(found))


def apply_migrations(writer: Writer, version: int) -> int:
    """Applies the migrations above `version` within the open transaction; returns the version reached.

    Foreign keys are not enforced meanwhile (`Writer.without_foreign_keys`): tables could not be emptied at once.

    Raises:
        StoreError: if the schema is newer than this program knows
    """
    steps = load_migrations()
    newest = steps[-1][0]
    if version > newest:
        raise StoreError("This store was made by a newer Triage; update this workstation before opening it.")
    for number, sql in steps:
        if number > version:
            for statement in _split_statements(sql):
                _execute_with_little_memory(writer, statement)
    if version < newest:
        writer.execute(f"PRAGMA user_version = {newest}")
    return newest


def _execute_with_little_memory(writer: Writer, statement: str) -> None:
    """Runs a statement of a migration. A table is emptied before it is dropped, unless that would run triggers.

    To drop a full table SQLite first copies all its pages into memory, a gigabyte for 10 million link keys, so as to undo this
    statement alone. To empty one it copies nothing, since the whole update is undone when that fails.
    """
    if (found := _DROPS.match(statement)) and not _has_triggers(writer, found[1]):
        writer.execute(f"DELETE FROM {found[1]}")  # noqa: S608  # a name in a migration
    writer.execute(statement)


def _has_triggers(db: Reader, table: str) -> bool:
    """Returns whether changes of the table run triggers."""
    return bool(db.value("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?)", (table,)))


def is_up_to_date(db: Reader) -> bool:
    """Returns whether all migrations were applied. A store whose head is in doubt is opened to be examined as it is."""
    return bool(db.value("PRAGMA user_version") >= load_migrations()[-1][0])


def _split_statements(sql: str) -> Iterator[str]:
    """Yields the statements one by one, since executescript would commit first.

    A statement ends with the line that holds its semicolon.

    Raises:
        ValueError: if the text ends inside a statement
    """
    gathered = ""
    for line in sql.splitlines(keepends=True):
        gathered += line
        if sqlcipher3.complete_statement(gathered):
            yield gathered
            gathered = ""
    if re.sub(r"--.*", "", gathered).strip():
        raise ValueError("a migration ends inside a statement")
