from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.importers.contract import QUICK
from triage.importers import times


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
        ("2028-02-29T00:00:00+14:00", "2028-02-28T10:00:00Z", "stated"),
    ],
)
def test_moments(text: str, utc: str, zone: str) -> None:
    moment = times.moment(text)
    assert moment is not None
    assert (moment.utc, moment.zone, moment.original) == (utc, zone, text)


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00Z", "2026-01-01T24:00:01Z",
        "2026-01-01T00:00:60Z", "0001-01-01T00:00:00Z", "9999-12-31T23:00:00-14:00", "2026-01-01T00:00:00+15:00",
        "-2026-01-01T00:00:00Z", "12026-01-01T00:00:00Z", "2026-01-01T00:00:00+01:99", "01-02-2026 00:00:00 UTC",
    ],
)  # fmt: skip
def test_impossible_times(text: str) -> None:
    assert times.moment(text) is None


def test_month_comes_first_in_the_pdf() -> None:
    moment = times.month_first("02-01-2026 03:04:05 UTC")
    assert moment is not None
    assert moment.utc == "2026-02-01T03:04:05Z"
    assert times.month_first("13-01-2026 03:04:05 UTC") is None


@QUICK
@given(st.datetimes(min_value=times.datetime(1900, 1, 2), max_value=times.datetime(9998, 1, 1)), st.integers(-14 * 60, 14 * 60))
def test_round_trip(when: times.datetime, minutes: int) -> None:
    zone = times.timezone(times.timedelta(minutes=minutes))
    text = when.replace(tzinfo=zone).isoformat()
    moment = times.moment(text)
    assert moment is not None
    assert moment.datetime() == when.replace(tzinfo=zone)
