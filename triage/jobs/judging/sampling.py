"""Is the ranking right? Each week reports of the low bands are drawn by lot and worked like any other; what they turn out to be
says how much the ranking misses, and how sure that is.
"""

from __future__ import annotations

import hashlib
import math
import statistics
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from triage.errors import Refused
from triage.jobs.session import Session, now
from triage.model.judgement import BANDS
from triage.model.users import Right
from triage.model.views import STATUSES, Status
from triage.store.database import Reader
from triage.store.queries import reports, samples

PER_WEEK = 20
LOW_BANDS = (BANDS.index("D"), BANDS.index("E"))
ENDED = ("closed", "referred", "case_opened")
HIT = ("case_opened", "referred")
"""Statuses that say: there was something in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    week: str
    reports: tuple[str, ...]
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledReport:
    """`drawn_in` is the band it was drawn from, `band` the one it stands in now; `worked` says that it was worked to an end."""

    report_id: str
    drawn_in: str
    band: str
    incident_type: str | None
    status: Status
    assignee: str | None
    worked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCount:
    week: str
    of: int
    worked: int
    hits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleView:
    """`reports` is empty as long as nobody has drawn. `weeks` newest first, those that were drawn."""

    week: str
    reports: tuple[SampledReport, ...]
    weeks: tuple[WeekCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """`hits` of `of`, with Wilson's interval at 95 %; without any the interval is everything."""

    hits: int
    of: int
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """What became of the reports of one provider. `name` is None when a report states no provider."""

    name: str | None
    reports: int
    band_a: int
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """`missed`: of the sampled reports of D and E that were worked to an end, those that became a case or were referred.
    `top_band`: the same of all reports in band A. `first_look_hours`: median from import to the first decision, grade or reveal.
    """

    sampled: int
    missed: Share
    top_band: Share
    cases_by_band: dict[str, int]
    first_look_hours: dict[str, float]
    by_provider: tuple[Provider, ...]


def draw(session: Session, week: str | None = None) -> Sample:
    """The week's sample (2026-W48; this week without one), drawn once: asked again it is the same. The lot is a hash of week,
    store and report number, so that nobody can choose it and anybody with the store can draw it again.
    """
    session.require(Right.ASSIGN)
    week = week or _week(now())
    try:
        datetime.strptime(f"{week}-1", "%G-W%V-%u").replace(tzinfo=UTC)
    except ValueError:
        raise Refused("{week} is not a week; write it as 2026-W48.", week=repr(week)) from None
    with session.store.batch() as batch:
        there = samples.drawn(batch, week)
        if not there:
            lots = sorted((_lot(session, week, number), i) for i, number in samples.candidates(batch, LOW_BANDS))
            chosen = [i for _, i in lots[:PER_WEEK]]
            samples.add(batch, week, chosen, now(), session.user.id)
            batch.note("sample drawn", year=int(week[:4]), week=int(week[-2:]), reports=chosen)
        found = samples.drawn(batch, week)
        return Sample(week=week, reports=tuple(reports.number(batch, i) for i in found), new=not there)


def show_sample(session: Session, week: str | None = None) -> SampleView:
    """The sample of a week, this one unless named, and how far every week's is. Draws nothing."""
    session.require(Right.READ_REPORT)
    week = week or _week(now())
    users = {user.id: user.name for user in session.store.users.all()}
    with session.reading() as db:
        found = samples.of_week(db, week)
        weeks = tuple(WeekCount(week=name, of=of, worked=worked, hits=hits) for name, of, worked, hits in samples.weeks(db, HIT))
    return SampleView(
        week=week,
        weeks=weeks,
        reports=tuple(
            SampledReport(
                report_id=row.number,
                drawn_in=BANDS[row.drawn_in],
                band=BANDS[row.band],
                incident_type=row.incident_type,
                status=STATUSES[row.status],
                assignee=None if row.assignee is None else users.get(row.assignee),
                worked=STATUSES[row.status] in ENDED,
            )
            for row in found
        ),
    )


def show_ranking(session: Session) -> Ranking:
    """Figures only; they name no report and nobody."""
    session.require(Right.STATISTICS)
    with session.reading() as db:
        return ranking(db)


def ranking(db: Reader) -> Ranking:
    worked = [status for _, status in samples.outcomes(db)]
    top = [status for band, status in samples.ended(db) if band == 0]
    hours: defaultdict[str, list[float]] = defaultdict(list)
    for band, taken in samples.first_looks(db):
        hours[BANDS[band]].append(max(taken, 0.0))
    opened = samples.cases_by_band(db)
    return Ranking(
        sampled=samples.count(db),
        missed=share(sum(status in HIT for status in worked), len(worked)),
        top_band=share(sum(status in HIT for status in top), len(top)),
        cases_by_band={band: opened.get(i, 0) for i, band in enumerate(BANDS)},
        first_look_hours={band: round(statistics.median(found), 1) for band, found in sorted(hours.items())},
        by_provider=tuple(Provider(name=esp, reports=n, band_a=a, cases=c) for esp, n, a, c in samples.by_provider(db)),
    )


def share(hits: int, of: int) -> Share:
    """Wilson's score interval, which also holds for few and for none."""
    if not of:
        return Share(hits=0, of=0, low=0.0, high=1.0)
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z / (1 + z * z / of) * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    return Share(hits=hits, of=of, low=round(max(middle - half, 0.0), 4), high=round(min(middle + half, 1.0), 4))


def _lot(session: Session, week: str, number: str) -> str:
    return hashlib.sha256(f"{session.store.fingerprint}\x00{week}\x00{number}".encode()).hexdigest()


def _week(utc: str) -> str:
    return datetime.fromisoformat(utc.replace("Z", "+00:00")).strftime("%G-W%V")
