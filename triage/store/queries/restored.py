"""SQL that marks a database as the copy of a backup, and records that later destructions were repeated in it."""

from __future__ import annotations

from triage.store.database import Reader, Writer


def mark_copy(writer: Writer, backup: str, number: int, made: str) -> None:
    """Marks a backup's copy of the database, so that nobody can open it as if it were the store.

    Checks of the lost store say nothing of the disk on which the copy lies: they are forgotten, also one that had come halfway.
    """
    writer.execute("INSERT INTO restored_copy (backup, number, made) VALUES (?,?,?)", (backup, number, made))
    writer.execute("DELETE FROM upkeep WHERE what = 'check'")
    writer.execute("DELETE FROM check_round")


def find_unsettled_since(db: Reader) -> str | None:
    """Returns when the oldest restored state was made whose later destructions are not settled, or None."""
    return None if (made := db.value("SELECT min(made) FROM restored_copy WHERE settled IS NULL")) is None else str(made)


def settle_restored(batch: Writer, settled: str, register: str | None, user: int, reason: str | None) -> None:
    """Settles all restored states: by a register made at `register`, or by a person's reason.

    `register` is when the register of destructions was made; None if a person stated that there is none.
    """
    batch.execute(
        "UPDATE restored_copy SET settled = ?, register = ?, user_id = ?, reason = ? WHERE settled IS NULL",
        (settled, register, user, reason),
    )
