"""Questions on whether anyone can be found: place, identifiers, addresses, devices, ties."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from triage.model.addresses import is_internal_address, is_server_port, parse_address
from triage.model.document import Identifier
from triage.priority.case import Case, Seen, Words, bare, counted, leads, listing, of_number, of_words, plain
from triage.priority.conditions.incident import is_contact

_OF_LINES = ("ip", "phone", "gps", "estimated_location", "address")
"""Kinds of evidence of place that language and names of places are not."""
_CALLED = {"suspect": "reported user"}
_DEVICE_NUMBERS = {"imei", "iccid", "imsi", "meid", "serial", "serialnumber"}


@of_words("location.verdict")
def place_verdict(case: Case, field: str, words: Words) -> Seen | None:
    return Seen(case.location.verdict, field) if case.location.verdict in words else None


@of_words("location.by_person")
def is_in_pakistan(case: Case, field: str, words: Words) -> Seen | None:
    """`words` are of suspect, victim, picture ...: the verdict for that one is Pakistan."""
    found = [place for place in case.location.by_person if place.of in words and place.in_pakistan]
    return Seen(listing([f"{_CALLED.get(place.of, place.of)}: {place.verdict}" for place in found]), field) if found else None


@plain("location.evidence")
def contacted_in_pakistan(case: Case, field: str) -> Seen | None:
    """In a report on contact with a child: a recipient whose own evidence is more for Pakistan than against it."""
    theirs = [piece for piece in case.location.evidence if piece.of == "recipient"]
    here = listing([piece.value for piece in theirs if piece.country == "PK" and piece.weight > 0 and piece.kind in _OF_LINES])
    return Seen(here, field) if here and sum(piece.weight for piece in theirs) > 0 and is_contact(case) else None


@of_words("location")
def place_known(case: Case, field: str, words: Words) -> Seen | None:
    """`words` are of province and district."""
    parts = {"province": case.location.province, "district": case.location.district}
    found = [part for word in words if (part := parts.get(word))]
    return Seen(listing(found), field) if found else None


@of_words("identifiers")
def has_identifier(case: Case, field: str, kinds: Words) -> Seen | None:
    found = {each.normalised or each.value for each in leads(case, *kinds)}
    return Seen(f"{listing(list(kinds))}: {len(found)}", field, float(len(found))) if found else None


@of_words("identifiers")
def has_verified(case: Case, field: str, kinds: Words) -> Seen | None:
    found = {each.normalised or each.value for each in leads(case, *kinds) if each.verified}
    return Seen(f"{listing(list(kinds))}: {len(found)} verified", field, float(len(found))) if found else None


@plain("identifiers")
def pakistani_mobile(case: Case, field: str) -> Seen | None:
    """A mobile number in Pakistan's plan: an operator here holds the subscriber's name."""
    found = {each.normalised for each in leads(case, "phone") if each.normalised and each.normalised.startswith("+923")}
    return Seen(counted(len(found), "number"), field, float(len(found))) if found else None


@plain("identifiers")
def device_number(case: Case, field: str) -> Seen | None:
    """A number that an operator's or a shop's register knows (IMEI, ICCID); an advertising id is none."""
    devices = [each for each in leads(case, "device") if bare(dict(each.details).get("idType", "")) in _DEVICE_NUMBERS]
    found = {each.normalised or each.value for each in devices}
    return Seen(counted(len(found), "number"), field, float(len(found))) if found else None


@of_words("identifiers.ip")
def address_with(case: Case, field: str, words: Words) -> Seen | None:
    """Addresses with all that `words` ask for: upload (the event), port, time (to the second, with a stated zone).

    A port that is probably the server's tells no line and is none; a whole IPv6 address needs none, since lines do not share it.
    """
    found = [each for each in _asked_about(case) if _has(each, words)]
    values = {each.normalised or each.value for each in found}
    return (
        Seen(f"{counted(len(found), 'capture')} of {counted(len(values), 'address')}", field, float(len(found)))
        if found
        else None
    )


def _asked_about(case: Case) -> list[Identifier]:
    """Captures of which an operator can be asked: addresses inside a network exist in thousands of networks."""
    return [each for each in leads(case, "ip") if _outside(each.normalised or each.value)]


@lru_cache(maxsize=16_384)
def _outside(text: str) -> bool:
    address = parse_address(text)
    return address is not None and not is_internal_address(address)


def _has(address: Identifier, words: Words) -> bool:
    return all(_HOLDS[word](address) for word in words)


def _timed(address: Identifier) -> bool:
    return address.time is not None and address.time.zone == "stated" and address.time.to_the_second


def _ported(address: Identifier) -> bool:
    whole = ":" in (address.normalised or address.value)
    return whole or (address.port is not None and not is_server_port(address.port))


_HOLDS: dict[str, Callable[[Identifier], bool]] = {
    "upload": lambda address: address.role == "file" or bare(address.event or "") == "upload",
    "port": _ported,
    "time": _timed,
}


@of_number("identifiers.ip")
def address_near_incident(case: Case, field: str, days: float) -> Seen | None:
    """How near the nearest address capture lies to the incident: a share of 1 on the day itself, 0 after `days`."""
    incident = case.report.incident_time
    times = [each.time for each in _asked_about(case) if each.time]
    if incident is None or not times:
        return None
    nearest = min(abs((time.datetime() - incident.datetime()).total_seconds()) for time in times) / 86_400
    return Seen(f"{nearest:.1f} days from the incident", field, 1.0 - nearest / days) if nearest < days else None


@plain("identifiers.ip")
def possible_proxy(case: Case, field: str) -> Seen | None:
    found = {each.normalised or each.value for each in leads(case, "ip") if each.possible_proxy}
    return Seen(counted(len(found), "address"), field, float(len(found))) if found else None


@of_number("surroundings.links")
def tied_reports(case: Case, field: str, strength: float) -> Seen | None:
    """Other reports of the store that share something at least this strong."""
    others = {link.report_id for link in case.surroundings.links if link.strength >= strength}
    return Seen(counted(len(others), "report"), field, float(len(others))) if others else None


CONDITIONS = (
    place_verdict,
    is_in_pakistan,
    contacted_in_pakistan,
    place_known,
    has_identifier,
    has_verified,
    pakistani_mobile,
    device_number,
    address_with,
    address_near_incident,
    possible_proxy,
    tied_reports,
)
