"""What runs out: how long providers and operators are bound to keep data. Dates follow from the report, never from today.

Sources: REPORT Act, Pub. L. 118-59, signed 7 May 2024 (a year; before that 90 days); PECA 2016 s.32 (traffic data at least a
year) and s.31 (a notice binds up to 90 days, the Court is told within 24 hours).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from triage.model.document import Identifier
from triage.model.judgement import Clock
from triage.model.moment import add_time, first_instant, format_utc
from triage.model.report import Report
from triage.priority.providers import in_united_states

PROVIDER = "provider data"
OPERATOR = "operator traffic data"
NOTICE, TELL_COURT = "preservation notice", "tell the Court of the notice"
REPORT_ACT = datetime(2024, 5, 7, tzinfo=UTC)
YEAR, NINETY_DAYS, A_DAY = timedelta(days=365), timedelta(days=90), timedelta(days=1)

_BOUND = "This provider sits in the United States, where the duty binds."
_PERHAPS_BOUND = "The duty binds providers in the United States; where this one sits is not known here."


def clocks(report: Report) -> tuple[Clock, ...]:
    """The clocks of a report, the first to run out first. A clock whose start is not known does not run."""
    running = [clock for clock in (_provider(report), _operator(report)) if clock is not None]
    return tuple(sorted(running, key=lambda clock: (clock.due, clock.name)))


def _provider(report: Report) -> Clock | None:
    if report.received is None:
        return None
    received = report.received.datetime()
    keep, rule = (YEAR, "365 days, REPORT Act") if received >= REPORT_ACT else (NINETY_DAYS, "90 days, as before 7 May 2024")
    start = "the incident, since the time of receipt is not stated" if report.received_estimated else "receipt by NCMEC"
    bound = in_united_states(report.esp or "")
    basis = f"From {start}: {rule}. {_BOUND if bound else _PERHAPS_BOUND}"
    return _clock(PROVIDER, received, keep, basis, estimated=report.received_estimated or not bound)


def _operator(report: Report) -> Clock | None:
    """From the capture that proves the act, else from the incident; without address, device or Pakistani number nothing can be
    asked. A later log-in runs out later: by it the record of the act would be gone before anybody was warned."""
    leading = [each for each in report.identifiers if each.role not in ("reporter", "mentioned")]
    if not any(each.kind in ("ip", "device") or (each.normalised or "").startswith("+92") for each in leading):
        return None
    captures = [each for each in leading if each.kind in ("ip", "device") and each.time is not None]
    incident = report.incident_time.datetime() if report.incident_time else None
    begins = _of_the_act(captures, incident) or incident
    if begins is None:
        return None
    start = "the incident, since no capture states a time"
    if captures:
        start = "the capture nearest to the incident" if incident else "the latest capture"
    basis = (
        f"From {start}: operators in Pakistan keep traffic data for at least 365 days, PECA s.32; "
        "this holds if the address or number is of such an operator. It is a minimum: ask anyway when past."
    )
    return _clock(OPERATOR, begins, YEAR, basis, estimated=not captures)


def _of_the_act(captures: Sequence[Identifier], incident: datetime | None) -> datetime | None:
    """Of uploads, if there are any, the one nearest to the incident; without an incident the latest."""
    uploads = [each for each in captures if each.role == "file" or (each.event or "").casefold() == "upload"]
    times = sorted(each.time.datetime() for each in uploads or captures if each.time is not None)
    if incident is None:
        return times[-1] if times else None
    return min(times, key=lambda time: abs(time - incident), default=None)


def notice_clocks(issued: str, to_whom: str, number: str | None, told_court: str | None) -> tuple[Clock, ...]:
    """Of a written notice to keep data. `issued` is a day or a time in UTC; a day counts from its first minute in Pakistan, so
    that the clocks are never too long. Once the Court was told, only the notice itself runs.
    """
    start = first_instant(issued)
    named = f"Notice{f' {number}' if number else ''} to {to_whom}, issued {issued[:10]}"
    until = f"{named}: up to 90 days, PECA s.31; the Court can extend it. When past, ask anyway.{_told(told_court, start)}"
    both = [_clock(NOTICE, start, NINETY_DAYS, until)]
    if told_court is None:
        both.insert(0, _clock(TELL_COURT, start, A_DAY, f"{named}: the Court is told within 24 hours, s.31."))
    return tuple(clock for clock in both if clock is not None)


def _told(told_court: str | None, issued: datetime) -> str:
    """A day counts from its first minute: of a late one it is certain that it was late."""
    if told_court is None:
        return ""
    late = ", later than 24 hours after it was issued" if first_instant(told_court) - issued > A_DAY else ""
    return f" The Court was told on {told_court[:16].replace('T', ' ')}{late}."


def _clock(name: str, start: datetime, keep: timedelta, basis: str, *, estimated: bool = False) -> Clock | None:
    """A clock that would run out after the last year there is does not run."""
    due = add_time(start, keep)
    return None if due is None else Clock(name=name, due=format_utc(due), basis=basis, estimated=estimated)
