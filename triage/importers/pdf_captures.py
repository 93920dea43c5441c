"""Reads captured addresses of a report PDF: on lines of their own, in tables, and in tables with wrapped cells.

IP Address: 203.0.113.5 (Login)      IP Address 203.0.113.5 Upload 01-05-2026 10:00:00 UTC
Port: 443                            IP Address: 203.0.113.5 (Login) Port: 443 01-05-2026 10:00:00 UTC
01-05-2026 10:00:00 UTC
"""

from __future__ import annotations

import re
from functools import lru_cache

from triage.importers import normal_forms, time_parsing
from triage.importers.building import BlockSubject, Builder, IdentifierDetails
from triage.importers.pdf_items import Item
from triage.model.document import place_on_page

DATE = r"\d{2}-\d{2}-\d{4}\s+\d{2}:\d{2}:\d{2}(?:\s*UTC)?"
DATE_LINE = re.compile(rf"(?P<when>{DATE})")
ROW = re.compile(rf"(?P<type>[A-Z][A-Za-z /]*?)(?<!\s)\s+(?P<value>\S+)\s+(?P<event>[A-Za-z]+)\s+(?P<when>{DATE})")
_CUT_ROW = re.compile(rf"(?P<value>\S+)\s+(?P<event>[A-Za-z]+)\s+(?P<when>{DATE})")
_EVENT_AND_DATE = re.compile(rf"(?:(?P<event>[A-Za-z]+)\s+)?(?P<when>{DATE})")
_ADDRESS = re.compile(
    r"(?P<ip>\[?[0-9A-Fa-f:.]+(?:%\w+)?(?:\]:\d{1,5}|\])?)(?P<marks>(?:\s*\([^)]{0,200}\))*)"
    rf"(?:[\s,;]+Port:?\s*(?P<port>\d{{1,5}}))?(?:\s+(?P<event>(?!Port\b)[A-Za-z]+))?(?:[\s,;]+(?P<when>{DATE}))?"
    r"(?:[\s,;]+Port:?\s*(?P<port_behind>\d{1,5}))?"
)
_EVENT = "Login|Logout|Registration|Purchase|Upload|Other|Unknown"
_EVENTS = re.compile(_EVENT)
_DAY, _CLOCK = r"\d{2}-\d{2}-\d{4}", r"\d{2}:\d{2}:\d{2}"
_NEXT_CELL = re.compile(
    rf"(?:(?:{_EVENT})(?:\s+{_DAY})?|[A-Za-z]+\s+{_DAY}|{_DAY})(?:\s+{_CLOCK})?(?:\s*UTC)?|{_CLOCK}(?:\s*UTC)?|UTC", re.IGNORECASE
)
"""What may stand below an address that stood in a row: the rest of that row, an event, a day, a clock."""
_PIECE = re.compile(r"(?:(?=[A-Fa-f]*[0-9:.])[0-9A-Fa-f:.]+|[a-f]{1,4})")
_MOST_PIECES = 6  # lines over which one capture may be broken
_MOST_ROW_LINES = 40
"""On which the cells of one row may stand: a word or two of each cell on a line."""
_ROWS_KEPT, _LONGEST_KEPT = 256, 100  # rows, and characters of one: a worker must not fill up with long ones
_ENDS_OPEN = re.compile(rf"(?:\s|^)(?:{_DAY}|{_CLOCK})$")
_MARK = re.compile(r"\(([^)]{0,200})\)")
_ONLY_CLOCK = re.compile(_CLOCK)


class PendingCapture:
    """An address that waits for its port and time."""

    __slots__ = ("event", "ip", "item", "marks", "port", "subject", "when")

    def __init__(self, item: Item, subject: BlockSubject, found: re.Match[str]) -> None:
        """Takes what the address's own line states, as `found` by the address pattern."""
        self.item, self.subject = item, subject
        self.event: str | None
        self.when: str | None
        self.ip, marks, self.event, self.when = found.group("ip", "marks", "event", "when")
        self.marks: list[str] = [mark.strip() for mark in _MARK.findall(marks)] if marks else []
        self.port = normal_forms.parse_port(found["port"] or found["port_behind"] or "")

    def take_line(self, text: str) -> bool:
        """Takes a line below as time or mark of the address.

        Returns False when it is neither.
        """
        if text[:1] == "(":
            mark = _MARK.fullmatch(text)
            if mark:
                self.marks.append(mark[1])
            return mark is not None
        if text == "UTC" and self.when is not None and not self.when.endswith(text):
            self.when += " UTC"  # its cell wrapped
            return True
        date = _match_date(text)
        if date and self.when is None:
            self.when = date["when"]
        return date is not None and self.when == date["when"]

    def add_to(self, b: Builder) -> None:
        """Adds the address to the document, with all that was found about it."""
        at, label = place_on_page(self.item.page), self.item.label
        said = IdentifierDetails(port=self.port)
        if self.when:
            said["time"] = time_parsing.parse_month_first_time(self.when)
            if said["time"] is None:
                b.add_unknown(f"{at}, {label}", self.when)
        events = [mark for mark in self.marks if mark and "proxy" not in mark.casefold()]
        said["event"] = self.event or ", ".join(events) or None
        said["possible_proxy"] = True if any("proxy" in mark.casefold() for mark in self.marks) else None
        b.add_identifier(self.subject, "ip", self.ip, at, label, said)


