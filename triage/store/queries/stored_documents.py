"""SQL that goes through all stored documents of reports, as they are stored, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator

from triage.store.database import Reader

_STEP = 500  # documents read in one go


def count_documents(db: Reader) -> int:
    """Returns how many documents the store holds of reports, earlier versions and what replies say included."""
    ((count,),) = db.all("SELECT (SELECT count(*) FROM source) + (SELECT count(*) FROM reply_document)")
    return int(count)


def iterate_documents(db: Reader, n: int, of: int) -> Iterator[tuple[int, bytes]]:
    """Yields (report, stored document) of slice n of the documents, counted from 1; of all versions, and what replies say.

    Documents that lie side by side are in one slice, so that a slice reads its share of the database.
    """
    ((last,),) = db.all("SELECT coalesce(max(id), 0) FROM source")
    after, up_to = (n - 1) * last // of, n * last // of
    sql = f"SELECT id, report_id, parsed FROM source WHERE id > ? AND id <= ? ORDER BY id LIMIT {_STEP}"
    while rows := db.all(sql, (after, up_to)):
        yield from ((report_id, parsed) for _, report_id, parsed in rows)
        after = rows[-1][0]
    at = (-1, -1)
    sql = (
        "SELECT report_id, request_id, parsed FROM reply_document WHERE (report_id, request_id) > (?, ?) AND report_id % ? = ?"
        f" ORDER BY report_id, request_id LIMIT {_STEP}"
    )
    while rows := db.all(sql, (*at, of, n - 1)):
        yield from ((report_id, parsed) for report_id, _, parsed in rows)
        at = rows[-1][:2]
