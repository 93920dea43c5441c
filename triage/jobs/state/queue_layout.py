"""Which bit planes the queue has, and how a row of the queue is written as bits.

A plane holds one bit of every report, by the report's id. A column of numbers takes as many planes as its numbers have bits, the
highest first; planes without any bit are not stored. docs/decisions/18-queue-planes.md tells why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from triage.store.database import Reader, Row
from triage.store.queries import judgement
from triage.store.queries.queue_planes import ROW

Numbers = NDArray[np.uint64]
Bits = NDArray[np.uint64]
"""One bit for each report, by its id."""
Ids = NDArray[np.int64]
BLOCK = 128_000
"""Reports whose bits lie in one row of the database: 16,000 bytes, which fill a page."""
SLOTS = 4
"""Deadlines of a report that the planes hold, by their places. Few reports have more than two."""
EPOCH = 946_684_800
"""2000-01-01 in seconds since 1970. Earlier times count as this one."""
_TIME_BITS, _CODE_BITS = 38, 32
_HIGHEST = (1 << _TIME_BITS) - 1  # the latest time that the planes hold; all later ones rank alike
_LOCAL = 1 << 63
NONE = -(1 << 63)
"""Stands for no time among seconds."""
_KINDS = {"office": "office", "province": "province", "incident_type": "incident_type", "provider": "esp"}


@dataclass(frozen=True, slots=True)
class PlaneColumn:
    """A column of the planes: its first plane and how many there are."""

    first: int
    bits: int

    def planes(self) -> range:
        """Returns the planes of the column, that of the highest bit first."""
        return range(self.first + self.bits - 1, self.first - 1, -1)


def _place_columns(widths: Mapping[str, int]) -> dict[str, PlaneColumn]:
    """Returns the columns, one after the other."""
    placed, first = {}, 0
    for name, bits in widths.items():
        placed[name] = PlaneColumn(first, bits)
        first += bits
    return placed


COLUMNS = _place_columns(
    {
        "present": 1,
        "band": 3,
        "status": 3,
        "office": _CODE_BITS,
        "province": _CODE_BITS,
        "incident_type": _CODE_BITS,
        "provider": _CODE_BITS,
        "assignee": _CODE_BITS,
        "flags": 63,
        "languages": 63,
        "risk": 10,
        "actionability": 10,
        "has_deadline_1": 1,
        "deadline_1": _TIME_BITS,
        "has_received": 1,
        "received": _TIME_BITS,
        "arrived": _TIME_BITS,
        "number": 64,
        "lasts_1": 1,
        **{
            name: bits
            for slot in range(2, SLOTS + 1)
            for name, bits in ((f"has_deadline_{slot}", 1), (f"deadline_{slot}", _TIME_BITS), (f"lasts_{slot}", 1))
        },
    }
)
"""`lasts_1` is set where deadline 1 is a duty, which never runs out."""
PLANES = sum(column.bits for column in COLUMNS.values())
_TOGETHER = 5
"""Planes of a number that are read at once: a question for one is one for the next. Ten are as fast, and take more memory."""
_SINGLE = ("flags", "languages")
"""Columns of which each plane stands for itself."""
COPIES = PLANES
"""Behind the planes: pairs of a report and the report that it duplicates, by blocks of the first."""
HAS_DUE = COPIES + 1
"""The first plane that is not stored: it is made of those of the deadlines, as of one moment (next_deadlines.py)."""
COLUMNS |= {"has_due": PlaneColumn(HAS_DUE, 1), "due": PlaneColumn(HAS_DUE + 1, _TIME_BITS)}
"""The next deadline."""
_OF_PLANE = {column.first + bit: (name, bit) for name, column in COLUMNS.items() for bit in range(column.bits)}


class _LateColumns(Mapping[str, Numbers]):
    """Columns that are made when they are asked for first: a question needs few of them, and each costs a pass over all rows."""

    def __init__(self, makers: Mapping[str, Callable[[], Numbers]]) -> None:
        self._makers, self._made = makers, dict[str, Numbers]()

    def __getitem__(self, name: str) -> Numbers:
        if name not in self._made:
            self._made[name] = self._makers[name]()
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@dataclass(frozen=True, slots=True)
class PlaneRows:
    """Rows of the queue as numbers, by the columns of the planes. `originals` are 0 where a report duplicates none."""

    ids: NDArray[np.int64]
    columns: Mapping[str, Numbers]
    originals: NDArray[np.int64] | None
    """None: the rows do not say it."""

    def select(self, mask: NDArray[np.bool_]) -> PlaneRows:
        """Returns the rows of a mask."""
        originals = None if self.originals is None else self.originals[mask]
        return PlaneRows(self.ids[mask], {name: column[mask] for name, column in self.columns.items()}, originals)


def find_plane_values(rows: PlaneRows, plane: int) -> NDArray[np.bool_]:
    """Returns which of the rows have their bit set in a plane."""
    name, bit = _OF_PLANE[plane]
    return (rows.columns[name] >> np.uint64(bit) & np.uint64(1)).astype(np.bool_)


def list_read_together(plane: int) -> range:
    """Returns the planes that are read with this one, itself among them."""
    if plane >= PLANES or _OF_PLANE[plane][0] in _SINGLE:
        return range(plane, plane + 1)
    column = COLUMNS[_OF_PLANE[plane][0]]
    first = plane - (plane - column.first) % _TOGETHER
    return range(first, min(first + _TOGETHER, column.first + column.bits))


def has_plane(rows: PlaneRows, plane: int) -> bool:
    """Returns whether the rows say anything of a plane: rows of deadlines say something of their own planes alone."""
    return _OF_PLANE[plane][0] in rows.columns


def encode_time(seconds: int) -> int:
    """Returns a time as the planes hold it."""
    return min(max(seconds - EPOCH, 0), _HIGHEST)


def encode_user(user_id: int | None) -> int:
    """Returns a user's id as the planes hold it; 0 for None. Ids of people of other workstations are below 0."""
    return 0 if user_id is None else 2 * user_id if user_id > 0 else 1 - 2 * user_id


