"""What crosses the wire to a worker that reads documents, inside the frames of `decode.protocol`. MessagePack of known shapes."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter
from typing import Literal

import msgspec

from triage import limits
from triage.decode.protocol import ProtocolError
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
    """

    outcome: Outcome
    documents: tuple[Document, ...] = ()
    reason: str = ""
    values: tuple[tuple[str, str | int], ...] = ()

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
    if answered.outcome != "fault" and not _is_filled(answered):
        raise ProtocolError("the values do not fit the reason")
    reason = answered.reason if answered.outcome == "fault" else str(answered.message)
    if len(reason) > LONGEST_REASON or not reason.isprintable():
        raise ProtocolError("no reason that a person can read")
    if not _belong_to(answered.documents, asked):
        raise ProtocolError("documents of another file")
    return answered


def _is_filled(answered: Answered) -> bool:
    """A stranger's template could ask for a format of a million places, or for a value that is not there."""
    values = dict(answered.values)
    try:
        fields = [(name, spec, way) for _, name, spec, way in Formatter().parse(answered.reason) if name is not None]
    except ValueError:
        return False
    return all(
        way is None and name in values and (not spec or (spec == "," and isinstance(values[name], int)))
        for name, spec, way in fields
    )


def _belong_to(documents: Sequence[Document], asked: Asked) -> bool:
    """Returns whether all documents are of the format and path that were requested."""
    return all(document.format == asked.format and document.path == asked.path for document in documents)
