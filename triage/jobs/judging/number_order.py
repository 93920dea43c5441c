"""The order of report numbers."""

from __future__ import annotations


def format_sort_key(number: str) -> str:
    """Returns a text that sorts report numbers as numbers, and local ones after NCMEC's."""
    return number.zfill(20) if number.isdecimal() else f"~{number}"
