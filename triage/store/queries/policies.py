"""SQL of the office's policies, by name."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def load_policy(db: Reader, name: str) -> str | None:
    """Returns the chosen value of the policy, or None when nobody chose one."""
    found = db.value("SELECT value FROM policy WHERE name = ?", (name,))
    return None if found is None else str(found)


def save_policy(batch: Writer, name: str, chosen: str) -> None:
    """Stores the chosen value of the policy."""
    batch.execute("INSERT OR REPLACE INTO policy (name, value) VALUES (?,?)", (name, chosen))
