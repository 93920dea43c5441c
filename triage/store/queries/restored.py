"""Whether this database is a backup's copy, and whether what was destroyed since then was destroyed in it too."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def mark_copy(writer: Writer, backup: str, number: int, made: str) -> None:
    """In a backup's own copy of the database, so that nobody can open it as if it were the store."""
    writer.execute("INSERT INTO restored_copy (backup, number, made) VALUES (?,?,?)", (backup, number, made))


def waits_since(db: Reader) -> str | None:
    """When the state was made whose destructions since nobody has settled; None when there is nothing to settle."""
    return None if (made := db.value("SELECT min(made) FROM restored_copy WHERE settled IS NULL")) is None else str(made)


def settle(batch: Writer, settled: str, register: str | None, user: int, reason: str | None) -> None:
    batch.execute(
        "UPDATE restored_copy SET settled = ?, register = ?, user_id = ?, reason = ? WHERE settled IS NULL",
        (settled, register, user, reason),
    )
