"""The provider's own XML (NCMEC CyberTipline Reporting API): `report`, `fileDetails`, `reportResponse`, `reportDoneResponse`.

Element and type names are those of NCMEC's public schema; docs/formats/esp-xml.md says what each becomes. Known drift that the
schema does not have is read too. Everything else is kept as not understood, and the rest is still read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from triage.importers import esp_people as people
from triage.importers.base import NotAReport, PdfText
from triage.importers.bounds import Allowance
from triage.importers.building import (
    HEX_LENGTH,
    Builder,
    FileDraft,
    Subject,
    hash_kind,
    says_nothing,
    string_of_file,
    tristate,
    tristate_of_file,
)
from triage.importers.esp_leaves import (
    boolean,
    capture,
    device,
    fact,
    flag,
    flags,
    identifier,
    integer,
    moment,
    phone_or_email,
    text_block,
)
from triage.importers.xml_reading import Blocks, Element, Handler, Reader, local_name, parse
from triage.model.document import Document
from triage.model.formats import ReportFormat

_ROOTS = ("report", "fileDetails", "reportResponse", "reportDoneResponse")
_ROOT_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(" + "|".join(_ROOTS).encode() + rb")[\s/>]")
_ORGANISATION = re.compile(
    r"\b(?:inc|llc|ltd|limited|corp|corporation|company|gmbh|plc|pte|trust|safety|abuse|support|team|compliance|legal|operations"
    r"|law enforcement|moderation)\b",
    re.IGNORECASE,
)


class EspXml:
    format = ReportFormat.ESP_XML
    asks_cell = False

    def detect(self, name: str, peek: bytes) -> bool:
        head = peek.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return head.startswith(b"<") and (name.lower().endswith(".xml") or _ROOT_TAG.search(head) is not None)

    def read(self, path: str, data: bytes, cell: PdfText | None) -> tuple[Document, ...]:
        """One document a file."""
        root = parse(data)
        name = local_name(root)
        if name not in _ROOTS:
            raise NotAReport("XML, but not a document of NCMEC's reporting interface.")
        builder = Builder(self.format, path, Allowance(len(data)))
        return (_READ_ROOT[name](Reader(builder, root), root, f"/{name}"),)


def _report(reader: Reader, root: Element, at: str) -> Document:
    b = reader.b
    reader.block(root, at, _REPORT, b.whole)
    if not b.has("esp"):
        _name_of_reporter(b)
    return b.build("report")


def _name_of_reporter(b: Builder) -> None:
    """The schema has no field for the provider; a reporter whose name is an organisation's tells it, a person's does not."""
    for who in b.identifiers("name", "reporter"):
        if _ORGANISATION.search(who.value):
            b.set("esp", who.value, who.sources[0].at, who.sources[0].label)
            return


def _batched(r: Reader, el: Element, at: str, subject: Subject) -> None:
    r.block(el, at, {}, subject, "reason")
    r.b.fact(subject, "batchedReport", el.get("reason") or True, at)


def _escalated(r: Reader, el: Element, at: str, subject: Subject) -> None:
    """Its presence is the escalation, and the text the reason; a text that says "N/A" or "No" escalates nothing."""
    text = r.text(el, at)
    r.b.escalate(subject, text, at, "escalateToHighPriority")


def _field(field: str) -> Handler:
    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        text = r.text(el, at)
        if not says_nothing(text):
            r.b.set(field, text, at, local_name(el))

    return read


def _platform(r: Reader, el: Element, at: str, subject: Subject) -> None:
    text = r.text(el, at)
    if not says_nothing(text):
        r.b.set("esp", text, at, "platform")
        r.b.fact(subject, "platform", text, at)


def _incident_time(r: Reader, el: Element, at: str, subject: Subject) -> None:
    when = moment(r, el, at, subject)
    if when is not None:
        r.b.set("incident_time", when, at, "incidentDateTime")


def _informational(r: Reader, el: Element, at: str, subject: Subject) -> None:
    if flag(r, el, at, subject, r.b.annotations):
        r.b.set("designation", "informational", at, "informational")


def _report_annotations(r: Reader, el: Element, at: str, subject: Subject) -> None:
    known = ("sextortion", "csamSolicitation", "minorToMinorInteraction", "spam", "sadisticOnlineExploitation")
    r.block(el, at, {**flags(r.b.annotations, *known), "informational": _informational}, subject)


def _within(prefix: str, blocks: Blocks, *attributes: str) -> Handler:
    """A block that speaks of the incident; its facts bear the block's name in front."""

    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        inner = Subject(role="incident", prefix=prefix + ".", facts=subject.facts)
        for name in attributes:
            value = el.get(name)
            if value is not None:
                truth = tristate(value)
                r.b.fact(inner, name, value if truth is None else truth, f"{at}/@{name}")
        r.block(el, at, blocks, inner, *attributes)
        people.coordinates(r.b, inner, at)

    return read


