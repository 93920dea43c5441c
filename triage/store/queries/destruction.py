"""SQL that erases a report, that lists what forbids it, and that keeps it from coming back.

Rows of every table with a column `report_id` are erased, so that a new table can't be forgotten. STAY names the exceptions.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from triage.store.database import Reader, Writer
from triage.store.queries import (
    appeals,
    encode_json_array,
    format_placeholders,
    media_matches,
    queue_views,
    requests,
    text_search,
    victim_series,
)
from triage.store.queries.destroyed_names import Mentions

STAY = ("destruction",)
"""Tables whose rows stay: destructions in ids and counts. Private accounts name no report."""


@dataclass(frozen=True, slots=True)
class StoredBytes:
    """A document or media item that only one report holds. `medium` is the media item's id, None for a document."""

    sha256: str
    item: int
    medium: int | None = None


@dataclass(frozen=True, slots=True)
class DestructionPlan:
    """What destroying a report takes away, and what stays because other reports hold it too."""

    documents: tuple[StoredBytes, ...]
    media: tuple[StoredBytes, ...]
    shared_documents: int
    shared_media: int
    bundles: tuple[int, ...]
    replies: tuple[StoredBytes, ...] = ()
    """Replies to requests of which all lines are this report's alone."""
    set_aside: tuple[StoredBytes, ...] = ()
    """Bytes of its media that are kept once more, since they were set aside."""


def plan_destruction(db: Reader, report_id: int) -> DestructionPlan:
    """Returns what destroying the report would take away. Nothing is changed."""
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
    aside = db.all(
        "SELECT o.sha256, o.item FROM original o WHERE o.sha256 IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM source x WHERE x.sha256 = o.sha256) ORDER BY 1",
        (encode_json_array(sha256 for sha256, _, _ in media),),
    )
    return DestructionPlan(
        documents=tuple(StoredBytes(sha256, item) for sha256, item in documents),
        media=tuple(StoredBytes(sha256, item, medium) for sha256, item, medium in media),
        shared_documents=said - len(documents),
        shared_media=held - len(media),
        bundles=tuple(bundle for (bundle,) in brought),
        replies=tuple(StoredBytes(sha256, item) for sha256, item in requests.list_replies_of_report_alone(db, report_id)),
        set_aside=tuple(StoredBytes(sha256, item) for sha256, item in aside),
    )


def find_affected_reports(db: Reader, report_id: int) -> list[int]:
    """Returns the other reports whose score cards mention this one.

    They hold a media item of this report or one that matches it.
    """
    return [
        i
        for (i,) in db.all(
            "WITH own AS (SELECT DISTINCT media_item_id AS id FROM file WHERE report_id = ?1),"
            " near_own AS (SELECT id FROM own UNION SELECT b FROM own CROSS JOIN media_match ON a = own.id"
            " UNION SELECT a FROM own CROSS JOIN media_match ON b = own.id)"
            " SELECT DISTINCT report_id FROM file WHERE media_item_id IN (SELECT id FROM near_own) AND report_id <> ?1",
            (report_id,),
        )
    ]


def find_mentions(db: Reader, report_ids: Collection[int]) -> Mentions:
    """Returns where these reports, which are to be destroyed, stand in names and in entries of bundles."""
    ids = encode_json_array(report_ids)

    def ask(sql: str) -> list[Any]:
        """Returns the first column."""
        return [value for (value,) in db.all(sql, (ids,))]

    of_these = "report_id IN (SELECT value FROM json_each(?1))"
    return Mentions(
        db,
        ask(f"SELECT number FROM report_number WHERE {of_these}"),
        ask(
            f"SELECT sha256 FROM source WHERE {of_these} UNION"
            f" SELECT m.sha256 FROM file f JOIN media_item m ON m.id = f.media_item_id WHERE f.{of_these}"
        ),
        ask(f"SELECT bundle_id FROM report_version WHERE {of_these} UNION SELECT bundle_id FROM file WHERE {of_these}"),
    )


def erase_report(
    batch: Writer, report_id: int, numbers: Sequence[str], going: DestructionPlan, mentions: Mentions | None = None
) -> None:
    """Erases all rows of the report and of what only this report holds.

    The caller destroys the keys of the vault items, and marks a compaction as owed: deleted search words live on until the next
    copy of the database. `numbers` are the report's numbers, which are also removed from file and
    folder names. `mentions` were found for this report among others; else they are found now.
    """
    digests = [gone.sha256 for gone in (*going.documents, *going.media)]
    if mentions is None or not mentions.covers(numbers, digests, going.bundles):
        mentions = find_mentions(batch, [report_id])
    _erase_entries(batch, report_id, digests, mentions)
    appeals.erase_appeals_of_emptied_cases(batch, report_id)
    requests.erase_lines_of_report(batch, report_id)
    batch.execute(_HAND_GRADES_OVER, (report_id,))
    batch.execute("UPDATE queue SET duplicates_of = NULL WHERE duplicates_of = ?", (report_id,))
    for table in _list_report_tables(batch):
        batch.execute(f"DELETE FROM {table} WHERE report_id = ?", (report_id,))
    text_search.erase_text(batch, report_id)
    media_matches.delete_matches(batch, [gone.medium for gone in going.media if gone.medium is not None])
    victim_series.erase_series_of_media(batch, [gone.medium for gone in going.media if gone.medium is not None])
    for gone in going.media:
        batch.execute("DELETE FROM media_item WHERE id = ?", (gone.medium,))
    batch.executemany("DELETE FROM original WHERE sha256 = ?", [(gone.sha256,) for gone in (*going.documents, *going.set_aside)])
    batch.execute("DELETE FROM report WHERE id = ?", (report_id,))
    for bundle in going.bundles:
        _clear_empty_receipt(batch, bundle)
    for number in numbers:
        queue_views.delete_views_that_name(batch, number)
        mentions.replace_number(batch, number, f"destroyed-{report_id}")


