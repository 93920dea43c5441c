"""The names of exhibits: the number under which a report was first received, a letter, and a number given at receipt."""

from __future__ import annotations


def format_source_exhibit(first_number: str, n: int) -> str:
    """Returns the name of a source document, such as 900083777-S1."""
    return f"{first_number}-S{n}"


def format_file_exhibit(first_number: str, n: int) -> str:
    """Returns the name of a file that came with a report, such as 900083777-F1."""
    return f"{first_number}-F{n}"
