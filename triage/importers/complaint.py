"""Complaints of families and children, as structured forms: one JSON object a complaint, or a CSV of them.

A complaint is a report of its own under its own number with "C-" before it, so that it meets the tips on the same accounts,
phones and files by the ties between reports. The forms are described in docs/formats/complaints.md.
"""

from __future__ import annotations

import re

from triage.errors import InputError
from triage.importers import le_json_people as people
from triage.importers import time_parsing
from triage.importers.base import PdfText, RefusedParts
from triage.importers.bounds import MAX_LABEL, Allowance, shorten_middle
from triage.importers.building import BlockSubject, Builder, FileDraft, IdentifierDetails
from triage.importers.complainant import COMPLAINANT, is_child_itself
from triage.importers.forms import Row, has_columns, make_report_number, read_rows, split_cell
from triage.importers.json_reading import Blocks, Handler, Json, JsonReader, is_empty_json, parse_json, serialise_json
from triage.importers.le_json_leaves import last_key, make_text_handler, read_fact
from triage.message import Message
from triage.model.digest_kinds import DIGEST_HEX
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


class ComplaintImporter:
    """Reads complaints in JSON or CSV."""

    format = ReportFormat.COMPLAINT
    needs_sandbox = False

    def detect(self, name: str, peek: bytes) -> bool:
        """Returns whether the file begins as JSON with a complaintNumber, or as a table of complaints."""
        head = peek.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        if head.startswith((b"{", b"[")):
            return _TELLING.search(head) is not None
        return has_columns(peek, (_NUMBER_KEYS, _TELLING_COLUMNS))

    def read(
        self, path: str, data: bytes, extract_pages: PdfText | None, refused: RefusedParts | None = None
    ) -> tuple[Document, ...]:
        """Returns one document a complaint.

        What has no usable number is refused by itself. Raises InputError when there is no complaint.
        """
        refused = RefusedParts() if refused is None else refused
        if not data.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith((b"{", b"[")):
            return _read_table(path, data, refused)
        parsed = parse_json(data)
        listed = [(f"$[{n}]", node) for n, node in enumerate(parsed)] if isinstance(parsed, list) else [("$", parsed)]
        complaints = [(at, node) for at, node in listed if _is_complaint(node)]
        if not complaints:
            raise InputError("JSON, but not a complaint: it has no complaintNumber.")
        drafts = _ComplaintDrafts(path, len(data), refused)
        for at, node in listed:
            if _is_complaint(node):
                drafts.add(node["complaintNumber"], at, node, serialise_json(node))
            elif not is_empty_json(node):
                refused.add(at, _NO_NUMBER, serialise_json(node))
        return drafts.documents()


_NO_NUMBER = Message("This entry has no complaint number. Give it one, and import it again.")


def _is_complaint(node: Json) -> bool:
    """Returns whether a JSON value is an object with a complaint number."""
    return isinstance(node, dict) and not is_empty_json(node.get("complaintNumber"))


class _ComplaintDrafts:
    """Complaints that are being built, by number.

    Several rows or objects of one number are one complaint.
    """

    def __init__(self, path: str, size: int, refused: RefusedParts) -> None:
        self._path, self._refused = path, refused
        self._problem: InputError | None = None
        self._allowance = Allowance(size)
        self._readers: dict[str, JsonReader] = {}

    def add(self, stated: Json, at: str, node: dict[str, Json], text: str) -> None:
        """Adds one object or row to the complaint of the stated number, or refuses its text when the number is not usable."""
        try:
            number = make_report_number("C", stated if isinstance(stated, str | int) else "")
        except InputError as error:
            self._problem = error
            self._refused.add(at, error.message, text)
            return
        reader = self._readers.get(number)
        if reader is None:
            reader = self._readers[number] = JsonReader(Builder(ComplaintImporter.format, self._path, self._allowance))
            reader.b.numbers.append(number)
        reader.read_block(node, at, _COMPLAINT, reader.b.whole)

    def documents(self) -> tuple[Document, ...]:
        """Returns the finished documents, one a complaint.

        Raises InputError when there is none.
        """
        if self._problem is not None and not self._readers:
            raise self._problem
        return tuple(reader.b.build(f"{number.removeprefix('C-')}") for number, reader in self._readers.items())


def _make_identifier_handler(kind: str, key: str, platform: str = "") -> Handler:
    """Returns a handler for one value, several in one text, a list, or a list of {"value", "verified"}."""
    with_details = people.make_identifier_list_handler(kind, key)
    details: tuple[tuple[str, str], ...] = (("platform", platform),) if platform and kind in _NAMES_OF_ACCOUNTS else ()
    details += (("idType", "IMEI"),) if key == "imei" else ()

    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        if isinstance(node, list) and any(isinstance(each, dict) for each in node):
            with_details(r, node, at, subject)
            return
        for item, item_at in r.iter_items(node, at, key):
            for value in split_cell(r.read_text(item, item_at)):
                r.b.add_identifier(subject, kind, value, item_at, key, IdentifierDetails(details=details))

    return read


