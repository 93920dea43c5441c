"""The signed statement in a spreadsheet of the queue that says which export it is and who had which report then.

It is JSON, cut into cells of a hidden worksheet, followed by the signature of the store. Only the store that made it reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from triage.model.queue_sheet import SheetOrigin

WORKSHEET = "triage"
"""The name of the hidden worksheet."""
KIND = "triage queue sheet"
_CELL = 30_000  # characters; a spreadsheet's cell holds 32,767
LONGEST = 64 << 20  # characters of the statement; 100,000 reports take 4 million
_SIGNATURE = 128  # hexadecimal digits of an Ed25519 signature


class _Statement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The statement as it is signed."""

    kind: str
    version: int
    origin: SheetOrigin


def seal_origin(origin: SheetOrigin, sign: Callable[[bytes], bytes]) -> str:
    """Returns the statement and its signature as one text."""
    body = msgspec.json.encode(_Statement(KIND, 1, origin))
    return sign(body).hex() + body.decode()


def split_into_cells(text: str) -> list[str]:
    """Returns the text in pieces that fit into cells."""
    return [text[at : at + _CELL] for at in range(0, len(text), _CELL)]


def read_origin(cells: Sequence[str], verify: Callable[[bytes, bytes], bool]) -> SheetOrigin | None:
    """Returns the statement, or None when it is not one that `verify(data, signature)` accepts."""
    text = "".join(cells)
    if len(text) > LONGEST:
        return None
    body = text[_SIGNATURE:].encode("utf-8", "surrogatepass")
    try:
        signature = bytes.fromhex(text[:_SIGNATURE])
    except ValueError:
        return None
    if len(signature) != _SIGNATURE // 2 or not verify(body, signature):
        return None
    try:
        statement = msgspec.json.decode(body, type=_Statement)
    except msgspec.MsgspecError:
        return None
    return statement.origin if (statement.kind, statement.version) == (KIND, 1) else None
