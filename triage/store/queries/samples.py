"""Reports of low bands drawn by lot, and what became of them; first looks, for statistics that name nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer

_ENDED = "status IN ('closed', 'referred', 'case_opened') AND undone = 0"


def drawn(db: Reader, week: str) -> list[int]:
    return [i for (i,) in db.all("SELECT report_id FROM sample WHERE week = ? ORDER BY report_id", (week,))]


@dataclass(frozen=True, slots=True)
class SampledRow:
    """Bands and status by their place; `assignee` is a user."""

    number: str
    drawn_in: int
    band: int
    incident_type: str | None
    status: int
    assignee: int | None


def of_week(db: Reader, week: str) -> list[SampledRow]:
    """In the order of the queue."""
    return [
        SampledRow(*row)
        for row in db.all(
            "SELECT r.number, s.band, q.band, c.word, q.status, q.assignee FROM sample s JOIN report r ON r.id = s.report_id"
            " JOIN queue q ON q.report_id = s.report_id LEFT JOIN code c ON c.id = q.incident_type WHERE s.week = ?"
            " ORDER BY q.band, q.risk DESC, r.number",
            (week,),
        )
    ]


def weeks(db: Reader, hit: Sequence[str]) -> list[tuple[str, int, int, int]]:
    """(week, drawn, worked to an end, those that ended in one of `hit`), newest first."""
    found: dict[str, list[int]] = {}
    for week, status in db.all(
        "SELECT s.week, (SELECT d.status FROM decision d WHERE d.report_id = s.report_id AND d.undone = 0"
        " ORDER BY d.id DESC LIMIT 1) FROM sample s ORDER BY s.week DESC"
    ):
        counts = found.setdefault(week, [0, 0, 0])
        counts[0] += 1
        counts[1] += status in ("closed", "referred", "case_opened")
        counts[2] += status in hit
    return [(week, of, worked, hits) for week, (of, worked, hits) in found.items()]


def candidates(db: Reader, bands: Sequence[int]) -> list[tuple[int, str]]:
    """(report, number) of untouched reports of these bands that no week has drawn yet."""
    marks = ",".join("?" * len(bands))
    return [
        (i, n)
        for i, n in db.all(
            f"SELECT q.report_id, r.number FROM queue q JOIN report r ON r.id = q.report_id WHERE q.band IN ({marks})"
            " AND q.status = 0 AND NOT EXISTS (SELECT 1 FROM sample s WHERE s.report_id = q.report_id) ORDER BY r.number",
            bands,
        )
    ]


def add(batch: Writer, week: str, report_ids: Sequence[int], drawn: str, user_id: int) -> None:
    batch.executemany(
        "INSERT INTO sample (week, report_id, band, drawn, user_id)"
        " VALUES (?,?,coalesce((SELECT band FROM queue WHERE report_id = ?), 4),?,?)",
        [(week, i, i, drawn, user_id) for i in report_ids],
    )


def outcomes(db: Reader) -> list[tuple[int, str]]:
    """(band when drawn, last status) of sampled reports that somebody worked to an end since."""
    return [
        (band, status)
        for band, status in db.all(
            "SELECT s.band, (SELECT d.status FROM decision d WHERE d.report_id = s.report_id AND d.undone = 0"
            " ORDER BY d.id DESC LIMIT 1) AS now FROM sample s"
            " WHERE now IN ('closed', 'referred', 'case_opened')"
        )
    ]


def count(db: Reader) -> int:
    return int(db.value("SELECT count(*) FROM sample"))


def ended(db: Reader) -> list[tuple[int, str]]:
    """(band, last status) of all reports that were worked to an end."""
    return [
        (band, status)
        for band, status in db.all(
            "SELECT q.band, d.status FROM queue q JOIN decision d ON d.report_id = q.report_id AND d.id ="
            f" (SELECT max(id) FROM decision WHERE report_id = q.report_id AND undone = 0) WHERE d.{_ENDED}"
        )
    ]


def first_looks(db: Reader) -> list[tuple[int, float]]:
    """(band, hours from import to the first decision, grade or reveal) of reports that somebody looked at."""
    return [
        (band, hours)
        for band, hours in db.all(
            "SELECT q.band, (julianday(min(l.at)) - julianday(v.imported)) * 24 FROM ("
            "SELECT report_id, taken AS at FROM decision UNION ALL SELECT report_id, given FROM grade"
            " UNION ALL SELECT report_id, began FROM media_view WHERE report_id IS NOT NULL) l"
            " JOIN queue q ON q.report_id = l.report_id JOIN report_version v ON v.report_id = l.report_id AND v.n = 1"
            " GROUP BY l.report_id"
        )
    ]


def cases_by_band(db: Reader) -> dict[int, int]:
    return dict(db.all("SELECT q.band, count(*) FROM case_report c JOIN queue q ON q.report_id = c.report_id GROUP BY 1"))


def by_provider(db: Reader) -> list[tuple[str | None, int, int, int]]:
    """Returns (provider, reports, those in band A, those that became a case), most reports first. None: not stated."""
    return [
        (esp, n, top, opened)
        for esp, n, top, opened in db.all(
            "SELECT c.word, count(*), sum(q.band = 0), sum(q.status = 3) FROM queue q"
            " LEFT JOIN code c ON c.id = q.esp GROUP BY 1 ORDER BY 2 DESC, 1"
        )
    ]
