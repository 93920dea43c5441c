"""The order of report numbers."""

from __future__ import annotations


def format_sort_key(number: str) -> str:
    """Returns a text that sorts report numbers as numbers, and local ones after NCMEC's."""
    return number.zfill(20) if number.isdecimal() else f"~{number}"


def read_sort_key(key: str) -> str:
    """Returns the report number of a sort key. A number that begins with 0 comes without its first zeros."""
    return key[1:] if key.startswith("~") else key.lstrip("0")
