"""SQL of the reports that somebody has open in a window now."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class OpenRow:
    """One report that a session has open. Times are seconds since 1970."""

    report_id: int
    session: str
    user_id: int
    since: int
    last_sign: int


def add_open_report(batch: Writer, row: OpenRow) -> None:
    """Records that a session has a report open; a row of the same session is replaced."""
    batch.execute(
        "INSERT OR REPLACE INTO open_report (report_id, session, user_id, since, last_sign) VALUES (?,?,?,?,?)",
        (row.report_id, row.session, row.user_id, row.since, row.last_sign),
    )


def renew_open_reports(batch: Writer, session: str, last_sign: int) -> None:
    """Sets the last sign of life of all reports that a session has open."""
    batch.execute("UPDATE open_report SET last_sign = ? WHERE session = ?", (last_sign, session))


def has_open_report(db: Reader, session: str) -> bool:
    """Returns whether a session has a report open."""
    return bool(db.value("SELECT EXISTS (SELECT 1 FROM open_report WHERE session = ?)", (session,)))


def delete_open_reports(batch: Writer, session: str) -> None:
    """Removes all rows of a session."""
    batch.execute("DELETE FROM open_report WHERE session = ?", (session,))


def delete_open_reports_outside(batch: Writer, first: int, last: int) -> None:
    """Removes the rows whose last sign lies before or after a span of time."""
    batch.execute("DELETE FROM open_report WHERE last_sign NOT BETWEEN ? AND ?", (first, last))


def list_open_reports(db: Reader, session: str) -> list[OpenRow]:
    """Returns what other sessions have open, the latest sign of life first."""
    return [
        OpenRow(*row)
        for row in db.all(
            "SELECT report_id, session, user_id, since, last_sign FROM open_report WHERE session <> ? ORDER BY last_sign DESC",
            (session,),
        )
    ]
