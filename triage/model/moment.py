"""Points in time as sources state them, and their UTC and Pakistani forms."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Literal

import msgspec

Zone = Literal["stated", "assumed UTC"]
PAKISTAN = timezone(timedelta(hours=5))
_TO_THE_MINUTE = re.compile(r"\d\d:\d\d")
_TO_THE_SECOND = re.compile(r"\d\d:\d\d:\d\d")


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A point in time.

    `utc` is ISO 8601 with Z (seconds, or the fraction the source gave). `original` is verbatim.

    `zone` says whether the source stated one. When it did not, UTC is assumed and every reader is told so.
    """

    utc: str
    original: str
    zone: Zone = "stated"

    def datetime(self) -> datetime:
        """Returns the point in time, aware, in UTC."""
        return parse_utc(self.utc)

    @property
    def to_the_minute(self) -> bool:
        """Returns whether the source named an hour and minute.

        A day alone is stored as its first instant.
        """
        return not self.utc.endswith("T00:00:00Z") or _TO_THE_MINUTE.search(self.original) is not None

    @property
    def to_the_second(self) -> bool:
        """Returns whether the source named the second."""
        return not self.utc.endswith(":00Z") or _TO_THE_SECOND.search(self.original) is not None


NO_ZONE = "the source states no zone; UTC assumed"


def describe_moment(moment: Moment) -> str:
    """Returns a time in UTC, and says so where the source states no zone."""
    return moment.utc if moment.zone == "stated" else f"{moment.utc} ({NO_ZONE})"


def make_moment(when: datetime, original: str, zone: Zone = "stated") -> Moment:
    """Makes a moment from an aware datetime, with the fraction of its second unless it is zero."""
    stamp = when.astimezone(UTC)
    text = format_utc(stamp)
    if stamp.microsecond:
        text = f"{text[:-1]}.{stamp.microsecond:06d}".rstrip("0") + "Z"
    return Moment(text, original, zone)


@lru_cache(maxsize=4_096)  # of one report each time is asked for again and again
def parse_utc(utc: str) -> datetime:
    """Returns the time that ISO 8601 with Z names, aware, in UTC."""
    return datetime.fromisoformat(utc.replace("Z", "+00:00"))


def format_utc(when: datetime) -> str:
    """Returns a time as ISO 8601 in UTC with Z, to the second; a time without a zone is taken as UTC.

    A year has four digits whatever the platform's strftime does.
    """
    when = when if when.tzinfo is None else when.astimezone(UTC)
    return when.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def to_pakistan(when: datetime, zone: timezone = PAKISTAN) -> datetime:
    """Returns an aware time on Pakistan's clocks.

    The last five hours of year 9999 have none there: they stand as its last second, so that no screen fails on a stored time.
    """
    try:
        return when.astimezone(zone)
    except OverflowError:
        return datetime.max.replace(microsecond=0, tzinfo=zone)


def parse_person_time(stated: str) -> datetime:
    """Returns the time that a person wrote.

    Without a zone it is Pakistan's, and a day means its beginning.
    """
    when = parse_utc(stated)
    if when.tzinfo is not None:
        return when
    start = add_time(when, timedelta(hours=-5))
    return (when if start is None else start).replace(tzinfo=UTC)


def add_time(start: datetime, length: timedelta) -> datetime | None:
    """Returns the time that lies `length` after `start`; None beyond the last or the first year there is."""
    try:
        return start + length
    except OverflowError:
        return None


def pakistan_day(utc: str) -> date:
    """Returns the day in Pakistan at an ISO 8601 time with Z: from 19:00 UTC on the next one."""
    return to_pakistan(parse_utc(utc)).date()


@lru_cache(maxsize=4_096)
def format_pakistan_day(stated: str) -> str:
    """Returns the day in Pakistan of a stored time, as ISO 8601, for people.

    A day, and a time without a zone, is Pakistan's already. What is neither, as another workstation may write it, stays as it is.
    """
    try:
        when = parse_utc(stated)
    except ValueError:
        return stated
    return (when if when.tzinfo is None else to_pakistan(when)).date().isoformat()


def format_pakistan_minute(stated: str) -> str:
    """Returns a stored time on Pakistan's clocks to the minute, with its offset, for people; a day as it is: it says no time."""
    if "T" not in stated:
        return format_pakistan_day(stated)
    return to_pakistan(parse_person_time(stated)).isoformat(" ", "minutes")


def format_pakistan_week(utc: str) -> str:
    """Returns the ISO week of a stored time in Pakistan, such as 2026-W48. A week begins at midnight there, at 19:00 UTC."""
    return to_pakistan(parse_utc(utc)).strftime("%G-W%V")
