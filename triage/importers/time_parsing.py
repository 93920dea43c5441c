"""Parses points in time as sources write them: xs:dateTime, JSON and metadata spellings, the PDF's month-first form.

A text that is no possible or no plausible time gives None, and the caller keeps it as not understood. Only this module decides
what is plausible, once, when a document is read. Judging reads no clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from triage.model.moment import Moment, format_utc, make_moment

EARLIEST = "1990-01-01"
"""Before it nobody reported anything online; there lie the default values of programs (0001, 1601, 1900, 1970)."""
AHEAD = timedelta(days=366)
"""A source's clock may run ahead, and some state when something will end; later than that a time is an error or an attack."""
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)
"""This program is not older. A workstation whose clock stands before it (an empty battery) must not doubt all times."""
_SURELY_PLAUSIBLE = format_utc(WRITTEN + AHEAD)
EARLIEST_BIRTH_YEAR = 1900

_USUAL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
"""The form that is its own normal form."""
_USUAL_MONTH_FIRST = re.compile(r"([0-9]{2}-[0-9]{2})-([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) UTC")
_CLOCK = r"(?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,12}))?)?"
_ZONE = r"\s*(?P<zone>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?:\[[\w/+-]{1,40}\])?"
_EPOCH = re.compile(r"(?P<seconds>[0-9]{10})(?P<milliseconds>[0-9]{3})?")
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}})(?:[Tt ]\s*{_CLOCK})?{_ZONE}")
_MONTH_FIRST = re.compile(rf"(?P<month>\d{{2}})-(?P<day>\d{{2}})-(?P<year>\d{{4}})\s+{_CLOCK}{_ZONE}")


def parse_iso_time(text: str) -> Moment | None:
    """Parses YYYY-MM-DD[ T]HH:MM[:SS[.f]] with Z, UTC, GMT, an offset or nothing.

    A date alone is its first instant.
    """
    return _parse_usual(text, text) if _USUAL.fullmatch(text) else _keep_plausible(_parse_form(_ISO, text))


def parse_month_first_time(text: str) -> Moment | None:
    """Parses MM-DD-YYYY HH:MM:SS UTC, as the PDF prints it."""
    found = _USUAL_MONTH_FIRST.fullmatch(text)
    return _parse_usual(f"{found[2]}-{found[1]}T{found[3]}Z", text) if found else _keep_plausible(_parse_form(_MONTH_FIRST, text))


def parse_json_time(text: str) -> Moment | None:
    """Parses an ISO time, the PDF's form, or the seconds or milliseconds since 1970 (2001 to 2286)."""
    epoch = _EPOCH.fullmatch(text)
    if epoch is None:
        return parse_iso_time(text) or parse_month_first_time(text)
    when = datetime.fromtimestamp(int(epoch["seconds"]), UTC) + timedelta(milliseconds=int(epoch["milliseconds"] or 0))
    return _keep_plausible(make_moment(when, text, "stated"))


def parse_birth_date(text: str) -> str | None:
    """Returns the day of MM-DD-YYYY as YYYY-MM-DD, from 1900 on."""
    found = _parse_form(_MONTH_FIRST, f"{text} 00:00:00")
    return found.utc[:10] if found and int(found.utc[:4]) >= EARLIEST_BIRTH_YEAR else None


def is_plausible(when: Moment) -> bool:
    """Returns whether a reported event can have happened then: from 1990 to a year from now."""
    if EARLIEST <= when.utc <= _SURELY_PLAUSIBLE:  # as nearly all are: no clock is asked
        return True
    return EARLIEST <= when.utc <= format_utc(max(datetime.now(UTC), WRITTEN) + AHEAD)


def _keep_plausible(when: Moment | None) -> Moment | None:
    """Returns the time when it is plausible, else None."""
    return when if when is not None and is_plausible(when) else None


def _parse_usual(utc: str, text: str) -> Moment | None:
    """Parses a text in its normal form quickly.

    The hour 24 is left to `_parse_form`.
    """
    if utc[11:13] == "24":
        return _keep_plausible(_parse_form(_ISO, utc, text))
    try:
        datetime.fromisoformat(utc)
    except ValueError:
        return None
    return _keep_plausible(Moment(utc, text))


def _parse_form(form: re.Pattern[str], text: str, original: str | None = None) -> Moment | None:
    """Returns the time that the text states in this form, or None when it is impossible.

    `original` defaults to the text.
    """
    found = form.fullmatch(text.strip())
    if found is None:
        return None
    zone = _parse_zone(found["zone"])
    if zone is None:
        return None
    hour = int(found["hour"] or 0)
    midnight_after = hour == 24 and not int(found["minute"]) and not int(found["second"] or 0)
    fraction = int(((found["fraction"] or "") + "000000")[:6])
    try:
        when = datetime(
            int(found["year"]),
            int(found["month"]),
            int(found["day"]),
            0 if midnight_after else hour,
            int(found["minute"] or 0),
            int(found["second"] or 0),
            fraction,
            tzinfo=zone,
        ) + timedelta(days=midnight_after)
        return make_moment(when, original or text, "stated" if found["zone"] else "assumed UTC")
    except (ValueError, OverflowError):
        return None


def _parse_zone(text: str | None) -> timezone | None:
    """Returns the zone of "Z", "UTC", "GMT" or an offset up to 14 hours (xs:dateTime).

    No zone counts as UTC.
    """
    if text is None or text in ("Z", "z", "UTC", "GMT"):
        return UTC
    beyond = int(text[-2:]) if len(text) > 3 else 0
    minutes = int(text[1:3]) * 60 + beyond
    if minutes > 14 * 60 or beyond > 59:
        return None
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))
