"""SQL of the queue's bit planes: their blocks, the reports that changed since, and the counts that triggers keep."""

from __future__ import annotations

from collections.abc import Iterable

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
    "due",
)
"""The columns of the rows that are put into planes. All but the first are None for a report that left the queue."""
DUE_ROW = ("report_id", "due")
"""The columns of the rows of which only the next deadline changed."""
_RUNNING = "(SELECT min(d.due) FROM deadline d WHERE d.report_id = q.report_id AND (d.duty OR d.due >= :now))"
NEXT_DUE = f"CASE WHEN q.due < :now AND q.due_duty = 0 THEN {_RUNNING} ELSE q.due END"
"""The next deadline that runs at `now`: the stored one, unless it ran out since. A duty runs until it is done."""
_COLUMNS = ", ".join(f"q.{name}" for name in ROW[1:-1])
_AFTER = f"CASE WHEN q.due_after < :now THEN {_RUNNING} ELSE q.due_after END"
"""The next deadline that runs at `now`, where the stored one ran out."""
_LATE = "queue AS q INDEXED BY queue_passing WHERE due_duty = 0"
_OPEN = "queue INDEXED BY queue_preserve WHERE status <> 4"
"""Rows by their next deadline: those that run out, and those that are not closed. The planner knows no sizes of the two."""
_PASSED = f"FROM {_LATE} AND due < :now AND (due >= :since OR due_after < :now)"
BLOCK_BITS = 20
"""Bits of a plane's key that number its block."""


def load_changed_rows(db: Reader, after: int) -> list[Row]:
    """Returns the rows of reports that changed after change `after`, each as it is since its last change."""
    rows = db.all(f"SELECT queue_row, {', '.join(ROW[1:])} FROM queue_change WHERE n > ? ORDER BY n", (after,))
    return sorted({row[0]: row for row in rows}.values())


def load_passed_deadlines(db: Reader, since: int, now: int) -> tuple[str, str]:
    """Returns reports of which a deadline ran out in [`since`, `now`), in any order, as numbers with commas between them.

    The first text holds report and next deadline that runs at `now`, in turn; the second one the reports without any. Where the
    stored one and the one after it ran out both, the report is always among them. After a month they are a tenth of the store:
    as texts they take a third of the time of as many rows.
    """
    [(running, without)] = db.all(
        "SELECT group_concat(report_id || ',' || due), group_concat(CASE WHEN due IS NULL THEN report_id END)"
        f" FROM (SELECT report_id, {_AFTER} AS due {_PASSED})",
        {"since": since, "now": now},
    )
    return running or "", without or ""


def load_rows(db: Reader, report_ids: Iterable[int], now: int) -> list[Row]:
    """Returns the rows of these reports by ascending id."""
    return db.all(
        f"SELECT q.report_id, {_COLUMNS}, {NEXT_DUE} FROM json_each(:ids) i CROSS JOIN queue q ON q.report_id = i.value"
        " ORDER BY q.report_id",
        {"ids": encode_json_array(report_ids), "now": now},
    )


def find_newest_change(db: Reader) -> int:
    """Returns the number of the newest change of a queue row; 0 when there was none."""
    return int(db.value("SELECT seq FROM sqlite_sequence WHERE name = 'queue_change'") or 0)


def has_passed(db: Reader, since: int, now: int) -> bool:
    """Returns whether the stored next deadline of a report ran out in [`since`, `now`)."""
    return bool(db.value(f"SELECT EXISTS (SELECT 1 {_PASSED})", {"since": since, "now": now}))


def count_changes(db: Reader) -> int:
    """Returns how many changes are not in the planes yet."""
    last = db.value("SELECT max(n) FROM queue_change")
    return 0 if last is None else int(last - db.value("SELECT min(n) FROM queue_change") + 1)


def find_last_report(db: Reader) -> int:
    """Returns the highest id in the queue, or 0."""
    return int(db.value("SELECT max(report_id) FROM queue") or 0)


def list_changed_blocks(db: Reader, after: int) -> list[int]:
    """Returns the blocks of planes that were written after this change."""
    return [block for (block,) in db.all("SELECT block FROM queue_block WHERE changed > ?", (after,))]


def load_planes(db: Reader, planes: Iterable[int]) -> list[tuple[int, int, bytes]]:
    """Returns (plane, block, bits) of some planes, block by block; blocks without a bit are missing.

    A block's planes were written one after the other and lie side by side on the disk, so that this takes two thirds of the time
    that reading plane after plane takes.
    """
    found = db.all(
        "SELECT p.id, p.bits FROM queue_block b CROSS JOIN json_each(?1) w CROSS JOIN queue_plane p"
        f" ON p.id = (w.value << {BLOCK_BITS} | b.block)",
        (encode_json_array(planes),),
    )
    return [(key >> BLOCK_BITS, key & (1 << BLOCK_BITS) - 1, bits) for key, bits in found]


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


