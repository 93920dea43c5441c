"""Replaces texts anywhere within the values of a packet."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import msgspec

from triage.message import Message

Replace = Callable[[str, bool], str]
"""Takes a text, and whether other spellings of names are replaced too."""
_MOST_OF_NAME = 4  # words
_OURS = frozenset({
    "kind", "role", "of", "axis", "band", "state", "status", "format", "field", "rule", "rules", "via", "label", "mime",
})  # fmt: skip
"""Fields that hold words of this program: in them only values as they are are replaced."""
_STAYS = frozenset({
    "sha256", "md5", "sha1", "exhibit", "same_as", "leaf", "who", "by", "user", "maker", "users", "graded_by", "assignee",
    "officer", "answered_by", "confirmed_by", "joined_by", "report_id", "number", "aliases", "reports",
    "media_name", "inherited_from",
    "seen_in",
})  # fmt: skip
"""Fields and values of messages that hold digests, exhibits, numbers of reports and names of officers: they are left alone."""


def _may_be_name(key: str) -> bool:
    """Returns whether a message may be a name, such as that of a district, and no sentence of ours."""
    return key[:1].isupper() and len(key.split()) <= _MOST_OF_NAME and not key.endswith(".")


def replace_within(value: Any, replace: Replace, name: str = "") -> Any:
    """Returns a value with each text in it replaced: also within messages, tuples, dictionaries and their keys.

    `name` is the field that holds the value.
    """
    if name in _STAYS or value is None or isinstance(value, bool | float | bytes):
        return value
    if isinstance(value, str):
        return replace(value, name not in _OURS)
    if isinstance(value, int):
        text = replace(str(value), False)
        return value if text == str(value) else text
    if isinstance(value, Message):
        if not value.values and _may_be_name(value.key):
            return Message(replace(value.key, False))  # message-ok
        return Message(value.key, **{each: replace_within(held, replace, each) for each, held in value.values})  # message-ok
    if isinstance(value, tuple | list):
        return type(value)(replace_within(each, replace, name) for each in value)
    if isinstance(value, dict):
        return {replace(key, False): replace_within(held, replace) for key, held in value.items()}
    if isinstance(value, msgspec.Struct):
        changed = {each: replace_within(getattr(value, each), replace, each) for each in value.__struct_fields__}
        return msgspec.structs.replace(value, **changed)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = [field.name for field in dataclasses.fields(value) if field.init]
        return dataclasses.replace(value, **{each: replace_within(getattr(value, each), replace, each) for each in fields})
    return value
