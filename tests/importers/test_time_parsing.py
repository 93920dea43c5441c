from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK
from triage.importers import time_parsing


@pytest.mark.parametrize(
    ("text", "utc", "zone"),
    [
        ("2026-10-01T10:00:00+05:00", "2026-10-01T05:00:00Z", "stated"),
        ("2026-10-01T10:00:00-0930", "2026-10-01T19:30:00Z", "stated"),
        ("2026-10-01T10:00:00.123456789Z", "2026-10-01T10:00:00.123456Z", "stated"),
        ("2026-10-01T10:00Z", "2026-10-01T10:00:00Z", "stated"),
        ("2026-10-01 10:00:00 UTC", "2026-10-01T10:00:00Z", "stated"),
        ("2026-10-01T10:00:00", "2026-10-01T10:00:00Z", "assumed UTC"),
        ("2026-10-01", "2026-10-01T00:00:00Z", "assumed UTC"),
        ("2026-12-31T24:00:00Z", "2027-01-01T00:00:00Z", "stated"),
        ("2024-02-29T00:00:00+14:00", "2024-02-28T10:00:00Z", "stated"),
        ("1990-01-01T00:00:00Z", "1990-01-01T00:00:00Z", "stated"),
        ("1990-01-01T05:00:00+05:00", "1990-01-01T00:00:00Z", "stated"),
    ],
)
def test_moments(text: str, utc: str, zone: str) -> None:
    moment = time_parsing.parse_iso_time(text)
    assert moment is not None
    assert (moment.utc, moment.zone, moment.original) == (utc, zone, text)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T24:00:01Z",
        "2026-01-01T00:00:60Z", "0001-01-01T00:00:00Z", "9999-12-31T23:00:00-14:00", "2026-01-01T00:00:00+15:00",
        "-2026-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "1989-12-31T23:59:59Z", "1990-01-01T00:00:00+05:00", "1970-01-01", "2026-01-01T00:00:00+01:99", "01-02-2026 00:00:00 UTC",
    ],
)  # fmt: skip
def test_impossible_times(text: str) -> None:
    assert time_parsing.parse_iso_time(text) is None


def test_month_comes_first_in_the_pdf() -> None:
    moment = time_parsing.parse_month_first_time("02-01-2026 03:04:05 UTC")
    assert moment is not None
    assert moment.utc == "2026-02-01T03:04:05Z"
    assert time_parsing.parse_month_first_time("13-01-2026 03:04:05 UTC") is None


@QUICK
@given(
    st.datetimes(min_value=time_parsing.datetime(1990, 1, 2), max_value=time_parsing.datetime(2027, 10, 1)),
    st.integers(-14 * 60, 14 * 60),
)
def test_round_trip(when: time_parsing.datetime, minutes: int) -> None:
    zone = time_parsing.timezone(time_parsing.timedelta(minutes=minutes))
    text = when.replace(tzinfo=zone).isoformat()
    moment = time_parsing.parse_iso_time(text)
    assert moment is not None
    assert moment.datetime() == when.replace(tzinfo=zone)


def test_what_lies_more_than_a_year_ahead_is_not_plausible() -> None:
    ahead = max(time_parsing.datetime.now(time_parsing.UTC), time_parsing.WRITTEN) + time_parsing.AHEAD
    for spelled in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S UTC", "%Y-%m-%dT%H:%M:%S.5+00:00"):
        assert time_parsing.parse_iso_time((ahead - time_parsing.timedelta(hours=1)).strftime(spelled)) is not None
        assert time_parsing.parse_iso_time((ahead + time_parsing.timedelta(hours=1)).strftime(spelled)) is None
    spelled = "%m-%d-%Y %H:%M:%S UTC"
    assert time_parsing.parse_month_first_time((ahead - time_parsing.timedelta(hours=1)).strftime(spelled)) is not None
    assert time_parsing.parse_month_first_time((ahead + time_parsing.timedelta(hours=1)).strftime(spelled)) is None
    assert time_parsing.parse_json_time(str(int((ahead - time_parsing.timedelta(hours=1)).timestamp()))) is not None
    assert time_parsing.parse_json_time(str(int((ahead + time_parsing.timedelta(hours=1)).timestamp()))) is None


def test_a_workstation_whose_clock_was_reset_doubts_no_time_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    class Reset(time_parsing.datetime):
        @classmethod
        def now(cls, tz: object = None) -> time_parsing.datetime:
            return time_parsing.datetime(2000, 1, 1, tzinfo=time_parsing.UTC)

    monkeypatch.setattr(time_parsing, "datetime", Reset)
    assert time_parsing.parse_iso_time("2026-11-01T10:00:00Z") is not None
    assert time_parsing.parse_iso_time("2031-11-01T10:00:00Z") is None


def test_somebody_may_be_born_before_anything_was_reported_online() -> None:
    assert time_parsing.parse_birth_date("02-01-1951") == "1951-02-01"
    assert time_parsing.parse_birth_date("02-30-1951") is None
    assert time_parsing.parse_birth_date("02-01-1851") is None
