"""docs/privacy.md names each table of the database, and says of none that it outlives the report when it goes with it."""

from __future__ import annotations

import re
from pathlib import Path

from triage.store.migrations import load_migrations
from triage.store.queries.destruction import STAY

ROOT = Path(__file__).parents[1]
SCHEMA = re.sub(r"--[^\n]*", "", "".join(sql for _, sql in load_migrations()))
RENAMED = dict(re.findall(r"ALTER TABLE (\w+) RENAME TO (\w+);", SCHEMA))
GONE = set(re.findall(r"DROP TABLE (\w+);", SCHEMA)) - set(RENAMED.values())
TABLES = {
    RENAMED.get(table, table): columns
    for table, columns in re.findall(r"CREATE (?:VIRTUAL )?TABLE (\w+)(.*?);", SCHEMA, re.DOTALL)
    if table not in GONE
}
SECTION = (ROOT / "docs/privacy.md").read_text("utf-8").partition("## Every table of the database")[2].partition("\n## ")[0]
ROWS = [line.strip("| ").split(" | ") for line in SECTION.splitlines() if line.startswith("| `")]
KEPT = {table: how_long for tables, _, how_long in ROWS for table in re.findall(r"`(\w+)`", tables)}


def test_each_table_is_named_once() -> None:
    named = [table for tables, _, _ in ROWS for table in re.findall(r"`(\w+)`", tables)]
    assert sorted(named) == sorted(TABLES)


def test_a_table_that_goes_with_a_report_is_said_to_go_with_it() -> None:
    with_report = {table for table, columns in TABLES.items() if re.search(r"\breport_id\b", columns)} - set(STAY)
    assert {table: KEPT[table] for table in with_report if "as long as the report" not in KEPT[table]} == {}
    assert {table for table in STAY if KEPT[table] != "as long as the store"} == set()
