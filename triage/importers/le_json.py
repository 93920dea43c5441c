"""Imports the JSON that law enforcement downloads beside the PDF: one report an object, or a list of them.

No schema is public: docs/formats/le-json.md says which keys are read and on what evidence. Plurals are usually wrapped twice
(`emails.emails[]`), any value may be null or "N/A", and unknown keys are kept as not understood.
"""

from __future__ import annotations

import hashlib
import re
from collections import deque
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from triage.errors import InputError
from triage.importers import le_json_people as people
from triage.importers import time_parsing
from triage.importers.base import UNNUMBERED, NotAReport, PdfText, RefusedParts
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
    serialise_json,
)
from triage.importers.le_json_files import read_asserted_names, read_uploaded_files, read_urls
from triage.importers.le_json_leaves import make_text_handler, read_additional_text, read_captures, read_fact
from triage.importers.values import normalise_hash_kind
from triage.message import Message
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

    def read(
        self, path: str, data: bytes, extract_pages: PdfText | None, refused: RefusedParts | None = None
    ) -> tuple[Document, ...]:
        """Returns one document a report.

        Several reports stand in a list, perhaps under a key, or inside another report. Each is read, with a number or without.
        What stands in a list of reports and is none is refused by itself. What stands around the reports is kept with the first
        one as not understood. Raises NotAReport when no report is found.
        """
        found = _find_reports("$", parse_json(data), _is_report)
        if not found.reports:
            raise NotAReport("JSON, but not a CyberTipline report.")
        refused = RefusedParts() if refused is None else refused
        allowance = Allowance(len(data))
        builders: list[tuple[Builder, str]] = []
        problem: InputError | None = None
        waiting = deque(found.reports)
        while waiting:
            at, node = waiting.popleft()
            reader = _ReportReader(Builder(self.format, path, allowance))
            try:
                reader.read_block(node, at, _TOP | _INFORMATION, reader.b.whole)
            except InputError as error:
                problem = error
                refused.add(at, error.message, serialise_json(node))
                continue
            is_alone = len(found.reports) == 1 and not builders
            builders.append((reader.b, "" if reader.b.numbers or is_alone else _name_part(node)))
            waiting += reader.inner.reports
            _refuse_others(refused, reader.inner.others)
        if not builders:
            raise problem or NotAReport("JSON, but not a CyberTipline report.")
        for at, node in found.around:
            JsonReader(builders[0][0]).keep_unknown(at, node)
        _refuse_others(refused, found.others)
        return tuple(b.build(part) for b, part in builders)


@dataclass(slots=True)
class _Found:
    """What stands in a JSON value, as (path, value): reports, other items of their lists, and what stands around the reports."""

    reports: list[tuple[str, Json]] = field(default_factory=list)
    others: list[tuple[str, Json]] = field(default_factory=list)
    around: list[tuple[str, Json]] = field(default_factory=list)


def _find_reports(root_at: str, root: Json, is_report: Callable[[Json], bool]) -> _Found:
    """Returns the reports in a value: the value itself, items of its lists, or values of its objects, at any depth.

    What lies inside a report is not searched. A value without reports stands around them whole.
    """
    holders = _list_holders(root, is_report)
    found = _Found()
    waiting = [(root_at, root)]
    while waiting:
        at, node = waiting.pop()
        if is_report(node):
            found.reports.append((at, node))
        elif id(node) not in holders:
            found.around.append((at, node))
        elif isinstance(node, dict):
            waiting += reversed([(join_path(at, key), value) for key, value in node.items()])
        else:
            waiting += reversed(_split_list(at, node, holders, is_report, found))
    return found


