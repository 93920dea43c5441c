"""Tells by a file's first bytes whether it holds text that a reader of chat files understands."""

from __future__ import annotations

import re

from triage.importers.filetypes import ZIP_MAGIC, is_media

HEAD = 4_096
"""Bytes that are looked at."""
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r\f\x1a\x1b") + b"\x7f"
_MOST_CONTROLS = 0.01  # share of control characters, above which bytes are no text
_OTHER_FORMATS = (b"{\\rtf", b"-----BEGIN", b"%!PS", b"BEGIN:V", b"II*", b"MM\0*", b"\xd0\xcf\x11\xe0")
_HTML = re.compile(rb"<(?:!doctype html|html|head|body|table|div|meta)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[^\s<>/:]{1,200}:)?([^\s<>/:]{1,200})")
_ASIDES = ((b"<?", b"?>"), (b"<!--", b"-->"), (b"<!", b">"))
"""What may stand before the first element: how it begins and ends."""
_DRAWINGS = ("svg",)
_HTML_ROOTS = frozenset((
    "html", "head", "body", "table", "div", "meta", "p", "span", "ul", "ol", "section", "article", "main", "pre", "br", "b", "a",
    "script", "style", "title", "font", "center", "h1", "h2", "h3",
))  # fmt: skip

_HEADER = re.compile(rb"^(from|to|date|subject|received|message-id|mime-version|return-path|content-type|delivered-to):", re.I)
MAIL_FIELD = re.compile(rb"[A-Za-z][A-Za-z0-9-]{1,60}:")
"""The name of a header line."""
_FEWEST_HEADERS = 2  # known headers by which a text is a mail


def is_pdf(head: bytes) -> bool:
    """Returns whether the bytes begin as a PDF."""
    return b"%PDF-" in head[:1_024]


def is_text_like(head: bytes) -> bool:
    """Returns whether a file with these first bytes may hold readable text, whatever its name.

    Formats that are text and no chat (RTF, drawings in XML, keys, contact cards) are left out.
    """
    head = head[:HEAD]
    if is_pdf(head):
        return True
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if not head.strip() or head.startswith(ZIP_MAGIC) or is_media(head):
        return False
    bare = head.removeprefix(_BOMS[0]).lstrip()
    if bare.startswith(_OTHER_FORMATS) or find_xml_root(head) in _DRAWINGS:
        return False
    if find_wide_encoding(head) is not None:
        return True
    return len(head.translate(None, _CONTROLS)) >= len(head) * (1 - _MOST_CONTROLS)


def is_mail(head: bytes) -> bool:
    """Returns whether a file begins with the header of a mail, or as an mbox."""
    lines = head.removeprefix(b"\xef\xbb\xbf").lstrip().splitlines()
    if lines and lines[0].startswith(b"From "):
        del lines[0]
    known = set()
    for line in lines:
        if not line.strip():
            break
        found = _HEADER.match(line)
        if found:
            known.add(found[1].lower())
        elif not line.startswith((b" ", b"\t")) and not MAIL_FIELD.match(line):
            return False
    return len(known) >= _FEWEST_HEADERS


def is_html(head: bytes) -> bool:
    """Returns whether the bytes begin as HTML."""
    bare = head[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return bare.startswith(b"<") and _HTML.search(bare) is not None


def find_xml_root(head: bytes) -> str:
    """Returns the name of the first element in lower case, without its prefix; "" when the bytes do not begin as XML."""
    bare = head[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    while (aside := next((end for start, end in _ASIDES if bare.startswith(start)), None)) is not None:
        _, _, bare = bare.partition(aside)
        bare = bare.lstrip(b" \t\r\n]>")
    root = _ROOT.match(bare)
    return root[1].decode("latin-1").lower() if root else ""


def is_xml(head: bytes) -> bool:
    """Returns whether the bytes begin as XML that is no page of the web."""
    root = find_xml_root(head)
    return bool(root) and root not in _HTML_ROOTS and not root.startswith("!")


def find_wide_encoding(head: bytes) -> str | None:
    """Returns the encoding of UTF-16 text without a byte order mark, or None.

    The letters of one script share their upper byte, so that half of all bytes have few values.
    """
    some = head[: HEAD // 2 * 2]
    if len(some) < 16:
        return None
    for upper, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        high, low = some[upper::2], some[1 - upper :: 2]
        scripts = sum(high.count(code) for code in (0, 6, 0xFE, 0x20, 9))
        if scripts >= 0.95 * len(high) and high.count(0) and low.count(0) <= len(low) // 20:
            return name
    return None
