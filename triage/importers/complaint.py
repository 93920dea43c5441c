"""Complaints of families and children, as structured forms: one JSON object a complaint, or a CSV of them.

A complaint is a report of its own under its own number with "C-" before it, so that it meets the tips on the same accounts,
phones and files by the ties between reports. The forms are described in docs/formats/complaints.md.
"""

from __future__ import annotations

import re

from triage.errors import InputError
from triage.importers import le_json_people as people
from triage.importers import times
from triage.importers.base import PdfText
from triage.importers.bounds import MAX_LABEL, Allowance, shortened
from triage.importers.building import HEX_LENGTH, Builder, FileDraft, Said, Subject
from triage.importers.forms import Row, is_table_with, number_of, rows_of, split_cell
from triage.importers.json_reading import Blocks, Handler, Json, Reader, parse, says_nothing
from triage.importers.le_json_leaves import fact, label_of, texts
from triage.model.document import Document, Role
from triage.model.formats import ReportFormat

_NUMBER_KEYS = ("complaintnumber", "complaintno", "complaintid")
_TELLING = re.compile(rb'"complaintNumber"\s*:')
_REPORT_NUMBER = re.compile(r"[0-9]{5,18}")
_KINDS = {
    "username": "username",
    "screenName": "username",
    "userId": "user_id",
    "displayName": "display_name",
    "profileUrl": "url",
    "url": "url",
    "phones": "phone",
    "phone": "phone",
    "emails": "email",
    "email": "email",
    "cnic": "cnic",
    "deviceId": "device",
    "imei": "device",
    "ip": "ip",
    "wallet": "wallet",
}
_NAMES_OF_ACCOUNTS = ("username", "user_id", "display_name")
_PERSONAL = (
    "age", "dateOfBirth", "gender", "relationToChild", "relationshipToChildVictim", "accessToChildVictim", "accessToChildren",
    "schoolName", "guardian", "language", "note",
)  # fmt: skip


class Complaint:
    format = ReportFormat.COMPLAINT
    asks_cell = False

    def detect(self, name: str, peek: bytes) -> bool:
        head = peek.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if head.startswith((b"{", b"[")):
            return _TELLING.search(head) is not None
        return is_table_with(peek, (_NUMBER_KEYS, _TELLING_COLUMNS))

    def read(self, path: str, data: bytes, cell: PdfText | None) -> tuple[Document, ...]:
        """One document a complaint."""
        if not data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"{", b"[")):
            return _from_table(path, data)
        parsed = parse(data)
        listed = [(f"$[{n}]", node) for n, node in enumerate(parsed)] if isinstance(parsed, list) else [("$", parsed)]
        complaints = [(at, node) for at, node in listed if _is_complaint(node)]
        if not complaints:
            raise InputError("JSON, but not a complaint: it has no complaintNumber.")
        drafts = _Drafts(path, len(data))
        for at, node in complaints:
            drafts.add(node["complaintNumber"], at, node)
        first = drafts.first
        for at, node in listed:
            if not _is_complaint(node):
                first.unknown(at, node)
        return drafts.documents()


def _is_complaint(node: Json) -> bool:
    return isinstance(node, dict) and not says_nothing(node.get("complaintNumber"))


class _Drafts:
    """Complaints in the making, by number: several rows, or objects, of one number are one complaint."""

    def __init__(self, path: str, size: int) -> None:
        self._path = path
        self._allowance = Allowance(size)
        self._readers: dict[str, Reader] = {}

    @property
    def first(self) -> Reader:
        return next(iter(self._readers.values()))

    def add(self, stated: Json, at: str, node: dict[str, Json]) -> None:
        number = number_of("C", stated if isinstance(stated, str | int) else "")
        reader = self._readers.get(number)
        if reader is None:
            reader = self._readers[number] = Reader(Builder(Complaint.format, self._path, self._allowance))
            reader.b.numbers.append(number)
        reader.block(node, at, _COMPLAINT, reader.b.whole)

    def documents(self) -> tuple[Document, ...]:
        return tuple(reader.b.build(f"{number.removeprefix('C-')}") for number, reader in self._readers.items())


