"""Finds the messages in tables: CSV, TSV, and the rows of HTML tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from triage.importers.chat_files.message_fields import SENDERS, TEXTS, TIMES, simplify_name
from triage.model.file_text import FileMessage

_DELIMITERS = ",;\t|"
_FIRST_LINES = 20
"""Lines in which the names of the columns may stand: some exports begin with a title."""


def find_table_messages(text: str) -> list[FileMessage] | None:
    """Returns the messages of a table with a delimiter, or None when no line names columns of a chat."""
    at = 0
    for _ in range(_FIRST_LINES):
        end = text.find("\n", at)
        line = text[at:end] if end >= 0 else text[at:]
        delimiter = next((one for one in _DELIMITERS if _choose_columns(line[:2_000].split(one))), None)
        if delimiter is not None:
            try:
                return read_rows(csv.reader(io.StringIO(text[at:], newline=""), delimiter=delimiter))
            except csv.Error:
                return None
        if end < 0:
            return None
        at = end + 1
    return None


def read_rows(rows: Iterable[Sequence[str]]) -> list[FileMessage] | None:
    """Returns the messages of rows whose first names the columns, or None when it names none of a chat."""
    messages: list[FileMessage] = []
    columns: tuple[int, int, list[int]] | None = None
    for row in rows:
        if columns is None:
            columns = _choose_columns(row)
            if columns is None:
                return None
            continue
        sender, text, times = columns
        message = FileMessage(
            _take_cell(row, sender), " ".join(filter(None, (_take_cell(row, time) for time in times))), _take_cell(row, text)
        )
        if message.text or message.sender:
            messages.append(message)
    return messages if columns is not None else None


def _take_cell(row: Sequence[str], column: int) -> str:
    """Returns a cell of a row, "" when the row is shorter."""
    return row[column].strip() if 0 <= column < len(row) else ""


def _choose_columns(row: Sequence[str]) -> tuple[int, int, list[int]] | None:
    """Returns the columns of sender (-1: none), text and times, or None when the row does not name those of a chat."""
    names = [simplify_name(cell.strip().strip('"')) for cell in row]
    sender = next((at for at, name in enumerate(names) if name in SENDERS), -1)
    text = next((at for at, name in enumerate(names) if name in TEXTS), -1)
    times = [at for at, name in enumerate(names) if name in TIMES]
    return (sender, text, times) if text >= 0 and (sender >= 0 or times) else None
