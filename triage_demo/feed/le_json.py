"""Writes a planned report as the JSON that law enforcement gets.

Key paths are those that public readers of it use. Where no reader knows the spelling (victims, priority, designation), the
schema's own words stand in camel case.
"""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

from triage_demo.feed.esp_xml import Digests
from triage_demo.feed.records import Capture, Contact, File, Incident, Report, Someone, When

_INCIDENTS = {
    "web": "webpageIncident",
    "email": "emailIncident",
    "newsgroup": "newsgroupIncident",
    "chat": "chatImIncident",
    "game": "onlineGamingIncident",
    "phone": "cellPhoneIncident",
    "place": "nonInternetIncident",
    "p2p": "peer2peerIncident",
}
_NOT_STATED = ("physicalDescription", "occupation", "accessToFirearms", "convictedSexOffender", "gangAffiliation")
"""Keys that real documents carry as null."""
BOM = b"\xef\xbb\xbf"


def _stamp(when: When | None) -> str | None:
    return None if when is None else when.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _values(*texts: str | None) -> list[dict[str, str]]:
    return [{"value": text} for text in texts if text is not None]


def _capture(capture: Capture, *, loud: bool = False) -> dict[str, Any]:
    return {
        "captureType": "IP Address",
        "value": capture.address,
        "eventName": capture.event.upper() if loud and capture.event else capture.event,
        "dateTime": _stamp(capture.when),
        "port": capture.port,
        "possibleProxy": capture.proxy,
    }


def _contacts(contacts: tuple[Contact, ...]) -> list[dict[str, Any]]:
    return [{"value": contact.value, "type": contact.kind, "verified": contact.verified} for contact in contacts]


def _person(someone: Someone) -> dict[str, Any]:
    address = someone.address
    captures = [_capture(capture) for capture in someone.captures]
    captures += [
        {"captureType": "Profile URL", "value": url, "eventName": None, "dateTime": None} for url in someone.profile_urls
    ]
    person: dict[str, Any] = {
        "firstName": someone.first,
        "middleName": None,
        "lastName": someone.last,
        "screenName": {"value": someone.screen_name} if someone.screen_name else None,
        "displayName": someone.display_names[0] if someone.display_names else None,
        "espService": someone.service,
        "espUserId": someone.user_id,
        "dateOfBirth": someone.born,
        "approximateAge": someone.age,
        "emails": {"emails": _contacts(someone.emails)},
        "phones": {"phones": _contacts(someone.phones)},
        "addresses": {"addresses": []},
        "sourceInformation": {"sourceCaptures": captures},
        "deviceIds": [{"idType": device.kind, "idValue": device.value} for device in someone.devices],
        "priorReports": list(someone.prior_reports),
        "vehicleDescription": someone.vehicle,
        "additionalInformations": _values(someone.notes, someone.bio, someone.school),
        **dict.fromkeys(_NOT_STATED),
    }
    if address:
        person["addresses"]["addresses"].append(
            {"street1": address.street, "street2": None, "city": address.city, "state": address.region,
             "postalCode": address.postcode, "country": address.country}
        )  # fmt: skip
    if someone.estimated:
        city, region, country = someone.estimated
        person["estimatedLocation"] = {"city": city, "region": region, "countryCode": country}
    for key, value in (
        ("compromisedAccount", someone.compromised),
        ("thirdPartyUserReported", someone.third_party),
        ("accountPermanentlyDisabled", someone.disabled),
        ("groupIdentifier", someone.group),
    ):
        if value is not None:
            person[key] = value
    return person


