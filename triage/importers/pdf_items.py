"""Splits lines of a report PDF into items: a label, its value, and the lines that continue it.

A line begins an item when it has a known label, or looks like an unknown one. Any other line continues the item above. After
"Additional Information" everything is text until the next heading.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from triage.importers.pdf_lines import PdfLine

HEADINGS = re.compile(
    r"(?P<who>Suspect|Recipient|Intended Recipient|(?:Child )?Victim|Reported (?:Person|User)|Associated Account)"
    r"(?:\s+(?:#\s*)?(?P<n>\d{1,3}))?"
    r"|(?P<part>Reporting Electronic Service Provider(?: \(ESP\))?|Company Information|Incident Information"
    r"|Web ?page/URL|Chat/IM"
    r"|(?:Web ?page|E-?mail|Newsgroup|Chat|Gaming|Online Gaming|Cell Phone|Non-Internet|Peer.to.Peer) Incident"
    r"|Uploaded File Information)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[A-Za-z][\w /'’&().#-]{0,58}")
_LONGEST_LABEL = 60  # characters before a colon
_LONGEST_HEADING = 64  # characters
_LABELS_KEPT = 4_096
_URL_LINE = re.compile(r"https?://\S+", re.IGNORECASE)
_QUESTION = re.compile(r"(?:Did|Were|Was|Is)\s.{5,120}", re.IGNORECASE)
_OF_FILES = re.compile(r"Did Reporting ESP view|Were entire contents of uploaded file", re.IGNORECASE)
_TABLE = re.compile(
    r"(?P<label>IP Address|Profile URL|URL|IMEI|IMSI|ICCID|IDFA|GAID|Advertising ID|Android ID|MAC Address|Device ID"
    r"|Email Address|Phone(?: Number)?)\s+(?P<value>\S.*)",
    re.IGNORECASE,
)
"""Labels that also stand without a colon, in tables."""
_LOOKS_LIKE_VALUE = re.compile(
    r"[a-z][a-z0-9+.-]{1,20}://|[\w-]+(?:\.[\w-]+)+/|[0-9A-Fa-f:.]*[0-9][0-9A-Fa-f:.-]+|\S+@\S+|\+?\d[\d ()-]{5,}", re.IGNORECASE
)
_TITLE_WORD = re.compile(r"[A-Z(#/&][\w()/'’.-]*|of|to|by|the|and|for|from|with|at|is|as|in|on|a|an|or|s", re.ASCII)
_TEXT_LABELS = {"additionalinformation"}
_NO_LETTER = re.compile(r"[\W_]+")


def normalise_label(label: str) -> str:
    """Returns letters and digits in lower case, without a number at the end ("Email Address 2")."""
    plain = _NO_LETTER.sub("", label.casefold())
    return plain if plain in ("md5", "sha1", "sha256", "sha512") else plain.rstrip("0123456789")


@dataclass(slots=True)
class Item:
    """One item.

    `key` is the normalised label, `label` the printed one. A heading has no lines.
    """

    key: str
    label: str
    page: int
    heading: re.Match[str] | None = None
    lines: list[PdfLine] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Returns the lines joined by line breaks."""
        return "\n".join(line.text for line in self.lines)


class ItemSplitter:
    """Splits lines into items by known labels and heads of tables, both normalised."""

    def __init__(self, known: Iterable[str], table_heads: Iterable[str]) -> None:
        """Takes the known labels and the heads of tables, both normalised."""
        self._known = frozenset(known)
        self._heads = frozenset(table_heads)
        self._in_files = False

    def begins_item(self, text: str) -> bool:
        """Returns whether the line begins with a known label, or is a heading."""
        label, _ = _split_label(text)
        return _match_heading(text) is not None or (label is not None and label.key in self._known)

    def split_items(self, lines: Iterable[PdfLine]) -> Iterator[Item]:
        """Yields the items of the lines in order."""
        current: Item | None = None
        for line in lines:
            new = self._start_item(line, current)
            if new is None and current is not None:
                current.lines.append(line)
                continue
            if current is not None:
                yield current
            current = new or Item("", "", line.page, lines=[line])
        if current is not None:
            yield current

    def _start_item(self, line: PdfLine, current: Item | None) -> Item | None:
        """Returns the item that a line begins, or None when it continues the current item."""
        page, text = line
        if text[0].isdigit():
            return None  # labels and headings begin with a letter
        heading = _match_heading(text)
        if heading:
            self._in_files = (heading["part"] or "").casefold().startswith("uploaded")
            return Item("", text, page, heading)
        label, value = _split_label(text)
        if current is not None and current.key in _TEXT_LABELS and not self._ends_text(text, label, value):
            return None
        if label is not None and (label.titled or label.key in self._known):
            return self._make_item(page, label.key, label.printed, value)
        return self._start_unlabelled_item(line, current)

    def _start_unlabelled_item(self, line: PdfLine, current: Item | None) -> Item | None:
        """Returns the item that a line without a colon begins, or None."""
        page, text = line
        table = _TABLE.fullmatch(text)
        if table and _LOOKS_LIKE_VALUE.match(table["value"]):
            return self._make_item(page, normalise_label(table["label"]), table["label"], table["value"])
        key = normalise_label(text)
        awaited = current is not None and current.label and current.heading is None and not current.lines
        if (_URL_LINE.fullmatch(text) and not awaited) or key in self._heads:
            return Item("", "", page, lines=[line])
        if _QUESTION.fullmatch(text):
            return Item("question", text.partition("?")[0], page, lines=[line])
        if key in self._known:
            return Item(key, text, page)
        return None

    def _ends_text(self, text: str, label: _Label | None, value: str) -> bool:
        """Returns whether a line ends the free text above it: the next text, the table of captures, or a label of files only."""
        key = "" if label is None else label.key
        if key in _TEXT_LABELS or (key == "sourceinformation" and not value):
            return True
        return self._in_files and (key in ("filename", "imagecategorizationbyesp") or _OF_FILES.match(text) is not None)

    def _make_item(self, page: int, key: str, label: str, value: str) -> Item:
        return Item(key, label, page, lines=[PdfLine(page, value)] if value else [])


def _match_heading(text: str) -> re.Match[str] | None:
    """Returns the match of a heading, or None."""
    return None if len(text) > _LONGEST_HEADING or ":" in text else HEADINGS.fullmatch(text)


class _Label(NamedTuple):
    """The text before a colon: as printed, normalised, and whether it is printed like a title."""

    printed: str
    key: str
    titled: bool


def _split_label(text: str) -> tuple[_Label | None, str]:
    """Returns a line's label and the value behind it, or None without a label."""
    before, colon, value = text.partition(":")
    if not colon or len(before) > _LONGEST_LABEL or (value and not value[0].isspace()):
        return None, ""
    return _parse_label(before), value.strip()


@lru_cache(_LABELS_KEPT)
def _parse_label(before: str) -> _Label | None:
    """Returns the label that stands before a colon, or None.

    Cached, since reports repeat few labels.
    """
    printed = before.rstrip()
    return _Label(printed, normalise_label(printed), _is_title(printed)) if _LABEL.fullmatch(printed) else None


def _is_title(label: str) -> bool:
    """Returns whether an unknown label is printed like a title: "Shoe Size", not "he said"."""
    words = label.split()
    return len(words) <= 7 and label[:1].isupper() and all(_TITLE_WORD.fullmatch(word) for word in words)
