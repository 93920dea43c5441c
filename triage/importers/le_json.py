"""Imports the JSON that law enforcement downloads beside the PDF: one report an object, or a list of them.

No schema is public: docs/formats/le-json.md says which keys are read and on what evidence. Plurals are usually wrapped twice
(`emails.emails[]`), any value may be null or "N/A", and unknown keys are kept as not understood.
"""

from __future__ import annotations

import re

from triage.importers import le_json_people as people
from triage.importers import time_parsing
from triage.importers.base import NotAReport, PdfText
from triage.importers.bounds import MAX_LABEL, Allowance
from triage.importers.building import BlockSubject, Builder
from triage.importers.json_reading import (
    Blocks,
    Handler,
    Json,
    JsonReader,
    is_empty_json,
    join_path,
    parse_json,
)
from triage.importers.le_json_files import read_asserted_names, read_uploaded_files, read_urls
from triage.importers.le_json_leaves import make_text_handler, read_additional_text, read_captures, read_fact
from triage.importers.values import normalise_hash_kind
from triage.model.document import Document
from triage.model.formats import ReportFormat

_TELLING_KEYS = (b'"reportId"', b'"reportedInformation"', b'"reportingEsp"', b'"reportedPeople"', b'"uploadedFiles"')
DESIGNATIONS = {
    "referral": "referral",
    "referred": "referral",
    "informational": "informational",
    "information": "informational",
    "autoreferred": "auto-referred",
    "autoreferredinternational": "auto-referred",
    "withdrawn": "withdrawn",
    "retracted": "withdrawn",
}
_PRIORITY = re.compile(r"[A-Za-z0-9]{1,2}|(?:level|priority)\s*([A-Za-z0-9]{1,2})", re.IGNORECASE)


class LeJsonImporter:
    """Reads law enforcement's JSON."""

    format = ReportFormat.LE_JSON
    needs_sandbox = False

    def detect(self, name: str, peek: bytes) -> bool:
        """Returns whether the file begins as JSON and names a key of such a report."""
        head = peek.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return head.startswith((b"{", b"[")) and any(key in head for key in _TELLING_KEYS)

    def read(self, path: str, data: bytes, extract_pages: PdfText | None) -> tuple[Document, ...]:
        """Returns one document a report.

        Several reports stand in a list, perhaps under a key.

        Whatever else stands there is kept with the first report as not understood. That includes a report without a number among
        several. Raises NotAReport when no report is found.
        """
        parsed = parse_json(data)
        listed = _find_report_nodes("$", parsed)
        reports = [(at, node) for at, node in listed if _is_report(node)]
        if not reports:
            raise NotAReport("JSON, but not a CyberTipline report.")
        if len(reports) > 1:
            reports = [(at, node) for at, node in reports if not is_empty_json(node.get("reportId"))] or reports[:1]
        read = {at for at, _ in reports}
        others = [(at, node) for at, node in listed if at not in read]
        allowance = Allowance(len(data))
        return tuple(
            _build_report(Builder(self.format, path, allowance), at, node, others if n == 0 else [])
            for n, (at, node) in enumerate(reports)
        )


def _find_report_nodes(at: str, node: Json) -> list[tuple[str, Json]]:
    """Returns (path, value) of what may be reports: the whole, the items of a list, or the values of an outer object."""
    if isinstance(node, list):
        return [(f"{at}[{n}]", each) for n, each in enumerate(node)]
    if not isinstance(node, dict) or _is_report(node):
        return [(at, node)]
    return [
        each
        for key, value in node.items()
        for each in (_find_report_nodes(join_path(at, key), value) if isinstance(value, list) else [(join_path(at, key), value)])
    ]


def _is_report(node: Json) -> bool:
    """Returns whether a value is an object with reportedInformation, or with a reportId and a key of such reports."""
    if not isinstance(node, dict):
        return False
    if isinstance(node.get("reportedInformation"), dict):
        return True
    return not is_empty_json(node.get("reportId")) and any(key in node for key in _TELLING)


def _build_report(b: Builder, at: str, node: Json, others: list[tuple[str, Json]]) -> Document:
    reader = JsonReader(b)
    reader.read_block(node, at, _TOP | _INFORMATION, b.whole)
    for other_at, other in others:
        reader.keep_unknown(other_at, other)
    return b.build()


def _read_report_number(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    text = r.read_text(node, at).removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) <= 18:
        r.b.numbers.append(text)
        r.b.add_fact(subject, "reportId", text, at)
    else:
        r.keep_unknown(at, node)


def _make_time_handler(field: str) -> Handler:
    """Returns a handler that sets a time field.

    A text that is no time becomes a fact and is kept as not understood.
    """

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        text = r.read_text(node, at)
        when = time_parsing.parse_json_time(text)
        label = at.rpartition(".")[2]
        if when is not None:
            r.b.set_field(field, when, at, label)
        elif text:
            r.b.add_unknown(at, text)
            r.b.add_fact(subject, label, text, at)

    return read


def _make_field_handler(field: str) -> Handler:
    """Returns a handler that sets a text field of the report."""

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        text = r.read_text(node, at)
        if text:
            r.b.set_field(field, text, at, at.rpartition(".")[2])

    return read


