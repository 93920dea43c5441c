"""Hash lists: known, known-good, negative, and those of seized devices (case); and the hashes of the reports' files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from triage.model.match_way import HashKind
from triage.store.database import Reader, Writer
from triage.store.queries import among, chunks, marks


@dataclass(frozen=True, slots=True)
class ListRow:
    id: int
    name: str
    kind: str
    profile: str | None
    added: str
    sha256: str
    format: str
    entries: int
    hash_kinds: str
    unmatched: str
    remarks: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A hash of a list and what the list says of its entry."""

    hash_kind: HashKind
    value: bytes
    list_id: int
    item_id: int
    category: str | None
    said: str | None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A hash that stands both in a list and in the store. `report_id` is None for media without a report."""

    item_id: int
    hash_kind: str
    value: bytes
    report_id: int | None
    name: str
    declared: bool


ItemRow = tuple[int, int, str | None, str | None, str | None]
"""(id, list, category, paths, said)"""
HashRow = tuple[str, bytes, int, int]
"""(kind, value, list, item)"""
FileHashRow = tuple[str, bytes, int, str, int]
"""(kind, value, report, name, declared)"""

_LIST = "id, name, kind, profile, added, sha256, format, entries, hash_kinds, unmatched, remarks"
_ENTRY = "h.hash_kind, h.value, h.list_id, h.entry_id, i.category, i.details"


def start(batch: Writer, *, name: str, kind: str, profile: str | None, added: str, sha256: str) -> int:
    """A list without entries; `finish` says what it holds when they are in."""
    return batch.insert(
        "INSERT INTO hash_list (name, kind, profile, added, sha256, entries, unmatched) VALUES (?,?,?,?,?,0,'{}')",
        (name, kind, profile, added, sha256),
    )


def finish(batch: Writer, list_id: int, *, format: str, entries: int, hash_kinds: str, unmatched: str, remarks: str) -> None:
    batch.execute(
        "UPDATE hash_list SET format = ?, entries = ?, hash_kinds = ?, unmatched = ?, remarks = ? WHERE id = ?",
        (format, entries, hash_kinds, unmatched, remarks, list_id),
    )


def next_item(db: Reader) -> int:
    return int(db.value("SELECT coalesce(max(id), 0) + 1 FROM list_entry"))


def add_entries(batch: Writer, items: Iterable[ItemRow], hashes: Iterable[HashRow]) -> None:
    batch.executemany("INSERT INTO list_entry (id, list_id, category, paths, details) VALUES (?,?,?,?,?)", items)
    batch.executemany("INSERT OR IGNORE INTO list_hash (hash_kind, value, list_id, entry_id) VALUES (?,?,?,?)", hashes)


def set_met(batch: Writer, list_id: int) -> None:
    """Every picture of the store was asked whether it is like one of the list's."""
    batch.execute("UPDATE hash_list SET compared = 1 WHERE id = ?", (list_id,))


def unmet(db: Reader) -> dict[int, tuple[int, int]]:
    """List -> (how many of its pictures were asked for, the last picture of the store that was asked): one of the two is used."""
    return {
        i: (asked, by)
        for i, asked, by in db.all("SELECT id, compared_hashes, last_compared_item FROM hash_list WHERE compared = 0 ORDER BY id")
    }


def set_asked(batch: Writer, list_id: int, asked: int, asked_by: int) -> None:
    batch.execute("UPDATE hash_list SET compared_hashes = ?, last_compared_item = ? WHERE id = ?", (asked, asked_by, list_id))


def remove(batch: Writer, list_id: int) -> None:
    batch.execute("DELETE FROM list_hash WHERE list_id = ?", (list_id,))
    batch.execute("DELETE FROM list_entry WHERE list_id = ?", (list_id,))
    batch.execute("DELETE FROM hash_list WHERE id = ?", (list_id,))


def all_lists(db: Reader) -> list[ListRow]:
    return [ListRow(*row) for row in db.all(f"SELECT {_LIST} FROM hash_list ORDER BY name")]


def by_name(db: Reader, name: str) -> ListRow | None:
    row = db.one(f"SELECT {_LIST} FROM hash_list WHERE name = ?", (name,))
    return ListRow(*row) if row else None


def kinds(db: Reader, list_id: int) -> dict[str, int]:
    """Distinct values by kind."""
    return dict(
        db.all("SELECT hash_kind, count(DISTINCT value) FROM list_hash WHERE list_id = ? GROUP BY 1 ORDER BY 1", (list_id,))
    )


