"""Reads people of law enforcement's JSON: reported persons, intended recipients, victims."""

from __future__ import annotations

import re

from triage.importers.building import BlockSubject, IdentifierDetails
from triage.importers.esp_leaves import describe_device_id
from triage.importers.json_reading import Blocks, Handler, Json, JsonReader, join_path
from triage.importers.le_json_leaves import (
    last_key,
    make_text_handler,
    parse_time_or_keep,
    read_additional_text,
    read_captures,
    read_fact,
)
from triage.importers.values import parse_verification
from triage.model.document import Role

_NUMBERS = re.compile(r"\d{5,12}(?:[\s,;]+\d{5,12})*")
_NUMBER = re.compile(r"\d+")
_SAID_OF_ONE = ("verified", "type", "verificationDate", "countryCallingCode", "extension")
_VALUE_OF_ONE = ("value", "email", "emailAddress", "phone", "phoneNumber", "number")
_ADDRESS_PARTS = (
    "street1", "street2", "street", "address", "city", "state", "nonUsaState", "postalCode", "zipCode", "country",
)  # fmt: skip


def make_people_handler(role: Role, name: str) -> Handler:
    """Returns a handler that adds each item as a person of this role."""

    def read(r: JsonReader, node: Json, at: str, _: BlockSubject) -> None:
        for item, item_at in r.iter_items(node, at, name):
            _read_person(r, item, item_at, r.b.add_person(role, name))

    return read


def _read_person(r: JsonReader, item: Json, at: str, subject: BlockSubject) -> None:
    r.read_block(item, at, PERSON, subject)
    r.b.add_name(subject, at)


def _read_associated_accounts(r: JsonReader, node: Json, at: str, owner: BlockSubject) -> None:
    """Adds further accounts as people.

    The fact "associatedWith" names the person they belong to.
    """
    name = last_key(at)
    for item, item_at in r.iter_items(node, at, name):
        subject = r.b.add_person("associated", name)
        if owner.says:
            r.b.add_fact(subject, "associatedWith", owner.says, item_at)
        _read_person(r, item, item_at, subject)


def make_identifier_list_handler(kind: str, name: str) -> Handler:
    """Returns a handler for identifiers of one kind, wrapped, in a list or alone.

    Each item is a text or an object with value, verification and type.
    """

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        for item, item_at in r.iter_items(node, at, name):
            stated: dict[str, str] = {}
            if isinstance(item, dict):
                value = next((key for key in _VALUE_OF_ONE if key in item), "value")
                r.read_block(item, item_at, dict.fromkeys((value, *_SAID_OF_ONE), make_collecting_handler(stated)), subject)
                stated["value"] = stated.pop(value, "")
            else:
                stated["value"] = r.read_text(item, item_at)
            verified = parse_verification(stated.get("verified", ""))
            details = tuple(
                (key, stated[key]) for key in _SAID_OF_ONE if stated.get(key) and (key != "verified" or verified is None)
            )
            r.b.add_identifier(
                subject, kind, stated.get("value", ""), item_at, name, IdentifierDetails(verified=verified, details=details)
            )

    return read


def make_collecting_handler(stated: dict[str, str]) -> Handler:
    """Returns a handler that puts a text into `stated` under its key."""

    def keep(r: JsonReader, node: Json, at: str, _: BlockSubject) -> None:
        stated[last_key(at)] = r.read_text(node, at)

    return keep