def _sub(blocks: Blocks) -> Handler:
    return lambda r, el, at, subject: r.block(el, at, blocks, subject)


def _reporter(blocks: Blocks) -> Handler:
    """A person or contact of the provider or of the police: identifiers of role "reporter", never people of the report."""

    def read(r: Reader, el: Element, at: str, subject: Subject) -> None:
        who = Subject(role="reporter", prefix=f"{subject.prefix}{local_name(el)}.", facts=r.b.whole.facts)
        r.block(el, at, blocks, who)
        r.b.name(who, at)

    return read


def _law_enforcement(r: Reader, el: Element, at: str, subject: Subject) -> None:
    r.block(el, at, _LAW_ENFORCEMENT, Subject(role="reporter", prefix="lawEnforcement.", facts=subject.facts))


def _served_abroad(r: Reader, el: Element, at: str, subject: Subject) -> None:
    boolean(r, el, at, subject, "fleaCountry")
    if el.get("fleaCountry"):
        r.b.fact(subject, "servedLegalProcessInternational.fleaCountry", el.get("fleaCountry"), f"{at}/@fleaCountry")


_CONTENT: Blocks = {"content": text_block, "additionalInfo": text_block}
_LAW_ENFORCEMENT: Blocks = {
    "agencyName": fact,
    "caseNumber": fact,
    "officerContact": _reporter(people.CONTACT),
    "reportedToLe": boolean,
    "servedLegalProcessDomestic": boolean,
    "servedLegalProcessInternational": _served_abroad,
}
_REPORTER: Blocks = {
    "reportingPerson": _reporter(people.PERSON),
    "contactPerson": _reporter(people.CONTACT),
    "companyTemplate": text_block,
    "termsOfService": text_block,
    "legalURL": identifier("url"),
}
_INTERNET: Blocks = {
    "webPageIncident": _within(
        "webPageIncident", {"url": identifier("url"), "additionalInfo": text_block}, "thirdPartyHostedContent"
    ),
    "emailIncident": _within("emailIncident", {"emailAddress": phone_or_email("email"), **_CONTENT}),
    "newsgroupIncident": _within("newsgroupIncident", {"name": fact, "emailAddress": phone_or_email("email"), **_CONTENT}),
    "chatImIncident": _within("chatImIncident", {"chatClient": fact, "chatRoomName": fact, **_CONTENT}),
    "onlineGamingIncident": _within("onlineGamingIncident", {"gameName": fact, "console": fact, **_CONTENT}),
    "cellPhoneIncident": _within(
        "cellPhoneIncident",
        {"phoneNumber": phone_or_email("phone"), "latitude": fact, "longitude": fact, "additionalInfo": text_block},
    ),
    "nonInternetIncident": _within(
        "nonInternetIncident", {"locationName": fact, "incidentAddress": people.address, "additionalInfo": text_block}
    ),
    "peer2peerIncident": _within(
        "peer2peerIncident", {"client": fact, "ipCaptureEvent": capture, "fileNames": fact, "additionalInfo": text_block}
    ),
}
_SUMMARY: Blocks = {
    "incidentType": _field("incident_type"),
    "platform": _platform,
    "escalateToHighPriority": _escalated,
    "reportAnnotations": _report_annotations,
    "incidentDateTime": _incident_time,
    "incidentDateTimeDescription": text_block,
}
_REPORT: Blocks = {
    "batchedReport": _batched,
    "incidentSummary": _sub(_SUMMARY),
    "internetDetails": _sub(_INTERNET),
    "lawEnforcement": _law_enforcement,
    "reporter": lambda r, el, at, _: r.block(el, at, _REPORTER, r.b.reporter),
    "personOrUserReported": people.block("suspect", "personOrUserReported"),
    "intendedRecipient": people.block("recipient", "intendedRecipient"),
    "victim": people.block("victim", "victim"),
    "additionalInfo": text_block,
}


def _file_details(reader: Reader, root: Element, at: str) -> Document:
    b = reader.b
    texts = {local_name(el): _own_text(el) for el in root if isinstance(el.tag, str)}
    name = texts.get("fileName") or texts.get("originalFileName")
    key = texts.get("fileId") or f"name:{name or ''}"
    reader.block(root, at, _FILE, b.file(key, at, "fileDetails"))
    return b.build(f"file/{key}")


def _own_text(el: Element) -> str:
    """Also what stands behind a comment."""
    return "".join([el.text or "", *(child.tail or "" for child in el)]).strip()


def _uploaded(r: Reader, el: Element, at: str, subject: Subject) -> None:
    when = moment(r, el, at, subject)
    if when is not None and isinstance(subject, FileDraft):
        subject.uploaded = when


