"""SQL of which report is the first of several with the same content, as the rows of the queue name it."""

from __future__ import annotations

from collections.abc import Iterable

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


def find_named(db: Reader, report_ids: Iterable[int]) -> int | None:
    """Returns the first report that the queue names for one of these, which have one content; None if no row of theirs is valid.

    A row is valid while its score card is not stale.
    """
    found = db.value(
        "SELECT coalesce(duplicates_of, report_id) FROM queue WHERE report_id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM stale s WHERE s.report_id = queue.report_id) LIMIT 1",
        (encode_json_array(report_ids),),
    )
    return None if found is None else int(found)


def is_named(db: Reader, report_id: int) -> bool:
    """Returns whether the queue shows another report as a duplicate of this one."""
    return bool(db.value("SELECT EXISTS (SELECT 1 FROM queue WHERE duplicates_of = ?)", (report_id,)))


def name_first(batch: Writer, report_ids: Iterable[int], first: int) -> None:
    """Has the queue show these reports as duplicates of `first`, and `first` as a duplicate of none. Other rows stay."""
    batch.execute(
        "UPDATE queue SET duplicates_of = nullif(?2, report_id) WHERE report_id IN (SELECT value FROM json_each(?1))"
        " AND duplicates_of IS NOT nullif(?2, report_id)",
        (encode_json_array(report_ids), first),
    )
