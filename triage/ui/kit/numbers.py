"""Reads numbers that people type in Latin, Urdu or Arabic digits, and writes them for fields in which people type."""

from __future__ import annotations

import math

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫,،", "01234567890123456789...")


def parse_number(text: str) -> float | None:
    """Returns the number if it is above 0 and at most 100, else None.

    A point, a comma and an Urdu comma all separate decimals.
    """
    try:
        value = float(text.strip().translate(_DIGITS))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value <= 100 else None


def write_number(value: float) -> str:
    """Returns a number for a field in which people type: without trailing zeros, separators and marks."""
    return f"{value:g}"
