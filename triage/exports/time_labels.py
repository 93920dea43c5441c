"""Times for people who read an export in Pakistan."""

from __future__ import annotations

from triage.model.moment import parse_utc, to_pakistan


def pkt(utc: str | None) -> str | None:
    """An ISO 8601 UTC time in Pakistan's, or None."""
    if utc is None:
        return None
    return f"{to_pakistan(parse_utc(utc)).isoformat(' ', 'seconds')[:19]} PKT"
