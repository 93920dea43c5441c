"""Numbers as people write them: in Latin or Urdu digits, with a point or a comma."""

from __future__ import annotations

import math

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫,،", "01234567890123456789...")


def parse_number(text: str) -> float | None:
    """A number above 0 and up to 100; None for anything else."""
    try:
        value = float(text.strip().translate(_DIGITS))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value <= 100 else None
