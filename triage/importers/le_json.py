"""The JSON that law enforcement downloads beside the PDF: one report an object, or a list of them.

No schema is public: docs/formats/le-json.md says which keys are read and on what evidence. Plurals are wrapped twice
(`emails.emails[]`) except where they are not, any value may be null or "N/A", and unknown keys are kept as not understood.
"""

from __future__ import annotations

import re

from triage.importers import le_json_people as people
from triage.importers import times
from triage.importers.base import NotAReport, PdfText
from triage.importers.bounds import MAX_LABEL, Allowance
from triage.importers.building import (
    HEX_LENGTH,
    Builder,
    FileDraft,
    Subject,
    hash_kind,
    string_of_file,
    tristate,
    tristate_of_file,
)
from triage.importers.json_reading import Blocks, Handler, Json, Reader, parse, place, says_nothing, wrapped_as
from triage.importers.le_json_leaves import additional, captures, fact, moment, texts
from triage.model.document import Document
from triage.model.formats import ReportFormat
from triage.model.moment import Moment

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


class LeJson:
    format = ReportFormat.LE_JSON
    asks_cell = False

    def detect(self, name: str, peek: bytes) -> bool:
        head = peek.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return head.startswith((b"{", b"[")) and any(key in head for key in _TELLING_KEYS)

    def read(self, path: str, data: bytes, cell: PdfText | None) -> tuple[Document, ...]:
        """One document a report; a list at the top, perhaps under a key, gives several. What else stands there (a report without
        a number could not be told from its neighbours) is kept with the first as not understood."""
        parsed = parse(data)
        listed = _listed("$", parsed)
        reports = [(at, node) for at, node in listed if _is_report(node)]
        if not reports:
            raise NotAReport("JSON, but not a CyberTipline report.")
        if len(reports) > 1:
            reports = [(at, node) for at, node in reports if not says_nothing(node.get("reportId"))] or reports[:1]
        read = {at for at, _ in reports}
        others = [(at, node) for at, node in listed if at not in read]
        allowance = Allowance(len(data))
        return tuple(
            _report(Builder(self.format, path, allowance), at, node, others if n == 0 else [])
            for n, (at, node) in enumerate(reports)
        )


def _listed(at: str, node: Json) -> list[tuple[str, Json]]:
    """(path, node) of what may be reports: the whole, the items of a list, or what stands under the keys of an envelope."""
    if isinstance(node, list):
        return [(f"{at}[{n}]", each) for n, each in enumerate(node)]
    if not isinstance(node, dict) or _is_report(node):
        return [(at, node)]
    return [
        each
        for key, value in node.items()
        for each in (_listed(place(at, key), value) if isinstance(value, list) else [(place(at, key), value)])
    ]


def _is_report(node: Json) -> bool:
    if not isinstance(node, dict):
        return False
    if isinstance(node.get("reportedInformation"), dict):
        return True
    return not says_nothing(node.get("reportId")) and any(key in node for key in _TELLING)


def _report(b: Builder, at: str, node: Json, others: list[tuple[str, Json]]) -> Document:
    reader = Reader(b)
    reader.block(node, at, _TOP | _INFORMATION, b.whole)
    for other_at, other in others:
        reader.unknown(other_at, other)
    return b.build()


def _number(r: Reader, node: Json, at: str, subject: Subject) -> None:
    text = r.text(node, at).removesuffix(".0")
    if text.isascii() and text.isdigit() and len(text) <= 18:
        r.b.numbers.append(text)
        r.b.fact(subject, "reportId", text, at)
    else:
        r.unknown(at, node)