def _split_list(
    at: str, items: list[Json], holders: Collection[int], is_report: Callable[[Json], bool], found: _Found
) -> list[tuple[str, Json]]:
    """Adds the items of a list of reports to `found`; returns those that are no report and hold some."""
    deeper: list[tuple[str, Json]] = []
    for n, item in enumerate(items):
        if is_report(item):
            found.reports.append((f"{at}[{n}]", item))
        elif id(item) in holders:
            deeper.append((f"{at}[{n}]", item))
        elif isinstance(item, dict) and any(not is_empty_json(item.get(key)) for key in _MAIN_BLOCKS):
            found.reports.append((f"{at}[{n}]", item))
        elif not is_empty_json(item):
            found.others.append((f"{at}[{n}]", item))
    return deeper


def _list_holders(root: Json, is_report: Callable[[Json], bool]) -> set[int]:
    """Returns the ids of the objects and lists that hold a report at any depth."""
    holders: set[int] = set()
    above: dict[int, int] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if is_report(node):
            holder = above.get(id(node))
            while holder is not None and holder not in holders:
                holders.add(holder)
                holder = above.get(holder)
            continue
        for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            if inner and isinstance(inner, dict | list):
                above[id(inner)] = id(node)
                waiting.append(inner)
    return holders


def _refuse_others(refused: RefusedParts, others: Iterable[tuple[str, Json]]) -> None:
    """Refuses what stands in lists of reports and is none."""
    for at, node in others:
        refused.add(at, _NO_REPORT, serialise_json(node))


_NO_REPORT = Message("This part of a list of reports is no report that Triage can read.")


def _is_report(node: Json) -> bool:
    """Returns whether a value is an object with reportedInformation, or with a reportId and a key of such reports."""
    if not isinstance(node, dict):
        return False
    return _has_information(node) or (not is_empty_json(node.get("reportId")) and any(key in node for key in _TELLING))


def _is_inner_report(node: Json) -> bool:
    """Returns whether a value inside another report is a report of its own, and not only a reference to one."""
    if not isinstance(node, dict):
        return False
    has_blocks = any(not is_empty_json(node.get(key)) for key in _MAIN_BLOCKS)
    return _has_information(node) or (not is_empty_json(node.get("reportId")) and has_blocks)


def _has_information(node: dict[str, Json]) -> bool:
    """Returns whether an object has reportedInformation. It may stand more than once, or in a list."""
    stated = node.get("reportedInformation")
    return isinstance(stated, dict) or (isinstance(stated, list) and any(isinstance(each, dict) for each in stated))


def _name_part(node: Json) -> str:
    """Returns the slot's part of a report without a number that stands beside others, from what it says.

    So it is known again when the same file, or another list with it, comes once more.
    """
    return f"{UNNUMBERED}{hashlib.sha256(serialise_json(node).encode('utf-8', 'replace')).hexdigest()[:16]}"


class _ReportReader(JsonReader):
    """Reads one report. Reports that stand in its unknown parts are reports of their own, and not parts of this one."""

    def __init__(self, builder: Builder) -> None:
        """Starts without inner reports."""
        super().__init__(builder)
        self.inner = _Found()

    def keep_unknown(self, at: str, value: Json) -> None:
        """Keeps a value as not understood, without the reports in it."""
        found = _find_reports(at, value, _is_inner_report)
        if not found.reports:
            super().keep_unknown(at, value)
            return
        self.inner.reports += found.reports
        self.inner.others += found.others
        for around_at, around in found.around:
            super().keep_unknown(around_at, around)


def _read_information(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Reads reportedInformation, or each of several in a list."""
    for n, each in enumerate(node) if isinstance(node, list) else ():
        r.read_block(each, f"{at}[{n}]", _INFORMATION, subject)
    if not isinstance(node, list):
        r.read_block(node, at, _INFORMATION, subject)


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
    "reportedInformation": _read_information,
}
_MAIN_BLOCKS = (
    "incidentSummary", "incidentDetails", "reportedPeople", "reportedPersons", "intendedRecipients", "victims", "victim",
    "childVictims", "childVictim", "uploadedFiles",
)  # fmt: skip
"""Blocks that no reference to a report has, only a report itself."""
_TELLING = {"reportedInformation", "dateReceived", *_INFORMATION}
