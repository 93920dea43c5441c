"""SQL of signed updates: their issuers, and what was applied and undone."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer

_COLUMNS = "id, kind, name, number, issued, note, issuer, digest, made, applied, user_id, undone"


@dataclass(frozen=True, slots=True)
class UpdateRow:
    """A signed update that was applied. `made` is the use of rules or the list that it made; `undone` is when, or None."""

    id: int
    kind: str
    name: str
    number: int
    issued: str
    note: str
    issuer: str
    digest: str
    made: int | None
    applied: str
    user_id: int
    undone: str | None


def save_issuer(batch: Writer, fingerprint: str, name: str, added: str, user: int, second: int | None) -> None:
    """Stores an issuer that two people trust. One that is known already gets the new name."""
    batch.execute(
        "INSERT OR REPLACE INTO update_issuer (fingerprint, name, added, user_id, second_id) VALUES (?,?,?,?,?)",
        (fingerprint, name, added, user, second),
    )


def load_issuers(db: Reader) -> dict[str, str]:
    """Returns fingerprint -> name of all issuers."""
    return dict(db.all("SELECT fingerprint, name FROM update_issuer ORDER BY name"))


def delete_issuer(batch: Writer, fingerprint: str) -> None:
    """Deletes an issuer. What was applied stays."""
    batch.execute("DELETE FROM update_issuer WHERE fingerprint = ?", (fingerprint,))


def add_update(
    batch: Writer, row: tuple[str, str, int, str, str, str, str], files: bytes, made: int | None, applied: str, user: int
) -> int:
    """Stores an update: (kind, name, number, issued, note, issuer, digest) and its tables. Returns its id."""
    return batch.insert(
        "INSERT INTO signed_update (kind, name, number, issued, note, issuer, digest, files, made, applied, user_id)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (*row, files, made, applied, user),
    )


def list_updates(db: Reader) -> list[UpdateRow]:
    """Returns all updates, the oldest first."""
    return [UpdateRow(*row) for row in db.all(f"SELECT {_COLUMNS} FROM signed_update ORDER BY id")]


def find_in_use(db: Reader, kind: str, name: str) -> UpdateRow | None:
    """Returns the update of this kind and name that is in use, or None."""
    row = db.first(
        f"SELECT {_COLUMNS} FROM signed_update WHERE kind = ? AND name = ? AND undone IS NULL ORDER BY id DESC LIMIT 1",
        (kind, name),
    )
    return None if row is None else UpdateRow(*row)


def find_before(db: Reader, row: UpdateRow) -> UpdateRow | None:
    """Returns the update that is in use again when this one is undone, or None."""
    before = db.first(
        f"SELECT {_COLUMNS} FROM signed_update WHERE kind = ? AND name = ? AND undone IS NULL AND id < ?"
        " ORDER BY id DESC LIMIT 1",
        (row.kind, row.name, row.id),
    )
    return None if before is None else UpdateRow(*before)


_TABLES_IN_USE = (
    "FROM signed_update WHERE kind NOT IN ('rules', 'hash-list') AND id IN"
    " (SELECT max(id) FROM signed_update WHERE undone IS NULL GROUP BY kind, name) ORDER BY id"
)


def load_tables_in_use(db: Reader) -> list[bytes]:
    """Returns the tables of each kind that are in use, as they were stored."""
    return [bytes(row[0]) for row in db.all(f"SELECT files {_TABLES_IN_USE}")]


def list_digests_in_use(db: Reader) -> tuple[str, ...]:
    """Returns the digests of the updates whose tables are in use."""
    return tuple(str(row[0]) for row in db.all(f"SELECT digest {_TABLES_IN_USE}"))


def load_files(db: Reader, update_id: int) -> bytes:
    """Returns what is stored of an update's content."""
    return bytes(db.value("SELECT files FROM signed_update WHERE id = ?", (update_id,)))


def set_made(batch: Writer, update_id: int, made: int | None) -> None:
    """Stores which list an update made when it came into use again."""
    batch.execute("UPDATE signed_update SET made = ? WHERE id = ?", (made, update_id))


def find_rules_update(db: Reader, use: int) -> int | None:
    """Returns the update that stands and whose rules came into use by this use, or None."""
    found = db.value("SELECT id FROM signed_update WHERE kind = 'rules' AND made = ? AND undone IS NULL", (use,))
    return None if found is None else int(found)


def find_list_updates(db: Reader, name: str, made: int) -> list[int]:
    """Returns the updates of a hash list that stand, the oldest first, if the newest of them made this list; else none."""
    rows = db.all(
        "SELECT id, made FROM signed_update WHERE kind = 'hash-list' AND name = ? AND undone IS NULL ORDER BY id", (name,)
    )
    return [int(row[0]) for row in rows] if rows and rows[-1][1] == made else []


def mark_undone(batch: Writer, update_id: int, when: str) -> None:
    """Marks an update as undone."""
    batch.execute("UPDATE signed_update SET undone = ? WHERE id = ?", (when, update_id))
