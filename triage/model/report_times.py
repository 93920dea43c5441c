"""Timelines and places of reports for other tools."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ZONE_STATED = "stated by the source"
ZONE_ASSUMED = "the source states no zone; UTC assumed"
ZONE_OF_CAMERA = "the camera states no zone; UTC assumed"
ZONE_OF_STORE = "UTC, clock of the workstation"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One event of a report, at a point in time."""

    when: datetime
    """Aware, in UTC."""
    message: str
    what: str
    """What the time is of: "IP address captured", "EXIF: taken" ..."""
    report: str
    zone: str
    """How sure the zone is: one of the ZONE_ sentences."""
    written: str = ""
    """The time as the source wrote it; "" where the workstation's clock gave it."""
    precise: str = ""
    """"the source states only the day" where that is so."""
    source: str = ""
    """The document and the place in it, or the number of the audit log entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MappedPlace:
    """One item of location evidence for a map. Without coordinates it stands in the list only."""

    report: str
    name: str
    of: str
    """Of whom or what it speaks: the reported user, the image ..."""
    says: str
    sure: str
    """How sure the position is, and how much the evidence weighs."""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTimeline:
    """What an export of a timeline wrote. Field names are the JSON keys of the command line contract."""

    path: str
    rows: int
    signature_key: str
