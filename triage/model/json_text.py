"""JSON for other programs: what commands print, and what exports hold."""

from __future__ import annotations

from pathlib import Path

import msgspec

from triage.message import Message
from triage.model.printable import make_storable


def encode_json(value: object) -> bytes:
    """Returns JSON for other programs: paths as text, messages in English.

    What is no Unicode, as a file name may be, is written as an escape.
    """
    try:
        return msgspec.json.encode(value, enc_hook=format_text)
    except UnicodeEncodeError:  # a lone surrogate: rare, so it is looked for only then
        return msgspec.json.encode(_escape_surrogates(msgspec.to_builtins(value, enc_hook=format_text)))


def _escape_surrogates(value: object) -> object:
    """Returns the value with lone surrogates in its texts written as escapes."""
    if isinstance(value, str):
        return make_storable(value)
    if isinstance(value, dict):
        return {_escape_surrogates(name): _escape_surrogates(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_escape_surrogates(item) for item in value]
    return value


def format_text(value: object) -> str:
    """Returns a path or a message as text. Raises TypeError for anything else."""
    if isinstance(value, Path | Message):
        return str(value)
    raise TypeError(type(value))
