"""Writes a planned report as the provider's XML: `report`, one `fileDetails` for each file, and the `reportDoneResponse`.

Element order is that of NCMEC's public schema, which the documents satisfy, except for the planted drift (unknown elements,
the newer "informational" flag). The schema's report has no number: it stands in the file details and in the response.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, timedelta, timezone

from lxml import etree

from triage_demo.feed.records import Address, Capture, Contact, Device, File, Incident, Report, Someone, When

_OFFSETS = {"+05:00": timedelta(hours=5), "-07:00": timedelta(hours=-7)}
_INCIDENTS = {
    "web": "webPageIncident",
    "email": "emailIncident",
    "newsgroup": "newsgroupIncident",
    "chat": "chatImIncident",
    "game": "onlineGamingIncident",
    "phone": "cellPhoneIncident",
    "place": "nonInternetIncident",
    "p2p": "peer2peerIncident",
}
_WITH_CONTENT = ("email", "newsgroup", "chat", "game")
Digests = dict[str, str]
"""Declared digests by kind: "MD5", "SHA1", "SHA256"."""


def stamp(when: When) -> str:
    """xs:dateTime in the zone that the document uses, or without one."""
    if when.zone in ("Z", ""):
        return when.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") + when.zone
    return when.at.astimezone(timezone(_OFFSETS[when.zone])).strftime("%Y-%m-%dT%H:%M:%S") + when.zone


def _add(parent: etree._Element, name: str, value: object = None, **attributes: object) -> etree._Element:
    """A child element; booleans in the schema's spelling; attributes that are None are left out."""
    child = etree.SubElement(parent, name)
    if value is not None:
        child.text = _text(value)
    for key, content in attributes.items():
        if content is not None:
            child.set(key, _text(content))
    return child


def _text(value: object) -> str:
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _maybe(parent: etree._Element, name: str, value: object) -> None:
    if value is not None:
        _add(parent, name, value)


def _all(parent: etree._Element, name: str, values: Iterable[object]) -> None:
    for value in values:
        _add(parent, name, value)


def _flags(parent: etree._Element, block: str, names: Sequence[str], spelled: bool) -> None:
    """Presence flags: empty elements, or spelled out as some providers do."""
    if names:
        holder = _add(parent, block)
        for name in names:
            _add(holder, name, True if spelled else None)


def _capture(parent: etree._Element, capture: Capture) -> None:
    event = _add(parent, "ipCaptureEvent")
    _add(event, "ipAddress", capture.address)
    _maybe(event, "eventName", capture.event)
    _maybe(event, "dateTime", None if capture.when is None else stamp(capture.when))
    _maybe(event, "possibleProxy", capture.proxy)
    _maybe(event, "port", capture.port)


def _device(parent: etree._Element, device: Device) -> None:
    holder = _add(parent, "deviceId")
    _add(holder, "idType", device.kind)
    _add(holder, "idValue", device.value)
    _maybe(holder, "eventName", device.event)


def _contacts(parent: etree._Element, phones: Sequence[Contact], emails: Sequence[Contact]) -> None:
    for phone in phones:
        _add(parent, "phone", phone.value, type=phone.kind, verified=phone.verified)
    for email in emails:
        _add(parent, "email", email.value, type=email.kind, verified=email.verified)


def _address(parent: etree._Element, name: str, address: Address, kind: str | None = None) -> None:
    holder = _add(parent, name, type=kind)
    _maybe(holder, "address", address.street)
    _add(holder, "city", address.city)
    _maybe(holder, "zipCode", address.postcode)
    _add(holder, "nonUsaState", address.region)
    _add(holder, "country", address.country)


def _person(parent: etree._Element, name: str, someone: Someone) -> None:
    person = _add(parent, name)
    _maybe(person, "firstName", someone.first)
    _maybe(person, "lastName", someone.last)
    _contacts(person, someone.phones, someone.emails)
    if someone.address:
        _address(person, "address", someone.address, "Home")
    _maybe(person, "age", someone.age)
    _maybe(person, "dateOfBirth", someone.born)


def _account(block: etree._Element, someone: Someone, kind: str) -> None:
    """Adds the account elements that a reported user, a recipient and a victim have in common."""
    if kind == "suspect":
        _maybe(block, "vehicleDescription", someone.vehicle)
    _maybe(block, "espIdentifier", someone.user_id)
    _maybe(block, "espService", someone.service)
    _maybe(block, "compromisedAccount", someone.compromised)
    _maybe(block, "screenName", someone.screen_name)
    _all(block, "displayName", someone.display_names)
    _all(block, "profileUrl", someone.profile_urls)
    _maybe(block, "profileBio", someone.bio)
    for capture in someone.captures:
        _capture(block, capture)
    for device in someone.devices:
        _device(block, device)
    if kind == "suspect":
        _maybe(block, "thirdPartyUserReported", someone.third_party)
    if kind == "victim":
        _maybe(block, "schoolName", someone.school)
    _all(block, "priorCTReports", someone.prior_reports)
    if kind != "victim":
        _maybe(block, "groupIdentifier", someone.group)
    _maybe(block, "accountPermanentlyDisabled", someone.disabled)
    if someone.estimated:
        city, region, country = someone.estimated
        place = _add(block, "estimatedLocation")
        _add(place, "city", city)
        _add(place, "region", region)
        _add(place, "countryCode", country)
    _maybe(block, "allEmailsReported", someone.all_emails)
    if kind != "recipient":
        for relation, other in someone.associated:
            _associated(block, relation, other)
    _maybe(block, "additionalInfo", someone.notes)


