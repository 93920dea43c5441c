"""Makes hostile text printable for the typesetter, and cuts it into portions that fpdf2 can take."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator, Sequence

LINES = 40
"""Lines of a table cell on one page; a row goes on below that."""
RUN = 160
"""Characters of one word, or of signs and blanks in a row, on a line. fpdf2 recurses for each sign while it looks for the next
letter, and needs quadratic time for a long word."""
LONGEST = 50_000
"""Characters of one text that are printed."""


def join_lines(lines: Sequence[str]) -> Iterator[str]:
    """Joins lines for one call of fpdf2.

    fpdf2 recurses once a line, and once for each sign without a direction until the next letter or digit.
    """
    part: list[str] = []
    weak = 0
    for line in lines:
        directed = [at for at, character in enumerate(line) if _is_directed(character)]
        before = directed[0] if directed else len(line)
        if part and (len(part) == LINES or weak + before >= RUN):
            yield "\n".join(part)
            part, weak = [], 0
        part.append(line)
        weak = len(line) - directed[-1] if directed else weak + len(line) + 1
    if part:
        yield "\n".join(part)


def _is_directed(character: str) -> bool:
    """Returns whether a character has a writing direction of its own."""
    return unicodedata.bidirectional(character) in ("L", "R", "AL", "EN", "AN")


def _break_long_words(text: str) -> str:
    """Breaks lines within a word, or within signs and blanks, that would be longer than RUN."""
    pieces: list[str] = []
    word = weak = 0
    for character in text:
        pieces.append(character)
        word = 0 if character.isspace() else word + 1
        weak = 0 if _is_directed(character) else weak + 1
        if RUN in (word, weak):
            pieces.append("\n")
            word = weak = 0
    return "".join(pieces)


def to_printable(text: str, printable: Container[int]) -> str:
    """Returns hostile text as it may be printed.

    Text above LONGEST characters is cut, and says so.

    Control and direction characters are escaped, so that they can't reorder or hide anything. Characters that the fonts lack, and
    marks piled upon a letter, are escaped too. A joiner between Arabic letters is plain spelling.
    """
    cut = (
        f"\n[Cut here: {len(text) - LONGEST} more characters stand in the files beside this one.]" if len(text) > LONGEST else ""
    )
    text = text[:LONGEST]
    escaped = _PILED.sub(_escape_marks, "".join(_print_character(text, at, printable) for at in range(len(text))))
    return _break_long_words(escaped) + cut


def _print_character(text: str, at: int, printable: Container[int]) -> str:
    """Returns one character of a text, escaped if it may not be printed."""
    character = text[at]
    if character in "\n\t" or _is_plain(character, printable):
        return character
    if character in _JOINERS and _ARABIC.fullmatch(text, max(at - 1, 0), at + 2):
        return character
    return _escape(character)


def _escape_marks(piled: re.Match[str]) -> str:
    return "".join(map(_escape, piled[0]))


_JOINERS = "\u200c\u200d"
_PILED = re.compile("(?<=[\u0300-\u036f]{3})[\u0300-\u036f]+")
_ARABIC = re.compile(f"[\u0620-\u06ff][{_JOINERS}][\u0620-\u06ff]")


def _is_plain(character: str, printable: Container[int]) -> bool:
    """Returns whether the fonts have a character and it is no control or format character."""
    return ord(character) in printable and unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _escape(character: str) -> str:
    """Returns the code of a character.

    The mark before it keeps the backslash with its digits in a right-to-left line.
    """
    code = f"u{ord(character):04x}" if character <= "\uffff" else f"U{ord(character):08x}"
    return f"{_LEFT_TO_RIGHT_MARK}\\{code}"


_LEFT_TO_RIGHT_MARK = "\u200e"


def is_right_to_left(text: str) -> bool:
    """Returns whether the first letter of a text is written from right to left, as in Urdu."""
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return first != "L"


def needs_shaping(text: str) -> bool:
    """Returns whether a text holds letters that join or order themselves, or marks on letters, as Latin letters don't."""
    return _SHAPED.search(text) is not None


_SHAPED = re.compile("[\u0300-\u036f\u0530-\u1dff\u2c00-\ufdff\ufe20-\U0010ffff]")
