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
                writer.execute(statement)
    if version < newest:
        writer.execute(f"PRAGMA user_version = {newest}")
    return newest


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