def _identified(kind: str, key: str, platform: str = "") -> Handler:
    """One value, several in one text, a list, or a list of {"value", "verified"}."""
    with_details = people.many(kind, key)
    details: tuple[tuple[str, str], ...] = (("platform", platform),) if platform and kind in _NAMES_OF_ACCOUNTS else ()
    details += (("idType", "IMEI"),) if key == "imei" else ()

    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        if isinstance(node, list) and any(isinstance(each, dict) for each in node):
            with_details(r, node, at, subject)
            return
        for item, item_at in r.items(node, at, key):
            for value in split_cell(r.text(item, item_at)):
                r.b.identify(subject, kind, value, item_at, key, Said(details=details))

    return read


def _names(r: Reader, node: Json, at: str, subject: Subject) -> None:
    r.b.identify(subject, "name", r.text(node, at), at, label_of(at))


def _account(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """What is said of one account; the platform goes with its names, since a name alone ties less."""
    if not isinstance(node, dict):
        r.unknown(at, node)
        return
    platform = shortened(r.text(node.get("platform"), f"{at}.platform"), MAX_LABEL)
    named = {key: _identified(kind, key, platform) for key, kind in _KINDS.items()}
    r.block(node, at, {**_ACCOUNT, **named}, subject)


def _person(role: Role, says: str, blocks: Blocks) -> Handler:
    def read(r: Reader, node: Json, at: str, _: Subject) -> None:
        for item, item_at in r.items(node, at, says):
            subject = r.b.person(role, says)
            if isinstance(item, str):
                _names(r, item, item_at, subject)
            else:
                r.block(item, item_at, blocks, subject)

    return read


def _reported(r: Reader, node: Json, at: str, _: Subject) -> None:
    for item, item_at in r.items(node, at, "reportedAccounts"):
        _account(r, item, item_at, r.b.person("suspect", "reportedAccount"))


def _accounts(r: Reader, node: Json, at: str, subject: Subject) -> None:
    for item, item_at in r.items(node, at, "accounts"):
        _account(r, item, item_at, subject)


def _files(r: Reader, node: Json, at: str, _: Subject) -> None:
    for item, item_at in r.items(node, at, "files"):
        if not isinstance(item, dict):
            r.unknown(item_at, item)
            continue
        stated = {key: r.text(item.get(key), f"{item_at}.{key}") for key in ("name", *HEX_LENGTH)}
        key = f"name:{stated['name']}" if stated["name"] else f"hash:{next(filter(None, stated.values()), '')}"
        file = r.b.file(key, item_at, "files")
        file.name = stated["name"] or None
        file.declared = {kind: stated[kind].casefold() for kind in HEX_LENGTH if stated[kind]}
        r.block({k: v for k, v in item.items() if k not in stated}, item_at, _FILE, file)


def _described(r: Reader, node: Json, at: str, subject: Subject) -> None:
    if isinstance(subject, FileDraft):
        r.b.tell(subject, r.text(node, at), at, label_of(at))


def _number(r: Reader, node: Json, at: str, subject: Subject) -> None:
    r.b.fact(subject, "complaintNumber", r.text(node, at), at)


def _field(field: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        text = r.text(node, at)
        if text:
            r.b.set(field, text, at, label_of(at))

    return read


def _time(field: str) -> Handler:
    def read(r: Reader, node: Json, at: str, subject: Subject) -> None:
        text = r.text(node, at)
        when = times.moment(text)
        if when is not None:
            r.b.set(field, when, at, label_of(at))
        else:
            r.b.unknown(at, text)

    return read


def _related(r: Reader, node: Json, at: str, subject: Subject) -> None:
    """Numbers of tips the family or the office already knows of."""
    for item, item_at in r.items(node, at, "relatedReports"):
        for text in split_cell(r.text(item, item_at)):
            if _REPORT_NUMBER.fullmatch(text):
                r.b.prior_reports.append(text)
                r.b.fact(subject, "relatedReports", text, item_at)
            else:
                r.b.unknown(item_at, text)


_FILE: Blocks = {"description": _described, "note": _described}
_ACCOUNT: Blocks = {
    **{key: _identified(kind, key) for key, kind in _KINDS.items()},
    **dict.fromkeys((*_PERSONAL, "platform"), fact),
    "name": _names,
}
_PERSON: Blocks = {
    **{key: _identified(kind, key) for key, kind in _KINDS.items()},
    **dict.fromkeys(_PERSONAL, fact),
    "name": _names,
    "address": people.addresses,
    "addresses": people.addresses,
    "accounts": _accounts,
    "account": _accounts,
}
_COMPLAINT: Blocks = {
    "complaintNumber": _number,
    **dict.fromkeys(("channel", "office", "receivedBy", "verification", "verifiedBy", "verifiedAt", "status"), fact),
    "received": _time("received"),
    "incidentTime": _time("incident_time"),
    "incidentType": _field("incident_type"),
    "description": texts("description"),
    "familyWishes": texts("familyWishes"),
    "relatedReports": _related,
    "complainant": _person("victim", "complainant", _PERSON),
    "child": _person("victim", "child", _PERSON),
    "children": _person("victim", "children", _PERSON),
    "reportedAccounts": _reported,
    "reportedAccount": _reported,
    "files": _files,
}

_FILE_COLUMNS = (*_FILE, "name", *HEX_LENGTH)
_SECTIONS = {"complainant": tuple(_PERSON), "child": tuple(_PERSON), "account": tuple(_ACCOUNT), "file": _FILE_COLUMNS}
_BY_COLUMN: dict[str, tuple[str, str]] = {
    **{key.casefold(): ("", key) for key in _COMPLAINT if key not in ("complainant", "child", "children", "files")},
    **{f"{section}{key}".casefold(): (section, key) for section, keys in _SECTIONS.items() for key in keys},
    "relationtochild": ("complainant", "relationToChild"),
    "childplatform": ("childaccount", "platform"),
    "childusername": ("childaccount", "username"),
    "childuserid": ("childaccount", "userId"),
    "childprofileurl": ("childaccount", "profileUrl"),
}
"""Column in its bare spelling ("Child phone", child_phone: childphone) -> (section, key of the JSON form)."""
_TELLING_COLUMNS = frozenset(_BY_COLUMN) - frozenset(_NUMBER_KEYS)


def _from_table(path: str, data: bytes) -> tuple[Document, ...]:
    drafts = _Drafts(path, len(data))
    seen: set[tuple[str, str, str]] = set()
    left: list[Row] = []
    for row in rows_of(data):
        stated = next((row.cells[key] for key in _NUMBER_KEYS if row.cells.get(key)), "")
        if not stated:
            left.append(row)
            continue
        drafts.add(stated, row.at, _as_node(stated, row, seen))
    if not seen and not left:
        raise InputError("The table holds no complaints.")
    if not seen:
        raise InputError("The table of complaints has no row with a number.")
    for row in left:
        drafts.first.unknown(row.at, row.text)
    return drafts.documents()


def _as_node(stated: str, row: Row, seen: set[tuple[str, str, str]]) -> dict[str, Json]:
    """The row in the JSON form. What a row says of a person or an account again, word for word, is said once."""
    parts: dict[str, dict[str, Json]] = {}
    node: dict[str, Json] = {}
    for column, value in row.cells.items():
        if column in _NUMBER_KEYS:
            continue
        section, key = _BY_COLUMN.get(column, ("", row.labels[column]))
        if section:
            parts.setdefault(section, {})[key] = value
        elif (stated, key, value) not in seen:
            seen.add((stated, key, value))
            node[key] = value
    own = parts.pop("childaccount", None)
    if own:
        parts.setdefault("child", {})["accounts"] = [own]
    for section, values in parts.items():
        if (stated, section, repr(values)) not in seen:
            seen.add((stated, section, repr(values)))
            node[{"account": "reportedAccounts", "file": "files"}.get(section, section)] = values
    if (stated, "complaintNumber", stated) not in seen:
        seen.add((stated, "complaintNumber", stated))
        node["complaintNumber"] = stated
    return node
