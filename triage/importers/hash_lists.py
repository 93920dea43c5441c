"""Hash lists as plain CSV or text: columns named MD5, SHA1, SHA256, PDQ (others are kept and said to be unmatched)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.errors import InputError

_LENGTHS = {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32}
_COLUMNS = {"md5": "md5", "sha1": "sha1", "sha256": "sha256", "pdq": "pdq", "photodna": "photodna", "category": "category"}
_BARE = {32: "md5", 40: "sha1", 64: "sha256"}


@dataclass(frozen=True, slots=True)
class HashEntry:
    """`kind` as a lower-case name, `value` raw bytes, `category` as stated (None when the list states none)."""

    kind: str
    value: bytes
    category: str | None


def read_hash_list(data: bytes) -> list[HashEntry]:
    """Raises InputError when no line holds a hash, or a hash has the wrong length."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("The hash list is not UTF-8 text.") from error
    if "\x00" in text:
        raise InputError("The hash list is not a text file.")
    lines = text.splitlines()
    if not any(line.strip() for line in lines):
        raise InputError("The hash list is empty.")
    header = re.split("[,;\t]", next(line for line in lines if line.strip()))
    names = [_name(cell) for cell in header]
    entries = list(_with_header(text, names) if any(n in _COLUMNS for n in names) else _bare(lines))
    if not entries:
        raise InputError("The hash list holds no hash.")
    return entries


def _name(cell: str) -> str:
    return re.sub("[^a-z0-9]", "", cell.lower())


def _with_header(text: str, names: list[str]) -> Iterator[HashEntry]:
    first = text.lstrip().splitlines()[0]
    delimiter = max(",;\t", key=first.count)
    rows = csv.reader(io.StringIO(text.lstrip()), delimiter=delimiter)
    next(rows)
    for number, row in enumerate(rows, 2):
        cells = dict(zip(names, (cell.strip() for cell in row), strict=False))
        category = cells.get("category") or None
        for name, cell in cells.items():
            kind = _COLUMNS.get(name)
            if cell and kind is not None and kind != "category":
                yield HashEntry(kind, _value(kind, cell, number), category)


def _bare(lines: list[str]) -> Iterator[HashEntry]:
    for number, line in enumerate(lines, 1):
        word = line.split("#")[0].strip().split(" ")[0]
        if word:
            kind = _BARE.get(len(word))
            if kind is None:
                raise InputError(f"Line {number} of the hash list holds no MD5, SHA-1 or SHA-256.")
            yield HashEntry(kind, _value(kind, word, number), None)


def _value(kind: str, cell: str, line: int) -> bytes:
    if kind not in _LENGTHS:
        return cell.encode()
    try:
        value = bytes.fromhex(cell)
    except ValueError as error:
        raise InputError(f"Line {line} of the hash list holds no {kind.upper()} in hexadecimal.") from error
    if len(value) != _LENGTHS[kind]:
        raise InputError(f"Line {line} of the hash list holds a {kind.upper()} of the wrong length.")
    return value