def decode_user(number: int) -> int | None:
    """Returns the user's id that `encode_user` made into a number."""
    return None if not number else number // 2 if number % 2 == 0 else -(number // 2)


def encode_number(key: str) -> int:
    """Returns a sort key of report numbers as a number: NCMEC's, then local ones, then what has another form."""
    if len(key) == 20 and key.isascii() and key.isdecimal():
        return min(int(key), _LOCAL - 1)
    tail = key.removeprefix("~L-")
    if len(tail) == 16 and key != tail and set(tail) <= set("0123456789abcdef"):
        return _LOCAL + (int(tail, 16) >> 1)
    return (1 << 64) - 1


def load_ranks(db: Reader, column: str) -> NDArray[np.int64]:
    """Returns the ids of a column's codes in ascending order: the planes hold the rank + 1, and 0 for none."""
    return np.array(sorted(judgement.load_codes(db, _KINDS[column])), dtype=np.int64)


def encode_deadlines(slot: int, ids: Ids, due: Ids, duty: Ids) -> PlaneRows:
    """Returns deadlines of a place, by ascending reports, as numbers; where there is none (any more) `due` is NONE."""
    has = due != NONE
    times = np.where(has, encode_times(due), 0)
    columns = {f"has_deadline_{slot}": has, f"deadline_{slot}": times, f"lasts_{slot}": has & (duty != 0)}
    return PlaneRows(ids, {name: column.astype(np.uint64) for name, column in columns.items()}, None)


def encode_next(found: Mapping[int, int], ids: Ids) -> dict[str, Numbers]:
    """Returns the columns of the next deadline for these reports; `found` holds report -> its time in seconds."""
    due = np.array([found.get(i, NONE) for i in ids.tolist()], dtype=np.int64)
    return {"has_due": (due != NONE).astype(np.uint64), "due": np.where(due != NONE, encode_times(due), 0).astype(np.uint64)}


def encode_times(seconds: Ids) -> Numbers:
    """Returns times as the planes hold them."""
    return np.clip(seconds, EPOCH, EPOCH + _HIGHEST).astype(np.uint64) - np.uint64(EPOCH)


def parse_numbers(text: str) -> Ids:
    """Returns numbers that stand in a text with commas between them."""
    return np.fromstring(text, dtype=np.int64, sep=",")


def encode_rows(
    rows: Sequence[Row],
    find_ranks: Callable[[str], NDArray[np.int64]],
    more: Mapping[str, Callable[[], Numbers]] = MappingProxyType({}),
) -> PlaneRows:
    """Returns rows of the queue as numbers. A report that left the queue has no bit in any plane.

    `find_ranks` is `load_ranks` on a connection that sees the codes of the rows. It may be asked later, and so may those that
    make `more` columns.
    """
    values = dict(zip(ROW, zip(*rows, strict=True), strict=True)) if rows else dict.fromkeys(ROW, ())

    def state(name: str) -> Numbers:
        """Returns which rows have a value in a column."""
        return np.array([value is not None for value in values[name]], dtype=np.uint64)

    def number(name: str) -> NDArray[np.int64]:
        """Returns a column of numbers, 0 where the value is missing."""
        return np.array([value or 0 for value in values[name]], dtype=np.int64)

    def plain(name: str) -> Numbers:
        return number(name).astype(np.uint64)

    def tenths(name: str) -> Numbers:
        return np.clip(number(name), 0, 1023).astype(np.uint64)

    def time(name: str) -> Numbers:
        return encode_times(number(name))

    def rank(name: str) -> Numbers:
        codes = number("esp" if name == "provider" else name)
        return np.where(codes == 0, np.uint64(0), np.searchsorted(find_ranks(name), codes).astype(np.uint64) + np.uint64(1))

    def user() -> Numbers:
        users = number("assignee")
        return np.where(users > 0, 2 * users, np.where(users < 0, 1 - 2 * users, 0)).astype(np.uint64)

    def number_key() -> Numbers:
        return np.array([0 if key is None else encode_number(key) for key in values["number_key"]], dtype=np.uint64)

    makers: dict[str, Callable[[], Numbers]] = {
        "present": partial(state, "band"),
        **{name: partial(plain, name) for name in ("band", "status", "flags", "languages")},
        **{name: partial(tenths, name) for name in ("risk", "actionability")},
        **{name: partial(time, name) for name in ("received", "arrived")},
        "has_received": partial(state, "received"),
        **{name: partial(rank, name) for name in _KINDS},
        "assignee": user,
        "number": number_key,
        **more,
    }
    return PlaneRows(number("report_id"), _LateColumns(makers), number("duplicates_of"))
