"""People and account blocks of the provider's XML: reported user, intended recipient, victim and their further accounts."""

from __future__ import annotations

import re

from triage.importers.building import Builder, Said, Subject, tristate
from triage.importers.esp_leaves import (
    boolean,
    capture,
    device,
    fact,
    identifier,
    integer,
    phone_or_email,
    presence,
    text_block,
)
from triage.importers.xml_reading import Blocks, Element, Handler, Reader, local_name
from triage.model.document import Role

_NUMBERS = re.compile(r"[0-9]+(?:[\s,;]+[0-9]+)*")
_NUMBER = re.compile(r"[0-9]+")
_ADDRESS_PARTS = ("address", "city", "zipCode", "state", "nonUsaState", "country")


def _name_part(r: Reader, el: Element, at: str, subject: Subject) -> None:
    text = r.text(el, at)
    if text:
        subject.names[local_name(el)] = text
        r.b.fact(subject, local_name(el), text, at)


def address(r: Reader, el: Element, at: str, subject: Subject) -> None:
    """One line in the order of the schema; the parts stay in the details."""
    parts = r.leaves(el, at, frozenset(_ADDRESS_PARTS), subject, "type")
    stated = [(name, parts[name]) for name in _ADDRESS_PARTS if parts.get(name)]
    kind = [("type", el.get("type"))] if el.get("type") else []
    r.b.identify(subject, "address", ", ".join(v for _, v in stated), at, local_name(el), Said(details=tuple(stated + kind)))


CONTACT: Blocks = {
    "firstName": _name_part,
    "lastName": _name_part,
    "phone": phone_or_email("phone"),
    "email": phone_or_email("email"),
    "address": address,
}
PERSON: Blocks = {**CONTACT, "age": integer, "dateOfBirth": fact, "ageAssertionDiscrepancy": presence}


def coordinates(b: Builder, subject: Subject, at: str) -> None:
    """Latitude and longitude, when both were stated as facts of this block."""
    own = {f.name: str(f.value) for f in subject.facts if f.name.startswith(subject.prefix) and f.sources[0].at.startswith(at)}
    latitude, longitude = own.get(f"{subject.prefix}latitude"), own.get(f"{subject.prefix}longitude")
    if latitude and longitude:
        b.identify(subject, "coordinates", f"{latitude},{longitude}", at, "latitude, longitude")


def _person(r: Reader, el: Element, at: str, subject: Subject) -> None:
    r.block(el, at, PERSON, subject)
    r.b.name(subject, at)


def _user_id(r: Reader, el: Element, at: str, subject: Subject) -> None:
    r.b.identify(subject, "user_id", r.text(el, at), at, local_name(el))


def _prior_reports(r: Reader, el: Element, at: str, subject: Subject) -> None:
    """One number an element; some writers list several."""
    text = r.text(el, at)
    if text and not _NUMBERS.fullmatch(text):
        r.b.unknown(at, text)
        return
    for number in _NUMBER.findall(text):
        r.b.prior_reports.append(number)
        r.b.fact(subject, local_name(el), number, at)


def _disabled(*attributes: str) -> Handler:
    """An account's state, with the dates and notices that stand beside it."""

    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        boolean(r, el, at, subject, *attributes)
        attributes_as_facts(r, el, at, subject, *attributes)

    return read


def attributes_as_facts(r: Reader, el: Element, at: str, subject: Subject, *names: str) -> None:
    for name in names:
        value = el.get(name)
        if value:
            truth = tristate(value)
            r.b.fact(subject, f"{local_name(el)}.{name}", value if truth is None else truth, f"{at}/@{name}")


def _estimated_location(r: Reader, el: Element, at: str, subject: Subject) -> None:
    def keep(r: Reader, el: Element, at: str, subject: Subject) -> None:
        text = r.text(el, at)
        if text:
            r.b.fact(subject, f"estimatedLocation.{local_name(el)}", text, at)

    r.block(el, at, dict.fromkeys(("city", "region", "countryCode"), keep), subject, "verified", "timestamp")
    attributes_as_facts(r, el, at, subject, "verified", "timestamp")


def _platform(r: Reader, el: Element, at: str, subject: Subject) -> None:
    text = r.text(el, at, "thirdPartyUser")
    if text:
        r.b.fact(subject, "platform", text, at)
    attributes_as_facts(r, el, at, subject, "thirdPartyUser")


def _associated(r: Reader, el: Element, at: str, owner: Subject) -> None:
    """A further account: a person block of its own, tied to whose account it stands beside by the fact "associatedWith"."""
    subject = r.b.person("associated", "associatedAccount")
    if el.get("type"):
        r.b.fact(subject, "type", el.get("type"), f"{at}/@type")
    r.b.fact(subject, "associatedWith", owner.says, at)
    r.block(el, at, _ACCOUNT | _ASSOCIATED, subject, "type")
    r.b.name(subject, at)


_ACCOUNT: dict[str, Handler] = {
    "espIdentifier": _user_id,
    "espService": fact,
    "compromisedAccount": boolean,
    "screenName": identifier("username"),
    "displayName": identifier("display_name"),
    "profileUrl": identifier("url"),
    "profileBio": text_block,
    "ipCaptureEvent": capture,
    "deviceId": device,
    "priorCTReports": _prior_reports,
    "groupIdentifier": identifier("group"),
    "accountTemporarilyDisabled": _disabled("disabledDate", "userNotified", "userNotifiedDate", "reenabledDate"),
    "accountPermanentlyDisabled": _disabled("disabledDate", "userNotified", "userNotifiedDate"),
    "estimatedLocation": _estimated_location,
    "allEmailsReported": boolean,
    "additionalInfo": text_block,
    "accountType": fact,
}
_ASSOCIATED: dict[str, Handler] = {
    **CONTACT,
    "platform": _platform,
    "middleName": _name_part,
    "approximateAge": integer,
    "dateOfBirth": fact,
    "priorCTReport": _prior_reports,
}
_OWN: dict[str, dict[str, Handler]] = {
    "personOrUserReported": {
        "personOrUserReportedPerson": _person,
        "vehicleDescription": fact,
        "thirdPartyUserReported": boolean,
        "associatedAccount": _associated,
    },
    "intendedRecipient": {"intendedRecipientPerson": _person},
    "victim": {"victimPerson": _person, "schoolName": fact, "associatedAccount": _associated},
}


def block(role: Role, name: str) -> Handler:
    blocks: Blocks = _ACCOUNT | _OWN[name]

    def read(r: Reader, el: Element, at: str, _: Subject) -> None:
        r.block(el, at, blocks, r.b.person(role, name))

    return read