def read_addresses(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds addresses: each a text, or an object of parts that become one line."""
    name = last_key(at)
    plural = "addresses" if name == "address" else name  # {"address": ...} is the street of one, not a wrapping
    for item, item_at in r.iter_items(node, at, plural):
        if not isinstance(item, dict):
            r.b.add_identifier(subject, "address", r.read_text(item, item_at), item_at, name)
            continue
        parts: dict[str, str] = {}
        r.read_block(item, item_at, dict.fromkeys((*_ADDRESS_PARTS, "type"), make_collecting_handler(parts)), subject)
        stated = [(part, parts[part]) for part in _ADDRESS_PARTS if parts.get(part)]
        kind = [("type", parts["type"])] if parts.get("type") else []
        r.b.add_identifier(
            subject, "address", ", ".join(v for _, v in stated), item_at, name, IdentifierDetails(details=tuple(stated + kind))
        )


def make_identifier_handler(kind: str) -> Handler:
    """Returns a handler that adds each item's text as an identifier of this kind."""

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        name = last_key(at)
        for item, item_at in r.iter_items(node, at, name):
            r.b.add_identifier(subject, kind, r.read_text(item, item_at), item_at, name)

    return read


def _read_name_part(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Keeps a part of a name for joining, and adds it as a fact."""
    text = r.read_text(node, at)
    if text:
        subject.names[last_key(at)] = text
        r.b.add_fact(subject, last_key(at), text, at)


def read_devices(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds devices: each an id, or an object with id, type, event and time."""
    name = last_key(at)
    for item, item_at in r.iter_items(node, at, name):
        if not isinstance(item, dict):
            r.b.add_identifier(subject, "device", r.read_text(item, item_at), item_at, name)
            continue
        stated = {key: r.read_text(value, join_path(item_at, key)) for key, value in item.items()}
        id_type = stated.pop("idType", "") or stated.pop("type", "")
        value = stated.pop("idValue", "") or stated.pop("value", "")
        said = IdentifierDetails(
            event=stated.pop("eventName", "") or None,
            time=parse_time_or_keep(r, f"{item_at}.dateTime", stated.pop("dateTime", "")),
        )
        said["details"] = describe_device_id(id_type, value) + tuple((key, text) for key, text in stated.items() if text)
        r.b.add_identifier(subject, "device", value, item_at, name, said)
        if not value:
            r.keep_unknown(item_at, item)


def read_prior_reports(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds numbers of earlier reports.

    A text that is no list of numbers is kept as not understood.
    """
    name = last_key(at)
    for item, item_at in r.iter_items(node, at, name):
        text = r.read_text(item.get("reportId") if isinstance(item, dict) and "reportId" in item else item, item_at)
        if not _NUMBERS.fullmatch(text):
            r.keep_unknown(item_at, item)
            continue
        for number in _NUMBER.findall(text):
            r.b.prior_reports.append(number)
            r.b.add_fact(subject, name, number, item_at)


def _read_estimated_location(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds each part of an estimated location as a fact."""
    if not isinstance(node, dict):
        read_fact(r, node, at, subject)
        return
    for key, value in node.items():
        text = r.read_scalar(value, join_path(at, key))
        if text is not None:
            r.b.add_fact(subject, f"estimatedLocation.{key}", text, join_path(at, key))


_FACTS = (
    "preferredName", "gender", "preferredPronouns", "dateOfBirth", "approximateAge", "age", "physicalDescription",
    "vehicleDescription", "vehicleTagNumber", "occupation", "espService", "relationshipToReporter", "relationshipToChildVictim",
    "accessToChildVictim", "accessToChildren", "accessToFirearms", "convictedSexOffender", "awareOfReport", "gangAffiliation",
    "languages", "races", "disabilities", "schoolName", "compromisedAccount", "thirdPartyUserReported",
    "accountTemporarilyDisabled", "accountPermanentlyDisabled", "allEmailsReported", "ageAssertionDiscrepancy", "accountType",
    "type", "platform",
)  # fmt: skip

CONTACT: Blocks = {
    "emails": make_identifier_list_handler("email", "emails"),
    "email": make_identifier_list_handler("email", "email"),
    "phones": make_identifier_list_handler("phone", "phones"),
    "phone": make_identifier_list_handler("phone", "phone"),
    "addresses": read_addresses,
    "address": read_addresses,
}
PERSON: Blocks = {
    **CONTACT,
    **dict.fromkeys(_FACTS, read_fact),
    **dict.fromkeys(("firstName", "middleName", "lastName"), _read_name_part),
    "screenName": make_identifier_handler("username"),
    "screenNames": make_identifier_handler("username"),
    "displayName": make_identifier_handler("display_name"),
    "displayNames": make_identifier_handler("display_name"),
    "profileUrl": make_identifier_handler("url"),
    "profileUrls": make_identifier_handler("url"),
    "espUserId": make_identifier_handler("user_id"),
    "espIdentifier": make_identifier_handler("user_id"),
    "groupIdentifier": make_identifier_handler("group"),
    "ipAddress": make_identifier_handler("ip"),
    "deviceIds": read_devices,
    "deviceId": read_devices,
    "priorReports": read_prior_reports,
    "priorCTReports": read_prior_reports,
    "estimatedLocation": _read_estimated_location,
    "profileBio": make_text_handler("profileBio"),
    "associatedAccounts": _read_associated_accounts,
    "associatedAccount": _read_associated_accounts,
    "sourceInformation": read_captures,
    "sourceCaptures": read_captures,
    "additionalInformations": read_additional_text,
    "additionalInformation": read_additional_text,
    "additionalContactInformation": make_text_handler("additionalContactInformation"),
    "additionalDisabilityInformation": make_text_handler("additionalDisabilityInformation"),
}
