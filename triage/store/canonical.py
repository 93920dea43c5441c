"""Canonical JSON: sorted keys, no white space, UTF-8, no floats. Each value has exactly one encoding."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

_encoder = msgspec.json.Encoder(order="sorted")
_PLAIN = frozenset((str, int, bool, type(None)))
"""Nearly all values: looking at one of them by itself costs more than its encoding."""


def encode_canonical(value: Json) -> bytes:
    """Returns the one encoding of `value`.

    Raises:
        ValueError: if it holds a float, or anything else that canonical JSON lacks
    """
    _refuse_floats(value)
    return _encoder.encode(value)


def now() -> str:
    """Returns the current second in UTC as the audit log writes it, such as 2026-01-04T19:00:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _refuse_floats(value: object) -> None:
    """Raises ValueError for values that have more than one encoding, or none."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError("a key of canonical JSON is a string")
            if type(item) not in _PLAIN:
                _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            if type(item) not in _PLAIN:
                _refuse_floats(item)
    elif not isinstance(value, str | int | None):
        raise ValueError(f"canonical JSON has no {type(value).__name__}")
