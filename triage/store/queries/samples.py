"""SQL of sampled reports of low bands and their outcomes, and of first views, for statistics that name no person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.store.database import Reader, Writer

_ENDED = "status IN ('closed', 'referred', 'case_opened') AND undone = 0"


def list_drawn(db: Reader, week: str) -> list[int]:
    """Returns the reports that were drawn in this week."""
    return [i for (i,) in db.all("SELECT report_id FROM sample WHERE week = ? ORDER BY report_id", (week,))]


@dataclass(frozen=True, slots=True)
class SampledRow:
    """A sampled report. `drawn_in` and `band` are band numbers (0 is A); `status` is the number of a status."""

    number: str
    drawn_in: int
    band: int
    incident_type: str | None
    status: int
    assignee: int | None


def list_sample(db: Reader, week: str) -> list[SampledRow]:
    """Returns the sampled reports of the week, in the order of the queue."""
    return [
        SampledRow(*row)
        for row in db.all(
            "SELECT r.number, s.band, q.band, c.word, q.status, q.assignee FROM sample s JOIN report r ON r.id = s.report_id"
            " JOIN queue q ON q.report_id = s.report_id LEFT JOIN code c ON c.id = q.incident_type WHERE s.week = ?"
            " ORDER BY q.band, q.risk DESC, r.number",
            (week,),
        )
    ]


def list_weeks(db: Reader, hit: Sequence[str]) -> list[tuple[str, int, int, int]]:
    """Returns (week, drawn, completed, completed with a status in `hit`), the newest week first."""
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


def iterate_candidates(db: Reader, bands: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Yields (report, number) of new reports in these bands that were never drawn."""
    marks = ",".join("?" * len(bands))
    yield from db.each(
        f"SELECT q.report_id, r.number FROM queue q JOIN report r ON r.id = q.report_id WHERE q.band IN ({marks})"
        " AND q.status = 0 AND NOT EXISTS (SELECT 1 FROM sample s WHERE s.report_id = q.report_id)",
        bands,
    )


def add_sample(batch: Writer, week: str, report_ids: Sequence[int], drawn: str, user_id: int) -> None:
    """Stores the reports that were drawn in this week, each with its present band."""
    batch.executemany(
        "INSERT INTO sample (week, report_id, band, drawn, user_id)"
        " VALUES (?,?,coalesce((SELECT band FROM queue WHERE report_id = ?), 4),?,?)",
        [(week, i, i, drawn, user_id) for i in report_ids],
    )


def list_outcomes(db: Reader) -> list[tuple[int, str]]:
    """Returns (band when drawn, last status) of the sampled reports that were completed."""
    return [
        (band, status)
        for band, status in db.all(
            "SELECT s.band, (SELECT d.status FROM decision d WHERE d.report_id = s.report_id AND d.undone = 0"
            " ORDER BY d.id DESC LIMIT 1) AS now FROM sample s"
            " WHERE now IN ('closed', 'referred', 'case_opened')"
        )
    ]


def count_sampled(db: Reader) -> int:
    """Returns the number of reports that were ever drawn."""
    return int(db.value("SELECT count(*) FROM sample"))


def list_completed_at_the_top(db: Reader) -> list[str]:
    """Returns the last status of all reports of band A that were completed."""
    return [
        status
        for (status,) in db.all(
            "SELECT d.status FROM queue q INDEXED BY queue_top CROSS JOIN decision d ON d.id ="
            f" (SELECT max(id) FROM decision WHERE report_id = q.report_id AND undone = 0) WHERE q.band = 0 AND d.{_ENDED}"
        )
    ]


def find_median_hours_to_first_view(db: Reader) -> dict[int, float]:
    """Returns band (0 is A) -> median hours from import to the first decision, grade or view; bands without one are missing."""
    found = {}
    for band, n in db.all("SELECT band, count(*) FROM queue WHERE first_look IS NOT NULL GROUP BY band"):
        middle = db.all(
            "SELECT first_look FROM queue WHERE band = ? AND first_look IS NOT NULL ORDER BY first_look LIMIT ? OFFSET ?",
            (band, 2 - n % 2, (n - 1) // 2),
        )
        found[band] = sum(seconds for (seconds,) in middle) / len(middle) / 3600
    return found


def count_cases(db: Reader) -> list[tuple[int, int, int]]:
    """Returns (band, code of the provider, number) of the reports in cases; band 0 is A, code 0 a provider that is not stated."""
    return [
        (band, provider, n)
        for band, provider, n in db.all(
            "SELECT q.band, coalesce(q.esp, 0), count(*) FROM case_report c JOIN queue q ON q.report_id = c.report_id"
            " GROUP BY 1, 2"
        )
    ]


def count_by_provider(db: Reader) -> list[tuple[int, str | None, int, int]]:
    """Returns (code of the provider, its name, reports, those in band A), most reports first.

    The code is 0 and the name None where the provider is not stated.
    """
    return [
        (code, esp, n, top)
        for code, esp, n, top in db.all(
            "WITH counted AS (SELECT provider, sum(n) AS n, sum(n * (band = 0)) AS top FROM queue_provider_count GROUP BY 1)"
            " SELECT coalesce(q.provider, 0), c.word, q.n, q.top FROM counted q LEFT JOIN code c ON c.id = q.provider"
            " WHERE q.n > 0 ORDER BY 3 DESC, 2"
        )
    ]
