"""What crosses the wire to a worker that reads documents, inside the frames of `decode.protocol`. MessagePack of known shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from triage import limits
from triage.decode.protocol import ProtocolError
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
    """What came of one document. `reason` is a sentence, or of a fault the kind of error and where in the program it arose."""

    outcome: Outcome
    documents: tuple[Document, ...] = ()
    reason: str = ""


LONGEST_REASON = 500

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
    if len(answered.reason) > LONGEST_REASON or not answered.reason.isprintable():
        raise ProtocolError("no reason that a person can read")
    if not _are_of(answered.documents, asked):
        raise ProtocolError("documents of another file")
    return answered


def _are_of(documents: Sequence[Document], asked: Asked) -> bool:
    return all(document.format == asked.format and document.path == asked.path for document in documents)
