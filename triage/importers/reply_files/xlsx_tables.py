"""Reads the cells of a spreadsheet (.xlsx) as text. Formulas are never computed: the value that the file holds is taken."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from triage import limits
from triage.errors import InputError
from triage.importers.xml_reading import Element, local_name, parse_xml
from triage.importers.zip_directory import DEFLATED, STORED, ZipDirectory, ZipMember, read_directory
from triage.importers.zip_members import open_plain

WORKBOOK = "xl/workbook.xml"
_SHARED = "xl/sharedStrings.xml"
_SHEET = re.compile(r"xl/worksheets/sheet(\d{1,5})\.xml")
_CELL = re.compile(r"([A-Z]{1,3})\d{1,7}")
_TOO_LARGE = "The spreadsheet is larger than a reply may be."
_MOST_SHEETS = 50  # of one workbook that are read


def read_sheets(data: bytes) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """Yields the name of each sheet and its rows.

    Raises:
        InputError: if it is damaged or too large
    """
    directory = read_directory(io.BytesIO(data), len(data))
    members = {member.name: member for member in directory.members}
    _check_size(directory)
    shared = _read_shared(data, members.get(_SHARED))
    sheets = sorted((int(found[1]), name) for name in members if (found := _SHEET.fullmatch(name)))
    for number, name in sheets[:_MOST_SHEETS]:
        yield f"sheet {number}", _iter_rows(parse_xml(_read_member(data, members[name])), shared)


def _check_size(directory: ZipDirectory) -> None:
    """Refuses a zip that unpacks to more than a document may have, or to far more than it weighs."""
    total = sum(member.size for member in directory.members)
    packed = sum(member.packed for member in directory.members)
    if total > limits.MAX_DOCUMENT or (total > limits.MAX_RATIO_FREE and total > limits.MAX_RATIO * packed):
        raise InputError(_TOO_LARGE)


def _read_member(data: bytes, member: ZipMember) -> bytes:
    """Returns the bytes of a member."""
    if member.problem or member.encrypted or member.method not in (STORED, DEFLATED):
        raise InputError("The spreadsheet is damaged or locked.")
    with open_plain(lambda: io.BytesIO(data), member) as stream:
        return stream.read()


def _read_shared(data: bytes, member: ZipMember | None) -> list[str]:
    """Returns the texts that cells refer to by number."""
    if member is None:
        return []
    return [_join_text(each) for each in parse_xml(_read_member(data, member)) if local_name(each) == "si"]


def _iter_rows(root: Element, shared: list[str]) -> Iterator[list[str]]:
    """Yields the cells of each row."""
    for row in root.iter():
        if not isinstance(row.tag, str) or local_name(row) != "row":
            continue
        cells: dict[int, str] = {}
        for cell in row:
            if isinstance(cell.tag, str) and local_name(cell) == "c":
                place = _find_place(cell.get("r", ""), len(cells))
                if place < limits.MAX_REPLY_COLUMNS:
                    cells[place] = _read_cell(cell, shared)
        yield [cells.get(place, "") for place in range(max(cells, default=-1) + 1)]


def _find_place(reference: str, otherwise: int) -> int:
    """Returns the column of a cell, counted from 0."""
    found = _CELL.fullmatch(reference)
    if found is None:
        return otherwise
    place = 0
    for letter in found[1]:
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _read_cell(cell: Element, shared: list[str]) -> str:
    """Returns the text of a cell. A formula without a stored value is empty."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _join_text(cell)
    value = next((each.text or "" for each in cell if isinstance(each.tag, str) and local_name(each) == "v"), "").strip()
    if kind == "s":
        return shared[int(value)] if value.isdecimal() and len(value) < 9 and int(value) < len(shared) else ""
    return value[:-2] if kind == "n" and value.endswith(".0") else value


def _join_text(element: Element) -> str:
    """Returns the text of all runs below an element, without phonetic hints."""
    parts: list[str] = []
    for each in element.iter():
        if isinstance(each.tag, str) and local_name(each) == "t" and local_name(each.getparent()) != "rPh":
            parts.append(each.text or "")
    return "".join(parts)
