"""Policies of the office, by name."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def values(db: Reader) -> dict[str, str]:
    """Returns the value of each policy that was set."""
    return {str(name): str(value) for name, value in db.each("SELECT name, value FROM policy")}


def save_policy(batch: Writer, name: str, chosen: str) -> None:
    """Sets a policy."""
    batch.execute("INSERT OR REPLACE INTO policy (name, value) VALUES (?,?)", (name, chosen))