def _time(field: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        text = r.text(node, at)
        when = times.in_json(text)
        label = at.rpartition(".")[2]
        if when is not None:
            r.b.set(field, when, at, label)
        elif text:
            r.b.unknown(at, text)
            r.b.fact(subject, label, text, at)

    return read


def _field(field: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        text = r.text(node, at)
        if text:
            r.b.set(field, text, at, at.rpartition(".")[2])

    return read


def _priority(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """NCMEC's code as it stands, when it looks like one; other words are kept as not understood."""
    text = r.text(node, at)
    code = _PRIORITY.fullmatch(text)
    if code:
        r.b.set("priority_code", code[1] or text, at, at.rpartition(".")[2])
    else:
        r.unknown(at, node)


def _designation(r: Reader, node: Json, at: str, subject: Subject) -> None:
    known = DESIGNATIONS.get(hash_kind(r.text(node, at)))
    if known:
        r.b.set("designation", known, at, at.rpartition(".")[2])
    else:
        r.unknown(at, node)


def _escalation(r: Reader, node: Json, at: str, subject: Subject) -> None:
    text = r.text(node, at)
    if text:
        r.b.escalate(subject, text, at, at.rpartition(".")[2])


def _asserted(r: Reader, node: Json, at: str, name: str, into: list[str]) -> None:
    """Annotations as a list of names, as {"groups":[{"tags":[{"value"}]}]}, or as an object of booleans: all of them."""
    if isinstance(node, dict) and "groups" in node:
        for group, group_at in r.items(node, at, "groups"):
            _asserted(r, group, group_at, "tags", into)
    elif isinstance(node, dict) and wrapped_as(node, name) is None and "value" not in node:
        for key, value in node.items():
            truth = tristate(r.text(value, place(at, key)))
            if truth:
                into.append(r.b.field(key, at))
            elif truth is None:
                r.unknown(place(at, key), value)
    else:
        for item, item_at in r.items(node, at, name):
            text = r.text(item, item_at)
            if text:
                into.append(r.b.field(text, item_at))


def _annotations(name: str) -> Handler:
    return lambda r, node, at, _: _asserted(r, node, at, name, r.b.annotations)


def _esp_sub(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """The provider's last name tells which of its services reports; its first name is nobody's."""
    text = r.text(node, at)
    if text:
        r.b.fact(subject, at.rpartition(".")[2], text, at)


def _reporting_esp(r: Reader, node: Json, at: str, subject: Subject) -> None:
    if isinstance(node, str):
        r.b.set("esp", node.strip(), at, "reportingEsp")
        return
    who = Subject(role="reporter", prefix="reportingEsp.", facts=subject.facts)
    r.block(node, at, {"espName": _field("esp"), "firstName": _esp_sub, "lastName": _esp_sub, **people.CONTACT}, who)


def _incident_details(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """Kinds of incident are named as in the provider's XML; what one holds is read alike for all of them."""
    if not isinstance(node, dict):
        r.unknown(at, node)
        return
    for kind, value in node.items():
        path = place(at, kind)
        if "incident" not in kind.casefold() or len(kind) > MAX_LABEL:
            r.unknown(path, value)
            continue
        about = Subject(role="incident", prefix=f"{kind}.", facts=subject.facts)
        for item, item_at in r.items(value, path, kind) if not says_nothing(value) else ():
            r.block(item, item_at, _INCIDENT, about)


def _urls(r: Reader, node: Json, at: str, subject: Subject) -> None:
    name = at.rpartition(".")[2]
    for item, item_at in r.items(node, at, name):
        r.b.identify(subject, "url", r.text(item, item_at), item_at, name)


def _sub(blocks: Blocks) -> Handler:
    return lambda r, node, at, subject: r.block(node, at, blocks, subject)


_INCIDENT: Blocks = {
    "sourceInformation": captures,
    "sourceCaptures": captures,
    "additionalInformations": additional,
    "additionalInformation": additional,
    "additionalInfo": additional,
    "contents": texts("contents"),
    "content": texts("content"),
    "emailAddress": people.many("email", "emailAddress"),
    "emailAddresses": people.many("email", "emailAddresses"),
    "emails": people.many("email", "emails"),
    "phoneNumber": people.many("phone", "phoneNumber"),
    "phones": people.many("phone", "phones"),
    "addresses": people.addresses,
    "incidentAddress": people.addresses,
    "url": _urls,
    "urls": _urls,
    **dict.fromkeys(
        (
            "chatClient", "chatRoomName", "gameName", "console", "client", "fileNames", "locationName", "name", "latitude",
            "longitude", "thirdPartyHostedContent",
        ),
        fact,
    ),
}  # fmt: skip
_SUMMARY: Blocks = {
    "incidentType": _field("incident_type"),
    "incidentDateTime": _time("incident_time"),
    "incidentDateTimeDescription": texts("incidentDateTimeDescription"),
    "platform": fact,
    "escalateToHighPriority": _escalation,
    "reportAnnotations": _annotations("reportAnnotations"),
    "annotations": _annotations("annotations"),
}


def _uploaded_files(r: Reader, node: Json, at: str, subject: Subject) -> None:
    for item, item_at in r.items(node, at, "uploadedFiles"):
        _file(r, item, item_at)


def _file(r: Reader, node: Json, at: str) -> None:
    if not isinstance(node, dict):
        r.unknown(at, node)
        return

    def stated(key: str) -> str:
        value = node.get(key)
        return "" if says_nothing(value) or isinstance(value, dict | list) else str(value).strip()

    key = stated("submittalId") or stated("fileId")
    if not key:
        name, declared = stated("filename") or stated("originalFilename"), stated("verificationHash")
        key = f"name:{name}" if name else f"hash:{declared}"
    file = r.b.file(key, at, "uploadedFiles")
    r.block(node, at, _FILE, file)
    file.uploaded = file.uploaded or _upload_time(r, file)


def _uploaded(r: Reader, node: Json, at: str, subject: Subject) -> None:
    if isinstance(subject, FileDraft):
        subject.uploaded = moment(r, at, r.text(node, at))


def _upload_time(r: Reader, file: FileDraft) -> Moment | None:
    """Where the provider states it: Dropbox in its metadata, Imgur in the UPLOAD capture, the others in the first capture."""
    for _, name, value in file.metadata:
        if name.strip().casefold() == "upload date and time":
            return times.moment(value)
    own = [i for i in r.b.captures_of(file) if i.time is not None]
    upload = [i for i in own if (i.event or "").casefold() == "upload"]
    return (upload or own)[0].time if own else None


def _verification_hash(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """NCMEC's check of the upload, an MD5; another length tells another kind."""
    text = r.text(node, at)
    if text and isinstance(subject, FileDraft):
        kind = next((kind for kind, length in HEX_LENGTH.items() if length == len(text)), "verificationhash")
        subject.declared.setdefault(kind, r.b.field(text, at))


def _hashes(r: Reader, node: Json, at: str, subject: Subject) -> None:
    name = at.rpartition(".")[2]
    for item, item_at in r.items(node, at, name):
        kind = next((str(item[k]) for k in ("hashType", "type", "name") if isinstance(item, dict) and item.get(k)), "")
        value = item.get("value", item.get("hash")) if isinstance(item, dict) else None
        if kind and isinstance(value, str) and isinstance(subject, FileDraft):
            subject.declared.setdefault(r.b.field(hash_kind(kind), item_at), r.b.field(value.strip(), item_at))
        else:
            r.unknown(item_at, item)


def _metadata(usual_type: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        for item, item_at in r.items(node, at, "metadatas"):
            if not (isinstance(item, dict) and isinstance(subject, FileDraft) and "name" in item):
                r.unknown(item_at, item)
                continue
            parts: dict[str, str] = {}
            r.block(item, item_at, dict.fromkeys(("name", "value", "type"), people.keep_in(parts)), subject)
            stated = (parts.get("type") or usual_type, parts.get("name", ""), parts.get("value", ""))
            r.b.metadata(subject, stated, item_at)

    return read


def _file_annotations(name: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        if isinstance(subject, FileDraft):
            _asserted(r, node, at, name, subject.annotations)

    return read


_FILE: Blocks = {
    "filename": string_of_file("name"),
    "fileName": string_of_file("name"),
    "originalFilename": string_of_file("original_name"),
    "originalFileName": string_of_file("original_name"),
    "submittalId": fact,
    "fileId": fact,
    "verificationHash": _verification_hash,
    "originalFileHashes": _hashes,
    "originalFileHash": _hashes,
    "industryClassification": string_of_file("classification"),
    **dict.fromkeys(HEX_LENGTH, _verification_hash),
    "viewedByEsp": tristate_of_file("viewed_by_esp"),
    "fileViewedByEsp": tristate_of_file("viewed_by_esp"),
    "exifViewedByEsp": tristate_of_file("exif_viewed_by_esp"),
    "publiclyAvailable": tristate_of_file("publicly_available"),
    "fileRelevance": string_of_file("relevance"),
    "ncmecTags": _file_annotations("tags"),
    "fileAnnotations": _file_annotations("fileAnnotations"),
    "annotations": _file_annotations("annotations"),
    "espMetadata": _metadata("espMetadata"),
    "exifMetadata": _metadata("EXIF"),
    "sourceInformation": captures,
    "sourceCaptures": captures,
    **dict.fromkeys(("deviceIds", "deviceId"), people.devices),
    "uploadedToEspTimestamp": _uploaded,
    "locationOfFile": _urls,
    "additionalInformations": additional,
    "additionalInformation": additional,
}
_INFORMATION: dict[str, Handler] = {
    "reportingEsp": _reporting_esp,
    "incidentSummary": _sub(_SUMMARY),
    "incidentDetails": _incident_details,
    "reportedPeople": people.people("suspect", "reportedPersons"),
    "reportedPersons": people.people("suspect", "reportedPersons"),
    "intendedRecipients": people.people("recipient", "intendedRecipients"),
    "intendedRecipient": people.people("recipient", "intendedRecipients"),
    "victims": people.people("victim", "victims"),
    "victim": people.people("victim", "victims"),
    "childVictims": people.people("victim", "childVictims"),
    "childVictim": people.people("victim", "childVictims"),
    "uploadedFiles": _uploaded_files,
    "additionalInformations": additional,
    "additionalInformation": additional,
    "reportAnnotations": _annotations("reportAnnotations"),
    "annotations": _annotations("annotations"),
    "ncmecTags": _annotations("tags"),
    "escalateToHighPriority": _escalation,
}
_JUDGED: dict[str, Handler] = {
    **dict.fromkeys(("priorityLevel", "priority", "priorityCode", "urgency", "urgencyLevel"), _priority),
    **dict.fromkeys(("designation", "referralType", "reportDesignation", "reportType"), _designation),
    **dict.fromkeys(("priorReports", "priorCTReports", "relatedReports"), people.prior_reports),
}
"""What NCMEC adds. No JSON spelling is known: these are by analogy, and other words stay not understood."""
_INFORMATION |= _JUDGED
_TOP: dict[str, Handler] = {
    "reportId": _number,
    "dateReceived": _time("received"),
    "reportedInformation": _sub(_INFORMATION),
}
_TELLING = {"reportedInformation", "dateReceived", *_INFORMATION}
