"""Finds the columns of a reply by their names, and makes rows of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from triage import limits
from triage.importers.chat_files.text_decoding import clean_text
from triage.model.data_requests import ColumnKind, ReplyRow, ReplyTable

_STATES_ZONE = re.compile(r"[A-Za-z]{1,4}$|[+-]\d\d:?\d\d$")
_FIRST_ROWS = 30
"""Rows in which the names of the columns may stand: replies begin with letter heads."""
_NAMES: dict[str, tuple[str, ...]] = {
    "line": (
        "line", "lineid", "lineno", "linenumber", "annexline", "annexlineno", "lineref", "linereference", "requestline",
        "لائن", "لائننمبر",
    ),
    "port": ("port", "sourceport", "srcport", "publicport", "natport", "publicsourceport"),
    "time": ("utc", "timeutc", "utctime", "datetimeutc", "time", "datetime", "timestamp", "starttime", "sessionstart", "pkt"),
    "name": (
        "name", "fullname", "subscriber", "subscribername", "customer", "customername", "owner", "ownername", "registeredname",
        "accounttitle", "nameofsubscriber", "registeredto", "نام",
    ),
    "cnic": (
        "cnic", "cnicno", "cnicnumber", "nic", "nicno", "nicnumber", "idcard", "idcardno", "nationalid",
        "شناختیکارڈ", "شناختیکارڈنمبر",
    ),
    "address": (
        "address", "postaladdress", "registeredaddress", "residentialaddress", "customeraddress", "subscriberaddress",
        "installationaddress", "homeaddress", "پتہ",
    ),
    "phone": (
        "contact", "contactno", "contactnumber", "alternatenumber", "othernumber", "secondarynumber", "contactphone", "رابطہنمبر",
    ),
}  # fmt: skip
_KINDS: dict[ColumnKind, tuple[str, ...]] = {
    ColumnKind.ANY: ("value", "number", "requestednumber", "identifier", "نمبر"),
    ColumnKind.IP: (
        "ip", "ipaddress", "ipno", "sourceip", "publicip", "publicipaddress", "natip", "natipaddress",
        "آئیپی", "آئیپیپتہ", "آئیپیایڈریس",
    ),
    ColumnKind.PHONE: (
        "msisdn", "msisdnno", "msisdnnumber", "subscribernumber", "mobilenumber", "mobileno",
        "موبائل", "موبائلنمبر", "فون", "فوننمبر",
    ),
    ColumnKind.SIM: ("sim", "simno", "simnumber", "سم", "سمنمبر"),
    ColumnKind.IMEI: ("imei", "imeino", "imeinumber"),
    ColumnKind.WALLET: ("wallet", "walletnumber", "walletno"),
    ColumnKind.ACCOUNT: ("account", "accountnumber", "accountno"),
    ColumnKind.USER_ID: ("userid", "username", "accountid", "loginid", "customerid"),
}  # fmt: skip
"""Names of columns with values by which a line may be recognised."""
_REFERENCES = (
    "ref", "refno", "refnumber", "reference", "referenceno", "referencenumber", "ourref", "yourref", "حوالہ", "حوالہنمبر",
)  # fmt: skip
"""Columns that may repeat the number of a line, where no other column does."""
_SERIALS = ("sno", "srno", "sr", "serialno", "serial", "slno", "نمبرشمار")
"""As above, but alone they name nothing: most count the rows."""
_TAKE_PHONES = (ColumnKind.ANY, ColumnKind.PHONE, ColumnKind.SIM)
_PHONES = ("phone", "phoneno", "phonenumber", "mobile", "cell", "cellno", "telephone", "telephoneno")
"""The line that was asked about, where no other column names it; else a number to reach the owner at."""
_FORENAMES, _SURNAMES = ("firstname", "givenname"), ("lastname", "surname", "familyname")
_OWN = frozenset(("kind", "windowfromutc", "windowtoutc", "note"))
"""Columns of our own annex that come back with it."""
_FIELD_OF = {name: field for field, names in _NAMES.items() for name in names}
_KIND_OF = {name: kind for kind, names in _KINDS.items() for name in names}
_LETTERS = str.maketrans("\u064a\u0643\u0647\u0629", "\u06cc\u06a9\u06c1\u06c1")
"""Arabic letters that keyboards put for the Urdu ones."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what: its place by field, those of a name in two parts, and the other columns by their names."""

    places: dict[str, int]
    name_parts: tuple[int, ...]
    others: tuple[tuple[int, str], ...]
    zone: str = ""
    """The zone that the name of the time's column states: UTC, PKT or nothing."""
    stated: tuple[tuple[int, ColumnKind], ...] = ()
    """The columns by which a line may be recognised."""


@dataclass(slots=True)
class RowCollector:
    """Collects rows up to the limits; what lies beyond is counted."""

    rows: list[ReplyRow] = field(default_factory=list)
    left_out: int = 0
    text: int = 0

    def add(self, row: ReplyRow) -> None:
        """Adds a row, or counts it."""
        length = len(row.at) + sum(len(value) for value in _values(row))
        length += sum(len(one) + len(other) for one, other in (*row.more, *row.stated))
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
    folded = unicodedata.normalize("NFKC", name[:200]).casefold().translate(_LETTERS)
    return "".join(char for char in folded if char.isalnum())


def find_columns(cells: Sequence[str]) -> Columns | None:
    """Returns the columns that a row of names names, or None when it names fewer than two that matter."""
    names = [simplify(cell) for cell in cells[: limits.MAX_REPLY_COLUMNS]]
    places: dict[str, int] = {}
    for at, name in enumerate(names):
        if name in _FIELD_OF:
            places.setdefault(_FIELD_OF[name], at)
    parts = tuple(at for at, name in enumerate(names) if name in _FORENAMES or name in _SURNAMES)
    stated = _find_stated(names, places)
    values = [at for at, kind in stated if kind is not ColumnKind.REFERENCE]
    if values:
        places["value"] = values[0]
    names_line = "line" in places or bool(values) or any(names[at] in _REFERENCES for at, _ in stated)
    references = len(values) < len(stated)
    if not names_line or len(places) + bool(parts) + (len(values) > 1) + references < 2:
        return None
    taken = {*places.values(), *parts}
    others = tuple((at, cut(cells[at])) for at, name in enumerate(names) if name and at not in taken and name not in _OWN)
    named = names[places["time"]] if "time" in places else ""
    zone = next((zone for zone in ("UTC", "PKT") if zone.casefold() in named), "")
    return Columns(places, parts, others, zone, stated)


def _find_stated(names: Sequence[str], places: dict[str, int]) -> tuple[tuple[int, ColumnKind], ...]:
    """Returns the columns by which a line may be recognised. Adds to `places` that of a number to reach the owner at."""
    stated = [(at, _KIND_OF[name]) for at, name in enumerate(names) if name in _KIND_OF]
    phones = [at for at, name in enumerate(names) if name in _PHONES]
    if phones and not any(kind in _TAKE_PHONES for _, kind in stated):
        stated.append((phones.pop(0), ColumnKind.PHONE))
    if phones:
        places.setdefault("phone", phones[0])
    if "line" not in places:
        stated += [(at, ColumnKind.REFERENCE) for at, name in enumerate(names) if name in _REFERENCES or name in _SERIALS]
    return tuple(sorted(stated))


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
    stated = tuple((kind, value) for place, kind in columns.stated if (value := _take(cells, place)))
    taken["value"] = next((value for kind, value in stated if kind is not ColumnKind.REFERENCE), "")
    return ReplyRow(at=at, more=more, stated=stated, **taken)


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