def _associated(block: etree._Element, relation: str, someone: Someone) -> None:
    account = _add(block, "associatedAccount", type=relation)
    _maybe(account, "firstName", someone.first)
    _maybe(account, "lastName", someone.last)
    _maybe(account, "approximateAge", someone.age)
    _contacts(account, someone.phones, someone.emails)
    _maybe(account, "espService", someone.service)
    _maybe(account, "espIdentifier", someone.user_id)
    _all(account, "profileUrl", someone.profile_urls)
    _maybe(account, "screenName", someone.screen_name)
    _all(account, "displayName", someone.display_names)
    _maybe(account, "compromisedAccount", someone.compromised)
    for capture in someone.captures:
        _capture(account, capture)
    for device in someone.devices:
        _device(account, device)


def _incident(report: etree._Element, incident: Incident) -> None:
    block = _add(_add(report, "internetDetails"), _INCIDENTS[incident.kind])
    values = list(incident.values)
    if incident.kind == "place":
        values = [value for value in values if value[0] == "locationName"]
    for name, value in values:
        if name != "fileNames":
            _add(block, name, value)
    for city in (value for name, value in incident.values if name == "city"):
        holder = _add(block, "incidentAddress")
        _add(holder, "city", city)
        _add(holder, "country", "PK")
    for capture in incident.captures:
        _capture(block, capture)
    for name, value in values:
        if name == "fileNames":
            _add(block, name, value)
    _maybe(block, "content" if incident.kind in _WITH_CONTENT else "additionalInfo", incident.text)


def report_xml(report: Report) -> bytes:
    """Returns the provider's XML of a report."""
    root = etree.Element("report")
    if report.batched:
        _add(root, "batchedReport", reason="VIRAL_POTENTIAL_MEME")
    summary = _add(root, "incidentSummary")
    _add(summary, "incidentType", report.incident_type)
    _maybe(summary, "platform", report.platform)
    _maybe(summary, "escalateToHighPriority", report.escalation)
    _flags(summary, "reportAnnotations", report.annotations, "text flags" in report.quirks)
    _add(summary, "incidentDateTime", stamp(report.when))
    _maybe(summary, "incidentDateTimeDescription", report.when_text)
    for incident in report.incidents:
        _incident(root, incident)
    if report.police:
        police = _add(root, "lawEnforcement")
        _add(police, "agencyName", report.police)
        _add(police, "caseNumber", "INVENTED-1")
        _add(police, "reportedToLe", True)
    person = _add(_add(root, "reporter"), "reportingPerson")
    _add(person, "lastName", report.provider.name)
    _add(person, "email", report.provider.desk)
    for kind, block_name, people in (
        ("suspect", "personOrUserReported", report.suspects),
        ("recipient", "intendedRecipient", report.recipients),
        ("victim", "victim", report.victims),
    ):
        for someone in people:
            block = _add(root, block_name)
            _person(block, "victimPerson" if kind == "victim" else f"{block_name}Person", someone)
            _account(block, someone, kind)
    _maybe(root, "additionalInfo", report.notes)
    for name, text in report.extra:
        _add(root, name, text)
    return _document(root)


def file_xml(report: Report, file: File, declared: Digests) -> bytes:
    """Returns the fileDetails document of one file."""
    root = etree.Element("fileDetails")
    _add(root, "reportId", report.number)
    _add(root, "fileId", file.id)
    _add(root, "fileName", file.name)
    _maybe(root, "originalFileName", file.original_name)
    _maybe(root, "uploadedToEspTimestamp", None if file.uploaded is None else stamp(file.uploaded))
    _maybe(root, "locationOfFile", file.url)
    _maybe(root, "fileViewedByEsp", file.viewed)
    _maybe(root, "exifViewedByEsp", file.exif_viewed)
    _maybe(root, "publiclyAvailable", file.public)
    _maybe(root, "fileRelevance", file.relevance)
    _maybe(root, "potentialMeme", file.legacy_meme)
    if file.legacy_meme is None:
        _flags(root, "fileAnnotations", file.annotations, "text flags" in report.quirks)
    _maybe(root, "industryClassification", file.classification)
    for kind, digest in declared.items():
        _add(root, "originalFileHash", digest, hashType=kind)
    if file.capture:
        _capture(root, file.capture)
    if file.device:
        _device(root, file.device)
    if file.camera:
        details = _add(root, "details", type="EXIF")
        for name, value in file.camera:
            pair = _add(details, "nameValuePair")
            _add(pair, "name", name)
            _add(pair, "value", value)
    _maybe(root, "additionalInfo", file.notes)
    return _document(root)


def response_xml(report: Report) -> bytes:
    """Returns NCMEC's answer to the provider."""
    root = etree.Element("reportDoneResponse")
    _add(root, "responseCode", 0)
    _add(root, "reportId", report.number)
    files = _add(root, "files")
    _all(files, "fileId", (file.id for file in report.files))
    return _document(root)


def _document(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))
