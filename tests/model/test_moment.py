"""A stored time is read, shown and reckoned with whatever year it is of: nothing that shows a time may fail on one."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.priority.make import identifier, report
from tests.source_trees import ROOT, SOURCES, nodes
from triage.cli.output import format_time
from triage.exports.time_labels import format_pakistan_time
from triage.law import suggest
from triage.model.judgement import Surroundings
from triage.model.moment import (
    PAKISTAN,
    Moment,
    add_time,
    format_pakistan_day,
    format_pakistan_week,
    format_utc,
    make_moment,
    pakistan_day,
    parse_person_time,
    parse_utc,
    to_pakistan,
)
from triage.priority import clocks, notice_clocks

LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)
OFFSETS = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ANY = st.datetimes(timezones=OFFSETS)


def made(when: datetime) -> Moment:
    try:
        return make_moment(when, str(when))
    except OverflowError:
        assume(False)
        raise


@given(ANY)
@example(LAST)
@example(FIRST)
@example(datetime(999, 12, 31, 23, 59, 59, 1, UTC))
def test_any_time_is_read_back(when: datetime) -> None:
    assert made(when).datetime() == when


@given(ANY)
@example(LAST)
@example(FIRST)
def test_any_time_is_shown(when: datetime) -> None:
    utc = made(when).utc
    assert to_pakistan(parse_utc(utc)).tzinfo == PAKISTAN
    assert pakistan_day(utc)
    assert format_time(utc).startswith(utc[:10])
    assert (format_pakistan_time(utc) or "").endswith(" PKT")


@given(ANY, ANY)
@example(LAST, LAST)
@example(FIRST, LAST)
def test_any_time_is_reckoned_with(one: datetime, other: datetime) -> None:
    incident, capture = made(one), made(other)
    address = identifier("ip", "203.0.113.9", time=capture, event="Upload")
    what = report(incident_time=incident, received=capture, identifiers=(address,), incident_type="Child Pornography")
    assert all(parse_utc(clock.due) > FIRST for clock in clocks(what))
    suggest(what, Surroundings(), today=date(2026, 11, 27))
    assert all(parse_utc(clock.due) > FIRST for clock in notice_clocks(incident.utc, "somebody", None, capture.utc))


def test_a_clock_that_can_not_run_out_does_not_run() -> None:
    assert clocks(report(received=made(LAST))) == ()
    assert [clock.name for clock in notice_clocks("9999-12-31", "somebody", None, None)] == ["tell the Court of the notice"]
    assert notice_clocks("9999-12-31T23:00:00Z", "somebody", None, None) == ()


@pytest.mark.parametrize(
    ("stated", "utc"),
    [
        ("2026-10-01", "2026-09-30T19:00:00Z"),
        ("2026-10-01T10:00", "2026-10-01T05:00:00Z"),
        ("2026-10-01T10:00:00Z", "2026-10-01T10:00:00Z"),
        ("0001-01-01", "0001-01-01T00:00:00Z"),
    ],
)
def test_a_day_without_a_zone_is_pakistans(stated: str, utc: str) -> None:
    assert format_utc(parse_person_time(stated)) == utc
    assert format_utc(parse_person_time(stated).astimezone(PAKISTAN)) == utc


def test_times_beyond_the_last_are_none() -> None:
    assert add_time(LAST, timedelta(seconds=1)) is None
    assert add_time(FIRST, timedelta(seconds=-1)) is None
    assert add_time(FIRST, timedelta(days=1)) == datetime(1, 1, 2, tzinfo=UTC)
    assert to_pakistan(LAST) == datetime(9999, 12, 31, 23, 59, 59, tzinfo=PAKISTAN)


@pytest.mark.parametrize(
    ("stated", "day"),
    [
        ("2026-11-21T18:59:59Z", "2026-11-21"), ("2026-11-21T19:00:00Z", "2026-11-22"), ("2026-11-21", "2026-11-21"),
        ("2026-11-21T23:30", "2026-11-21"), ("9999-12-31T23:59:59Z", "9999-12-31"), ("soon", "soon"), ("", ""),
    ],
)  # fmt: skip
def test_a_day_for_people_is_that_of_pakistan(stated: str, day: str) -> None:
    assert format_pakistan_day(stated) == day


@pytest.mark.parametrize(
    ("utc", "week"),
    [("2026-11-22T18:59:59Z", "2026-W47"), ("2026-11-22T19:00:00Z", "2026-W48"), ("2026-12-31T20:00:00Z", "2026-W53")],
)
def test_a_week_begins_on_monday_in_pakistan(utc: str, week: str) -> None:
    assert format_pakistan_week(utc) == week


def test_no_week_is_that_of_a_time_in_utc() -> None:
    """`strftime` with a week stands in one place, behind the change of the zone."""
    where = [
        path.name
        for path in SOURCES
        for call in nodes(path, ast.Call)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "strftime" and "%V" in ast.unparse(call)
    ]
    assert where == ["moment.py"]


CUT = {
    "triage/importers/time_parsing.py": "a day of birth",
    "triage/jobs/leaving/counting.py": "a day of birth",
    "triage/jobs/requests/life.py": "the UTC day, which is the earlier of the two, since the notice may have been sent on it",
    "triage/law/context.py": "a day of birth",
    "triage/priority/conditions/people.py": "a day of birth",
    "triage/decode/sandbox/metadata.py": "a day that a camera wrote",
    "triage/store/queries/request_list.py": "the UTC day, by which times are counted; the rest of that day is read row by row",
}
"""Where the first ten characters of a time may be taken for its day, and why."""


def test_no_day_for_people_is_cut_from_a_time_in_utc() -> None:
    """The first ten characters of a stored time are the UTC day, which is yesterday's from midnight to five in Pakistan."""
    cut = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        for node in nodes(path, ast.Subscript)
        if isinstance(node.slice, ast.Slice) and node.slice.lower is None and ast.unparse(node.slice.upper or node) == "10"
    }
    assert cut == set(CUT)
