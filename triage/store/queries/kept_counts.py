"""Compares the numbers that triggers keep of the queue and of casework with what the rows say, and counts all rows anew.

It is a module of its own since it takes numpy, which commands that only read do not load.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from triage.store.database import Reader, Row, Writer
from triage.store.queries import encode_json_array
from triage.store.queries.tallies import count_rows, read_counts, sum_numbers

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


_PRESENT = "SELECT case_id, stage, due FROM (SELECT case_id, stage, due, max(id) FROM case_stage GROUP BY case_id)"
_WAITING = (
    "SELECT kind, substr(sent, 1, 11), count(*) FROM request r WHERE sent IS NOT NULL AND closed IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM request_reply p WHERE p.request_id = r.id) GROUP BY 1, 2"
)
_PAIRS = "SELECT pair, count(*) FROM grade_work WHERE pair IS NOT NULL GROUP BY pair"
_OF_CASEWORK = (
    (_WAITING, "SELECT kind, sent, n FROM request_waiting_count WHERE n <> 0"),
    (_PRESENT, "SELECT case_id, stage, due FROM case_present"),
    (_PAIRS, "SELECT id, n FROM grade_pair WHERE n <> 0"),
    (
        "SELECT DISTINCT media_item_id, 1 FROM grade",
        (
            "SELECT media_item_id, count(*) FROM (SELECT media_item_id FROM grade_changed"
            " UNION ALL SELECT media_item_id FROM grade_work) GROUP BY 1"
        ),
    ),
)
"""Two statements each that have the same rows."""
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


def find_wrong_casework(db: Reader) -> bool:
    """Returns whether something that triggers keep of requests, cases or graded files differs from what the rows say."""
    checks = [f"SELECT EXISTS ({one} EXCEPT {other})" for pair in _OF_CASEWORK for one, other in (pair, pair[::-1])]
    return any(db.value(sql) for sql in checks)


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
    """Counts all rows anew. Of grades nothing is kept then, until somebody works them out."""
    for table, (_, counted) in _KEPT.items():
        batch.execute(f"DELETE FROM {table}")
        batch.execute(f"INSERT INTO {table} {counted}")
    for table in ("request_waiting_count", "case_present", "grade_work", "grade_pair", "grade_changed"):
        batch.execute(f"DELETE FROM {table}")
    batch.execute(f"INSERT INTO request_waiting_count {_WAITING}")
    batch.execute(f"INSERT INTO case_present {_PRESENT}")
    batch.execute("INSERT INTO grade_changed SELECT DISTINCT media_item_id FROM grade")
    wrong = batch.all(f"SELECT p.a, p.b FROM {_WRONG_BANDS}")
    batch.executemany(
        "UPDATE possible_match SET band = (SELECT band FROM gravest_band WHERE a = ?1 AND b = ?2) WHERE a = ?1 AND b = ?2",
        wrong,
    )