_HAND_GRADES_OVER = (
    "UPDATE grade SET report_id = (SELECT min(o.report_id) FROM file o WHERE o.media_item_id = grade.media_item_id"
    " AND o.report_id <> ?1) WHERE report_id = ?1 AND EXISTS (SELECT 1 FROM file o WHERE o.media_item_id = grade.media_item_id"
    " AND o.report_id <> ?1)"
)
"""A grade belongs to the media item: where another report holds that too, the grade moves to it."""


def _list_report_tables(db: Reader) -> list[str]:
    """Returns the tables with a column `report_id`, except those in STAY."""
    return [
        name
        for (name,) in db.all(
            "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON c.name = 'report_id'"
            f" WHERE m.type = 'table' AND m.name NOT IN ({format_placeholders(len(STAY))})",
            STAY,
        )
    ]


def _erase_entries(batch: Writer, report_id: int, digests: Sequence[str], mentions: Mentions) -> None:
    """Erases the bundle entries and quarantine rows of the report's files and of the bytes that go.

    Rows of its files go even if their bytes stay for other reports.
    """
    for table in ("bundle_entry", "quarantined"):
        batch.execute(
            f"DELETE FROM {table} WHERE (bundle_id, path) IN (SELECT bundle_id, path FROM file WHERE report_id = ?)",
            (report_id,),
        )
    mentions.delete_entries(batch, digests)
    batch.execute("DELETE FROM quarantined WHERE sha256 IN (SELECT value FROM json_each(?))", (encode_json_array(digests),))


