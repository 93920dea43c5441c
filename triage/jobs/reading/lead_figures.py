"""Measures the figures of the leads' page. triage/jobs/reading/behind.py lists the reports behind each of them.

Everything counts work. What people viewed is not read here, and could not be: it lies in accounts of their own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from triage.errors import NotFound
from triage.jobs.judging.sampling import HIT, LOW_BANDS, compute_share
from triage.jobs.reading.lead_scan import QueueScan, scan_queue
from triage.jobs.session import Session
from triage.model.judgement import BANDS, name_band
from triage.model.lead_figures import (
    BacklogPart,
    Behind,
    DueWeek,
    Figure,
    LeadFigures,
    MissRate,
    MonthRate,
    OldestReport,
    PersonLoad,
    ProviderRate,
)
from triage.model.moment import format_utc
from triage.model.progress import CancelToken, OnProgress, ignore_progress
from triage.model.users import Right
from triage.store.database import Reader
from triage.store.queries import judgement
from triage.store.queries import lead_figures as sql

INFLOW_DAYS, INFLOW_WEEKS, MONTHS, DUE_WEEKS, SAMPLE_WEEKS = 28, 26, 12, 8, 12
MOST_PROVIDERS, FINISHED_DAYS = 8, 7
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("under 1", 0, 1),
    ("1 to 7", 1, 8),
    ("8 to 30", 8, 31),
    ("31 to 90", 31, 91),
    ("over 90", 91, None),
)
"""Ages in full days since the receipt: name, from, to before."""
AGE_UNKNOWN = "not stated"
NO_OFFICE = ""


def measure_lead_figures(
    session: Session, office: str | None = None, on_progress: OnProgress = ignore_progress, cancel: CancelToken | None = None
) -> LeadFigures:
    """Returns all figures, of one office or of all.

    Raises:
        NotFound: for an office in which no report lies
        Cancelled: if the token was set
    """
    session.require(Right.ASSIGN)
    moment = datetime.now(UTC)
    with session.reading() as db:
        offices = judgement.load_codes(db, "office")
        code = None if office is None else next((i for i, word in offices.items() if word == office), None)
        if office is not None and code is None:
            raise NotFound("No report lies in the office {office}.", office=repr(office))
    scan = scan_queue(session, code, DUE_WEEKS, on_progress, cancel)

    def name_office(number: int | None) -> str:
        """Returns the word of an office's code."""
        return NO_OFFICE if number is None else offices.get(number, NO_OFFICE)

    names = session.store.users.names()
    since = format_utc(moment - timedelta(days=FINISHED_DAYS))
    with session.reading() as db:
        cases = sql.list_case_receipts(db)
        begin = int(moment.timestamp())
        due_names, providers = judgement.load_codes(db, "due_name"), judgement.load_codes(db, "esp")
        finished = sql.count_finished(db, since)
        sampled = sql.list_sampled_weeks(db, LOW_BANDS, HIT)
        oldest = _list_oldest(db, scan)
    today = (begin + sql.ZONE) // sql.DAY
    return LeadFigures(
        made=format_utc(moment),
        office=office,
        offices=tuple(sorted(word for word in map(name_office, scan.by_office) if word)),
        received=scan.received,
        open=scan.open,
        inflow_days=_count_inflow(scan, office, today, INFLOW_DAYS, 1),
        inflow_weeks=_count_inflow(scan, office, today, INFLOW_WEEKS, 7),
        by_age=_group_by_age(scan, office, today),
        by_office=tuple(
            BacklogPart(
                band=name_band(band), column=word, reports=n, behind=Behind(bands=(name_band(band),), office=word, open_only=True)
            )
            for band, word, n in sorted((band, name_office(code), n) for (band, code), n in scan.open_by_office.items())
        ),
        due=tuple(
            DueWeek(
                day=str(_to_date(today + 7 * week)),
                name=due_names.get(name, ""),
                reports=n,
                behind=Behind(
                    office=office,
                    open_only=True,
                    due_from=begin + week * sql.WEEK,
                    due_before=begin + (week + 1) * sql.WEEK,
                    due_name=due_names.get(name, ""),
                ),
            )
            for week, name, n in scan.due
        ),
        overdue_duties=Figure(
            name="overdue", reports=scan.overdue_duties, behind=Behind(open_only=True, office=office, overdue_duty=True)
        ),
        oldest=tuple(
            OldestReport(
                band=name_band(band),
                report_id=row.number,
                days=max(0, (begin - row.received) // sql.DAY),
                assignee=None if row.assignee is None else names.get(row.assignee),
            )
            for band, row in oldest
        ),
        months=_count_months(scan, cases, office, code, today),
        load=_count_load(scan, finished, names, since),
        unassigned=Figure(name="unassigned", reports=scan.assigned[None], behind=Behind(open_only=True, assignee="")),
        providers=_count_providers(scan, cases, providers),
        missed=_make_miss_rate(None, sum(w.completed for w in sampled), sum(w.hits for w in sampled)),
        missed_weeks=tuple(_make_miss_rate(w.week, w.completed, w.hits) for w in sampled[-SAMPLE_WEEKS:]),
    )


def _list_oldest(db: Reader, scan: QueueScan) -> list[tuple[int, sql.OldestRow]]:
    """Returns (band, oldest open report) of each band that has one."""
    rows = sql.load_oldest(db, list(scan.oldest.values()))
    return [(band, rows[report_id]) for band, report_id in sorted(scan.oldest.items()) if report_id in rows]


def _to_date(day: int) -> date:
    """Returns the date of a day since 1970."""
    return date(1970, 1, 1) + timedelta(days=day)


def _to_seconds(day: int) -> int:
    """Returns when a day begins in Pakistan, in seconds since 1970."""
    return day * sql.DAY - sql.ZONE


def _count_inflow(scan: QueueScan, office: str | None, today: int, columns: int, days: int) -> tuple[Figure, ...]:
    """Returns the reports received in each of the last days or weeks, the oldest first; the last one ends today."""
    found = []
    for back in range(columns - 1, -1, -1):
        end = today - back * days + 1
        begin = end - days
        n = sum(scan.by_day[day] for day in range(begin, end))
        behind = Behind(office=office, received_from=_to_seconds(begin), received_before=_to_seconds(end))
        found.append(Figure(name=str(_to_date(begin)), reports=n, behind=behind))
    return tuple(found)


def _group_by_age(scan: QueueScan, office: str | None, today: int) -> tuple[BacklogPart, ...]:
    """Returns the open reports by band and age; parts without reports are missing."""
    found: Counter[tuple[int, str]] = Counter()
    for (band, day), n in scan.open_by_day.items():
        age = None if day is None else max(0, today - day)
        name = next((name for name, low, high in AGES if age is not None and age >= low and (high is None or age < high)), None)
        found[band, name or AGE_UNKNOWN] += n
    bounds = {name: (low, high) for name, low, high in AGES}
    parts = []
    for name in (*bounds, AGE_UNKNOWN):
        for band, letter in enumerate(BANDS):
            if not found[band, name]:
                continue
            behind = Behind(bands=(letter,), office=office, open_only=True)
            if name == AGE_UNKNOWN:
                behind = replace(behind, received_unknown=True)
            else:
                low, high = bounds[name]
                behind = replace(
                    behind,
                    received_from=None if high is None else _to_seconds(today - high + 1),
                    received_before=None if low == 0 else _to_seconds(today - low + 1),
                )
            parts.append(BacklogPart(band=letter, column=name, reports=found[band, name], behind=behind))
    return tuple(parts)


def _count_months(
    scan: QueueScan, cases: list[tuple[int | None, int | None, int | None, int]], office: str | None, code: int | None, today: int
) -> tuple[MonthRate, ...]:
    """Returns the reports received in each month, and those in a case, the oldest month first."""
    received: Counter[str] = Counter()
    opened: Counter[str] = Counter()
    for day, n in scan.by_day.items():
        received[f"{_to_date(day):%Y-%m}"] += n
    for case_day, lies_in, _, n in cases:
        if case_day is not None and (office is None or lies_in == code):
            opened[f"{_to_date(case_day):%Y-%m}"] += n
    latest = sorted(month for month in received if month <= f"{_to_date(today):%Y-%m}")[-MONTHS:]
    return tuple(
        MonthRate(month=month, received=received[month], cases=opened[month], behind=_in_month(month, office)) for month in latest
    )


def _in_month(month: str, office: str | None) -> Behind:
    """Returns the reports in a case that were received in a month."""
    first = date.fromisoformat(f"{month}-01")
    after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    begin, end = (_to_seconds((day - date(1970, 1, 1)).days) for day in (first, after))
    return Behind(office=office, received_from=begin, received_before=end, in_case=True)


def _count_load(scan: QueueScan, finished: dict[int, int], names: dict[int, str], since: str) -> tuple[PersonLoad, ...]:
    """Returns the work of each person who has any, most open reports first."""
    people = {user for user in scan.assigned if user is not None} | set(finished)
    loads = [
        PersonLoad(
            person=names[user],
            open=scan.assigned[user],
            finished=finished.get(user, 0),
            open_behind=Behind(open_only=True, assignee=names[user]),
            finished_behind=Behind(finished_by=names[user], finished_since=since),
        )
        for user in people
        if user in names
    ]
    return tuple(sorted(loads, key=lambda load: (-load.open, -load.finished, load.person)))


def _count_providers(
    scan: QueueScan, cases: list[tuple[int | None, int | None, int | None, int]], words: dict[int, str]
) -> tuple[ProviderRate, ...]:
    """Returns the providers with the most reports."""
    opened: Counter[int | None] = Counter()
    for _, _, provider, n in cases:
        opened[provider] += n
    most = sorted(scan.providers.items(), key=lambda item: (-item[1], words.get(item[0] or 0, "")))[:MOST_PROVIDERS]
    return tuple(
        ProviderRate(
            name=None if code is None else words.get(code),
            reports=n,
            cases=opened[code],
            behind=Behind(provider="" if code is None else words.get(code, "")),
        )
        for code, n in most
    )


def _make_miss_rate(week: str | None, of: int, hits: int) -> MissRate:
    """Returns a miss rate with its interval and what stands behind its two numbers."""
    share = compute_share(hits, of)
    return MissRate(
        week=week,
        hits=hits,
        of=of,
        low=share.low,
        high=share.high,
        behind=Behind(sample="completed", sample_week=week),
        hits_behind=Behind(sample="hits", sample_week=week),
    )
