"""SQL of the queue's bit planes: their blocks, the reports that changed since, and the counts that triggers keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array
from triage.store.queries.tallies import count_rows, read_counts, sum_numbers

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


_OF_QUEUE = {
    "queue_count": ("status", "band", "coalesce(office, 0)", "flags & 1"),
    "queue_provider_count": ("coalesce(esp, 0)", "band", "status"),
    "queue_day_count": (
        "coalesce(office, 0)",
        "coalesce((max(received, 0) + 18000) / 86400, -1)",
        "CASE WHEN status IN (0, 1, 5) THEN band ELSE -1 END",
    ),
}
"""Table -> by what it counts the reports of the queue, in the order of its columns."""
_DAY = "coalesce(received / 86400 - (received % 86400 < 0), 1000000000)"
"""The day since 1970 of which a report's month is taken; a day that is in no month where none is stated."""
_STEPS = (1, 16_384)
"""Seconds of the steps of `expiring_count`."""
_EXPIRING = "expiring_change WHERE report_id IN (SELECT report_id FROM queue WHERE status <> 4)"

_KEPT = {
    **{table: ("*", f"SELECT {', '.join(by)}, count(*) FROM queue GROUP BY {', '.join(by)}") for table, by in _OF_QUEUE.items()},
    "queue_month_count": (
        "month, n",
        "SELECT coalesce(strftime('%Y-%m', received, 'unixepoch'), 'unknown'), count(*) FROM queue GROUP BY 1",
    ),
    "outcome_count": (
        "day, status, reason, n",
        "SELECT day, status, reason, count(*) FROM (SELECT * FROM outcome ORDER BY report_id) GROUP BY 1, 2, 3",
    ),
    "expiring_count": (
        "step, at, n",
        f"SELECT step, at, sum(n) FROM {_EXPIRING} GROUP BY 1, 2 HAVING sum(n) <> 0",
    ),
    "cluster_size": ("root, n", "SELECT root, count(*) FROM cluster GROUP BY root"),
    "row_count": (
        "name, n",
        (
            "SELECT 'reports', count(*) FROM report UNION ALL SELECT 'stale', count(*) FROM stale"
            " UNION ALL SELECT 'media', count(*) FROM media_item UNION ALL SELECT 'files', count(*) FROM file"
            " UNION ALL SELECT 'media in files', count(DISTINCT media_item_id) FROM file"
            " UNION ALL SELECT 'possible', coalesce(sum(waits), 0) FROM waiting_match"
        ),
    ),
}
"""Table -> its columns, and what the rows say. Numbers that fell to 0 stay in the tables.

Outcomes are read in the order of reports. In that of decisions nearly each one opens another page: twelve times as long.
"""


_WRONG_BANDS = "possible_match AS p WHERE band <> (SELECT g.band FROM gravest_band g WHERE g.a = p.a AND g.b = p.b)"


def count_odd_rows(db: Reader, bands: int, statuses: int) -> int:
    """Returns how many reports have a band or status in the queue that is none of so many, from 0 on."""
    sql = "SELECT count(*) FROM queue WHERE band NOT BETWEEN 0 AND ? OR status NOT BETWEEN 0 AND ?"
    return int(db.value(sql, (bands - 1, statuses - 1)))


def find_wrong_counts(db: Reader) -> bool:
    """Returns whether a number that triggers keep, or the band of a possible match, differs from what the rows say."""
    counted = _count_queue(db)
    for table, (columns, sql) in _KEPT.items():
        if table != "expiring_count":
            found = counted[table] if table in counted else read_counts(db.all(sql))
            if found != read_counts(db.all(f"SELECT {columns} FROM {table}")):
                return True
    return _find_wrong_expiring(db) or bool(db.value(f"SELECT EXISTS (SELECT 1 FROM {_WRONG_BANDS})"))


def _count_queue(db: Reader) -> dict[str, Counter[Row]]:
    """Returns the reports of the queue as its tables count them."""
    counted = count_rows(db, "queue", "report_id", {**_OF_QUEUE, "queue_month_count": (_DAY,)})
    by_day = counted.pop("queue_month_count")
    months = db.all(
        "SELECT value, coalesce(strftime('%Y-%m', value * 86400, 'unixepoch'), 'unknown') FROM json_each(?)",
        (encode_json_array(day for (day,) in by_day),),
    )
    by_month = counted["queue_month_count"] = Counter()
    for day, month in months:
        by_month[month,] += by_day[day,]
    return counted


def _find_wrong_expiring(db: Reader) -> bool:
    """Returns whether a number of reports that enter the lane "preserve now" differs from what their deadlines say.

    There are as many of them as deadlines, nearly.
    """
    there = 0
    for step in _STEPS:
        found = sum_numbers(db, "at", "n", f"FROM {_EXPIRING} AND step = ?", (step,))
        kept = sum_numbers(db, "at", "n", "FROM expiring_count WHERE step = ?", (step,))
        if not all(map(np.array_equal, found, kept)):
            return True
        there += len(kept[0])
    return bool(there != db.value("SELECT count(*) FROM expiring_count WHERE n <> 0"))


def recount(batch: Writer) -> None:
    """Counts all rows anew."""
    for table, (_, counted) in _KEPT.items():
        batch.execute(f"DELETE FROM {table}")
        batch.execute(f"INSERT INTO {table} {counted}")
    wrong = batch.all(f"SELECT p.a, p.b FROM {_WRONG_BANDS}")
    batch.executemany(
        "UPDATE possible_match SET band = (SELECT band FROM gravest_band WHERE a = ?1 AND b = ?2) WHERE a = ?1 AND b = ?2",
        wrong,
    )
