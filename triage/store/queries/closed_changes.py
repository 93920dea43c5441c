"""SQL of closed reports for which something came, until they are judged again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.store.database import Reader, Writer
from triage.store.queries import encode_json_array


@dataclass(frozen=True, slots=True)
class ClosedReport:
    """How a report stood when it was closed: band (0 is A), risk in tenths, flags as JSON, and its first deadline in seconds."""

    band: int
    risk: int
    flags: str
    deadline: int | None


def remember(batch: Writer, report_id: int, band: int, risk: int, flags: str) -> None:
    """Remembers how a closed report stands, unless it was remembered before."""
    batch.execute(
        "INSERT INTO closed_change (report_id, band, risk, flags, deadline) VALUES (?1,?2,?3,?4,"
        " (SELECT min(due) FROM deadline WHERE report_id = ?1)) ON CONFLICT DO NOTHING",
        (report_id, band, risk, flags),
    )


def load_remembered(db: Reader, report_ids: Iterable[int]) -> dict[int, ClosedReport]:
    """Returns report -> how it stood when it was closed, for those for which something came since."""
    return {
        row[0]: ClosedReport(*row[1:])
        for row in db.all(
            "SELECT report_id, band, risk, flags, deadline FROM closed_change"
            " WHERE report_id IN (SELECT value FROM json_each(?))",
            (encode_json_array(report_ids),),
        )
    }


def forget(batch: Writer, report_id: int) -> None:
    """Forgets how a report stood when it was closed."""
    batch.execute("DELETE FROM closed_change WHERE report_id = ?", (report_id,))


def forget_all(batch: Writer) -> None:
    """Forgets how closed reports stood, at the end of an import: all that it brought was judged."""
    batch.execute("DELETE FROM closed_change")
