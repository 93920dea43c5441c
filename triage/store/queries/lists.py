"""Hash lists: known, known-good, negative, and those of seized devices (case)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import chunks, marks


@dataclass(frozen=True, slots=True)
class ListRow:
    id: int
    name: str
    kind: str
    profile: str | None
    added: str
    sha256: str
    entries: int
    unmatched: str


@dataclass(frozen=True, slots=True)
class HitRow:
    list_name: str
    list_kind: str
    added: str
    hash_kind: str
    value: bytes
    category: str | None
    profile: str | None


_LIST = "id, name, kind, profile, added, sha256, entries, unmatched"


def add(
    batch: Writer, *, name: str, kind: str, profile: str | None, added: str, sha256: str, entries: int, unmatched: str
) -> int:
    return batch.insert(
        "INSERT INTO hash_list (name, kind, profile, added, sha256, entries, unmatched) VALUES (?,?,?,?,?,?,?)",
        (name, kind, profile, added, sha256, entries, unmatched),
    )


def add_entries(batch: Writer, list_id: int, rows: Iterable[tuple[str, bytes, str | None]]) -> None:
    """Rows are (hash kind, value, category as stated)."""
    batch.executemany(
        "INSERT OR IGNORE INTO hash_entry (hash_kind, value, list_id, category) VALUES (?,?,?,?)",
        [(kind, value, list_id, category) for kind, value, category in rows],
    )


def remove(batch: Writer, list_id: int) -> None:
    batch.execute("DELETE FROM hash_entry WHERE list_id = ?", (list_id,))
    batch.execute("DELETE FROM hash_list WHERE id = ?", (list_id,))


def all_lists(db: Reader) -> list[ListRow]:
    return [ListRow(*row) for row in db.all(f"SELECT {_LIST} FROM hash_list ORDER BY name")]


def by_name(db: Reader, name: str) -> ListRow | None:
    row = db.one(f"SELECT {_LIST} FROM hash_list WHERE name = ?", (name,))
    return ListRow(*row) if row else None


def kinds(db: Reader, list_id: int) -> dict[str, int]:
    return {k: n for k, n in db.all("SELECT hash_kind, count(*) FROM hash_entry WHERE list_id = ? GROUP BY 1", (list_id,))}


def hits(db: Reader, hash_kind: str, values: Sequence[bytes]) -> list[HitRow]:
    found: list[HitRow] = []
    for part in chunks(values):
        found += [
            HitRow(*row)
            for row in db.all(
                "SELECT l.name, l.kind, l.added, e.hash_kind, e.value, e.category, l.profile FROM hash_entry e"
                f" JOIN hash_list l ON l.id = e.list_id WHERE e.hash_kind = ? AND e.value IN ({marks(len(part))})"
                " ORDER BY l.name",
                [hash_kind, *part],
            )
        ]
    return found


def all_pdq(db: Reader) -> list[tuple[bytes, int]]:
    return [(v, i) for v, i in db.all("SELECT value, list_id FROM hash_entry WHERE hash_kind = 'pdq'")]
