"""Hash lists in: recognised by their content, read entry by entry. No store, no decoders."""

from __future__ import annotations

import json
from typing import BinaryIO

from triage import limits
from triage.errors import InputError
from triage.importers.filetypes import sort_of
from triage.importers.lists.base import Item, Reading, Remarks, describe
from triage.importers.lists.nsrl import Nsrl
from triage.importers.lists.sqlite_file import MAGIC
from triage.importers.lists.tables import Table
from triage.importers.lists.vics import Vics

__all__ = ["Item", "Reading", "Remarks", "describe", "open_list"]


def open_list(stream: BinaryIO) -> Reading:
    """A reader for the list that begins where the seekable stream stands at its start. Raises InputError."""
    peek = stream.read(limits.PEEK)
    stream.seek(0)
    if not peek:
        raise InputError("The hash list is empty.")
    if peek.startswith(MAGIC):
        return Nsrl(stream)
    if _is_json(peek):
        return Vics(stream)
    if sort_of("", peek) != "unknown":
        raise InputError("The file is an image, an archive or a document, not a hash list; unpack it first if it holds one.")
    return Table(stream, peek)


def _is_json(peek: bytes) -> bool:
    try:
        text = peek.decode(json.detect_encoding(peek[:4]), "ignore")
    except UnicodeError:
        return False
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")
