"""Measures the funnel from received reports to trials, and lists reports that have no outcome in time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache

import msgspec

from triage.jobs.casework.cases import parse_day
from triage.jobs.casework.funnel_counts import StandingCount, count_for_funnel, find_overdue, find_overdue_ids
from triage.jobs.reading.queue_bits import count_bits
from triage.jobs.session import Session
from triage.jobs.state.queue_planes import open_planes, read_now
from triage.model.casework import Stage
from triage.model.funnel import IN_CASE, Funnel, FunnelOutcome, FunnelPlace, FunnelStep, OverdueReport
from triage.model.judgement import BANDS, name_band
from triage.model.moment import PAKISTAN, format_utc, pakistan_day, parse_utc
from triage.model.users import Right
from triage.model.views import name_status
from triage.resources import resource
from triage.store.database import Reader
from triage.store.queries import destruction
from triage.store.queries import funnel as sql
from triage.store.queries.funnel import ImportPeriod

_STAGES = tuple(stage.value for stage in Stage)
_SHOWN = (Stage.FIR, Stage.CHALLAN, Stage.TRIAL)


class _BandDeadline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Within how many days of its import a report of the band should have an outcome."""

    name: str
    days: int


class _BandDeadlines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file outcome_deadlines.toml."""

    band: tuple[_BandDeadline, ...]


@cache
def load_outcome_days() -> dict[str, int]:
    """Returns band -> days from the import to the outcome."""
    file = msgspec.toml.decode(resource("outcome_deadlines.toml").read_bytes(), type=_BandDeadlines)
    return {band: {each.name: each.days for each in file.band}[band] for band in BANDS}


def measure_funnel(session: Session, since: str | None = None, until: str | None = None) -> Funnel:
    """Returns what became of the reports that were imported from day `since` to day `until` (YYYY-MM-DD, in Pakistan).

    Reports that were destroyed count only when there are no bounds: nothing of them is left but the number.

    Raises:
        Refused: for a text that is no date
    """
    session.require(Right.STATISTICS)
    since, until = (None if day is None else parse_day(day) for day in (since, until))
    end = sql.NEVER if until is None else _begin_day(str(date.fromisoformat(until) + timedelta(days=1)))
    period = ImportPeriod(_begin_day(since), end)
    moment = datetime.now(UTC)
    with open_planes(session, read_now()) as (db, planes):
        destroyed = destruction.count_destructions(db) if since is None and until is None else 0
        found = count_for_funnel(db, planes, period, _latest_imports(moment))
        received = found.received + destroyed
        in_cases, by_stage = _count_stages(db, period)
        counts = [("received", received), ("judged", found.judged)]
        counts += [("folded as duplicates", found.folded), ("assigned", found.assigned)]
        requested, answered = sql.count_requested(db, period)
        counts += [("requested from operators and providers", requested), ("answered", answered)]
        counts += [("in a case", in_cases), *((stage.value, by_stage[stage.value]) for stage in _SHOWN)]
        outcomes = [
            FunnelOutcome(status=status, reason=reason, reports=n) for status, reason, n in sql.count_outcomes(db, period)
        ]
        if found.alone:
            outcomes.append(FunnelOutcome(status=IN_CASE, reason="joined to a case", reports=found.alone))
        if destroyed:
            outcomes.append(FunnelOutcome(status="destroyed", reason="by order", reports=destroyed))
        standing = _describe_standing(found.standing, moment)
        stages = _count_case_stages(db, moment)
    return Funnel(
        since=since,
        until=until,
        steps=tuple(FunnelStep(step=step, reports=n, per_100_000=_per_100_000(n, received)) for step, n in counts),
        outcomes=tuple(outcomes),
        without_outcome=sum(each.count for each in standing),
        standing=(*standing, *stages),
        overdue=sum(each.overdue for each in standing),
    )


def list_overdue(session: Session, limit: int = -1, offset: int = 0) -> tuple[OverdueReport, ...]:
    """Returns the reports that have no outcome after the deadline of their band, the highest band and oldest import first."""
    session.require(Right.READ_REPORT)
    with open_planes(session, read_now()) as (db, planes):
        ids = find_overdue_ids(db, planes, _latest_imports(datetime.now(UTC)), limit, offset)
        found = _load_overdue(session, db, ids)
    return tuple(found[i] for i in ids if i in found)


def list_overdue_ids(session: Session, limit: int = -1, offset: int = 0) -> Sequence[int]:
    """Returns the ids of the reports that `list_overdue` lists, in its order."""
    session.require(Right.READ_REPORT)
    with open_planes(session, read_now()) as (db, planes):
        return find_overdue_ids(db, planes, _latest_imports(datetime.now(UTC)), limit, offset)


def load_overdue(session: Session, report_ids: Sequence[int]) -> dict[int, OverdueReport]:
    """Returns id -> report without an outcome, of these reports."""
    session.require(Right.READ_REPORT)
    with session.reading() as db:
        return _load_overdue(session, db, report_ids)


def _load_overdue(session: Session, db: Reader, report_ids: Sequence[int]) -> dict[int, OverdueReport]:
    """Returns id -> report without an outcome, of these reports."""
    moment, users, days = datetime.now(UTC), session.store.users.names(), load_outcome_days()
    found = {}
    for report_id, row in sql.load_standing(db, report_ids).items():
        band = name_band(row.band)
        due = parse_utc(row.imported) + timedelta(days=days[band])
        found[report_id] = OverdueReport(
            report_id=row.number,
            band=band,
            imported=row.imported,
            due=format_utc(due),
            days_over=(moment - due).days,
            status=name_status(row.status),
            assignee=None if row.assignee is None else users.get(row.assignee),
            office=row.office,
        )
    return found


def count_overdue(session: Session) -> int:
    """Returns how many reports `list_overdue` lists without a limit."""
    session.require(Right.READ_REPORT)
    with open_planes(session, read_now()) as (db, planes):
        return count_bits(find_overdue(db, planes, _latest_imports(datetime.now(UTC))))


def _begin_day(day: str | None) -> str:
    """Returns when a day begins in Pakistan, as stored times are written; "" for None, which is before all of them."""
    return "" if day is None else format_utc(datetime.combine(date.fromisoformat(day), datetime.min.time(), PAKISTAN))


def _latest_imports(moment: datetime) -> Sequence[str]:
    """Returns for each band, A first, before which time of import a report without an outcome is overdue."""
    return [format_utc(moment - timedelta(days=days)) for days in load_outcome_days().values()]


def _count_stages(db: Reader, period: ImportPeriod) -> tuple[int, dict[str, int]]:
    """Returns how many reports are in a case, and stage -> reports whose case reached this stage or a later one."""
    furthest = sql.count_furthest_stages(db, period, _STAGES)
    reached = {stage: sum(n for at, n in furthest.items() if at >= rank) for rank, stage in enumerate(_STAGES)}
    return sum(furthest.values()), reached


def _describe_standing(standing: Sequence[StandingCount], moment: datetime) -> list[FunnelPlace]:
    """Returns where reports without an outcome stand, by status."""
    return [
        FunnelPlace(
            status=name_status(each.status),
            count=each.reports,
            overdue=each.overdue,
            longest_days=(moment - parse_utc(each.earliest)).days,
        )
        for each in standing
    ]


def _count_case_stages(db: Reader, moment: datetime) -> list[FunnelPlace]:
    """Returns how many cases stand at each stage, in the order of procedure."""
    today = str(pakistan_day(format_utc(moment)))
    found = {
        stage: FunnelPlace(stage=Stage(stage), count=n, overdue=late, longest_days=(moment - parse_utc(since)).days)
        for stage, n, late, since in sql.count_present_stages(db, today)
        if stage in _STAGES
    }
    return [found[stage] for stage in _STAGES if stage in found]


def _per_100_000(n: int, received: int) -> float | None:
    """Returns how many of 100,000 received reports that would be, to one decimal place; None when none was received."""
    return round(n * 100_000 / received, 1) if received else None
