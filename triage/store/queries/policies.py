"""Policies of the desk, by name."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def value(db: Reader, name: str) -> str | None:
    found = db.value("SELECT value FROM policy WHERE name = ?", (name,))
    return None if found is None else str(found)


def put(batch: Writer, name: str, chosen: str) -> None:
    batch.execute("INSERT OR REPLACE INTO policy (name, value) VALUES (?,?)", (name, chosen))
