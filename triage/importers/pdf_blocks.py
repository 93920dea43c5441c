"""Section A of a report PDF: the blocks of provider, incident, people and files, item by item."""

from __future__ import annotations

import re

from triage.importers import normal, pdf_captures, times
from triage.importers.building import Builder, FileDraft, Subject, hash_kind, tristate
from triage.importers.esp_leaves import device_details
from triage.importers.le_json_leaves import kind_of
from triage.importers.pdf_captures import DATE, DATE_LINE, ROW
from triage.importers.pdf_items import Item, bare
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
from triage.importers.pdf_lines import Line
from triage.importers.pdf_wrapped import LISTED_FILE, name_of, value_of, whole_lines, without_blanks

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


class Blocks:
    """Takes the items of Section A in their order. `finish` when there are no more."""

    def __init__(self, b: Builder) -> None:
        self._b = b
        self._subject: Subject = b.reporter
        self._capture: pdf_captures.Capture | None = None
        self._contacts: list[Line] = []
        self._awaits_company = False
        """The line "Submitter:" had no company: the next one that is not a contact's label begins with it."""
        self._listed_files: dict[str, FileDraft] = {}
        """Files of the table of files that had no block of their own yet, by name without blanks: it may have wrapped at one."""

    def take(self, item: Item) -> None:
        if item.heading is not None:
            self._flush()
            self._head(item)
            if item.lines:
                self.take(Item("", item.label, item.page, lines=item.lines))
        elif item.key == "port":
            self._port(item)
        elif item.key == "filename":
            self._flush()
            self._file(item)
        elif self._subject is self._b.reporter:
            self._of_provider(item)
        else:
            self._flush()
            self._one(item)

    def finish(self) -> None:
        self._flush()
        primary = next((f for f in self._b.whole.facts if f.name == "primaryIncidentType"), None)
        if primary is not None and not self._b.has("incident_type"):
            self._b.set("incident_type", str(primary.value), primary.sources[0].at, primary.sources[0].label)
        if self._contacts:
            at = f"page {self._contacts[0].page}"
            self._b.tell(
                self._b.reporter, "\n".join(line.text for line in self._contacts), at, "Reporting Electronic Service Provider"
            )

    def _head(self, item: Item) -> None:
        match = item.heading
        if match is None:
            return
        who, part = match["who"], (match["part"] or "").casefold()
        if who:
            self._subject = self._b.person(ROLES[bare(who)], item.label)
        elif part.startswith(("reporting", "company")):
            self._subject = self._b.reporter
        else:
            self._subject = self._b.whole

    def _of_provider(self, item: Item) -> None:
        """Who reports, and contacts: kept as one text; the name of the company stands behind or below "Submitter"."""
        submits = item.key == "submitter" or self._awaits_company
        if submits and not self._b.has("esp"):
            company = _company(item)
            self._awaits_company = item.key == "submitter" and not company
            if company:
                self._b.set("esp", company, f"page {item.page}", "Submitter")
        if item.label:
            self._contacts.append(Line(item.page, item.label + ":"))
        self._contacts += item.lines

    def _one(self, item: Item) -> None:
        at = f"page {item.page}"
        if item.key == "ipaddress":
            self._ip(item)
        elif item.key in IDENTIFIERS:
            self._identify(item, IDENTIFIERS[item.key])
        elif item.key in DEVICES or (self._subject is not self._b.whole and DEVICE_ID.fullmatch(item.key)):
            self._device(item)
        elif item.key in TEXTS:
            self._text(item)
        elif item.key == "priorctreports":
            self._prior(item)
        elif item.key in ("sourceinformation", ""):
            self._loose(item)
        elif item.key in INCIDENT and self._subject is self._b.whole:
            self._incident(item)
        elif isinstance(self._subject, FileDraft) and self._of_file(item, self._subject):
            return
        elif item.key in FACTS:
            self._fact(item, FACTS[item.key])
        else:
            self._unclaimed(at, item.label, item.text or item.label)

    def _unclaimed(self, at: str, label: str, text: str) -> None:
        """Of the incident a text, so that what it mentions is found; of people and files not understood."""
        if self._subject is self._b.whole:
            self._b.tell(self._subject, f"{label}: {text}" if label else text, at, label or "Incident Information")
        else:
            self._b.unknown(f"{at}, {label}" if label else at, text)

    def _fact(self, item: Item, name: str) -> None:
        lines = [line.text for line in item.lines]
        if name in INTEGERS:
            self._leftover(item, "\n".join(lines[1:]))
            lines = lines[:1]
        value = " ".join(lines).strip()
        if not value or _SILENCE.fullmatch(value):
            return
        if name == "dateOfBirth":
            value = times.birth_date(value) or value
        number = normal.ascii_digits(value)
        plain = int(number) if name in INTEGERS and number.isdecimal() and len(number) < 7 else value
        self._b.fact(self._subject, name, plain, f"page {item.page}", item.label)

    def _incident(self, item: Item) -> None:
        at = f"page {item.page}"
        value = item.lines[0].text if item.lines else ""
        if item.key == "incidenttype":
            if value:
                self._b.set("incident_type", " ".join(line.text for line in item.lines), at, item.label)
            return
        if item.key == "escalatetohighpriority":
            if value and not _SILENCE.fullmatch(value):
                self._b.escalate(self._subject, item.text, at, item.label)
            return
        found = DATE_LINE.match(item.text)
        when = times.month_first(found["when"]) if found else None
        if when is not None and found is not None:
            self._b.set("incident_time", when, at, item.label)
            self._leftover(item, item.text[found.end() :])
        elif value:
            self._b.unknown(f"{at}, {item.label}", item.text)

    def _leftover(self, item: Item, text: str) -> None:
        """What stands behind a value that was read: no label claims it."""
        if text.strip():
            self._unclaimed(f"page {item.page}", item.label, text.strip())

    def _identify(self, item: Item, kind: str) -> None:
        row = pdf_captures.row_of(item) if kind in ONE_TOKEN else None
        value, said, left = (*row, "") if row else value_of(item, kind in ONE_TOKEN, kind == "address" or kind == "name")
        if not value or _SILENCE.fullmatch(value):
            return
        kind_said = next((name for start, name in TYPES.items() if item.key.startswith(start)), None)
        if kind_said and kind in ("phone", "email", "address"):
            said["details"] = (("type", kind_said), *said.get("details", ()))
        self._b.identify(self._subject, kind, value, f"page {item.page}", item.label, said)
        self._leftover(item, left)

    def _device(self, item: Item) -> None:
        row = pdf_captures.row_of(item)
        value, said, left = (*row, "") if row else value_of(item, True, False)
        id_type = DEVICES.get(item.key, "")
        found = _WITH_TYPE.fullmatch(value)
        if found and not id_type:
            value, id_type = found[1], found[2]
        if value and not _SILENCE.fullmatch(value):
            said["details"] = device_details(id_type or item.label, value) + said.get("details", ())
            self._b.identify(self._subject, "device", value, f"page {item.page}", item.label, said)
        self._leftover(item, left)

    def _text(self, item: Item) -> None:
        self._b.tell(self._subject, item.text, f"page {item.page}", item.label)
        viewed = _VIEWED_IN_TEXT.search(item.text)
        if viewed and isinstance(self._subject, FileDraft) and self._subject.viewed_by_esp is None:
            self._subject.viewed_by_esp = tristate(viewed[1])

    def _prior(self, item: Item) -> None:
        at = f"page {item.page}"
        for number in _REPORT_NUMBER.findall(item.text):
            self._b.prior_reports.append(number)
            self._b.fact(self._subject, "priorCTReports", number, at, item.label)
        rest = _NUMBERS_AND_GAPS.sub("", item.text)
        if rest and not _SILENCE.fullmatch(item.text):
            self._b.unknown(f"{at}, {item.label}", item.text)

    def _ip(self, item: Item) -> None:
        """An address waits for its port and its time, which may stand on the lines below; a time further down is not its own."""
        self._capture, below = pdf_captures.read(item, self._subject)
        if self._capture is None:
            self._b.unknown(f"page {item.page}, {item.label}", item.text)
            return
        self._below(below, item)

    def _below(self, lines: list[str], item: Item) -> None:
        for text in lines:
            if self._capture is None or not self._capture.takes(text):
                self._flush()
                self._loose(Item("", item.label, item.page, lines=[Line(item.page, text)]))

    def _port(self, item: Item) -> None:
        at = f"page {item.page}, {item.label}"
        if self._capture is None:
            if item.text:
                self._b.unknown(at, item.text)
            return
        number, *below = [line.text for line in item.lines] or [""]
        behind = _PORT_AND_TIME.fullmatch(number)
        if behind:
            number, below = behind[1], [behind[2], *below]
        self._capture.port = self._b.port(at, number) or self._capture.port
        self._below(below, item)

    def _flush(self) -> None:
        capture, self._capture = self._capture, None
        if capture is not None:
            capture.write(self._b)

    def _loose(self, item: Item) -> None:
        """Lines under no label of their own: rows of the table of captures, addresses of pages, else not understood."""
        for line in whole_lines(item.lines):
            at = f"page {line.page}"
            row = ROW.fullmatch(line.text)
            if row:
                kind = kind_of(row["type"], row["value"])
                said = pdf_captures.said_at(row["event"], row["when"])
                said["details"] = (("captureType", row["type"]), *said.get("details", ()))
                self._b.identify(self._subject, kind, row["value"], at, row["type"], said)
            elif line.text.startswith(("http://", "https://")) and " " not in line.text:
                self._b.identify(self._subject, "url", line.text, at, item.label or "URL")
            elif listed := LISTED_FILE.fullmatch(line.text):
                self._listed(listed[1], listed[2], at)
            elif bare(line.text) not in TABLE_HEADS:
                self._unclaimed(at, item.label, line.text)

    def _listed(self, name: str, md5: str, at: str) -> None:
        """A row of the table of files; a block of its own, if the file has one, says more."""
        file = self._b.file(f"name:{name}", at, "Filename")
        file.name, file.declared = name, {"md5": md5}
        self._listed_files.setdefault(without_blanks(name), file)

    def _file(self, item: Item) -> None:
        lines = [line.text for line in item.lines]
        name = name_of(lines)
        listed = self._listed_files.pop(without_blanks(name), None)
        file = listed or self._b.file(f"name:{name}", f"page {item.page}", item.label)
        file.name = name or None
        self._subject = file

    def _of_file(self, item: Item, file: FileDraft) -> bool:
        """Statements that only files have; False when the item is none of them."""
        value = "".join(line.text for line in item.lines).strip()
        at = f"page {item.page}"
        if item.key in HASHES:
            found = _HASH.fullmatch(value)
            if found:
                file.declared.setdefault(hash_kind(item.key.removesuffix("hash")), found[1])
            self._leftover(item, found[2] if found else value)
        elif item.key in ORIGINAL_NAMES:
            file.original_name = name_of([line.text for line in item.lines]) or None
        elif item.key == "filerelevance":
            file.relevance = value or None
        elif item.key in CLASSES:
            if value and not _SILENCE.fullmatch(value):
                found = _CLASS.fullmatch(value)
                file.classification = found[1].upper() if found else value
                self._leftover(item, found[2] if found else "")
        elif item.key in UPLOADED:
            file.uploaded = times.month_first(value)
            if file.uploaded is None and value:
                self._b.unknown(f"{at}, {item.label}", value)
        elif item.key in TAGS:
            file.annotations += [
                tag for part in _BETWEEN_TAGS.split(item.text) if (tag := part.strip()) and not _SILENCE.fullmatch(tag)
            ]
        elif item.key in VIEWED:
            file.viewed_by_esp = tristate(value)
        elif item.key == "question":
            return self._question(item, file)
        else:
            return False
        return True

    def _question(self, item: Item, file: FileDraft) -> bool:
        found = _ANSWER.fullmatch(" ".join(line.text for line in item.lines))
        if found is None:
            return False
        about = bare(found["question"])
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
        setattr(file, attribute, tristate(found["answer"]))
        return True


def _company(item: Item) -> str:
    """The columns of the page may run together: "Submitter: Point of Contact for Law Enforcement:" over "Company Email: ...", or
    both headings over "Company". A tab stands where the page tells that another column begins."""
    texts = [line.text for line in item.lines]
    if item.key not in ("submitter", "pointofcontactforlawenforcement") and item.label:
        texts = [] if item.key in KNOWN else [f"{item.label}: {item.text}"]
    texts = [_OTHER_COLUMN.sub("", text).strip() for text in texts]
    first = next((text for text in texts if text), "").partition("\t")[0]
    return _CONTACT.split(first, maxsplit=1)[0].strip(" :")
