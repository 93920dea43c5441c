"""SQL of hash lists (known, known-good, negative, and those of seized devices), and of the hashes of the reports' files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from triage.model.digest_kinds import DIGEST_KINDS
from triage.model.match_way import HashKind
from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array, format_placeholders, list_blocks, split_into_chunks


@dataclass(frozen=True, slots=True)
class ListRow:
    """A hash list. `hash_kinds`, `unmatched` and `remarks` are JSON; `sha256` is that of the list's file."""

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
    radius: int | None = None
    """Bits of 256 up to which its PDQ hashes match; None is the usual distance."""
    packed: bool = False
    """A long list: its digests stand in blocks."""
    unfinished: str | None = None
    """JSON: how far a long list was read, until it has effect."""


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
"""(id, list, category, paths as JSON, details as JSON)"""
HashRow = tuple[str, bytes, int, int]
"""(kind, value, list, item)"""
FileHashRow = tuple[str, bytes, int, str, int]
"""(kind, value, report, name, declared)"""

_AT_ONCE = 5_000
_LIST = "id, name, kind, profile, added, sha256, format, entries, hash_kinds, unmatched, remarks, radius, packed, unfinished"
_ENTRY = "h.hash_kind, h.value, h.list_id, h.entry_id, i.category, i.details"


def add_list(batch: Writer, *, name: str, kind: str, profile: str | None, added: str, sha256: str) -> int:
    """Adds a list without entries; returns its id. `finish_list` stores what the list holds."""
    return batch.insert(
        "INSERT INTO hash_list (name, kind, profile, added, sha256, entries, unmatched) VALUES (?,?,?,?,?,0,'{}')",
        (name, kind, profile, added, sha256),
    )


def finish_list(batch: Writer, list_id: int, *, format: str, entries: int, hash_kinds: str, unmatched: str, remarks: str) -> None:
    """Stores what the list holds, once its entries are in."""
    batch.execute(
        "UPDATE hash_list SET format = ?, entries = ?, hash_kinds = ?, unmatched = ?, remarks = ? WHERE id = ?",
        (format, entries, hash_kinds, unmatched, remarks, list_id),
    )


def load_shared_entries(db: Reader, list_id: int, most: int) -> dict[tuple[str | None, str | None], int]:
    """Returns (category, details as JSON) -> entry, of up to `most` entries of a list that state no path."""
    rows = db.all("SELECT category, details, id FROM list_entry WHERE list_id = ? AND paths IS NULL LIMIT ?", (list_id, most))
    return {(category, details): item_id for category, details, item_id in rows}


def set_radius(batch: Writer, list_id: int, radius: int | None) -> None:
    """Sets up to how many bits the list's PDQ hashes match; None is the usual distance."""
    batch.execute("UPDATE hash_list SET radius = ? WHERE id = ?", (radius, list_id))


def load_radii(db: Reader) -> dict[int, int]:
    """Returns list -> distance, of the lists that have a distance of their own."""
    return dict(db.all("SELECT id, radius FROM hash_list WHERE radius IS NOT NULL"))


def count_shared_hashes(db: Reader) -> list[tuple[int, int, int]]:
    """Returns (list of known material, list of harmless content, hashes that both hold), where that is not none."""
    rows = db.all(
        "SELECT h.list_id, g.list_id, count(DISTINCT h.hash_kind || hex(h.value)) FROM list_hash h"
        " CROSS JOIN hash_list k ON k.id = h.list_id AND k.kind = 'known' AND k.unfinished IS NULL"
        " CROSS JOIN list_hash g ON g.hash_kind = h.hash_kind AND g.value = h.value"
        " JOIN hash_list o ON o.id = g.list_id AND o.kind IN ('known-good', 'negative') AND o.unfinished IS NULL GROUP BY 1, 2"
    )
    shared = Counter({(one, other): n for one, other, n in rows})
    for one, one_packed, other, other_packed in db.all(
        "SELECT k.id, k.packed, o.id, o.packed FROM hash_list k JOIN hash_list o ON o.kind IN ('known-good', 'negative')"
        " WHERE k.kind = 'known' AND k.packed + o.packed > 0 AND k.unfinished IS NULL AND o.unfinished IS NULL"
    ):
        if one_packed and other_packed:
            shared[one, other] += list_blocks.count_shared(db, one, other)
        else:
            shared[one, other] += _count_rows_in_blocks(db, *((other, one) if one_packed else (one, other)))
    return [(one, other, n) for (one, other), n in sorted(shared.items()) if n]


def _count_rows_in_blocks(db: Reader, in_rows: int, packed: int) -> int:
    """Returns how many different digests of a short list a long list holds."""
    found = 0
    for kind in list_blocks.WIDTHS:
        rows = db.each("SELECT DISTINCT value FROM list_hash WHERE hash_kind = ? AND list_id = ? ORDER BY 1", (kind, in_rows))
        while values := [value for (value,) in islice(rows, _AT_ONCE)]:
            found += len({value for value, _ in list_blocks.find_digests(db, packed, kind, values)})
    return found