def _report_number(r: Reader, el: Element, at: str, subject: Subject) -> None:
    number = r.text(el, at)
    if number.isascii() and number.isdigit() and number.strip("0") and len(number) <= _LONGEST_NUMBER:
        r.b.numbers.append(number)
        r.b.fact(r.b.whole, "reportId", number, at)
    elif number:
        r.b.unknown(at, number)


def _legacy_meme(r: Reader, el: Element, at: str, subject: Subject) -> None:
    if isinstance(subject, FileDraft):
        flag(r, el, at, subject, subject.annotations)


def _file_annotations(r: Reader, el: Element, at: str, subject: Subject) -> None:
    known = (
        "animeDrawingVirtualHentai", "potentialMeme", "viral", "possibleSelfProduction", "physicalHarm", "violenceGore",
        "bestiality", "liveStreaming", "infant", "generativeAi",
    )  # fmt: skip
    if isinstance(subject, FileDraft):
        r.block(el, at, flags(subject.annotations, *known), subject)


def _declared_hash(r: Reader, el: Element, at: str, subject: Subject) -> None:
    value = r.b.field(r.text(el, at, "hashType"), at)
    kind = r.b.field(hash_kind(el.get("hashType") or ""), at) or next(
        (k for k, n in HEX_LENGTH.items() if n == len(value)), "unnamed"
    )
    if value and isinstance(subject, FileDraft) and subject.declared.setdefault(kind, value) != value:
        r.b.fact(subject, f"originalFileHash.{kind}", value, at)


_LONGEST_NUMBER = 18
_PAIR = frozenset(("name", "value"))


def _details(r: Reader, el: Element, at: str, subject: Subject) -> None:
    """@type stands on `details`, or, by some writers, on each pair."""
    kind = el.get("type") or ""

    def pair(r: Reader, el: Element, at: str, subject: Subject) -> None:
        parts = r.leaves(el, at, _PAIR, subject, "type")
        name, value = parts.get("name", ""), parts.get("value", "")
        if isinstance(subject, FileDraft) and (name or value):
            own = el.get("type") or kind
            r.b.metadata(subject, (own, name, value), at)
            hashed = hash_kind(name)
            if own.upper() == "HASH" and len(value) == HEX_LENGTH.get(hashed, -1):
                subject.declared.setdefault(hashed, value)

    r.block(el, at, {"nameValuePair": pair}, subject, "type")


_FILE: Blocks = {
    "reportId": _report_number,
    "fileId": fact,
    "fileName": string_of_file("name"),
    "originalFileName": string_of_file("original_name"),
    "uploadedToEspTimestamp": _uploaded,
    "locationOfFile": identifier("url"),
    "fileViewedByEsp": tristate_of_file("viewed_by_esp"),
    "exifViewedByEsp": tristate_of_file("exif_viewed_by_esp"),
    "publiclyAvailable": tristate_of_file("publicly_available"),
    "fileRelevance": string_of_file("relevance"),
    "potentialMeme": _legacy_meme,
    "fileAnnotations": _file_annotations,
    "industryClassification": string_of_file("classification"),
    "originalFileHash": _declared_hash,
    "ipCaptureEvent": capture,
    "deviceId": device,
    "details": _details,
    "additionalInfo": text_block,
}


def _response(reader: Reader, root: Element, at: str) -> Document:
    b = reader.b
    stated: dict[str, str] = {}

    def keep(r: Reader, el: Element, at: str, subject: Subject) -> None:
        stated[local_name(el)] = r.b.field(r.text(el, at), at)

    blocks = {"responseCode": integer, "responseDescription": fact, "reportId": _report_number, "fileId": keep, "hash": keep}
    reader.block(root, at, blocks, b.whole)
    file_id, md5 = stated.get("fileId", ""), stated.get("hash", "")
    if file_id or md5:
        file = b.file(file_id or f"hash:{md5}", at, "reportResponse")
        file.declared |= {"md5": md5} if md5 else {}
    return b.build("response" + (f"/{file_id}" if file_id else ""))


def _done(reader: Reader, root: Element, at: str) -> Document:
    def listed(r: Reader, el: Element, at: str, subject: Subject) -> None:
        file_id = r.text(el, at)
        if file_id:
            r.b.file(file_id, at, "reportDoneResponse")

    blocks = {"responseCode": integer, "reportId": _report_number, "files": _sub({"fileId": listed})}
    reader.block(root, at, blocks, reader.b.whole)
    return reader.b.build("done")


_READ_ROOT: dict[str, Callable[[Reader, Element, str], Document]] = {
    "report": _report,
    "fileDetails": _file_details,
    "reportResponse": _response,
    "reportDoneResponse": _done,
}
