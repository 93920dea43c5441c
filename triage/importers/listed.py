"""Splits fields that list several values where one is expected."""

from __future__ import annotations

import re

from triage import limits
from triage.importers import normal_forms
from triage.importers.bounds import MAX_LISTED

_KINDS = ("email", "phone", "ip", "url")
_BETWEEN = re.compile(r"[;,|\n]")
_SLASH = re.compile(r"\s/(?=\s)")
_MAX_LIST = 64 * limits.KIB
"""Characters of a field that may be a list of values."""


def split_values(kind: str, value: str) -> list[str]:
    """Returns the values of a field that lists several, when each is clearly of that kind.

    Otherwise returns the field as it is.
    """
    if kind not in _KINDS or len(value) > _MAX_LIST:
        return [value]
    parts = (part.strip() for between in _BETWEEN.split(value) for part in _SLASH.split(between))
    listed = [part for part in parts if part]
    if len(listed) > MAX_LISTED:
        return [value]
    clear = all(
        normal_forms.normalise_identifier(kind, normal_forms.split_ip_and_port(part)[0] if kind == "ip" else part)
        for part in listed
    )
    return listed if clear else [value]
