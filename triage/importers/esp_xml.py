"""Imports the provider's own XML (NCMEC CyberTipline Reporting API).

It reads `report`, `fileDetails`, `reportResponse` and `reportDoneResponse`. Element names are those of NCMEC's public schema, and
docs/formats/esp-xml.md says what each becomes. Known drift from the schema is read too. Everything else is kept as not
understood.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from triage.importers import esp_people as people
from triage.importers.base import NotAReport, PdfText, RefusedParts
from triage.importers.bounds import Allowance
from triage.importers.building import BlockSubject, Builder, FileDraft
from triage.importers.esp_leaves import (
    make_contact_handler,
    make_flag_handlers,
    make_identifier_handler,
    read_boolean,
    read_capture,
    read_device,
    read_fact,
    read_flag,
    read_integer,
    read_text_block,
    read_time,
)
from triage.importers.file_handlers import make_file_text_handler, make_file_tristate_handler
from triage.importers.values import is_empty_value, normalise_hash_kind, parse_tristate
from triage.importers.xml_reading import Blocks, Element, Handler, XmlReader, local_name, parse_report_xml, serialise_xml
from triage.message import Message
from triage.model.digest_kinds import DIGEST_HEX
from triage.model.document import Document
from triage.model.formats import ReportFormat

_ROOTS = ("report", "fileDetails", "reportResponse", "reportDoneResponse")
_ROOT_TAG = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(" + "|".join(_ROOTS).encode() + rb")[\s/>]")
_ORGANISATION = re.compile(
    r"\b(?:inc|llc|ltd|limited|corp|corporation|company|gmbh|plc|pte|trust|safety|abuse|support|team|compliance|legal|operations"
    r"|law enforcement|moderation)\b",
    re.IGNORECASE,
)


class EspXmlImporter:
    """Reads documents of NCMEC's reporting interface."""

    format = ReportFormat.ESP_XML
    needs_sandbox = False

    def detect(self, name: str, peek: bytes) -> bool:
        """Returns whether the file begins as XML and is named .xml or has a root of the reporting interface."""
        head = peek.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return head.startswith(b"<") and (name.lower().endswith(".xml") or _ROOT_TAG.search(head) is not None)

    def read(
        self, path: str, data: bytes, extract_pages: PdfText | None, refused: RefusedParts | None = None
    ) -> tuple[Document, ...]:
        """Returns the one document of the file. A report that stands inside it is refused by itself.

        Raises NotAReport for other XML, damaged or unsafe XML included that names no root of the interface.
        """
        root = parse_report_xml(data, _ROOT_TAG)
        name = local_name(root)
        if name not in _ROOTS:
            raise NotAReport("XML, but not a document of NCMEC's reporting interface.")
        builder = Builder(self.format, path, Allowance(len(data)))
        reader = _ReportReader(builder, root, RefusedParts() if refused is None else refused)
        return (_READ_ROOT[name](reader, root, f"/{name}"),)


_INNER_REPORT = Message("A report that stands inside another report. Import it as a file of its own.")
_FIND_REPORTS = etree.XPath(
    "descendant-or-self::*[local-name()='report'][*[local-name()='incidentSummary' or local-name()='personOrUserReported']]"
)


class _ReportReader(XmlReader):
    """Reads one document. A report that stands inside it is refused by itself, and is no part of it."""

    def __init__(self, builder: Builder, root: Element, refused: RefusedParts) -> None:
        """Takes where inner reports are refused."""
        super().__init__(builder, root)
        self._refused = refused

    def keep_unknown(self, element: Element, at: str) -> None:
        """Keeps an element as not understood, unless it is a report. Reports in it are refused."""
        last = None
        for report in _FIND_REPORTS(element) if isinstance(element.tag, str) else ():
            if last is None or last not in report.iterancestors():
                self._refused.add(at, _INNER_REPORT, serialise_xml(report))
                last = report
        if last is not element:
            super().keep_unknown(element, at)


def _build_report(reader: XmlReader, root: Element, at: str) -> Document:
    """Returns the document of a `report` element."""
    b = reader.b
    reader.read_block(root, at, _REPORT, b.whole)
    if not b.has_field("esp"):
        _set_provider_from_reporter(b)
    return b.build("report")


