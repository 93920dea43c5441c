"""English words for roles, where the data keep the field's own words.

Screens translate them.
"""

from __future__ import annotations

from collections.abc import Iterable

from triage.model.judgement import PersonPlace, find_decider

IDENTIFIER_KINDS = {
    "ip": "IP address",
    "email": "email",
    "phone": "phone",
    "username": "username",
    "display_name": "display name",
    "user_id": "user id",
    "customer_id": "customer id",
    "url": "URL",
    "device": "device",
    "cnic": "CNIC",
    "wallet": "wallet",
    "name": "name",
    "address": "address",
}
"""Kinds of identifiers; a kind that is missing is shown as it is."""

EVIDENCE_KINDS = IDENTIFIER_KINDS | {
    "gps": "coordinates",
    "domain": "domain",
    "language": "language",
    "place_name": "place name",
    "time_zone": "time zone",
    "estimated_location": "estimated location",
}
"""Kinds of location evidence."""

ROLES = {
    "victim": "child or victim",
    "suspect": "reported user",
    "recipient": "recipient",
    "complainant": "complainant",
    "witness": "witness",
    "associated": "associated account",
    "file": "captured with a file",
    "incident": "incident",
    "mentioned": "only mentioned in text",
    "reporter": "provider, NCMEC or police contact",
    "subscriber": "owner of the line; not shown to be the user",
    "picture": "image",
}
"""Of whom a value speaks, the child first. A person whom a source calls "suspect" is a reported user."""


def describe_verdict(people: Iterable[PersonPlace], verdict: str, total: int) -> str:
    """Returns a report's location verdict with whose sum gives it: "yes (image: 60)", "likely (all evidence: 40)"."""
    decider = find_decider(people, verdict)
    if decider is None:
        return f"{verdict} (all evidence: {total})"
    return f"{verdict} ({ROLES.get(decider.of, decider.of)}: {decider.total})"
