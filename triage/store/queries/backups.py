"""Where backups lie, a row a folder."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class BackupRow:
    id: str
    place: str
    number: int
    made: str
    gone: str | None
    destroyed_since: int
    """Reports destroyed that this state does not know of: it still holds them."""


def put(batch: Writer, id: str, place: str, number: int, made: str, destructions: int) -> None:
    """`destructions` is how many the state knows of."""
    batch.execute(
        "INSERT INTO backup (id, path, number, made, destructions) VALUES (?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
        " path = excluded.path, number = excluded.number, made = excluded.made, destructions = excluded.destructions,"
        " destroyed = NULL",
        (id, place, number, made, destructions),
    )


def all_rows(db: Reader) -> list[BackupRow]:
    """The oldest state first."""
    return [
        BackupRow(*row)
        for row in db.all(
            "SELECT id, path, number, made, destroyed, (SELECT count(*) FROM destruction) - destructions"
            " FROM backup ORDER BY made, id"
        )
    ]


def set_gone(batch: Writer, id: str, when: str) -> bool:
    """Whether there is such a backup."""
    return batch.execute("UPDATE backup SET destroyed = ? WHERE id = ?", (when, id)) > 0