def _incident(incident: Incident) -> dict[str, Any]:
    urls = [{"captureType": "URL", "value": value} for name, value in incident.values if name == "url"]
    block: dict[str, Any] = {
        "sourceInformation": {"sourceCaptures": urls + [_capture(capture) for capture in incident.captures]},
        "additionalInformations": _values(incident.text),
    }
    if incident.kind == "email":
        sender = dict(incident.values).get("emailAddress", "")
        block["contents"] = _values(f"From: {sender}\nTo: family@home.example.invalid\n{incident.text}")
    block["incidentAddress"] = [{"city": value, "country": "PK"} for name, value in incident.values if name == "city"]
    block.update({name: value for name, value in incident.values if name not in ("url", "city")})
    return block


def _file(file: File, declared: Digests) -> dict[str, Any]:
    captures = [_capture(file.capture, loud=True)] if file.capture else []
    metadata = [{"name": name, "value": value} for name, value in file.camera]
    if file.uploaded:
        at = file.uploaded.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        metadata.append({"name": "Upload Date and Time", "value": at})
    return {
        "filename": file.name,
        "originalFilename": file.original_name,
        "submittalId": file.id[:12],
        "verificationHash": declared.get("MD5"),
        "originalFileHashes": [{"hashType": kind, "value": digest} for kind, digest in declared.items() if kind != "MD5"],
        "industryClassification": file.classification,
        "viewedByEsp": file.viewed,
        "exifViewedByEsp": file.exif_viewed,
        "publiclyAvailable": file.public,
        "fileRelevance": file.relevance,
        "annotations": list(file.annotations),
        "ncmecTags": {"groups": [{"tags": _values(tag)} for tag in file.tags]},
        "espMetadata": {"metadatas": metadata},
        "sourceInformation": {"sourceCaptures": captures},
        "additionalInformations": _values(file.notes),
    }


def report_json(report: Report, declared: dict[str, Digests]) -> bytes:
    """Returns the JSON document of a report.

    `declared` holds the digests of each file by its id.
    """
    kind: Any = report.incident_type
    details: dict[str, list[dict[str, Any]]] = {}
    for incident in report.incidents:
        details.setdefault(_INCIDENTS[incident.kind], []).append(_incident(incident))
    number: Any = report.number
    document: dict[str, Any] = {
        "reportId": int(number) if "int number" in report.quirks else number,
        "dateReceived": report.received.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "priorityLevel": report.priority,
        "designation": report.designation,
        "reportedInformation": {
            "reportingEsp": {"espName": report.provider.name, "lastName": "Trust and Safety", "email": report.provider.desk},
            "incidentSummary": {
                "incidentType": {"value": kind} if "typed incident" in report.quirks else kind,
                "incidentDateTime": _stamp(report.when),
                "incidentDateTimeDescription": report.when_text,
                "platform": report.platform,
                "escalateToHighPriority": report.escalation,
                "annotations": list(report.annotations),
            },
            "incidentDetails": details,
            "additionalInformations": _values(report.notes),
            "reportedPeople": {"reportedPersons": [_person(someone) for someone in report.suspects]},
            "intendedRecipients": {"intendedRecipients": [_person(someone) for someone in report.recipients]},
            "victims": {"victims": [_person(someone) for someone in report.victims]},
            "uploadedFiles": {"uploadedFiles": [_file(file, declared[file.id]) for file in report.files]},
        },
    }
    if "nulls" in report.quirks:
        document = _emptied(document, None)
    if "n/a" in report.quirks:
        document = _emptied(document, "N/A", scalars=True)
    text = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return BOM + text if "bom" in report.quirks else text


def _emptied(node: Any, filler: str | None, *, scalars: bool = False) -> Any:
    """Returns the value with a filler where there is nothing.

    The filler replaces empty lists and objects that hold only None. With `scalars` it replaces None instead.
    """
    if isinstance(node, dict):
        made = {key: _emptied(value, filler, scalars=scalars) for key, value in node.items()}
        hollow = not scalars and made and all(value is None for value in made.values())
        return None if hollow else made
    if isinstance(node, list):
        return [_emptied(value, filler, scalars=scalars) for value in node] if node or scalars else filler
    return filler if scalars and node is None else node
