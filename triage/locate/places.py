"""Finds where a point lies: its country by time zone outline, its province by outline, and the nearest known place.

Outlines follow the lines of control of today. This is no statement on any claim. AJK and Gilgit-Baltistan are "administered by
Pakistan". No free source has outlines of districts, so the district is that of the nearest known place.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import lru_cache

import shapely
import tzfpy

from triage.locate.tables import read_rows
from triage.message import Message
from triage.resources import resource

NAMES = {
    "PB": "Punjab",
    "SD": "Sindh",
    "KP": "Khyber Pakhtunkhwa",
    "BA": "Balochistan",
    "ICT": "Islamabad",
    "GB": "Gilgit-Baltistan (administered by Pakistan)",
    "AJK": "AJK (administered by Pakistan)",
}


def name_province(province: str) -> Message:
    """Returns the name of a province or territory by its code."""
    return Message(NAMES[province])  # message-ok


_ZONE = "Asia/Karachi"
BORDER_KM = 2.0
"""Nearer to a border than this, neither a position nor an outline tells the side."""
_KILOMETRES = 111.2
"""Of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Place:
    """A known place, with its position in degrees."""

    name: str
    latitude: float
    longitude: float
    province: str
    district: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with what surrounds it: `country` is an ISO code or None at sea, `across` are other countries within BORDER_KM."""

    country: str | None
    zone: str
    province: str | None = None
    district: str | None = None
    near: str = ""
    near_km: float = 0.0
    across: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _read_zone_countries() -> dict[str, str]:
    return {row["zone"]: row["country"] for row in read_rows("geo", "zones.tsv")}


@lru_cache(maxsize=1)
def _read_outlines() -> tuple[tuple[str, shapely.Geometry], ...]:
    features = json.loads(resource("geo", "provinces.geojson").read_bytes())["features"]
    shapes = tuple((f["properties"]["province"], shapely.geometry.shape(f["geometry"])) for f in features)
    for _, shape in shapes:
        shapely.prepare(shape)
    return shapes


@lru_cache(maxsize=1)
def read_places() -> tuple[Place, ...]:
    """Returns the known places of Pakistan."""
    table = read_rows("geo", "places.tsv")
    return tuple(Place(r["name"], float(r["latitude"]), float(r["longitude"]), r["province"], r["district"]) for r in table)


@lru_cache(maxsize=1)
def read_district_seats() -> dict[str, tuple[float, float]]:
    """Returns district -> (latitude, longitude) of its seat in degrees; districts whose seat is not known are missing."""
    rows = read_rows("geo", "districts.tsv")
    return {r["district"]: (float(r["latitude"]), float(r["longitude"])) for r in rows if r["latitude"] and r["longitude"]}


def measure_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Returns the distance of two points (latitude, longitude), on a flat map, which is good enough within a country."""
    middle = math.radians((a[0] + b[0]) / 2)
    return math.hypot((a[0] - b[0]) * _KILOMETRES, (a[1] - b[1]) * _KILOMETRES * math.cos(middle))


@lru_cache(maxsize=4_096)
def find_spot(latitude: float, longitude: float) -> Spot:
    """Returns where a point lies, given in degrees and within range."""
    zone = tzfpy.get_tz(longitude, latitude)
    country = _read_zone_countries().get(zone)
    across = _find_countries_across(latitude, longitude, country)
    if zone != _ZONE:
        return Spot(country, zone, across=across)
    province = _find_province(shapely.Point(longitude, latitude))
    near = min(
        (p for p in read_places() if p.province == province),
        key=lambda p: (measure_km((latitude, longitude), (p.latitude, p.longitude)), p.name),
    )
    away = measure_km((latitude, longitude), (near.latitude, near.longitude))
    return Spot("PK", zone, province, near.district, near.name, away, across)


def _find_countries_across(latitude: float, longitude: float, own: str | None) -> tuple[str, ...]:
    """Returns the countries other than `own` that lie BORDER_KM away in one of eight directions."""
    north = BORDER_KM / _KILOMETRES
    east = north / max(math.cos(math.radians(latitude)), 0.01)
    around = ((latitude + north * a, longitude + east * b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
    near = (tzfpy.get_tz(lon, lat) for lat, lon in around if abs(lat) <= 90 and abs(lon) <= 180)
    return tuple(sorted({_read_zone_countries()[zone] for zone in near if zone in _read_zone_countries()} - {own}))


def _find_province(point: shapely.Point) -> str:
    """Returns the province whose outline holds the point, or the nearest one: outlines are coarse on coasts and borders."""
    for province, shape in _read_outlines():
        if shapely.contains(shape, point):
            return province
    return min((float(shapely.distance(shape, point)), province) for province, shape in _read_outlines())[1]
