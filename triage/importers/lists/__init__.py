"""Hash lists in: recognised by their content, read entry by entry. No store, no decoders."""

from __future__ import annotations

import json
from typing import BinaryIO

from triage import limits
from triage.errors import InputError
from triage.importers.filetypes import classify_content
from triage.importers.lists.dfxml import DfxmlReader, looks_like_xml
from triage.importers.lists.list_items import ListItem, ListPart, ListReader, ListRemarks, Position, describe
from triage.importers.lists.list_tables import TableReader
from triage.importers.lists.nsrl import NsrlReader
from triage.importers.lists.sqlite_file import MAGIC
from triage.importers.lists.vics import VicsReader

_BLANKS = "\ufeff \t\r\n"
__all__ = ["ListItem", "ListPart", "ListReader", "ListRemarks", "Position", "describe", "open_list"]


def open_list(stream: BinaryIO) -> ListReader:
    """Returns the reader for the list in a seekable stream that stands at its start.

    Raises InputError.
    """
    peek = stream.read(limits.PEEK)
    stream.seek(0)
    if not peek:
        raise InputError("The hash list is empty.")
    if peek.startswith(MAGIC):
        return NsrlReader(stream)
    if _decode(peek).lstrip(_BLANKS)[:1] in ("{", "["):
        return VicsReader(stream)
    if looks_like_xml(_decode(peek)):
        return DfxmlReader(stream)
    if classify_content("", peek) != "unknown":
        raise InputError("The file is an image, an archive or a document, not a hash list; unpack it first if it holds one.")
    return TableReader(stream, peek)


def _decode(peek: bytes) -> str:
    """Returns the first bytes as text, in the Unicode encoding that they are in."""
    try:
        return peek.decode(json.detect_encoding(peek[:4]), "ignore")
    except UnicodeError:
        return ""
