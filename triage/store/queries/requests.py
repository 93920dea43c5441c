"""SQL of requests to operators and providers, of their lines, and of the replies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array

UNANSWERED = "r.closed IS NULL AND NOT EXISTS (SELECT 1 FROM request_reply p WHERE p.request_id = r.id)"


@dataclass(frozen=True, slots=True)
class StoredRequest:
    """A request. Cases and users by their ids; `missing` is a JSON array of messages."""

    id: int
    number: str
    kind: str
    addressee: str
    name: str
    case_id: int | None
    ready: int
    child: int
    warrant: str | None
    missing: str
    lines: int
    made: str
    user_id: int
    sent: str | None
    closed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestSort:
    """What two unsent requests must differ in: what is asked, of whom, for which case, and whether it can be sent."""

    kind: str
    addressee: str
    case_id: int | None
    ready: bool
    child: bool


@dataclass(frozen=True, slots=True)
class StoredLine:
    """A line of a request. `fact` is a LineFact as JSON."""

    id: int
    line: str
    kind: str
    value: str
    port: int | None
    utc: str | None
    fact: bytes


REQUEST = "id, number, kind, addressee, name, case_id, ready, child, warrant, missing, lines, made, user_id, sent, closed"
_LINE = "id, line, kind, value, port, utc, fact"


# -- requests --------------------------------------------------------------------------------------------------------------


def next_request_number(db: Reader, year: str) -> str:
    """Returns the next free number of the year, such as R-2026-0001. Requests are never deleted, so none is given twice."""
    last = db.value("SELECT max(CAST(substr(number, 8) AS INTEGER)) FROM request WHERE number LIKE ?", (f"R-{year}-%",))
    return f"R-{year}-{(last or 0) + 1:04d}"


def add_request(batch: Writer, sort: RequestSort, *, number: str, name: str, made: str, user_id: int) -> None:
    """Adds a request without lines."""
    batch.execute(
        "INSERT INTO request (number, kind, addressee, name, case_id, ready, child, missing, lines, made, user_id)"
        " VALUES (?,?,?,?,?,?,?,'[]',0,?,?)",
        (number, sort.kind, sort.addressee, name, sort.case_id, int(sort.ready), int(sort.child), made, user_id),
    )


def find_unsent_request(db: Reader, sort: RequestSort) -> StoredRequest | None:
    """Returns the request of this sort that was not sent yet, or None. It is written anew under its number."""
    row = db.first(
        f"SELECT {REQUEST} FROM request r WHERE kind = ? AND addressee = ? AND case_id IS ? AND ready = ? AND child = ?"
        f" AND sent IS NULL AND {UNANSWERED} ORDER BY id",
        (sort.kind, sort.addressee, sort.case_id, int(sort.ready), int(sort.child)),
    )
    return StoredRequest(*row) if row else None


def save_request(
    batch: Writer, request_id: int, *, missing: str, warrant: str | None, lines: int, made: str, user_id: int
) -> None:
    """Stores how a request is written out now."""
    batch.execute(
        "UPDATE request SET missing = ?, warrant = ?, lines = ?, made = ?, user_id = ? WHERE id = ?",
        (missing, warrant, lines, made, user_id, request_id),
    )


def find_request(db: Reader, number: str) -> StoredRequest | None:
    """Returns the request with this number, or None."""
    row = db.first(f"SELECT {REQUEST} FROM request WHERE number = ?", (number,))
    return StoredRequest(*row) if row else None


def set_sent(batch: Writer, request_id: int, sent: str, user_id: int) -> None:
    """Records when a request was sent."""
    batch.execute("UPDATE request SET sent = ?, sent_by = ? WHERE id = ?", (sent, user_id, request_id))


def set_closed(batch: Writer, request_id: int, closed: str, user_id: int) -> None:
    """Records that a request is closed."""
    batch.execute("UPDATE request SET closed = ?, closed_by = ? WHERE id = ?", (closed, user_id, request_id))


def count_requests(db: Reader) -> int:
    """Returns the number of requests."""
    return int(db.value("SELECT count(*) FROM request"))


# -- lines -----------------------------------------------------------------------------------------------------------------


def add_line(
    batch: Writer, request_id: int, *, line: str, kind: str, value: str, port: int | None, utc: str | None, fact: bytes
) -> int:
    """Adds a line; returns its id."""
    return batch.insert(
        "INSERT INTO request_line (request_id, line, kind, value, port, utc, fact) VALUES (?,?,?,?,?,?,?)",
        (request_id, line, kind, value, port, utc, fact),
    )


def set_line_fact(batch: Writer, line_id: int, fact: bytes) -> None:
    """Stores what stands in the annex for a line now."""
    batch.execute("UPDATE request_line SET fact = ? WHERE id = ?", (fact, line_id))


def delete_lines(batch: Writer, line_ids: Iterable[int]) -> None:
    """Deletes lines of a request that was not sent."""
    ids = (encode_json_array(line_ids),)
    batch.execute("DELETE FROM request_line_report WHERE line_id IN (SELECT value FROM json_each(?))", ids)
    batch.execute("DELETE FROM request_line WHERE id IN (SELECT value FROM json_each(?))", ids)


def replace_line_reports(batch: Writer, line_id: int, report_ids: Iterable[int]) -> None:
    """Stores the reports whose capture a line is."""
    batch.execute("DELETE FROM request_line_report WHERE line_id = ?", (line_id,))
    batch.executemany(
        "INSERT INTO request_line_report (line_id, report_id) VALUES (?,?)", [(line_id, i) for i in sorted(set(report_ids))]
    )


def is_line_number_taken(db: Reader, line: str) -> bool:
    """Returns whether any request of the store has this line number."""
    return db.value("SELECT 1 FROM request_line WHERE line = ?", (line,)) is not None


def list_lines(db: Reader, request_id: int) -> list[StoredLine]:
    """Returns the lines of a request, by their numbers, which are random."""
    return [
        StoredLine(*row) for row in db.all(f"SELECT {_LINE} FROM request_line WHERE request_id = ? ORDER BY line", (request_id,))
    ]


def find_request_of_line(db: Reader, line: str) -> str | None:
    """Returns the number of the request that has this line, or None."""
    found = db.value("SELECT r.number FROM request_line l JOIN request r ON r.id = l.request_id WHERE l.line = ?", (line,))
    return None if found is None else str(found)


def list_asked_lines(
    db: Reader, kinds: Sequence[str], child: bool
) -> dict[tuple[str, str, int | None, str | None], tuple[int, str]]:
    """Returns (kind, value, port, time) -> (line id, number) of the sent request of these kinds that waits for its answer."""
    return {
        (kind, value, port, utc): (line, number)
        for kind, value, port, utc, line, number in db.all(
            "SELECT l.kind, l.value, l.port, l.utc, l.id, r.number FROM request r JOIN request_line l ON l.request_id = r.id"
            " WHERE r.kind IN (SELECT value FROM json_each(?)) AND r.child = ? AND r.sent IS NOT NULL"
            " AND r.closed IS NULL AND NOT EXISTS (SELECT 1 FROM reply_row w WHERE w.line_id = l.id)",
            (encode_json_array(kinds), int(child)),
        )
    }


def add_line_reports(batch: Writer, line_id: int, report_ids: Iterable[int]) -> None:
    """Adds reports to those of a line, so that the answer reaches them too."""
    batch.execute(
        "INSERT OR IGNORE INTO request_line_report (line_id, report_id) SELECT ?, value FROM json_each(?)",
        (line_id, encode_json_array(report_ids)),
    )


def list_reports_of_lines(db: Reader, request_id: int) -> dict[int, list[int]]:
    """Returns line -> the ids of its reports."""
    found: dict[int, list[int]] = {}
    for line, report in db.all(
        "SELECT o.line_id, o.report_id FROM request_line l JOIN request_line_report o ON o.line_id = l.id"
        " WHERE l.request_id = ? ORDER BY 1, 2",
        (request_id,),
    ):
        found.setdefault(line, []).append(report)
    return found


def list_preserved_lines(db: Reader, report_id: int) -> set[tuple[str, str, int | None, str | None]]:
    """Returns (kind, value, port, time) of the report's lines in preservation notices that were sent."""
    return {
        (kind, value, port, utc)
        for kind, value, port, utc in db.all(
            "SELECT l.kind, l.value, l.port, l.utc FROM request_line_report o JOIN request_line l ON l.id = o.line_id"
            " JOIN request r ON r.id = l.request_id WHERE o.report_id = ? AND r.sent IS NOT NULL AND r.kind = 'preservation'",
            (report_id,),
        )
    }


