"""Questions on whether anyone can be found: place, identifiers, addresses, devices, ties."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from triage.message import Message
from triage.model.addresses import is_server_port
from triage.model.document import Identifier
from triage.model.role_words import IDENTIFIER_KINDS, ROLES
from triage.priority.case import Case, Seen, Words, counted, leads, listing, of_number, of_words, plain
from triage.priority.conditions.incident import is_contact
from triage.priority.conditions.people import all_stated_adults
from triage.priority.stated_values import bare

_OF_LINES = ("ip", "phone", "gps", "estimated_location", "address")
"""Kinds of evidence of place that language and names of places are not."""
_VERDICTS = {
    "yes": Message("in Pakistan"),
    "likely": Message("likely in Pakistan"),
    "unclear": Message("location unclear"),
    "no": Message("not in Pakistan"),
}
_DEVICE_NUMBERS = {"imei", "iccid", "imsi", "meid", "serial", "serialnumber"}


@of_words("location.verdict")
def place_verdict(case: Case, field: str, words: Words) -> Seen | None:
    """Finds one of the named verdicts on place."""
    return Seen(_VERDICTS[case.location.verdict], field) if case.location.verdict in words else None


@of_words("location.by_person")
def is_in_pakistan(case: Case, field: str, words: Words) -> Seen | None:
    """Finds people or files of the named kinds (suspect, victim, picture ...) whose verdict is Pakistan.

    A victim who is stated to be an adult is no child.
    """
    found = [place for place in case.location.by_person if place.of in words and place.in_pakistan]
    found = [place for place in found if place.of != "victim" or not all_stated_adults(case, "victim")]
    return _describe_places(frozenset((place.of, place.verdict) for place in found), field) if found else None


@lru_cache(maxsize=256)
def _describe_places(places: frozenset[tuple[str, str]], field: str) -> Seen:
    return Seen(listing(_describe_place(of, verdict) for of, verdict in places), field)


def _describe_place(of: str, verdict: str) -> Message:
    return Message("{who}: {verdict}", who=Message(ROLES[of]), verdict=_VERDICTS[verdict])  # message-ok


@plain("location.evidence")
def contacted_in_pakistan(case: Case, field: str) -> Seen | None:
    """Finds, in a report of contact with a child, a recipient whose own evidence is more for Pakistan than against it."""
    if all_stated_adults(case, "recipient"):
        return None
    theirs = [piece for piece in case.location.evidence if piece.of == "recipient"]
    here = [piece.value for piece in theirs if piece.country == "PK" and piece.weight > 0 and piece.kind in _OF_LINES]
    return Seen(listing(here), field) if here and sum(piece.weight for piece in theirs) > 0 and is_contact(case) else None


@of_words("location")
def place_known(case: Case, field: str, words: Words) -> Seen | None:
    """`words` are of province and district."""
    location = case.location
    found = (location.province if "province" in words else None, location.district if "district" in words else None)
    return _describe_parts(found, field) if any(found) else None


@lru_cache(maxsize=1_024)
def _describe_parts(parts: tuple[str | None, ...], field: str) -> Seen:
    return Seen(listing([part for part in parts if part]), field)


@of_words("identifiers")
def has_identifier(case: Case, field: str, kinds: Words) -> Seen | None:
    """Counts identifiers of the named kinds that lead to somebody."""
    if case.leads.keys().isdisjoint(kinds):
        return None
    found = {each.normalised or each.value for each in leads(case, *kinds)}
    return _describe_count(kinds, len(found), field) if found else None


@lru_cache(maxsize=4_096)
def _describe_count(kinds: Words, count: int, field: str) -> Seen:
    return Seen(Message("{kinds}: {n}", kinds=_name_kinds(kinds), n=count), field, float(count))


@lru_cache(maxsize=64)
def _name_kinds(kinds: Words) -> Message:
    return listing(Message(IDENTIFIER_KINDS[kind]) if kind in IDENTIFIER_KINDS else kind for kind in kinds)  # message-ok


@of_words("identifiers")
def has_verified(case: Case, field: str, kinds: Words) -> Seen | None:
    """Counts identifiers of the named kinds that the provider verified."""
    found = {each.normalised or each.value for each in leads(case, *kinds) if each.verified}
    if not found:
        return None
    return Seen(Message("{kinds}: {n} verified", kinds=_name_kinds(kinds), n=len(found)), field, float(len(found)))


@plain("identifiers")
def line_owner(case: Case, field: str) -> Seen | None:
    """Counts the owners of lines whom operators named in their replies; an owner is not shown to be the user."""
    owners = {each.person for each in case.report.identifiers if each.role == "subscriber" and each.kind in ("name", "cnic")}
    return Seen(counted(len(owners), "owner"), field, float(len(owners))) if owners else None


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
    found = case.captures
    for word in words:
        holds = _HOLDS[word]
        found = [each for each in found if holds(each)]
    if not found:
        return None
    return _describe_captures(len(found), len({each.normalised or each.value for each in found}), field)


@lru_cache(maxsize=4_096)
def _describe_captures(count: int, addresses: int, field: str) -> Seen:
    said = Message("{captures} of {addresses}", captures=counted(count, "capture"), addresses=counted(addresses, "address"))
    return Seen(said, field, float(count))


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
    times = [each.time for each in case.captures if each.time]
    if incident is None or not times:
        return None
    start = incident.datetime()
    nearest = min(abs(time.datetime() - start) for time in times).total_seconds() / 86_400
    said = Message("{days:.1f} days from the incident", days=nearest)
    return Seen(said, field, 1.0 - nearest / days) if nearest < days else None


@plain("identifiers.ip")
def possible_proxy(case: Case, field: str) -> Seen | None:
    """Finds addresses that the provider marks as possible proxies."""
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
    line_owner,
    pakistani_mobile,
    device_number,
    address_with,
    address_near_incident,
    possible_proxy,
    tied_reports,
)
