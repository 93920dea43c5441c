"""Finds the columns of a reply by their names, and makes rows of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from triage import limits
from triage.importers.chat_files.text_decoding import clean_text
from triage.model.data_requests import ReplyRow, ReplyTable

_STATES_ZONE = re.compile(r"[A-Za-z]{1,4}$|[+-]\d\d:?\d\d$")
_FIRST_ROWS = 30
"""Rows in which the names of the columns may stand: replies begin with letter heads."""
_NAMES: dict[str, tuple[str, ...]] = {
    "line": ("line", "lineno", "linenumber", "lineid", "annexline", "lineref", "linereference", "requestline", "لائن"),
    "value": (
        "value", "number", "msisdn", "msisdnno", "subscribernumber", "requestednumber", "mobilenumber", "mobileno", "sim",
        "simno", "simnumber", "imsi", "imsino", "imsinumber", "iccid", "ip", "sourceip", "ipaddress", "publicip",
        "publicipaddress", "natip", "imei", "imeino", "imeinumber", "wallet", "walletnumber", "account", "accountnumber",
        "accountid", "accountno",
        "userid", "username", "identifier", "نمبر",
    ),
    "port": ("port", "sourceport", "srcport", "publicport", "natport", "publicsourceport"),
    "time": ("utc", "timeutc", "utctime", "datetimeutc", "time", "datetime", "timestamp", "starttime", "sessionstart", "pkt"),
    "name": (
        "name", "fullname", "subscriber", "subscribername", "customer", "customername", "owner", "ownername", "registeredname",
        "accounttitle", "nameofsubscriber", "registeredto", "نام",
    ),
    "cnic": ("cnic", "cnicno", "cnicnumber", "nic", "nicno", "nicnumber", "idcard", "idcardno", "nationalid", "شناختیکارڈ"),
    "address": (
        "address", "postaladdress", "registeredaddress", "residentialaddress", "customeraddress", "subscriberaddress",
        "installationaddress", "homeaddress", "پتہ",
    ),
    "phone": ("contact", "contactno", "contactnumber", "alternatenumber", "othernumber", "secondarynumber", "contactphone"),
}  # fmt: skip
_PHONES = ("phone", "phoneno", "phonenumber", "mobile", "cell", "cellno", "telephone", "telephoneno")
"""The line that was asked about, where no other column names it; else a number to reach the owner at."""
_FORENAMES, _SURNAMES = ("firstname", "givenname"), ("lastname", "surname", "familyname")
_OWN = frozenset(("kind", "windowfromutc", "windowtoutc", "note"))
"""Columns of our own annex that come back with it."""
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what: its place by field, those of a name in two parts, and the other columns by their names."""

    places: dict[str, int]
    name_parts: tuple[int, ...]
    others: tuple[tuple[int, str], ...]
    more_values: tuple[int, ...] = ()
    """Further columns by which a line may be named; they are among `others` too."""
    zone: str = ""
    """The zone that the name of the time's column states: UTC, PKT or nothing."""


@dataclass(slots=True)
class RowCollector:
    """Collects rows up to the limits; what lies beyond is counted."""

    rows: list[ReplyRow] = field(default_factory=list)
    left_out: int = 0
    text: int = 0

    def add(self, row: ReplyRow) -> None:
        """Adds a row, or counts it."""
        length = len(row.at) + sum(len(value) for value in _values(row)) + sum(len(a) + len(b) for a, b in row.more)
        if len(self.rows) >= limits.MAX_REPLY_ROWS or self.text + length > limits.MAX_REPLY_TEXT:
            self.left_out += 1
            return
        self.text += length
        self.rows.append(row)

    def to_table(self) -> ReplyTable:
        """Returns what was collected."""
        return ReplyTable(tuple(self.rows), self.left_out)


def _values(row: ReplyRow) -> tuple[str, ...]:
    """Returns the fields of a row."""
    return (row.line, row.value, row.port, row.time, row.name, row.cnic, row.address, row.phone)


