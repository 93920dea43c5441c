"""Times for people who read an export in Pakistan."""

from __future__ import annotations

from triage.model.moment import parse_utc, to_pakistan

NO_ZONE = "The source states no zone; UTC is assumed."
NOT_STATED = "not stated"


def format_pakistan_time(utc: str | None) -> str | None:
    """Returns an ISO 8601 UTC time as Pakistan's local time with "PKT", or None."""
    if utc is None:
        return None
    return f"{to_pakistan(parse_utc(utc)).isoformat(' ', 'seconds')[:19]} PKT"


def format_utc_time(utc: str) -> str:
    """Returns an ISO 8601 UTC time, with its fraction of a second if it has one, and "UTC"."""
    return f"{utc.removesuffix('Z').replace('T', ' ', 1)} UTC"


def format_own_time(utc: str | None, *, lines: bool = False) -> str:
    """Returns a time of this workstation's clock: UTC, and Pakistan's, in brackets or on a line of its own."""
    if utc is None:
        return NOT_STATED
    pakistan = format_pakistan_time(utc)
    return f"{format_utc_time(utc)}\n{pakistan}" if lines else f"{format_utc_time(utc)} ({pakistan})"


def format_source_time(utc: str | None, original: str | None, zone: str | None, *, lines: bool = False) -> str:
    """Returns a time that a source states: its own text first, then UTC and Pakistan's time, and whether a zone was stated.

    Args:
        utc: The time in UTC, None when the source states none.
        original: The source's own text.
        zone: "stated", or "assumed UTC".
        lines: Whether each part stands on a line of its own, as in a table.
    """
    if utc is None:
        return NOT_STATED
    parts = [f'"{original}"' if original else "", format_utc_time(utc), str(format_pakistan_time(utc))]
    if zone != "stated":
        parts.append(NO_ZONE)
    if lines:
        return "\n".join(part for part in parts if part)
    said, *same = (part for part in parts if part)
    assumed = f" {same.pop()}" if zone != "stated" and same else ""
    return f"{said}: {', '.join(same)}.{assumed}" if same else said
