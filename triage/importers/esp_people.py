"""Reads people and accounts of the provider's XML: reported user, intended recipient, victim and their further accounts."""

from __future__ import annotations

import re

from triage.importers.building import BlockSubject, Builder, IdentifierDetails
from triage.importers.esp_leaves import (
    make_contact_handler,
    make_identifier_handler,
    read_boolean,
    read_capture,
    read_device,
    read_fact,
    read_integer,
    read_presence,
    read_text_block,
)
from triage.importers.values import parse_tristate
from triage.importers.xml_reading import Blocks, Element, Handler, XmlReader, local_name
from triage.model.document import Role

_NUMBERS = re.compile(r"[0-9]+(?:[\s,;]+[0-9]+)*")
_NUMBER = re.compile(r"[0-9]+")
_ADDRESS_PARTS = ("address", "city", "zipCode", "state", "nonUsaState", "country")


def _read_name_part(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Keeps a part of a name for joining, and adds it as a fact."""
    text = r.read_text(el, at)
    if text:
        subject.names[local_name(el)] = text
        r.b.add_fact(subject, local_name(el), text, at)


def read_address(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds an address as one line in the order of the schema, with its parts in the details."""
    parts = r.read_leaves(el, at, frozenset(_ADDRESS_PARTS), subject, "type")
    stated = [(name, parts[name]) for name in _ADDRESS_PARTS if parts.get(name)]
    kind = [("type", el.get("type"))] if el.get("type") else []
    r.b.add_identifier(
        subject, "address", ", ".join(v for _, v in stated), at, local_name(el), IdentifierDetails(details=tuple(stated + kind))
    )


CONTACT: Blocks = {
    "firstName": _read_name_part,
    "lastName": _read_name_part,
    "phone": make_contact_handler("phone"),
    "email": make_contact_handler("email"),
    "address": read_address,
}
PERSON: Blocks = {**CONTACT, "age": read_integer, "dateOfBirth": read_fact, "ageAssertionDiscrepancy": read_presence}


def add_coordinates(b: Builder, subject: BlockSubject, at: str) -> None:
    """Adds coordinates when latitude and longitude were both stated as facts of this block."""
    own = {f.name: str(f.value) for f in subject.facts if f.name.startswith(subject.prefix) and f.sources[0].at.startswith(at)}
    latitude, longitude = own.get(f"{subject.prefix}latitude"), own.get(f"{subject.prefix}longitude")
    if latitude and longitude:
        b.add_identifier(subject, "coordinates", f"{latitude},{longitude}", at, "latitude, longitude")


def _read_person(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    r.read_block(el, at, PERSON, subject)
    r.b.add_name(subject, at)


def _read_user_id(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    r.b.add_identifier(subject, "user_id", r.read_text(el, at), at, local_name(el))


def _read_prior_reports(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds numbers of earlier reports.

    Usually there is one an element, but some writers list several.
    """
    text = r.read_text(el, at)
    if text and not _NUMBERS.fullmatch(text):
        r.b.add_unknown(at, text)
        return
    for number in _NUMBER.findall(text):
        r.b.prior_reports.append(number)
        r.b.add_fact(subject, local_name(el), number, at)


def _make_disabled_handler(*attributes: str) -> Handler:
    """Returns a handler for a disabled account, with the dates and notices in these attributes."""

    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        read_boolean(r, el, at, subject, *attributes)
        add_attribute_facts(r, el, at, subject, *attributes)

    return read


def add_attribute_facts(r: XmlReader, el: Element, at: str, subject: BlockSubject, *names: str) -> None:
    """Adds each of these attributes as a fact named "element.attribute"."""
    for name in names:
        value = el.get(name)
        if value:
            truth = parse_tristate(value)
            r.b.add_fact(subject, f"{local_name(el)}.{name}", value if truth is None else truth, f"{at}/@{name}")


def _read_estimated_location(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds city, region and country code as facts, with the attributes of the element."""

    def keep(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        text = r.read_text(el, at)
        if text:
            r.b.add_fact(subject, f"estimatedLocation.{local_name(el)}", text, at)

    r.read_block(el, at, dict.fromkeys(("city", "region", "countryCode"), keep), subject, "verified", "timestamp")
    add_attribute_facts(r, el, at, subject, "verified", "timestamp")


def _read_platform(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    text = r.read_text(el, at, "thirdPartyUser")
    if text:
        r.b.add_fact(subject, "platform", text, at)
    add_attribute_facts(r, el, at, subject, "thirdPartyUser")


def _read_associated_account(r: XmlReader, el: Element, at: str, owner: BlockSubject) -> None:
    """Adds a further account as a person.

    The fact "associatedWith" names the person it belongs to.
    """
    subject = r.b.add_person("associated", "associatedAccount")
    if el.get("type"):
        r.b.add_fact(subject, "type", el.get("type"), f"{at}/@type")
    r.b.add_fact(subject, "associatedWith", owner.says, at)
    r.read_block(el, at, _ACCOUNT | _ASSOCIATED, subject, "type")
    r.b.add_name(subject, at)


_ACCOUNT: dict[str, Handler] = {
    "espIdentifier": _read_user_id,
    "espService": read_fact,
    "compromisedAccount": read_boolean,
    "screenName": make_identifier_handler("username"),
    "displayName": make_identifier_handler("display_name"),
    "profileUrl": make_identifier_handler("url"),
    "profileBio": read_text_block,
    "ipCaptureEvent": read_capture,
    "deviceId": read_device,
    "priorCTReports": _read_prior_reports,
    "groupIdentifier": make_identifier_handler("group"),
    "accountTemporarilyDisabled": _make_disabled_handler("disabledDate", "userNotified", "userNotifiedDate", "reenabledDate"),
    "accountPermanentlyDisabled": _make_disabled_handler("disabledDate", "userNotified", "userNotifiedDate"),
    "estimatedLocation": _read_estimated_location,
    "allEmailsReported": read_boolean,
    "additionalInfo": read_text_block,
    "accountType": read_fact,
}
_ASSOCIATED: dict[str, Handler] = {
    **CONTACT,
    "platform": _read_platform,
    "middleName": _read_name_part,
    "approximateAge": read_integer,
    "dateOfBirth": read_fact,
    "priorCTReport": _read_prior_reports,
}
_OWN: dict[str, dict[str, Handler]] = {
    "personOrUserReported": {
        "personOrUserReportedPerson": _read_person,
        "vehicleDescription": read_fact,
        "thirdPartyUserReported": read_boolean,
        "associatedAccount": _read_associated_account,
    },
    "intendedRecipient": {"intendedRecipientPerson": _read_person},
    "victim": {"victimPerson": _read_person, "schoolName": read_fact, "associatedAccount": _read_associated_account},
}


def make_person_handler(role: Role, name: str) -> Handler:
    """Returns a handler that adds the element as a person of this role."""
    blocks: Blocks = _ACCOUNT | _OWN[name]

    def read(r: XmlReader, el: Element, at: str, _: BlockSubject) -> None:
        r.read_block(el, at, blocks, r.b.add_person(role, name))

    return read