def _read_name(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    r.b.add_identifier(subject, "name", r.read_text(node, at), at, last_key(at))


def _read_account(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Reads one account.

    The platform is kept with its names, since a name alone links less.
    """
    if not isinstance(node, dict):
        r.keep_unknown(at, node)
        return
    platform = shorten_middle(r.read_text(node.get("platform"), f"{at}.platform"), MAX_LABEL)
    named = {key: _make_identifier_handler(kind, key, platform) for key, kind in _KINDS.items()}
    r.read_block(node, at, {**_ACCOUNT, **named}, subject)


def _make_person_handler(role: Role, says: str, blocks: Blocks) -> Handler:
    """Returns a handler that adds each item as a person of this role; a complainant who is stated to be the child is one."""

    def read(r: JsonReader, node: Json, at: str, _: BlockSubject) -> None:
        for item, item_at in r.iter_items(node, at, says):
            relation = item.get("relationToChild") if isinstance(item, dict) else None
            subject = r.b.add_person("victim" if is_child_itself(relation) else role, says)
            if isinstance(item, str):
                _read_name(r, item, item_at, subject)
            else:
                r.read_block(item, item_at, blocks, subject)

    return read


def _read_reported_accounts(r: JsonReader, node: Json, at: str, _: BlockSubject) -> None:
    for item, item_at in r.iter_items(node, at, "reportedAccounts"):
        _read_account(r, item, item_at, r.b.add_person("suspect", "reportedAccount"))


def _read_accounts(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    for item, item_at in r.iter_items(node, at, "accounts"):
        _read_account(r, item, item_at, subject)


def _read_files(r: JsonReader, node: Json, at: str, _: BlockSubject) -> None:
    for item, item_at in r.iter_items(node, at, "files"):
        if not isinstance(item, dict):
            r.keep_unknown(item_at, item)
            continue
        stated = {key: r.read_text(item.get(key), f"{item_at}.{key}") for key in ("name", *DIGEST_HEX)}
        key = f"name:{stated['name']}" if stated["name"] else f"hash:{next(filter(None, stated.values()), '')}"
        file = r.b.add_file(key, item_at, "files")
        file.name = stated["name"] or None
        file.declared = {kind: stated[kind].casefold() for kind in DIGEST_HEX if stated[kind]}
        r.read_block({k: v for k, v in item.items() if k not in stated}, item_at, _FILE, file)


def _read_description(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    if isinstance(subject, FileDraft):
        r.b.add_text(subject, r.read_text(node, at), at, last_key(at))


def _read_number(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    r.b.add_fact(subject, "complaintNumber", r.read_text(node, at), at)


def _make_field_handler(field: str) -> Handler:
    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        text = r.read_text(node, at)
        if text:
            r.b.set_field(field, text, at, last_key(at))

    return read


def _make_time_handler(field: str) -> Handler:
    def read(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
        text = r.read_text(node, at)
        when = time_parsing.parse_iso_time(text)
        if when is not None:
            r.b.set_field(field, when, at, last_key(at))
        else:
            r.b.add_unknown(at, text)

    return read


def _read_related_reports(r: JsonReader, node: Json, at: str, subject: BlockSubject) -> None:
    """Reads the numbers of tips that the family or the office already knows."""
    for item, item_at in r.iter_items(node, at, "relatedReports"):
        for text in split_cell(r.read_text(item, item_at)):
            if _REPORT_NUMBER.fullmatch(text):
                r.b.prior_reports.append(text)
                r.b.add_fact(subject, "relatedReports", text, item_at)
            else:
                r.b.add_unknown(item_at, text)


_FILE: Blocks = {"description": _read_description, "note": _read_description}
_ACCOUNT: Blocks = {
    **{key: _make_identifier_handler(kind, key) for key, kind in _KINDS.items()},
    **dict.fromkeys((*_PERSONAL, "platform"), read_fact),
    "name": _read_name,
}
_PERSON: Blocks = {
    **{key: _make_identifier_handler(kind, key) for key, kind in _KINDS.items()},
    **dict.fromkeys(_PERSONAL, read_fact),
    "name": _read_name,
    "address": people.read_addresses,
    "addresses": people.read_addresses,
    "accounts": _read_accounts,
    "account": _read_accounts,
}
_COMPLAINT: Blocks = {
    "complaintNumber": _read_number,
    **dict.fromkeys(("channel", "office", "receivedBy", "verification", "verifiedBy", "verifiedAt", "status"), read_fact),
    "received": _make_time_handler("received"),
    "incidentTime": _make_time_handler("incident_time"),
    "incidentType": _make_field_handler("incident_type"),
    "description": make_text_handler("description"),
    "familyWishes": make_text_handler("familyWishes"),
    "relatedReports": _read_related_reports,
    COMPLAINANT: _make_person_handler("complainant", COMPLAINANT, _PERSON),
    "child": _make_person_handler("victim", "child", _PERSON),
    "children": _make_person_handler("victim", "children", _PERSON),
    "reportedAccounts": _read_reported_accounts,
    "reportedAccount": _read_reported_accounts,
    "files": _read_files,
}

_FILE_COLUMNS = (*_FILE, "name", *DIGEST_HEX)
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


def _read_table(path: str, data: bytes, refused: RefusedParts) -> tuple[Document, ...]:
    """Returns the complaints of a CSV. A row without a usable number is refused by itself.

    Raises InputError when no row has a number.
    """
    drafts = _ComplaintDrafts(path, len(data), refused)
    seen: set[tuple[str, str, str]] = set()
    left: list[Row] = []
    for row in read_rows(data):
        stated = next((row.cells[key] for key in _NUMBER_KEYS if row.cells.get(key)), "")
        if not stated:
            left.append(row)
            continue
        drafts.add(stated, row.at, _row_to_json(stated, row, seen), row.text)
    if not seen and not left:
        raise InputError("The table holds no complaints.")
    if not seen:
        raise InputError("The table of complaints has no row with a number.")
    for row in left:
        refused.add(row.at, _NO_NUMBER, row.text)
    return drafts.documents()


def _row_to_json(stated: str, row: Row, seen: set[tuple[str, str, str]]) -> dict[str, Json]:
    """Returns a row in the JSON form.

    Values that a row repeats about a person or an account are left out.
    """
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
