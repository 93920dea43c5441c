"""Lists whose ids are not read: no row of these tables is ever deleted or replaced, so the ids follow each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.store.migrations import load_migrations

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "triage").rglob("*.py"))
ASKED = re.compile(r'list_ids_backwards\(db, "(\w+)"\)')
TABLES = sorted({table for path in SOURCES for table in ASKED.findall(path.read_text())})


def test_the_lists_that_do_this_are_known() -> None:
    assert TABLES == ["case_file", "outgoing", "request"]


@pytest.mark.parametrize("table", TABLES)
def test_no_statement_deletes_or_replaces_a_row(table: str) -> None:
    gone = re.compile(rf"(?:DELETE\s+FROM|REPLACE\s+INTO|DROP\s+TABLE)\s+{table}\b", re.IGNORECASE)
    statements = [*(path.read_text() for path in SOURCES), *(sql for _, sql in load_migrations())]
    assert not any(map(gone.search, statements))


@pytest.mark.parametrize("table", TABLES)
def test_the_table_chooses_its_ids_and_no_other_row_takes_one_along(table: str) -> None:
    sql = "".join(sql for _, sql in load_migrations())
    created = re.search(rf"CREATE TABLE {table} \((.*?)\n\)", sql, re.DOTALL)
    assert created is not None and re.match(r"\s*id\s+INTEGER PRIMARY KEY", created[1])
    assert "CASCADE" not in created[1]
    given = re.compile(rf"INTO\s+{table}\s+\(id\b", re.IGNORECASE)
    assert not any(given.search(path.read_text()) for path in SOURCES)
