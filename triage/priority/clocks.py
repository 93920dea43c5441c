"""What runs out: how long providers and operators are bound to keep data. Dates follow from the report, never from today.

Sources: REPORT Act, Pub. L. 118-59, signed 7 May 2024 (a year; before that 90 days); PECA 2016 s.32 (traffic data at least a
year) and s.31 (a notice binds up to 90 days, the Court is told within 24 hours).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from triage.message import NOTHING, Message, join
from triage.model.document import Identifier
from triage.model.judgement import Clock
from triage.model.moment import add_time, format_pakistan_day, format_pakistan_minute, format_utc, parse_person_time
from triage.model.report import Report
from triage.priority.providers import in_united_states

PROVIDER = "provider data"
OPERATOR = "operator traffic data"
NOTICE, TELL_COURT = "preservation notice", "tell the Court of the notice"
REPORT_ACT = datetime(2024, 5, 7, tzinfo=UTC)
YEAR, NINETY_DAYS, A_DAY = timedelta(days=365), timedelta(days=90), timedelta(days=1)

_BOUND = Message("This provider is based in the United States, where this duty applies.")
_PERHAPS_BOUND = Message("This duty applies to providers in the United States; where this one is based is not known.")


def clocks(report: Report) -> tuple[Clock, ...]:
    """The clocks of a report, the first to run out first. A clock whose start is not known does not run."""
    running = [clock for clock in (_provider(report), _operator(report)) if clock is not None]
    return tuple(sorted(running, key=lambda clock: (clock.due, clock.name)))


def _provider(report: Report) -> Clock | None:
    if report.received is None or not report.from_tipline:  # a complaint binds no provider
        return None
    received = report.received.datetime()
    by_act, bound = received >= REPORT_ACT, in_united_states(report.esp or "")
    basis = _describe_provider_duty(by_act=by_act, estimated=report.received_estimated, bound=bound)
    return _clock(PROVIDER, received, YEAR if by_act else NINETY_DAYS, basis, estimated=report.received_estimated or not bound)


@lru_cache(maxsize=8)
def _describe_provider_duty(*, by_act: bool, estimated: bool, bound: bool) -> Message:
    rule = Message("365 days, REPORT Act") if by_act else Message("90 days, as before 7 May 2024")
    start = Message("receipt by NCMEC")
    if estimated:
        start = Message("the incident, since the time of receipt is not stated")
    return join(Message("From {start}: {rule}.", start=start, rule=rule), _BOUND if bound else _PERHAPS_BOUND)


def _operator(report: Report) -> Clock | None:
    """Returns the deadline of the operator's log, from the capture that proves the act, else from the incident.

    Without an address, device or Pakistani number nothing can be asked, and there is none. A later log-in expires later: by it
    the record of the act would be gone before anybody was warned.
    """
    leading = [each for each in report.identifiers if each.role not in ("reporter", "mentioned", "subscriber")]
    if not any(each.kind in ("ip", "device") or (each.normalised or "").startswith("+92") for each in leading):
        return None
    captures = [each for each in leading if each.kind in ("ip", "device") and each.time is not None]
    incident = report.incident_time.datetime() if report.incident_time else None
    begins = _of_the_act(captures, incident) or incident
    if begins is None:
        return None
    basis = _describe_operator_duty(captured=bool(captures), incident=incident is not None)
    return _clock(OPERATOR, begins, YEAR, basis, estimated=not captures)


@lru_cache(maxsize=4)
def _describe_operator_duty(*, captured: bool, incident: bool) -> Message:
    start = Message("the incident, since no capture states a time")
    if captured:
        start = Message("the capture nearest to the incident") if incident else Message("the latest capture")
    return Message(
        "From {start}: operators in Pakistan keep traffic data for at least 365 days, PECA s.32. "
        "This applies if the address or number belongs to such an operator. It is a minimum: ask even after it has passed.",
        start=start,
    )


def _of_the_act(captures: Sequence[Identifier], incident: datetime | None) -> datetime | None:
    """Of uploads, if there are any, the one nearest to the incident; without an incident the latest."""
    uploads = [each for each in captures if each.role == "file" or (each.event or "").casefold() == "upload"]
    times = sorted(each.time.datetime() for each in uploads or captures if each.time is not None)
    if incident is None:
        return times[-1] if times else None
    return min(times, key=lambda time: abs(time - incident), default=None)


def notice_clocks(issued: str, to_whom: str, number: str | None, told_court: str | None) -> tuple[Clock, ...]:
    """Returns the deadlines of a written notice to keep data.

    `issued` is a day or a time in UTC. A day counts from its first minute in Pakistan, so that the deadlines are never too late.
    Once the Court was told, only the notice itself runs.
    """
    start = parse_person_time(issued)
    day = format_pakistan_day(issued)
    notice = Message("Notice to {addressee}, issued {day}", addressee=to_whom, day=day)
    if number:
        notice = Message("Notice {number} to {addressee}, issued {day}", number=number, addressee=to_whom, day=day)
    until = Message("{notice}: up to 90 days, PECA s.31; the Court can extend it. Ask even after it has passed.", notice=notice)
    both = [_clock(NOTICE, start, NINETY_DAYS, join(until, _describe_court_notice(told_court, start)))]
    if told_court is None:
        tell = Message("{notice}: the Court must be told within 24 hours, s.31.", notice=notice)
        both.insert(0, _clock(TELL_COURT, start, A_DAY, tell, duty=True))
    return tuple(clock for clock in both if clock is not None)


def _describe_court_notice(told_court: str | None, issued: datetime) -> Message:
    """Says when the Court was told. A day counts from its first minute, so that "late" is certain."""
    if told_court is None:
        return NOTHING
    when = format_pakistan_minute(told_court)
    if parse_person_time(told_court) - issued > A_DAY:
        return Message("The Court was told on {when}, more than 24 hours after the notice was issued.", when=when)
    return Message("The Court was told on {when}.", when=when)


def _clock(
    name: str, start: datetime, keep: timedelta, basis: Message, *, estimated: bool = False, duty: bool = False
) -> Clock | None:
    """A clock that would run out after the last year there is does not run."""
    due = add_time(start, keep)
    return None if due is None else Clock(name=name, due=format_utc(due), basis=basis, estimated=estimated, duty=duty)
