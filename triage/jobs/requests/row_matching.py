"""Matches rows of replies to the lines of a request: by the line's number, else by value and time. A pure function of both."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import msgspec

from triage.importers.normal_forms import keep_digits, normalise_ip, normalise_phone, parse_port, split_ip_and_port
from triage.importers.time_parsing import parse_iso_time
from triage.links.link_keys import normalise_text
from triage.message import Message
from triage.model.data_requests import LineFact, ReplyRow
from triage.model.moment import PAKISTAN, parse_utc
from triage.store.queries.requests import StoredLine

_LINE_DIGITS = 10
_CNIC_DIGITS = 13
_DEVICE_DIGITS = (14, 22)
"""Digits of IMEI, IMSI and the number of a SIM."""
_MARKS_IN_NUMBERS = 4
_DISAGREE = Message("the line's number and the value do not agree")
_NO_VALUE = Message("the row names no line and no value that was asked about")
_NO_TIME = Message("the row states no time, and the value was asked about at a time")
_NO_ZONE = Message("the time of the row states no zone")
_OTHER_TIME = Message("the value was asked about, but at another time or port")
_SEVERAL = Message("several lines fit")
_DAY_FIRST = ("%d/%m/%Y %H:%M:%S", "%d-%m-%Y %H:%M:%S", "%d-%b-%Y %H:%M:%S")


@dataclass(frozen=True, slots=True)
class RowMatch:
    """The line that a row belongs to, or why it belongs to none."""

    line_id: int | None
    reason: Message | None = None


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
        stated = row.line.strip()
        number = keep_digits(stated.removesuffix(".0"))
        line = self._by_number.get(number) if _is_line_number(stated) else None
        values = [value for each in (row.value, *row.others) if (value := each.strip())]
        if line is not None:
            return RowMatch(None, _DISAGREE) if _disagrees(line, values) else RowMatch(line.id)
        if _is_line_number(stated):
            return RowMatch(None, self._explain_number(number))
        return self._match_values(row, values or [stated])

    def _explain_number(self, number: str) -> Message:
        """Returns why a line number is none of this request."""
        other = self._find_other_request(number)
        if other is not None:
            return Message("line {line} belongs to request {number}", line=number, number=other)
        return Message("there is no line {line} in this request", line=number)

    def _match_values(self, row: ReplyRow, stated: Sequence[str]) -> RowMatch:
        """Matches by each value that the row states: those that were asked about must name one line."""
        matches = [self._match_value(row, value) for value in stated]
        known = [match for match in matches if match.reason is not _NO_VALUE]
        lines = {match.line_id for match in known}
        return known[0] if len(lines) == 1 else RowMatch(None, _SEVERAL) if known else matches[0]

    def _match_value(self, row: ReplyRow, stated: str) -> RowMatch:
        """Matches by value; where a line has a time, by time and port too."""
        value, beside = split_ip_and_port(stated)
        lines = self._by_value.get(_normalise(value), []) if value else []
        if not lines:
            return RowMatch(None, _NO_VALUE)
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

    def _fits(self, line: StoredLine, when: datetime, port: int | None) -> bool:
        """Returns whether a row of this time and port can be of the line."""
        if port is not None and line.port is not None and port != line.port:
            return False
        fact = self._facts[line.id]
        if fact.window_from and fact.window_to:
            return parse_utc(fact.window_from) <= when <= parse_utc(fact.window_to)
        return line.utc is not None and abs((parse_utc(line.utc) - when).total_seconds()) <= 1


def find_subscriber_numbers(row: ReplyRow, asked: str) -> tuple[str, ...]:
    """Returns the telephone numbers that a row gives as an answer, and not as what was asked about, as the row spells them."""
    found = {"": "", _normalise(asked): ""}
    for value in (row.phone, row.value, *row.others):
        if _find_form(value) == "phone":
            found.setdefault(_normalise(value), value.strip().lstrip("'"))
    if row.phone and row.phone not in found.values() and _find_form(row.phone) != "phone":
        found[row.phone] = row.phone
    return tuple(value for value in found.values() if value)


def _disagrees(line: StoredLine, values: Sequence[str]) -> bool:
    """Returns whether a row names by its values another line of the same kind. A value of another kind is part of the answer."""
    asked = _normalise(line.value)
    stated = [split_ip_and_port(value)[0] for value in values]
    alike = [_normalise(value) for value in stated if _find_form(value) == _find_form(line.value)]
    return bool(alike) and asked not in alike


def _find_form(value: str) -> str:
    """Returns of which kind a value is by its form: ip, phone, device, card or name."""
    text = value.strip().lstrip("'")
    if normalise_ip(split_ip_and_port(text)[0]):
        return "ip"
    if normalise_phone(text) or normalise_phone(text, "92"):
        return "phone"
    digits = keep_digits(text)
    if len(digits) >= len(text) - _MARKS_IN_NUMBERS:
        if len(digits) == _CNIC_DIGITS:
            return "card"
        if _DEVICE_DIGITS[0] <= len(digits) <= _DEVICE_DIGITS[1]:
            return "device"
    return "name"


def digest_row(row: ReplyRow) -> bytes:
    """Returns a digest of what a row says, wherever it stands: the same row again brings nothing."""
    said = msgspec.json.encode((row.line, row.value, row.port, row.time, row.name, row.cnic, row.address, row.phone, row.more))
    return hashlib.blake2b(said, digest_size=16).digest()


def _is_line_number(stated: str) -> bool:
    """Returns whether a text has the form of a line number: ten digits, the first none of 0."""
    digits = stated.removesuffix(".0")
    return digits.isdecimal() and len(digits) == _LINE_DIGITS and not keep_digits(digits).startswith("0")


def _normalise(value: str) -> str:
    """Returns the one spelling of a value under which lines and rows are compared."""
    text = value.strip().lstrip("'")
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
