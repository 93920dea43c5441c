"""What crosses the wire to a worker that reads the texts of files. MessagePack of known shapes, checked by the host."""

from __future__ import annotations

import msgspec

from triage import limits
from triage.decode.protocol import ProtocolError
from triage.importers.chat_files.chat_reading import TOO_MANY_LINES
from triage.jobs.intake.document_wire import refuse_unreadable
from triage.model.file_text import NO_TEXT, FileMessage, FileText

TOO_DEEP = "The file is nested deeper than a chat log can be."
FAULT = "The text of the file could not be read because of a fault in Triage; please report the fault."
PROBLEMS = frozenset({NO_TEXT, TOO_MANY_LINES, TOO_DEEP, FAULT})
"""The sentences of a worker. No other text of its making reaches a person as a reason."""


class FileToRead(msgspec.Struct, frozen=True, array_like=True):
    """One file: its bytes, or of a PDF the text of its pages."""

    data: bytes
    pages: tuple[str, ...] | None = None


pack_file = msgspec.msgpack.Encoder().encode
unpack_file = msgspec.msgpack.Decoder(FileToRead).decode
pack_text = msgspec.msgpack.Encoder().encode
_unpack_text = msgspec.msgpack.Decoder(FileText).decode


def unpack_text(untrusted: bytes) -> FileText:
    """Returns the text of a file. Raises ProtocolError unless it keeps the limits of a reader's answer."""
    try:
        text = _unpack_text(untrusted)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError("no text of a file") from error
    if (text.problem is None) != (text.kind is not None and bool(text.messages)):
        raise ProtocolError("the messages do not fit the reason")
    if text.attachments > limits.MAX_TEXT_FILE:  # each takes more than a byte
        raise ProtocolError("more attached files than a file can hold")
    if text.problem is not None and (text.problem not in PROBLEMS or text.messages or text.count or text.is_chat):
        raise ProtocolError("no reason that a person can read")
    refuse_unreadable(text.fault)
    if text.fault and text.problem != FAULT:
        raise ProtocolError("a fault without the reason that it is one")
    if min(text.left_out, text.shortened, text.attachments) < 0 or text.count != len(text.messages) + text.left_out:
        raise ProtocolError("the messages do not fit their number")
    if text.shortened > text.count or len(text.messages) > limits.MAX_FILE_MESSAGES or not all(map(_is_bounded, text.messages)):
        raise ProtocolError("more than is kept of a file")
    return text


def _is_bounded(message: FileMessage) -> bool:
    """Returns whether a message has at most what is kept of one."""
    label = limits.MAX_FILE_LABEL
    return len(message.sender) <= label and len(message.time) <= label and len(message.text) <= limits.MAX_FILE_MESSAGE
