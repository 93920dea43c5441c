"""SQL of the statistics that left: which periods were published."""

from __future__ import annotations

from dataclasses import dataclass

from triage.store.database import Reader, Writer


@dataclass(frozen=True, slots=True)
class PublishedPeriod:
    """One statistic that left. `first` and `last` are days, both included; `digest` is the SHA-256 of its CSV."""

    id: int
    first: str
    last: str
    made: str
    digest: str


def find_overlapping(db: Reader, first: str, last: str) -> list[PublishedPeriod]:
    """Returns the statistics of periods that share a day with this one, the newest first."""
    return [
        PublishedPeriod(*row)
        for row in db.all(
            "SELECT id, first, last, made, digest FROM statistics_export WHERE first <= ? AND last >= ? ORDER BY id DESC",
            (last, first),
        )
    ]


def add_period(batch: Writer, *, first: str, last: str, made: str, user_id: int, digest: str, although: str | None) -> None:
    """Adds a statistic that leaves. `although` is the reason for an overlapping period."""
    batch.execute(
        "INSERT INTO statistics_export (first, last, made, user_id, digest, although) VALUES (?,?,?,?,?,?)",
        (first, last, made, user_id, digest, although),
    )