def list_open_reports(db: Reader, closed: int, only: Iterable[int] | None = None) -> list[int]:
    """Returns the reports that are not closed, those that wait to be judged among them, in ascending order of id.

    `only` are the ids of which they are chosen; None: all reports.
    """
    not_closed = "LEFT JOIN queue q ON q.report_id = r.id WHERE q.status IS NOT ?1 ORDER BY r.id"
    if only is None:
        rows = db.all(f"SELECT r.id FROM report r {not_closed}", (closed,))
    else:
        chosen = "json_each(?2) i CROSS JOIN report r ON r.id = i.value"
        rows = db.all(f"SELECT r.id FROM {chosen} {not_closed}", (closed, encode_json_array(set(only))))
    return [i for (i,) in rows]


# -- deadlines -------------------------------------------------------------------------------------------------------------


def save_preserved_deadline(batch: Writer, report_id: int, deadline: str) -> None:
    """Records that all that a deadline of the report speaks of is asked for, as of the report's present version."""
    batch.execute(
        "INSERT OR REPLACE INTO preserved_deadline (report_id, version, deadline) SELECT id, version, ? FROM report WHERE id = ?",
        (deadline, report_id),
    )


def list_preserved_deadlines(db: Reader, report_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Returns report -> names of its deadlines that a notice stands in for, as of its present version."""
    found: dict[int, set[str]] = {}
    for report, deadline in db.all(
        "SELECT d.report_id, d.deadline FROM preserved_deadline d JOIN report r ON r.id = d.report_id AND r.version = d.version"
        " WHERE d.report_id IN (SELECT value FROM json_each(?))",
        (encode_json_array(report_ids),),
    ):
        found.setdefault(report, set()).add(deadline)
    return {report: frozenset(names) for report, names in found.items()}


def add_notice_of_request(
    batch: Writer,
    report_id: int,
    *,
    issued: str,
    to_whom: str,
    number: str,
    court_informed: str | None,
    user_id: int,
    request_id: int,
) -> None:
    """Adds the preservation notice that a sent request is for one report."""
    batch.execute(
        "INSERT INTO preservation_notice (report_id, issued, to_whom, number, court_informed, user_id, request_id)"
        " VALUES (?,?,?,?,?,?,?)",
        (report_id, issued, to_whom, number, court_informed, user_id, request_id),
    )


def find_reports_with_notice(db: Reader, request_id: int) -> set[int]:
    """Returns the reports for which this request is recorded as a notice."""
    rows = db.all("SELECT report_id FROM preservation_notice WHERE request_id = ?", (request_id,))
    return {report for (report,) in rows}


def set_court_informed_of_request(batch: Writer, request_id: int, told: str) -> int:
    """Records when the Court was informed of the notice that a request is; returns for how many reports."""
    return batch.execute(
        "UPDATE preservation_notice SET court_informed = ? WHERE request_id = ? AND court_informed IS NULL", (told, request_id)
    )


def list_notices_of_requests(db: Reader, request_ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """Returns request -> (issued, when the Court was informed of it for the last of its reports; None: not of all)."""
    return {
        request: (issued, None if open_notices else informed)
        for request, issued, open_notices, informed in db.all(
            "SELECT request_id, min(issued), sum(court_informed IS NULL), max(court_informed) FROM preservation_notice"
            " WHERE request_id IN (SELECT value FROM json_each(?)) GROUP BY request_id",
            (encode_json_array(request_ids),),
        )
    }


# -- destruction -----------------------------------------------------------------------------------------------------------


def list_requests_of_report(db: Reader, report_id: int) -> list[tuple[str, str, str, str, int, str | None, int | None]]:
    """Returns (number, kind, addressee, made, user, sent, user who recorded it) of the requests that ask about the report."""
    return [
        (number, kind, name, made, user, sent, sent_by)
        for number, kind, name, made, user, sent, sent_by in db.all(
            "SELECT DISTINCT q.number, q.kind, q.name, q.made, q.user_id, q.sent, q.sent_by FROM request q"
            " JOIN request_line l ON l.request_id = q.id JOIN request_line_report o ON o.line_id = l.id WHERE o.report_id = ?"
            " ORDER BY q.id",
            (report_id,),
        )
    ]


def list_replies_of_report(db: Reader, report_id: int) -> list[tuple[str, str, str, int]]:
    """Returns (request, name of the document, received, user) of the replies to requests that ask about the report."""
    return [
        (number, name, received, user)
        for number, name, received, user in db.all(
            "SELECT DISTINCT q.number, p.name, p.received, p.user_id FROM request q JOIN request_reply p ON p.request_id = q.id"
            " JOIN request_line l ON l.request_id = q.id JOIN request_line_report o ON o.line_id = l.id WHERE o.report_id = ?"
            " ORDER BY p.received, p.name",
            (report_id,),
        )
    ]


def list_replies_of_report_alone(db: Reader, report_id: int) -> list[tuple[str, int]]:
    """Returns (SHA-256, vault item) of replies to requests of whose lines all belong to this report alone."""
    return [
        (sha256, item)
        for sha256, item in db.all(
            "SELECT p.sha256, p.item FROM request_reply p WHERE p.request_id IN (SELECT l.request_id FROM request_line_report o"
            " JOIN request_line l ON l.id = o.line_id WHERE o.report_id = ?1)"
            " AND NOT EXISTS (SELECT 1 FROM request_line l JOIN request_line_report o ON o.line_id = l.id"
            " WHERE l.request_id = p.request_id AND o.report_id <> ?1) ORDER BY 1, 2",
            (report_id,),
        )
    ]


def erase_lines_of_report(batch: Writer, report_id: int) -> None:
    """Erases the lines that are captures of this report alone, what replies say of them, and replies of which no line is left."""
    lines = [
        line
        for (line,) in batch.all(
            "SELECT o.line_id FROM request_line_report o WHERE o.report_id = ?1 AND NOT EXISTS"
            " (SELECT 1 FROM request_line_report x WHERE x.line_id = o.line_id AND x.report_id <> ?1)",
            (report_id,),
        )
    ]
    items = [item for _, item in list_replies_of_report_alone(batch, report_id)]
    ids = (encode_json_array(lines),)
    batch.execute("DELETE FROM reply_row WHERE line_id IN (SELECT value FROM json_each(?))", ids)
    batch.execute(
        "DELETE FROM reply_row WHERE reply_id IN (SELECT id FROM request_reply WHERE item IN (SELECT value FROM json_each(?)))",
        (encode_json_array(items),),
    )
    batch.execute("DELETE FROM request_reply WHERE item IN (SELECT value FROM json_each(?))", (encode_json_array(items),))
    delete_lines(batch, lines)
    batch.execute(
        "UPDATE request SET closed = made WHERE closed IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM request_line l WHERE l.request_id = request.id)"
    )
