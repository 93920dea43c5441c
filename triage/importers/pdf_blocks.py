"""Reads Section A of a report PDF item by item: provider, incident, people and files."""

from __future__ import annotations

import re

from triage.importers import normal_forms, pdf_captures, time_parsing
from triage.importers.building import BlockSubject, Builder, FileDraft
from triage.importers.esp_leaves import describe_device_id
from triage.importers.le_json_leaves import guess_identifier_kind
from triage.importers.pdf_captures import DATE, DATE_LINE, ROW
from triage.importers.pdf_items import Item, normalise_label
from triage.importers.pdf_labels import (
    CLASSES,
    DEVICE_ID,
    DEVICES,
    FACTS,
    HASHES,
    IDENTIFIERS,
    INCIDENT,
    INTEGERS,
    KNOWN,
    ONE_TOKEN,
    ORIGINAL_NAMES,
    ROLES,
    TABLE_HEADS,
    TAGS,
    TEXTS,
    TYPES,
    UPLOADED,
    VIEWED,
)
from triage.importers.pdf_lines import PdfLine
from triage.importers.pdf_wrapped import LISTED_FILE, join_file_name, join_value, join_wrapped_lines, remove_blanks
from triage.importers.values import normalise_hash_kind, parse_tristate
from triage.model.document import place_on_page

_PORT_AND_TIME = re.compile(rf"(\d{{1,5}})[\s,;]+({DATE})")
_CLASS = re.compile(r"([AB][12])\b(.*)", re.IGNORECASE | re.DOTALL)
_CONTACT = re.compile(r"(?:^|(?<!\s)\s+)(?:E-?mail|Phone|Fax|https?://|www\.)", re.IGNORECASE)
_OTHER_COLUMN = re.compile(r"Point of Contact for Law(?: Enforcement)?:?|^Enforcement:", re.IGNORECASE)
_SILENCE = re.compile(r"\(?\s*(?:Information\s+)?Not\s+Provided(?:\s+by\s+Company)?\s*\)?|N/?A|None", re.IGNORECASE)
_VIEWED_IN_TEXT = re.compile(r"Was\s+File\s+(?:Reviewed|Viewed)\s+by\s+Company\s*\?\s*:?\s*(Yes|No)\b", re.IGNORECASE)
"""Some providers answer in their own words, inside the text of the file."""
_ANSWER = re.compile(
    r"(?P<question>.*?)(?<!\s)\??\s*(?::\s*)?(?P<answer>\bYes|\bNo|(?:\(\s*)?Information\s+Not\s+Provided.*)\s*\.?",
    re.IGNORECASE | re.DOTALL,
)
_WITH_TYPE = re.compile(r"(\S.*?)(?<!\s)\s*\(([^()]*)\)")
_REPORT_NUMBER = re.compile(r"\d{5,10}")
_NUMBERS_AND_GAPS = re.compile(r"\d{5,10}|[\s,;]")
_HASH = re.compile(r"([0-9A-Fa-f]{16,256})(.*)", re.DOTALL)
_BETWEEN_TAGS = re.compile(r"[,;\n]")


