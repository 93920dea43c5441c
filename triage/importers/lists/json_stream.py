"""Reads JSON of any size value by value.

Only the current value is in memory.

The standard library's scanner decodes one value from a window of text. When it fails at the window's end, the window grows.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from triage import limits
from triage.errors import InputError

Json = Any
"""dict, list, str, int, bool or None; numbers with a fraction and very long ones stay text."""

_CHUNK = 1 << 18
_SPACE = " \t\r\n"
_CUT_WITHIN = 16
"""Where a window cuts a number, a word or an escape, the scanner complains at most so many characters before the cut."""
_LONGEST_INT = 18  # digits; more do not fit into 64 bits
_DELIMITERS = frozenset("]}, \t\r\n")
DAMAGED = "The JSON of the list is damaged."
TOO_LARGE = "An entry of the list is too large."


class DuplicateKey(Exception):
    """A key stands twice in one object, so nobody can say which of the two counts."""


def _build_object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """Returns the object of these pairs.

    Raises DuplicateKey.
    """
    made = dict(pairs)
    if len(made) != len(pairs):
        raise DuplicateKey
    return made


_SCANNER = json.JSONDecoder(
    object_pairs_hook=_build_object,
    parse_float=str,
    parse_constant=str,
    parse_int=lambda digits: int(digits) if len(digits) <= _LONGEST_INT else digits,
    strict=False,
)


class JsonStream:
    """A stream of JSON text.

    Every method raises InputError when the text at the current position is damaged or too large.
    """

    def __init__(self, stream: BinaryIO) -> None:
        """Detects the encoding from the first four bytes."""
        head = stream.read(4)
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(json.detect_encoding(head))("strict")
        self._text = ""
        self._at = 0
        self._ended = False
        self._decode(head)

    def peek(self) -> str:
        """Returns the next character that is not white space, "" at the end."""
        while True:
            while self._at < len(self._text):
                char = self._text[self._at]
                if char not in _SPACE:
                    return char
                self._at += 1
            if not self._read_more(_CHUNK):
                return ""

    def take_character(self, wanted: str) -> None:
        """Moves past the next character, which must be the wanted one."""
        if self.peek() != wanted:
            raise InputError(DAMAGED)
        self._at += 1

    def read_value(self) -> Json:
        """Returns the next value, at most limits.MAX_LIST_ITEM characters long."""
        parsed, found = self.read_small_value(limits.MAX_LIST_ITEM)
        if not found:
            raise InputError(TOO_LARGE)
        return parsed

    def read_small_value(self, most: int) -> tuple[Json, bool]:
        """Returns (value, True), or (None, False) without moving when it is longer than `most` characters."""
        self.peek()
        while True:
            try:
                parsed, end = _SCANNER.raw_decode(self._text, self._at)
            except DuplicateKey as error:
                raise InputError("The JSON of the list states a key twice in one entry.") from error
            except RecursionError as error:
                raise InputError("The JSON of the list is nested too deeply.") from error
            except json.JSONDecodeError as error:
                if self._ended or self._is_damage(error):
                    raise InputError(DAMAGED) from error
            else:
                if self._ended or (end < len(self._text) and self._text[end] in _DELIMITERS):
                    self._at = end
                    return parsed, True
                if end < len(self._text):
                    raise InputError(DAMAGED)
            held = len(self._text) - self._at
            if held > most:
                return None, False
            self._read_more(max(_CHUNK, held))

    def _is_damage(self, error: json.JSONDecodeError) -> bool:
        """Returns whether an error is damage rather than a cut by the window's end."""
        return not error.msg.startswith("Unterminated") and error.pos < len(self._text) - _CUT_WITHIN

    def iter_elements(self) -> Iterator[None]:
        """Yields None before each element of an array.

        The caller must read the element.
        """
        self.take_character("[")
        if self.peek() == "]":
            self.take_character("]")
            return
        while True:
            yield None
            if self.peek() != ",":
                break
            self.take_character(",")
        self.take_character("]")

    def iter_keys(self) -> Iterator[str]:
        """Yields the keys of an object.

        The caller must read the value of each.
        """
        self.take_character("{")
        if self.peek() == "}":
            self.take_character("}")
            return
        while True:
            if self.peek() != '"':
                raise InputError(DAMAGED)
            yield str(self._read_key())
            if self.peek() != ",":
                break
            self.take_character(",")
        self.take_character("}")

    def _read_key(self) -> str:
        while True:
            try:
                key, end = json.decoder.scanstring(self._text, self._at + 1, False)  # type: ignore[attr-defined]
            except ValueError as error:
                if len(self._text) - self._at > limits.MAX_LIST_LINE or not self._read_more(_CHUNK):
                    raise InputError(DAMAGED) from error
            else:
                self._at = end
                self.take_character(":")
                return str(key)

    def expect_end(self) -> None:
        """Requires that only white space or NUL padding follows."""
        while self.peek():
            if self._text[self._at] != "\0":
                raise InputError(DAMAGED)
            self._at += 1

    def _read_more(self, size: int) -> bool:
        """Drops the text that was read, reads on, and returns whether more text came."""
        if self._ended:
            return False
        self._text = self._text[self._at :]
        self._at = 0
        before = len(self._text)
        while not self._ended and len(self._text) == before:
            self._decode(self._stream.read(size))
        return len(self._text) > before

    def _decode(self, chunk: bytes) -> None:
        try:
            self._text += self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            raise InputError("The JSON of the list is not in UTF-8 or UTF-16.") from error
        self._ended = not chunk
