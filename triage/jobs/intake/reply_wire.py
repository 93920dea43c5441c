"""What crosses the wire to a worker that reads replies. MessagePack of known shapes, checked by the host."""

from __future__ import annotations

import msgspec

from triage import limits
from triage.decode.protocol import ProtocolError
from triage.jobs.intake.document_wire import refuse_unreadable
from triage.model.data_requests import ReplyRow, ReplyTable

TOO_DEEP = "The document is nested deeper than a reply can be."
FAULT = "The document could not be read because of a fault in Triage; please report the fault."
LONGEST_REASON = 300  # characters of why a reply could not be read

pack_reply = msgspec.msgpack.Encoder().encode
_unpack_reply = msgspec.msgpack.Decoder(ReplyTable).decode


def unpack_reply(untrusted: bytes) -> ReplyTable:
    """Returns the rows of a document. Raises ProtocolError unless they keep the limits of a reader's answer."""
    try:
        table = _unpack_reply(untrusted)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProtocolError("no rows of a reply") from error
    if (table.problem is None) != bool(table.rows):
        raise ProtocolError("the rows do not fit the reason")
    if table.problem is not None and (len(table.problem) > LONGEST_REASON or not table.problem.isprintable()):
        raise ProtocolError("no reason that a person can read")
    refuse_unreadable(table.fault)
    if table.fault and table.problem != FAULT:
        raise ProtocolError("a fault without the reason that it is one")
    if table.left_out < 0 or len(table.rows) > limits.MAX_REPLY_ROWS or not all(map(_is_bounded, table.rows)):
        raise ProtocolError("more than is read of a reply")
    return table


def _is_bounded(row: ReplyRow) -> bool:
    """Returns whether no cell is longer than what is read of one."""
    values = (row.at, row.line, row.value, row.port, row.time, row.name, row.cnic, row.address, row.phone)
    pairs = [text for pair in (*row.more, *row.stated) for text in pair]
    columns = max(len(row.more), len(row.stated))
    return columns <= limits.MAX_REPLY_COLUMNS and all(len(text) <= limits.MAX_REPLY_CELL for text in (*values, *pairs))
