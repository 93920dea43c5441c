"""Matches rows of replies to the lines of a request: by the line's number, else by value and time. A pure function of both.

A value of another kind than the line's is an answer: for an address the telephone number is what was asked for. Only a value of
the same kind that differs contradicts the line.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from triage.importers.normal_forms import (
    keep_digits,
    normalise_email,
    normalise_imei,
    normalise_ip,
    normalise_phone,
    parse_port,
    split_ip_and_port,
    to_ascii_digits,
)
from triage.importers.time_parsing import parse_iso_time
from triage.links.link_keys import normalise_text
from triage.message import Message
from triage.model.addresses import is_internal_address, parse_address
from triage.model.data_requests import ColumnKind, LineFact, ReplyRow
from triage.model.moment import PAKISTAN, parse_utc
from triage.store.queries.requests import StoredLine

_LINE_DIGITS = 10
_DISAGREE = Message("the line's number and the value do not agree")
_FIRST_DIFFERS = Message("several values of the row are of the line's kind, and the first is not the line's")
_NO_VALUE = Message("the row names no line and no value that was asked about")
_NO_TIME = Message("the row states no time, and the value was asked about at a time")
_NO_ZONE = Message("the time of the row states no zone")
_OTHER_TIME = Message("the value was asked about, but at another time or port")
_SEVERAL = Message("several lines fit")
_NO_KINDS: frozenset[str] = frozenset()
_IP, _PHONE, _IMEI, _WALLET, _ACCOUNT = (frozenset({kind}) for kind in ("IP address", "Phone", "IMEI", "Wallet", "Account"))
_EMAIL = frozenset({"e-mail address of an account"})
_FREE = _WALLET | _ACCOUNT
"""Kinds of values that may have any form."""
_KINDS_OF_COLUMN = {
    ColumnKind.IP: _IP,
    ColumnKind.PHONE: _PHONE,
    ColumnKind.SIM: _PHONE,
    ColumnKind.IMEI: _IMEI,
    ColumnKind.WALLET: _WALLET,
    ColumnKind.ACCOUNT: _FREE,
    ColumnKind.USER_ID: _ACCOUNT,
}
_PHONE_COLUMNS = (ColumnKind.ANY, ColumnKind.PHONE, ColumnKind.SIM)
_BARE_MOBILE = re.compile(r"3\d{9}")
"""A mobile number without its leading 0, which spreadsheets drop."""
_CARD_NUMBER = re.compile(r"\d{15}|\d{18,22}")
"""An IMSI or ICCID: the number of a SIM card, not of a telephone line."""
_WHOLE_NUMBER = re.compile(r"(\d+)\.0")
_LINES_KEPT = 4_096  # lines of a request whose kinds are remembered; an annex has some thousand at most
_NOT_STATED = frozenset({"", "n/a", "na", "nil", "null", "none", "not available", "not stated", "unknown"})
_DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class RowMatch:
    """The line that a row belongs to, or why it belongs to none."""

    line_id: int | None
    reason: Message | None = None


@dataclass(frozen=True, slots=True)
class OwnerStatement:
    """A value that a row states of the owner of its line, as an identifier."""

    kind: str
    value: str
    normalised: str | None


@dataclass(frozen=True, slots=True)
class _Cell:
    """A value of a row with the kinds of lines whose value it can be."""

    column: ColumnKind
    value: str
    kinds: frozenset[str]


class LineMatcher:
    """Matches rows to the lines of one request."""

    def __init__(self, lines: Sequence[StoredLine], find_other_request: Callable[[str], str | None]) -> None:
        """Indexes the lines. `find_other_request` returns the number of the request that has a line number, or None."""
        self._by_number = {line.line: line for line in lines}
        self._by_value: defaultdict[str, list[StoredLine]] = defaultdict(list)
        for line in lines:
            self._by_value[_normalise(line.value)].append(line)
        self._facts = {line.id: msgspec.json.decode(line.fact, type=LineFact) for line in lines}
        self._find_other_request = find_other_request

    def match(self, row: ReplyRow) -> RowMatch:
        """Returns the line of a row, or the reason why there is none."""
        cells = _list_cells(row)
        stated = row.line.strip()
        if _is_line_number(stated):
            number = _read_line_number(stated)
            line = self._by_number.get(number)
            return _check_line(line, cells) if line is not None else RowMatch(None, self._explain_number(number))
        references = self._find_references(row)
        if len(references) == 1:
            return _check_line(references[0], cells)
        if references:
            return RowMatch(None, _SEVERAL)
        return self._match_value(row, cells or _make_cells([(ColumnKind.ANY, stated)]))

    def _find_references(self, row: ReplyRow) -> list[StoredLine]:
        """Returns the lines whose numbers stand in the columns of references. Most references are no line numbers."""
        found = {
            line.id: line
            for kind, value in row.stated
            if kind is ColumnKind.REFERENCE and _is_line_number(value.strip())
            if (line := self._by_number.get(_read_line_number(value.strip()))) is not None
        }
        return list(found.values())

    def _explain_number(self, number: str) -> Message:
        """Returns why a line number is none of this request."""
        other = self._find_other_request(number)
        if other is not None:
            return Message("line {line} belongs to request {number}", line=number, number=other)
        return Message("there is no line {line} in this request", line=number)

    def _match_value(self, row: ReplyRow, cells: Sequence[_Cell]) -> RowMatch:
        """Matches by value; where a line has a time, by time and port too."""
        found = self._find_lines(cells)
        if not found:
            return RowMatch(None, _NO_VALUE)
        if len(found) > 1:
            return RowMatch(None, _SEVERAL)
        ((value, lines),) = found.items()
        beside = split_ip_and_port(value)[1]
        timed = [line for line in lines if line.utc is not None]
        if not timed:
            return RowMatch(lines[0].id) if len(lines) == 1 else RowMatch(None, _SEVERAL)
        if not row.time:
            return RowMatch(None, _NO_TIME)
        when = _parse_time(row.time)
        if when is None:
            return RowMatch(None, _NO_ZONE)
        port = parse_port(row.port) if row.port else beside
        fitting = [line for line in timed if self._fits(line, when, port)]
        if len(fitting) == 1:
            return RowMatch(fitting[0].id)
        return RowMatch(None, _SEVERAL if fitting else _OTHER_TIME)

    def _find_lines(self, cells: Sequence[_Cell]) -> dict[str, list[StoredLine]]:
        """Returns value of the row -> the lines that have it. Of several values of a line's kind only the first counts."""
        found: dict[str, dict[int, StoredLine]] = {}
        firsts: dict[frozenset[str], _Cell | None] = {}
        for cell in cells:
            for line in self._by_value.get(_normalise(split_ip_and_port(cell.value)[0]), ()):
                kinds = _find_line_kinds(line.kind, line.value)
                if kinds not in firsts:
                    firsts[kinds] = next(iter(_list_same_kind(kinds, cells)), None)
                if firsts[kinds] == cell:
                    found.setdefault(cell.value, {})[line.id] = line
        return {value: list(lines.values()) for value, lines in found.items()}

    def _fits(self, line: StoredLine, when: datetime, port: int | None) -> bool:
        """Returns whether a row of this time and port can be of the line."""
        if port is not None and line.port is not None and port != line.port:
            return False
        fact = self._facts[line.id]
        if fact.window_from and fact.window_to:
            return parse_utc(fact.window_from) <= when <= parse_utc(fact.window_to)
        return line.utc is not None and abs((parse_utc(line.utc) - when).total_seconds()) <= 1