def _read_priority(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Sets NCMEC's priority code when the text looks like one.

    Other words are kept as not understood.
    """
    text = r.read_text(node, at)
    code = _PRIORITY.fullmatch(text)
    if code:
        r.b.set_field("priority_code", code[1] or text, at, at.rpartition(".")[2])
    else:
        r.keep_unknown(at, node)


def _read_designation(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Sets the designation when its word is known.

    Other words are kept as not understood.
    """
    known = DESIGNATIONS.get(normalise_hash_kind(r.read_text(node, at)))
    if known:
        r.b.set_field("designation", known, at, at.rpartition(".")[2])
    else:
        r.keep_unknown(at, node)


def _read_escalation(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Records the escalation, unless the value says no."""
    if text := r.read_text(node, at):
        r.b.escalate(subject, text, at, at.rpartition(".")[2])


def _make_annotation_handler(name: str) -> Handler:
    """Returns a handler that adds annotations of the report."""
    return lambda r, node, at, _: read_asserted_names(r, node, at, name, r.b.annotations)


def _read_provider_name_part(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Adds a part of the provider's name as a fact.

    The last name tells which of its services reports.
    """
    text = r.read_text(node, at)
    if text:
        r.b.add_fact(subject, at.rpartition(".")[2], text, at)


def _read_provider(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Sets the provider from its name, or from a block with name and contacts."""
    if isinstance(node, str):
        r.b.set_field("esp", node.strip(), at, "reportingEsp")
        return
    who = BlockSubject(role="reporter", prefix="reportingEsp.", facts=subject.facts)
    r.read_block(
        node,
        at,
        {
            "espName": _make_field_handler("esp"),
            "firstName": _read_provider_name_part,
            "lastName": _read_provider_name_part,
            **people.CONTACT,
        },
        who,
    )


def _read_incident_details(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Reads blocks of incidents, which are named as in the provider's XML and read alike."""
    if not isinstance(node, dict):
        r.keep_unknown(at, node)
        return
    for kind, value in node.items():
        path = join_path(at, kind)
        if "incident" not in kind.casefold() or len(kind) > MAX_LABEL:
            r.keep_unknown(path, value)
            continue
        about = BlockSubject(role="incident", prefix=f"{kind}.", facts=subject.facts)
        for item, item_at in r.iter_items(value, path, kind) if not is_empty_json(value) else ():
            r.read_block(item, item_at, _INCIDENT, about)


def _make_block_handler(blocks: Blocks) -> Handler:
    """Returns a handler that reads a nested block for the same subject."""
    return lambda r, node, at, subject: r.read_block(node, at, blocks, subject)


_INCIDENT: Blocks = {
    "sourceInformation": read_captures,
    "sourceCaptures": read_captures,
    "additionalInformations": read_additional_text,
    "additionalInformation": read_additional_text,
    "additionalInfo": read_additional_text,
    "contents": make_text_handler("contents"),
    "content": make_text_handler("content"),
    "emailAddress": people.make_identifier_list_handler("email", "emailAddress"),
    "emailAddresses": people.make_identifier_list_handler("email", "emailAddresses"),
    "emails": people.make_identifier_list_handler("email", "emails"),
    "phoneNumber": people.make_identifier_list_handler("phone", "phoneNumber"),
    "phones": people.make_identifier_list_handler("phone", "phones"),
    "addresses": people.read_addresses,
    "incidentAddress": people.read_addresses,
    "url": read_urls,
    "urls": read_urls,
    **dict.fromkeys(
        (
            "chatClient", "chatRoomName", "gameName", "console", "client", "fileNames", "locationName", "name", "latitude",
            "longitude", "thirdPartyHostedContent",
        ),
        read_fact,
    ),
}  # fmt: skip
_SUMMARY: Blocks = {
    "incidentType": _make_field_handler("incident_type"),
    "incidentDateTime": _make_time_handler("incident_time"),
    "incidentDateTimeDescription": make_text_handler("incidentDateTimeDescription"),
    "platform": read_fact,
    "escalateToHighPriority": _read_escalation,
    "reportAnnotations": _make_annotation_handler("reportAnnotations"),
    "annotations": _make_annotation_handler("annotations"),
}


_INFORMATION: dict[str, Handler] = {
    "reportingEsp": _read_provider,
    "incidentSummary": _make_block_handler(_SUMMARY),
    "incidentDetails": _read_incident_details,
    "reportedPeople": people.make_people_handler("suspect", "reportedPersons"),
    "reportedPersons": people.make_people_handler("suspect", "reportedPersons"),
    "intendedRecipients": people.make_people_handler("recipient", "intendedRecipients"),
    "intendedRecipient": people.make_people_handler("recipient", "intendedRecipients"),
    "victims": people.make_people_handler("victim", "victims"),
    "victim": people.make_people_handler("victim", "victims"),
    "childVictims": people.make_people_handler("victim", "childVictims"),
    "childVictim": people.make_people_handler("victim", "childVictims"),
    "uploadedFiles": read_uploaded_files,
    "additionalInformations": read_additional_text,
    "additionalInformation": read_additional_text,
    "reportAnnotations": _make_annotation_handler("reportAnnotations"),
    "annotations": _make_annotation_handler("annotations"),
    "ncmecTags": _make_annotation_handler("tags"),
    "escalateToHighPriority": _read_escalation,
}
_JUDGED: dict[str, Handler] = {
    **dict.fromkeys(("priorityLevel", "priority", "priorityCode", "urgency", "urgencyLevel"), _read_priority),
    **dict.fromkeys(("designation", "referralType", "reportDesignation", "reportType"), _read_designation),
    **dict.fromkeys(("priorReports", "priorCTReports", "relatedReports"), people.read_prior_reports),
}
"""What NCMEC adds. No JSON spelling is known: these are by analogy, and other words stay not understood."""
_INFORMATION |= _JUDGED
_TOP: dict[str, Handler] = {
    "reportId": _read_report_number,
    "dateReceived": _make_time_handler("received"),
    "reportedInformation": _make_block_handler(_INFORMATION),
}
_TELLING = {"reportedInformation", "dateReceived", *_INFORMATION}
