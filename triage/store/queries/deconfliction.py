"""SQL of deconfliction: sessions, and the identifiers that were compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session. `first` is 1 on the side that began; `theirs` is the SHA-256 of the file that finished it."""

    session: str
    other_key: str
    first: int
    made: str
    user_id: int
    compared: int
    length: int
    scalar: bytes
    silent_scalar: bytes
    their_points: bytes | None
    theirs: str | None
    finished: str | None
    silent: int | None


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A session without its scalars and points, which are long. `shared` counts identifiers and is 0 before the end."""

    session: str
    other_key: str
    first: int
    made: str
    user_id: int
    compared: int
    finished: str | None
    silent: int | None
    shared: int


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An identifier that was compared, by its place in the list of points. It stands once for each report that states it."""

    place: int
    kind: str
    value: str
    silent: int
    shared: int
    report_id: int


_SESSION = (
    "SELECT session, other_key, first, made, user_id, compared, length, scalar, silent_scalar, their_points, theirs, finished,"
    " silent FROM deconfliction"
)


def add_session(batch: Writer, row: SessionRow) -> None:
    """Adds a session."""
    batch.execute(
        "INSERT INTO deconfliction (session, other_key, first, made, user_id, compared, length, scalar, silent_scalar,"
        " their_points, theirs) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            row.session,
            row.other_key,
            row.first,
            row.made,
            row.user_id,
            row.compared,
            row.length,
            row.scalar,
            row.silent_scalar,
            row.their_points,
            row.theirs,
        ),
    )


def add_items(batch: Writer, session: str, items: Iterable[tuple[int, str, str, int, int]]) -> None:
    """Adds (place, kind, value, silent, report) of the identifiers that are compared."""
    batch.executemany(
        "INSERT INTO deconfliction_item (session, place, kind, value, silent, report_id) VALUES (?,?,?,?,?,?)",
        [(session, *item) for item in items],
    )


def find_session(db: Reader, session: str) -> SessionRow | None:
    """Returns the session, or None."""
    row = db.first(f"{_SESSION} WHERE session = ?", (session,))
    return SessionRow(*row) if row else None


def list_session_ids(db: Reader) -> list[str]:
    """Returns the ids of all sessions, the newest first."""
    return [session for (session,) in db.each("SELECT session FROM deconfliction ORDER BY made DESC, session")]


def count_open_sessions(db: Reader) -> int:
    """Returns how many sessions are not finished."""
    return int(db.value("SELECT count(*) FROM deconfliction WHERE finished IS NULL"))


def load_sessions(db: Reader, sessions: Iterable[str]) -> list[ListedSession]:
    """Returns what a list shows of these sessions, the newest first, with how many identifiers are shared."""
    sql = (
        "SELECT d.session, d.other_key, d.first, d.made, d.user_id, d.compared, d.finished, d.silent,"
        " (SELECT count(DISTINCT i.place) FROM deconfliction_item i WHERE i.session = d.session AND i.shared = 1)"
        " FROM deconfliction d WHERE d.session IN (SELECT value FROM json_each(?)) ORDER BY d.made DESC, d.session"
    )
    return [ListedSession(*row) for row in db.all(sql, (encode_json_array(sessions),))]


def list_items(db: Reader, session: str) -> list[ItemRow]:
    """Returns the identifiers of a session by place. Those of reports that were destroyed since are gone."""
    return [
        ItemRow(*row)
        for row in db.all(
            "SELECT place, kind, value, silent, shared, report_id FROM deconfliction_item WHERE session = ?"
            " ORDER BY place, report_id",
            (session,),
        )
    ]


def finish_session(batch: Writer, session: str, theirs: str, finished: str, silent: int, shared: Iterable[int]) -> None:
    """Records which places are shared, how many silent ones, and from which file this follows."""
    batch.execute(
        "UPDATE deconfliction SET theirs = ?, finished = ?, silent = ? WHERE session = ?", (theirs, finished, silent, session)
    )
    batch.executemany(
        "UPDATE deconfliction_item SET shared = 1 WHERE session = ? AND place = ?", [(session, place) for place in shared]
    )


def find_undercover_reports(db: Reader) -> set[int]:
    """Returns the reports under a legal hold whose reason is "undercover"."""
    return {i for (i,) in db.all("SELECT report_id FROM legal_hold WHERE lower(trim(reason)) = 'undercover'")}


def list_shared_of_reports(db: Reader, report_ids: Iterable[int]) -> list[tuple[str, str, str]]:
    """Returns (kind, value, key of the other store) of the identifiers of reports that finished sessions found there too.

    Identifiers under a hold "undercover" are left out.
    """
    return [
        (kind, value, key)
        for kind, value, key in db.all(
            "SELECT DISTINCT i.kind, i.value, d.other_key FROM deconfliction_item i JOIN deconfliction d ON d.session = i.session"
            " WHERE i.shared = 1 AND i.silent = 0 AND i.report_id IN (SELECT value FROM json_each(?)) ORDER BY 1, 2, 3",
            (encode_json_array(report_ids),),
        )
    ]


def delete_session(batch: Writer, session: str) -> None:
    """Deletes a session with its secrets and its identifiers."""
    batch.execute("DELETE FROM deconfliction_item WHERE session = ?", (session,))
    batch.execute("DELETE FROM deconfliction WHERE session = ?", (session,))
