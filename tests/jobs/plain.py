"""Model objects as plain values, to be compared: messages as their English text."""

from __future__ import annotations

from typing import Any

import msgspec

from triage.model.json_text import format_text


def to_plain(value: object) -> Any:
    """Returns the value as dicts, lists and text."""
    return msgspec.to_builtins(value, enc_hook=format_text)
