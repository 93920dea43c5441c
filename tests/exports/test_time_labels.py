"""Times stand as the source wrote them, and say when a zone was assumed."""

from __future__ import annotations

from triage.exports.time_labels import NO_ZONE, format_own_time, format_source_time


def test_the_source_s_own_text_comes_first() -> None:
    shown = format_source_time("2026-11-12T09:09:56Z", "2026-11-12T14:09:56+05:00", "stated")
    assert shown == '"2026-11-12T14:09:56+05:00": 2026-11-12 09:09:56 UTC, 2026-11-12 14:09:56 PKT.'


def test_an_assumed_zone_is_said() -> None:
    shown = format_source_time("2026-11-12T14:09:56Z", "2026-11-12T14:09:56", "assumed UTC")
    assert shown == f'"2026-11-12T14:09:56": 2026-11-12 14:09:56 UTC, 2026-11-12 19:09:56 PKT. {NO_ZONE}'
    assert format_source_time("2026-11-12T14:09:56Z", "2026-11-12T14:09:56", "assumed UTC", lines=True).splitlines() == [
        '"2026-11-12T14:09:56"',
        "2026-11-12 14:09:56 UTC",
        "2026-11-12 19:09:56 PKT",
        NO_ZONE,
    ]


def test_an_unknown_zone_is_no_stated_one() -> None:
    assert NO_ZONE in format_source_time("2026-11-12T14:09:56Z", None, None)


def test_no_time_is_not_stated() -> None:
    assert format_source_time(None, None, None) == format_own_time(None) == "not stated"


def test_the_fraction_of_a_second_stays() -> None:
    assert format_own_time("2026-11-12T14:09:56.25Z") == "2026-11-12 14:09:56.25 UTC (2026-11-12 19:09:56 PKT)"
