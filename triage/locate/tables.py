"""Reads the tables of places, operators and address ranges, each once."""

from __future__ import annotations

import csv
import io
import lzma
import sys
from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from triage.resources import reads_tables, resource

Version = Literal[4, 6]
OPERATOR_KINDS = frozenset(
    ("mobile", "fixed", "mixed", "backbone", "education", "government", "office", "hosting", "foreign", "other")
)
SHARED = frozenset(("certain", "likely", "possible", "unlikely", "no", "campus", "office", "unknown", "unsure"))


@dataclass(frozen=True, slots=True)
class Ranges:
    """Disjoint ranges in rising order; `values` holds one number a range (0 when the table has none)."""

    first: list[int]
    last: list[int]
    values: list[int]

    def find(self, address: int) -> int | None:
        """Returns the value of the range that holds `address`, or None."""
        at = bisect_right(self.first, address) - 1
        return self.values[at] if at >= 0 and address <= self.last[at] else None


@dataclass(frozen=True, slots=True)
class Countries:
    """Bounds at which the country changes. IPv6 is cut to its upper 64 bits, the finest size that is allotted."""

    bounds: array[int]
    codes: list[str]
    which: bytes
    shift: int

    def find(self, address: int) -> str | None:
        """Returns the country of an address, or None."""
        at = bisect_right(self.bounds, address >> self.shift) - 1
        return (self.codes[self.which[at]] or None) if at >= 0 else None


@dataclass(frozen=True, slots=True)
class Operator:
    """The network that announces a range.

    `kind` is mobile, fixed, mixed, backbone, education, government, office, hosting, foreign or other. `shared` says how sure it
    is that many lines share one address: certain, likely, possible, unlikely, no, campus, office or unknown.
    """

    asn: int
    name: str
    kind: str
    shared: str


def read_rows(*parts: str) -> list[dict[str, str]]:
    """Returns the rows of a tab-separated table with a header."""
    text = resource(*parts).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def parse_ranges(text: str) -> Ranges:
    """Returns the ranges of a table.

    Raises:
        ValueError: if a line is not valid, the ranges do not rise, or there is none
    """
    first: list[int] = []
    last: list[int] = []
    values: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        low, high, *rest = line.split(",")
        if not (last[-1] if last else -1) < int(low) <= int(high):
            raise ValueError(f"line {number} does not rise")
        first.append(int(low))
        last.append(int(high))
        values.append(int(rest[0]) if rest else 0)
    if not first:
        raise ValueError("there is no range: every address would be abroad")
    return Ranges(first, last, values)


def _read_ranges(name: str) -> Ranges:
    return parse_ranges(resource("geo", name).read_text(encoding="ascii"))


@reads_tables
@lru_cache(maxsize=2)
def read_announced_ranges(version: Version) -> Ranges:
    """Returns Pakistani ranges with the number of the network that announces them (0 when not known)."""
    return _read_ranges(f"pakistan_ipv{version}_announced.csv")


@reads_tables
@lru_cache(maxsize=2)
def read_ipfire_ranges(version: Version) -> Ranges:
    """Returns Pakistani ranges by an independent source, IPFire Location."""
    return _read_ranges(f"pakistan_ipv{version}_ipfire.csv")


@reads_tables
@lru_cache(maxsize=1)
def read_operators() -> dict[int, Operator]:
    """Returns the operators by AS number."""
    return parse_operators(resource("geo", "operators.tsv").read_text(encoding="utf-8"))


def parse_operators(text: str) -> dict[int, Operator]:
    """Returns the operators of a table by AS number.

    Raises:
        KeyError: if a column is missing
        ValueError: if a number is none, or a kind is one that the program doesn't know
    """
    table = csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE)
    found = {int(r["asn"]): Operator(int(r["asn"]), r["name"], r["kind"], r["shared"]) for r in table}
    for each in found.values():
        if not each.name or each.kind not in OPERATOR_KINDS or each.shared not in SHARED:
            raise ValueError(f"the operator AS{each.asn} lacks its name, or has another kind or sharing than the program knows")
    if not found:
        raise ValueError("there is no operator")
    return found


@reads_tables
@lru_cache(maxsize=2)
def read_country_ranges(version: Version) -> Countries:
    """Returns the country of every registered address."""
    data = lzma.decompress(resource("geo", f"countries_ipv{version}.xz").read_bytes())
    codes, _, rest = data.partition(b"\n")
    count, _, body = rest.partition(b"\n")
    bounds: array[int] = array("I" if version == 4 else "Q")
    width = bounds.itemsize * int(count)
    bounds.frombytes(body[:width])
    if sys.byteorder == "little":
        bounds.byteswap()
    return Countries(bounds, codes.decode("ascii").split(","), body[width:], 0 if version == 4 else 64)
