"""SQL of the backup folders: where each is, and the state that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.printable import make_storable
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


def save_backup(batch: Writer, id: str, place: str, number: int, made: str, destructions: int, frontier: bytes) -> None:
    """Stores or replaces the state of the backup folder `id`.

    `destructions` is the number of destroyed reports that this state knows of, `frontier` that of the state's audit log. A folder
    that was stated as destroyed counts as present again.
    """
    batch.execute(
        "INSERT INTO backup (id, path, number, made, destructions, frontier) VALUES (?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
        " path = excluded.path, number = excluded.number, made = excluded.made, destructions = excluded.destructions,"
        " destroyed = NULL, frontier = excluded.frontier",
        (id, make_storable(place), number, made, destructions, frontier),
    )


def load_frontier(db: Reader, id: str) -> bytes | None:
    """Returns the frontier of the audit log in the state of the backup folder `id`, or None."""
    found: bytes | None = db.value("SELECT frontier FROM backup WHERE id = ?", (id,))
    return found


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
    batch.execute("DELETE FROM backup_part WHERE backup = ?", (id,))
    return batch.execute("UPDATE backup SET destroyed = ? WHERE id = ?", (when, id)) > 0


def load_part_keys(db: Reader, id: str, key_file: bytes) -> dict[int, bytes]:
    """Returns the keys of the parts of a backup's database, by number: those that were saved under this key file only."""
    return dict(db.all("SELECT number, key FROM backup_part WHERE backup = ? AND key_file = ?", (id, key_file)))


def save_part_keys(batch: Writer, id: str, key_file: bytes, keys: Mapping[int, bytes]) -> None:
    """Stores the keys of the parts of a backup's database in place of those before. `key_file` is the digest of the key file."""
    batch.execute("DELETE FROM backup_part WHERE backup = ?", (id,))
    rows = [(id, number, key, key_file) for number, key in keys.items()]
    batch.executemany("INSERT INTO backup_part (backup, number, key, key_file) VALUES (?,?,?,?)", rows)


def forget_part_keys(writer: Writer) -> None:
    """Deletes the keys of the parts of all backups: the next backup of each folder copies the whole database anew."""
    writer.execute("DELETE FROM backup_part")
