"""Finds the messages in HTML. It takes out text only: nothing that a page names is opened, and scripts are skipped.

The scanner goes over a page once. What is no tag counts as text.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from triage.importers.chat_files.chat_lines import find_messages
from triage.importers.chat_files.chat_tables import read_rows
from triage.importers.chat_files.text_decoding import clean_text
from triage.model.file_text import FileMessage

_SKIPPED = ("script", "style", "head", "title", "noscript", "template", "svg")
_BREAKS = frozenset(
    (
        *("br", "p", "div", "tr", "table", "li", "ul", "ol", "dt", "dd", "hr", "pre", "blockquote"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "header", "footer"),
    )
)
_CELLS = frozenset(("td", "th"))
_NAME = re.compile(r"/?[a-zA-Z][a-zA-Z0-9]{0,20}")
_CLASS = re.compile(r"""\bclass\s{0,5}=\s{0,5}["']?([\w \-]{1,200})""", re.IGNORECASE)
_LONGEST_TAG = 20_000  # characters of a tag whose attributes are read
_ROLES = (
    ("time", frozenset(("date", "time", "timestamp", "datetime", "sent"))),
    ("sender", frozenset(("from", "fromname", "sender", "author", "username", "user", "name", "nick"))),
    ("text", frozenset(("text", "body", "message", "content", "messagetext", "msg"))),
)


@dataclass(slots=True)
class _Scan:
    """What the scanner collects of a page."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    """(role by the class of the element, text)"""
    rows: list[list[list[str]]] = field(default_factory=list)
    """Rows of tables: the lines of each cell."""
    parts: list[str] = field(default_factory=list)
    role: str = ""
    cell: bool = False

    def add_text(self, raw: str) -> None:
        """Adds text between tags."""
        if raw:
            self.parts.append(html.unescape(raw))

    def end_line(self) -> None:
        """Ends a line of text."""
        text = " ".join("".join(self.parts).split())
        self.parts.clear()
        if text and self.cell and self.rows and self.rows[-1]:
            self.rows[-1][-1].append(text)
        if text:
            self.lines.append((self.role, text))


def find_html_messages(page: str) -> list[FileMessage]:
    """Returns the messages of a page; without any, its text as one."""
    scan = _scan_page(page)
    found = read_rows([" ".join(cell) for cell in row] for row in scan.rows) or _read_marked(scan.lines)
    if found:
        return found
    lines = [text for _, text in scan.lines]
    return find_messages(lines) or [FileMessage("", "", "\n".join(lines))]


def take_html_text(page: str) -> str:
    """Returns the text of a page, a line for each of its blocks."""
    return "\n".join(text for _, text in _scan_page(page).lines)


def take_html_rows(page: str) -> list[list[str]]:
    """Returns the rows of all tables of a page, a text for each cell."""
    return [[clean_text(" ".join(cell)) for cell in row] for row in _scan_page(page).rows]


def _scan_page(page: str) -> _Scan:
    """Goes over the page once and collects its lines and rows."""
    scan, at, last = _Scan(), 0, page.rfind(">")
    lowered = page.lower()
    while at < len(page):
        start = page.find("<", at)
        if start < 0 or start > last:
            scan.add_text(page[at:])
            break
        scan.add_text(page[at:start])
        at = _take_tag(scan, page, lowered, start)
    scan.end_line()
    scan.lines = [(role, clean_text(text)) for role, text in scan.lines]
    return scan


def _take_tag(scan: _Scan, page: str, lowered: str, start: int) -> int:
    """Takes what begins with "<" at `start`; returns where the page goes on."""
    if page.startswith("<!--", start):
        end = page.find("-->", start + 4)
        return len(page) if end < 0 else end + 3
    name = _NAME.match(page, start + 1)
    if name is None and page[start + 1 : start + 2] not in ("!", "?"):
        scan.add_text("<")
        return start + 1
    end = page.find(">", start)
    tag = name[0].lower() if name else ""
    if tag in _SKIPPED:
        close = lowered.find(f"</{tag}", end)
        return len(page) if close < 0 else _find_end(page, close)
    _note_tag(scan, tag, page[start : min(end, start + _LONGEST_TAG)])
    return end + 1


def _find_end(page: str, start: int) -> int:
    """Returns the place behind the tag that begins at `start`."""
    end = page.find(">", start)
    return len(page) if end < 0 else end + 1


def _note_tag(scan: _Scan, tag: str, whole: str) -> None:
    """Ends lines, rows and cells where a tag does, and notes what its class says of the text in it."""
    closing, name = tag.startswith("/"), tag.removeprefix("/")
    named = _CLASS.search(whole) if not closing else None
    role = _find_role(named[1]) if named else ""
    if name in _CELLS or name in _BREAKS or role:
        scan.end_line()
    if name == "tr" and not closing:
        scan.rows.append([])
    elif name in _CELLS:
        scan.cell = not closing
        if scan.cell and scan.rows:
            scan.rows[-1].append([])
    if role or (closing and name in _BREAKS) or (name in _BREAKS and named):
        scan.role = role


def _find_role(classes: str) -> str:
    """Returns what classes such as "from_name" and "msg-text" say of a text: sender, time, text or ""."""
    names = {part.replace("_", "").replace("-", "").lower() for part in classes.split()}
    return next((role for role, words in _ROLES if names & words), "")


def _read_marked(lines: list[tuple[str, str]]) -> list[FileMessage]:
    """Returns the messages of a page whose classes mark senders and texts. A message without a sender has the one before."""
    if not any(role == "sender" for role, _ in lines) or not any(role == "text" for role, _ in lines):
        return []
    messages: list[FileMessage] = []
    sender = time = ""
    for role, text in lines:
        if role == "sender":
            sender = text
        elif role == "time":
            time = text
        elif role == "text":
            messages.append(FileMessage(sender, time, text))
            time = ""
        else:
            messages.append(FileMessage("", "", text))
    return messages