class SectionAReader:
    """Takes the items of Section A in their order.

    Call `finish` behind the last one.
    """

    def __init__(self, b: Builder) -> None:
        """Starts in the provider's block, which comes first."""
        self._b = b
        self._subject: BlockSubject = b.reporter
        self._capture: pdf_captures.PendingCapture | None = None
        self._contacts: list[PdfLine] = []
        self._awaits_company = False
        """The line "Submitter:" had no company: the next one that is not a contact's label begins with it."""
        self._listed_files: dict[str, FileDraft] = {}
        """Files of the table of files that had no block of their own yet, by name without blanks: it may have wrapped at one."""

    def take_item(self, item: Item) -> None:
        """Takes the next item."""
        if item.heading is not None:
            self._finish_capture()
            self._take_heading(item)
            if item.lines:
                self.take_item(Item("", item.label, item.page, lines=item.lines))
        elif item.key == "port":
            self._add_port(item)
        elif item.key == "filename":
            self._finish_capture()
            self._start_file(item)
        elif self._subject is self._b.reporter:
            self._take_provider_item(item)
        else:
            self._finish_capture()
            self._take_labelled(item)

    def finish(self) -> None:
        """Ends the last block, and adds the provider's contacts as a text."""
        self._finish_capture()
        primary = next((f for f in self._b.whole.facts if f.name == "primaryIncidentType"), None)
        if primary is not None and not self._b.has_field("incident_type"):
            self._b.set_field("incident_type", str(primary.value), primary.sources[0].at, primary.sources[0].label)
        if self._contacts:
            at = place_on_page(self._contacts[0].page)
            self._b.add_text(
                self._b.reporter, "\n".join(line.text for line in self._contacts), at, "Reporting Electronic Service Provider"
            )

    def _take_heading(self, item: Item) -> None:
        """Begins the block of a person, the provider or the incident."""
        match = item.heading
        if match is None:
            return
        who, part = match["who"], (match["part"] or "").casefold()
        if who:
            self._subject = self._b.add_person(ROLES[normalise_label(who)], item.label)
        elif part.startswith(("reporting", "company")):
            self._subject = self._b.reporter
        else:
            self._subject = self._b.whole

    def _take_provider_item(self, item: Item) -> None:
        """Keeps the provider's contacts as text, and sets the company from "Submitter" or the line below it."""
        submits = item.key == "submitter" or self._awaits_company
        if submits and not self._b.has_field("esp"):
            company = _find_company(item)
            self._awaits_company = item.key == "submitter" and not company
            if company:
                self._b.set_field("esp", company, place_on_page(item.page), "Submitter")
        if item.label:
            self._contacts.append(PdfLine(item.page, item.label + ":"))
        self._contacts += item.lines

    def _take_labelled(self, item: Item) -> None:
        """Takes an item of a person, a file or the incident by its label."""
        at = place_on_page(item.page)
        if item.key == "ipaddress":
            self._start_capture(item)
        elif item.key in IDENTIFIERS:
            self._add_identifier(item, IDENTIFIERS[item.key])
        elif item.key in DEVICES or (self._subject is not self._b.whole and DEVICE_ID.fullmatch(item.key)):
            self._add_device(item)
        elif item.key in TEXTS:
            self._add_text(item)
        elif item.key == "priorctreports":
            self._add_prior_reports(item)
        elif item.key in ("sourceinformation", ""):
            self._take_unlabelled_lines(item)
        elif item.key in INCIDENT and self._subject is self._b.whole:
            self._take_incident(item)
        elif isinstance(self._subject, FileDraft) and self._take_file_item(item, self._subject):
            return
        elif item.key in FACTS:
            self._add_fact(item, FACTS[item.key])
        else:
            self._keep_unclaimed(at, item.label, item.text or item.label)

    def _keep_unclaimed(self, at: str, label: str, text: str) -> None:
        """Keeps text without a known label: as a text of the incident, so that its mentions are found, else as not understood."""
        if self._subject is self._b.whole:
            self._b.add_text(self._subject, f"{label}: {text}" if label else text, at, label or "Incident Information")
        else:
            self._b.add_unknown(f"{at}, {label}" if label else at, text)

    def _add_fact(self, item: Item, name: str) -> None:
        """Adds a fact.

        Integers take only the first line.
        """
        lines = [line.text for line in item.lines]
        if name in INTEGERS:
            self._keep_rest(item, "\n".join(lines[1:]))
            lines = lines[:1]
        value = " ".join(lines).strip()
        if not value or _SILENCE.fullmatch(value):
            return
        if name == "dateOfBirth":
            value = time_parsing.parse_birth_date(value) or value
        number = normal_forms.to_ascii_digits(value)
        plain = int(number) if name in INTEGERS and number.isdecimal() and len(number) < 7 else value
        self._b.add_fact(self._subject, name, plain, place_on_page(item.page), item.label)

    def _take_incident(self, item: Item) -> None:
        """Sets incident type, escalation or incident time."""
        at = place_on_page(item.page)
        value = item.lines[0].text if item.lines else ""
        if item.key == "incidenttype":
            if value:
                self._b.set_field("incident_type", " ".join(line.text for line in item.lines), at, item.label)
            return
        if item.key == "escalatetohighpriority":
            if value and not _SILENCE.fullmatch(value):
                self._b.escalate(self._subject, item.text, at, item.label)
            return
        found = DATE_LINE.match(item.text)
        when = time_parsing.parse_month_first_time(found["when"]) if found else None
        if when is not None and found is not None:
            self._b.set_field("incident_time", when, at, item.label)
            self._keep_rest(item, item.text[found.end() :])
        elif value:
            self._b.add_unknown(f"{at}, {item.label}", item.text)

    def _keep_rest(self, item: Item, text: str) -> None:
        """Keeps the text that stands behind a value."""
        if text.strip():
            self._keep_unclaimed(place_on_page(item.page), item.label, text.strip())

    def _add_identifier(self, item: Item, kind: str) -> None:
        """Adds an identifier with what its row or label states about it."""
        row = pdf_captures.read_wrapped_row(item) if kind in ONE_TOKEN else None
        value, said, left = (*row, "") if row else join_value(item, kind in ONE_TOKEN, kind == "address" or kind == "name")
        if not value or _SILENCE.fullmatch(value):
            return
        kind_said = next((name for start, name in TYPES.items() if item.key.startswith(start)), None)
        if kind_said and kind in ("phone", "email", "address"):
            said["details"] = (("type", kind_said), *said.get("details", ()))
        self._b.add_identifier(self._subject, kind, value, place_on_page(item.page), item.label, said)
        self._keep_rest(item, left)

    def _add_device(self, item: Item) -> None:
        """Adds a device id with its type."""
        row = pdf_captures.read_wrapped_row(item)
        value, said, left = (*row, "") if row else join_value(item, True, False)
        id_type = DEVICES.get(item.key, "")
        found = _WITH_TYPE.fullmatch(value)
        if found and not id_type:
            value, id_type = found[1], found[2]
        if value and not _SILENCE.fullmatch(value):
            said["details"] = describe_device_id(id_type or item.label, value) + said.get("details", ())
            self._b.add_identifier(self._subject, "device", value, place_on_page(item.page), item.label, said)
        self._keep_rest(item, left)

    def _add_text(self, item: Item) -> None:
        """Adds a text block.

        Of a file it may also state whether the company viewed it.
        """
        self._b.add_text(self._subject, item.text, place_on_page(item.page), item.label)
        if isinstance(self._subject, FileDraft) and self._subject.viewed_by_esp is None:
            viewed = _VIEWED_IN_TEXT.search(item.text)
            self._subject.viewed_by_esp = parse_tristate(viewed[1]) if viewed else None

    def _add_prior_reports(self, item: Item) -> None:
        """Adds numbers of earlier reports.

        Other text is kept as not understood.
        """
        at = place_on_page(item.page)
        for number in _REPORT_NUMBER.findall(item.text):
            self._b.prior_reports.append(number)
            self._b.add_fact(self._subject, "priorCTReports", number, at, item.label)
        rest = _NUMBERS_AND_GAPS.sub("", item.text)
        if rest and not _SILENCE.fullmatch(item.text):
            self._b.add_unknown(f"{at}, {item.label}", item.text)

    def _start_capture(self, item: Item) -> None:
        """Starts an address that waits for its port and time, which may stand on the lines below."""
        self._capture, below = pdf_captures.read_capture(item, self._subject)
        if self._capture is None:
            self._b.add_unknown(place_on_page(item.page, item.label), item.text)
            return
        self._take_lines_below(below, item)

    def _take_lines_below(self, lines: list[str], item: Item) -> None:
        """Gives lines to the waiting address, and the rest to `_take_unlabelled_lines`."""
        for text in lines:
            if self._capture is None or not self._capture.take_line(text):
                self._finish_capture()
                self._take_unlabelled_lines(Item("", item.label, item.page, lines=[PdfLine(item.page, text)]))

    def _add_port(self, item: Item) -> None:
        """Adds a port to the waiting address."""
        at = place_on_page(item.page, item.label)
        if self._capture is None:
            if item.text:
                self._b.add_unknown(at, item.text)
            return
        number, *below = [line.text for line in item.lines] or [""]
        behind = _PORT_AND_TIME.fullmatch(number)
        if behind:
            number, below = behind[1], [behind[2], *below]
        self._capture.port = self._b.parse_port(at, number) or self._capture.port
        self._take_lines_below(below, item)

    def _finish_capture(self) -> None:
        """Adds the waiting address, if there is one."""
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.add_to(self._b)

    def _take_unlabelled_lines(self, item: Item) -> None:
        """Reads lines without a label: rows of captures, web addresses, rows of the table of files."""
        for line in join_wrapped_lines(item.lines):
            at = place_on_page(line.page)
            row = ROW.fullmatch(line.text)
            if row:
                kind = guess_identifier_kind(row["type"], row["value"])
                said = pdf_captures.make_event_details(row["event"], row["when"])
                said["details"] = (("captureType", row["type"]), *said.get("details", ()))
                self._b.add_identifier(self._subject, kind, row["value"], at, row["type"], said)
            elif line.text.startswith(("http://", "https://")) and " " not in line.text:
                self._b.add_identifier(self._subject, "url", line.text, at, item.label or "URL")
            elif listed := LISTED_FILE.fullmatch(line.text):
                self._add_listed_file(listed[1], listed[2], at)
            elif normalise_label(line.text) not in TABLE_HEADS:
                self._keep_unclaimed(at, item.label, line.text)

    def _add_listed_file(self, name: str, md5: str, at: str) -> None:
        """Adds a row of the table of files.

        A block of the file's own may add more.
        """
        file = self._b.add_file(f"name:{name}", at, "Filename")
        file.name, file.declared = name, {"md5": md5}
        self._listed_files.setdefault(remove_blanks(name), file)

    def _start_file(self, item: Item) -> None:
        """Begins the block of a file."""
        lines = [line.text for line in item.lines]
        name = join_file_name(lines)
        listed = self._listed_files.pop(remove_blanks(name), None)
        file = listed or self._b.add_file(f"name:{name}", place_on_page(item.page), item.label)
        file.name = name or None
        self._subject = file

    def _take_file_item(self, item: Item, file: FileDraft) -> bool:
        """Reads statements that only files have, and returns False when the item is none."""
        value = "".join(line.text for line in item.lines).strip()
        at = place_on_page(item.page)
        if item.key in HASHES:
            found = _HASH.fullmatch(value)
            if found:
                file.declared.setdefault(normalise_hash_kind(item.key.removesuffix("hash")), found[1])
            self._keep_rest(item, found[2] if found else value)
        elif item.key in ORIGINAL_NAMES:
            file.original_name = join_file_name([line.text for line in item.lines]) or None
        elif item.key == "filerelevance":
            file.relevance = value or None
        elif item.key in CLASSES:
            if value and not _SILENCE.fullmatch(value):
                found = _CLASS.fullmatch(value)
                file.classification = found[1].upper() if found else value
                self._keep_rest(item, found[2] if found else "")
        elif item.key in UPLOADED:
            file.uploaded = time_parsing.parse_month_first_time(value)
            if file.uploaded is None and value:
                self._b.add_unknown(f"{at}, {item.label}", value)
        elif item.key in TAGS:
            file.annotations += [
                tag for part in _BETWEEN_TAGS.split(item.text) if (tag := part.strip()) and not _SILENCE.fullmatch(tag)
            ]
        elif item.key in VIEWED:
            file.viewed_by_esp = parse_tristate(value)
        elif item.key == "question":
            return self._take_question(item, file)
        else:
            return False
        return True

    def _take_question(self, item: Item, file: FileDraft) -> bool:
        """Reads a yes-no question about a file, and returns False when it is none."""
        found = _ANSWER.fullmatch(" ".join(line.text for line in item.lines))
        if found is None:
            return False
        about = normalise_label(found["question"])
        attribute = (
            "exif_viewed_by_esp"
            if "exif" in about
            else "publicly_available"
            if "publicly" in about
            else "viewed_by_esp"
            if "view" in about
            else None
        )
        if attribute is None:
            return False
        setattr(file, attribute, parse_tristate(found["answer"]))
        return True


def _find_company(item: Item) -> str:
    """Returns the company's name from lines in which two columns may run together.

    "Submitter: Point of Contact for Law Enforcement:" may stand over "Company Email: ...", or both headings over "Company". A tab
    marks where another column begins.
    """
    texts = [line.text for line in item.lines]
    if item.key not in ("submitter", "pointofcontactforlawenforcement") and item.label:
        texts = [] if item.key in KNOWN else [f"{item.label}: {item.text}"]
    texts = [_OTHER_COLUMN.sub("", text).strip() for text in texts]
    first = next((text for text in texts if text), "").partition("\t")[0]
    return _CONTACT.split(first, maxsplit=1)[0].strip(" :")
