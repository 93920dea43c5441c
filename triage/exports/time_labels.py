"""Times for people who read an export in Pakistan."""

from __future__ import annotations

from triage.model.moment import parse_utc, to_pakistan


def format_pakistan_time(utc: str | None) -> str | None:
    """Returns an ISO 8601 UTC time as Pakistan's local time with "PKT", or None."""
    if utc is None:
        return None
    return f"{to_pakistan(parse_utc(utc)).isoformat(' ', 'seconds')[:19]} PKT"
