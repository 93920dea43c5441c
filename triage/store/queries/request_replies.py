"""SQL of replies to requests: sealed documents, their rows, and what a report shows because of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True)
class StoredReply:
    """A document of a reply, sealed in the vault. `matched` is None while it waits to be read."""

    id: int
    name: str
    sha256: str
    size: int
    item: int
    received: str
    user_id: int
    matched: str | None


@dataclass(frozen=True, slots=True)
class StoredReplyRow:
    """A row of a reply; `said` is a ReplyRow as JSON, `reason` a message as JSON."""

    id: int
    document: str
    line_id: int | None
    reason: str | None
    said: bytes


@dataclass(frozen=True, slots=True)
class ReplyCounts:
    """What replies have brought to a request. `lines` are those that it still has: with a report some are destroyed."""

    last: str
    """When the last document was received."""
    waiting: int
    """Documents that wait to be read."""
    lines: int = 0
    answered_lines: int = 0
    unmatched: int = 0
    """Rows without a line."""


_REPLY = "id, name, sha256, size, item, received, user_id, matched"


def add_reply(
    batch: Writer, request_id: int, *, name: str, sha256: str, size: int, item: int, received: str, user_id: int
) -> int:
    """Adds a sealed document of a reply; returns its id."""
    return batch.insert(
        "INSERT INTO request_reply (request_id, name, sha256, size, item, received, user_id) VALUES (?,?,?,?,?,?,?)",
        (request_id, name, sha256, size, item, received, user_id),
    )


def has_reply(db: Reader, request_id: int, sha256: str) -> bool:
    """Returns whether the request has a reply of these bytes."""
    return db.value("SELECT 1 FROM request_reply WHERE request_id = ? AND sha256 = ?", (request_id, sha256)) is not None


def list_replies(db: Reader, request_id: int) -> list[StoredReply]:
    """Returns the documents of the replies to a request, the oldest first."""
    return [
        StoredReply(*row) for row in db.all(f"SELECT {_REPLY} FROM request_reply WHERE request_id = ? ORDER BY id", (request_id,))
    ]


def set_matched(batch: Writer, reply_id: int, matched: str) -> None:
    """Records that a document was read and matched."""
    batch.execute("UPDATE request_reply SET matched = ? WHERE id = ?", (matched, reply_id))


def add_reply_rows(batch: Writer, rows: Iterable[tuple[int, str, int | None, str | None, bytes, bytes]]) -> None:
    """Adds rows (reply, document, line, reason, what it says, digest)."""
    batch.executemany("INSERT INTO reply_row (reply_id, document, line_id, reason, said, digest) VALUES (?,?,?,?,?,?)", rows)


def list_row_digests(db: Reader, request_id: int) -> set[bytes]:
    """Returns the digests of all rows that replies to the request have brought."""
    return {
        bytes(digest)
        for (digest,) in db.all(
            "SELECT w.digest FROM reply_row w JOIN request_reply p ON p.id = w.reply_id WHERE p.request_id = ?", (request_id,)
        )
    }


def list_reply_rows(db: Reader, request_id: int) -> list[StoredReplyRow]:
    """Returns all rows that replies to the request have brought, in their order."""
    return [
        StoredReplyRow(*row)
        for row in db.all(
            "SELECT w.id, w.document, w.line_id, w.reason, w.said FROM reply_row w JOIN request_reply p ON p.id = w.reply_id"
            " WHERE p.request_id = ? ORDER BY w.id",
            (request_id,),
        )
    ]


def count_replies(db: Reader, request_ids: Iterable[int]) -> dict[int, ReplyCounts]:
    """Returns request -> what replies have brought, of those requests that have a reply."""
    ids = encode_json_array(request_ids)
    found = {
        request: ReplyCounts(last, waiting)
        for request, last, waiting in db.all(
            "SELECT request_id, max(received), sum(matched IS NULL) FROM request_reply"
            " WHERE request_id IN (SELECT value FROM json_each(?)) GROUP BY request_id",
            (ids,),
        )
    }
    for request, answered, unmatched in db.all(
        "SELECT p.request_id, count(DISTINCT w.line_id), sum(w.line_id IS NULL) FROM request_reply p"
        " JOIN reply_row w ON w.reply_id = p.id WHERE p.request_id IN (SELECT value FROM json_each(?)) GROUP BY p.request_id",
        (ids,),
    ):
        found[request] = replace(found[request], answered_lines=answered, unmatched=unmatched)
    for request, lines in db.all(
        "SELECT request_id, count(*) FROM request_line WHERE request_id IN (SELECT value FROM json_each(?)) GROUP BY request_id",
        (encode_json_array(found),),
    ):
        found[request] = replace(found[request], lines=lines)
    return found


def count_reply_documents(db: Reader) -> int:
    """Returns the number of sealed documents of replies."""
    return int(db.value("SELECT count(*) FROM request_reply"))


def save_reply_document(batch: Writer, report_id: int, request_id: int, parsed: bytes) -> None:
    """Stores what the replies to a request say of a report."""
    batch.execute(
        "INSERT OR REPLACE INTO reply_document (report_id, request_id, parsed) VALUES (?,?,?)", (report_id, request_id, parsed)
    )


def load_reply_documents(db: Reader, report_ids: Iterable[int]) -> dict[int, list[bytes]]:
    """Returns report -> encoded documents of what replies say of it, by request."""
    found: dict[int, list[bytes]] = {}
    for report, parsed in db.all(
        "SELECT report_id, parsed FROM reply_document WHERE report_id IN (SELECT value FROM json_each(?))"
        " ORDER BY report_id, request_id",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(report, []).append(parsed)
    return found
