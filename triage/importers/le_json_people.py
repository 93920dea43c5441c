"""People blocks of law enforcement's JSON: reported persons, intended recipients, victims."""

from __future__ import annotations

import re

from triage.importers.building import Said, Subject, verification
from triage.importers.esp_leaves import device_details
from triage.importers.json_reading import Blocks, Handler, Json, Reader, place
from triage.importers.le_json_leaves import additional, captures, fact, label_of, moment, texts
from triage.model.document import Role

_NUMBERS = re.compile(r"\d{5,12}(?:[\s,;]+\d{5,12})*")
_NUMBER = re.compile(r"\d+")
_SAID_OF_ONE = ("verified", "type", "verificationDate", "countryCallingCode", "extension")
_VALUE_OF_ONE = ("value", "email", "emailAddress", "phone", "phoneNumber", "number")
_ADDRESS_PARTS = (
    "street1", "street2", "street", "address", "city", "state", "nonUsaState", "postalCode", "zipCode", "country",
)  # fmt: skip


def people(role: Role, name: str) -> Handler:
    def read(r: Reader, node: Json, at: str, _: Subject) -> None:
        for item, item_at in r.items(node, at, name):
            subject = r.b.person(role, name)
            r.block(item, item_at, PERSON, subject)
            r.b.name(subject, item_at)

    return read


def _accounts(r: Reader, node: Json, at: str, _: Subject) -> None:
    people("associated", label_of(at))(r, node, at, _)


def many(kind: str, name: str) -> Handler:
    """Identifiers of one kind: double-wrapped, a list or one alone; each a text or {"value", "verified", "type" ...}."""

    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        for item, item_at in r.items(node, at, name):
            stated: dict[str, str] = {}
            if isinstance(item, dict):
                value = next((key for key in _VALUE_OF_ONE if key in item), "value")
                r.block(item, item_at, dict.fromkeys((value, *_SAID_OF_ONE), keep_in(stated)), subject)
                stated["value"] = stated.pop(value, "")
            else:
                stated["value"] = r.text(item, item_at)
            verified = verification(stated.get("verified", ""))
            details = tuple(
                (key, stated[key]) for key in _SAID_OF_ONE if stated.get(key) and (key != "verified" or verified is None)
            )
            r.b.identify(subject, kind, stated.get("value", ""), item_at, name, Said(verified=verified, details=details))

    return read


def keep_in(stated: dict[str, str]) -> Handler:
    def keep(r: Reader, node: Json, at: str, _: Subject) -> None:
        stated[label_of(at)] = r.text(node, at)

    return keep


def addresses(r: Reader, node: Json, at: str, subject: Subject) -> None:
    name = label_of(at)
    plural = "addresses" if name == "address" else name  # {"address": ...} is the street of one, not a wrapping
    for item, item_at in r.items(node, at, plural):
        if not isinstance(item, dict):
            r.b.identify(subject, "address", r.text(item, item_at), item_at, name)
            continue
        parts: dict[str, str] = {}
        r.block(item, item_at, dict.fromkeys((*_ADDRESS_PARTS, "type"), keep_in(parts)), subject)
        stated = [(part, parts[part]) for part in _ADDRESS_PARTS if parts.get(part)]
        kind = [("type", parts["type"])] if parts.get("type") else []
        r.b.identify(subject, "address", ", ".join(v for _, v in stated), item_at, name, Said(details=tuple(stated + kind)))


def identifier(kind: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        name = label_of(at)
        for item, item_at in r.items(node, at, name):
            r.b.identify(subject, kind, r.text(item, item_at), item_at, name)

    return read


def _name_part(r: Reader, node: Json, at: str, subject: Subject) -> None:
    text = r.text(node, at)
    if text:
        subject.names[label_of(at)] = text
        r.b.fact(subject, label_of(at), text, at)


def devices(r: Reader, node: Json, at: str, subject: Subject) -> None:
    name = label_of(at)
    for item, item_at in r.items(node, at, name):
        if not isinstance(item, dict):
            r.b.identify(subject, "device", r.text(item, item_at), item_at, name)
            continue
        stated = {key: r.text(value, place(item_at, key)) for key, value in item.items()}
        id_type = stated.pop("idType", "") or stated.pop("type", "")
        value = stated.pop("idValue", "") or stated.pop("value", "")
        said = Said(event=stated.pop("eventName", "") or None, time=moment(r, f"{item_at}.dateTime", stated.pop("dateTime", "")))
        said["details"] = device_details(id_type, value) + tuple((key, text) for key, text in stated.items() if text)
        r.b.identify(subject, "device", value, item_at, name, said)
        if not value:
            r.unknown(item_at, item)


def prior_reports(r: Reader, node: Json, at: str, subject: Subject) -> None:
    name = label_of(at)
    for item, item_at in r.items(node, at, name):
        text = r.text(item.get("reportId") if isinstance(item, dict) and "reportId" in item else item, item_at)
        if not _NUMBERS.fullmatch(text):
            r.unknown(item_at, item)
            continue
        for number in _NUMBER.findall(text):
            r.b.prior_reports.append(number)
            r.b.fact(subject, name, number, item_at)


def _estimated_location(r: Reader, node: Json, at: str, subject: Subject) -> None:
    if not isinstance(node, dict):
        fact(r, node, at, subject)
        return
    for key, value in node.items():
        text = r.scalar(value, place(at, key))
        if text is not None:
            r.b.fact(subject, f"estimatedLocation.{key}", text, place(at, key))


_FACTS = (
    "preferredName", "gender", "preferredPronouns", "dateOfBirth", "approximateAge", "age", "physicalDescription",
    "vehicleDescription", "vehicleTagNumber", "occupation", "espService", "relationshipToReporter", "relationshipToChildVictim",
    "accessToChildVictim", "accessToChildren", "accessToFirearms", "convictedSexOffender", "awareOfReport", "gangAffiliation",
    "languages", "races", "disabilities", "schoolName", "compromisedAccount", "thirdPartyUserReported",
    "accountTemporarilyDisabled", "accountPermanentlyDisabled", "allEmailsReported", "ageAssertionDiscrepancy", "accountType",
    "type", "platform",
)  # fmt: skip

CONTACT: Blocks = {
    "emails": many("email", "emails"),
    "email": many("email", "email"),
    "phones": many("phone", "phones"),
    "phone": many("phone", "phone"),
    "addresses": addresses,
    "address": addresses,
}
PERSON: Blocks = {
    **CONTACT,
    **dict.fromkeys(_FACTS, fact),
    **dict.fromkeys(("firstName", "middleName", "lastName"), _name_part),
    "screenName": identifier("username"),
    "screenNames": identifier("username"),
    "displayName": identifier("display_name"),
    "displayNames": identifier("display_name"),
    "profileUrl": identifier("url"),
    "profileUrls": identifier("url"),
    "espUserId": identifier("user_id"),
    "espIdentifier": identifier("user_id"),
    "groupIdentifier": identifier("group"),
    "ipAddress": identifier("ip"),
    "deviceIds": devices,
    "deviceId": devices,
    "priorReports": prior_reports,
    "priorCTReports": prior_reports,
    "estimatedLocation": _estimated_location,
    "profileBio": texts("profileBio"),
    "associatedAccounts": _accounts,
    "associatedAccount": _accounts,
    "sourceInformation": captures,
    "sourceCaptures": captures,
    "additionalInformations": additional,
    "additionalInformation": additional,
    "additionalContactInformation": texts("additionalContactInformation"),
    "additionalDisabilityInformation": texts("additionalDisabilityInformation"),
}
