"""Notes which rows change while the database is copied, so that the copy can be brought up to date.

Triggers on each table write the keys of changed rows into a table beside it, whichever program writes. They are made in the step
in which the copy's state is fixed, and are gone when the copy's pages have replaced the store's: the copy has none of them.

A trigger never fires for a row that `INSERT OR REPLACE` removes for another key's sake. In the copy that row is in the way of the
one that took its place (`DatabaseCopy.bring_up_to_date`), and the rows are counted as well. The tables behind an index of search
words get no triggers: the process dies of them, within SQLite. Whoever writes words counts it in _WORDS. When that differs from
the copy's, the words' blocks are compared: few of them change when reports come in, and writing all takes four times as long.
"""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Row, Writer
from triage.store.database_copy import Run

_PREFIX = "rebuild_change_"
_SEQUENCE = "sqlite_sequence"  # of the numbers that were given: it can't have triggers
_WORDS = "report_text_state"
OWED = "compaction_owed"
"""The table that every act that erases something writes to."""
_BLOCK = "block"
"""The column of a table behind an index of search words that holds nearly all of its bytes, 4 KB in a row."""
_COMPARED_ROWS = 1000
_BEFORE_ALL = -(1 << 63)


@dataclass(frozen=True, slots=True)
class _Table:
    """A table whose rows are noted. Without a key any change concerns all its rows."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    shadow: bool = False

    @property
    def log(self) -> str:
        """The table of the keys of changed rows."""
        return f"{_PREFIX}{self.name}"


def start_log(writer: Writer) -> None:
    """Begins to note changes, within a step that is open."""
    for table in _list_tables(writer.all):
        names = ", ".join(table.key) or "every"
        writer.execute(f"CREATE TABLE {table.log} ({names}, PRIMARY KEY ({names})) WITHOUT ROWID")
        for event, rows in (("INSERT", ("new",)), ("DELETE", ("old",)), ("UPDATE", ("old", "new"))):
            notes = " ".join(_note(table, row) for row in rows)
            writer.execute(f"CREATE TRIGGER {table.log}_{event} AFTER {event} ON {table.name} BEGIN {notes} END")


def _note(table: _Table, row: str) -> str:
    """Returns the statement that notes a row. An OR IGNORE would follow the clause of the statement that fires the trigger."""
    if not table.key:
        return f"INSERT INTO {table.log} SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM {table.log});"
    values = ", ".join(f"{row}.{name}" for name in table.key)
    same = " AND ".join(f"{name} = {row}.{name}" for name in table.key)
    return f"INSERT INTO {table.log} SELECT {values} WHERE NOT EXISTS (SELECT 1 FROM {table.log} WHERE {same});"


def stop_log(writer: Writer) -> None:
    """Drops all that `start_log` made, within a step that is open."""
    made = writer.all(f"SELECT type, name FROM sqlite_master WHERE name LIKE '{_PREFIX}%' AND type IN ('trigger', 'table')")
    for kind, name in sorted(made, reverse=True):  # triggers before tables
        writer.execute(f"DROP {kind} {name}")


def is_started(reader: Reader) -> bool:
    """Returns whether changes are noted, or were when a copy was interrupted."""
    return reader.first(f"SELECT 1 FROM sqlite_master WHERE name = '{_PREFIX}{OWED}'") is not None


def was_erased(reader: Reader) -> bool:
    """Returns whether something was erased since the log was begun: the copy holds it then."""
    return _is_changed(reader, OWED)


def describe_schema(reader: Reader) -> list[tuple[object, ...]]:
    """Returns the schema, with what `start_log` made: the triggers of a table go when the table is made anew."""
    return reader.all("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2")


def carry_over(run: Run, reader: Reader) -> bool:
    """Brings the attached copy up to date; returns False when rows are missing or too many, so that it is of no use.

    The caller keeps writers out, and drops the copy's own triggers before: they have done their work in the store.
    """
    whole = carry_over_words(run)
    for table in _list_tables(reader.all):
        if not _is_changed(reader, table.name):
            continue
        if table.key:
            columns, key = ", ".join(table.columns), ", ".join(table.key)
            run(f"DELETE FROM copy.{table.name} WHERE ({key}) IN (SELECT {key} FROM main.{table.log})")
            own = ", ".join(f"t.{name}" for name in table.columns)
            same = " AND ".join(f"t.{name} = c.{name}" for name in table.key)
            changed = f"main.{table.log} c CROSS JOIN main.{table.name} t ON {same}"
            run(f"INSERT INTO copy.{table.name} ({columns}) SELECT {own} FROM {changed}")
        else:
            _copy_all(run, table.name)
        whole &= _has_all(run, table.name)
    _copy_all(run, _SEQUENCE)
    return whole


def carry_over_words(run: Run) -> bool:
    """Brings the search words of the attached copy up to the state that the connection sees; others may write meanwhile.

    The words, and the row that counts how often they were written, are of one state in the store and so in the copy.

    Returns:
        False when rows are missing or too many.
    """
    if not has_other_words(run):
        return True
    whole = True
    for table in _list_tables(run, shadows=True):
        if table.shadow and _BLOCK in table.columns:
            _copy_other_blocks(run, table)
        elif table.shadow:
            _copy_all(run, table.name)
            whole &= _has_all(run, table.name)
    _copy_all(run, _WORDS)
    return whole


def has_other_words(run: Run) -> bool:
    """Returns whether search words were written since those that the attached copy holds."""
    return run(f"SELECT * FROM copy.{_WORDS}") != run(f"SELECT * FROM main.{_WORDS}")


def _copy_other_blocks(run: Run, table: _Table) -> None:
    """Copies the blocks of search words that differ, and removes those that are gone. It reads each block of both once."""
    (key,), after = table.key, _BEFORE_ALL
    while True:
        rows = run(f"SELECT * FROM main.{table.name} WHERE {key} > {after} ORDER BY {key} LIMIT {_COMPARED_ROWS}")
        if not rows:
            run(f"DELETE FROM copy.{table.name} WHERE {key} > {after}")
            return
        last = rows[-1][table.columns.index(key)]
        part = f"{key} > {after} AND {key} <= {last}"
        if rows != run(f"SELECT * FROM copy.{table.name} WHERE {part} ORDER BY {key}"):
            run(f"DELETE FROM copy.{table.name} WHERE {part}")
            run(f"INSERT INTO copy.{table.name} SELECT * FROM main.{table.name} WHERE {part}")
        after = int(str(last))


def _copy_all(run: Run, table: str) -> None:
    """Copies all rows of a table."""
    run(f"DELETE FROM copy.{table}")
    run(f"INSERT INTO copy.{table} SELECT * FROM main.{table}")


def _has_all(run: Run, table: str) -> bool:
    """Returns whether a table of the attached copy has as many rows as that of the store."""
    return run(f"SELECT count(*) FROM copy.{table}") == run(f"SELECT count(*) FROM main.{table}")


def _is_changed(reader: Reader, table: str) -> bool:
    """Returns whether a row of the table was changed."""
    return reader.first(f"SELECT 1 FROM {_PREFIX}{table} LIMIT 1") is not None


def _list_tables(run: Run, *, shadows: bool = False) -> list[_Table]:
    """Returns the tables that hold rows; with `shadows` also those behind an index of search words."""
    found, kinds = [], ("table", "shadow") if shadows else ("table",)
    tables: list[Row] = run("PRAGMA table_list")
    for schema, name, kind, *_ in tables:
        if schema != "main" or kind not in kinds or name.startswith(("sqlite_", _PREFIX)):
            continue
        info: list[Row] = run(f"PRAGMA main.table_xinfo({name})")
        parts = sorted((row for row in info if row[5]), key=lambda row: int(row[5]))
        sure = all(row[3] or row[2] == "INTEGER" for row in parts)  # a key that may be NULL is none
        key = tuple(row[1] for row in parts) if sure else ()
        found.append(_Table(name, tuple(row[1] for row in info), key, kind == "shadow"))
    return found
