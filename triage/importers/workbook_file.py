"""Reads the texts of a spreadsheet in Office Open XML form (.xlsx), which comes from outside: a zip with XML in it.

Only cells are read: no formula is run, no link followed, no picture, macro or external part opened. The zip is read by the
project's own strict reader, the XML without entities and with a limit on its nodes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from triage import limits
from triage.errors import InputError
from triage.importers.xml_reading import local_name, parse_xml
from triage.importers.zip_directory import DEFLATED, STORED, ZipMember, read_directory
from triage.importers.zip_members import open_plain

_RELATION = re.compile(r"\{http://(?:schemas\.openxmlformats|purl\.oclc)\.org/[\w/.-]{1,80}\}id")
_CELL_NAME = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
_TEXT_NUMBER = re.compile(r"[0-9]{1,9}")
_LONGEST_TEXT = 32_767  # characters of a cell, by Excel's own limit
Element = Any


@dataclass(frozen=True, slots=True)
class WorksheetEntry:
    """A worksheet as the workbook lists it."""

    name: str
    part: str
    """Its file in the zip."""


class WorkbookFile:
    """The worksheets of a spreadsheet; each is read when it is asked for."""

    def __init__(self, data: bytes) -> None:
        """Reads the list of worksheets.

        Raises InputError when it is no spreadsheet, damaged, or too large.
        """
        if len(data) > limits.MAX_WORKBOOK:
            raise InputError("The spreadsheet is larger than one of ours can be.")
        self._data = data
        members = read_directory(io.BytesIO(data), len(data)).members
        if len(members) > limits.MAX_WORKBOOK_ENTRIES:
            raise InputError("The spreadsheet holds more files than one of ours can.")
        self._unpacked = 0
        self._members = {member.name: member for member in members}
        self.worksheets = self._list_worksheets()
        self._texts: list[str] | None = None

    def iterate_rows(self, sheet: WorksheetEntry) -> Iterator[dict[int, str]]:
        """Yields the rows of a worksheet: column from 0 -> text. Empty cells are missing.

        Raises InputError when the worksheet is damaged or too large.
        """
        root = self._parse(sheet.part)
        count = 0
        for data in (child for child in root if local_name(child) == "sheetData"):
            for row in data:
                if local_name(row) == "row":
                    count += 1
                    if count > limits.MAX_WORKBOOK_ROWS:
                        raise InputError("The spreadsheet has more rows than one of ours can have.")
                    yield self._read_row(row)

    def _read_row(self, row: Element) -> dict[int, str]:
        found: dict[int, str] = {}
        column = -1
        for cell in row:
            if local_name(cell) != "c":
                continue
            column = _find_column(cell.get("r"), column + 1)
            if column >= limits.MAX_WORKBOOK_COLUMNS:
                break
            text = self._read_cell(cell).strip()
            if text:
                found[column] = text
        return found

    def _read_cell(self, cell: Element) -> str:
        """Returns the text of a cell: what a formula gave when it was saved counts as its text."""
        kind = cell.get("t", "n")
        value = next((child for child in cell if local_name(child) in ("v", "is")), None)
        if value is None:
            return ""
        if kind == "inlineStr" or local_name(value) == "is":
            return _read_text(value)
        text = (value.text or "")[:_LONGEST_TEXT]
        if kind != "s":
            return text
        texts = self._load_texts()
        if not _TEXT_NUMBER.fullmatch(text) or int(text) >= len(texts):
            raise InputError("The spreadsheet is damaged: a cell names a text that it does not hold.")
        return texts[int(text)]

    def _load_texts(self) -> list[str]:
        """Returns the texts that cells share."""
        if self._texts is None:
            part = "xl/sharedStrings.xml"
            root = self._parse(part) if part in self._members else ()
            self._texts = [_read_text(item) for item in root if local_name(item) == "si"]
        return self._texts

    def _list_worksheets(self) -> tuple[WorksheetEntry, ...]:
        """Returns the worksheets in their order."""
        targets = {
            each.get("Id", ""): each.get("Target", "")
            for each in self._parse("xl/_rels/workbook.xml.rels")
            if each.get("TargetMode", "Internal") == "Internal"
        }
        listed = [
            each for group in self._parse("xl/workbook.xml") if local_name(group) == "sheets" for each in group
            if local_name(each) == "sheet"
        ]  # fmt: skip
        if len(listed) > limits.MAX_WORKBOOK_SHEETS:
            raise InputError("The spreadsheet has more worksheets than one of ours can have.")
        found: list[WorksheetEntry] = []
        for each in listed:
            relation = next((value for name, value in each.attrib.items() if _RELATION.fullmatch(name)), "")
            target = targets.get(relation, "")
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            if any(part == other.part for other in found):
                raise InputError("The spreadsheet is damaged: two of its worksheets are the same file.")
            if part in self._members:
                found.append(WorksheetEntry(each.get("name", ""), part))
        return tuple(found)

    def _parse(self, part: str) -> Element:
        """Returns the root element of one file of the zip."""
        member = self._members.get(part)
        if member is None:
            raise InputError("The file is no spreadsheet.")
        _check_member(member)
        self._unpacked += member.size
        if self._unpacked > limits.MAX_WORKBOOK_UNPACKED:
            raise InputError("The spreadsheet is larger than one of ours can be.")
        with open_plain(lambda: io.BytesIO(self._data), member) as stream:
            return parse_xml(stream.read())


def _check_member(member: ZipMember) -> None:
    """Raises InputError for a file of the zip that is not read."""
    if member.problem or member.encrypted or member.is_unsupported or member.method not in (STORED, DEFLATED):
        raise InputError("The spreadsheet is damaged or locked.")
    if member.size > limits.MAX_WORKBOOK_PART:
        raise InputError("The spreadsheet is larger than one of ours can be.")


def _read_text(item: Element) -> str:
    """Returns a text that may consist of differently formatted runs; the reading aids of Japanese texts are left out."""
    parts = []
    for child in item:
        name = local_name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [inner.text or "" for inner in child if local_name(inner) == "t"]
    return "".join(parts)[:_LONGEST_TEXT]


def _find_column(name: str | None, following: int) -> int:
    """Returns the column that a cell's name says, from 0; a cell without a name follows the one before it."""
    match = _CELL_NAME.fullmatch(name or "")
    if match is None:
        return following
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1
