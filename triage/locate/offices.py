"""Which reporting centre a report goes to: by district, else by province, else headquarters. resources/offices.toml says so."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from triage.locate.places import NAMES
from triage.resources import resource


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Office(_Strict, frozen=True):
    """`notified`, `press` and `inferred` are its districts, by how sure it is that it serves them."""

    id: str
    city: str
    notified: tuple[str, ...] = ()
    press: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()


class Offices(_Strict, frozen=True):
    version: int
    headquarters: str
    default: dict[str, str]
    headquarters_only: dict[str, str]
    office: tuple[Office, ...]

    def __post_init__(self) -> None:
        ids = [office.id for office in self.office]
        districts = [d for o in self.office for d in (*o.notified, *o.press, *o.inferred)]
        if len(set(ids)) != len(ids) or len(set(districts)) != len(districts):
            raise ValueError("an office or a district stands twice")
        if not set(self.default.values()) <= set(ids):
            raise ValueError("a province's default is none of the offices")


@lru_cache(maxsize=1)
def offices() -> Offices:
    return msgspec.toml.decode(resource("offices.toml").read_bytes(), type=Offices)


@lru_cache(maxsize=1)
def _by_district() -> dict[str, tuple[Office, str]]:
    sure = {"notified": "as notified in 2018", "press": "by press reports", "inferred": "inferred, nobody says so in print"}
    return {d: (o, words) for o in offices().office for field, words in sure.items() for d in getattr(o, field)}


def route(province: str | None, district: str | None) -> tuple[str, str]:
    """The id of the office, and why in a sentence."""
    table = offices()
    if province is None:
        return table.headquarters, "No evidence names a province clearly: headquarters decide."
    if province in table.headquarters_only:
        return table.headquarters, table.headquarters_only[province]
    if district in _by_district():
        office, sure = _by_district()[district or ""]
        return office.id, f"{office.city} serves the district {district} ({sure})."
    office_id = table.default[province]
    city = next(o.city for o in table.office if o.id == office_id)
    return office_id, f"The district is not known; {city} takes what is known to be of {NAMES[province]} only."
