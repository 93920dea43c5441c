"""Reads our own forms as tables: CSV with named columns, and report numbers made of complaint or case numbers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.errors import InputError
from triage.importers.bounds import MAX_LABEL, shorten_middle
from triage.importers.normal_forms import to_ascii_digits

_DELIMITERS = ",;\t"
_BETWEEN = re.compile(f"[{_DELIMITERS}]")
_SEPARATOR_LINE = re.compile(r"\A\s*\"?sep=.\"?[ \t]*\r?\n", re.IGNORECASE)
"""Some programs tell Excel so which delimiter follows; the header tells it as well."""
_NOT_ALNUM = re.compile(r"[\W_]+")
_BETWEEN_VALUES = re.compile(r"[;\n\r]+")
_NOT_IN_NUMBER = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NUMBER = 60  # characters of a value that is read as a number
_MOST_COLUMNS = 1_000  # of one table


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: non-empty cells by normalised column name.

    `labels` holds the columns as written.
    """

    at: str
    cells: dict[str, str]
    labels: dict[str, str]

    @property
    def text(self) -> str:
        """Returns the row as "column: value" pairs."""
        return "; ".join(f"{self.labels[column]}: {value}" for column, value in self.cells.items())


def normalise_column(column: str) -> str:
    """Returns a column name case-folded, with letters and digits only."""
    return _NOT_ALNUM.sub("", column[:MAX_LABEL].casefold())


def has_columns(peek: bytes, needed: Sequence[Collection[str]]) -> bool:
    """Returns whether the first line names a column of each of these groups."""
    columns = _first_line_columns(peek)
    return all(not columns.isdisjoint(group) for group in needed)


@lru_cache(maxsize=1)
def _first_line_columns(peek: bytes) -> frozenset[str]:
    """Returns the normalised columns of the first line.

    Cached, since each importer checks the same file.
    """
    wide = peek.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in peek and not wide:
        return frozenset()
    text = peek[: len(peek) & ~1].decode("utf-16" if wide else "utf-8-sig", "replace")
    line = _SEPARATOR_LINE.sub("", text, count=1).lstrip().partition("\n")[0]
    return frozenset(normalise_column(cell) for cell in _BETWEEN.split(line))


def read_rows(data: bytes) -> Iterator[Row]:
    """Yields the rows of a CSV.

    Raises InputError when it is no text or has a damaged line.

    Blank rows are skipped. Cells beyond the header are kept under a name of their own.
    """
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError("The table is not in UTF-8; save it as CSV UTF-8.") from error
    if "\0" in text:
        raise InputError("The table is not a text file.")
    text = _SEPARATOR_LINE.sub("", text, count=1).lstrip()
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
        if len(header) > _MOST_COLUMNS:
            raise InputError("The table has more columns than a form can have.")
        names = _number_duplicates([normalise_column(cell) or f"column{n}" for n, cell in enumerate(header, 1)])
        columns = {name: shorten_middle(cell.strip(), MAX_LABEL) for name, cell in zip(names, header, strict=True)}
        for row in reader:
            known = dict(zip(names, row, strict=False))
            extra = {f"column{n}": cell for n, cell in enumerate(row[len(names) :], len(names) + 1)}
            cells = {name: cell.strip() for name, cell in (known | extra).items() if cell.strip()}
            if cells:
                yield Row(f"row {reader.line_num}", cells, columns | {name: name for name in extra} if extra else columns)
    except csv.Error as error:
        raise InputError("Line {line} of the table can't be read.", line=reader.line_num, detail=str(error)) from error


def _number_duplicates(names: list[str]) -> list[str]:
    """Returns the names with a number added to each repeated one."""
    return [name if name not in names[:n] else f"{name}{n + 1}" for n, name in enumerate(names)]


def split_cell(text: str) -> Iterator[str]:
    """Yields the values of one cell, separated by semicolons or line breaks."""
    return filter(None, (part.strip() for part in _BETWEEN_VALUES.split(text)))


def make_report_number(prefix: str, stated: str | int) -> str:
    """Returns a report number made of a complaint's or case's number: "C-12-2026" of "12/2026".

    Raises InputError for a number without letters or digits, or one that is too long.
    """
    plain = _NOT_IN_NUMBER.sub("-", to_ascii_digits(str(stated).strip())).strip("-.")
    if not plain or len(plain) > _LONGEST_NUMBER:
        raise InputError("A complaint or case has no usable number.")
    return f"{prefix}-{plain}"