def next_entry_id(db: Reader) -> int:
    """Returns the id for the next entry of any list."""
    return int(db.value("SELECT coalesce(max(id), 0) + 1 FROM list_entry"))


def add_entries(batch: Writer, items: Iterable[ItemRow], hashes: Iterable[HashRow]) -> None:
    """Adds entries and hashes to lists. A hash that its entry has already is skipped."""
    batch.executemany("INSERT INTO list_entry (id, list_id, category, paths, details) VALUES (?,?,?,?,?)", items)
    batch.executemany("INSERT OR IGNORE INTO list_hash (hash_kind, value, list_id, entry_id) VALUES (?,?,?,?)", hashes)


def delete_list(batch: Writer, list_id: int) -> None:
    """Deletes the list, its entries and its hashes. The blocks of a long list go before."""
    batch.execute("DELETE FROM list_hash WHERE list_id = ?", (list_id,))
    batch.execute("DELETE FROM list_entry WHERE list_id = ?", (list_id,))
    batch.execute("DELETE FROM hash_list WHERE id = ?", (list_id,))


def _build_list(row: Row) -> ListRow:
    """Builds a list from the columns of _LIST; a flag is a number there, and what crosses to a worker is checked by its type."""
    found = ListRow(*row)
    return replace(found, packed=bool(found.packed))


def load_lists(db: Reader) -> list[ListRow]:
    """Returns all hash lists that are whole, by name."""
    return [_build_list(row) for row in db.all(f"SELECT {_LIST} FROM hash_list WHERE unfinished IS NULL ORDER BY name")]


def load_unfinished_lists(db: Reader) -> list[ListRow]:
    """Returns the long lists that are not whole and have no effect, by name."""
    return [_build_list(row) for row in db.all(f"SELECT {_LIST} FROM hash_list WHERE unfinished IS NOT NULL ORDER BY name")]


def find_list(db: Reader, name: str) -> ListRow | None:
    """Returns the list with this name, or None when there is none or it is not whole."""
    row = db.first(f"SELECT {_LIST} FROM hash_list WHERE name = ? AND unfinished IS NULL", (name,))
    return _build_list(row) if row else None


def find_unfinished_list(db: Reader, name: str) -> ListRow | None:
    """Returns the long list with this name that is not whole, or None."""
    row = db.first(f"SELECT {_LIST} FROM hash_list WHERE name = ? AND unfinished IS NOT NULL", (name,))
    return _build_list(row) if row else None


def count_hashes_by_kind(db: Reader, list_id: int) -> dict[str, int]:
    """Returns the number of distinct hashes of the list by hash kind, without those in blocks."""
    return dict(
        db.all("SELECT hash_kind, count(DISTINCT value) FROM list_hash WHERE list_id = ? GROUP BY 1 ORDER BY 1", (list_id,))
    )


def find_entries(db: Reader, hash_kind: HashKind, values: Sequence[bytes]) -> list[EntryRow]:
    """Returns what all lists state of these hashes of one kind, which are in order."""
    found: list[EntryRow] = []
    for part in split_into_chunks(values):
        found += [
            EntryRow(*row)
            for row in db.all(
                f"SELECT {_ENTRY} FROM list_hash h JOIN list_entry i ON i.id = h.entry_id"
                f" WHERE h.hash_kind = ? AND h.value IN ({format_placeholders(len(part))})"
                " ORDER BY h.value, h.list_id, h.entry_id",
                [hash_kind, *part],
            )
        ]
    packed = [
        (value, list_id, item_id)
        for list_id in (list_blocks.list_packed(db) if hash_kind in list_blocks.WIDTHS else ())
        for value, item_id in list_blocks.find_digests(db, list_id, hash_kind, values)
    ]
    if not packed:
        return found
    said = load_entries(db, sorted({item_id for _, _, item_id in packed}))
    found += [EntryRow(hash_kind, value, of, item, said[item][0], said[item][2]) for value, of, item in packed]
    return sorted(found, key=lambda row: (row.value, row.list_id, row.item_id))


