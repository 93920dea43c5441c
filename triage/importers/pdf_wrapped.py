"""Joins what wrapped in a report PDF: values, rows of the table of files, web addresses."""

from __future__ import annotations

import re

from triage.importers.building import IdentifierDetails
from triage.importers.pdf_items import Item, normalise_label
from triage.importers.pdf_lines import PdfLine

_WIDTH = 60
"""A line shorter than this, in characters, has not wrapped."""
_LONGEST = 4_096
"""A value longer than this does not go on; to look again and again at an endless one would take the square of its length."""
_MD5 = re.compile(r"[0-9A-Fa-f]{32}")
LISTED_FILE = re.compile(rf"(\S.*?)(?<!\s)\s+({_MD5.pattern})")
_VERIFIED = re.compile(
    r"(?P<value>.*?)\((?P<word>Verified|Not Verified|Unverified)\b(?P<rest>[^)]{0,200})\)", re.IGNORECASE | re.DOTALL
)


def join_value(item: Item, one_token: bool, all_lines: bool) -> tuple[str, IdentifierDetails, str]:
    """Returns the value of an item, the details stated about it, and the lines left over.

    With `one_token`, wrapped lines are joined without blanks. With `all_lines`, every line belongs to the value.
    """
    lines = [line.text for line in item.lines]
    text, count = "", 0
    while count < len(lines):
        glue = " " if all_lines or not count else _find_separator(text, lines[count - 1], lines[count], one_token)
        if glue is None:
            break
        text = _join_lines([text, lines[count]], glue)
        count += 1
    left = "\n".join(lines[count:])
    found = _VERIFIED.fullmatch(text)
    if not found:
        return text.strip(), IdentifierDetails(), left
    when = found["rest"].strip()
    details = (("verificationDate", when),) if when else ()
    return found["value"].strip(), IdentifierDetails(verified=found["word"].casefold() == "verified", details=details), left


def _find_separator(text: str, above: str, line: str, one_token: bool) -> str | None:
    """Returns what stood between a value and the line below: " ", "", or None when the value ends.

    A blank stands inside quotes or a mark in parentheses. Nothing stands inside a value without blanks, whose end may carry a
    mark of verification.
    """
    if len(text) > _LONGEST:
        return None
    if text.count('"') % 2 or text.count("(") > text.count(")"):
        return " "
    if _VERIFIED.fullmatch(f"{text} {line.rstrip(')')})"):
        return "" if one_token else " "
    return "" if one_token and " " not in f"{above}{line}" and not line.startswith("(") else None


def _join_lines(lines: list[str], glue: str) -> str:
    """Joins wrapped lines.

    No blank is added behind a restored hyphen.
    """
    text = ""
    for line in lines:
        text += line if not text or text.endswith("-") else glue + line
    return text


def join_file_name(lines: list[str]) -> str:
    """Returns a file name from its lines.

    When it holds blanks, it wrapped at one.
    """
    return _join_lines(lines, " " if any(" " in text for text in lines) else "")


def join_wrapped_lines(lines: list[PdfLine]) -> list[PdfLine]:
    """Joins wrapped lines: rows of the table of files up to each hash, and web addresses as wide as a line."""
    whole: list[PdfLine] = []
    table = bool(lines) and normalise_label(lines[0].text) == "filenamemd"
    for n, (page, text) in enumerate(lines):
        above = whole[-1].text if whole else ""
        name_goes_on = table and n > 1 and not LISTED_FILE.fullmatch(above)
        address_goes_on = above.startswith(("http://", "https://")) and len(above) >= _WIDTH and " " not in above + text
        if len(above) <= _LONGEST and (name_goes_on or address_goes_on) and not text.startswith(("http://", "https://")):
            whole[-1] = PdfLine(whole[-1].page, f"{above} {text}" if _MD5.fullmatch(text) else above + text)
        else:
            whole.append(PdfLine(page, text))
    return whole


def remove_blanks(text: str) -> str:
    """Returns the text without white space."""
    return "".join(text.split())
