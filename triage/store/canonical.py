"""Canonical JSON: sorted keys, no white space, UTF-8, no floats; the same value has one spelling only."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Json) -> bytes:
    """The one spelling of `value`. A float has many, so it is a ValueError, as is anything else JSON can't name."""
    _refuse_floats(value)
    return _encoder.encode(value)


def now() -> str:
    """The current second, as the record writes it: 2026-01-04T19:00:00Z."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _refuse_floats(value: object) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError("a key of canonical JSON is a string")
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
    elif not isinstance(value, str | int | None):
        raise ValueError(f"canonical JSON has no {type(value).__name__}")
