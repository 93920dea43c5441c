"""Describes the parts of a report in words: yes or no, roles, sources, facts and reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from triage.message import Message
from triage.model.views import ShowFile, ShowPerson, ShowReport, ShowSource
from triage.ui.text import times
from triage.ui.text.i18n import FSI, PDI, Safe, is_rtl, isolated, ltr, mark, number, shown, signed, tr, tr_message, word

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")

Scalar = str | int | bool | None

CHILD_ROLES = ("victim", "recipient")

ROLES = {
    "victim": mark("Child"),
    "recipient": mark("Recipient, may be the child"),
    "suspect": mark("Reported user"),
    "complainant": mark("Complainant"),
    "witness": mark("Witness"),
    "associated": mark("Associated person"),
    "file": mark("Captured with files"),
    "incident": mark("Incident"),
    "mentioned": mark("Only mentioned in text"),
    "subscriber": mark("Owner of the line; not shown to be the user"),
    "reporter": mark("Reporting provider (not a party)"),
}
"""Never the source's "suspect" as our own word: it stands in quotes beside it."""

OF = {
    "suspect": mark("reported user"),
    "victim": mark("child"),
    "recipient": mark("recipient"),
    "complainant": mark("complainant"),
    "witness": mark("witness"),
    "associated": mark("associated person"),
    "picture": mark("image"),
    "file": mark("file"),
    "incident": mark("incident"),
    "mentioned": mark("mentioned in text"),
    "reporter": mark("reporting provider"),
    "subscriber": mark("subscriber"),
}

VERDICTS = {
    "yes": mark("in Pakistan"),
    "likely": mark("likely in Pakistan"),
    "unclear": mark("location unclear"),
    "no": mark("not in Pakistan"),
}


def tri(value: bool | None) -> Safe:
    """Returns "yes", "no" or "not stated"."""
    return tr("not stated") if value is None else tr("yes") if value else tr("no")


def scalar(value: Scalar) -> Safe:
    """Returns a stated value as safe text."""
    if value is None or isinstance(value, bool):
        return tri(value)
    return ltr(str(value)) if isinstance(value, int) else isolated(value)


def reason(text: str | Message) -> Safe:
    """Returns a reason in the language in force, isolated from the text around it."""
    said = tr_message(text) if isinstance(text, Message) else word(text)
    return Safe(f"{FSI}{said}{PDI}") if is_rtl() else said


def role(name: str) -> Safe:
    """Returns a role as a heading."""
    return word(ROLES.get(name, name))


def of(name: str) -> Safe:
    """Returns a role as a word within a sentence."""
    return word(OF.get(name, name))


def source_says(person: ShowPerson) -> Safe:
    """Returns the source's own word for a person; a field's name such as personOrUserReported is split."""
    return tr("source says: {word}", word=fact(person.says))


def short_source(source: ShowSource) -> Safe:
    """Returns a source in short, such as "PDF p.3" or "XML"."""
    name = source.document.rpartition("/")[2]
    kind = name.rpartition(".")[2].upper() if "." in name else name
    return ltr(kind if source.page is None else f"{kind} p.{source.page}")


def short_sources(sources: Sequence[ShowSource]) -> Safe:
    """Returns the different sources in short, separated by commas."""
    return Safe(", ".join(dict.fromkeys(short_source(source) for source in sources)))


def full_source(source: ShowSource) -> Safe:
    """Returns a source with its document, its page or path, and its label."""
    parts = [source.document]
    if source.page is not None:
        parts.append(tr("page {n}", n=source.page))
    elif source.path:
        parts.append(source.path)
    if source.label:
        parts.append(f"“{source.label}”")
    return Safe(", ".join(ltr(part) for part in parts))


def full_sources(sources: Sequence[ShowSource]) -> Safe:
    """Returns all sources in full, one per line."""
    return Safe("\n".join(full_source(source) for source in sources))


def file_name(file: ShowFile) -> Safe:
    """Returns the name of a file, or "no name"."""
    return ltr(file.name or file.original_name or tr("no name"))


def name_of_file(report: ShowReport, key: str) -> Safe:
    """Returns the name of the file with this key, or the key when the report has no such file."""
    found = next((file for file in report.files if file.key == key), None)
    return ltr(key) if found is None else file_name(found)


FACTS = {
    "age": mark("age"),
    "approximateAge": mark("approximate age"),
    "dateOfBirth": mark("born"),
    "dob": mark("born"),
    "gender": mark("gender"),
    "compromisedAccount": mark("account compromised"),
    "accountCreated": mark("account created"),
    "accountPermanentlyDisabled": mark("account permanently disabled"),
    "accountTemporarilyDisabled": mark("account temporarily disabled"),
    "school": mark("school"),
    "schoolName": mark("school"),
    "vehicleDescription": mark("vehicle"),
    "fileId": mark("file number"),
    "batchedReport": mark("sent with a batch"),
    "ncmecIncidentType": mark("NCMEC's incident type"),
    "priorCTReports": mark("earlier reports"),
    "allEmailsReported": mark("all emails reported"),
    "relationship": mark("relationship"),
    "espService": mark("service"),
    "lastName": mark("last name"),
    "firstName": mark("first name"),
    "estimatedLocation.city": mark("estimated city"),
    "estimatedLocation.region": mark("estimated region"),
    "estimatedLocation.countryCode": mark("estimated country"),
    "reportId": mark("report number"),
    "received": mark("received"),
    "priority_code": mark("NCMEC code"),
    "esp": mark("provider"),
    "incident_type": mark("incident type"),
    "incident_time": mark("incident time"),
    "designation": mark("designation"),
    "escalation": mark("escalation"),
    "reportingEsp.lastName": mark("reporting provider"),
    "chatImIncident.chatClient": mark("chat app"),
    "chatImIncident.chatRoomName": mark("chat room"),
    "submittalId": mark("submission number"),
    "platform": mark("platform"),
}


def fact(name: str) -> Safe:
    """Returns the name of a stated fact in words; an unknown name such as chatRoomName is split."""
    plain = name.partition(" (")[0]
    if plain in FACTS:
        return word(FACTS[plain])
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", plain).replace("_", " ").replace(".", ": ")
    return isolated(split.lower() if plain[:1].islower() else split)


def stated(value: Scalar) -> Safe:
    """Returns a stated value; times are shown in both zones."""
    if isinstance(value, str) and _TIME.fullmatch(value):
        return times.both(value)
    return scalar(value)


def points(value: float) -> Safe:
    """Returns points with a sign and without decimals."""
    return signed(value) if round(value) else number(0)


def printed_points(value: float) -> Safe:
    """Returns points of a score card with a sign and one decimal: they add up to the number above them."""
    return signed(value, 1) if value else number(0)


def listed(values: Iterable[str]) -> Safe:
    """Joins texts by the comma of the language."""
    return Safe(tr(", ").join(shown(value) for value in values))
