"""Makes text of strangers printable: no control character, direction mark or line break reaches a terminal or log."""

from __future__ import annotations

import unicodedata


def make_printable(text: str) -> str:
    """Returns the text on one line, with every character that could mislead a reader written as its escape.

    Escaped are control, invisible, direction and line-break characters and lone surrogates, as in a Python string.
    """
    if text.isprintable():  # false for all of these, true for letters, marks, signs and the plain blank
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text)


def make_storable(name: str) -> str:
    """Returns the name of a file with lone surrogates written as escapes.

    They stand for bytes that are no UTF-8. The database and files of text can't hold them.
    """
    return name.encode("utf-8", "backslashreplace").decode()


def clean_line(text: str, most: int) -> str:
    """Returns a line that a person typed, composed (NFC) and with single spaces.

    Raises:
        ValueError: if it is longer than `most` characters, or holds an invisible or direction character or a lone surrogate
    """
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if len(line) > most or not line.isprintable():
        raise ValueError("not a plain line")
    return line


def printable_lines(text: str) -> list[str]:
    """Returns the lines of a long text, each printable.

    Callers mark each line, so that none passes for our own.
    """
    return [make_printable(line.replace("\t", "    ")) for line in text.splitlines()]


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
