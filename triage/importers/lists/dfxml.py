"""Reads the hashes of a DFXML file listing (Digital Forensics XML), as forensic tools write it: streamed, without a DTD.

Field names: docs/formats/dfxml.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from triage import limits
from triage.errors import InputError
from triage.importers.lists.list_items import (
    ListItem,
    ListPart,
    ListRemarks,
    Position,
    UnreadableItem,
    clean_text,
    is_hash_kind,
    normalise_hash_kind,
    parse_hash,
    shorten,
    split_items,
)
from triage.message import Message

_ROOTS = frozenset({"dfxml", "fiwalk", "ewfinfo", "bulk_extractor"})
_BEGINNINGS = ("<?xml", "<!--", "<!doctype", *(f"<{root}" for root in sorted(_ROOTS)))
_CHUNK = 64 * 1024
_LONGEST_TAG = 1 << 20
"""Bytes that the parser may hold back: one tag or comment of a listing is far shorter."""
_LONGEST_TEXT = 32 * 1024  # characters of one element
_MOST_HASHES = 100
"""Of one file object."""
_OBJECT, _NAME, _HASH = "fileobject", "filename", "hashdigest"


def looks_like_xml(text: str) -> bool:
    """Returns whether a text begins as XML."""
    return text.lstrip("\ufeff \t\r\n").lower().startswith(_BEGINNINGS)


class DfxmlReader:
    """Reads a DFXML file listing. Only what is in memory at one time is bounded, not the listing."""

    region = None

    def __init__(self, stream: BinaryIO) -> None:
        """Prepares the parser; entities, DTD and network have no part in it."""
        self.remarks = ListRemarks()
        self._stream = stream
        self._without_hash = 0
        self._found: list[ListItem] = []
        self._open: list[str] = []
        self._number = 0
        self._path = ""
        self._claimed: list[tuple[str, str]] = []
        self._kind = ""
        self._text: list[str] | None = None
        self._length = 0
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._add_text
        self._parser = parser

    @property
    def format(self) -> str:
        """Returns the name of the format."""
        return "DFXML"

    def items(self) -> Iterator[ListItem]:
        """Yields the file objects that have a hash."""
        fed = 0
        try:
            while chunk := self._stream.read(_CHUNK):
                self._parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - self._parser.CurrentByteIndex > _LONGEST_TAG:
                    raise InputError("The XML of the list has a tag that is too long.")
                yield from self._take_found()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise InputError("The XML of the list is damaged at line {line}.", line=error.lineno) from error
        except (LookupError, ValueError) as error:
            raise InputError("The encoding of the XML is not known.") from error
        yield from self._take_found()
        if self._without_hash:
            self.remarks.notes.append(f"File objects without a hash, as folders are: {self._without_hash}.")

    def parts(self, position: Position, before: ListRemarks) -> Iterator[ListPart]:
        """Yields the same in parts. What lies before the position is read again and left out, so its remarks are made anew."""
        return split_items(self.items(), position)

    def _take_found(self) -> list[ListItem]:
        """Returns the file objects read since the last call."""
        found, self._found = self._found, []
        return found

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """Opens an element. Within a file object only its own children count: byte runs have hashes of parts."""
        name = tag.rpartition(":")[2]
        if not self._open and name not in _ROOTS:
            raise InputError("XML, but not a DFXML file listing.")
        if len(self._open) >= limits.MAX_XML_DEPTH:
            raise InputError("The XML of the list is nested too deeply.")
        inside = self._open[-1] if self._open else ""
        self._open.append(name)
        if name == _OBJECT and _OBJECT not in self._open[:-1]:
            self._number += 1
            self._path, self._claimed = "", []
        elif inside == _OBJECT and self._open.count(_OBJECT) == 1 and name in (_NAME, _HASH):
            self._kind = attributes.get("type", "")
            self._text, self._length = [], 0

    def _add_text(self, text: str) -> None:
        """Collects the text of a name or hash."""
        if self._text is None:
            return
        self._length += len(text)
        if self._length <= _LONGEST_TEXT:
            self._text.append(text)

    def _end(self, tag: str) -> None:
        """Closes an element, and takes the file object when it is whole."""
        name = self._open.pop()
        if self._text is not None and name in (_NAME, _HASH):
            text, self._text = "".join(self._text), None
            if name == _NAME:
                self._path = self._path or text
            elif len(self._claimed) < _MOST_HASHES:
                self._claimed.append((self._kind, text))
        elif name == _OBJECT and _OBJECT not in self._open:
            self._take_object()

    def _take_object(self) -> None:
        """Adds the file object when one of its hashes can be used."""
        hashes: dict[tuple[str, bytes], None] = {}
        for stated, text in self._claimed:
            kind = normalise_hash_kind(stated)
            try:
                if not is_hash_kind(kind):
                    raise UnreadableItem("a kind of hash that is not known: {kind}", kind=shorten(stated) or Message("none"))
                value = parse_hash(kind, text)
            except UnreadableItem as reason:
                self.remarks.note_unread(Message("file object {n}", n=self._number), reason.message)
                continue
            if value is not None:
                hashes[kind, value] = None
        if hashes:
            path = clean_text(self._path)
            self._found.append(ListItem(hashes=tuple(hashes), paths=(path,) if path else ()))
        elif not self._claimed:
            self._without_hash += 1


def _refuse_doctype(*_: object) -> None:
    """Refuses a DOCTYPE: its entities can do harm, and no listing needs one."""
    raise InputError("The XML has a DOCTYPE, which no list needs and which can do harm.")
