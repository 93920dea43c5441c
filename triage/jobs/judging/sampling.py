"""Measures how good the ranking is: each week reports of the low bands are drawn by lot and worked like any other.

Their outcomes say how much the ranking misses, and how certain that is.
"""

from __future__ import annotations

import hashlib
import heapq
import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime

from triage.errors import Refused
from triage.jobs.session import Session, now
from triage.model.judgement import BANDS, name_band
from triage.model.moment import format_pakistan_week
from triage.model.users import Right
from triage.model.views import Status, name_status
from triage.store.database import Reader
from triage.store.queries import reports, samples

LOW_BANDS = (BANDS.index("D"), BANDS.index("E"))
SHARES: tuple[tuple[tuple[int, ...], int], ...] = ((LOW_BANDS, 20), ((BANDS.index("C"),), 5), ((BANDS.index("B"),), 5))
"""Reports that are drawn each week, by the bands from which they are drawn."""
PER_WEEK = sum(count for _, count in SHARES)
ENDED = ("closed", "referred", "case_opened")
HIT = ("case_opened", "referred")
"""Statuses that say: there was something in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The reports that were drawn for a week; `new` when they were drawn just now."""

    week: str
    reports: tuple[str, ...]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledReport:
    """A sampled report. `drawn_in` is the band it was drawn from, `band` its present one; `worked` when it was completed."""

    report_id: str
    drawn_in: str
    band: str
    incident_type: str | None
    status: Status
    assignee: str | None
    worked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCount:
    """The sample of one week: its size, how many were completed, and how many of those were hits."""

    week: str
    of: int
    worked: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """The sample of a week, empty as long as nobody has drawn; and the counts of all drawn weeks, the newest first."""

    week: str
    reports: tuple[SampledReport, ...]
    weeks: tuple[WeekCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of `hits` in `of`, with Wilson's interval at 95 %. Without any reports the interval is 0 to 1."""

    hits: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderCounts:
    """The outcomes of one provider's reports. `name` is None when a report states no provider."""

    name: str | None
    reports: int
    band_a: int
    cases: int
    """Reports in a case, whatever their status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """How good the ranking is, in figures that name no report and no person.

    `missed` is the share of completed sampled reports of D and E that became a case or were referred. `top_band` is the same
    share of all completed reports in band A. `first_look_hours` are medians from import to the first decision, grade or view.
    """

    sampled: int
    missed: Share
    top_band: Share
    cases_by_band: dict[str, int]
    first_look_hours: dict[str, float]
    by_provider: tuple[ProviderCounts, ...]
    sampled_by_band: dict[str, Share] = field(default_factory=dict)
    """The same share of the completed sampled reports, by the band from which they were drawn."""


def draw_sample(session: Session, week: str | None = None) -> Sample:
    """Draws the week's sample (2026-W48; this week without one); a drawn week keeps its sample.

    The lot is a hash of week, store and report number. So nobody can choose it, and anybody with the store can draw it again.

    Raises:
        Refused: if the text is no week
    """
    session.require(Right.ASSIGN)
    week = week or format_pakistan_week(now())
    try:
        datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("{week} is not a week; write it as 2026-W48.", week=repr(week)) from None
    with session.store.batch() as batch:
        there = samples.list_drawn(batch, week)
        if not there:
            chosen = [i for bands, count in SHARES for i in _draw_from(session, batch, week, bands, count)]
            samples.add_sample(batch, week, chosen, now(), session.user.id)
            batch.note("sample drawn", year=int(week[:4]), week=int(week[-2:]), reports=chosen)
        found = samples.list_drawn(batch, week)
        return Sample(week=week, reports=tuple(reports.load_number(batch, i) for i in found), new=not there)


def _draw_from(session: Session, db: Reader, week: str, bands: tuple[int, ...], count: int) -> list[int]:
    """Returns the reports of these bands with the lowest lots."""
    lots = ((_compute_lot(session, week, number), i) for i, number in samples.iterate_candidates(db, bands))
    return [i for _, i in heapq.nsmallest(count, lots)]


def show_sample(session: Session, week: str | None = None) -> SampleView:
    """Returns the sample of a week, this week without one, and how far every week's sample is. It draws nothing."""
    session.require(Right.READ_REPORT)
    week = week or format_pakistan_week(now())
    users = session.store.users.names()
    with session.reading() as db:
        found = samples.list_sample(db, week)
        weeks = tuple(
            WeekCount(week=name, of=of, worked=worked, hits=hits) for name, of, worked, hits in samples.list_weeks(db, HIT)
        )
    return SampleView(
        week=week,
        weeks=weeks,
        reports=tuple(
            SampledReport(
                report_id=row.number,
                drawn_in=name_band(row.drawn_in),
                band=name_band(row.band),
                incident_type=row.incident_type,
                status=name_status(row.status),
                assignee=None if row.assignee is None else users.get(row.assignee),
                worked=name_status(row.status) in ENDED,
            )
            for row in found
        ),
    )


def show_ranking(session: Session) -> Ranking:
    """Returns how good the ranking is."""
    session.require(Right.STATISTICS)
    with session.reading() as db:
        return measure_ranking(db)


def measure_ranking(db: Reader) -> Ranking:
    """Returns how good the ranking is, from the reports that `db` sees."""
    drawn = samples.list_outcomes(db)
    worked = [status for band, status in drawn if band in LOW_BANDS]
    top = samples.list_completed_at_the_top(db)
    hours = samples.find_median_hours_to_first_view(db)
    by_band, of_provider = Counter[int](), Counter[int]()
    for band, provider, n in samples.count_cases(db):
        by_band[band] += n
        of_provider[provider] += n
    return Ranking(
        sampled=samples.count_sampled(db),
        missed=compute_share(sum(status in HIT for status in worked), len(worked)),
        top_band=compute_share(sum(status in HIT for status in top), len(top)),
        cases_by_band={band: by_band[i] for i, band in enumerate(BANDS)},
        sampled_by_band={name: _share_of(drawn, band) for band, name in enumerate(BANDS) if name != "A"},
        first_look_hours={name_band(band): round(median, 1) for band, median in sorted(hours.items())},
        by_provider=tuple(
            ProviderCounts(name=esp, reports=n, band_a=top, cases=of_provider[code])
            for code, esp, n, top in samples.count_by_provider(db)
        ),
    )


def _share_of(drawn: list[tuple[int, str]], band: int) -> Share:
    """Returns the share of the completed reports that were drawn from a band."""
    own = [status for drawn_in, status in drawn if drawn_in == band]
    return compute_share(sum(status in HIT for status in own), len(own))


def compute_share(hits: int, of: int) -> Share:
    """Returns the share with Wilson's score interval, which also holds for few reports and for none."""
    if not of:
        return Share(hits=0, of=0, low=0.0, high=1.0)
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return Share(hits=hits, of=of, low=round(max(middle - half, 0.0), 4), high=round(min(middle + half, 1.0), 4))


def _compute_lot(session: Session, week: str, number: str) -> str:
    """Returns the report's lot for the week: the lowest are drawn."""
    return hashlib.sha256(f"{session.store.fingerprint}\x00{week}\x00{number}".encode()).hexdigest()