def find_answers(row: ReplyRow, fact: LineFact) -> tuple[OwnerStatement, ...]:
    """Returns what a row of a line states of its owner beside name, CNIC, address and contact number.

    That are telephone numbers, and the ids under which an operator keeps its customer. What is of the line's own kind is none.
    """
    kinds = _find_line_kinds(fact.kind, fact.value)
    answers: list[OwnerStatement] = []
    for cell in _list_cells(row):
        if cell.kinds & kinds:
            continue
        number = _read_phone(cell.value)
        if cell.column in (ColumnKind.USER_ID, ColumnKind.ACCOUNT):
            answers.append(OwnerStatement("customer_id", cell.value, None))
        elif number is not None and cell.column in _PHONE_COLUMNS:
            answers.append(OwnerStatement("phone", cell.value, number))
    return tuple(dict.fromkeys(answers))


def is_stated(value: str) -> bool:
    """Returns whether a cell states something: neither nothing nor a word for nothing."""
    return any(map(str.isalnum, value)) and value.strip().lstrip("#").casefold() not in _NOT_STATED


def digest_row(row: ReplyRow) -> bytes:
    """Returns a digest of what a row says, wherever it stands: the same row again brings nothing."""
    values = (row.line, row.value, row.port, row.time, row.name, row.cnic, row.address, row.phone, row.more, row.stated)
    return hashlib.blake2b(msgspec.json.encode(values), digest_size=16).digest()


def _check_line(line: StoredLine, cells: Sequence[_Cell]) -> RowMatch:
    """Returns the line, unless a value of its own kind differs from its value."""
    kinds = _find_line_kinds(line.kind, line.value)
    asked = _normalise(line.value)
    agree = [_normalise(split_ip_and_port(cell.value)[0]) == asked for cell in _list_same_kind(kinds, cells)]
    if not agree or agree[0]:
        return RowMatch(line.id)
    return RowMatch(None, _FIRST_DIFFERS if any(agree) else _DISAGREE)


