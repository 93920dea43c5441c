"""Times for people who read an export in Pakistan."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

PKT = timezone(timedelta(hours=5), "PKT")
"""Pakistan Standard Time; there was summer time in 2002, 2008 and 2009 only."""


def pkt(utc: str | None) -> str | None:
    """An ISO 8601 UTC time in Pakistan's, or None."""
    if utc is None:
        return None
    return datetime.fromisoformat(utc.replace("Z", "+00:00")).astimezone(PKT).strftime("%Y-%m-%d %H:%M:%S PKT")
