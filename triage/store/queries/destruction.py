"""Erasing one report, what stands in its way, and what keeps it from coming back.

Every table with a `report_id` is erased, so that a new one can't be forgotten; STAY names the exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import among, appeals, likeness, marks

STAY = ("destruction", "media_view")
"""What was destroyed, in ids and counts; and people's own accounts of what they saw, which lose the report."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """A document or medium that only this report holds. `medium` is its id, None for a document."""

    sha256: str
    item: int
    medium: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What destroying a report takes away, and what it leaves because others hold it too."""

    documents: tuple[Bytes, ...]
    media: tuple[Bytes, ...]
    shared_documents: int
    shared_media: int
    bundles: tuple[int, ...]


def plan(db: Reader, report_id: int) -> Plan:
    one = (report_id, report_id)
    documents = db.all(
        "SELECT DISTINCT o.sha256, o.item FROM source s JOIN original o ON o.sha256 = s.sha256 WHERE s.report_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM source x WHERE x.sha256 = s.sha256 AND x.report_id <> ?) ORDER BY 1",
        one,
    )
    media = db.all(
        "SELECT DISTINCT m.sha256, m.item, m.id FROM file o JOIN media_item m ON m.id = o.media_item_id WHERE o.report_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM file x WHERE x.media_item_id = m.id AND x.report_id IS NOT ?) ORDER BY 1",
        one,
    )
    held = db.value("SELECT count(DISTINCT media_item_id) FROM file WHERE report_id = ?", (report_id,))
    said = db.value("SELECT count(DISTINCT sha256) FROM source WHERE report_id = ?", (report_id,))
    brought = db.all(
        "SELECT bundle_id FROM report_version WHERE report_id = ? UNION SELECT bundle_id FROM file WHERE report_id = ?", one
    )
    return Plan(
        documents=tuple(Bytes(sha256, item) for sha256, item in documents),
        media=tuple(Bytes(sha256, item, medium) for sha256, item, medium in media),
        shared_documents=said - len(documents),
        shared_media=held - len(media),
        bundles=tuple(bundle for (bundle,) in brought),
    )


def neighbours(db: Reader, report_id: int) -> list[int]:
    """Reports whose cards speak of this one: they share a medium, a like picture, or are told to say the same."""
    return [
        i
        for (i,) in db.all(
            "WITH own AS (SELECT DISTINCT media_item_id AS id FROM file WHERE report_id = ?1),"
            " near_own AS (SELECT id FROM own UNION SELECT b FROM media_match JOIN own ON a = own.id"
            " UNION SELECT a FROM media_match JOIN own ON b = own.id)"
            " SELECT report_id FROM file WHERE media_item_id IN (SELECT id FROM near_own) AND report_id <> ?1"
            " UNION SELECT report_id FROM queue WHERE duplicates_of = ?1",
            (report_id,),
        )
    ]


def erase(batch: Writer, report_id: int, numbers: Sequence[str], going: Plan) -> None:
    """All rows of the report and of what only it holds. The keys of the vault's items are the caller's to destroy."""
    _erase_entries(batch, report_id, going)
    appeals.erase_of_emptied_cases(batch, report_id)
    batch.execute(_HAND_GRADES_OVER, (report_id,))
    batch.execute("UPDATE media_view SET report_id = NULL WHERE report_id = ?", (report_id,))
    batch.execute("UPDATE queue SET duplicates_of = NULL WHERE duplicates_of = ?", (report_id,))
    for table in _tables(batch):
        batch.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))
    batch.execute("DELETE FROM report_text WHERE rowid = ?", (report_id,))
    batch.execute("INSERT INTO report_text (report_text) VALUES ('optimize')")  # a deleted row's words live on until merged
    likeness.forget(batch, [gone.medium for gone in going.media if gone.medium is not None])
    for gone in going.media:
        batch.execute("DELETE FROM media_item WHERE id = ?", (gone.medium,))
    batch.executemany("DELETE FROM original WHERE sha256 = ?", [(gone.sha256,) for gone in going.documents])
    batch.execute("DELETE FROM report WHERE id = ?", (report_id,))
    for bundle in going.bundles:
        _erase_receipt(batch, bundle)
    for number in numbers:
        _unname(batch, number, f"destroyed-{report_id}", going.bundles)


_HAND_GRADES_OVER = (
    "UPDATE grade SET report_id = (SELECT min(o.report_id) FROM file o WHERE o.media_item_id = grade.media_item_id"
    " AND o.report_id <> ?1) WHERE report_id = ?1 AND EXISTS (SELECT 1 FROM file o WHERE o.media_item_id = grade.media_item_id"
    " AND o.report_id <> ?1)"
)
"""A grade belongs to the medium: where another report holds that too, it stays with it."""


def _tables(db: Reader) -> list[str]:
    """That speak of reports by `report_id`, but for STAY."""
    return [
        name
        for (name,) in db.all(
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'report_id'"
            f" WHERE m.type = 'table' AND m.name NOT IN ({marks(len(STAY))})",
            STAY,
        )
    ]


def _erase_entries(batch: Writer, report_id: int, going: Plan) -> None:
    """Where the report's bytes lay in the bundles, also of media that stay for others. Of `entry` all rows are looked at: an
    index of digests would cost every import more than this costs."""
    hashes = among(gone.sha256 for gone in (*going.documents, *going.media))
    for table in ("bundle_entry", "quarantined"):
        batch.execute(
            f"DELETE FROM {table} WHERE (bundle_id, path) IN (SELECT bundle_id, path FROM file WHERE report_id = ?)",
            (report_id,),
        )
        batch.execute(f"DELETE FROM {table} WHERE sha256 IN (SELECT value FROM json_each(?))", (hashes,))


def _erase_receipt(batch: Writer, bundle: int) -> None:
    """A bundle that brought nothing else has nothing to tell any more but that it came."""
    left = batch.value(
        "SELECT EXISTS (SELECT 1 FROM report_version WHERE bundle_id = ?1) OR EXISTS (SELECT 1 FROM file WHERE bundle_id = ?1)"
        " OR EXISTS (SELECT 1 FROM quarantined WHERE bundle_id = ?1) OR EXISTS (SELECT 1 FROM bundle_entry WHERE bundle_id = ?1)",
        (bundle,),
    )
    if left:
        return
    batch.execute("DELETE FROM container WHERE bundle_id = ?", (bundle,))
    batch.execute(
        "UPDATE bundle SET paths = '[]', received_from = NULL, carrier = NULL, note = NULL, delivered_by = NULL,"
        " received_at = NULL, carrier_serial = NULL, seal = NULL WHERE id = ?",
        (bundle,),
    )


_NAMES = (
    ("bundle_entry", "path", ("bundle_id", "path"), "bundle_id"),
    ("container", "path", ("bundle_id", "path"), "bundle_id"),
    ("quarantined", "path", ("id",), "bundle_id"),
    ("file", "path", ("id",), "bundle_id"),
    ("file", "name", ("id",), "bundle_id"),
    ("file", "level", ("id",), "bundle_id"),
    ("bundle", "paths", ("id",), "id"),
    ("bundle", "note", ("id",), "id"),
    ("outgoing", "name", ("id",), None),
    ("outgoing", "note", ("id",), None),
)
"""(table, column, key, column that names the bundle): where a report's number may stand in the name of a folder or file."""


