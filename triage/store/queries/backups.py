"""SQL of the backup folders: where each is, and the state that it holds."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class BackupRow:
    """A backup folder and its newest state. `gone` is when a person stated that its carrier was destroyed, or None."""

    id: str
    place: str
    number: int
    made: str
    gone: str | None
    destroyed_since: int
    """Reports destroyed that this state does not know of: it still holds them."""


def save_backup(batch: Writer, id: str, place: str, number: int, made: str, destructions: int) -> None:
    """Stores or replaces the state of the backup folder `id`.

    `destructions` is the number of destroyed reports that this state knows of. A folder that was stated as destroyed counts as
    present again.
    """
    batch.execute(
        "INSERT INTO backup (id, path, number, made, destructions) VALUES (?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
        " path = excluded.path, number = excluded.number, made = excluded.made, destructions = excluded.destructions,"
        " destroyed = NULL",
        (id, place, number, made, destructions),
    )


def list_backups(db: Reader) -> list[BackupRow]:
    """Returns all backup folders, the one with the oldest state first."""
    return [
        BackupRow(*row)
        for row in db.all(
            "SELECT id, path, number, made, destroyed, (SELECT count(*) FROM destruction) - destructions"
            " FROM backup ORDER BY made, id"
        )
    ]


def mark_backup_destroyed(batch: Writer, id: str, when: str) -> bool:
    """Records when the backup's carrier was destroyed; returns whether there is such a backup."""
    return batch.execute("UPDATE backup SET destroyed = ? WHERE id = ?", (when, id)) > 0