def iter_pdq_hashes(db: Reader, list_id: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yields (PDQ hash, list, entry) of one list or of all, in order of the hash."""
    return db.each(
        "SELECT h.value, h.list_id, h.entry_id FROM list_hash h JOIN hash_list l ON l.id = h.list_id AND l.unfinished IS NULL"
        " WHERE h.hash_kind = 'pdq' AND ?1 IN (h.list_id, 0) ORDER BY 1, 2, 3",
        (list_id or 0,),
    )


def count_pdq_hashes(db: Reader, list_id: int) -> int:
    """Returns how many PDQ hashes a list's entries have."""
    return int(db.value("SELECT count(*) FROM list_hash WHERE hash_kind = 'pdq' AND list_id = ?", (list_id,)))


def load_entries(db: Reader, item_ids: Sequence[int]) -> dict[int, tuple[str | None, str | None, str | None]]:
    """Returns entry -> (category, paths as JSON, details as JSON)."""
    found: dict[int, tuple[str | None, str | None, str | None]] = {}
    for part in split_into_chunks(item_ids):
        rows = db.all(f"SELECT id, category, paths, details FROM list_entry WHERE id IN ({format_placeholders(len(part))})", part)
        found.update({i: (category, paths, said) for i, category, paths, said in rows})
    return found


def replace_file_hashes(batch: Writer, report_ids: Iterable[int], rows: Sequence[FileHashRow]) -> None:
    """Replaces the file hashes of these reports by the rows."""
    batch.execute("DELETE FROM file_hash WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(report_ids),))
    batch.executemany(
        "INSERT INTO file_hash (hash_kind, value, report_id, name, declared) VALUES (?,?,?,?,?)"
        " ON CONFLICT DO UPDATE SET declared = excluded.declared",  # OR REPLACE takes longer, also where nothing is replaced
        sorted(rows),
    )


def list_file_hashes(db: Reader, report_ids: Iterable[int]) -> list[tuple[str, bytes]]:
    """Returns the distinct (kind, value) of the hashes of these reports' files."""
    return [
        (kind, value)
        for kind, value in db.all(
            "SELECT DISTINCT hash_kind, value FROM file_hash WHERE report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    ]


# The side that is smaller in most stores is walked, the list's key is looked up for each of its rows.
_IN_REPORTS = "FROM file_hash f CROSS JOIN list_hash h ON h.hash_kind = f.hash_kind AND h.value = f.value AND h.list_id = ?"
_WITHOUT_REPORT = " UNION ALL ".join(
    f"SELECT h.entry_id, h.hash_kind, h.value, NULL, o.path, 0 FROM file o JOIN media_item m ON m.id = o.media_item_id"
    f" CROSS JOIN list_hash h ON h.hash_kind = '{kind}' AND h.value = unhex(m.{kind}) AND h.list_id = ?"
    " WHERE o.report_id IS NULL"
    for kind in DIGEST_KINDS
)


def iter_exact_matches(db: Reader, list_id: int) -> Iterator[FoundRow]:
    """Yields every hash of the list that a report's file, or a media item without a report, has."""
    in_reports = f"SELECT h.entry_id, h.hash_kind, h.value, f.report_id, f.name, f.declared {_IN_REPORTS}"
    for row in db.each(f"{in_reports} UNION ALL {_WITHOUT_REPORT}", (list_id,) * (1 + len(DIGEST_KINDS))):
        yield FoundRow(row[0], row[1], row[2], row[3], row[4], bool(row[5]))
    if list_id in list_blocks.list_packed(db):
        yield from _iter_packed_matches(db, list_id)


def _iter_packed_matches(db: Reader, list_id: int) -> Iterator[FoundRow]:
    """Yields the same of a long list: both sides are in order, so that each block is read once at most."""
    for kind in list_blocks.WIDTHS:
        in_reports = "SELECT value, report_id, name, declared FROM file_hash WHERE hash_kind = ? ORDER BY value"
        media = f"SELECT unhex(m.{kind}), NULL, o.path, 0 FROM file o JOIN media_item m ON m.id = o.media_item_id"
        without = f"{media} WHERE o.report_id IS NULL ORDER BY 1"
        for rows in (db.each(in_reports, (kind,)), db.each(without)):
            while some := list(islice(rows, _AT_ONCE)):
                found: dict[bytes, list[int]] = {}
                for value, item_id in list_blocks.find_digests(db, list_id, kind, sorted({row[0] for row in some})):
                    found.setdefault(value, []).append(item_id)
                for value, report_id, name, declared in some if found else ():
                    for item_id in found.get(value, ()):
                        yield FoundRow(item_id, kind, value, report_id, name, bool(declared))


def list_reports_with_exact_matches(db: Reader, list_id: int) -> list[int]:
    """Returns the reports of which a file has a hash of the list."""
    if list_id in list_blocks.list_packed(db):
        return sorted({row.report_id for row in iter_exact_matches(db, list_id) if row.report_id is not None})
    return [i for (i,) in db.all(f"SELECT DISTINCT f.report_id {_IN_REPORTS}", (list_id,))]


def load_file_names(db: Reader, medium_ids: Sequence[int]) -> dict[int, list[tuple[int | None, str]]]:
    """Returns media item -> (report or None, file name or path in the bundle) of each of its files."""
    found: dict[int, list[tuple[int | None, str]]] = {}
    for part in split_into_chunks(medium_ids):
        for medium_id, report_id, name in db.all(
            "SELECT DISTINCT media_item_id, report_id, CASE WHEN report_id IS NULL THEN path ELSE name END FROM file"
            f" WHERE media_item_id IN ({format_placeholders(len(part))}) ORDER BY 1, 2, 3",
            part,
        ):
            found.setdefault(medium_id, []).append((report_id, name))
    return found