def read_capture(item: Item, subject: BlockSubject) -> tuple[PendingCapture | None, list[str]]:
    """Returns the address of an item and the lines below that are not of its row.

    Returns None when there is no address.
    """
    lines = [line.text for line in item.lines]
    if not lines:
        return None, lines
    row, below = _join_row(lines)
    found = _match_address(row)
    return (PendingCapture(item, subject, found), below) if found else (None, lines)


_recall_address = lru_cache(_ROWS_KEPT)(_ADDRESS.fullmatch)
_recall_date = lru_cache(_ROWS_KEPT)(DATE_LINE.fullmatch)
"""Few addresses are captured many times, and each time is asked for twice."""


def _match_address(row: str) -> re.Match[str] | None:
    """Returns the match of a row with an address. Long rows are not kept."""
    return _recall_address(row) if len(row) <= _LONGEST_KEPT else _ADDRESS.fullmatch(row)


def _match_date(line: str) -> re.Match[str] | None:
    """Returns the match of a line that is a time. Long lines are not kept."""
    return _recall_date(line) if len(line) <= _LONGEST_KEPT else DATE_LINE.fullmatch(line)


def _join_row(lines: list[str]) -> tuple[str, list[str]]:
    """Returns a row put together from wrapped cells, and the lines behind it.

    A wrapped cell continues below: the address at the start of the next line; day, time and zone at its end.
    """
    if "Port" in lines[0] or (len(lines) > 1 and lines[1].startswith("(")):
        for count in range(min(len(lines), 3), 0, -1):
            if _match_address(row := " ".join(lines[:count])):
                return row, lines[count:]
    if len(lines) == 1 or (len(lines) == 2 and _match_date(lines[1]) and not _lacks_end_of_time(lines[0])):
        return lines[0], lines[1:]  # as nearly all stand
    cut = _ADDRESS.fullmatch("".join(lines[:2]))
    if cut and cut["when"] and len(lines[0]) > cut.start("when") and normal_forms.normalise_ip(cut["ip"]):
        return "".join(lines[:2]), lines[2:]  # cut between any two characters
    wrapped = _count_address_lines(lines)
    row = "".join(_first_word(line) for line in lines[:wrapped]) + "".join(_after_first_word(line) for line in lines[:wrapped])
    below = lines[wrapped:]
    if len(below) > 1 and not _NEXT_CELL.fullmatch(below[0]) and _EVENTS.fullmatch("".join(below[:2])):
        below[:2] = ["".join(below[:2])]  # a narrow column broke the word
    while below and _NEXT_CELL.fullmatch(below[0]) and (_lacks_end_of_time(row) or not DATE_LINE.fullmatch(below[0])):
        row = f"{row} {below.pop(0)}"
    return row, below


def _lacks_end_of_time(row: str) -> bool:
    """Returns whether a row ends with a day, or a time without its zone, so that more must follow."""
    return row[-1:].isdigit() and _ENDS_OPEN.search(row) is not None


def _count_address_lines(lines: list[str]) -> int:
    """Returns on how many lines an address stands.

    All lines whose start may be a part of it are tried, since the first alone may look whole ("2001:db8::1" of "2001:db8::15").
    """
    address, count = _first_word(lines[0]), 1
    for n, line in enumerate(lines[1:_MOST_PIECES], 2):
        piece = _first_word(line)
        if not _PIECE.fullmatch(piece) or _ONLY_CLOCK.fullmatch(piece) or normal_forms.normalise_ip(piece):
            break
        address += piece
        count = n if normal_forms.normalise_ip(address) else count
    return count


def read_wrapped_row(item: Item) -> tuple[str, IdentifierDetails] | None:
    """Returns a value without blanks and its details from a row with event and time, wrapped or not.

    None for any other text.
    """
    cut = _CUT_ROW.fullmatch("".join(line.text for line in item.lines[:2]))
    if len(item.lines) == 2 and cut and len(item.lines[0].text) > cut.start("when"):
        return cut["value"], make_event_details(cut["event"], cut["when"])
    value, rest = "", ""
    if len(item.lines) > _MOST_ROW_LINES:
        return None
    for line in item.lines:
        cells = line.text
        if not _NEXT_CELL.fullmatch(cells):
            piece, cells = _first_word(cells), _after_first_word(cells).strip()
            if cells and not _NEXT_CELL.fullmatch(cells):
                return None
            value += piece
        elif not rest and DATE_LINE.fullmatch(cells):
            return None  # a time alone, below: of what is not said
        rest = f"{rest} {cells}".strip()
    found = _EVENT_AND_DATE.fullmatch(rest)
    if not found or not value:
        return None
    return value, make_event_details(found["event"], found["when"])


def make_event_details(event: str, when: str) -> IdentifierDetails:
    """Returns event and time of a row.

    An impossible time is kept as the source wrote it.
    """
    time = time_parsing.parse_month_first_time(when)
    return IdentifierDetails(event=event, time=time) if time else IdentifierDetails(event=event, details=(("dateTime", when),))


def _first_word(text: str) -> str:
    return text.partition(" ")[0]


def _after_first_word(text: str) -> str:
    """Returns the text behind the first word, with its blank."""
    rest = text.partition(" ")[2]
    return f" {rest}" if rest else ""