def entries(db: Reader, hash_kind: str, values: Sequence[bytes]) -> list[EntryRow]:
    """What all lists say of these values."""
    found: list[EntryRow] = []
    for part in chunks(values):
        found += [
            EntryRow(*row)
            for row in db.all(
                f"SELECT {_ENTRY} FROM list_hash h JOIN list_entry i ON i.id = h.entry_id"
                f" WHERE h.hash_kind = ? AND h.value IN ({marks(len(part))}) ORDER BY h.value, h.list_id, h.entry_id",
                [hash_kind, *part],
            )
        ]
    return found


def pictures(db: Reader, list_id: int | None = None) -> list[tuple[bytes, int, int]]:
    """(PDQ, list, item) of one list or of all, in order."""
    sql = "SELECT value, list_id, entry_id FROM list_hash WHERE hash_kind = 'pdq' AND ?1 IN (list_id, 0) ORDER BY 1, 2, 3"
    rows = db.all(sql, (list_id or 0,))
    return [(value, of_list, item_id) for value, of_list, item_id in rows]


def items(db: Reader, item_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None, str | None]]:
    """Item -> (category, paths, said)."""
    found: dict[int, tuple[str | None, str | None, str | None]] = {}
    for part in chunks(item_ids):
        rows = db.all(f"SELECT id, category, paths, details FROM list_entry WHERE id IN ({marks(len(part))})", part)
        found.update({i: (category, paths, said) for i, category, paths, said in rows})
    return found


def replace_file_hashes(batch: Writer, report_ids: Iterable[int], rows: Sequence[FileHashRow]) -> None:
    """Of these reports."""
    batch.execute("DELETE FROM file_hash WHERE report_id IN (SELECT value FROM json_each(?))", (among(report_ids),))
    batch.executemany(
        "INSERT OR REPLACE INTO file_hash (hash_kind, value, report_id, name, declared) VALUES (?,?,?,?,?)", sorted(rows)
    )


def digests(db: Reader, report_ids: Iterable[int]) -> list[tuple[str, bytes]]:
    """(kind, value) of the files of these reports."""
    return [
        (kind, value)
        for kind, value in db.all(
            "SELECT DISTINCT hash_kind, value FROM file_hash WHERE report_id IN (SELECT value FROM json_each(?))",
            (among(report_ids),),
        )
    ]


# The side that is smaller in most stores is walked, the list's key is looked up for each of its rows.
_IN_REPORTS = "FROM file_hash f CROSS JOIN list_hash h ON h.hash_kind = f.hash_kind AND h.value = f.value AND h.list_id = ?"
_WITHOUT_REPORT = " UNION ALL ".join(
    f"SELECT h.entry_id, h.hash_kind, h.value, NULL, o.path, 0 FROM file o JOIN media_item m ON m.id = o.media_item_id"
    f" CROSS JOIN list_hash h ON h.hash_kind = '{kind}' AND h.value = unhex(m.{kind}) AND h.list_id = ?"
    " WHERE o.report_id IS NULL"
    for kind in ("md5", "sha1", "sha256")
)


def found(db: Reader, list_id: int) -> Iterator[FoundRow]:
    """Every digest of the list that a report, or a medium without one, has."""
    in_reports = f"SELECT h.entry_id, h.hash_kind, h.value, f.report_id, f.name, f.declared {_IN_REPORTS}"
    for row in db.each(f"{in_reports} UNION ALL {_WITHOUT_REPORT}", (list_id,) * 4):
        yield FoundRow(row[0], row[1], row[2], row[3], row[4], bool(row[5]))


def reports_hit(db: Reader, list_id: int) -> list[int]:
    """Reports that share a digest with the list."""
    return [i for (i,) in db.all(f"SELECT DISTINCT f.report_id {_IN_REPORTS}", (list_id,))]


def holders(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[tuple[int | None, str]]]:
    """Medium -> (report or None, name or path) of each of its occurrences."""
    found: dict[int, list[tuple[int | None, str]]] = {}
    for part in chunks(medium_ids):
        for medium_id, report_id, name in db.all(
            "SELECT DISTINCT media_item_id, report_id, CASE WHEN report_id IS NULL THEN path ELSE name END FROM file"
            f" WHERE media_item_id IN ({marks(len(part))}) ORDER BY 1, 2, 3",
            part,
        ):
            found.setdefault(medium_id, []).append((report_id, name))
    return found
