"""A point in time as a source stated it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Literal

import msgspec

Zone = Literal["stated", "assumed UTC"]
PAKISTAN = timezone(timedelta(hours=5))
_TO_THE_MINUTE = re.compile(r"\d\d:\d\d")
_TO_THE_SECOND = re.compile(r"\d\d:\d\d:\d\d")


class Moment(msgspec.Struct, frozen=True, gc=False):
    """A point in time. `utc` is ISO 8601 with Z (seconds, or the fraction the source gave); `original` is verbatim.

    `zone` says whether the source stated one; when it did not, UTC is assumed and every reader is told so.
    """

    utc: str
    original: str
    zone: Zone = "stated"

    def datetime(self) -> datetime:
        return datetime.fromisoformat(self.utc.replace("Z", "+00:00"))

    @property
    def to_the_minute(self) -> bool:
        """Whether the source named an hour and minute; a day alone stands as its first instant."""
        return _TO_THE_MINUTE.search(self.original) is not None or not self.utc.endswith("T00:00:00Z")

    @property
    def to_the_second(self) -> bool:
        return _TO_THE_SECOND.search(self.original) is not None or not self.utc.endswith(":00Z")


def from_datetime(when: datetime, original: str, zone: Zone = "stated") -> Moment:
    """`when` must be aware; the fraction is kept as far as it is not zero."""
    stamp = when.astimezone(UTC)
    text = stamp.strftime("%Y-%m-%dT%H:%M:%S")
    if stamp.microsecond:
        text += f".{stamp.microsecond:06d}".rstrip("0")
    return Moment(text + "Z", original, zone)


def day_in_pakistan(utc: str) -> date:
    """The day on which it was in Pakistan, of an ISO 8601 time with Z: from 19:00 UTC on the next one."""
    return datetime.fromisoformat(utc.replace("Z", "+00:00")).astimezone(PAKISTAN).date()
