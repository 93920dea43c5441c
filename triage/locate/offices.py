"""Chooses the reporting centre for a report: by district, else by province, else headquarters (resources/offices.toml)."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from triage.message import Message
from triage.resources import reads_tables, resource

PROVINCES = frozenset(("PB", "SD", "KP", "BA", "ICT", "GB", "AJK"))


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    pass


class Office(_Strict, frozen=True):
    """A reporting centre with its districts: `notified`, `press` and `inferred` say how sure it is that it serves them."""

    id: str
    city: str
    notified: tuple[str, ...] = ()
    press: tuple[str, ...] = ()
    inferred: tuple[str, ...] = ()


class Offices(_Strict, frozen=True):
    """The whole of resources/offices.toml."""

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
        if not self.default.keys() | self.headquarters_only.keys() >= PROVINCES:
            raise ValueError("a province has neither a default nor headquarters")


@reads_tables
@lru_cache(maxsize=1)
def read_offices() -> Offices:
    """Reads the offices once."""
    return parse_offices(resource("offices.toml").read_bytes())


def parse_offices(data: bytes) -> Offices:
    """Returns the offices of a table.

    Raises:
        ValueError: if the table is not valid
    """
    return msgspec.toml.decode(data, type=Offices)


@reads_tables
@lru_cache(maxsize=1)
def _map_districts() -> dict[str, tuple[Office, Message]]:
    sure = {
        "notified": Message("as notified in 2018"),
        "press": Message("by press reports"),
        "inferred": Message("inferred, not confirmed in print"),
    }
    return {d: (o, words) for o in read_offices().office for field, words in sure.items() for d in getattr(o, field)}


def choose_office(province: str | None, district: str | None) -> tuple[str, Message]:
    """Returns the id of the office for a province and district, and why."""
    table = read_offices()
    if province is None:
        return table.headquarters, Message("No evidence points clearly to a province: headquarters decides.")
    if province in table.headquarters_only:
        return table.headquarters, Message(table.headquarters_only[province])  # message-ok
    if district in _map_districts():
        office, sure = _map_districts()[district or ""]
        return office.id, Message(
            "{city} serves the district {district} ({sure}).",
            city=Message(office.city),  # message-ok
            district=Message(district or ""),  # message-ok
            sure=sure,
        )
    from triage.locate.places import name_province  # maps take time to load

    office_id = table.default[province]
    city = next(o.city for o in table.office if o.id == office_id)
    return office_id, Message(
        "The district is not known; {city} takes reports for which only the province is known ({province}).",
        city=Message(city),  # message-ok
        province=name_province(province),
    )