_TELLING = 6
"""Digits from which on a number in a name means the report."""


def _unname(batch: Writer, number: str, instead: str, bundles: Sequence[int]) -> None:
    """The report's number in the names of folders and files that stay; not where it is only a part of a longer one.

    Letters may stand against a number that is long enough to be no other ("CT900000001.zip"), digits never.
    """
    others = "0-9" if number.isdecimal() and len(number) >= _TELLING else "0-9A-Za-z"
    whole = re.compile(rf"(?<![{others}]){re.escape(number)}(?![{others}])")
    for table, column, key, of_bundle in _NAMES:
        only = f" AND {of_bundle} IN ({marks(len(bundles))})" if of_bundle else ""
        named = batch.all(
            f"SELECT {column}, {', '.join(key)} FROM {table} WHERE instr({column}, ?){only}",
            (number, *(bundles if of_bundle else ())),
        )
        where = " AND ".join(f"{name} = ?" for name in key)
        for text, *keys in named:
            batch.execute(f"UPDATE {table} SET {column} = ? WHERE {where}", (whole.sub(instead, text), *keys))


# -- what stays ----------------------------------------------------------------------------------------------------------


def keep_counts(batch: Writer, report_id: int, *, destroyed: str, user: int, second: int, documents: int, media: int) -> int:
    """What statistics need of a report that is about to go; returns the destruction's id."""
    row = batch.one(
        "SELECT band, status, office, coalesce(strftime('%Y-%m', received, 'unixepoch'), 'unknown') FROM queue"
        " WHERE report_id = ?",
        (report_id,),
    )
    band, status, office, month = row or (None, 0, None, "unknown")
    return batch.insert(
        "INSERT INTO destruction (report_id, destroyed, user_id, second_id, band, status, office, month, documents, media)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (report_id, destroyed, user, second, band, status, office, month, documents, media),
    )