def _clear_empty_receipt(batch: Writer, bundle: int) -> None:
    """Clears the receipt of a bundle of which nothing is left; the row itself stays."""
    left = batch.value(
        "SELECT EXISTS (SELECT 1 FROM bundle_entry WHERE bundle_id = ?1)"
        " OR EXISTS (SELECT 1 FROM quarantined WHERE bundle_id = ?1)"
        " OR EXISTS (SELECT 1 FROM report_version WHERE bundle_id = ?1)"
        " OR EXISTS (SELECT 1 FROM file WHERE bundle_id = ?1)",
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


# -- what stays ----------------------------------------------------------------------------------------------------------


def add_destruction(batch: Writer, report_id: int, *, destroyed: str, user: int, second: int, documents: int, media: int) -> int:
    """Stores what statistics need of a report before it is erased; returns the destruction's id."""
    row = batch.first(
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
    """Adds the keyed hashes that recognise destroyed content if it comes again.

    `found` are (keyed hash, id of the media item that had these bytes or None).
    """
    batch.executemany(
        "INSERT INTO destroyed_mark (mark, destruction_id, media_item_id) VALUES (?,?,?) ON CONFLICT (mark) DO UPDATE"
        " SET media_item_id = coalesce(excluded.media_item_id, media_item_id)",
        [(mark, destruction, medium) for mark, medium in found],
    )


def find_tombstones(db: Reader, marks: Collection[str]) -> set[str]:
    """Returns those of these keyed hashes that something was destroyed with."""
    sql = "SELECT mark FROM destroyed_mark WHERE mark IN (SELECT value FROM json_each(?))"
    return {mark for (mark,) in db.all(sql, (encode_json_array(marks),))}


def has_tombstones(db: Reader) -> bool:
    """Returns whether anything was destroyed."""
    return db.first("SELECT 1 FROM destroyed_mark") is not None


def count_tombstones(db: Reader) -> int:
    """Returns the number of keyed hashes of destroyed content."""
    return int(db.value("SELECT count(*) FROM destroyed_mark"))


Counts = tuple[str, int, int, int | None, int, int | None, str, int, int]
"""(destroyed, user, second person, band, status, office, month, documents, media)"""


def iter_registered_destructions(db: Reader, after: int) -> Iterator[tuple[int, Counts, tuple[str, ...]]]:
    """Yields (id, counts, sorted tombstones) of each destruction behind this id, in their order. Reads some at a time."""
    while rows := db.all(f"SELECT id, {_COUNTS} FROM destruction WHERE id > ? ORDER BY id LIMIT {_AT_ONCE}", (after,)):
        marks: dict[int, list[str]] = {}
        sql = "SELECT mark, destruction_id FROM destroyed_mark WHERE destruction_id BETWEEN ? AND ? ORDER BY destruction_id, mark"
        for mark, of in db.all(sql, (rows[0][0], rows[-1][0])):
            marks.setdefault(of, []).append(mark)
        yield from ((of, tuple(counts), tuple(marks.get(of, ()))) for of, *counts in rows)
        after = rows[-1][0]


_AT_ONCE = 1_000
_COUNTS = "destroyed, user_id, second_id, band, status, office, month, documents, media"


def load_registered_counts(db: Reader, destruction: int) -> Counts:
    """Returns the counts of one destruction."""
    (counts,) = db.all(f"SELECT {_COUNTS} FROM destruction WHERE id = ?", (destruction,))
    return tuple(counts)


def add_registered_destruction(batch: Writer, report_id: int | None, counts: Counts) -> int:
    """Adds a destruction that another copy of this store carried out; returns its id.

    `report_id` is None when the report never came here. The row then gets a number below 0, which no report has.
    """
    here = "coalesce(?, (SELECT min(0, min(report_id)) - 1 FROM destruction), -1)"  # no report has a number below 0
    return batch.insert(
        "INSERT INTO destruction (report_id, destroyed, user_id, second_id, band, status, office, month, documents, media)"
        f" VALUES ({here},?,?,?,?,?,?,?,?,?)",
        (report_id, *counts),
    )


def count_destructions(db: Reader) -> int:
    """Returns the number of destroyed reports."""
    return int(db.value("SELECT count(*) FROM destruction"))


def count_destructions_by(db: Reader, column: str) -> dict[int, int]:
    """Returns the number of destroyed reports by `band`, `status` or `office`.

    Raises:
        ValueError: for another column
    """
    if column not in ("band", "status", "office"):
        raise ValueError(column)
    return {v: n for v, n in db.all(f"SELECT {column}, count(*) FROM destruction GROUP BY 1") if v is not None}


def count_destructions_by_month(db: Reader) -> dict[str, int]:
    """Returns the number of destroyed reports by month of receipt (YYYY-MM or "unknown")."""
    return dict(db.all("SELECT month, count(*) FROM destruction GROUP BY 1"))


# -- holds and cleared people ----------------------------------------------------------------------------------------------


def place_hold(batch: Writer, report_id: int, placed: str, user: int, reason: str) -> None:
    """Places a legal hold on the report, or replaces the one that stands."""
    batch.execute(
        "INSERT OR REPLACE INTO legal_hold (report_id, placed, user_id, reason) VALUES (?,?,?,?)",
        (report_id, placed, user, reason),
    )


def lift_hold(batch: Writer, report_id: int) -> bool:
    """Removes the report's legal hold; returns whether there was one."""
    return batch.execute("DELETE FROM legal_hold WHERE report_id = ?", (report_id,)) > 0


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A legal hold on a report."""

    report_id: int
    placed: str
    user_id: int
    reason: str


def list_holds(db: Reader) -> list[HoldRow]:
    """Returns all legal holds, the oldest first."""
    return [
        HoldRow(*row) for row in db.all("SELECT report_id, placed, user_id, reason FROM legal_hold ORDER BY placed, report_id")
    ]


@dataclass(frozen=True, slots=True)
class DestructionRow:
    """A destruction that was carried out."""

    report_id: int
    destroyed: str
    user_id: int
    second_id: int
    documents: int
    media: int


def list_destruction_ids(db: Reader) -> array[int]:
    """Returns the ids of all destructions, the newest first."""
    return array("q", (i for (i,) in db.each("SELECT id FROM destruction ORDER BY destroyed DESC, id DESC")))


def load_destructions(db: Reader, ids: Iterable[int]) -> dict[int, DestructionRow]:
    """Returns id -> destruction."""
    columns = "report_id, destroyed, user_id, second_id, documents, media"
    sql = f"SELECT id, {columns} FROM destruction WHERE id IN (SELECT value FROM json_each(?))"
    return {i: DestructionRow(*row) for i, *row in db.all(sql, (encode_json_array(ids),))}


def has_hold(db: Reader, report_id: int) -> bool:
    """Returns whether a legal hold stands on the report."""
    return db.value("SELECT 1 FROM legal_hold WHERE report_id = ?", (report_id,)) is not None


def mark_cleared(batch: Writer, report_id: int, since: str, user: int, reason: str) -> None:
    """Records that the report's person was cleared, with the reason."""
    batch.execute(
        "INSERT OR REPLACE INTO cleared (report_id, since, user_id, reason) VALUES (?,?,?,?)", (report_id, since, user, reason)
    )


def unmark_cleared(batch: Writer, report_id: int) -> bool:
    """Removes the record that the report's person was cleared; returns whether there was one."""
    return batch.execute("DELETE FROM cleared WHERE report_id = ?", (report_id,)) > 0


def find_cleared(db: Reader, report_ids: Iterable[int]) -> set[int]:
    """Returns those of these reports whose person was cleared."""
    return {
        i
        for (i,) in db.all(
            "SELECT report_id FROM cleared WHERE report_id IN (SELECT value FROM json_each(?))", (encode_json_array(report_ids),)
        )
    }