def _set_provider_from_reporter(b: Builder) -> None:
    """Sets the provider from a reporter's name that looks like an organisation's.

    The schema has no field for the provider.
    """
    for who in b.identifiers_of("name", "reporter"):
        if _ORGANISATION.search(who.value):
            b.set_field("esp", who.value, who.sources[0].at, who.sources[0].label)
            return


def _read_batched(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    r.read_block(el, at, {}, subject, "reason")
    r.b.add_fact(subject, "batchedReport", el.get("reason") or True, at)


def _read_escalation(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Records the escalation.

    The element's presence escalates, its text is the reason. A text that says "N/A" or "No" escalates nothing.
    """
    r.b.escalate(subject, r.read_text(el, at), at, "escalateToHighPriority")


def _make_field_handler(field: str) -> Handler:
    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        text = r.read_text(el, at)
        if not is_empty_value(text):
            r.b.set_field(field, text, at, local_name(el))

    return read


def _read_platform(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    text = r.read_text(el, at)
    if not is_empty_value(text):
        r.b.set_field("esp", text, at, "platform")
        r.b.add_fact(subject, "platform", text, at)


def _read_incident_time(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    when = read_time(r, el, at, subject)
    if when is not None:
        r.b.set_field("incident_time", when, at, "incidentDateTime")


def _read_informational(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    if read_flag(r, el, at, subject, r.b.annotations):
        r.b.set_field("designation", "informational", at, "informational")


def _read_report_annotations(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    known = ("sextortion", "csamSolicitation", "minorToMinorInteraction", "spam", "sadisticOnlineExploitation")
    r.read_block(el, at, {**make_flag_handlers(r.b.annotations, *known), "informational": _read_informational}, subject)


def _make_incident_handler(prefix: str, blocks: Blocks, *attributes: str) -> Handler:
    """Returns a handler for a block about the incident.

    Its facts get the block's name as a prefix.
    """

    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        inner = BlockSubject(role="incident", prefix=prefix + ".", facts=subject.facts)
        for name in attributes:
            value = el.get(name)
            if value is not None:
                truth = parse_tristate(value)
                r.b.add_fact(inner, name, value if truth is None else truth, f"{at}/@{name}")
        r.read_block(el, at, blocks, inner, *attributes)
        people.add_coordinates(r.b, inner, at)

    return read


def _make_block_handler(blocks: Blocks) -> Handler:
    """Returns a handler that reads a nested block for the same subject."""
    return lambda r, el, at, subject: r.read_block(el, at, blocks, subject)


def _make_reporter_handler(blocks: Blocks) -> Handler:
    """Returns a handler for a person of the provider or police.

    Their identifiers get the role "reporter".
    """

    def read(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        who = BlockSubject(role="reporter", prefix=f"{subject.prefix}{local_name(el)}.", facts=r.b.whole.facts)
        r.read_block(el, at, blocks, who)
        r.b.add_name(who, at)

    return read


def _read_law_enforcement(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    r.read_block(el, at, _LAW_ENFORCEMENT, BlockSubject(role="reporter", prefix="lawEnforcement.", facts=subject.facts))


def _read_legal_process_abroad(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds whether legal process was served abroad, and in which country."""
    read_boolean(r, el, at, subject, "fleaCountry")
    if el.get("fleaCountry"):
        r.b.add_fact(subject, "servedLegalProcessInternational.fleaCountry", el.get("fleaCountry"), f"{at}/@fleaCountry")


_CONTENT: Blocks = {"content": read_text_block, "additionalInfo": read_text_block}
_LAW_ENFORCEMENT: Blocks = {
    "agencyName": read_fact,
    "caseNumber": read_fact,
    "officerContact": _make_reporter_handler(people.CONTACT),
    "reportedToLe": read_boolean,
    "servedLegalProcessDomestic": read_boolean,
    "servedLegalProcessInternational": _read_legal_process_abroad,
}
_REPORTER: Blocks = {
    "reportingPerson": _make_reporter_handler(people.PERSON),
    "contactPerson": _make_reporter_handler(people.CONTACT),
    "companyTemplate": read_text_block,
    "termsOfService": read_text_block,
    "legalURL": make_identifier_handler("url"),
}
_INTERNET: Blocks = {
    "webPageIncident": _make_incident_handler(
        "webPageIncident", {"url": make_identifier_handler("url"), "additionalInfo": read_text_block}, "thirdPartyHostedContent"
    ),
    "emailIncident": _make_incident_handler("emailIncident", {"emailAddress": make_contact_handler("email"), **_CONTENT}),
    "newsgroupIncident": _make_incident_handler(
        "newsgroupIncident", {"name": read_fact, "emailAddress": make_contact_handler("email"), **_CONTENT}
    ),
    "chatImIncident": _make_incident_handler("chatImIncident", {"chatClient": read_fact, "chatRoomName": read_fact, **_CONTENT}),
    "onlineGamingIncident": _make_incident_handler(
        "onlineGamingIncident", {"gameName": read_fact, "console": read_fact, **_CONTENT}
    ),
    "cellPhoneIncident": _make_incident_handler(
        "cellPhoneIncident",
        {
            "phoneNumber": make_contact_handler("phone"),
            "latitude": read_fact,
            "longitude": read_fact,
            "additionalInfo": read_text_block,
        },
    ),
    "nonInternetIncident": _make_incident_handler(
        "nonInternetIncident",
        {"locationName": read_fact, "incidentAddress": people.read_address, "additionalInfo": read_text_block},
    ),
    "peer2peerIncident": _make_incident_handler(
        "peer2peerIncident",
        {"client": read_fact, "ipCaptureEvent": read_capture, "fileNames": read_fact, "additionalInfo": read_text_block},
    ),
}
_SUMMARY: Blocks = {
    "incidentType": _make_field_handler("incident_type"),
    "platform": _read_platform,
    "escalateToHighPriority": _read_escalation,
    "reportAnnotations": _read_report_annotations,
    "incidentDateTime": _read_incident_time,
    "incidentDateTimeDescription": read_text_block,
}
_REPORT: Blocks = {
    "batchedReport": _read_batched,
    "incidentSummary": _make_block_handler(_SUMMARY),
    "internetDetails": _make_block_handler(_INTERNET),
    "lawEnforcement": _read_law_enforcement,
    "reporter": lambda r, el, at, _: r.read_block(el, at, _REPORTER, r.b.reporter),
    "personOrUserReported": people.make_person_handler("suspect", "personOrUserReported"),
    "intendedRecipient": people.make_person_handler("recipient", "intendedRecipient"),
    "victim": people.make_person_handler("victim", "victim"),
    "additionalInfo": read_text_block,
}


def _build_file_details(reader: XmlReader, root: Element, at: str) -> Document:
    """Returns the document of a `fileDetails` element."""
    b = reader.b
    texts = {local_name(el): _direct_text(el) for el in root if isinstance(el.tag, str)}
    name = texts.get("fileName") or texts.get("originalFileName")
    key = texts.get("fileId") or f"name:{name or ''}"
    reader.read_block(root, at, _FILE, b.add_file(key, at, "fileDetails"))
    return b.build(f"file/{key}")


def _direct_text(el: Element) -> str:
    """Returns an element's own text, also the part behind a comment."""
    return "".join([el.text or "", *(child.tail or "" for child in el)]).strip()


def _read_upload_time(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    when = read_time(r, el, at, subject)
    if when is not None and isinstance(subject, FileDraft):
        subject.uploaded = when


def _read_report_number(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    number = r.read_text(el, at)
    if number.isascii() and number.isdigit() and number.strip("0") and len(number) <= _LONGEST_NUMBER:
        r.b.numbers.append(number)
        r.b.add_fact(r.b.whole, "reportId", number, at)
    elif number:
        r.b.add_unknown(at, number)


def _read_legacy_meme(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds the older potentialMeme flag to the file's annotations."""
    if isinstance(subject, FileDraft):
        read_flag(r, el, at, subject, subject.annotations)


def _read_file_annotations(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    known = (
        "animeDrawingVirtualHentai", "potentialMeme", "viral", "possibleSelfProduction", "physicalHarm", "violenceGore",
        "bestiality", "liveStreaming", "infant", "generativeAi",
    )  # fmt: skip
    if isinstance(subject, FileDraft):
        r.read_block(el, at, make_flag_handlers(subject.annotations, *known), subject)


def _read_declared_hash(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Adds a declared hash of the file.

    A second, different hash of one kind becomes a fact.
    """
    value = r.b.clip_field(r.read_text(el, at, "hashType"), at)
    kind = r.b.clip_field(normalise_hash_kind(el.get("hashType") or ""), at) or next(
        (k for k, n in DIGEST_HEX.items() if n == len(value)), "unnamed"
    )
    if value and isinstance(subject, FileDraft) and subject.declared.setdefault(kind, value) != value:
        r.b.add_fact(subject, f"originalFileHash.{kind}", value, at)


_LONGEST_NUMBER = 18  # digits; more do not fit into 64 bits
_PAIR = frozenset(("name", "value"))


def _read_details(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
    """Reads name-value pairs of a file.

    The type stands on `details` or, by some writers, on each pair.
    """
    kind = el.get("type") or ""

    def pair(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        parts = r.read_leaves(el, at, _PAIR, subject, "type")
        name, value = parts.get("name", ""), parts.get("value", "")
        if isinstance(subject, FileDraft) and (name or value):
            own = el.get("type") or kind
            r.b.add_metadata(subject, (own, name, value), at)
            hashed = normalise_hash_kind(name)
            if own.upper() == "HASH" and len(value) == DIGEST_HEX.get(hashed, -1):
                subject.declared.setdefault(hashed, value)

    r.read_block(el, at, {"nameValuePair": pair}, subject, "type")


_FILE: Blocks = {
    "reportId": _read_report_number,
    "fileId": read_fact,
    "fileName": make_file_text_handler("name"),
    "originalFileName": make_file_text_handler("original_name"),
    "uploadedToEspTimestamp": _read_upload_time,
    "locationOfFile": make_identifier_handler("url"),
    "fileViewedByEsp": make_file_tristate_handler("viewed_by_esp"),
    "exifViewedByEsp": make_file_tristate_handler("exif_viewed_by_esp"),
    "publiclyAvailable": make_file_tristate_handler("publicly_available"),
    "fileRelevance": make_file_text_handler("relevance"),
    "potentialMeme": _read_legacy_meme,
    "fileAnnotations": _read_file_annotations,
    "industryClassification": make_file_text_handler("classification"),
    "originalFileHash": _read_declared_hash,
    "ipCaptureEvent": read_capture,
    "deviceId": read_device,
    "details": _read_details,
    "additionalInfo": read_text_block,
}


def _build_response(reader: XmlReader, root: Element, at: str) -> Document:
    """Returns the document of a `reportResponse`, NCMEC's answer to an upload."""
    b = reader.b
    stated: dict[str, str] = {}

    def keep(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        stated[local_name(el)] = r.b.clip_field(r.read_text(el, at), at)

    blocks = {
        "responseCode": read_integer,
        "responseDescription": read_fact,
        "reportId": _read_report_number,
        "fileId": keep,
        "hash": keep,
    }
    reader.read_block(root, at, blocks, b.whole)
    file_id, md5 = stated.get("fileId", ""), stated.get("hash", "")
    if file_id or md5:
        file = b.add_file(file_id or f"hash:{md5}", at, "reportResponse")
        file.declared |= {"md5": md5} if md5 else {}
    return b.build("response" + (f"/{file_id}" if file_id else ""))


def _build_done_response(reader: XmlReader, root: Element, at: str) -> Document:
    """Returns the document of a `reportDoneResponse`, which lists the uploaded files."""

    def listed(r: XmlReader, el: Element, at: str, subject: BlockSubject) -> None:
        file_id = r.read_text(el, at)
        if file_id:
            r.b.add_file(file_id, at, "reportDoneResponse")

    blocks = {"responseCode": read_integer, "reportId": _read_report_number, "files": _make_block_handler({"fileId": listed})}
    reader.read_block(root, at, blocks, reader.b.whole)
    return reader.b.build("done")


_READ_ROOT: dict[str, Callable[[XmlReader, Element, str], Document]] = {
    "report": _build_report,
    "fileDetails": _build_file_details,
    "reportResponse": _build_response,
    "reportDoneResponse": _build_done_response,
}