def add_tombstones(batch: Writer, destruction: int, found: Iterable[tuple[str, int | None]]) -> None:
    """`found` are (keyed hash, id of the medium that had these bytes)."""
    batch.executemany(
        "INSERT INTO destroyed_mark (mark, destruction_id, media_item_id) VALUES (?,?,?) ON CONFLICT (mark) DO UPDATE"
        " SET media_item_id = coalesce(excluded.media_item_id, media_item_id)",
        [(mark, destruction, medium) for mark, medium in found],
    )


def tombstones(db: Reader) -> frozenset[str]:
    return frozenset(mark for (mark,) in db.all("SELECT mark FROM destroyed_mark"))


Counts = tuple[str, int, int, int | None, int, int | None, str, int, int]
"""(destroyed, user, second person, band, status, office, month, documents, media)"""


def registered(db: Reader) -> list[tuple[Counts, tuple[str, ...]]]:
    """Each destruction with its marks, in their order."""
    rows = db.all(
        "SELECT id, destroyed, user_id, second_id, band, status, office, month, documents, media FROM destruction ORDER BY id"
    )
    marks_of: dict[int, list[str]] = {}
    for mark, of in db.all("SELECT mark, destruction_id FROM destroyed_mark ORDER BY mark"):
        marks_of.setdefault(of, []).append(mark)
    return [(tuple(counts), tuple(marks_of.get(of, ()))) for of, *counts in rows]


def add_registered(batch: Writer, report_id: int | None, counts: Counts) -> int:
    """A destruction that another copy of this store carried out; `report_id` is None when it never came here. Returns its id."""
    here = "coalesce(?, (SELECT min(0, min(report_id)) - 1 FROM destruction), -1)"  # no report has a number below 0
    return batch.insert(
        "INSERT INTO destruction (report_id, destroyed, user_id, second_id, band, status, office, month, documents, media)"
        f" VALUES ({here},?,?,?,?,?,?,?,?,?)",
        (report_id, *counts),
    )


def count(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM destruction"))


def count_by(db: Reader, column: str) -> dict[int, int]:
    """Counts of destroyed reports by `band`, `status` or `office`."""
    if column not in ("band", "status", "office"):
        raise ValueError(column)
    return {v: n for v, n in db.all(f"SELECT {column}, count(*) FROM destruction GROUP BY 1") if v is not None}


def count_by_month(db: Reader) -> dict[str, int]:
    return dict(db.all("SELECT month, count(*) FROM destruction GROUP BY 1"))


# -- holds and cleared people ----------------------------------------------------------------------------------------------


def put_hold(batch: Writer, report_id: int, placed: str, user: int, reason: str) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO legal_hold (report_id, placed, user_id, reason) VALUES (?,?,?,?)",
        (report_id, placed, user, reason),
    )


def lift_hold(batch: Writer, report_id: int) -> bool:
    return batch.execute("DELETE FROM legal_hold WHERE report_id = ?", (report_id,)) > 0


def is_held(db: Reader, report_id: int) -> bool:
    return db.value("SELECT 1 FROM legal_hold WHERE report_id = ?", (report_id,)) is not None


def put_cleared(batch: Writer, report_id: int, since: str, user: int, reason: str) -> None:
    batch.execute(
        "INSERT OR REPLACE INTO cleared (report_id, since, user_id, reason) VALUES (?,?,?,?)", (report_id, since, user, reason)
    )


def lift_cleared(batch: Writer, report_id: int) -> bool:
    return batch.execute("DELETE FROM cleared WHERE report_id = ?", (report_id,)) > 0


def cleared_among(db: Reader, report_ids: Iterable[int]) -> set[int]:
    return {
        i
        for (i,) in db.all(
            "SELECT report_id FROM cleared WHERE report_id IN (SELECT value FROM json_each(?))", (among(report_ids),)
        )
    }