def _list_same_kind(kinds: frozenset[str], cells: Sequence[_Cell]) -> list[_Cell]:
    """Returns the values of a row that can be of a line's kinds, in the order of their columns.

    An operator that translates addresses states the private one too, which was not asked about.
    """
    same = [cell for cell in cells if cell.kinds & kinds]
    return [cell for cell in same if not _is_private(cell)] or same if kinds == _IP else same


def _is_private(cell: _Cell) -> bool:
    """Returns whether a value is an address of a private network."""
    address = parse_address(normalise_ip(split_ip_and_port(cell.value)[0]) or "")
    return address is not None and is_internal_address(address)


@lru_cache(_LINES_KEPT)
def _find_line_kinds(kind: str, value: str) -> frozenset[str]:
    """Returns the kinds of values that can be a line's: an account or wallet may be known by a telephone number."""
    if kind not in _FREE:
        return frozenset({kind})
    if _is_email(value):
        return _EMAIL
    return frozenset({kind}) | (_PHONE if _read_phone(value) else _NO_KINDS)


def _list_cells(row: ReplyRow) -> list[_Cell]:
    """Returns the values of a row by which a line may be recognised, in the order of their columns."""
    return _make_cells(row.stated or [(ColumnKind.ANY, row.value)])


def _make_cells(stated: Sequence[tuple[ColumnKind, str]]) -> list[_Cell]:
    """Returns the values that are stated, with their kinds."""
    return [
        _Cell(column, value.strip(), _find_kinds(column, value.strip()))
        for column, value in stated
        if column is not ColumnKind.REFERENCE and is_stated(value)
    ]


def _find_kinds(column: ColumnKind, value: str) -> frozenset[str]:
    """Returns the kinds of lines whose value a value can be: by the name of its column, and by its form."""
    of_form = _find_kinds_of_form(column, value)
    if column is ColumnKind.ANY:
        return of_form | _FREE if of_form else _IP | _PHONE | _IMEI | _FREE | _EMAIL
    if column is ColumnKind.SIM and not of_form and _CARD_NUMBER.fullmatch(keep_digits(value)):
        return _NO_KINDS
    return _KINDS_OF_COLUMN[column] | of_form


def _find_kinds_of_form(column: ColumnKind, value: str) -> frozenset[str]:
    """Returns the kinds whose form a value clearly has. A column of device numbers holds no telephone numbers."""
    if normalise_ip(split_ip_and_port(value)[0]):
        return _IP
    if _is_email(value):
        return _EMAIL
    if column is not ColumnKind.IMEI and _read_phone(value):
        return _PHONE
    return _IMEI if column in (ColumnKind.ANY, ColumnKind.IMEI) and normalise_imei(value) else _NO_KINDS


def _is_email(value: str) -> bool:
    """Returns whether a value is an e-mail address."""
    return normalise_email(value) is not None


def _read_phone(value: str) -> str | None:
    """Returns a telephone number in E.164 form, also a mobile number without its leading 0; None for any other value."""
    text = _WHOLE_NUMBER.sub(r"\1", to_ascii_digits(value.strip().lstrip("'")))
    bare = _BARE_MOBILE.fullmatch(re.sub(r"[ -]", "", text))
    return normalise_phone(f"0{bare[0]}" if bare else text)


def _read_line_number(stated: str) -> str:
    """Returns the digits of a line number."""
    return keep_digits(stated.removesuffix(".0"))


def _is_line_number(stated: str) -> bool:
    """Returns whether a text has the form of a line number: ten digits, the first none of 0."""
    digits = stated.removesuffix(".0")
    return digits.isdecimal() and len(digits) == _LINE_DIGITS and not keep_digits(digits).startswith("0")


def _normalise(value: str) -> str:
    """Returns the one spelling of a value under which lines and rows are compared."""
    text = _WHOLE_NUMBER.sub(r"\1", value.strip().lstrip("'"))
    return normalise_ip(text) or normalise_phone(text) or normalise_phone(text, "92") or normalise_text(text)


def _parse_time(text: str) -> datetime | None:
    """Returns a time that states its zone: UTC, an offset, or PKT; None for any other."""
    stated = text.strip()
    zone = PAKISTAN if stated.upper().endswith("PKT") else None
    bare = stated[:-3].strip() if zone is not None else stated
    if zone is None and bare.upper().endswith(("UTC", "GMT")):
        zone, bare = UTC, bare[:-3].strip()
    if zone is None:
        moment = parse_iso_time(stated)
        return moment.datetime() if moment is not None and moment.zone == "stated" else None
    moment = parse_iso_time(bare)
    if moment is not None:
        return moment.datetime().replace(tzinfo=zone)
    for form in _DAY_FIRST:
        try:
            return datetime.strptime(bare, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None
