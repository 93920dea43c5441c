"""Points on the map: country by time zone outline, province by outline, nearest known place.

Outlines follow the lines as they are held today; that is no view on whose they are. AJK and Gilgit-Baltistan are "administered by
Pakistan". No free source has district outlines: a district is that of the nearest known place, and its distance is said.
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
"""So near to a border, neither a phone's position nor an outline can tell the side."""
_KILOMETRES = 111.2
"""Of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    latitude: float
    longitude: float
    province: str
    district: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a point lies. `country` is an ISO code, None at sea; `across`: other countries within BORDER_KM."""

    country: str | None
    zone: str
    province: str | None = None
    district: str | None = None
    near: str = ""
    near_km: float = 0.0
    across: tuple[str, ...] = ()


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {row["zone"]: row["country"] for row in read_rows("geo", "zones.tsv")}


@lru_cache(maxsize=1)
def _outlines() -> tuple[tuple[str, shapely.Geometry], ...]:
    features = json.loads(resource("geo", "provinces.geojson").read_bytes())["features"]
    shapes = tuple((f["properties"]["province"], shapely.geometry.shape(f["geometry"])) for f in features)
    for _, shape in shapes:
        shapely.prepare(shape)
    return shapes


@lru_cache(maxsize=1)
def places() -> tuple[Place, ...]:
    table = read_rows("geo", "places.tsv")
    return tuple(Place(r["name"], float(r["latitude"]), float(r["longitude"]), r["province"], r["district"]) for r in table)


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Between two points given as (latitude, longitude); flat, which is good enough within a country."""
    middle = math.radians((a[0] + b[0]) / 2)
    return math.hypot((a[0] - b[0]) * _KILOMETRES, (a[1] - b[1]) * _KILOMETRES * math.cos(middle))


@lru_cache(maxsize=4_096)
def spot(latitude: float, longitude: float) -> Spot:
    """`latitude` and `longitude` in degrees, within range."""
    zone = tzfpy.get_tz(longitude, latitude)
    country = _zones().get(zone)
    across = _across(latitude, longitude, country)
    if zone != _ZONE:
        return Spot(country, zone, across=across)
    province = _province(shapely.Point(longitude, latitude))
    near = min(
        (p for p in places() if p.province == province),
        key=lambda p: (kilometres((latitude, longitude), (p.latitude, p.longitude)), p.name),
    )
    away = kilometres((latitude, longitude), (near.latitude, near.longitude))
    return Spot("PK", zone, province, near.district, near.name, away, across)


def _across(latitude: float, longitude: float, own: str | None) -> tuple[str, ...]:
    """Countries other than `own` that lie BORDER_KM away in one of eight directions."""
    north = BORDER_KM / _KILOMETRES
    east = north / max(math.cos(math.radians(latitude)), 0.01)
    around = ((latitude + north * a, longitude + east * b) for a in (-1, 0, 1) for b in (-1, 0, 1) if a or b)
    near = (tzfpy.get_tz(lon, lat) for lat, lon in around if abs(lat) <= 90 and abs(lon) <= 180)
    return tuple(sorted({_zones()[zone] for zone in near if zone in _zones()} - {own}))


def _province(point: shapely.Point) -> str:
    """The outline that holds the point; on the coast and on a border line, where outlines are coarse, the nearest one."""
    for province, shape in _outlines():
        if shapely.contains(shape, point):
            return province
    return min((float(shapely.distance(shape, point)), province) for province, shape in _outlines())[1]
