"""Decodes the bytes of a text file, whatever their encoding, to text that can be stored and shown."""

from __future__ import annotations

from triage.importers.chat_files.text_sniffing import HEAD, find_wide_encoding

_REMOVED = {code: None for code in range(32) if chr(code) not in "\t\n"} | {0x7F: None, 0xFEFF: None}
_MANY_HIGH = 0.35
"""With so large a share of bytes above 127 a text without Unicode is taken as Arabic letters (Windows-1256)."""
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "cp1256", "latin-1", "ascii")


def decode_text(data: bytes) -> str:
    """Returns the text. What is no character in the encoding becomes U+FFFD."""
    return clean_text(data.decode(_find_encoding(data), "replace"))


def clean_text(text: str) -> str:
    """Returns the text with plain line ends, without control characters and half characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_REMOVED)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def _find_encoding(data: bytes) -> str:
    """Returns the encoding by byte order mark, by validity, else by how many bytes are above 127."""
    for mark, name in ((b"\xff\xfe\0\0", "utf-32"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return name
    wide = find_wide_encoding(data[:HEAD])
    if wide is not None:
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4 or _is_mostly_utf8(data):  # cut within a character, or damaged in a few places
            return "utf-8"
    else:
        return "utf-8"
    letters = data.translate(None, b" \t\r\n0123456789:;,.-/[]()")
    high = len(letters.translate(None, bytes(range(128))))
    return "cp1256" if high >= _MANY_HIGH * len(letters) else "cp1252"


def _is_mostly_utf8(data: bytes) -> bool:
    """Returns whether most bytes above 127 form characters of UTF-8."""
    text = data.decode("utf-8", "replace")
    whole = sum(character > "\x7f" for character in text)
    return whole > 0 and text.count("\ufffd") * 10 < whole
