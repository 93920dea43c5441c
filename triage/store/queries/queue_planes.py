"""SQL of the queue's bit planes: their blocks, the reports that changed since, and the counts that triggers keep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array

ROW = (
    "report_id",
    "band",
    "risk",
    "actionability",
    "status",
    "office",
    "province",
    "incident_type",
    "esp",
    "assignee",
    "flags",
    "languages",
    "received",
    "arrived",
    "duplicates_of",
    "number_key",
)
"""The columns of the rows that are put into planes. All but the first are None for a report that left the queue."""
_COLUMNS = ", ".join(ROW)
BLOCK_BITS = 20
"""Bits of a plane's key that number its block."""
_TAKE_FREE_PAGES = """
    INSERT INTO free_pages
    WITH RECURSIVE page (n) AS (
        SELECT freelist_count FROM pragma_freelist_count WHERE freelist_count <= 10000
        UNION ALL SELECT n - 1 FROM page WHERE n > 0)
    SELECT zeroblob(16000) FROM page
"""
"""Each row fills a page. One row over all of them would lie in memory as a whole."""


def load_changed_rows(db: Reader, after: int) -> list[Row]:
    """Returns the rows of reports that changed after change `after`, each as it is since its last change."""
    rows = db.all(f"SELECT queue_row, {', '.join(ROW[1:])} FROM queue_change WHERE n > ? ORDER BY n", (after,))
    return sorted({row[0]: row for row in rows}.values())


def load_rows(db: Reader, report_ids: Iterable[int]) -> list[Row]:
    """Returns the rows of these reports by ascending id."""
    return db.all(
        f"SELECT {_COLUMNS} FROM json_each(:ids) i CROSS JOIN queue q ON q.report_id = i.value ORDER BY q.report_id",
        {"ids": encode_json_array(report_ids)},
    )


def find_newest_change(db: Reader) -> int:
    """Returns the number of the newest change of a queue row; 0 when there was none."""
    return int(db.value("SELECT seq FROM sqlite_sequence WHERE name = 'queue_change'") or 0)


def count_changes(db: Reader) -> int:
    """Returns how many changes are not in the planes yet."""
    last = db.value("SELECT max(n) FROM queue_change")
    return 0 if last is None else int(last - db.value("SELECT min(n) FROM queue_change") + 1)


def find_last_report(db: Reader) -> int:
    """Returns the highest id of a report in the queue or with a deadline, or 0."""
    return int(db.value("SELECT max(coalesce(max(report_id), 0), (SELECT coalesce(max(report_id), 0) FROM deadline)) FROM queue"))


def list_changed_blocks(db: Reader, after: int) -> list[int]:
    """Returns the blocks of planes that were written after this change."""
    return [block for (block,) in db.all("SELECT block FROM queue_block WHERE changed > ?", (after,))]


def load_planes(db: Reader, planes: Iterable[int]) -> Iterator[tuple[int, int, bytes]]:
    """Yields (plane, block, bits) of some planes, plane by plane as they lie on the disk; blocks without a bit are missing."""
    found = db.each(
        "SELECT p.id, p.bits FROM json_each(?1) w CROSS JOIN queue_block b CROSS JOIN queue_plane p"
        f" ON p.id = (w.value << {BLOCK_BITS} | b.block)",
        (encode_json_array(planes),),
    )
    return ((key >> BLOCK_BITS, key & (1 << BLOCK_BITS) - 1, bits) for key, bits in found)


def load_block(db: Reader, plane: int, block: int) -> bytes:
    """Returns the bits of one block of a plane; empty when it has none."""
    return bytes(db.value("SELECT bits FROM queue_plane WHERE id = ?", (plane << BLOCK_BITS | block,)) or b"")


def save_block(batch: Writer, plane: int, block: int, bits: bytes) -> None:
    """Replaces the bits of a block; a block without a bit is deleted."""
    key = plane << BLOCK_BITS | block
    if bits:
        batch.execute("INSERT OR REPLACE INTO queue_plane (id, bits) VALUES (?,?)", (key, bits))
    else:
        batch.execute("DELETE FROM queue_plane WHERE id = ?", (key,))


def order_planes(batch: Writer) -> None:
    """Lays all planes side by side on the disk, in the order of their keys. Each stays there until its block has no bit any more.

    Pages that are free lie here and there. They are taken first, and given back, so that the planes come one after the other
    behind them; with 160 MB of them or more that would take too long.
    """
    for statement in (
        "CREATE TABLE free_pages (bits BLOB)",
        _TAKE_FREE_PAGES,
        "CREATE TABLE ordered_plane (id INTEGER PRIMARY KEY, bits BLOB NOT NULL) STRICT",
        "INSERT INTO ordered_plane SELECT id, bits FROM queue_plane ORDER BY id",
        "DROP TABLE queue_plane",
        "ALTER TABLE ordered_plane RENAME TO queue_plane",
        "DROP TABLE free_pages",
    ):
        batch.execute(statement)


def count_blocks(db: Reader) -> int:
    """Returns how many blocks the planes have, with those that no report is in any more."""
    return int(db.value("SELECT coalesce(max(block) + 1, 0) FROM queue_block"))


def mark_packed(batch: Writer, blocks: Iterable[int], newest: int) -> None:
    """Records that these blocks hold all changes up to `newest`, and forgets the changes, also those of deadlines."""
    batch.executemany("INSERT OR REPLACE INTO queue_block (block, changed) VALUES (?,?)", [(block, newest) for block in blocks])
    batch.execute("DELETE FROM queue_change WHERE n <= ?", (newest,))
    batch.execute("DELETE FROM deadline_change")


def clear_planes(batch: Writer) -> None:
    """Deletes all planes and what changed since."""
    for table in ("queue_plane", "queue_block", "queue_change", "deadline_change"):
        batch.execute(f"DELETE FROM {table}")


def note_written(batch: Writer) -> int:
    """Adds a change of no report, so that whoever has read the planes notices that they are written; returns its number."""
    return batch.insert("INSERT INTO queue_change (queue_row) VALUES (0)")


def load_counts(db: Reader) -> list[tuple[int, int, int, int, int]]:
    """Returns (status, band, office or 0, 1 for the child lane, number of reports), as triggers counted them."""
    return [(s, b, o, c, n) for s, b, o, c, n in db.all("SELECT status, band, office, child, n FROM queue_count WHERE n <> 0")]