def simplify(name: str) -> str:
    """Returns the name of a column as letters and digits only, case-folded."""
    folded = unicodedata.normalize("NFKC", name[:200]).casefold()
    return "".join(char for char in folded if char.isalnum())


def find_columns(cells: Sequence[str]) -> Columns | None:
    """Returns the columns that a row of names names, or None when it names fewer than two that matter."""
    places: dict[str, int] = {}
    phones: list[int] = []
    parts: list[int] = []
    others: list[tuple[int, str]] = []
    more_values: list[int] = []
    for at, cell in enumerate(cells[: limits.MAX_REPLY_COLUMNS]):
        name = simplify(cell)
        found = _FIELD_OF.get(name)
        if found is not None and found not in places:
            places[found] = at
        elif name in _PHONES:
            phones.append(at)
        elif name in _FORENAMES or name in _SURNAMES:
            parts.append(at)
        elif name and name not in _OWN:
            others.append((at, cut(cell)))
            if found == "value":
                more_values.append(at)
    if phones:
        places.setdefault("value" if "value" not in places else "phone", phones[0])
    if len(phones) > 1:
        places.setdefault("phone", phones[1])
    if len(places) + bool(parts) < 2 or not places.keys() & {"line", "value"}:
        return None
    named = simplify(cells[places["time"]]) if "time" in places else ""
    zone = next((zone for zone in ("UTC", "PKT") if zone.casefold() in named), "")
    return Columns(places, tuple(parts), tuple(others), tuple(more_values), zone)


def collect_rows(rows: Iterable[Sequence[str]], collector: RowCollector, where: str = "") -> None:
    """Collects the rows behind the one that names the columns, if any does. `where` names sheet or table."""
    columns: Columns | None = None
    for number, cells in enumerate(rows, 1):
        if columns is None:
            if number > _FIRST_ROWS:
                return
            columns = find_columns(cells)
            continue
        if any(cell.strip() for cell in cells[: limits.MAX_REPLY_COLUMNS]):
            collector.add(make_row(columns, cells, f"{where}row {number}"))


def make_row(columns: Columns, cells: Sequence[str], at: str) -> ReplyRow:
    """Returns a row of a table."""
    taken = {field: _take(cells, place) for field, place in columns.places.items()}
    if columns.name_parts and not taken.get("name"):
        taken["name"] = " ".join(filter(None, (_take(cells, place) for place in columns.name_parts)))
    if columns.zone and taken.get("time") and not _STATES_ZONE.search(taken["time"]):
        taken["time"] = f"{taken['time']} {columns.zone}"
    more = tuple((name, value) for place, name in columns.others if (value := _take(cells, place)))
    values = tuple(value for place in columns.more_values if (value := _take(cells, place)))
    return ReplyRow(at=at, more=more, others=values, **taken)


def make_row_of_pairs(pairs: Sequence[tuple[str, str]], at: str) -> ReplyRow | None:
    """Returns a row of names with their values; None when they name nothing that matters."""
    columns = find_columns([name for name, _ in pairs])
    return None if columns is None else make_row(columns, [value for _, value in pairs], at)


def _take(cells: Sequence[str], place: int) -> str:
    """Returns a cell of a row, "" when the row is shorter."""
    return cut(cells[place]) if place < len(cells) else ""


def cut(text: str) -> str:
    """Returns the text on one line, with at most so many characters as a cell may have."""
    return " ".join(clean_text(text[: 4 * limits.MAX_REPLY_CELL]).split())[: limits.MAX_REPLY_CELL]


def iter_tables(rows: Sequence[Sequence[str]]) -> Iterator[Sequence[Sequence[str]]]:
    """Yields the rows of one table after another: a new one begins with a row that names columns."""
    start = 0
    for at in range(1, len(rows)):
        if find_columns(rows[at]) is not None:
            yield rows[start:at]
            start = at
    if rows:
        yield rows[start:]