def mark_packed(batch: Writer, blocks: Iterable[int], newest: int) -> None:
    """Records that these blocks hold all changes up to `newest`, and forgets the changes."""
    batch.executemany("INSERT OR REPLACE INTO queue_block (block, changed) VALUES (?,?)", [(block, newest) for block in blocks])
    batch.execute("DELETE FROM queue_change WHERE n <= ?", (newest,))


def clear_planes(batch: Writer) -> None:
    """Deletes all planes and what changed since."""
    for table in ("queue_plane", "queue_block", "queue_change"):
        batch.execute(f"DELETE FROM {table}")


def note_rebuilt(batch: Writer) -> int:
    """Adds a change of no report, so that whoever has read the planes reads them again; returns its number."""
    return batch.insert("INSERT INTO queue_change (queue_row) VALUES (0)")


def advance_deadlines(batch: Writer, now: int, most: int) -> int:
    """Sets the next deadline anew where the stored one ran out, for at most so many reports; returns for how many."""
    running = "FROM deadline WHERE report_id = q.report_id AND (duty OR due >= :now) ORDER BY due, duty DESC LIMIT 1"
    return batch.execute(
        f"UPDATE queue AS q SET due = (SELECT due {running}), due_duty = coalesce((SELECT duty {running}), 0), due_after ="
        f" (SELECT min(due) FROM deadline WHERE report_id = q.report_id AND (duty OR due > (SELECT due {running})))"
        f" WHERE report_id IN (SELECT report_id FROM {_LATE} AND due < :now LIMIT :most)",
        {"now": now, "most": most},
    )


def load_counts(db: Reader) -> list[tuple[int, int, int, int, int]]:
    """Returns (status, band, office or 0, 1 for the child lane, number of reports), as triggers counted them."""
    return [(s, b, o, c, n) for s, b, o, c, n in db.all("SELECT status, band, office, child, n FROM queue_count WHERE n <> 0")]


def count_expiring(db: Reader, now: int, before: int) -> int:
    """Returns how many reports that are not closed have a deadline that runs at `now` and ends before `before`.

    Whole days come from the counts; the day in which `before` lies, and what ran out since it was stored, from an index that
    holds all that is asked of a row. To read each of those rows took 13 s a month after the last change.
    """
    day = before // 86400
    whole = db.value("SELECT coalesce(sum(n), 0) FROM queue_due_count WHERE day < ?", (day,))
    rest = db.value(f"SELECT count(*) FROM {_OPEN} AND due >= ? AND due < ?", (day * 86400, before))
    gone = db.value(_GONE, {"now": now, "passed": min(now, before), "before": before})
    return int(whole + rest - gone)


_GONE = (
    "SELECT count(*) FROM queue q INDEXED BY queue_preserve WHERE status <> 4 AND due < :passed AND due_duty = 0"
    f" AND NOT coalesce({_AFTER} < :before, 0)"
)
"""Counts the reports whose stored deadline ran out before `passed` and that have no other one before `before`."""


_KEPT = {
    "queue_count": (
        "status, band, office, child, n",
        "SELECT status, band, coalesce(office, 0), flags & 1, count(*) FROM queue GROUP BY 1, 2, 3, 4",
    ),
    "queue_provider_count": (
        "provider, band, status, n",
        "SELECT coalesce(esp, 0), band, status, count(*) FROM queue GROUP BY 1, 2, 3",
    ),
    "queue_month_count": (
        "month, n",
        "SELECT coalesce(strftime('%Y-%m', received, 'unixepoch'), 'unknown'), count(*) FROM queue GROUP BY 1",
    ),
    "queue_day_count": (
        "office, day, band, n",
        (
            "SELECT coalesce(office, 0), coalesce((max(received, 0) + 18000) / 86400, -1),"
            " CASE WHEN status IN (0, 1, 5) THEN band ELSE -1 END, count(*) FROM queue GROUP BY 1, 2, 3"
        ),
    ),
    "outcome_count": ("day, status, reason, n", "SELECT day, status, reason, count(*) FROM outcome GROUP BY 1, 2, 3"),
    "queue_due_count": (
        "day, n",
        "SELECT due / 86400, count(*) FROM queue WHERE status <> 4 AND due IS NOT NULL GROUP BY 1",
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
"""Table -> its columns, and what the rows say. Numbers that fell to 0 stay in the tables."""


_WRONG_BANDS = "possible_match AS p WHERE band <> (SELECT g.band FROM gravest_band g WHERE g.a = p.a AND g.b = p.b)"


def find_wrong_counts(db: Reader) -> bool:
    """Returns whether a number that triggers keep, or the band of a possible match, differs from what the rows say."""
    for table, (columns, counted) in _KEPT.items():
        kept = f"SELECT {columns} FROM {table} WHERE n <> 0"
        if sorted(row for row in db.all(counted) if row[-1]) != sorted(db.all(kept)):
            return True
    return bool(db.value(f"SELECT EXISTS (SELECT 1 FROM {_WRONG_BANDS})"))


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
