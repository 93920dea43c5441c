"""What crosses the wire to a worker that reads documents, inside the frames of `decode.protocol`. MessagePack of known shapes."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter
from typing import Literal

import msgspec

from triage import limits
from triage.decode.protocol import ProtocolError
from triage.importers.base import RefusedPart
from triage.message import Message
from triage.model.document import Document
from triage.model.formats import ReportFormat

Outcome = Literal["read", "refused", "no report", "fault"]


class Asked(msgspec.Struct, frozen=True, array_like=True):
    """One document: its format, its path in the bundle, and its bytes, or of a PDF the text of its pages."""

    format: ReportFormat
    path: str
    data: bytes
    pages: tuple[str, ...] | None = None

    @property
    def size(self) -> int:
        """Bytes, or of a PDF characters."""
        return len(self.data) if self.pages is None else sum(map(len, self.pages))


class Answered(msgspec.Struct, frozen=True, array_like=True):
    """What came of one document.

    `reason` is the key of a message and `values` its values. Of a fault, `reason` is the kind of error and where it arose.
    `refused` are parts of a document that was read, which could not be read themselves.
    """

    outcome: Outcome
    documents: tuple[Document, ...] = ()
    reason: str = ""
    values: tuple[tuple[str, str | int], ...] = ()
    refused: tuple[RefusedPart, ...] = ()

    @property
    def reports_in(self) -> int:
        """How many reports the document holds: those that were read, and those that were refused."""
        return len(self.documents) + sum(part.count for part in self.refused)

    @property
    def message(self) -> Message:
        """Why there are no documents."""
        return Message(self.reason, **dict(self.values))  # message-ok


LONGEST_REASON = 500  # characters of why a document could not be read

pack_asked = msgspec.msgpack.Encoder().encode
unpack_asked = msgspec.msgpack.Decoder(Asked).decode
pack_answered = msgspec.msgpack.Encoder().encode
_unpack_answered = msgspec.msgpack.Decoder(Answered).decode


def most_bytes(asked: Asked) -> int:
    """Returns how many bytes the answer may have: what is read of a document grows with it, and not much faster."""
    return min(limits.MAX_READ_ANSWER, limits.READ_FACTOR * asked.size + limits.READ_FLOOR)


def unpack_answered(untrusted: bytes, asked: Asked) -> Answered:
    """Raises ProtocolError unless it has the shape of an answer to what was asked."""
    if len(untrusted) > most_bytes(asked):
        raise ProtocolError("more was read than the document can hold")
    try:
        answered = _unpack_answered(untrusted)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError("no answer of a reader") from error
    if (answered.outcome == "read") != bool(answered.documents):
        raise ProtocolError("documents do not fit the outcome")
    refuse_unreadable(answered.reason if answered.outcome == "fault" else _fill(answered))
    for part in answered.refused:
        refuse_unreadable(_fill(part))
    if any(part.count < 1 for part in answered.refused) or (answered.refused and not answered.documents):
        raise ProtocolError("parts of no document")
    if not _belong_to(answered.documents, asked):
        raise ProtocolError("documents of another file")
    return answered


def refuse_unreadable(reason: str) -> None:
    """Raises ProtocolError for a reason that is too long, or has characters that no person can read."""
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise ProtocolError("no reason that a person can read")


def _fill(told: Answered | RefusedPart) -> str:
    """Returns the reason with its values.

    A stranger's template could ask for a format of a million places, or for a value that is not there: then ProtocolError is
    raised.
    """
    values = dict(told.values)
    try:
        fields = [(name, spec, way) for _, name, spec, way in Formatter().parse(told.reason) if name is not None]
    except ValueError as error:
        raise ProtocolError("the values do not fit the reason") from error
    for name, spec, way in fields:
        if way is not None or name not in values or (spec and not (spec == "," and isinstance(values[name], int))):
            raise ProtocolError("the values do not fit the reason")
    return str(told.message)


def _belong_to(documents: Sequence[Document], asked: Asked) -> bool:
    """Returns whether all documents are of the format and path that were requested."""
    return all(document.format == asked.format and document.path == asked.path for document in documents)
